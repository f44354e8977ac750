import { useTranslations } from 'use-intl'

interface Told {
  code: string
  text: string
}

/** Why a campaign rests, in the language of the page; in the API's own words where the code is newer than this page. */
export function usePauseWords(): (reason: Told) => string {
  const t = useTranslations('campaigns.pausedFor')
  const reasons = useTranslations('reasons')
  return ({ code, text }) => {
    if (t.has(code as 'by_request')) return t(code as 'by_request')
    return reasons.has(code as 'expired') ? `${reasons(code as 'expired')}.` : text
  }
}
