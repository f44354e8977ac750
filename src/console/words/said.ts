import { useTranslations } from 'use-intl'
import type { SaidValues } from '../api/failure.ts'
import { useWhen } from '../time/when.tsx'

/** Books of sentences that the API says by code, as the words have them. */
type Book = 'templateFindings' | 'flowProblems' | 'flowHints' | 'runWhys' | 'lineFaults'

interface SaidByApi {
  code?: string | undefined
  values?: SaidValues | undefined
  /** In the API's English. */
  text: string
}

/** Values that are the kind of something: a text, a list. */
const OF_KINDS: readonly string[] = ['kind', 'wanted']

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/

/** What the API said, in the language of the page; in its own words where it has no code, or one that is newer than this page. */
export function useSaid(book: Book): (said: SaidByApi) => string {
  const t = useTranslations(book)
  const kinds = useTranslations('valueKinds')
  const { full } = useWhen()
  const shownAs = (name: string, value: string): string => {
    if (OF_KINDS.includes(name) && kinds.has(value as 'list')) return kinds(value as 'list')
    return INSTANT.test(value) ? full(value) : value
  }
  return ({ code, values = {}, text }) => {
    if (code === undefined || !t.has(code as never)) return text
    const shown = Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? shownAs(name, value) : value,
    ])
    return t(code as never, Object.fromEntries(shown) as never)
  }
}
