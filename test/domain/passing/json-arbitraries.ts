import fc from 'fast-check'

/* JSON texts as anybody may write them: with space anywhere, escapes, numbers of any length, and names that stand twice. */

export const space = fc.constantFrom('', '', '', ' ', '\n', '\t', ' \r\n ')

/** A string's literal; some of its characters escaped that need not be. */
export const stringLiteral = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text).slice(1, -1)),
      fc.constantFrom('\\u00e9', '\\/', '\\"', '\\\\', '\\ud83d\\ude00', '{', '}', '[', ']', ',', ':', '\\n'),
    ),
    { maxLength: 4 },
  )
  .map((pieces) => `"${pieces.join('')}"`)

const scalar = fc.oneof(
  stringLiteral,
  fc.constantFrom('0', '-1', '1.50', '1E+2', '-0.0', '12345678901234567890', 'true', 'false', 'null'),
)

function joined(open: string, close: string, parts: string[], gap: string): string {
  return `${open}${gap}${parts.join(`${gap},${gap}`)}${gap}${close}`
}

export const jsonText: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.tuple(fc.array(tie('value'), { maxLength: 4 }), space).map(([items, gap]) => joined('[', ']', items, gap)),
    fc
      .tuple(
        fc.array(fc.tuple(fc.oneof(fc.constantFrom('"id"', '"\\u0069d"', '"a"'), stringLiteral), tie('value')), {
          maxLength: 4,
        }),
        space,
      )
      .map(([members, gap]) =>
        joined(
          '{',
          '}',
          members.map(([name, value]) => `${name}${gap}:${gap}${value}`),
          gap,
        ),
      ),
  ),
})).value
