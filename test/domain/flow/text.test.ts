import { expect, it } from 'vitest'
import { compileFlowText, strayBraces } from '../../../src/domain/flow/text.ts'

it.each([
  ['{{ data.a | b | c }}!', [{ path: 'data.a', fallback: 'b | c' }, '!']],
  ['{{a|}}', [{ path: 'a', fallback: '' }]],
  ['{{A}} {{a b}}', ['{{A}} {{a b}}']],
  [`{{a|${'b'.repeat(501)}}}`, [`{{a|${'b'.repeat(501)}}}`]],
  ['{ {{a}} }', ['{ ', { path: 'a', fallback: null }, ' }']],
])('reads %j', (text, parts) => {
  expect(compileFlowText(text).parts).toEqual(parts)
})

it.each([
  `{{${' '.repeat(50_000)}`,
  `{{a|${' '.repeat(50_000)}`,
  '{{a'.repeat(50_000),
  `{{a${' '.repeat(50_000)}|${' '.repeat(50_000)}`,
])('finds no place in what has no end, in no time', (text) => {
  expect(strayBraces(compileFlowText(text))).toBe(text.slice(0, 30))
})
