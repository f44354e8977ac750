import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslations } from 'use-intl'
import { useSenders } from '../../api/queries.ts'
import { templatesQuery } from '../../templates/queries.ts'
import { referenceTo, slotsOf, type Template, unfillable } from '../../templates/template.ts'
import type { TemplateChoice } from '../../whatsapp/template-choice.ts'
import { declinesOf, emptyPlaces, type Find, type Named } from './words.ts'

/** The templates of a number's account that can be filled in here. */
export interface Approved {
  isLoading: boolean
  wabaId: string | undefined
  templates: Template[]
  find: Find
}

export function useApproved(sender: string): Approved {
  const { data: senders } = useSenders()
  const wabaId = senders?.find(({ phone_number_id }) => phone_number_id === sender)?.waba_id
  const { data, isPending } = useQuery({ ...templatesQuery(wabaId, 'APPROVED'), enabled: wabaId !== undefined })
  return useMemo(() => {
    const templates = (data ?? []).filter((one) => unfillable(one) === null)
    const find: Find = ({ name, language }) =>
      templates.find((one) => one.name === name && one.language === language) ?? null
    return { isLoading: isPending, wabaId, templates, find }
  }, [data, isPending, wabaId])
}

/** The template that a form names, among those that may be had. @param columns of the lists, which are filled in where a place is called the same */
export function useNamed(
  named: Named | null,
  set: (named: Named) => void,
  { isLoading, wabaId, templates, find }: Approved,
  columns: readonly string[],
): TemplateChoice {
  const t = useTranslations('ended')
  const [language, setLanguage] = useState<string | null>(null)
  const template = named && find(named)
  const slots = template === null ? [] : slotsOf(template)
  const empty = named && template ? emptyPlaces(named, template) : []
  const declines = named === null ? [] : declinesOf(named, template)
  const isReady = named !== null && template !== null && empty.length === 0
  return {
    isLoading,
    wabaId,
    templates: templates.filter((one) => language === null || one.language === language),
    languages: [...new Set(templates.map((one) => one.language))].toSorted(),
    language,
    setLanguage,
    template,
    choose(id) {
      const chosen = templates.find((one) => one.id === id)
      if (chosen === undefined) return
      const known = slotsOf(chosen).filter(({ name }) => columns.includes(name))
      const values = Object.fromEntries(known.map(({ key, name }) => [key, `{{${name}}}`]))
      set({ name: chosen.name, language: chosen.language, values, declines: null })
    },
    slots,
    values: Object.fromEntries(slots.map(({ key }) => [key, named?.values[key] ?? ''])),
    setValue: (key, value) => named && set({ ...named, values: { ...named.values, [key]: value } }),
    declines,
    setDeclines: (declines) => named && set({ ...named, declines }),
    chosen: isReady ? { reference: referenceTo(template, named.values), declines } : null,
    missing:
      template === null ? t('chooseTemplate') : empty.length > 0 ? t('fillIn', { names: empty.join(', ') }) : null,
  }
}
