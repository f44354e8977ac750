import { useFormatter, useTranslations } from 'use-intl'
import { useWhen } from '../time/when.tsx'
import { useDurations } from '../words/durations.ts'
import type { Forecast, Price } from './forecast.ts'
import { useReasonWords } from './reasons.ts'

/** One line under what is written: what will happen to it, when, and what it costs. */
export function ForecastLine({ forecast }: { forecast: Forecast | null }) {
  return (
    <p className="forecast" aria-live="polite">
      {forecast && <ForecastWords forecast={forecast} />}
    </p>
  )
}

function ForecastWords({ forecast: { now, at_send_at: then, window } }: { forecast: Forecast }) {
  const t = useTranslations('forecast')
  const reasons = useReasonWords()
  const when = useWhen()
  const fate = then ?? now
  const template = fate.template?.name ?? ''
  const kind = then?.kind === 'send' ? 'sendThen' : fate.kind
  const isAMatterOfReason = !['send', 'downgrade', 'follow_up'].includes(fate.kind)
  return (
    <>
      → {then && <>{when.full(then.at)}: </>}
      {t(kind, { template, at: when.short(fate.at) })}
      {isAMatterOfReason && fate.reason && <>: {reasons(fate.reason)}</>}
      {then && <ThenWindow at={then.at} closes={window.expires_at} />}
      {fate.price && (
        <>
          {' '}
          · <PriceWords price={fate.price} />
        </>
      )}
    </>
  )
}

/** How the session that is open now will be at a later time; nothing is said where there is none. */
function ThenWindow({ at, closes }: { at: string; closes: string | null }) {
  const t = useTranslations('forecast')
  const { exact } = useDurations()
  const over = closes === null ? Number.NaN : Date.parse(at) - Date.parse(closes)
  if (Number.isNaN(over)) return null
  return <> · {over < 0 ? t('openThen') : t('closedBefore', { duration: exact(over) })}</>
}

export function PriceWords({ price }: { price: Price }) {
  const t = useTranslations('forecast')
  const format = useFormatter()
  if (price.free_because !== null || Number(price.amount) === 0) return <>{t('free')}</>
  const amount = format.number(Number(price.amount), {
    style: 'currency',
    currency: price.currency,
    maximumFractionDigits: 4,
  })
  return <>{t('about', { amount })}</>
}
