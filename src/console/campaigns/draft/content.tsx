import { Button, MultiSelect, NumberInput, Radio, Select, TextInput } from '@mantine/core'
import { useTranslations } from 'use-intl'
import type { ApiFailure } from '../../api/failure.ts'
import { type Sender, useSenders } from '../../api/queries.ts'
import { senderName } from '../../senders/name.ts'
import { TemplateForm } from '../../whatsapp/template-form.tsx'
import { type Approved, useNamed } from './approved.ts'
import { asksInstead, type CampaignForm, type FormSender, IF_CLOSED, type IfClosed } from './form.ts'
import type { ListedLine } from './lines.ts'
import { VersionFields } from './version-fields.tsx'
import { MOST_VERSIONS, type Version, withAnother, without } from './versions.ts'
import { fillIn } from './words.ts'

interface Props {
  form: CampaignForm
  approved: Approved
  /** Of the API, against a member. */
  failure: ApiFailure | null
  /** Of the lists. */
  columns: readonly string[]
  /** For whom the preview is. */
  line: ListedLine | null
  set(change: Partial<CampaignForm>): void
}

/** What it is called, what it says, and how that will look. */
export function Content({ form, approved, failure, columns, line, set }: Props) {
  const t = useTranslations('campaigns')
  const { data: senders = [] } = useSenders()
  const { kind, versions } = form
  const wrong = (...fields: string[]) =>
    fields.some((field) => failure?.field?.startsWith(field)) ? failure?.message : undefined
  const setVersion = (index: number, change: Partial<Version>) =>
    set({ versions: versions.map((version, at) => (at === index ? { ...version, ...change } : version)) })
  /** Another account has other templates. */
  const ofAccount = ([first]: FormSender[]) =>
    wabaOf(senders, first) === wabaOf(senders, form.senders[0])
      ? {}
      : { versions: versions.map(withoutTemplates), instead: null }
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
      </div>
      {senders.length > 1 && (
        <From
          form={form}
          numbers={senders}
          wrong={wrong('sender')}
          onChange={(senders) => set({ senders, ...ofAccount(senders) })}
        />
      )}
      <Radio.Group
        label={t('kind')}
        value={kind}
        onChange={(chosen) => set({ kind: chosen as CampaignForm['kind'] })}
        error={kind === 'template' ? wrong('message', 'variants', 'languages') : undefined}
      >
        <div className="ways">
          {(['template', 'text'] as const).map((one) => (
            <Radio key={one} value={one} label={t(`kinds.${one}.name`)} description={t(`kinds.${one}.about`)} />
          ))}
        </div>
      </Radio.Group>
      {versions.map((version, index) => (
        <VersionFields
          // biome-ignore lint/suspicious/noArrayIndexKey: a version has no name of its own while it is typed
          key={index}
          kind={kind}
          version={version}
          versions={versions}
          approved={approved}
          failure={failure}
          path={versions.length === 1 ? null : index}
          columns={columns}
          line={line}
          set={(change) => setVersion(index, change)}
          onRemove={() => set({ versions: without(versions, index) })}
        />
      ))}
      <div className="bar">
        {versions.length < MOST_VERSIONS && (
          <Button size="compact-xs" variant="default" onClick={() => set({ versions: withAnother(versions) })}>
            + {t('addVersion')}
          </Button>
        )}
        <span className="hint">{t('addVersionAbout')}</span>
      </div>
      {kind === 'text' && (
        <Select
          label={t('closed.label')}
          allowDeselect={false}
          data={IF_CLOSED.map((value) => ({ value, label: t(`closed.${value}`) }))}
          value={form.ifClosed}
          onChange={(chosen) => set({ ifClosed: (chosen ?? 'hold') as IfClosed })}
          error={asksInstead(form) ? undefined : wrong('when_closed')}
        />
      )}
      {asksInstead(form) && (
        <Instead form={form} approved={approved} columns={columns} line={line} wrong={wrong('when_closed')} set={set} />
      )}
    </>
  )
}

interface InsteadProps extends Omit<Props, 'failure'> {
  wrong: string | undefined
}

/** What goes to those whose session is closed. */
function Instead({ form, approved, columns, line, wrong, set }: InsteadProps) {
  const choice = useNamed(form.instead, (instead) => set({ instead }), approved, columns)
  const shown = Object.fromEntries(
    Object.entries(choice.values).map(([key, value]) => [key, fillIn(value, line?.columns ?? {})]),
  )
  return (
    <>
      <TemplateForm choice={choice} asksDeclines={form.ifClosed === 'invite'} shown={shown} />
      {wrong && <p className="found found-bad">{wrong}</p>}
      {choice.template && choice.missing && <p className="hint">{choice.missing}</p>}
    </>
  )
}

interface FromProps {
  form: CampaignForm
  numbers: Sender[]
  wrong: string | undefined
  onChange(senders: FormSender[]): void
}

/** From which number, or from which of several, each with how often. */
function From({ form: { senders }, numbers, wrong, onChange }: FromProps) {
  const t = useTranslations('campaigns')
  const nameIn = (id: string) => numbers.find(({ phone_number_id }) => phone_number_id === id)
  return (
    <div className="bar">
      <MultiSelect
        label={t('from')}
        description={t('fromAbout')}
        className="wide-field"
        maxValues={10}
        data={numbers.map((one) => ({ value: one.phone_number_id, label: senderName(one) }))}
        value={senders.map(({ sender }) => sender)}
        onChange={(chosen) =>
          onChange(chosen.map((id) => senders.find(({ sender }) => sender === id) ?? { sender: id, weight: 1 }))
        }
        error={wrong}
      />
      {senders.length > 1 &&
        senders.map((one) => {
          const number = nameIn(one.sender)
          return (
            <NumberInput
              key={one.sender}
              label={t('weightOf', { name: number ? senderName(number) : one.sender })}
              className="short-field"
              min={1}
              max={1_000}
              allowDecimal={false}
              value={one.weight}
              onChange={(weight) =>
                onChange(senders.map((other) => (other === one ? { ...one, weight: Number(weight) || 1 } : other)))
              }
            />
          )
        })}
    </div>
  )
}

function wabaOf(numbers: readonly Sender[], chosen: FormSender | undefined): string | undefined {
  return numbers.find(({ phone_number_id }) => phone_number_id === chosen?.sender)?.waba_id
}

function withoutTemplates(version: Version): Version {
  const languages = version.languages.map((one) => ({ ...one, template: null }))
  return { ...version, template: null, languages }
}
