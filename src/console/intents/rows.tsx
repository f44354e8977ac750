import { Checkbox, Table } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Paged, type PagedList } from '../parts/paged.tsx'
import { When } from '../time/when.tsx'
import { useReasonWords } from '../whatsapp/reasons.ts'
import { wordsOf } from '../whatsapp/words-of.ts'
import type { IntentRow } from './queries.ts'
import { StateChip } from './state-chip.tsx'

interface Props {
  label: string
  list: PagedList<IntentRow>
  empty: ReactNode
  /** Those that are marked; null: nothing may be done with any. */
  chosen: ReadonlyMap<string, IntentRow> | null
  onChoose?(chosen: ReadonlyMap<string, IntentRow>): void
  onOpen(id: string): void
}

export function Rows({ label, list, empty, chosen, onChoose, onOpen }: Props) {
  const t = useTranslations('intents')
  const marks = useTranslations('chosen')
  const heads = [t('created'), t('to'), t('words'), t('state'), t('reason')]
  return (
    <Paged
      list={list}
      label={label}
      width={780}
      heads={chosen === null ? heads : [[marks('mark')], ...heads]}
      empty={empty}
      isHighlighted
    >
      {(row) => (
        <Row
          key={row.id}
          row={row}
          isChosen={chosen?.has(row.id) ?? null}
          onChoose={(isChosen) => {
            const next = new Map(chosen)
            if (isChosen) next.set(row.id, row)
            else next.delete(row.id)
            onChoose?.(next)
          }}
          onOpen={() => onOpen(row.id)}
        />
      )}
    </Paged>
  )
}

interface RowProps {
  row: IntentRow
  /** Null: it cannot be. */
  isChosen: boolean | null
  onChoose(isChosen: boolean): void
  onOpen(): void
}

function Row({ row: { created_at, to, message, state, reason }, isChosen, onChoose, onOpen }: RowProps) {
  const marks = useTranslations('chosen')
  const reasons = useReasonWords()
  const { template, text } = wordsOf(message)
  const words = [template, text].filter(Boolean).join(': ')
  const customer = to.wa_id === null ? (to.user_id ?? '') : `+${to.wa_id}`
  return (
    <Table.Tr>
      {isChosen !== null && (
        <Table.Td>
          <Checkbox
            size="xs"
            aria-label={marks('choose', { to: customer, words })}
            checked={isChosen}
            onChange={(event) => onChoose(event.target.checked)}
          />
        </Table.Td>
      )}
      <Table.Td>
        <button type="button" className="table-button" onClick={onOpen}>
          <When at={created_at} />
        </button>
      </Table.Td>
      <Table.Td>{customer}</Table.Td>
      <Table.Td className="one-line">{words}</Table.Td>
      <Table.Td>
        <StateChip state={state} />
      </Table.Td>
      <Table.Td>{reason && reasons(reason)}</Table.Td>
    </Table.Tr>
  )
}
