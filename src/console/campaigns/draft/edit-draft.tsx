import { Button } from '@mantine/core'
import { type ReactNode, useCallback, useState } from 'react'
import { useTranslations } from 'use-intl'
import { useFieldWords } from '../../parts/failure-words.ts'
import { Failed, Notice } from '../../parts/notice.tsx'
import type { Campaign } from '../queries.ts'
import { useApproved } from './approved.ts'
import { AsDocument, useWritten } from './as-document.tsx'
import { Audience } from './audience.tsx'
import { type Saving, useAutosave } from './autosave.ts'
import { Check } from './check.tsx'
import { Content } from './content.tsx'
import { type CampaignForm, documentIn, documentOf, formOf } from './form.ts'
import { useLines } from './listed.ts'
import { MoreFields } from './more.tsx'
import { Start } from './start.tsx'
import { WhenItBegins } from './when-it-begins.tsx'

/** A draft from top to bottom: what it says, who it is for, when, what it will come to, and the start. What is changed is saved by itself. */
export function EditDraft({ campaign }: { campaign: Campaign }) {
  const form = formOf(documentIn(campaign))
  const [isDocument, setDocument] = useState(form === null)
  // What is shown is begun anew where somebody else changed it.
  const [turn, setTurn] = useState(0)
  const onElsewhere = useCallback(() => setTurn((former) => former + 1), [])
  const given = { campaign, onElsewhere }
  if (isDocument || form === null) {
    return <DocumentDraft key={turn} {...given} onForm={form && (() => setDocument(false))} />
  }
  return <FormDraft key={turn} {...given} first={form} onDocument={() => setDocument(true)} />
}

interface Given {
  campaign: Campaign
  onElsewhere(): void
}

interface FormProps extends Given {
  first: CampaignForm
  onDocument(): void
}

function FormDraft({ campaign, onElsewhere, first, onDocument }: FormProps) {
  const t = useTranslations('campaigns')
  const [form, setForm] = useState(first)
  const [at, setAt] = useState(0)
  const lines = useLines(campaign)
  const line = lines[Math.min(at, lines.length - 1)] ?? null
  const columns = Object.keys(lines[0]?.columns ?? {})
  const set = (change: Partial<CampaignForm>) => setForm((former) => ({ ...former, ...change }))
  const approved = useApproved(form.senders[0]?.sender ?? '')
  const document = documentOf(form, approved.find)
  const saving = useAutosave(campaign, JSON.stringify(form), document, onElsewhere)
  return (
    <Steps
      campaign={campaign}
      saving={saving}
      members={form}
      onChange={set}
      onOther={onDocument}
      other={t('asDocument')}
      more={<MoreFields more={form.more} sendAt={form.sendAt} failure={saving.failure} onChange={set} />}
    >
      <Content form={form} approved={approved} failure={saving.failure} columns={columns} line={line} set={set} />
      {lines.length > 1 && (
        <div className="bar">
          <Button size="compact-xs" variant="default" disabled={at === 0} onClick={() => setAt(at - 1)}>
            ‹
          </Button>
          <span className="hint">{t('shownFor', { line: line?.line ?? 0, to: line?.to ?? '' })}</span>
          <Button size="compact-xs" variant="default" disabled={at >= lines.length - 1} onClick={() => setAt(at + 1)}>
            ›
          </Button>
        </div>
      )}
    </Steps>
  )
}

/** @param onForm null: the form could not show all of it */
function DocumentDraft({ campaign, onElsewhere, onForm }: Given & { onForm: (() => void) | null }) {
  const t = useTranslations('campaigns')
  const written = useWritten(documentIn(campaign))
  const { document, text } = written
  const saving = useAutosave(campaign, text, document, onElsewhere)
  const { default_country: home = '', send_at: sendAt = '', skip_invalid: skipInvalid = false } = document ?? {}
  function set(change: Partial<Members>) {
    const members = {
      ...(change.home !== undefined && { default_country: change.home || undefined }),
      ...(change.sendAt !== undefined && { send_at: change.sendAt || undefined }),
      ...(change.skipInvalid !== undefined && { skip_invalid: change.skipInvalid || undefined }),
    }
    if (document !== null) written.write(JSON.stringify({ ...document, ...members }, null, 2))
  }
  return (
    <Steps
      campaign={campaign}
      saving={saving}
      members={{ home, sendAt, skipInvalid }}
      onChange={set}
      onOther={onForm}
      other={t('asForm')}
    >
      {onForm === null && <Notice>{t('onlyDocument')}</Notice>}
      <AsDocument written={written} failure={saving.failure} />
    </Steps>
  )
}

type Members = Pick<CampaignForm, 'home' | 'sendAt' | 'skipInvalid'>

interface StepsProps {
  campaign: Campaign
  saving: Saving
  members: Members
  onChange(change: Partial<Members>): void
  /** To the other way of writing it; null where there is none. */
  onOther: (() => void) | null
  other: string
  /** Beside when it begins. */
  more?: ReactNode
  /** What it says. */
  children: ReactNode
}

function Steps({ campaign, saving, members, onChange, onOther, other, more, children }: StepsProps) {
  const t = useTranslations('campaigns')
  const wordsOf = useFieldWords()
  const { home, sendAt, skipInvalid } = members
  return (
    <>
      <Step number={1} title={t('steps.content')} aside={<Saved saving={saving} />}>
        {children}
        {saving.failure && <Failed error={saving.failure} />}
        {onOther && (
          <div>
            <Button size="compact-xs" variant="default" disabled={saving.state !== 'saved'} onClick={onOther}>
              {other}
            </Button>
          </div>
        )}
      </Step>
      <Step number={2} title={t('steps.audience')}>
        <Audience campaign={campaign} home={home} onHome={(home) => onChange({ home })} />
      </Step>
      <Step number={3} title={t('steps.when')}>
        <WhenItBegins
          sendAt={sendAt}
          wrong={saving.failure?.field?.startsWith('send_at') ? wordsOf(saving.failure) : undefined}
          onChange={(sendAt) => onChange({ sendAt })}
        />
        {more}
      </Step>
      <Step number={4} title={t('steps.check')}>
        <Check campaign={campaign} skipsInvalid={skipInvalid} onSkip={(skipInvalid) => onChange({ skipInvalid })} />
        <Start campaign={campaign} saving={saving} />
      </Step>
    </>
  )
}

interface StepProps {
  number: number
  title: string
  aside?: ReactNode
  children: ReactNode
}

function Step({ number, title, aside, children }: StepProps) {
  return (
    <section className="step" aria-label={title}>
      <div className="card-head">
        <h2>
          {number}. {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  )
}

function Saved({ saving: { state } }: { saving: Saving }) {
  const t = useTranslations('campaigns.saving')
  return (
    <span className="hint" role="status">
      {t(state)}
    </span>
  )
}
