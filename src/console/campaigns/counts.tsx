import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useFormatter, useTranslations } from 'use-intl'
import type { IntentState } from '../intents/search.ts'
import { PARTS, type Part } from './counting.ts'
import { CostRange } from './draft/cost-range.tsx'
import { type Campaign, putOffQuery } from './queries.ts'

/** In which some were never asked for: they ended when it was their turn. What is below, and the download, has them. */
const WITHOUT_INTENT: readonly Part[] = ['scheduled', 'failed', 'suppressed', 'cancelled']

/** Each is in exactly one, so that they add up. */
export function Counts({ campaign }: { campaign: Campaign }) {
  const t = useTranslations('campaigns')
  const format = useFormatter()
  const { id, counts, delivery, cost } = campaign
  const { data: putOff = 0 } = useQuery(putOffQuery(campaign))
  const shown = PARTS.filter((part) => counts[part] > 0 || part === 'sent')
  return (
    <dl className="campaign-counts">
      {shown.map((part) => (
        <div key={part}>
          <dt>
            <span className={`dot part-${part}`} aria-hidden="true" /> {t(`parts.${part}`)}
          </dt>
          <dd>
            {counts[part] === 0 || WITHOUT_INTENT.includes(part) ? (
              format.number(counts[part])
            ) : (
              <Link to="/intents" search={{ campaign: id, state: part as IntentState }}>
                {format.number(counts[part])}
              </Link>
            )}
          </dd>
          {part === 'scheduled' && putOff > 0 && (
            <dd className="hint">
              <Link to="/intents" search={{ campaign: id, state: 'scheduled' }}>
                {t('putOff', { count: putOff })}
              </Link>
            </dd>
          )}
          {part === 'sent' && (
            <dd className="hint">{t('delivery', { delivered: delivery.delivered, read: delivery.read })}</dd>
          )}
          {part === 'sent' && delivery.replied + delivery.tapped + delivery.stopped > 0 && (
            <dd className="hint">
              {t('answers', { replied: delivery.replied, tapped: delivery.tapped, stopped: delivery.stopped })}
            </dd>
          )}
        </div>
      ))}
      {cost && (
        <div>
          <dt>{t('costSoFar')}</dt>
          <dd>
            <CostRange cost={{ currency: cost.currency, min: cost.so_far, max: cost.so_far }} />
          </dd>
        </div>
      )}
    </dl>
  )
}
