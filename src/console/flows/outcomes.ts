import { useTranslations } from 'use-intl'

/** How a run ended: what Casement calls it in the language of the page, what the document calls it as it is written. */
export function useOutcomeWords(): (outcome: string) => string {
  const t = useTranslations('flows.outcomes')
  const reasons = useTranslations('reasons')
  return (outcome) => {
    if (t.has(outcome as 'stopped')) return t(outcome as 'stopped')
    return reasons.has(outcome as 'expired') ? reasons(outcome as 'expired') : outcome
  }
}
