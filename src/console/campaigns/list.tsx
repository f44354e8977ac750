import { Table } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useFormatter, useTranslations } from 'use-intl'
import { usePolling } from '../api/queries.ts'
import { useMaySend } from '../api/session.ts'
import { LinkButton } from '../parts/link-button.tsx'
import { Empty } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { Paged } from '../parts/paged.tsx'
import { Countdown } from '../time/countdown.tsx'
import { When } from '../time/when.tsx'
import { Bar } from './bar.tsx'
import { doneOf } from './counting.ts'
import { type Campaign, campaignsQuery } from './queries.ts'
import { CampaignChip } from './state-chip.tsx'

export function List() {
  const t = useTranslations('campaigns')
  const maySend = useMaySend()
  const polling = usePolling(10_000)
  const query = campaignsQuery()
  const list = useInfiniteQuery({
    ...query,
    refetchInterval: (asked) => {
      const own = query.refetchInterval
      return (typeof own === 'function' ? own(asked) : own) || polling
    },
  })
  const create = maySend && (
    <LinkButton to="/campaigns" search={{ edit: 'new' }} size="xs">
      {t('create')}
    </LinkButton>
  )
  return (
    <Page title={t('title')} actions={create}>
      <Paged
        list={list}
        label={t('title')}
        width={640}
        heads={[t('name'), t('state'), t('done'), t('failed'), t('created'), t('by')]}
        empty={<Empty title={t('none')}>{t('noneHint')}</Empty>}
      >
        {(campaign) => <Row key={campaign.id} campaign={campaign} />}
      </Paged>
    </Page>
  )
}

function Row({ campaign: { id, name, state, counts, created_at, created_by, begins_at } }: { campaign: Campaign }) {
  const t = useTranslations('campaigns')
  const format = useFormatter()
  const failed = counts.failed + counts.expired
  return (
    <Table.Tr>
      <Table.Td>
        <Link to="/campaigns" search={{ id }} className="table-button">
          {name}
        </Link>
      </Table.Td>
      <Table.Td>
        <CampaignChip state={state} />
        {state === 'scheduled' && begins_at && (
          <span className="hint">
            {' '}
            <When at={begins_at} /> (<Countdown until={begins_at} />)
          </span>
        )}
      </Table.Td>
      <Table.Td>
        {counts.total === 0 ? (
          <span className="hint">{t('noList')}</span>
        ) : (
          <>
            {state !== 'draft' && <Bar counts={counts} />}
            <span className="hint">
              {state === 'draft'
                ? t('onList', { count: counts.total })
                : t('doneOf', { done: doneOf(counts), total: counts.total })}
            </span>
          </>
        )}
      </Table.Td>
      <Table.Td>{failed === 0 ? '–' : format.number(failed)}</Table.Td>
      <Table.Td>
        <When at={created_at} />
      </Table.Td>
      <Table.Td>{created_by.name}</Table.Td>
    </Table.Tr>
  )
}
