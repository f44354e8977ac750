import { useFormatter, useTranslations } from 'use-intl'
import { useWhen } from '../time/when.tsx'
import type { Fate, Forecast, Price } from './forecast.ts'
import { useReasonWords } from './reasons.ts'

/** One line under what is written: what will happen to it, when, and what it costs. */
export function ForecastLine({ forecast }: { forecast: Forecast | null }) {
  const fate = forecast?.at_send_at ?? forecast?.now ?? null
  return (
    <p className="forecast" aria-live="polite">
      {fate && <FateWords fate={fate} />}
    </p>
  )
}

function FateWords({ fate }: { fate: Fate }) {
  const t = useTranslations('forecast')
  const reasons = useReasonWords()
  const when = useWhen()
  const template = fate.template?.name ?? ''
  const isAMatterOfReason = !['send', 'downgrade', 'follow_up'].includes(fate.kind)
  return (
    <>
      → {t(fate.kind, { template, at: when.short(fate.at) })}
      {isAMatterOfReason && fate.reason && <>: {reasons(fate.reason)}</>}
      {fate.price && (
        <>
          {' '}
          · <PriceWords price={fate.price} />
        </>
      )}
    </>
  )
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
