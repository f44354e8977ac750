import { useTranslations } from 'use-intl'
import type { SaidValues } from '../api/failure.ts'
import { useWhen } from '../time/when.tsx'
import { useSaid } from '../words/said.ts'
import { withLocalTimes } from './document.ts'
import { useOutcomeWords } from './outcomes.ts'

interface Why {
  /** In the API's English. */
  text: string
  code?: string | undefined
  values?: SaidValues | undefined
}

/** Why a run did something; of what ended it, and of what did not leave, what came of that first. */
export function useWhyWords(): (why: Why) => string {
  const said = useSaid('runWhys')
  const outcomes = useOutcomeWords()
  const reasons = useTranslations('reasons')
  const when = useWhen()
  return ({ text, code, values = {} }) => {
    const inEnglish = withLocalTimes(text, when.full)
    // In a run that is only played, a message has the reason of a real one.
    if (code !== undefined && reasons.has(code as 'expired') && Object.keys(values).length === 0) {
      return reasons(code as 'expired')
    }
    const words = said({ code, values, text: inEnglish })
    const { outcome, reason } = values
    if (words === inEnglish) return words
    if (outcome !== undefined) return `${outcomes(String(outcome))}: ${words}`
    if (reason === undefined) return words
    return `${reasons.has(reason as 'expired') ? reasons(reason as 'expired') : reason}: ${words}`
  }
}
