import { useTranslations } from 'use-intl'
import type { ApiFailure } from '../api/failure.ts'

export interface FailureWords {
  /** In the language of the page. */
  words: string
  /** What the API said, in English: which number was expected, which field is meant. Null where it adds nothing. */
  detail: string | null
}

/** What a refusal means. Its code is what the page has words for; where the code is newer than the page, the API's have to do. */
export function useFailureWords(): (failure: Pick<ApiFailure, 'code' | 'message'>) => FailureWords {
  const t = useTranslations('failed')
  const codes = useTranslations('failed.codes')
  return ({ code, message }) => {
    // The browser's own words, in its own language, for what is said already.
    if (code === 'unreachable') return { words: t('unreachable'), detail: null }
    const known = code.endsWith('_unknown') ? 'not_found' : (code as 'not_found')
    return { words: codes.has(known) ? codes(known) : t('title'), detail: message }
  }
}

/** The same beside a field, on one line. */
export function useFieldWords(): (failure: Pick<ApiFailure, 'code' | 'message'>) => string {
  const wordsOf = useFailureWords()
  return (failure) => {
    const { words, detail } = wordsOf(failure)
    return detail === null ? words : `${words} (${detail})`
  }
}
