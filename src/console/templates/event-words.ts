import { useTranslations } from 'use-intl'
import type { components } from '../api/schema.d.ts'
import { useCategoryWords } from '../words/category.ts'

type TemplateEvent = components['schemas']['TemplateInFull']['history'][number]

/** What changed, in the language of the page; in the API's own words where it is newer than this page. */
export function useEventWords(): (event: TemplateEvent) => string {
  const t = useTranslations('templates')
  const commands = useTranslations('templates.commands')
  const statuses = useTranslations('templates.statuses')
  const qualities = useTranslations('qualities')
  const categoryWords = useCategoryWords()
  const valueIn = (field: string, value: string): string => {
    if (field === 'status') return statuses.has(value as 'PENDING') ? statuses(value as 'PENDING') : value
    if (field === 'quality') return qualities.has(value as 'GREEN') ? qualities(value as 'GREEN') : value
    return field === 'category' ? categoryWords(value) : value
  }
  return ({ field, was, now, text }) => {
    if (now === null) return text
    if (field === 'command') return commands.has(now as 'create') ? commands(now as 'create') : text
    if (field === 'next_category') return t('becomes', { to: valueIn('category', now) })
    if (field === 'components') return `${t('body')}: ${now}`
    if (field !== 'status' && field !== 'category' && field !== 'quality') return text
    const values = [was, now].filter((value) => value !== null).map((value) => valueIn(field, value))
    return `${t(field)}: ${values.join(' → ')}`
  }
}
