import { Table } from '@mantine/core'
import { useFormatter, useTranslations } from 'use-intl'
import { Listing } from '../parts/listing.tsx'
import { useWhen } from '../time/when.tsx'
import { minutesOf } from './counting.ts'
import type { Campaign } from './queries.ts'

const LEAST_SHOWN = 2

/** How it went, minute by minute: what Meta took above what failed. Exactly on hover, and as a table. */
export function Minutes({ campaign: { progress } }: { campaign: Campaign }) {
  const t = useTranslations('campaigns.minutes')
  const format = useFormatter()
  const when = useWhen()
  const minutes = minutesOf(progress?.per_minute ?? [])
  const [first, last] = [minutes[0], minutes.at(-1)]
  if (first === undefined || last === undefined || minutes.length < LEAST_SHOWN) return null
  const most = Math.max(...minutes.map(({ sent, failed }) => sent + failed))
  const height = (count: number) => `${(100 * count) / most}%`
  const clock = (at: number) => when.time(new Date(at).toISOString())
  return (
    <figure className="minutes">
      <figcaption className="hint">
        {t('title', { from: clock(first.at), to: clock(last.at), most: format.number(most) })}
      </figcaption>
      <div className="minutes-bars" aria-hidden="true">
        {minutes.map(({ at, sent, failed }) => (
          <span key={at} title={t('one', { at: clock(at), sent, failed })}>
            <span className="part-failed" style={{ height: height(failed) }} />
            <span className="part-sent" style={{ height: height(sent) }} />
          </span>
        ))}
      </div>
      <details>
        <summary>{t('asTable')}</summary>
        <Listing label={t('asTable')} width={260} heads={[t('minute'), t('sent'), t('failed')]}>
          {minutes.toReversed().map(({ at, sent, failed }) => (
            <Table.Tr key={at}>
              <Table.Td>{clock(at)}</Table.Td>
              <Table.Td>{format.number(sent)}</Table.Td>
              <Table.Td>{format.number(failed)}</Table.Td>
            </Table.Tr>
          ))}
        </Listing>
      </details>
    </figure>
  )
}
