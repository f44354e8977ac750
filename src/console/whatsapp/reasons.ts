import { useTranslations } from 'use-intl'
import type { Reason } from './model.ts'

/** A reason in the language of the page; in the API's own words where the code is newer than this page. */
export function useReasonWords(): (reason: Pick<Reason, 'code' | 'text'>) => string {
  const t = useTranslations('reasons')
  return ({ code, text }) => (t.has(code as 'expired') ? t(code as 'expired') : text)
}
