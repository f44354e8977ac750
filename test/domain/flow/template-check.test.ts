import { describe, expect, it } from 'vitest'
import { Problems } from '../../../src/domain/flow/problem.ts'
import { checkTemplates, type KnownVariant, templateNamesOf } from '../../../src/domain/flow/template-check.ts'
import { compileTemplate } from '../../../src/domain/template.ts'
import { readFlow } from '../../../src/usecases/read-flow.ts'

const variant = (more: Partial<KnownVariant> & { text?: string } = {}): KnownVariant => {
  const { text = 'Your order {{1}} is ready.', ...given } = more
  const one = { name: 'ready', language: 'en', category: 'UTILITY', ...given }
  const { name, language, category } = one
  const definition = compileTemplate({ name, language, category, components: [{ type: 'BODY', text }] })
  return { waba: '1', status: 'APPROVED', quality: null, ...one, definition }
}

const sends = (template: string, purpose = 'utility') => `flow: f
purpose: ${purpose}
triggers: [ api ]
steps:
  - id: one
    send: { text: "Ready!" }
    when_closed:
      downgrade: ${template}
`

function check(text: string, variants: KnownVariant[], wabas = ['1']) {
  const read = readFlow(text)
  if (!read.compiled?.ok) throw new Error(JSON.stringify(read.problems))
  const problems = new Problems()
  checkTemplates(read.compiled.program, { wabas, variants }, problems)
  const told = (list: typeof problems.all) =>
    list.map(read.locate).map(({ line, path, message }) => [line, path, message])
  return { errors: told(problems.errors), warnings: told(problems.warnings) }
}

const FITS = '{ name: ready, language: en, parameters: [ "17" ] }'
const NAME = 'steps[0].when_closed.downgrade.name'

describe('templates of a flow', () => {
  it('pass where they are there, may be sent and fit', () => {
    expect(check(sends(FITS), [variant()])).toEqual({ errors: [], warnings: [] })
    expect(check(sends(FITS), [], [])).toEqual({ errors: [], warnings: [] })
  })

  it.each([
    ['is not there', FITS, [variant({ name: 'other' })], NAME, /has, got "ready"/],
    [
      'has not that language',
      FITS,
      [variant({ language: 'pt_BR' })],
      NAME.replace('name', 'language'),
      /pt_BR.*got "en"/,
    ],
    ['is gone', FITS, [variant({ status: 'REJECTED' })], NAME, /ready is REJECTED/],
    [
      'is of marketing',
      FITS,
      [variant({ category: 'MARKETING' })],
      NAME,
      /no marketing template in a flow for utility/,
    ],
    ['lacks a variable', '{ name: ready, language: en }', [variant()], NAME.replace('.name', ''), /does not fit/],
    [
      'fits in no language',
      '{ name: ready, language: "{{contact.language | en}}" }',
      [variant(), variant({ language: 'pt_BR' })],
      NAME.replace('.name', ''),
      /does not fit/,
    ],
  ])('are refused where one %s, with its line', (_what, template, variants, path, message) => {
    const { errors } = check(sends(template), variants)
    expect(errors).toEqual([[8, path, expect.stringMatching(message)]])
  })

  it.each([
    ['one account of two lacks it', [variant()], ['1', '2'], /the account 2 cannot send ready/],
    ['it waits for its review', [variant({ status: 'PENDING' })], ['1'], /ready is PENDING/],
    ['its quality is low', [variant({ quality: 'RED' })], ['1'], /red quality/],
  ])('are warned of where %s', (_what, variants, wabas, message) => {
    const { errors, warnings } = check(sends(FITS), variants, wabas)
    expect(errors).toEqual([])
    expect(warnings).toEqual([[8, NAME, expect.stringMatching(message)]])
  })

  it('may be of marketing in a flow for it, or where a step says what follows without it, and fit in some languages only', () => {
    const ofMarketing = [variant({ category: 'MARKETING' })]
    expect(check(sends(FITS, 'marketing'), ofMarketing).errors).toEqual([])
    const elsewise = `${sends(FITS)}    otherwise: none\n  - { id: none, end: none }\n`
    expect(check(elsewise, ofMarketing)).toEqual({ errors: [], warnings: [] })
    const both = [variant(), variant({ language: 'pt_BR', text: 'Pronto.' })]
    const { errors, warnings } = check(
      sends('{ name: ready, language: "{{contact.language | en}}", parameters: [ "17" ] }'),
      both,
    )
    expect(errors).toEqual([])
    expect(warnings).toEqual([[8, NAME.replace('.name', ''), expect.stringMatching(/\(pt_BR\) does not fit/)]])
  })

  it('are all that are named, each once', () => {
    const text = `flow: f
purpose: utility
triggers: [ api ]
steps:
  - { id: one, send: { template: { name: a, language: en } } }
  - { id: two, send: { text: Hi }, when_closed: { follow_up: [ { name: b, language: en }, { name: a, language: en } ] } }
`
    const read = readFlow(text)
    expect(read.compiled?.ok && templateNamesOf(read.compiled.program)).toEqual(['a', 'b'])
  })
})
