import { Checkbox } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useFormatter, useTranslations } from 'use-intl'
import { Failed } from '../../parts/notice.tsx'
import { When } from '../../time/when.tsx'
import { useReasonWords } from '../../whatsapp/reasons.ts'
import { useDurations } from '../../words/durations.ts'
import { type Campaign, estimateQuery, type ReadyEstimate } from '../queries.ts'
import { CostRange } from './cost-range.tsx'

interface Props {
  campaign: Campaign
  skipsInvalid: boolean
  onSkip(skips: boolean): void
}

/** What it will come to, of everybody on the list, before anything leaves. */
export function Check({ campaign: { id, audience_version, counts }, skipsInvalid, onSkip }: Props) {
  const t = useTranslations('campaigns')
  const {
    data: estimate,
    error,
    refetch,
  } = useQuery({
    ...estimateQuery(id, audience_version),
    enabled: counts.total > 0,
  })
  if (counts.total === 0) return <p className="hint">{t('checkNeedsList')}</p>
  if (error && !estimate) return <Failed error={error} onRetry={() => void refetch()} />
  if (estimate?.state !== 'ready') {
    const { done = 0, total = counts.total } = estimate ?? {}
    return (
      <div role="status">
        <progress className="upload" max={Math.max(total, 1)} value={done} aria-label={t('counting')} />{' '}
        {t('countingOf', { done, total })}
      </div>
    )
  }
  const asksSkip = skipsInvalid || estimate.blockers.some(({ code }) => code === 'template_parameters')
  return (
    <>
      <Fates estimate={estimate} />
      <Findings estimate={estimate} />
      {asksSkip && (
        <Checkbox label={t('skipInvalid')} checked={skipsInvalid} onChange={(event) => onSkip(event.target.checked)} />
      )}
    </>
  )
}

function Fates({
  estimate: { fates, recipients, duration_s, ends_at, cost, versions, at },
}: {
  estimate: ReadyEstimate
}) {
  const t = useTranslations('campaigns.fates')
  const format = useFormatter()
  const reasons = useReasonWords()
  const { exact } = useDurations()
  const groups = { suppressed: fates.suppressed, failed: fates.failed }
  const single = (['free_form', 'template', 'held', 'duplicate', 'erased'] as const).filter((name) => fates[name] > 0)
  const byReason = (['suppressed', 'failed'] as const).flatMap((name) =>
    Object.entries(groups[name])
      .filter(([, count]) => count > 0)
      .map(([code, count]) => ({ name, code, count })),
  )
  return (
    <dl className="facts fates">
      <dt>{t('recipients')}</dt>
      <dd>
        <strong>{format.number(recipients)}</strong>
      </dd>
      {single.map((name) => (
        <Fate key={name} words={t(name)} count={fates[name]} />
      ))}
      {byReason.map(({ name, code, count }) => (
        <Fate key={`${name} ${code}`} words={`${t(name)}: ${reasons({ code, text: code })}`} count={count} />
      ))}
      {versions.map(({ variant, language, recipients }) => (
        <Fate
          key={`${variant} ${language}`}
          words={t('version', { version: [variant, language].filter(Boolean).join(' · ') || t('otherLanguages') })}
          count={recipients}
        />
      ))}
      <dt>{t('takes')}</dt>
      <dd>
        {duration_s === null ? t('tooLong') : exact(duration_s * 1000)}
        {ends_at && (
          <>
            , {t('until')} <When at={ends_at} />
          </>
        )}
      </dd>
      <dt>{t('cost')}</dt>
      <dd>{cost === null ? t('costUnknown') : <CostRange cost={cost} />}</dd>
      <dt>{t('counted')}</dt>
      <dd>
        <When at={at} />
      </dd>
    </dl>
  )
}

function Fate({ words, count }: { words: string; count: number }) {
  const format = useFormatter()
  return (
    <>
      <dt>{words}</dt>
      <dd>{format.number(count)}</dd>
    </>
  )
}

const DAY_S = 86_400

/** What stands in the way, then what one should know. */
function Findings({ estimate: { blockers, warnings, duration_s } }: { estimate: ReadyEstimate }) {
  const t = useTranslations('campaigns.findings')
  const reasons = useTranslations('reasons')
  const wordsOf = ({ code, text, count = 0 }: { code: string; text: string; count?: number }) => {
    if (code === 'takes_days') return t(code, { count: Math.ceil((duration_s ?? 0) / DAY_S) })
    if (t.has(code as 'unpriced')) return t(code as 'unpriced', { count })
    return reasons.has(code as 'expired') ? `${reasons(code as 'expired')}: ${text}` : text
  }
  const found = [
    ...blockers.map((one) => ({ ...one, mark: '✕', className: 'found found-bad' })),
    ...warnings.map((one) => ({ ...one, mark: '⚠', className: 'found found-warn' })),
  ]
  if (found.length === 0) return <p className="found">✓ {t('none')}</p>
  return (
    <ul className="founds">
      {found.map((one) => (
        <li key={`${one.code} ${one.text}`} className={one.className} title={one.text}>
          <span aria-hidden="true">{one.mark}</span> {wordsOf(one)}
        </li>
      ))}
    </ul>
  )
}
