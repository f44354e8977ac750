import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../../api/client.ts'
import { toFailure } from '../../api/failure.ts'
import { useSenders } from '../../api/queries.ts'
import { useWho } from '../../api/session.ts'
import { Failed } from '../../parts/notice.tsx'
import { useStillAt } from '../../parts/still-at.ts'
import { useApproved } from './approved.ts'
import { AsDocument, useWritten } from './as-document.tsx'
import { Content } from './content.tsx'
import { type CampaignForm, type Document, documentOf, EMPTY_FORM } from './form.ts'

/** What it says comes first; a list, a time and a check are for the draft that comes of it. */
export function NewCampaign() {
  const t = useTranslations('campaigns')
  const { data: senders } = useSenders()
  const first = senders?.[0]?.phone_number_id ?? ''
  const { form: kept, setForm, forget } = useKept()
  const form = {
    ...kept,
    senders: kept.senders.length > 0 || first === '' ? kept.senders : [{ sender: first, weight: 1 }],
  }
  const set = (change: Partial<CampaignForm>) => setForm({ ...form, ...change })
  const approved = useApproved(form.senders[0]?.sender ?? '')
  const document = documentOf(form, approved.find)
  const [begun, setBegun] = useState<object | null>(null)
  const create = useCreate(forget)
  const failure = create.error && toFailure(create.error)
  if (senders?.length === 0) return <p>{t('noNumber')}</p>
  if (begun !== null) return <NewDocument first={begun} create={create} onForm={() => setBegun(null)} />
  const sketch = {
    name: form.name,
    sender: form.senders[0]?.sender,
    message: { type: 'text', text: { body: form.versions[0]?.text ?? '' } },
  }
  return (
    <Frame
      document={document}
      create={create}
      other={t('asDocument')}
      onOther={() => setBegun(document ?? { ...sketch, when_closed: 'hold' })}
    >
      <Content form={form} approved={approved} failure={failure} columns={[]} line={null} set={set} />
    </Frame>
  )
}

type Create = ReturnType<typeof useCreate>

function NewDocument({ first, create, onForm }: { first: object; create: Create; onForm: () => void }) {
  const t = useTranslations('campaigns')
  const written = useWritten(first)
  return (
    <Frame document={written.document} create={create} other={t('asForm')} onOther={onForm}>
      <AsDocument written={written} failure={create.error && toFailure(create.error)} />
    </Frame>
  )
}

interface FrameProps {
  /** Null while something is missing. */
  document: Document | null
  create: Create
  /** The other way of writing it. */
  other: string
  onOther(): void
  children: ReactNode
}

function Frame({ document, create, other, onOther, children }: FrameProps) {
  const t = useTranslations('campaigns')
  return (
    <form
      className="told"
      onSubmit={(event) => {
        event.preventDefault()
        if (document !== null && !create.isPending) create.mutate(document)
      }}
    >
      {children}
      {create.error && <Failed error={create.error} />}
      <div className="bar editor-foot">
        <Button type="submit" disabled={document === null} loading={create.isPending}>
          {t('createDraft')}
        </Button>
        <Button variant="default" onClick={onOther}>
          {other}
        </Button>
        <span className="hint">{document === null ? t('incomplete') : t('nothingLeaves')}</span>
      </div>
    </form>
  )
}

function useCreate(onCreated: () => void) {
  const isHere = useStillAt('/campaigns')
  const navigate = useNavigate()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (document: Document) => dataOf(api.POST('/v1/campaigns', { body: document as never })),
    onSuccess({ id }) {
      onCreated()
      void queries.invalidateQueries({ queryKey: ['campaigns'] })
      if (isHere()) void navigate({ to: '/campaigns', search: { id }, replace: true })
    },
  })
}

const PREFIX = 'casement-campaign-draft-3:'

/** What was begun stays in the browser until the draft is made. */
function useKept() {
  const { session } = useWho()
  const key = `${PREFIX}${session.workspace}`
  const [form, setForm] = useState<CampaignForm>(() => {
    try {
      return { ...EMPTY_FORM, ...(JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<CampaignForm>) }
    } catch {
      return EMPTY_FORM
    }
  })
  const [isDone, setDone] = useState(false)
  useEffect(() => {
    if (isDone) localStorage.removeItem(key)
    else localStorage.setItem(key, JSON.stringify(form))
  }, [key, form, isDone])
  return { form, setForm, forget: () => setDone(true) }
}
