import { Button, Select, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { useSenders } from '../../api/queries.ts'
import { tellDone, tellFailure } from '../../parts/toast.tsx'
import { useLanguage } from '../../words/words.tsx'
import { PhonePreview } from '../phone-preview.tsx'
import { draw, slotsOf, type Template, variablesIn } from '../template.ts'
import { Buttons } from './buttons.tsx'
import { submitTemplate, useChecked } from './checking.ts'
import { useTemplateDraft } from './draft.ts'
import { documentOf, EMPTY_FORM, formOf, type TemplateForm } from './form.ts'
import { Found } from './found.tsx'
import { Header } from './header.tsx'
import { useLeft } from './left.ts'
import { Library } from './library.tsx'

const MAX_BODY = 1024
const MAX_FOOTER = 60
/** What a new one is most likely written in. */
const META_LANGUAGE = { en: 'en', pt: 'pt_BR', es: 'es' } as const

/** Writes a template, with the phone beside it and what Meta would refuse under each field. @param of the one that is changed; null: new */
export function TemplateEditor({ of, onClose }: { of: Template | null; onClose: () => void }) {
  const t = useTranslations('templates')
  const queries = useQueryClient()
  const empty = { ...EMPTY_FORM, language: META_LANGUAGE[useLanguage()] }
  const first = (of && formOf(of)) ?? empty
  const { form, setForm, forget } = useTemplateDraft(of?.id ?? null, first)
  const accounts = useAccounts()
  const [chosen, setChosen] = useState<string | null>(null)
  const wabaId = of?.waba_id ?? chosen ?? accounts[0] ?? ''
  const checked = useChecked(form)
  const set = (change: Partial<TemplateForm>) => setForm({ ...form, ...change })
  const submit = useMutation({
    mutationFn: () => submitTemplate(wabaId, documentOf(form), of?.id ?? null),
    onError: tellFailure,
    onSuccess: () => {
      tellDone(t('submitted', { name: form.name }))
      forget()
      onClose()
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: ['templates'] }),
  })
  const count = checked.problems.length
  const { isUnwritten, leave, leaveAll } = useLeft()

  return (
    <form
      className="template-editor"
      noValidate
      onBlur={({ target, relatedTarget }) => leave(target, relatedTarget)}
      onSubmit={(event) => {
        event.preventDefault()
        if (count > 0) leaveAll()
        else if (!checked.isOld) submit.mutate()
      }}
    >
      <div className="told">
        <div className="bar">
          <TextInput
            label={t('name')}
            required
            data-part="name"
            disabled={of !== null}
            value={form.name}
            placeholder="order_update"
            onChange={(event) => set({ name: event.target.value.toLowerCase().replace(/[\s-]/g, '_') })}
            data-autofocus
          />
          <TextInput
            label={t('language')}
            required
            data-part="language"
            disabled={of !== null}
            placeholder="pt_BR"
            value={form.language}
            onChange={(event) => set({ language: event.target.value })}
          />
          <Select
            label={t('category')}
            disabled={of !== null}
            allowDeselect={false}
            data={[
              { value: 'UTILITY', label: t('categories.UTILITY') },
              { value: 'MARKETING', label: t('categories.MARKETING') },
            ]}
            value={form.category}
            onChange={(category) => set({ category: category as TemplateForm['category'] })}
          />
          {of === null && accounts.length > 1 && (
            <Select label={t('account')} allowDeselect={false} data={accounts} value={wabaId} onChange={setChosen} />
          )}
        </div>
        <Found checked={checked} fields={['name']} isUnwritten={isUnwritten('name', form.name)} />
        <Found
          checked={checked}
          fields={['language', 'category']}
          isUnwritten={isUnwritten('language', form.language)}
        />
        {of === null && <Library wabaId={wabaId} language={form.language} onCopy={set} onUsed={onClose} />}
        <Header form={form} wabaId={wabaId} onChange={(header) => set({ header })} />
        <Found checked={checked} fields={['header']} isUnwritten={isUnwritten('header', headerIn(form))} />
        <Textarea
          label={t('body')}
          data-part="body"
          description={t('variables')}
          autosize
          minRows={4}
          required
          value={form.body}
          onChange={(event) => set({ body: event.target.value })}
          error={[...form.body].length > MAX_BODY}
        />
        <p className="hint editor-count">
          {[...form.body].length}/{MAX_BODY}
        </p>
        <Examples form={form} onChange={(examples) => set({ examples })} />
        <Found checked={checked} fields={['body']} isUnwritten={isUnwritten('body', form.body)} />
        <TextInput
          label={t('footer')}
          value={form.footer}
          maxLength={MAX_FOOTER}
          onChange={(event) => set({ footer: event.target.value })}
        />
        <Found checked={checked} fields={['footer']} />
        <Buttons
          buttons={form.buttons}
          checked={checked}
          isUnwritten={({ key, text, target }) => isUnwritten(key, text + target)}
          onChange={(buttons) => set({ buttons })}
        />
        <Foot>
          <Button type="submit" loading={submit.isPending} disabled={(count === 0 && checked.isOld) || wabaId === ''}>
            {t('submit')}
          </Button>
          <Button variant="default" onClick={() => setForm(first)}>
            {t('startAgain')}
          </Button>
          <span className="hint" aria-live="polite">
            {count > 0 ? t('problems', { count }) : t('draftKept')}
          </span>
        </Foot>
      </div>
      <Preview form={form} />
    </form>
  )
}

function headerIn({ header }: TemplateForm): string {
  return header.kind === 'TEXT' ? header.text : header.handle
}

function Foot({ children }: { children: ReactNode }) {
  return <div className="bar editor-foot">{children}</div>
}

/** With the examples filled in, as the reader at Meta will see it. */
function Preview({ form }: { form: TemplateForm }) {
  const t = useTranslations('templates')
  const template = { ...documentOf(form), id: '', waba_id: '', status: '' } as unknown as Template
  const values = Object.fromEntries(slotsOf(template).map(({ key }) => [key, form.examples[key] ?? '']))
  return (
    <div className="editor-phone">
      <PhonePreview drawn={draw(template, values)} label={t('asOnPhone')} />
    </div>
  )
}

function Examples({ form, onChange }: { form: TemplateForm; onChange: (examples: TemplateForm['examples']) => void }) {
  const t = useTranslations('templates')
  const header =
    form.header.kind === 'TEXT' ? variablesIn(form.header.text).map((name) => ['header', name] as const) : []
  const places = [...header, ...variablesIn(form.body).map((name) => ['body', name] as const)]
  if (places.length === 0) return null
  return (
    <div className="editor-examples">
      {places.map(([part, name]) => (
        <TextInput
          key={`${part}:${name}`}
          size="xs"
          label={t('exampleOf', { name })}
          value={form.examples[`${part}:${name}`] ?? ''}
          onChange={(event) => onChange({ ...form.examples, [`${part}:${name}`]: event.target.value })}
        />
      ))}
    </div>
  )
}

function useAccounts(): string[] {
  const { data: senders = [] } = useSenders()
  return [...new Set(senders.map(({ waba_id }) => waba_id))]
}
