import { Table } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import type { components } from '../api/schema.d.ts'
import { Paged } from '../parts/paged.tsx'
import { When } from '../time/when.tsx'

type AuditEvent = components['schemas']['AuditEvent']

/** Who did what, newest first. */
export function Audit() {
  const t = useTranslations('settings')
  const outcomes = useTranslations('settings.outcomes')
  const list = useInfiniteQuery({
    queryKey: ['audit'],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam }) => {
      const query = { limit: 50, ...(pageParam && { cursor: pageParam }) }
      const page = await dataOf(api.GET('/v1/audit', { params: { query } }))
      return page as unknown as { data: AuditEvent[]; next_cursor: string | null }
    },
    getNextPageParam: (last) => last.next_cursor,
  })
  return (
    <Paged
      list={list}
      label={t('audit')}
      width={680}
      heads={[t('at'), t('who'), t('action'), t('object'), t('outcome')]}
    >
      {({ id, at, actor, action, object, outcome }) => (
        <Table.Tr key={id}>
          <Table.Td>
            <When at={at} full />
          </Table.Td>
          <Table.Td>{actor.name}</Table.Td>
          <Table.Td>
            <code>{action}</code>
          </Table.Td>
          <Table.Td>{[object?.kind, object?.id].filter(Boolean).join(' ')}</Table.Td>
          <Table.Td>{outcomes.has(outcome as 'done') ? outcomes(outcome as 'done') : outcome}</Table.Td>
        </Table.Tr>
      )}
    </Paged>
  )
}
