import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { EXAMPLE_CARD, exampleCard } from '../../src/app/example-card.ts'
import { formatAmount } from '../../src/domain/money/amount.ts'
import { MARKETS } from '../../src/domain/money/markets.ts'
import { readRateCardFile } from '../../src/usecases/rate-card-file.ts'

const HEADER = 'Market,Currency,Marketing,Utility,Authentication,"Authentication-\nInternational",Service'
const BRAZIL = 'Brazil,BRL,0.3217,0.0350,0.0350,n/a,n/a'
const rates = (...rows: string[]) => ['"Cost per message in BRL",,,,,,', HEADER, ...rows].join('\n')

const BLOCK = 'From,To,Rate type,Rate,vs. List rate'
const ABOVE = [
  `"Volume tiers",${','.repeat(15)}`,
  ',,Utility,,,,,Authentication,,,,,Authentication-International,,,,',
  `,,messages,,,,,messages,,,,,messages,,,,`,
]
const TIER_HEADER = `,Currency,${BLOCK},${BLOCK},${BLOCK}`
const NONE = 'n/a,n/a,n/a,n/a,n/a'
const FIRST = '0,"250,000",List rate,0.0068,0%'
const SECOND = '"250,001",--,Tier rate,0.0065,-5%'
const tiers = (...rows: string[]) => [...ABOVE, TIER_HEADER, ...rows].join('\n')

const read = (text: string | Buffer) => readRateCardFile(Buffer.from(text as string))

describe("Meta's files as they are", () => {
  it('reads a list of rates, with a heading over two lines and title lines above', () => {
    const result = read(rates(BRAZIL, 'Rest of Central & Eastern Europe,BRL,0.4,0.1,0.1,0.2,0.1'))
    expect(result).toMatchObject({ ok: true, card: { kind: 'rates', currency: 'BRL' } })
    if (!result.ok || result.card.kind !== 'rates') throw new Error('expected rates')
    expect(result.card.markets.get('Brazil')).toEqual({
      marketing: 321_700n,
      utility: 35_000n,
      authentication: 35_000n,
    })
    expect(result.card.markets.get('Rest of Central & Eastern Europe')).toMatchObject({
      'authentication-international': 200_000n,
      service: 100_000n,
    })
  })

  it('reads volume tiers, whose market stands on its first row alone and whose blocks have bounds of their own', () => {
    const result = read(tiers(`Brazil,USD,${FIRST},0,--,List rate,0.0068,0%,${NONE}`, `,USD,${SECOND},,,,,,${NONE}`))
    if (!result.ok || result.card.kind !== 'tiers') throw new Error(JSON.stringify(result))
    expect(result.card.markets.get('Brazil')).toEqual({
      utility: [
        { from: 0, to: 250_000, price: 6_800n },
        { from: 250_001, to: null, price: 6_500n },
      ],
      authentication: [{ from: 0, to: null, price: 6_800n }],
    })
  })

  it.each([
    ['a byte order mark', `\ufeff${rates(BRAZIL)}`],
    ['the line ends of Windows', rates(BRAZIL).replaceAll('\n', '\r\n')],
    ['a currency by its sign', rates('Brazil,$US,0.1,0.1,0.1,n/a,n/a')],
    ['no column for service', 'Market,Currency,Marketing,Utility,Authentication\nBrazil,USD,0.1,0.1,0.1'],
    ['an empty price for service', rates('Brazil,USD,0.1,0.1,0.1,n/a,')],
    [
      'headings with a space or in other letters',
      rates(BRAZIL).replace('"Authentication-\nInternational"', 'AUTHENTICATION INTERNATIONAL'),
    ],
    ['thousands that a point tells from decimals', rates('Germany,IDR,"2,219.75",900.5,900.5,n/a,n/a')],
    ['other spellings of a market', rates('  türkiye ,EUR,0.1,0.1,0.1,n/a,n/a')],
    ['empty lines', `\n\n${rates(BRAZIL)}\n,,,,,,\n\n`],
    [
      'headings of groups that were translated',
      tiers(`Brazil,USD,0,--,x,0.1,0%,${NONE},${NONE}`).replace('Utility', 'Utilidade'),
    ],
  ])('takes %s', (_, text) => {
    expect(read(text)).toMatchObject({ ok: true })
  })

  it('refuses a price that is a slip, before no message can be stored that costs it', () => {
    expect(read(rates('Brazil,BRL,99999.999999,0.1,0.1,n/a,n/a'))).toMatchObject({ ok: true })
    for (const price of ['100000', '999999999999.999999', '"100,000.00"']) {
      expect(read(rates(`Brazil,BRL,${price},0.1,0.1,n/a,n/a`))).toMatchObject({
        ok: false,
        problems: [{ path: 'Brazil.marketing', line: 4, column: 3, message: expect.stringContaining('below 100,000') }],
      })
    }
  })

  it.each([
    ['blanks', ' '],
    ['what nobody sees', '\u200b'],
    ['commas', ','],
    ['hyphens', '-'],
    ['digits', '9'],
  ])('refuses %s without end, and soon', (_what, filler) => {
    const began = process.threadCpuUsage()
    expect(read(rates(`x${filler.repeat(90_000)}x,BRL,0.1,0.1,0.1,n/a,n/a`))).toMatchObject({ ok: false })
    // Tried from each of them to the last, it were four thousand million steps.
    expect(process.threadCpuUsage(began).user).toBeLessThan(2_000_000)
  })

  it('keeps six decimals, however many a price has', () => {
    const result = read(rates('Brazil,USD,0.000001,1,12.5,n/a,n/a'))
    if (!result.ok || result.card.kind !== 'rates') throw new Error('expected rates')
    const { marketing, utility, authentication } = result.card.markets.get('Brazil') ?? {}
    expect([marketing, utility, authentication].map((price) => formatAmount(price as bigint))).toEqual([
      '0.000001',
      '1.000000',
      '12.500000',
    ])
  })
})

describe('a file that is refused', () => {
  const MALFORMED: [what: string, text: string | Buffer, line: number | undefined, reason: RegExp, column?: number][] =
    [
      ['nothing', '', undefined, /empty file/],
      ['blank lines', '\n ,,\n\n', undefined, /empty file/],
      ['another table', 'name,age\nAna,31\n', 1, /Market, Currency/],
      ['a page instead of a file', '<!doctype html><html></html>', 1, /Market, Currency/],
      ['semicolons', 'Market;Currency;Marketing;Utility\nBrazil;BRL;0,32;0,03', 1, /Market, Currency/],
      ['semicolons and quotes', rates(BRAZIL).replaceAll(',', ';'), 1, /comma-separated/],
      ['UTF-16', Buffer.from(rates(BRAZIL), 'utf16le'), undefined, /UTF-8/],
      ['bytes of Windows-1252', Buffer.from('Market,Currency\nT\xfcrkiye,USD', 'latin1'), undefined, /UTF-8/],
      ['a quote that is never closed', `${HEADER}\n"Brazil,BRL,0.1,0.1,0.1,n/a,n/a`, 3, /comma-separated/],
      ['an unknown market', rates(BRAZIL, 'Atlantis,BRL,0.1,0.1,0.1,n/a,n/a'), 5, /"Atlantis"/, 1],
      ['a market that is a country without a row', rates('Kenya,BRL,0.1,0.1,0.1,n/a,n/a'), 4, /"Kenya"/, 1],
      ['a market twice', rates(BRAZIL, BRAZIL), 5, /Brazil again, which line 4 has/, 1],
      ['no market', rates(',BRL,0.1,0.1,0.1,n/a,n/a'), 4, /empty cell/, 1],
      ['an unknown currency', rates('Brazil,XXX,0.1,0.1,0.1,n/a,n/a'), 4, /"XXX"/, 2],
      ['no currency', rates('Brazil,,0.1,0.1,0.1,n/a,n/a'), 4, /one of USD/, 2],
      ['two currencies', rates(BRAZIL, 'India,INR,0.1,0.1,0.1,n/a,n/a'), 5, /one currency/, 2],
      [
        'an unknown column',
        'Market,Currency,Marketing,Utility,Authentication,Voice\nBrazil,USD,1,1,1,1',
        1,
        /"Voice"/,
        6,
      ],
      ['a column twice', 'Market,Currency,Marketing,Utility,Authentication,Utility\nBrazil,USD,1,1,1,1', 1, /once/, 6],
      ['a column that is missing', 'Market,Currency,Marketing,Utility\nBrazil,USD,1,1', 1, /column authentication/],
      ['a misspelt column', 'Market,Currency,Marketing,Utilty,Authentication\nBrazil,USD,1,1,1', 1, /"Utilty"/, 4],
      ['no rows', rates(), 2, /a row for each market/],
      ['a negative price', rates('Brazil,BRL,-0.1,0.1,0.1,n/a,n/a'), 4, /"-0.1"/, 3],
      ['no number', rates('Brazil,BRL,NaN,0.1,0.1,n/a,n/a'), 4, /"NaN"/, 3],
      ['infinity', rates('Brazil,BRL,Infinity,0.1,0.1,n/a,n/a'), 4, /"Infinity"/, 3],
      ['an empty price', rates('Brazil,BRL,,0.1,0.1,n/a,n/a'), 4, /got ""/, 3],
      ['a price with a sign', rates('Brazil,BRL,$0.1,0.1,0.1,n/a,n/a'), 4, /"\$0.1"/, 3],
      ['a huge price', rates(`Brazil,BRL,${'9'.repeat(13)},0.1,0.1,n/a,n/a`), 4, /a price/, 3],
      ['more decimals than are kept', rates('Brazil,BRL,0.1234567,0.1,0.1,n/a,n/a'), 4, /a price/, 3],
      ['the exponent of a spreadsheet', rates('Brazil,BRL,3.5E-2,0.1,0.1,n/a,n/a'), 4, /"3.5E-2"/, 3],
      ['a decimal comma in quotes', rates('Brazil,BRL,"0,1",0.1,0.1,n/a,n/a'), 4, /"0,1"/, 3],
      ['what is either thousands or decimals', rates('Brazil,BRL,"1,234",0.1,0.1,n/a,n/a'), 4, /"1,234"/, 3],
      [
        'a decimal comma without quotes',
        rates('Brazil,BRL,0,3217,0,0350,0.1,n/a'),
        4,
        /7 cells as in the header, got 8/,
      ],
      ['a row that is too short', rates('Brazil,BRL,0.1,0.1'), 4, /7 cells as in the header, got 4/],
      ['a zero in front', rates('Brazil,BRL,00.1,0.1,0.1,n/a,n/a'), 4, /"00.1"/, 3],
      ['a hexadecimal price', rates('Brazil,BRL,0x1F,0.1,0.1,n/a,n/a'), 4, /"0x1F"/, 3],
      ['digits of another script', rates('Brazil,BRL,٠.١,0.1,0.1,n/a,n/a'), 4, /a price/, 3],
      [
        'tiers with a gap',
        tiers(`Brazil,USD,${FIRST},${NONE},${NONE}`, `,USD,"250,002",--,T,0.1,0%,${NONE},${NONE}`),
        6,
        /250001/,
        3,
      ],
      [
        'tiers that overlap',
        tiers(`Brazil,USD,${FIRST},${NONE},${NONE}`, `,USD,"250,000",--,T,0.1,0%,${NONE},${NONE}`),
        6,
        /250001/,
        3,
      ],
      ['tiers that begin late', tiers(`Brazil,USD,100,--,T,0.1,0%,${NONE},${NONE}`), 5, /begin at 0 or 1/, 3],
      [
        'a tier that ends before it begins',
        tiers(`Brazil,USD,0,--,T,0.1,0%,${NONE},${NONE}`, `India,USD,1,0,T,0.1,0%,${NONE},${NONE}`),
        6,
        /end at 1 or later/,
        4,
      ],
      ['tiers without a last', tiers(`Brazil,USD,${FIRST},${NONE},${NONE}`), 4, /without an end/],
      [
        'a tier behind the last',
        tiers(`Brazil,USD,0,--,T,0.1,0%,${NONE},${NONE}`, `,USD,5,--,T,0.1,0%,${NONE},${NONE}`),
        6,
        /nothing behind/,
        3,
      ],
      ['a tier without a price', tiers(`Brazil,USD,0,--,T,n/a,0%,${NONE},${NONE}`), 5, /price for the tier/, 6],
      ['a bound that is no number', tiers(`Brazil,USD,zero,--,T,0.1,0%,${NONE},${NONE}`), 5, /"zero"/, 3],
      ['tiers of no market', tiers(`,USD,0,--,T,0.1,0%,${NONE},${NONE}`), 5, /name its market/, 1],
      ['tiers of an unknown market', tiers(`Narnia,USD,0,--,T,0.1,0%,${NONE},${NONE}`), 5, /"Narnia"/, 1],
      [
        'two blocks instead of three',
        `,Currency,${BLOCK},${BLOCK}\nBrazil,USD,0,--,T,0.1,0%,${NONE}`,
        1,
        /got 2 such blocks/,
      ],
      [
        'blocks in another order',
        tiers(`Brazil,USD,0,--,T,0.1,0%,${NONE},${NONE}`).replace(',Utility,', ',Authentication,'),
        4,
        /in place of utility/,
        3,
      ],
      [
        'a block without a rate',
        [`,Currency,From,To,Rate type,Price,vs.,${BLOCK},${BLOCK}`, `Brazil,USD,0,--,T,0.1,0%,${NONE},${NONE}`].join(
          '\n',
        ),
        1,
        /To and Rate/,
        3,
      ],
    ]

  it.each(MALFORMED)('has %s', (_, text, line, reason, column) => {
    const result = read(text)
    if (result.ok) throw new Error('expected it to be refused')
    const found = result.problems.find(({ message }) => reason.test(message))
    expect(result.problems.map(({ message }) => message).join('\n')).toMatch(reason)
    expect(found?.line).toBe(line)
    if (column !== undefined) expect(found?.column).toBe(column)
  })

  it('names every line that is at fault, up to a hundred', () => {
    const many = read(rates(...Array.from({ length: 300 }, (_, i) => `Nowhere ${i},BRL,0.1,0.1,0.1,n/a,n/a`)))
    if (many.ok) throw new Error('expected it to be refused')
    expect(many.problems).toHaveLength(100)
    expect(many.problems.at(-1)).toMatchObject({ line: 103, column: 1 })
  })

  it('is never answered with what it says at length, or over several lines', () => {
    const result = read(rates(`"${'x\n'.repeat(200)}",BRL,0.1,0.1,0.1,n/a,n/a`))
    if (result.ok) throw new Error('expected it to be refused')
    expect(result.problems[0]?.message.length).toBeLessThan(120)
    expect(result.problems[0]?.message).not.toContain('\n')
  })
})

describe('the example card', () => {
  it('has a price for every market, and is the file among the examples', () => {
    const { currency, book } = exampleCard()
    expect(currency).toBe('USD')
    expect([...(book.rates[0]?.markets.keys() ?? [])].sort()).toEqual([...MARKETS].sort())
    expect(readFileSync('examples/rate-cards/example-usd-2026-10-01.csv', 'utf8')).toBe(EXAMPLE_CARD)
  })
})
