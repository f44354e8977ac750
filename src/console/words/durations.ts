import { useTranslations } from 'use-intl'
import { countdownOf, partsOf } from '../time/durations.ts'

/** Durations in words; exact. */
export function useDurations(): { exact(ms: number): string; countdown(ms: number): string } {
  const t = useTranslations('durations')
  return {
    exact: (ms) =>
      partsOf(ms)
        .map(([amount, unit]) => t(unit, { amount }))
        .join(' '),
    countdown(ms) {
      const left = countdownOf(ms)
      return 'clock' in left
        ? left.clock
        : `${t('hour', { amount: left.hours })} ${t('minute', { amount: left.minutes })}`
    },
  }
}
