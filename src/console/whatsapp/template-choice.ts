import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslations } from 'use-intl'
import { useSenders } from '../api/queries.ts'
import { useWho } from '../api/session.ts'
import { templatesQuery } from '../templates/queries.ts'
import {
  inOrderFor,
  likelyDeclines,
  prefill,
  quickRepliesOf,
  referenceTo,
  type Slot,
  slotsOf,
  type Template,
  type TemplateReference,
  unfillable,
  type Values,
} from '../templates/template.ts'
import { type Contact, nameOf } from './model.ts'

/* Which template, with which words: chosen for the contact, and changed by whoever sends it. */

export interface ChosenTemplate {
  reference: TemplateReference
  declines: string[]
}

export interface TemplateChoice {
  isLoading: boolean
  wabaId: string | undefined
  templates: Template[]
  /** All that there are, and the one that the list is cut to. */
  languages: string[]
  language: string | null
  setLanguage(language: string | null): void
  template: Template | null
  choose(id: string): void
  slots: Slot[]
  values: Values
  setValue(key: string, value: string): void
  declines: string[]
  setDeclines(declines: string[]): void
  /** Null while something is missing. */
  chosen: ChosenTemplate | null
  /** What is missing, in words. */
  missing: string | null
}

const LAST = 'casement-template-values'

/** @param isAsked false: nothing is read from the API yet */
export function useTemplateChoice(senderId: string, contact: Contact, isAsked = true): TemplateChoice {
  const t = useTranslations('ended')
  const { session } = useWho()
  const { data: senders } = useSenders()
  const wabaId = senders?.find(({ phone_number_id }) => phone_number_id === senderId)?.waba_id
  const { data = [], isPending } = useQuery({
    ...templatesQuery(wabaId, 'APPROVED'),
    enabled: isAsked && wabaId !== undefined,
  })
  const fillable = useMemo(
    () => inOrderFor(contact.language, data).filter((template) => unfillable(template) === null),
    [data, contact.language],
  )
  const languages = useMemo(() => [...new Set(fillable.map((template) => template.language))].toSorted(), [fillable])
  const [language, setLanguage] = useState<string | null>(null)
  const templates = fillable.filter((template) => language === null || template.language === language)
  const [id, setId] = useState<string | null>(null)
  const [changed, setChanged] = useState<Values>({})
  const [no, setNo] = useState<string[] | null>(null)

  const template = templates.find((one) => one.id === id) ?? firstOf(templates)
  const slots = useMemo(() => (template === null ? [] : slotsOf(template)), [template])
  const first = prefill(slots, {
    customer: contact.name === null ? null : (nameOf(contact).split(' ')[0] as string),
    writer: session.user.name,
    last: lastValues(),
  })
  const values = Object.fromEntries(slots.map(({ key }) => [key, changed[key] ?? first[key] ?? '']))
  const replies = template === null ? [] : quickRepliesOf(template)
  const declines = no ?? likelyDeclines(replies)
  const empty = slots.filter(({ key }) => values[key]?.trim() === '')
  const isReady = template !== null && empty.length === 0

  return {
    isLoading: isPending,
    wabaId,
    templates,
    languages,
    language,
    setLanguage,
    template,
    choose(chosen) {
      setId(chosen)
      setChanged({})
      setNo(null)
    },
    slots,
    values,
    setValue(key, value) {
      setChanged({ ...changed, [key]: value })
      const slot = slots.find((one) => one.key === key)
      if (slot) rememberValue(slot.name, value)
    },
    declines,
    setDeclines: setNo,
    chosen: isReady ? { reference: referenceTo(template, values), declines } : null,
    missing:
      template === null
        ? isPending
          ? null
          : t('noTemplate')
        : empty.length > 0
          ? t('fillIn', { names: empty.map(({ name }) => name).join(', ') })
          : null,
  }
}

/** The invitation that the documentation suggests, where there is one; else the first. */
function firstOf(templates: readonly Template[]): Template | null {
  return templates.find(({ name }) => name === 'keep_helping') ?? templates[0] ?? null
}

function lastValues(): Values {
  try {
    return JSON.parse(localStorage.getItem(LAST) ?? '{}') as Values
  } catch {
    return {}
  }
}

/** By the name of the place: a company is the same tomorrow. */
function rememberValue(name: string, value: string): void {
  if (!/^\d+$/.test(name)) localStorage.setItem(LAST, JSON.stringify({ ...lastValues(), [name]: value }))
}
