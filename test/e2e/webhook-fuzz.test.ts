import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Harness, type IntentJson, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { ORDER_UPDATE, templateMessage, text } from './fixtures.ts'

/*
 * Payloads of Meta's with any JSON in any place, over HTTP: each is acknowledged, the inbox drains, and nothing is left that could not be
 * applied. The seed of a run that failed is printed.
 */

let casement: Harness
let messages: IntentJson[]
beforeAll(async () => {
  casement = await startHarness(lanesOnPostgres)
  messages = await Promise.all([text('Hi'), templateMessage(ORDER_UPDATE)].map(sent))
})
afterAll(() => casement.close())

async function sent(message: object): Promise<IntentJson> {
  const customer = casement.stranger()
  await casement.writes(customer)
  const { id } = await casement.enqueue({ to: `+${customer}`, message })
  await casement.intentIn(id, 'sent')
  await casement.told()
  return casement.intent(id)
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** The fixtures, about our own sender, account, templates and messages, so that what is read is acted upon. */
async function realPayloads(): Promise<Json[]> {
  const folder = new URL('../fixtures/webhooks/', import.meta.url)
  const templates = await casement.query<{ id: string }>('select id from templates order by id')
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const own = readFileSync(new URL(file, folder), 'utf8')
        .replaceAll('100000000000001', casement.sender)
        .replaceAll('200000000000001', '102290129340398')
        .replaceAll('1689556908129835', templates[0]?.id ?? '1')
        .replaceAll('0199a000-0000-7000-8000-000000000001.1', messages[0]?.attempts[0]?.id ?? '')
        .replaceAll(/wamid\.OUT[1-3]/g, messages[0]?.wamid ?? '')
        .replaceAll('wamid.OUT4', messages[1]?.wamid ?? '')
      return JSON.parse(own)
    })
}

const STRANGE: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e21,
  2 ** 31,
  2 ** 53,
  4_000_000_001,
  '',
  ' ',
  '0',
  '-1',
  '1e3',
  '99999999999',
  '99999999999999999999999999',
  'NaN',
  'a\u0000b',
  '\ud83d',
  'x'.repeat(5_000),
  '__proto__',
  'constructor',
  '551199999',
  'BR.1',
  '01a2032d-642b-7255-ad30-311008bf0cdf.40000',
  [],
  {},
  [[[[]]]],
  [null, {}, 'x'],
  { '': null, __proto__: {}, 'a\u0000': '\udc00' },
]

const strange: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom(...STRANGE),
  fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }) as fc.Arbitrary<Json>,
)

interface Wound {
  /** Picks the place, whatever the payload looks like. */
  place: number
  value: Json
  how: 'replace' | 'remove' | 'double'
}

/** Every place of a value: its holder and the key. */
function placesOf(value: Json): { holder: Record<string, Json>; key: string }[] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Record<string, Json>
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesOf(holder[key] ?? null)])
}

function wounded(payload: Json, wounds: readonly Wound[]): Json {
  const copy = structuredClone(payload)
  for (const { place, value, how } of wounds) {
    const places = placesOf(copy)
    const at = places[place % places.length]
    if (!at) continue
    // A copy each: a later wound may be in this one, and what is of itself a part has no end.
    if (how === 'replace') at.holder[at.key] = structuredClone(value)
    else if (how === 'double')
      at.holder[at.key] = [at.holder[at.key] ?? null, structuredClone(at.holder[at.key]) ?? null]
    else if (Array.isArray(at.holder)) at.holder.splice(Number(at.key), 1)
    else delete at.holder[at.key]
  }
  return copy
}

it('is acknowledged and applied with any JSON in any place', { timeout: 120_000 }, async () => {
  const payloads = await realPayloads()
  const wound: fc.Arbitrary<Wound> = fc.record({
    place: fc.nat(),
    value: strange,
    how: fc.constantFrom('replace' as const, 'replace' as const, 'remove' as const, 'double' as const),
  })
  const crowd = fc.array(
    fc.record({ payload: fc.constantFrom(...payloads), wounds: fc.array(wound, { minLength: 1, maxLength: 4 }) }),
    { minLength: 40, maxLength: 60 },
  )
  await fc.assert(
    fc.asyncProperty(crowd, async (many) => {
      const bodies = many.map(({ payload, wounds }) => JSON.stringify(wounded(payload, wounds)))
      const answers = await Promise.all(bodies.map((body) => casement.post(body)))
      expect(new Set(answers)).toEqual(new Set([200]))
      await casement.told()
      expect(
        await casement.query(`delete from webhook_events where state = 'failed' returning error, payload`),
      ).toEqual([])
    }),
    { numRuns: Number(process.env.CASEMENT_TEST_RUNS ?? 12), endOnFailure: false },
  )
})
