import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { HOT_PATH_SETTINGS } from '../../src/store/pg/postgres.ts'
import { histories, scrambled } from '../faults/webhook-history.ts'
import { createWorld, type World } from '../faults/webhook-world.ts'
import { openLargeCopy } from '../support/large-copy.ts'

/*
 * Whatever webhooks lead to finds its rows by an index, however many there are. Weeks of webhooks are played, each statement is kept, and
 * PostgreSQL is asked how it would go with a million rows in every table that grows, on the pool whose plans know no values.
 */

const WEEKS = 2
const SEED = 7

let world: World
let texts: string[]
beforeAll(async () => {
  world = await createWorld()
  const asked = vi.spyOn(pg.Client.prototype, 'query')
  const heard = new Set<string>()
  try {
    for (const history of fc.sample(histories(Math.floor(Date.now() / 1_000)), { numRuns: WEEKS, seed: SEED })) {
      await world.begin(history)
      asked.mockClear()
      await world.receive(scrambled(history.items, SEED).payloads)
      await world.apply(20)
      for (const [statement] of asked.mock.calls) heard.add(textOf(statement))
    }
  } finally {
    asked.mockRestore()
  }
  texts = [...heard].filter((text) => /^\s*(with|select|insert|update|delete)\b/i.test(text))
}, 120_000)
afterAll(() => world.close())

function textOf(statement: unknown): string {
  return typeof statement === 'string' ? statement : ((statement as { text?: string } | undefined)?.text ?? '')
}

it('finds rows by an index, of whatever webhooks lead to', { timeout: 120_000 }, async () => {
  const { connectionString } = world.rows.postgres.pool.options as { connectionString: string }
  await using copy = await openLargeCopy(connectionString, HOT_PATH_SETTINGS)
  const scans: string[] = []
  for (const text of texts) {
    for (const scan of await copy.scansOf(text)) scans.push(`${scan} of: ${text.replaceAll(/\s+/g, ' ').slice(0, 200)}`)
  }
  expect(texts.length).toBeGreaterThan(60)
  expect(scans).toEqual([])
})
