import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, dataOf } from '../api/client.ts'
import type { Reason } from '../whatsapp/model.ts'
import type { IntentCut, IntentState } from './search.ts'

export interface IntentRow {
  id: string
  state: IntentState
  reason: Reason | null
  sender: string
  to: { wa_id: string | null; user_id: string | null }
  message: Record<string, unknown>
  priority: string
  created_at: string
  created_by: { kind: 'api' | 'campaign' | 'flow' | 'user' | 'system'; name: string | null } | null
  due_at: string | null
  expires_at: string
  idempotency_key: string | null
  sent_as: string | null
  wamid: string | null
  delivery_status: string | null
}

export interface IntentStory extends IntentRow {
  attempts: Attempt[]
  decisions: Decision[]
  follow_up: { id: string; state: string } | null
  follow_up_of: string | null
  cost: { category: string | null; type: string | null; billable: boolean | null } | null
}

export interface Attempt {
  id: string
  started_at: string
  finished_at: string | null
  outcome: 'accepted' | 'refused' | 'throttled' | 'unreachable' | 'in_doubt' | null
  error: { code?: number; message?: string; why?: string } | null
  wamid: string | null
}

export interface Decision {
  at: string
  kind: 'send' | 'downgrade' | 'follow_up' | 'hold' | 'defer' | 'expire' | 'suppress' | 'fail'
  reason: Reason
  facts: unknown
}

const PAGE = 50

export interface IntentPage {
  data: IntentRow[]
  next_cursor: string | null
}

export function intentsQuery(cut: IntentCut) {
  const { state, reason, number, q, campaign } = cut
  return infiniteQueryOptions({
    queryKey: ['intents', { state, reason, number, q, campaign }],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam }) => {
      const query = { limit: PAGE, ...filterOf(cut), ...(pageParam && { cursor: pageParam }) }
      const page = await dataOf(api.GET('/v1/intents', { params: { query } }))
      return page as unknown as IntentPage
    },
    getNextPageParam: (last) => last.next_cursor,
  })
}

/** What a job has changed; each page as it was when it was asked for. */
export function jobItemsQuery(job: string) {
  return infiniteQueryOptions({
    queryKey: ['job', job, 'items'],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam }) => {
      const query = { limit: PAGE, ...(pageParam && { cursor: pageParam }) }
      const page = await dataOf(api.GET('/v1/jobs/{id}/items', { params: { path: { id: job }, query } }))
      return page as unknown as IntentPage
    },
    getNextPageParam: (last) => last.next_cursor,
  })
}

/** As the API names its members. */
export function filterOf({ state, reason, number, q, campaign }: IntentCut) {
  return {
    ...(state && { state }),
    ...(reason && { reason }),
    ...(number && { sender: number }),
    ...(q && { q }),
    ...(campaign && { campaign }),
  }
}

export function intentQuery(id: string) {
  return queryOptions({
    queryKey: ['intent', id],
    queryFn: async () =>
      (await dataOf(api.GET('/v1/intents/{id}', { params: { path: { id } } }))) as unknown as IntentStory,
  })
}
