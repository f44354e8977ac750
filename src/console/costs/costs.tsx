import { Select, Table, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { useSenders } from '../api/queries.ts'
import { Empty, Failed } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { Wide } from '../parts/wide.tsx'
import { senderName } from '../senders/name.ts'
import { serverNow } from '../time/server-clock.ts'
import { useZone } from '../time/zones.ts'

const BYS = ['day', 'sender', 'category', 'market'] as const
type By = (typeof BYS)[number]
const MONTH_DAYS = 30
const DAY_MS = 24 * 3_600_000

interface CostRow {
  key?: string
  currency: string | null
  messages: number
  billable: number
  free: number
  expected: string
  actual: string
  untold?: number
}

/** What messages cost: by our rate card before Meta says so, by Meta's own prices after. Days are those of the account's zone. */
export function Costs() {
  const t = useTranslations('costs')
  const zone = useZone()
  const day = (at: number) => new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(at)
  const [by, setBy] = useState<By>('day')
  const [from, setFrom] = useState(() => day(serverNow() - MONTH_DAYS * DAY_MS))
  const [to, setTo] = useState(() => day(serverNow()))
  const costs = useQuery({
    queryKey: ['costs', by, from, to],
    enabled: from !== '' && to !== '',
    queryFn: async () =>
      (await dataOf(api.GET('/v1/costs', { params: { query: { by, from, to } } }))) as unknown as {
        rows: CostRow[]
        total: CostRow[]
      },
  })
  return (
    <Page title={t('title')}>
      <div className="bar">
        <Select
          label={t('by')}
          allowDeselect={false}
          data={BYS.map((name) => ({ value: name, label: t(`bys.${name}`) }))}
          value={by}
          onChange={(chosen) => setBy((chosen ?? 'day') as By)}
        />
        <TextInput label={t('from')} type="date" value={from} onChange={(event) => setFrom(event.target.value)} />
        <TextInput label={t('to')} type="date" value={to} onChange={(event) => setTo(event.target.value)} />
      </div>
      {costs.error && <Failed error={costs.error} onRetry={() => void costs.refetch()} />}
      {costs.data?.rows.length === 0 && <Empty title={t('none')} />}
      {costs.data && costs.data.rows.length > 0 && <CostTable {...costs.data} by={by} />}
    </Page>
  )
}

function CostTable({ rows, total, by }: { rows: CostRow[]; total: CostRow[]; by: By }) {
  const t = useTranslations('costs')
  const { data: senders = [] } = useSenders()
  const most = Math.max(...rows.map(({ expected }) => Number(expected)), 0)
  const nameOf = (key: string) => {
    const sender = by === 'sender' ? senders.find(({ phone_number_id }) => phone_number_id === key) : undefined
    return sender ? senderName(sender) : key
  }
  return (
    <Wide label={t('title')}>
      <Table miw={720}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t(`bys.${by}`)}</Table.Th>
            <Table.Th aria-label={t('chart')} />
            <Table.Th ta="right">{t('messages')}</Table.Th>
            <Table.Th ta="right">{t('billable')}</Table.Th>
            <Table.Th ta="right">{t('free')}</Table.Th>
            <Table.Th ta="right">{t('expected')}</Table.Th>
            <Table.Th ta="right">{t('actual')}</Table.Th>
            <Table.Th ta="right">{t('untold')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Line
              key={`${row.key} ${row.currency}`}
              row={row}
              name={nameOf(row.key ?? '')}
              share={most === 0 ? 0 : Number(row.expected) / most}
            />
          ))}
        </Table.Tbody>
        <Table.Tfoot>
          {total.map((row) => (
            <Line key={row.currency} row={row} name={t('total')} share={null} />
          ))}
        </Table.Tfoot>
      </Table>
    </Wide>
  )
}

/** @param share of the longest bar; null draws none */
function Line({ row, name, share }: { row: CostRow; name: string; share: number | null }) {
  const t = useTranslations('costs')
  const format = useFormatter()
  const money = (amount: string) =>
    row.currency === null
      ? Number(amount) === 0
        ? '–'
        : `${amount} (${t('unknownCurrency')})`
      : format.number(Number(amount), { style: 'currency', currency: row.currency, maximumFractionDigits: 4 })
  return (
    <Table.Tr>
      <Table.Td className="cost-key">{name}</Table.Td>
      <Table.Td className="cost-bar">
        {share !== null && <span style={{ width: `${Math.round(share * 100)}%` }} />}
      </Table.Td>
      <Table.Td ta="right">{format.number(row.messages)}</Table.Td>
      <Table.Td ta="right">{format.number(row.billable)}</Table.Td>
      <Table.Td ta="right">{format.number(row.free)}</Table.Td>
      <Table.Td ta="right">{money(row.expected)}</Table.Td>
      <Table.Td ta="right">{money(row.actual)}</Table.Td>
      <Table.Td ta="right">{row.untold === undefined ? '' : format.number(row.untold)}</Table.Td>
    </Table.Tr>
  )
}
