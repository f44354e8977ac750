import { Button, Select, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { useSenders } from '../../api/queries.ts'
import { senderName } from '../../senders/name.ts'
import type { Campaign } from '../queries.ts'
import { Copied, useCopy } from './copying.tsx'
import { attributesIn, namesIn } from './lines.ts'

const MARKETING = ['in', 'out', 'unknown'] as const

/** Who is known here, by what is known of them. */
export function FromContacts({ campaign }: { campaign: Campaign }) {
  const t = useTranslations('campaigns.contacts')
  const { data: senders = [] } = useSenders()
  const [q, setQ] = useState('')
  const [language, setLanguage] = useState('')
  const [marketing, setMarketing] = useState<(typeof MARKETING)[number] | null>(null)
  const [attributes, setAttributes] = useState('')
  const [sender, setSender] = useState<string | null>(null)
  const [columns, setColumns] = useState('name')
  const copy = useCopy(campaign.id)
  const attribute = attributesIn(attributes)
  function add() {
    if (copy.isPending || attribute === null) return
    copy.mutate({
      from_contacts: {
        ...(q.trim() && { q: q.trim() }),
        ...(language.trim() && { language: language.trim() }),
        ...(marketing && { marketing }),
        ...(Object.keys(attribute).length > 0 && { attribute }),
        ...(sender && { sender }),
        columns: namesIn(columns),
      },
    })
  }
  return (
    <form
      className="told"
      onSubmit={(event) => {
        event.preventDefault()
        add()
      }}
    >
      <div className="two">
        <TextInput label={t('q')} value={q} onChange={(event) => setQ(event.target.value)} />
        <TextInput
          label={t('language')}
          placeholder="pt_BR"
          value={language}
          onChange={(event) => setLanguage(event.target.value)}
        />
        <Select
          label={t('marketing')}
          placeholder={t('any')}
          clearable
          data={MARKETING.map((value) => ({ value, label: t(`marketings.${value}`) }))}
          value={marketing}
          onChange={(chosen) => setMarketing(chosen as typeof marketing)}
        />
        <Select
          label={t('sender')}
          placeholder={t('any')}
          clearable
          data={senders.map((one) => ({ value: one.phone_number_id, label: senderName(one) }))}
          value={sender}
          onChange={setSender}
        />
        <Textarea
          label={t('attributes')}
          description={t('attributesAbout')}
          placeholder="segment=b2b"
          autosize
          minRows={1}
          value={attributes}
          onChange={(event) => setAttributes(event.target.value)}
          error={attribute === null ? t('attributesWrong') : undefined}
        />
        <TextInput
          label={t('columns')}
          description={t('columnsAbout')}
          value={columns}
          onChange={(event) => setColumns(event.target.value)}
        />
      </div>
      <div className="bar">
        <Button type="submit" variant={campaign.counts.total > 0 ? 'default' : 'filled'} loading={copy.isPending}>
          {t('add')}
        </Button>
        <span className="hint">{t('addAbout')}</span>
      </div>
      <Copied name={t('title')} copy={copy} />
    </form>
  )
}
