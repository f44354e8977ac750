import { Button, FileButton, Select } from '@mantine/core'
import { UploadIcon } from '@radix-ui/react-icons'
import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { type Upload, upload } from '../../api/upload.ts'
import { Failed } from '../../parts/notice.tsx'
import { useLanguage } from '../../words/words.tsx'
import type { Campaign } from '../queries.ts'
import { CameIn, type Imported } from './came-in.tsx'
import { countriesIn } from './countries.ts'

type Going =
  | { kind: 'none' }
  | { kind: 'going'; name: string; share: number }
  | { kind: 'done'; name: string; imported: Imported }
  | { kind: 'failed'; name: string; error: unknown }

const ENCODINGS = ['utf-8', 'windows-1252', 'utf-16le'] as const

interface Props {
  campaign: Campaign
  home: string
  onHome(home: string): void
}

export function FromFile({ campaign, home, onHome }: Props) {
  const t = useTranslations('campaigns')
  const language = useLanguage()
  const countries = useMemo(() => countriesIn(language), [language])
  const [encoding, setEncoding] = useState<(typeof ENCODINGS)[number]>('utf-8')
  const { going, send, stop } = useUpload(campaign.id, home, encoding)
  const { total } = campaign.counts
  const isGoing = going.kind === 'going'
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way, the button is the first
    <div
      className="told"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        const file = event.dataTransfer.files[0]
        if (file && !isGoing) send(file)
      }}
    >
      <div className="bar">
        <Select
          label={t('home')}
          placeholder={t('noHome')}
          searchable
          clearable
          data={countries}
          value={home === '' ? null : home}
          onChange={(chosen) => onHome(chosen ?? '')}
        />
        <Select
          label={t('encoding')}
          allowDeselect={false}
          data={ENCODINGS.map((value) => ({ value, label: t(`encodings.${value}`) }))}
          value={encoding}
          onChange={(chosen) => setEncoding((chosen ?? 'utf-8') as typeof encoding)}
        />
        <FileButton accept="text/csv,.csv,.txt,.tsv" onChange={(file) => file && send(file)}>
          {(props) => (
            <Button
              {...props}
              leftSection={<UploadIcon />}
              disabled={isGoing}
              variant={total > 0 ? 'default' : 'filled'}
            >
              {total > 0 ? t('addList') : t('chooseList')}
            </Button>
          )}
        </FileButton>
        {isGoing && (
          <Button variant="default" onClick={stop}>
            {t('stopUpload')}
          </Button>
        )}
      </div>
      <Came going={going} />
    </div>
  )
}

function Came({ going }: { going: Going }) {
  const t = useTranslations('campaigns')
  if (going.kind === 'none') return null
  if (going.kind === 'failed') return <Failed error={going.error} />
  if (going.kind === 'done') return <CameIn name={going.name} imported={going.imported} />
  const percent = Math.round(100 * going.share)
  return (
    <div role="status">
      <progress className="upload" max={100} value={percent} aria-label={going.name} />{' '}
      {percent < 100 ? t('uploading', { name: going.name, percent }) : t('reading', { name: going.name })}
    </div>
  )
}

function useUpload(id: string, home: string, encoding: string) {
  const queries = useQueryClient()
  const [going, setGoing] = useState<Going>({ kind: 'none' })
  const current = useRef<Upload<Imported> | null>(null)
  function send(file: File) {
    const { name } = file
    setGoing({ kind: 'going', name, share: 0 })
    const path = `/v1/campaigns/${id}/audience${home === '' ? '' : `?default_country=${home}`}`
    const type = encoding === 'utf-8' ? 'text/csv' : `text/csv; charset=${encoding}`
    const sent = upload<Imported>(path, file, type, (share) => setGoing({ kind: 'going', name, share }))
    current.current = sent
    sent.done
      .then((imported) => setGoing({ kind: 'done', name, imported }))
      .catch((error: unknown) => setGoing({ kind: 'failed', name, error }))
      .finally(() => queries.invalidateQueries({ queryKey: ['campaign', id] }))
  }
  return { going, send, stop: () => current.current?.stop() }
}
