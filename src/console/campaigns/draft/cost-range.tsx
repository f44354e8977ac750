import { useFormatter, useTranslations } from 'use-intl'

/** `R$ 118,100 – 121,000`, or one amount where both are the same; nothing is rounded to nothing. */
export function CostRange({ cost: { currency, min, max } }: { cost: { currency: string; min: string; max: string } }) {
  const t = useTranslations('forecast')
  const format = useFormatter()
  const money = (amount: string) =>
    format.number(Number(amount), {
      style: 'currency',
      currency,
      maximumFractionDigits: Number(amount) < 1 ? 4 : 2,
    })
  if (Number(max) === 0) return <>{t('free')}</>
  return <>{Number(min) === Number(max) ? money(max) : `${money(min)} – ${money(max)}`}</>
}
