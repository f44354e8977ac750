import { MultiSelect, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { LinkButton } from '../parts/link-button.tsx'
import { Notice } from '../parts/notice.tsx'
import { PhonePreview } from '../templates/phone-preview.tsx'
import { Sync } from '../templates/sync.tsx'
import { draw, quickRepliesOf, type Values } from '../templates/template.ts'
import { useCategoryWords } from '../words/category.ts'
import type { TemplateChoice } from './template-choice.ts'

interface Props {
  choice: TemplateChoice
  asksDeclines: boolean
  /** What the preview is filled with, where that is not what stands in the fields. */
  shown?: Values
}

/** A template and its language, what is filled in, and how it will look. */
export function TemplateForm({ choice, asksDeclines, shown = choice.values }: Props) {
  const t = useTranslations('ended')
  const categoryWords = useCategoryWords()
  const { template, templates, slots } = choice
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  if (templates.length === 0) return choice.isLoading ? null : <NoTemplate choice={choice} />
  return (
    <div className="template-form">
      <div className="template-fields">
        <Select
          label={t('template.name')}
          searchable
          allowDeselect={false}
          data={templates.map(({ id, name, language, category }) => ({
            value: id,
            label: `${name} · ${language} · ${categoryWords(category)}`,
          }))}
          placeholder={t('chooseTemplate')}
          value={template?.id ?? null}
          onChange={(id) => id && choice.choose(id)}
        />
        {choice.languages.length > 1 && (
          <Select
            size="xs"
            label={t('template.language')}
            placeholder={t('template.anyLanguage')}
            clearable
            data={choice.languages}
            value={choice.language}
            onChange={choice.setLanguage}
          />
        )}
        {slots.map(({ key, name, where }) => (
          <TextInput
            key={key}
            size="xs"
            label={where === 'body' ? placeName(name) : `${placeName(name)} (${t(`in.${where}`)})`}
            value={choice.values[key] ?? ''}
            onChange={(event) => choice.setValue(key, event.target.value)}
            onBlur={() => setLeft(new Set([...left, `${template?.id} ${key}`]))}
            error={choice.values[key]?.trim() === '' && left.has(`${template?.id} ${key}`) ? t('empty') : undefined}
          />
        ))}
        {asksDeclines && template && quickRepliesOf(template).length > 0 && (
          <MultiSelect
            size="xs"
            label={t('declines')}
            data={quickRepliesOf(template)}
            value={choice.declines}
            onChange={choice.setDeclines}
          />
        )}
        <div className="synced">
          <Sync templates={templates} />
        </div>
      </div>
      {template && <PhonePreview drawn={draw(template, shown)} label={t('seesFirst')} />}
    </div>
  )
}

/** There is always a way on: write one, read the list again, or hold the text. */
function NoTemplate({ choice }: { choice: TemplateChoice }) {
  const t = useTranslations('ended')
  return (
    <Notice tone="warn" title={t('noTemplate')}>
      {t('noTemplateHint')}
      <div className="synced">
        <LinkButton to="/templates" search={{ edit: 'new' }} size="compact-xs">
          {t('create')}
        </LinkButton>
        <Sync templates={choice.templates} />
      </div>
    </Notice>
  )
}

/** A bare number is no name: it stands as it does in the preview. */
function placeName(name: string): string {
  return /^\d+$/.test(name) ? `{{${name}}}` : name
}
