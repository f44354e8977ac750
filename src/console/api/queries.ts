import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query'
import { api, askJson, dataOf } from './client.ts'
import { livenessStore } from './live.ts'
import type { components } from './schema.d.ts'
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

/** The built-in sandbox's clock; null where messages go to Meta, and for whoever may not move it. */
export const sandboxQuery = queryOptions({
  queryKey: ['sandbox', 'clock'],
  queryFn: () => askJson<{ now: string }>('GET', '/v1/sandbox/clock').catch(() => null),
  staleTime: Number.POSITIVE_INFINITY,
})

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
