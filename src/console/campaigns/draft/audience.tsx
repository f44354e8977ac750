import { Radio } from '@mantine/core'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Campaign } from '../queries.ts'
import { BadLines } from './bad-lines.tsx'
import { FromCampaign } from './from-campaign.tsx'
import { FromContacts } from './from-contacts.tsx'
import { FromFile } from './from-file.tsx'
import { Lists } from './lists.tsx'

const SOURCES = ['file', 'contacts', 'campaign'] as const
type Source = (typeof SOURCES)[number]

interface Props {
  campaign: Campaign
  /** Of numbers without a country code; empty: none. */
  home: string
  onHome(home: string): void
}

/** Who it is for: lists, each added to those before, and what was wrong with lines of them. */
export function Audience({ campaign, home, onHome }: Props) {
  const t = useTranslations('campaigns')
  const [source, setSource] = useState<Source>('file')
  return (
    <>
      <p>
        <strong>{t('listed', { count: campaign.counts.total })}</strong> <span className="hint">{t('listAbout')}</span>
      </p>
      <Radio.Group value={source} aria-label={t('steps.audience')} onChange={(chosen) => setSource(chosen as Source)}>
        <div className="ways">
          {SOURCES.map((one) => (
            <Radio key={one} value={one} label={t(`sources.${one}`)} description={t(`sourcesAbout.${one}`)} />
          ))}
        </div>
      </Radio.Group>
      {source === 'file' && <FromFile campaign={campaign} home={home} onHome={onHome} />}
      {source === 'contacts' && <FromContacts campaign={campaign} />}
      {source === 'campaign' && <FromCampaign campaign={campaign} />}
      <Lists campaign={campaign} />
      <BadLines campaign={campaign} />
    </>
  )
}
