import fc from 'fast-check'
import { expect, it } from 'vitest'
import { prettyLine } from '../src/pretty-log.ts'
import { visible } from '../src/visible.ts'

it('leaves a terminal nothing to obey but colours', () => {
  expect(visible('\u001b]0;mine\u0007\u001b[2J\u009b31mAna\u001b[1A\r')).toBe(
    '\\u001b]0;mine\\u0007\\u001b[2J\\u009b31mAna\\u001b[1A\\u000d',
  )
  expect(visible('\u001b[32mactive\u001b[39m\tline\nnext 😀 é')).toBe('\u001b[32mactive\u001b[39m\tline\nnext 😀 é')
})

it('shows what turns the direction of writing, and leaves marks that letters need', () => {
  expect(visible('Ana \u202egnp.exe\u202c \u2067x\u2069')).toBe('Ana \\u202egnp.exe\\u202c \\u2067x\\u2069')
  const plain = 'שלום\u200f! 👩\u200d💻 می\u200cخواهم'
  expect(visible(plain)).toBe(plain)
})

it('changes no JSON document', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(JSON.parse(visible(JSON.stringify({ text })))).toEqual({ text })
    }),
  )
})

it('is how log lines are shown, whatever stands in them', () => {
  const line = prettyLine({
    level: 50,
    time: '2026-11-29T12:00:00.000Z',
    msg: '\u001b[2J',
    err: { stack: '\u001b[2J' },
  })
  expect(line).not.toContain('\u001b[2J')
})
