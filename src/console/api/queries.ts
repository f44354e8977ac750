import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query'
import { api, dataOf } from './client.ts'
import { livenessStore } from './live.ts'
import type { components } from './schema.d.ts'
import { useWho } from './session.ts'
import { useStore } from './store.ts'
import type { ServerEvent } from './stream.ts'

export type Sender = components['schemas']['Sender']

/** While the server tells what happens nothing is asked for again; else every so often, and only by a tab that is looked at. */
export function usePolling(ms: number): number | false {
  return useStore(livenessStore) === 'live' ? false : ms
}

export const sendersQuery = queryOptions({
  queryKey: ['senders'],
  queryFn: async () => (await dataOf(api.GET('/v1/senders'))).data as Sender[],
})

export function useSenders() {
  return useQuery({ ...sendersQuery, refetchInterval: usePolling(5_000) })
}

export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: () => dataOf(api.GET('/v1/setup')),
})

/** Whose workspace has the installation, and its sandbox, in hand. */
const FIRST_WORKSPACE = 'default'

/** Whether the built-in sandbox is there and may be moved: whoever may not is not asked for what they may not see. */
export function useSandbox(): boolean {
  const { role, workspace } = useWho().session
  const mayMove = role === 'admin' && workspace === FIRST_WORKSPACE
  const { data: setup } = useQuery({ ...setupQuery, enabled: mayMove })
  return mayMove && setup?.sandbox === true
}

/** Which queries an event of the stream makes stale, beside what is patched in place. */
const STALE: Record<string, readonly string[]> = {
  sender: ['senders', 'sender'],
  template: ['templates', 'template'],
}

/** Marks as stale what an event speaks of; only what is on screen is then read again. */
export function heed(queries: QueryClient, { type }: ServerEvent): void {
  // What happened before the greeting was told to nobody, and a moved clock changes everything.
  if (type === 'resync' || type === 'hello')
    void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'words' })
  for (const key of STALE[type] ?? []) void queries.invalidateQueries({ queryKey: [key] })
}
