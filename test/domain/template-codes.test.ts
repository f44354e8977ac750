import { describe, expect, it } from 'vitest'
import { classify, type FailureClass, isKnownCode, type Retry } from '../../src/domain/failure.ts'
import { adviceOnTemplate } from '../../src/usecases/template-refusals.ts'

/*
 * What happens on every code with which Meta refuses a template message, and on every subcode with which it refuses the writing of a template.
 * The lists are those of its pages; a code that is new to Casement has to be written down here too.
 */

const SENDS: Record<number, [FailureClass, Retry, says: RegExp]> = {
  132000: ['template_parameters', 'never', /./],
  132001: ['template', 'never', /sync the templates/],
  132005: ['template_parameters', 'never', /shorten the values/],
  132007: ['template', 'never', /violates a policy/],
  132008: ['template_parameters', 'never', /./],
  132012: ['template_parameters', 'never', /./],
  132015: ['template', 'after_event', /waits until it is resumed/],
  132016: ['template', 'never', /make a new one/],
  132018: ['template_parameters', 'never', /./],
  132021: ['template', 'never', /another name/],
  132068: ['template', 'never', /correct the Flow/],
  132069: ['template_later', 'later', /in an hour/],
}

const WRITES: Record<number, RegExp> = {
  2388019: /archive or delete some/,
  2388023: /take another name/,
  2388024: /edit it, or take another name/,
  2388039: /wait until Meta has decided/,
  2388040: /too long/,
  2388043: /give an example/,
  2388046: /lower-case/,
  2388047: /header/,
  2388072: /body/,
  2388073: /footer/,
  2388155: /take another/,
  2388185: /verify the business/,
  2388273: /handle/,
  2388293: /write more words, or use fewer variables/,
  2388299: /put words around it/,
  2388318: /nobody edits it/,
  2388330: /nobody deletes it/,
}

const between = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n)
const facts = { subcode: null, isTransient: false, httpStatus: 400, details: null, via: 'sync' } as const

describe('an error of a template message', () => {
  it.each(Object.entries(SENDS))('%s', (code, [failureClass, retry, says]) => {
    const failure = classify({ ...facts, code: Number(code) })
    expect(failure).toMatchObject({ class: failureClass, retry })
    expect(failure.text).toMatch(says)
  })

  it('is none that is missing here', () => {
    const known = between(132_000, 132_999).filter(isKnownCode)
    expect(known).toEqual(Object.keys(SENDS).map(Number))
  })
})

describe('a refusal to write a template', () => {
  it.each(Object.entries(WRITES))('%s says what to do', (subcode, says) => {
    expect(adviceOnTemplate(Number(subcode))).toMatch(says)
  })

  it('is none that is missing here', () => {
    const known = between(2_388_000, 2_388_999).filter((subcode) => adviceOnTemplate(subcode) !== null)
    expect(known).toEqual(Object.keys(WRITES).map(Number))
  })
})
