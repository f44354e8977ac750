import { Table } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useFormatter, useTranslations } from 'use-intl'
import { usePolling, useSenders } from '../api/queries.ts'
import { useMaySend } from '../api/session.ts'
import { LinkButton } from '../parts/link-button.tsx'
import { Empty } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { Paged } from '../parts/paged.tsx'
import { senderName } from '../senders/name.ts'
import { When } from '../time/when.tsx'
import { type FlowSummary, flowQuery, flowsQuery } from './queries.ts'
import { FlowChip } from './state-chip.tsx'

export function List() {
  const t = useTranslations('flows')
  const maySend = useMaySend()
  const list = useInfiniteQuery({ ...flowsQuery(), refetchInterval: usePolling(10_000) })
  const create = maySend && (
    <LinkButton to="/flows" search={{ edit: 'document' }} size="xs">
      {t('create')}
    </LinkButton>
  )
  return (
    <Page title={t('title')} actions={create}>
      <Paged
        list={list}
        label={t('title')}
        width={640}
        heads={[t('name'), t('state'), t('version'), t('waiting'), t('ended'), t('number'), t('since')]}
        empty={<Empty title={t('none')}>{t('noneHint')}</Empty>}
      >
        {(flow) => <Row key={flow.name} flow={flow} />}
      </Paged>
    </Page>
  )
}

function Row({ flow: { name, state, version, sender, state_at } }: { flow: FlowSummary }) {
  const t = useTranslations('flows')
  const format = useFormatter()
  const { data: senders = [] } = useSenders()
  // A page of the list has no counts, and there are few flows on it.
  const { data } = useQuery({ ...flowQuery(name), staleTime: 30_000 })
  const ended = Object.values(data?.counts.ended ?? {}).reduce((sum, count) => sum + count, 0)
  const number = senders.find(({ phone_number_id }) => phone_number_id === sender)
  return (
    <Table.Tr>
      <Table.Td>
        <Link to="/flows" search={{ name }} className="table-button">
          {name}
        </Link>
      </Table.Td>
      <Table.Td>
        <FlowChip state={state} />
      </Table.Td>
      <Table.Td>{version}</Table.Td>
      <Table.Td>{data ? format.number(data.counts.waiting) : '…'}</Table.Td>
      <Table.Td>{data ? format.number(ended) : '…'}</Table.Td>
      <Table.Td>{sender === null ? t('anyNumber') : number ? senderName(number) : sender}</Table.Td>
      <Table.Td>
        <When at={state_at} />
      </Table.Td>
    </Table.Tr>
  )
}
