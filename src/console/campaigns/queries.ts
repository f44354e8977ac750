import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, dataOf } from '../api/client.ts'
import { livenessStore } from '../api/live.ts'
import type { components } from '../api/schema.d.ts'

type Schemas = components['schemas']
export type Campaign = Schemas['Campaign']
export type CampaignState = Campaign['state']
export type Failure = Schemas['CampaignFailures']['data'][number]
export type Estimate = Schemas['Estimate'] | Schemas['ComputingEstimate']
export type ReadyEstimate = Schemas['Estimate']

const PAGE = 50
/** While something of it may still change by itself, and nobody tells. */
const LOOK_EVERY_MS = 2_000
/** Where the stream tells; of a draft, what somebody else writes in it; and of one that rests or is over, what Meta tells late: delivered, read, failed after all. */
const LATER_EVERY_MS = 10_000
const COUNTED_EVERY_MS = 1_000

export function campaignsQuery() {
  return infiniteQueryOptions({
    queryKey: ['campaigns'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => {
      const query = { limit: PAGE, ...(pageParam && { cursor: pageParam }) }
      return dataOf(api.GET('/v1/campaigns', { params: { query } }))
    },
    getNextPageParam: (last) => last.next_cursor,
    refetchInterval: ({ state }) =>
      state.data?.pages.flatMap(({ data }) => data).some(isMoving) ? whileItMoves(2 * LOOK_EVERY_MS) : false,
  })
}

export function campaignQuery(id: string) {
  return queryOptions({
    queryKey: ['campaign', id],
    queryFn: () => dataOf(api.GET('/v1/campaigns/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state: { data } }) => {
      if (data === undefined) return false
      return isMoving(data) ? whileItMoves(LOOK_EVERY_MS) : LATER_EVERY_MS
    },
  })
}

function whileItMoves(ms: number): number {
  return livenessStore.get() === 'live' ? LATER_EVERY_MS : ms
}

function isMoving({ state, counts }: Campaign): boolean {
  return state === 'running' || state === 'scheduled' || counts.dispatching > 0
}

export function failuresQuery(id: string, failed: number) {
  return queryOptions({
    // What there is to read changes with how many there are.
    queryKey: ['campaign', id, 'failures', failed],
    queryFn: async () => (await dataOf(api.GET('/v1/campaigns/{id}/failures', { params: { path: { id } } }))).data,
    placeholderData: (former) => former,
  })
}

const PUT_OFF_EVERY_MS = 5_000

/** How many had their turn, and were put off: by a limit, by quiet hours, or by Meta. The rest of those to come has not had it. */
export function putOffQuery({ id, state, counts }: Campaign) {
  return queryOptions({
    queryKey: ['campaign', id, 'put-off'],
    enabled: counts.scheduled > 0 && state !== 'draft',
    refetchInterval: PUT_OFF_EVERY_MS,
    queryFn: async () => {
      const answer = await dataOf(api.GET('/v1/intents/counts', { params: { query: { campaign: id } } }))
      return answer.counts.scheduled ?? 0
    },
  })
}

/** @param version of the list */
export function estimateQuery(id: string, version: number) {
  return queryOptions({
    queryKey: ['campaign', id, 'estimate', version],
    queryFn: async (): Promise<Estimate> =>
      dataOf(api.GET('/v1/campaigns/{id}/estimate', { params: { path: { id } } })) as Promise<Estimate>,
    refetchInterval: ({ state }) => (state.data?.state === 'computing' ? COUNTED_EVERY_MS : false),
  })
}
