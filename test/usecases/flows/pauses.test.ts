import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IntentId } from '../../../src/domain/ids.ts'
import { HOUR_MS } from '../../../src/domain/time.ts'
import { claimDueRuns } from '../../../src/store/flows/runs.ts'
import { claimHeads } from '../../../src/store/intents/claim.ts'
import { releaseByIds } from '../../../src/store/intents/waiting.ts'
import { readWaits } from '../../../src/store/intents/waits.ts'
import { mergeContacts } from '../../../src/store/people/merge.ts'
import { inTransaction } from '../../../src/store/pg/postgres.ts'
import { releaseFlowWaiters } from '../../../src/usecases/reconcile-waits.ts'
import { CALLER } from '../../support/access.ts'
import { type Customer, createFlowWorld, type FlowWorld } from '../../support/flow-world.ts'

/* A pause holds what has been asked for and has not left, and is asked of again in the statement that opens and in the one that holds. */

let world: FlowWorld
beforeAll(async () => {
  world = await createFlowWorld()
})
afterAll(() => world.close())

const FLOW = { kind: 'flow' } as const

/** A flow of this name, and for each customer a run of it that has asked for a message. */
async function asking(name: string, count = 1) {
  await world.deploy(`
flow: ${name}
purpose: service
triggers: [api]
stop: [opt_out]
steps:
  - { id: ask, send: { text: "Still there?" }, when_closed: hold }
  - { id: answer, wait: 1d }
`)
  const asked: { run: string; intent: IntentId; customer: Customer }[] = []
  for (let one = 0; one < count; one += 1) {
    const customer = await world.customer()
    const run = await world.start(name, customer)
    await world.tick()
    asked.push({ run, intent: (await world.sent(run))[0]?.id as IntentId, customer })
  }
  return asked as [(typeof asked)[number], ...(typeof asked)[number][]]
}

/** What the facts of those that are due say is paused, by intent. */
async function pausedOf(): Promise<Map<IntentId, unknown>> {
  const client = await world.rows.postgres.pool.connect()
  try {
    const claims = await claimHeads(client, [{ sender: world.sender, look: 100 }], 1_000, [])
    return new Map(claims.map(({ intent, facts }) => [intent.id, facts.pausedOfFlow]))
  } finally {
    client.release()
  }
}

const pauseFlow = (name: string) => world.services.pauseFlow(CALLER, name)
const resumeFlow = (name: string) => world.services.resumeFlow(CALLER, name)
const states = async (run: string) => (await world.sent(run)).map(({ state }) => state)
const page = () => world.rows.page(world.sender)

describe('what a paused flow has asked for', () => {
  it('is not opened, whoever read it before, and others are', async () => {
    const [{ run, intent }] = await asking('gate')
    const other = await world.customer()
    const reply = await world.rows.intent(world.sender, other.id)
    expect((await pausedOf()).get(intent)).toBeNull()
    await pauseFlow('gate')
    expect(await pausedOf()).toMatchObject(
      new Map([
        [intent, 'flow'],
        [reply, null],
      ]),
    )
    expect(await page()).toEqual([reply])
    expect(await states(run)).toEqual(['scheduled'])
    await resumeFlow('gate')
    expect(await page()).toEqual([intent])
  })

  it('is held exactly: not where it was resumed since, nor in the moment in which somebody changes that', async () => {
    const [{ run, intent }] = await asking('exact')
    await pauseFlow('exact')
    await resumeFlow('exact')
    await world.rows.hold(intent, FLOW)
    expect(await states(run)).toEqual(['scheduled'])
    await pauseFlow('exact')
    await inTransaction(world.rows.postgres.pool, async (trx) => {
      await sql`select from flows where name = 'exact' for no key update`.execute(trx)
      await world.rows.hold(intent, FLOW)
    })
    expect(await states(run)).toEqual(['scheduled'])
    await world.rows.hold(intent, FLOW)
    expect(await states(run)).toEqual(['held'])
    await resumeFlow('exact')
    expect(await page()).toEqual([intent])
  })

  it('leaves in its order once it is resumed, before what was asked for since', async () => {
    const asked = await asking('ordered', 3)
    await pauseFlow('ordered')
    for (const { intent } of asked.toReversed()) await world.rows.hold(intent, FLOW)
    await world.advance(HOUR_MS)
    const since = await world.rows.intent(world.sender, (await world.customer()).id, {
      priority: 'follow_up',
    })
    await resumeFlow('ordered')
    const left = await page()
    expect(left).toEqual([...asked.map(({ intent }) => intent), since])
  })

  it('waits on while its run is paused, or its flow, and goes when neither is', async () => {
    const [first, second] = await asking('both', 2)
    if (!second) throw new Error('expected two')
    await world.services.pauseRun(CALLER, first.run)
    await pauseFlow('both')
    expect((await pausedOf()).get(first.intent)).toBe('flow')
    for (const { intent } of [first, second]) await world.rows.hold(intent, FLOW)
    await world.services.resumeRun(CALLER, first.run)
    expect(await states(first.run)).toEqual(['held'])
    await world.services.pauseRun(CALLER, first.run)
    await resumeFlow('both')
    expect([await states(first.run), await states(second.run)]).toEqual([['held'], ['scheduled']])
    await world.services.resumeRun(CALLER, first.run)
    expect(await page()).toEqual([first.intent, second.intent])
  })

  it('is cancelled with the end of its run', async () => {
    const [stopped, out] = await asking('ends', 2)
    if (!out) throw new Error('expected two')
    await pauseFlow('ends')
    for (const { intent } of [stopped, out]) await world.rows.hold(intent, FLOW)
    await world.services.stopRun(CALLER, stopped.run)
    await world.optsOut(out.customer)
    await resumeFlow('ends')
    for (const { run } of [stopped, out]) {
      expect(await world.sent(run)).toMatchObject([{ state: 'cancelled', reason_code: 'flow_stopped' }])
    }
    expect(await page()).toEqual([])
  })

  it('leaves once, where the same person is in the flow twice and that is known while it is paused', async () => {
    await world.deploy(`
flow: twice
purpose: service
triggers: [api]
once: { per: contact }
steps:
  - { id: ask, send: { text: "Still there?" }, when_closed: hold }
`)
    const [kept, gone] = [await world.customer(), await world.customer()]
    const [older, younger] = [await world.start('twice', kept), await world.start('twice', gone)]
    await world.tick()
    await pauseFlow('twice')
    await inTransaction(world.rows.postgres.pool, (trx) => mergeContacts(trx, kept.contactId, gone.contactId))
    await world.tick()
    expect(await world.run(younger)).toMatchObject({ state: 'ended', outcome: 'merged' })
    expect(await states(younger)).toEqual(['cancelled'])
    await resumeFlow('twice')
    expect(await page()).toEqual((await world.sent(older)).map(({ id }) => id))
  })

  it('is found where whoever resumed it was interrupted', async () => {
    const asked = await asking('interrupted', 3)
    await pauseFlow('interrupted')
    for (const { intent } of asked) await world.rows.hold(intent, FLOW)
    const { pool, db } = world.rows.postgres
    const pages: number[] = []
    const looked = () =>
      releaseFlowWaiters({
        waits: {
          read: (kind, after) => readWaits(pool, kind, after, 2, 0),
          release: async (ids) => {
            pages.push(ids.length)
            return releaseByIds(db, ids)
          },
        },
        notifyDue: async () => {},
      })
    await looked()
    expect(pages).toEqual([0, 0])
    await sql`update flows set state = 'active' where name = 'interrupted'`.execute(db)
    await looked()
    expect(pages.slice(2)).toEqual([2, 1])
    expect(await page()).toEqual(asked.map(({ intent }) => intent))
  })

  it('is what its message asks first, too', async () => {
    const [{ intent, customer }] = await asking('invites')
    const invitation = await world.rows.intent(world.sender, customer.id, { followUpOf: intent, priority: 'campaign' })
    await pauseFlow('invites')
    expect((await pausedOf()).get(invitation)).toBe('flow')
    await world.rows.hold(invitation, FLOW)
    expect(await page()).toEqual([])
    await resumeFlow('invites')
    expect(await page()).toContain(invitation)
  })
})

describe('the overdue runs of a paused flow', () => {
  const MANY = 3_000

  /** Rows of runs that are read by whoever looks for what is due. */
  const readByALook = () =>
    inTransaction(world.rows.postgres.pool, async (trx) => {
      const { rows } = await sql<{ n: number }>`
        select (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as n from pg_stat_xact_user_tables where relname = 'flow_runs'`.execute(
        trx,
      )
      const before = rows[0]?.n ?? 0
      await claimDueRuns(trx, 200)
      const after = await sql<{ n: number }>`
        select (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as n from pg_stat_xact_user_tables where relname = 'flow_runs'`.execute(
        trx,
      )
      return (after.rows[0]?.n ?? 0) - before
    })

  it('are passed by once, leave others to go on, and come back with their flow', async () => {
    const rests = (name: string) => `
flow: ${name}
purpose: service
triggers: [api]
steps:
  - { id: rest, wait: 1h }
  - { id: done, end: done }
`
    await world.deploy(rests('crowded'))
    await world.deploy(rests('beside'))
    const one = await world.start('crowded', await world.customer())
    await world.tick()
    await world.copied(one, MANY)
    await pauseFlow('crowded')
    const other = await world.start('beside', await world.customer())
    expect(await readByALook()).toBeGreaterThan(MANY)
    await world.tick()
    await world.advance(HOUR_MS)
    await world.tick()
    expect(await world.run(other)).toMatchObject({ state: 'ended', outcome: 'done' })
    expect(await readByALook()).toBeLessThan(10)
    const states = new Set((await world.runsOf('crowded')).map(({ state }) => state))
    expect([...states]).toEqual(['waiting'])
    await resumeFlow('crowded')
    await world.advance(MANY * 10)
    await world.tick()
    const ends = (await world.runsOf('crowded')).map(({ outcome }) => outcome)
    expect(ends).toEqual(Array(MANY + 1).fill('done'))
  }, 60_000)

  it('are looked for again after a pause of their own, and one that a resume meets is not lost', async () => {
    const [{ run }] = await asking('returns')
    await world.accept(run)
    await world.tick()
    await pauseFlow('returns')
    await world.advance(25 * HOUR_MS)
    await inTransaction(world.rows.postgres.pool, async (trx) => {
      await sql`select from flows where name = 'returns' for no key update`.execute(trx)
      await world.tick()
    })
    expect(await world.run(run)).toMatchObject({ rests: false })
    await world.tick()
    expect(await world.run(run)).toMatchObject({ state: 'waiting', rests: true })
    await world.services.pauseRun(CALLER, run)
    await resumeFlow('returns')
    await world.tick()
    expect(await world.run(run)).toMatchObject({ state: 'paused', rests: false })
    await world.services.resumeRun(CALLER, run)
    await world.tick()
    expect(await world.run(run)).toMatchObject({ state: 'ended' })
  })
})
