import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, dataOf, sendYaml } from '../api/client.ts'
import type { components } from '../api/schema.d.ts'
import type { RunState } from './search.ts'

type Schemas = components['schemas']
export type FlowSummary = Schemas['FlowSummary']
export type Flow = Schemas['Flow']
export type RunSummary = Schemas['FlowRunSummary']
export type Run = Schemas['FlowRun']
export type Simulation = Schemas['FlowSimulation']

const FLOWS = 20
const RUNS = 50

export function flowsQuery() {
  return infiniteQueryOptions({
    queryKey: ['flows'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => {
      const query = { limit: FLOWS, ...(pageParam && { cursor: pageParam }) }
      return dataOf(api.GET('/v1/flows', { params: { query } }))
    },
    getNextPageParam: (last) => last.next_cursor,
  })
}

export function flowQuery(name: string) {
  return queryOptions({
    queryKey: ['flow', name],
    queryFn: () => dataOf(api.GET('/v1/flows/{name}', { params: { path: { name } } })),
  })
}

export function runsQuery(name: string, state: RunState | undefined) {
  return infiniteQueryOptions({
    queryKey: ['flow', name, 'runs', state ?? null],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => {
      const query = { limit: RUNS, ...(state && { state }), ...(pageParam && { cursor: pageParam }) }
      return dataOf(api.GET('/v1/flows/{name}/runs', { params: { path: { name }, query } }))
    },
    getNextPageParam: (last) => last.next_cursor,
  })
}

export function runQuery(id: string) {
  return queryOptions({
    queryKey: ['flow-run', id],
    queryFn: () => dataOf(api.GET('/v1/flow-runs/{id}', { params: { path: { id } } })),
  })
}

export type OnEdit = 'finish' | 'migrate' | 'end'

/** @param onEdit what becomes of live runs; null: as the document says */
export function applyFlow(name: string, text: string, onEdit: OnEdit | null) {
  const query = onEdit === null ? '' : `?on_edit=${onEdit}`
  return sendYaml<{ version: number }>('PUT', `/v1/flows/${encodeURIComponent(name)}${query}`, text)
}
