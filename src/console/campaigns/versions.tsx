import { Table } from '@mantine/core'
import { useFormatter, useTranslations } from 'use-intl'
import { Listing } from '../parts/listing.tsx'
import { wordsOf } from '../whatsapp/words-of.ts'
import { type VersionTold, versionsTold } from './counting.ts'
import type { Campaign } from './queries.ts'

/** Of several messages, which does better: side by side, of those whose turn has come. */
export function Versions({ campaign }: { campaign: Campaign }) {
  const t = useTranslations('campaigns')
  const rows = versionsTold(campaign)
  if (rows.length === 0) return null
  return (
    <section className="told" aria-label={t('versions')}>
      <h2>{t('versions')}</h2>
      <Listing
        label={t('versions')}
        width={880}
        heads={[
          t('version'),
          t('text'),
          t('people'),
          t('minutes.sent'),
          t('delivered'),
          t('read'),
          t('replied'),
          t('tapped'),
          t('stopped'),
          t('failed'),
        ]}
      >
        {rows.map((row) => (
          <Row key={`${row.variant} ${row.language}`} row={row} />
        ))}
      </Listing>
    </section>
  )
}

function Row({ row: { variant, language, message, counts, delivery } }: { row: VersionTold }) {
  const t = useTranslations('campaigns')
  const format = useFormatter()
  const { template, text } = wordsOf(message)
  const ofSent = (count: number) =>
    counts.sent === 0
      ? '–'
      : `${format.number(count)} (${format.number(count / counts.sent, { style: 'percent', maximumFractionDigits: 1 })})`
  return (
    <Table.Tr>
      <Table.Td>{[variant, language].filter(Boolean).join(' · ') || t('fates.otherLanguages')}</Table.Td>
      <Table.Td className="one-line">{[template, text].filter(Boolean).join(': ')}</Table.Td>
      <Table.Td>{format.number(counts.total)}</Table.Td>
      <Table.Td>{format.number(counts.sent)}</Table.Td>
      <Table.Td>{ofSent(delivery.delivered)}</Table.Td>
      <Table.Td>{ofSent(delivery.read)}</Table.Td>
      <Table.Td>{ofSent(delivery.replied)}</Table.Td>
      <Table.Td>{ofSent(delivery.tapped)}</Table.Td>
      <Table.Td>{ofSent(delivery.stopped)}</Table.Td>
      <Table.Td>{format.number(counts.failed + counts.expired)}</Table.Td>
    </Table.Tr>
  )
}
