import { Table } from '@mantine/core'
import { useTranslations } from 'use-intl'
import { Wide } from '../parts/wide.tsx'
import { When } from '../time/when.tsx'
import { useReasonWords } from '../whatsapp/reasons.ts'
import { wordsOf } from '../whatsapp/words-of.ts'
import type { IntentRow } from './queries.ts'
import { StateChip } from './state-chip.tsx'

export function Rows({ rows, onOpen }: { rows: IntentRow[]; onOpen: (id: string) => void }) {
  const t = useTranslations('intents')
  const words = useReasonWords()
  return (
    <Wide label={t('title')}>
      <Table miw={640} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('created')}</Table.Th>
            <Table.Th>{t('to')}</Table.Th>
            <Table.Th>{t('words')}</Table.Th>
            <Table.Th>{t('state')}</Table.Th>
            <Table.Th>{t('reason')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ id, created_at, to, message, state, reason }) => (
            <Table.Tr key={id}>
              <Table.Td>
                <button type="button" className="table-button" onClick={() => onOpen(id)}>
                  <When at={created_at} />
                </button>
              </Table.Td>
              <Table.Td>{to.wa_id === null ? to.user_id : `+${to.wa_id}`}</Table.Td>
              <Table.Td className="one-line">
                {[wordsOf(message).template, wordsOf(message).text].filter(Boolean).join(': ')}
              </Table.Td>
              <Table.Td>
                <StateChip state={state} />
              </Table.Td>
              <Table.Td>{reason && words(reason)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Wide>
  )
}
