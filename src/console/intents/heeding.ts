import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import { createStore } from '../api/store.ts'
import type { ServerEvent } from '../api/stream.ts'
import type { IntentPage, IntentRow } from './queries.ts'
import type { IntentCut } from './search.ts'

/** Intents that would stand in the list if it were read again: announced, not put under the pointer. */
export const newIntents = createStore<ReadonlySet<string>>(new Set())

/** Patches the row that an event speaks of where it stands. */
export function heedIntent(queries: QueryClient, { type, data: { data } }: ServerEvent): void {
  if (type === 'resync' || type === 'hello') newIntents.set(new Set())
  if (type !== 'intent' || !isRow(data)) return
  void queries.invalidateQueries({ queryKey: ['intent', data.id] })
  const shown = queries.getQueryCache().findAll({ queryKey: ['intents'], type: 'active' })
  // Nobody looks: read when somebody does.
  if (shown.length === 0) return void queries.invalidateQueries({ queryKey: ['intents'], refetchType: 'none' })
  let isInPlace = false
  queries.setQueriesData<InfiniteData<IntentPage>>({ queryKey: ['intents'] }, (lists) => {
    if (lists === undefined) return lists
    const patch = (row: IntentRow) => {
      if (row.id !== data.id) return row
      isInPlace = true
      return { ...row, ...data }
    }
    return { ...lists, pages: lists.pages.map((page) => ({ ...page, data: page.data.map(patch) })) }
  })
  const fits = ({ queryKey }: { queryKey: readonly unknown[] }) =>
    [undefined, data.state].includes((queryKey[1] as IntentCut).state)
  if (!isInPlace && shown.some(fits)) newIntents.set(new Set(newIntents.get()).add(data.id))
}

function isRow(data: unknown): data is IntentRow {
  return typeof data === 'object' && data !== null && 'id' in data && 'state' in data
}
