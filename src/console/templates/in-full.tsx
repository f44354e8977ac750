import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { Copy } from '../parts/copy.tsx'
import { Happened, History } from '../parts/history.tsx'
import { Failed, Notice } from '../parts/notice.tsx'
import { When } from '../time/when.tsx'
import { Deeds } from './deeds.tsx'
import { useEventWords } from './event-words.ts'
import { PhonePreview } from './phone-preview.tsx'
import { Category, Quality } from './rows.tsx'
import { StatusChip } from './status-chip.tsx'
import { draw, type Template } from './template.ts'

/** One language of a template: how it looks on a phone, who needs it, and what was told of it. */
export function TemplateInFull({ template, onEdit }: { template: Template; onEdit: () => void }) {
  const t = useTranslations('templates')
  const { data, error } = useQuery({
    queryKey: ['template', template.id],
    queryFn: () => dataOf(api.GET('/v1/templates/{id}', { params: { path: { id: template.id } } })),
  })
  const eventWords = useEventWords()
  const isRefused = data?.meta_status !== undefined && data.meta_status !== data.status
  return (
    <div className="told">
      <p>
        <StatusChip status={template.status} /> <Category of={template.category} /> · <code>{template.id}</code>{' '}
        <Copy text={template.id} />
      </p>
      {data?.held_for_category && <Notice tone="warn" title={t('heldForCategory')} />}
      {isRefused && <Notice tone="warn" title={t('refusedThoughListed', { status: data.meta_status ?? '' })} />}
      <PhonePreview drawn={draw(template, {})} />
      <Deeds template={template} isHeld={data?.held_for_category === true || isRefused} onEdit={onEdit} />
      {error && <Failed error={error} />}
      {data && (
        <dl className="facts">
          <dt>{t('quality')}</dt>
          <dd>
            <Quality of={template.quality} />
            {data.quality_history.map(({ at, score }) => (
              <div key={at} className="hint">
                <When at={at} full /> <Quality of={score} />
              </div>
            ))}
          </dd>
          <dt>{t('usedBy')}</dt>
          <dd>
            {t('used', {
              waiting: data.used_by.waiting,
              campaigns: data.used_by.campaigns.length,
              flows: data.used_by.flows.length,
            })}
          </dd>
        </dl>
      )}
      <h3>{t('history')}</h3>
      {data?.history.length === 0 && <p className="hint">{t('noHistory')}</p>}
      <History>
        {data?.history.map((event) => (
          <Happened key={`${event.at}${event.field}${event.text}`} at={event.at}>
            {eventWords(event)}
            {event.by && <span className="hint"> · {event.by.name}</span>}
          </Happened>
        ))}
      </History>
    </div>
  )
}
