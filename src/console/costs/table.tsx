import { Table } from '@mantine/core'
import { useFormatter, useTranslations } from 'use-intl'
import { useSenders } from '../api/queries.ts'
import { Listing } from '../parts/listing.tsx'
import { senderName } from '../senders/name.ts'
import { dayWords } from './days.ts'
import type { By } from './search.ts'

export interface CostRow {
  key?: string
  currency: string | null
  messages: number
  billable: number
  free: number
  expected: string
  actual: string
  untold?: number
}

/** A row for each key and currency, and what they come to. */
export function CostTable({ rows, total, by }: { rows: CostRow[]; total: CostRow[]; by: By }) {
  const t = useTranslations('costs')
  const { data: senders = [] } = useSenders()
  const most = Math.max(...rows.map(({ expected }) => Number(expected)), 0)
  const categories = useTranslations('categories')
  const format = useFormatter()
  const nameOf = (key: string) => {
    if (by === 'day' && key !== '') return dayWords(format, key)
    const sender = by === 'sender' ? senders.find(({ phone_number_id }) => phone_number_id === key) : undefined
    if (sender) return senderName(sender)
    return by === 'category' && categories.has(key as 'utility') ? categories(key as 'utility') : key
  }
  return (
    <Listing
      label={t('title')}
      width={720}
      heads={[
        t(`bys.${by}`),
        [t('chart')],
        t('messages'),
        t('billable'),
        t('free'),
        t('expected'),
        t('actual'),
        t('untold'),
      ]}
      numbersFrom={2}
      foot={total.map((row) => <Line key={row.currency} row={row} name={t('total')} share={null} />)}
    >
      {rows.map((row) => (
        <Line
          key={`${row.key} ${row.currency}`}
          row={row}
          name={nameOf(row.key ?? '')}
          share={most === 0 ? 0 : Number(row.expected) / most}
        />
      ))}
    </Listing>
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
      <Table.Td className="number">{format.number(row.messages)}</Table.Td>
      <Table.Td className="number">{format.number(row.billable)}</Table.Td>
      <Table.Td className="number">{format.number(row.free)}</Table.Td>
      <Table.Td className="number">{money(row.expected)}</Table.Td>
      <Table.Td className="number">{money(row.actual)}</Table.Td>
      <Table.Td className="number">{row.untold === undefined ? '' : format.number(row.untold)}</Table.Td>
    </Table.Tr>
  )
}
