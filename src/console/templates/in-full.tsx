import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { Copy } from '../parts/copy.tsx'
import { Failed } from '../parts/notice.tsx'
import { When } from '../time/when.tsx'
import { PhonePreview } from './phone-preview.tsx'
import { StatusChip } from './status-chip.tsx'
import { draw, type Template } from './template.ts'

interface Told {
  at: string
  what?: string
  text?: string
  field?: string
  was?: string | null
  now?: string | null
}

/** One language of a template: how it looks on a phone, and what was told of it. */
export function TemplateInFull({ template }: { template: Template }) {
  const t = useTranslations('templates')
  const { data, error } = useQuery({
    queryKey: ['template', template.id],
    queryFn: async () => {
      const full = await dataOf(api.GET('/v1/templates/{id}', { params: { path: { id: template.id } } }))
      return full as unknown as { history: Told[] }
    },
  })
  return (
    <div className="told">
      <p>
        <StatusChip status={template.status} /> {template.category.toLowerCase()} · <code>{template.id}</code>{' '}
        <Copy text={template.id} />
      </p>
      <PhonePreview drawn={draw(template, {})} />
      <h3>{t('history')}</h3>
      {error && <Failed error={error} />}
      {data?.history.length === 0 && <p className="hint">{t('noHistory')}</p>}
      <ol className="story">
        {data?.history.map((event) => (
          <li key={`${event.at}${event.field ?? event.what}`}>
            <When at={event.at} full />{' '}
            {event.text ?? `${event.field ?? ''}: ${event.was ?? '–'} → ${event.now ?? '–'}`}
          </li>
        ))}
      </ol>
    </div>
  )
}
