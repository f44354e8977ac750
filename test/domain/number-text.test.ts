import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readNumberText } from '../../src/domain/number-text.ts'
import { parseRecipient } from '../../src/domain/recipient.ts'

const ANA = '5511987654321'

describe('a number as people and spreadsheets write it', () => {
  it.each([
    `+${ANA}`,
    '+55 11 98765-4321',
    '(+55) 11 98765 4321',
    '+55.11.98765.4321',
    '+55\u00a011\u202f98765\u20114321',
    '\u202a+55 11 98765-4321\u202c',
    '\ufeff+5511987654321',
    "'+5511987654321",
    '+55 11 98765\u20134321',
    '+55 11 98765\u22124321',
    '+5511987654321.0',
    '+5511987654321,00',
    '＋５５１１９８７６５４３２１',
    '+٥٥١١٩٨٧٦٥٤٣٢١',
    '+۵۵۱۱۹۸۷۶۵۴۳۲۱',
  ])('is read: %j', (text) => {
    expect(parseRecipient(text)).toMatchObject({ ok: true, recipient: { e164: `+${ANA}` } })
  })

  it.each([
    ['5,51199E+12', /scientific/],
    ['5.511987654321E12', /scientific/],
    ['5511987654321.5', /decimals/],
    ['5511987654321,25', /decimals/],
    ['55.11.98765.00', /decimals/],
    ['005511987654321', /00 in front/],
    ['011987654321', /a 0 in front/],
    ['5511987654321/5511987654322', /"\/" \(U\+002F\)/],
    ['5511987654321; 5511987654322', /";" \(U\+003B\)/],
    ['+5511987654321 +5511987654322', /"\+" \(U\+002B\)/],
    ['5511987654321 x12', /a letter/],
    ['tel:+5511987654321', /a letter/],
    ['55119\u{1F600}87654321', /U\+1F600/],
    ['', /empty/],
    ['\u200b', /empty/],
    ['5511987654321²', /U\+00B2/],
    ['()', /no digits/],
  ])('is refused with the reason: %j', (text, reason) => {
    expect(readNumberText(text)).toMatchObject({ ok: false, fault: { text: expect.stringMatching(reason) } })
  })

  it('never becomes another number, whatever stands between its digits', () => {
    const noise = fc.oneof(
      fc.constantFrom('', '', ' ', '-', '.', '(', ')', '\u00a0', '\u200e', '\u2011', ',', 'e', '/', '\u0000'),
      fc
        .string({ unit: 'binary', maxLength: 2 })
        .filter((text) => !/[0-9\uff10-\uff19\u0660-\u0669\u06f0-\u06f9]/.test(text)),
    )
    const end = fc.constantFrom('', '.0', '.00', ',0', '.5', 'E1', '²', ' ext 3', '½')
    fc.assert(
      fc.property(fc.array(noise, { minLength: 13, maxLength: 13 }), end, (between, tail) => {
        const read = readNumberText(`+${[...ANA].map((digit, i) => `${between[i]}${digit}`).join('')}${tail}`)
        // The decimals at the end must not stay.
        if (read.ok) expect(read.digits).toBe(ANA)
      }),
      { numRuns: 1000 },
    )
  })
})
