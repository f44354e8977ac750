import { createTranslator } from 'use-intl/core'
import { describe, expect, it } from 'vitest'
import en from '../../src/console/words/pages/en.json' with { type: 'json' }
import es from '../../src/console/words/pages/es.json' with { type: 'json' }
import pt from '../../src/console/words/pages/pt.json' with { type: 'json' }
import { LINE_FAULTS } from '../../src/domain/campaign/line-faults.ts'
import { FLOW_HINTS, FLOW_PROBLEMS } from '../../src/domain/flow/sentences.ts'
import { RUN_WHYS } from '../../src/domain/flow/whys.ts'
import { placesIn, type Sentences } from '../../src/domain/said.ts'
import { LINT_SENTENCES } from '../../src/domain/template/lint/sentences.ts'

/* What the API says by code, and the console in three languages: no code without words, and no words that ask for what the API does not give. */

const BOOKS = {
  templateFindings: LINT_SENTENCES,
  flowProblems: FLOW_PROBLEMS,
  flowHints: FLOW_HINTS,
  runWhys: RUN_WHYS,
  lineFaults: LINE_FAULTS,
} satisfies Record<string, Sentences>

describe.each(Object.entries({ en, pt, es }))('the console in %s', (locale, messages) => {
  it.each(Object.entries(BOOKS))('has words for all %s of the API', (book, sentences) => {
    const words = messages[book as keyof typeof BOOKS] as Record<string, string>
    expect(Object.keys(words).toSorted()).toEqual(Object.keys(sentences).toSorted())
    expect(Object.entries(placesIn(sentences)).flatMap(([code, names]) => faultsOf(code, names))).toEqual([])

    /** Said with all that the API gives, and nothing else. */
    function faultsOf(code: string, names: readonly string[]): string[] {
      const faults: string[] = []
      const onError = (error: Error) => faults.push(`${book}.${code}: ${error.message}`)
      const t = createTranslator({ locale, messages: words, onError } as never) as unknown as Say
      const said = t(code, Object.fromEntries(names.map((name) => [name, GIVEN[name] ?? 2])))
      return /[{}]|''/.test(said) ? [...faults, `${book}.${code} shows its braces: ${said}`] : faults
    }
  })
})

type Say = (code: string, values: Record<string, string | number>) => string

/** Of values that words choose by. */
const GIVEN: Readonly<Record<string, string>> = { part: 'header', thing: 'trigger', what: 'reply' }

it('reads of a sentence what is filled in', () => {
  const places = placesIn({
    long: ({ max, got }: { max: number; got: number }) => `${max} ${got}`,
    short: () => 'short',
  })
  expect(places).toEqual({ long: ['max', 'got'], short: [] })
})
