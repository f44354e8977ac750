import { QueryClient } from '@tanstack/react-query'
import { describe, expect, it } from 'vitest'
import { heedCampaign } from '../../src/console/campaigns/heeding.ts'

const campaign = (id: string, sent: number) => ({ id, name: id, counts: { total: 3, sent } })
const event = (id: string, data: unknown, type = 'campaign') => ({
  type,
  data: { id, event: 'campaign.progress', data },
})

function screen(): QueryClient {
  const queries = new QueryClient()
  queries.setQueryData(['campaigns'], {
    pages: [{ data: [campaign('b', 0), campaign('a', 0)], next_cursor: null }],
    pageParams: [null],
  })
  queries.setQueryData(['campaign', 'a'], campaign('a', 0))
  return queries
}

const isStale = (queries: QueryClient, key: string[]) => queries.getQueryState(key)?.isInvalidated === true

describe('what the stream tells of a campaign', () => {
  it('stands in its place, in the list and where it is open, and nothing is read again', () => {
    const queries = screen()
    heedCampaign(queries, event('a', campaign('a', 2)))
    expect(queries.getQueryData(['campaign', 'a'])).toEqual(campaign('a', 2))
    expect(queries.getQueryData(['campaigns'])).toMatchObject({
      pages: [{ data: [campaign('b', 0), campaign('a', 2)] }],
    })
    expect([isStale(queries, ['campaigns']), isStale(queries, ['campaign', 'a'])]).toEqual([false, false])
  })

  it('has the list read again where it is in no row, and keeps nothing of what nobody opened', () => {
    const queries = screen()
    heedCampaign(queries, event('c', campaign('c', 1)))
    expect(isStale(queries, ['campaigns'])).toBe(true)
    expect(queries.getQueryData(['campaign', 'c'])).toBeUndefined()
  })

  it('has both read again where it is gone', () => {
    const queries = screen()
    heedCampaign(queries, event('a', null))
    expect([isStale(queries, ['campaigns']), isStale(queries, ['campaign', 'a'])]).toEqual([true, true])
  })

  it('is about campaigns only', () => {
    const queries = screen()
    heedCampaign(queries, event('a', campaign('a', 2), 'intent'))
    expect(queries.getQueryData(['campaign', 'a'])).toEqual(campaign('a', 0))
    expect(isStale(queries, ['campaigns'])).toBe(false)
  })
})
