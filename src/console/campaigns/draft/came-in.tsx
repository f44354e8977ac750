import { useFormatter, useTranslations } from 'use-intl'
import type { components } from '../../api/schema.d.ts'
import { Notice } from '../../parts/notice.tsx'

export type Imported = components['schemas']['ImportedAudience']

/** What came of a list. */
export function CameIn({ name, imported }: { name: string; imported: Imported }) {
  const t = useTranslations('campaigns')
  const format = useFormatter()
  const { rows, accepted, duplicates, invalid } = imported
  return (
    <Notice tone={accepted === 0 ? 'bad' : invalid > 0 ? 'warn' : 'good'} title={name}>
      <dl className="campaign-counts">
        {Object.entries({ rows, accepted, duplicates, invalid }).map(([what, count]) => (
          <div key={what}>
            <dt>{t(`imported.${what as 'rows'}`)}</dt>
            <dd>{format.number(count)}</dd>
          </div>
        ))}
      </dl>
    </Notice>
  )
}
