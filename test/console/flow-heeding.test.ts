import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { heedFlow } from '../../src/console/flows/heeding.ts'

const run = (id: string, step: string) => ({ id, flow: 'hello', step, state: 'waiting' })
const flow = (name: string, state: string) => ({ name, state, version: 1 })
const event = (id: string, data: unknown, type = 'flow') => ({ type, data: { id, event: 'flow.run_moved', data } })
const pages = (...data: unknown[][]) => ({
  pages: data.map((rows) => ({ data: rows, next_cursor: null })),
  pageParams: data.map(() => null),
})

const RUNS = ['flow', 'hello', 'runs', null] as const
const FLOW = ['flow', 'hello'] as const

function screen(): QueryClient {
  const queries = new QueryClient()
  queries.setQueryData(['flows'], pages([flow('hello', 'active'), flow('other', 'active')]))
  queries.setQueryData(FLOW, { ...flow('hello', 'active'), counts: {} })
  queries.setQueryData(RUNS, pages([run('a', 'ask'), run('b', 'ask')]))
  queries.setQueryData(['flow-run', 'a'], run('a', 'ask'))
  return queries
}

const isStale = (queries: QueryClient, key: readonly unknown[]) => queries.getQueryState(key)?.isInvalidated === true

describe('what the stream tells of a flow', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('moves a run where it stands, has its way read again, and the counts once for many', () => {
    const queries = screen()
    const asked = vi.spyOn(queries, 'invalidateQueries')
    for (const step of ['answer', 'hand']) heedFlow(queries, event('a', run('a', step)))
    expect(queries.getQueryData(RUNS)).toMatchObject({ pages: [{ data: [run('a', 'hand'), run('b', 'ask')] }] })
    expect(isStale(queries, ['flow-run', 'a'])).toBe(true)
    expect(isStale(queries, FLOW)).toBe(false)
    vi.runAllTimers()
    expect([isStale(queries, FLOW), isStale(queries, RUNS)]).toEqual([true, true])
    expect(asked.mock.calls.filter(([filter]) => filter?.queryKey?.[0] === 'flow')).toHaveLength(1)
  })

  it('leaves a long list of runs where somebody reads it', () => {
    const queries = screen()
    queries.setQueryData(RUNS, pages([run('b', 'ask')], [run('a', 'ask')]))
    heedFlow(queries, event('c', run('c', 'ask')))
    vi.runAllTimers()
    expect([isStale(queries, FLOW), isStale(queries, RUNS)]).toEqual([true, false])
  })

  it('stands in the place of the flow, and where there is none the list is read again', () => {
    const queries = screen()
    heedFlow(queries, event('other', flow('other', 'paused')))
    expect(queries.getQueryData(['flows'])).toMatchObject({ pages: [{ data: [{}, flow('other', 'paused')] }] })
    expect(isStale(queries, ['flows'])).toBe(false)
    heedFlow(queries, event('new', flow('new', 'active')))
    expect(isStale(queries, ['flows'])).toBe(true)
  })

  it('is about flows only', () => {
    const queries = screen()
    heedFlow(queries, event('a', run('a', 'answer'), 'intent'))
    expect(queries.getQueryData(RUNS)).toMatchObject({ pages: [{ data: [run('a', 'ask'), {}] }] })
  })
})
