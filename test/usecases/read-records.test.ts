import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inUtf8, NotText } from '../../src/usecases/audience/decode.ts'
import { type CsvRecord, csvRecords, parsedRecords } from '../../src/usecases/audience/read-records.ts'

async function* inChunks(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let nth = 0
  for (let at = 0; at < bytes.length; ) {
    const size = sizes[nth++ % sizes.length] as number
    yield bytes.subarray(at, at + size)
    at += size
  }
}

async function all(records: AsyncIterable<CsvRecord[]>): Promise<CsvRecord[] | string> {
  const found: CsvRecord[] = []
  try {
    for await (const run of records) found.push(...run)
  } catch (error) {
    return (error as Error).message
  }
  return found
}

const HEADER = 'to,name,note\n'

describe('lines that need no parser', () => {
  const plain = fc.constantFrom('a', 'bc', ',', ',', ';', 'é', '\u{1f600}', ' ', '\n', '\n', '\r\n', '')
  const any = fc.oneof({ arbitrary: plain, weight: 12 }, { arbitrary: fc.constantFrom('"', '\r', '""'), weight: 1 })
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 })

  it('are read as the parser reads them, wherever they are cut and whatever comes behind them', async () => {
    let parsed = 0
    await fc.assert(
      fc.asyncProperty(fc.array(any, { maxLength: 60 }), sizes, async (signs, cuts) => {
        const bytes = Buffer.from(HEADER + signs.join(''))
        const whole = await all(parsedRecords(inChunks(bytes, [bytes.length]), ',', 1))
        parsed += typeof whole === 'string' ? 0 : whole.length
        expect(await all(csvRecords(inChunks(bytes, cuts)))).toEqual(whole)
      }),
      { numRuns: 400 },
    )
    expect(parsed).toBeGreaterThan(1_000)
  })

  it('are counted behind what Excel says of the list', async () => {
    for (const ends of ['\n', '\r\n', '\r']) {
      for (const cuts of [[1], [5], [6], [7], [1_000]]) {
        const bytes = Buffer.from(['sep=;', 'to;name', '1;Ana', '"2";Bo', '3;Cleo'].join(ends))
        const lines = (await all(csvRecords(inChunks(bytes, cuts)))) as CsvRecord[]
        expect(lines).toEqual([
          { cells: ['to', 'name'], line: 2 },
          { cells: ['1', 'Ana'], line: 3 },
          { cells: ['2', 'Bo'], line: 4 },
          { cells: ['3', 'Cleo'], line: 5 },
        ])
      }
    }
  })

  it('may be long, and are refused where the parser refuses them', async () => {
    for (const length of [16_000, 17_000, 40_000, 65_000, 70_000, 300_000]) {
      for (const cuts of [[1_000], [65_536], [1_000_000]]) {
        const bytes = Buffer.from(`${HEADER}1,Ana,x\n2,Bo,${'y'.repeat(length)}\n3,Cleo,z\n`)
        const whole = await all(parsedRecords(inChunks(bytes, [65_536]), ',', 1))
        const read = await all(csvRecords(inChunks(bytes, cuts)))
        expect(typeof read === 'string' ? read : read.map(({ line }) => line)).toEqual(
          typeof whole === 'string' ? whole : whole.map(({ line }) => line),
        )
      }
    }
  })

  it('are let go of one after the other, however many come at once', async () => {
    const lines = 20_000
    const bytes = Buffer.from(HEADER + '1,Ana,x\n'.repeat(lines))
    let most = 0
    let seen = 0
    for await (const run of csvRecords(inChunks(bytes, [bytes.length]))) {
      most = Math.max(most, run.length)
      seen += run.length
    }
    expect(seen).toBe(lines + 1)
    expect(most).toBeLessThanOrEqual(65_536 / 8 + 1)
  })
})

describe('bytes of a list', () => {
  it('are UTF-8 or refused, wherever they are cut', async () => {
    const byte = fc.constantFrom(
      0x41,
      0x0a,
      0xc3,
      0xa9,
      0xe2,
      0x82,
      0xac,
      0xf0,
      0x9f,
      0x98,
      0x80,
      0x80,
      0xff,
      0xed,
      0xa0,
      0xc0,
    )
    const sign = fc.constantFrom('a', 'é', '€', '\u{1f600}', '\n').map((text) => [...Buffer.from(text)])
    const bytes = fc.array(
      fc.oneof({ arbitrary: sign, weight: 9 }, { arbitrary: byte.map((one) => [one]), weight: 1 }),
      {
        maxLength: 20,
      },
    )
    const cuts = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 })
    let refused = 0
    await fc.assert(
      fc.asyncProperty(bytes, cuts, async (parts, sizes) => {
        const whole = Buffer.from([...Buffer.from('to\n'), ...parts.flat()])
        const expected = Buffer.compare(Buffer.from(whole.toString('utf8')), whole) === 0 ? whole : null
        refused += expected === null ? 1 : 0
        const read: Buffer[] = []
        const reading = (async () => {
          for await (const some of inUtf8(inChunks(whole, sizes), null)) {
            // Cut between signs, so that each piece can be read by itself.
            expect(Buffer.from(some.toString('utf8')).equals(some)).toBe(true)
            read.push(some)
          }
        })()
        if (expected === null) await expect(reading).rejects.toThrow(NotText)
        else {
          await reading
          expect(Buffer.concat(read).equals(expected)).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
    expect(refused).toBeGreaterThan(50)
  })
})
