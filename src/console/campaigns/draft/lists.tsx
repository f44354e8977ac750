import { Table } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import { api, dataOf } from '../../api/client.ts'
import { Chip } from '../../parts/chip.tsx'
import { Listing } from '../../parts/listing.tsx'
import { When } from '../../time/when.tsx'
import type { Campaign } from '../queries.ts'

const COPIED_EVERY_MS = 1_000
const TONES = { loading: 'info', ready: 'good', failed: 'bad' } as const

/** Its lists as they came, also those that are still coming in, whoever brings them. */
export function Lists({ campaign: { id, audience_version } }: { campaign: Campaign }) {
  const t = useTranslations('campaigns.lists')
  const format = useFormatter()
  const queries = useQueryClient()
  const { data: lists = [] } = useQuery({
    queryKey: ['campaign', id, 'lists', audience_version],
    queryFn: async () => (await dataOf(api.GET('/v1/campaigns/{id}/audience', { params: { path: { id } } }))).data,
    placeholderData: (former) => former,
    refetchInterval: ({ state: { data } }) =>
      data?.some(({ state }) => state === 'loading') ? COPIED_EVERY_MS : false,
  })
  const ready = lists.filter(({ state }) => state === 'ready').length
  // What has come in is on the list of the campaign, which does not say so by itself.
  useEffect(() => {
    if (ready > 0) void queries.invalidateQueries({ queryKey: ['campaign', id], exact: true })
  }, [ready, queries, id])
  if (lists.length === 0) return null
  return (
    <details className="told" open={lists.some(({ state }) => state !== 'ready') || undefined}>
      <summary>{t('title', { count: lists.length })}</summary>
      <Listing
        label={t('title', { count: lists.length })}
        width={560}
        heads={[t('list'), t('state'), t('came'), t('accepted'), t('duplicates'), t('invalid'), t('columns')]}
      >
        {lists.map(({ upload, state, created_at, accepted, duplicates, invalid, columns }) => (
          <Table.Tr key={upload}>
            <Table.Td>{upload}</Table.Td>
            <Table.Td>
              <Chip tone={TONES[state]}>{t(`states.${state}`)}</Chip>
            </Table.Td>
            <Table.Td>
              <When at={created_at} />
            </Table.Td>
            <Table.Td>{format.number(accepted)}</Table.Td>
            <Table.Td>{format.number(duplicates)}</Table.Td>
            <Table.Td>{format.number(invalid)}</Table.Td>
            <Table.Td className="one-line">{columns.join(', ')}</Table.Td>
          </Table.Tr>
        ))}
      </Listing>
    </details>
  )
}
