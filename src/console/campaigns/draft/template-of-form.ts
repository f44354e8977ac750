import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslations } from 'use-intl'
import { useSenders } from '../../api/queries.ts'
import { templatesQuery } from '../../templates/queries.ts'
import { likelyDeclines, quickRepliesOf, referenceTo, slotsOf, unfillable } from '../../templates/template.ts'
import type { TemplateChoice } from '../../whatsapp/template-choice.ts'
import { asksTemplate, type CampaignForm } from './form.ts'

/** The template that a form names, among those that may be had. @param columns of the lists, which are filled in where a place is called the same */
export function useFormTemplate(
  form: CampaignForm,
  set: (change: Partial<CampaignForm>) => void,
  columns: readonly string[],
): TemplateChoice {
  const t = useTranslations('ended')
  const { data: senders } = useSenders()
  const wabaId = senders?.find(({ phone_number_id }) => phone_number_id === form.sender)?.waba_id
  const { data = [], isPending } = useQuery({
    ...templatesQuery(wabaId, 'APPROVED'),
    enabled: asksTemplate(form) && wabaId !== undefined,
  })
  const [language, setLanguage] = useState<string | null>(null)
  const fillable = useMemo(() => data.filter((one) => unfillable(one) === null), [data])
  const languages = useMemo(() => [...new Set(fillable.map((one) => one.language))].toSorted(), [fillable])
  const named = form.template
  const template = fillable.find((one) => one.name === named?.name && one.language === named.language) ?? null
  const slots = useMemo(() => (template === null ? [] : slotsOf(template)), [template])
  const values = Object.fromEntries(slots.map(({ key }) => [key, named?.values[key] ?? '']))
  const empty = slots.filter(({ key }) => values[key]?.trim() === '')
  const declines = named?.declines ?? (template === null ? [] : likelyDeclines(quickRepliesOf(template)))
  const isReady = template !== null && empty.length === 0
  return {
    isLoading: isPending,
    wabaId,
    templates: fillable.filter((one) => language === null || one.language === language),
    languages,
    language,
    setLanguage,
    template,
    choose(id) {
      const chosen = fillable.find((one) => one.id === id)
      if (chosen === undefined) return
      const known = slotsOf(chosen).filter(({ name }) => columns.includes(name))
      const values = Object.fromEntries(known.map(({ key, name }) => [key, `{{${name}}}`]))
      set({ template: { name: chosen.name, language: chosen.language, values, declines: null } })
    },
    slots,
    values,
    setValue: (key, value) => named && set({ template: { ...named, values: { ...named.values, [key]: value } } }),
    declines,
    setDeclines: (declines) => named && set({ template: { ...named, declines } }),
    chosen: isReady ? { reference: referenceTo(template, values), declines } : null,
    missing:
      template === null
        ? t('chooseTemplate')
        : empty.length > 0
          ? t('fillIn', { names: empty.map(({ name }) => name).join(', ') })
          : null,
  }
}
