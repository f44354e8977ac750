import { afterAll, beforeAll, expect, it } from 'vitest'
import type { IntentId } from '../../src/domain/ids.ts'
import { MINUTE_MS } from '../../src/domain/time.ts'
import { isPassingDatabaseError } from '../../src/store/pg/postgres.ts'
import { PageFailed } from '../../src/worker/desk.ts'
import { fateOf, MODES } from './failing-calls.ts'
import { faultyPostgres } from './faulty-postgres.ts'
import { createMiniature, GRACE_MS, type Miniature } from './miniature.ts'

/*
 * A page of two numbers with several heads each, some of which do not leave, whose every call to the outside fails once, before and after it
 * took effect, alone and as the last one before the worker dies (P2, P3). What follows in a turn is there too, so that the order shows (P5).
 */

const template = { type: 'template', template: { name: 'keep_helping', language: { code: 'en' } } }
const text = { type: 'text', text: { body: 'Hello' } }
const PEOPLE = 2

let casement: Miniature
let strangers = 0
beforeAll(async () => {
  casement = await createMiniature()
  await casement.postgres.pool.query('update portfolios set messaging_limit = 100000')
})
afterAll(() => casement.close())

/** By turn, in the order in which they should leave; and those that should fail. */
async function prepare(): Promise<{ turns: IntentId[][]; failing: IntentId[] }> {
  await casement.forget()
  await casement.postgres.pool.query(`update number_pace set next_at = 'epoch', paused_until = null`)
  const turns: IntentId[][] = []
  const failing: IntentId[] = []
  for (const sender of [casement.sender, casement.other]) {
    for (let made = 0; made < PEOPLE; made++) {
      const to = `+1550${String(++strangers).padStart(7, '0')}`
      turns.push(await casement.enqueue({ sender, to, message: template }, { sender, to, message: template }))
    }
    const to = `+1550${String(++strangers).padStart(7, '0')}`
    failing.push(...(await casement.enqueue({ sender, to, message: text, when_closed: 'fail' })))
  }
  return { turns, failing }
}

async function recover(): Promise<void> {
  for (let round = 0; round < 12; round++) {
    await casement.report()
    if ((await casement.underWay()) === 0) return
    while (await casement.dispatchAll()) {}
    if ((await casement.underWay()) === 0) return
    await casement.passTime(round < 2 ? GRACE_MS : 5 * MINUTE_MS)
    for (const sender of [casement.sender, casement.other]) await casement.customerWrites('15509999999', sender)
    await casement.settleDoubts()
  }
}

it('keeps its promises whichever call fails', { timeout: 120_000 }, async () => {
  await prepare()
  const clean = fateOf(0, MODES[0])
  await casement.dispatchAll({ postgres: faultyPostgres(casement.postgres, clean.fate), graph: clean.graph })
  expect(casement.accepted).toHaveLength(2 * PEOPLE)

  for (const mode of MODES) {
    for (let n = 1; n <= clean.counter.calls; n++) {
      const where = `call ${n} of ${clean.counter.calls} ${mode}`
      const { turns, failing } = await prepare()
      const broken = fateOf(n, mode)
      await casement
        .dispatchAll({ postgres: faultyPostgres(casement.postgres, broken.fate), graph: broken.graph })
        .catch(() => {})
      const lives = mode === MODES[0] || mode === MODES[1]
      if (lives && !broken.counter.answerLost) {
        for (const id of turns.flat())
          expect(['dispatching', 'in_doubt'], where).not.toContain((await casement.state(id)).state)
      }
      await recover()
      for (const turn of turns) {
        const accepted = casement.accepted.map(({ intentId }) => intentId).filter((id) => turn.includes(id))
        const ends = await Promise.all(turn.map((id) => casement.state(id)))
        expect({ accepted, ends: ends.map(({ state }) => state) }, `${where}: ${JSON.stringify(ends)}`).toEqual({
          accepted: turn,
          ends: turn.map(() => 'sent'),
        })
      }
      for (const id of failing) expect((await casement.state(id)).state, where).toBe('failed')
      expect(casement.accepted, where).toHaveLength(2 * 2 * PEOPLE)
      const { rows } = await casement.postgres.pool.query('select * from turns')
      expect(rows, where).toEqual([])
    }
  }
})

it('fails by the fault of a head that somebody keeps locked, and soon', async () => {
  const { turns } = await prepare()
  const somebody = await casement.postgres.pool.connect()
  try {
    await somebody.query('begin')
    await somebody.query('select from intents where id = $1 for no key update', [turns[0]?.[0]])
    const failed = await casement.dispatchAll().catch((error: Error) => error)
    expect(failed).toBeInstanceOf(PageFailed)
    expect(isPassingDatabaseError((failed as PageFailed).cause)).toBe(false)
    expect(casement.accepted).toEqual([])
  } finally {
    await somebody.query('rollback')
    somebody.release()
  }
  await casement.dispatchAll()
  expect(casement.accepted).toHaveLength(2 * PEOPLE)
})
