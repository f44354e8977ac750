import { Checkbox, Select, TextInput } from '@mantine/core'
import { useTranslations } from 'use-intl'
import type { TemplateSearch } from './search.ts'
import type { Template } from './template.ts'

interface Props {
  all: readonly Template[]
  search: TemplateSearch
  onCut(change: Partial<TemplateSearch>, replace?: boolean): void
}

export function CutBar({ all, search, onCut }: Props) {
  const t = useTranslations('templates')
  const statuses = useTranslations('templates.statuses')
  const valuesOf = (member: 'status' | 'language' | 'category') =>
    [...new Set(all.map((template) => template[member]))].toSorted()
  const statusName = (status: string) =>
    statuses.has(status as 'APPROVED') ? statuses(status as 'APPROVED') : status.toLowerCase()
  return (
    <div className="bar">
      <TextInput
        type="search"
        aria-label={t('search')}
        placeholder={t('search')}
        value={search.name ?? ''}
        onChange={(event) => onCut({ name: event.target.value || undefined }, true)}
        data-search
      />
      <Select
        aria-label={t('status')}
        placeholder={t('anyStatus')}
        clearable
        data={valuesOf('status').map((value) => ({ value, label: statusName(value) }))}
        value={search.status ?? null}
        onChange={(status) => onCut({ status: status ?? undefined })}
      />
      <Select
        aria-label={t('language')}
        placeholder={t('anyLanguage')}
        clearable
        data={valuesOf('language')}
        value={search.language ?? null}
        onChange={(language) => onCut({ language: language ?? undefined })}
      />
      <Select
        aria-label={t('category')}
        placeholder={t('anyCategory')}
        clearable
        data={valuesOf('category').map((value) => ({ value, label: value.toLowerCase() }))}
        value={search.category ?? null}
        onChange={(category) => onCut({ category: category ?? undefined })}
      />
      <Checkbox
        label={t('showHidden')}
        checked={search.hidden === true}
        onChange={(event) => onCut({ hidden: event.target.checked || undefined })}
      />
    </div>
  )
}
