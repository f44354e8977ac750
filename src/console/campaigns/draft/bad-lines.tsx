import { Table } from '@mantine/core'
import { useTranslations } from 'use-intl'
import { urlOf } from '../../api/client.ts'
import { Chip, type Tone } from '../../parts/chip.tsx'
import { Listing } from '../../parts/listing.tsx'
import { useSaid } from '../../words/said.ts'
import type { Campaign } from '../queries.ts'
import { useBadLines } from './listed.ts'

/** Who is no recipient for the second time is not wrong, and who stopped is on the list: three kinds, told apart. */
const TONES: Record<string, Tone> = { duplicate: 'quiet', opted_out: 'info', unreachable: 'info' }

/** Line by line, with the reason. */
export function BadLines({ campaign }: { campaign: Campaign }) {
  const t = useTranslations('campaigns')
  const codes = useTranslations('campaigns.lineCodes')
  const said = useSaid('lineFaults')
  const found = useBadLines(campaign)
  if (!found || found.lines.length === 0) return null
  return (
    <details className="told" open>
      <summary>
        {found.isAll ? t('badLines', { count: found.lines.length }) : t('badLinesFirst', { count: found.lines.length })}
      </summary>
      <p>
        <a href={urlOf(`/v1/campaigns/${campaign.id}/audience/errors.csv`)} download="errors.csv">
          {t('downloadErrors')}
        </a>
      </p>
      <div className="bad-lines">
        <Listing label={t('badLinesTable')} width={560} heads={[t('line'), t('number'), t('problem'), t('why')]}>
          {found.lines.map(({ line, to, code, reason, reasonCode, reasonValues }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of several lists may have the same number, and none moves
            <Table.Tr key={index}>
              <Table.Td>{line}</Table.Td>
              <Table.Td>{to === '' ? '–' : to}</Table.Td>
              <Table.Td>
                <Chip tone={TONES[code] ?? 'bad'}>
                  {codes.has(code as 'invalid') ? codes(code as 'invalid') : code}
                </Chip>
              </Table.Td>
              <Table.Td>{said({ code: reasonCode, values: reasonValues, text: reason })}</Table.Td>
            </Table.Tr>
          ))}
        </Listing>
      </div>
    </details>
  )
}
