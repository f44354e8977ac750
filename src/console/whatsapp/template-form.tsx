import { Button, MultiSelect, Select, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { Notice } from '../parts/notice.tsx'
import { tellFailure } from '../parts/toast.tsx'
import { PhonePreview } from '../templates/phone-preview.tsx'
import { draw, quickRepliesOf } from '../templates/template.ts'
import { Ago } from '../time/ago.tsx'
import type { TemplateChoice } from './template-choice.ts'

/** A template and its language, what is filled in, and how it will look. */
export function TemplateForm({ choice, asksDeclines }: { choice: TemplateChoice; asksDeclines: boolean }) {
  const t = useTranslations('ended')
  const { template, templates, slots } = choice
  if (template === null) return choice.isLoading ? null : <NoTemplate choice={choice} />
  return (
    <div className="template-form">
      <div className="template-fields">
        <Select
          label={t('template.name')}
          searchable
          allowDeselect={false}
          data={templates.map(({ id, name, language, category }) => ({
            value: id,
            label: `${name} · ${language} · ${category.toLowerCase()}`,
          }))}
          value={template.id}
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
            label={where === 'body' ? name : `${name} (${t(`in.${where}`)})`}
            value={choice.values[key] ?? ''}
            onChange={(event) => choice.setValue(key, event.target.value)}
            error={choice.values[key]?.trim() === '' ? t('empty') : undefined}
          />
        ))}
        {asksDeclines && quickRepliesOf(template).length > 0 && (
          <MultiSelect
            size="xs"
            label={t('declines')}
            data={quickRepliesOf(template)}
            value={choice.declines}
            onChange={choice.setDeclines}
          />
        )}
        <Synced choice={choice} />
      </div>
      <PhonePreview drawn={draw(template, choice.values)} label={t('seesFirst')} />
    </div>
  )
}

function NoTemplate({ choice }: { choice: TemplateChoice }) {
  const t = useTranslations('ended')
  return (
    <Notice tone="warn" title={t('noTemplate')}>
      {t('noTemplateHint')} <Synced choice={choice} />
    </Notice>
  )
}

/** How old the list is, and reading it again. */
function Synced({ choice: { wabaId, templates } }: { choice: TemplateChoice }) {
  const t = useTranslations('templates')
  const queries = useQueryClient()
  const sync = useMutation({
    mutationFn: () => dataOf(api.POST('/v1/templates/sync', { body: { waba_id: wabaId ?? '' } })),
    onError: tellFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: ['templates'] }),
  })
  const last = templates
    .map(({ synced_at }) => synced_at ?? '')
    .toSorted()
    .at(-1)
  return (
    <div className="synced">
      {last && (
        <span className="hint">
          {t('synced')} <Ago at={last} />
        </span>
      )}
      <Button
        size="compact-xs"
        variant="default"
        loading={sync.isPending}
        disabled={wabaId === undefined}
        onClick={() => sync.mutate()}
      >
        {t('syncNow')}
      </Button>
    </div>
  )
}
