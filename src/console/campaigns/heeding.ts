import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import type { components } from '../api/schema.d.ts'
import type { ServerEvent } from '../api/stream.ts'

type Campaign = components['schemas']['Campaign']

/** Puts what an event tells of a campaign in the place of what is shown of it. */
export function heedCampaign(queries: QueryClient, { type, data: { id, data } }: ServerEvent): void {
  if (type !== 'campaign') return
  const campaign = isCampaign(data) ? data : null
  // Of what nobody has opened nothing is kept.
  if (campaign) queries.setQueryData<Campaign>(['campaign', campaign.id], (known) => known && campaign)
  else void queries.invalidateQueries({ queryKey: ['campaign', id] })
  let isInPlace = false
  queries.setQueriesData<InfiniteData<{ data: Campaign[] }>>({ queryKey: ['campaigns'] }, (lists) => {
    if (lists === undefined || campaign === null) return lists
    const patch = (row: Campaign) => {
      if (row.id !== campaign.id) return row
      isInPlace = true
      return campaign
    }
    return { ...lists, pages: lists.pages.map((page) => ({ ...page, data: page.data.map(patch) })) }
  })
  if (!isInPlace) void queries.invalidateQueries({ queryKey: ['campaigns'] })
}

function isCampaign(data: unknown): data is Campaign {
  return typeof data === 'object' && data !== null && 'id' in data && 'counts' in data
}
