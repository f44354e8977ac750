import { Radio, Select, Textarea, TextInput } from '@mantine/core'
import { useTranslations } from 'use-intl'
import type { ApiFailure } from '../../api/failure.ts'
import { useSenders } from '../../api/queries.ts'
import { senderName } from '../../senders/name.ts'
import { PhonePreview } from '../../templates/phone-preview.tsx'
import type { TemplateChoice } from '../../whatsapp/template-choice.ts'
import { TemplateForm } from '../../whatsapp/template-form.tsx'
import { asksTemplate, type CampaignForm, fillIn, IF_CLOSED, type IfClosed } from './form.ts'
import type { ListedLine } from './lines.ts'

interface Props {
  form: CampaignForm
  choice: TemplateChoice
  /** Of the API, against a member. */
  failure: ApiFailure | null
  /** Of the lists. */
  columns: readonly string[]
  /** For whom the preview is. */
  line: ListedLine | null
  set(change: Partial<CampaignForm>): void
}

/** What it is called, what it says, and how that will look. */
export function Content({ form, choice, failure, columns, line, set }: Props) {
  const t = useTranslations('campaigns')
  const { data: senders = [] } = useSenders()
  const filled = (text: string) => fillIn(text, line?.columns ?? {})
  const shown = Object.fromEntries(Object.entries(choice.values).map(([key, value]) => [key, filled(value)]))
  const wrong = (...fields: string[]) =>
    fields.some((field) => failure?.field?.startsWith(field)) ? failure?.message : undefined
  return (
    <>
      <div className="bar">
        <TextInput
          label={t('name')}
          required
          className="wide-field"
          maxLength={200}
          value={form.name}
          onChange={(event) => set({ name: event.target.value })}
          error={wrong('name')}
        />
        {senders.length > 1 && (
          <Select
            label={t('from')}
            allowDeselect={false}
            data={senders.map((sender) => ({ value: sender.phone_number_id, label: senderName(sender) }))}
            value={form.sender}
            onChange={(sender) => set({ sender: sender ?? '', template: null })}
            error={wrong('sender')}
          />
        )}
      </div>
      <Radio.Group
        label={t('kind')}
        value={form.kind}
        onChange={(kind) => set({ kind: kind as CampaignForm['kind'] })}
        error={form.kind === 'template' ? wrong('message') : undefined}
      >
        <div className="ways">
          {(['template', 'text'] as const).map((kind) => (
            <Radio key={kind} value={kind} label={t(`kinds.${kind}.name`)} description={t(`kinds.${kind}.about`)} />
          ))}
        </div>
      </Radio.Group>
      {form.kind === 'text' && (
        <div className="template-form">
          <div className="told">
            <Textarea
              label={t('text')}
              required
              autosize
              minRows={3}
              maxRows={12}
              value={form.text}
              onChange={(event) => set({ text: event.target.value })}
              error={wrong('message')}
            />
            <Columns columns={columns} onPut={(name) => set({ text: `${form.text}{{${name}}}` })} />
            <Select
              label={t('closed.label')}
              allowDeselect={false}
              data={IF_CLOSED.map((value) => ({ value, label: t(`closed.${value}`) }))}
              value={form.ifClosed}
              onChange={(chosen) => set({ ifClosed: (chosen ?? 'hold') as IfClosed })}
              error={asksTemplate(form) ? undefined : wrong('when_closed')}
            />
          </div>
          <PhonePreview
            drawn={{ header: null, body: filled(form.text), footer: null, buttons: [] }}
            label={t('preview')}
          />
        </div>
      )}
      {asksTemplate(form) && (
        <>
          {form.kind === 'template' && <Columns columns={columns} />}
          <TemplateForm
            choice={choice}
            asksDeclines={form.kind === 'text' && form.ifClosed === 'invite'}
            shown={shown}
          />
          {wrong('when_closed') && <p className="found found-bad">{wrong('when_closed')}</p>}
          {choice.template && choice.missing && <p className="hint">{choice.missing}</p>}
        </>
      )}
    </>
  )
}

/** What may stand between double braces. */
function Columns({ columns, onPut }: { columns: readonly string[]; onPut?: (name: string) => void }) {
  const t = useTranslations('campaigns')
  return (
    <p className="hint">
      {t('columnsAbout')}
      {columns.length > 0 && <> {t('columns')} </>}
      {columns.map((name) =>
        onPut ? (
          <button key={name} type="button" className="filter" onClick={() => onPut(name)}>
            {name}
          </button>
        ) : (
          <code key={name}>{`{{${name}}} `}</code>
        ),
      )}
    </p>
  )
}
