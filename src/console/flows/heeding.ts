import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import type { components } from '../api/schema.d.ts'
import type { ServerEvent } from '../api/stream.ts'

type Run = components['schemas']['FlowRunSummary']
type FlowRow = components['schemas']['FlowSummary']
type Pages<Row> = InfiniteData<{ data: Row[] }>

/** Counts are read again no more often than that, however many people move. */
const COUNTED_EVERY_MS = 700

/** Puts what an event tells of a run, or of a flow, in the place of what is shown of it, and has the counts of the flow read again. */
export function heedFlow(queries: QueryClient, { type, data: { id, data } }: ServerEvent): void {
  if (type !== 'flow') return
  if (isRun(data)) {
    void queries.invalidateQueries({ queryKey: ['flow-run', data.id] })
    patch<Run>(queries, ['flow', data.flow, 'runs'], (run) => (run.id === data.id ? data : run))
    countSoon(queries, data.flow)
    return
  }
  const flow = isFlow(data) ? data : null
  const isShown = flow !== null && patch<FlowRow>(queries, ['flows'], (row) => (row.name === flow.name ? flow : row))
  if (!isShown) void queries.invalidateQueries({ queryKey: ['flows'] })
  void queries.invalidateQueries({ queryKey: ['flow', String(id)], exact: true })
}

/** Whether it stood somewhere. */
function patch<Row>(queries: QueryClient, queryKey: string[], change: (row: Row) => Row): boolean {
  let isInPlace = false
  queries.setQueriesData<Pages<Row>>({ queryKey }, (lists) => {
    if (lists === undefined) return lists
    const changed = (row: Row) => {
      const next = change(row)
      isInPlace ||= next !== row
      return next
    }
    return { ...lists, pages: lists.pages.map((page) => ({ ...page, data: page.data.map(changed) })) }
  })
  return isInPlace
}

const due = new Set<string>()

function countSoon(queries: QueryClient, flow: string): void {
  if (due.has(flow)) return
  due.add(flow)
  setTimeout(() => {
    due.delete(flow)
    void queries.invalidateQueries({ queryKey: ['flow', flow], predicate: ({ state }) => !isLong(state.data) })
  }, COUNTED_EVERY_MS)
}

/** What is looked at further down stays where it is. */
function isLong(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'pages' in data && (data as Pages<Run>).pages.length > 1
}

function isRun(data: unknown): data is Run {
  return typeof data === 'object' && data !== null && 'flow' in data && 'step' in data
}

function isFlow(data: unknown): data is FlowRow {
  return typeof data === 'object' && data !== null && 'name' in data && 'version' in data
}
