import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../src/domain/time.ts'
import { mergeContacts } from '../../../src/store/people/merge.ts'
import { inTransaction } from '../../../src/store/pg/postgres.ts'
import type { Asked } from '../../../src/usecases/courier.ts'
import { CALLER } from '../../support/access.ts'
import { ANSWERED, callsOn } from '../../support/flow-calls.ts'
import { createFlowWorld, type FlowWorld } from '../../support/flow-world.ts'

/* What may come between a call and its answer, and programs that answer badly. */

let world: FlowWorld
beforeAll(async () => {
  world = await createFlowWorld()
})
afterAll(() => world.close())
beforeEach(() => {
  vi.restoreAllMocks()
})

const flow = (name: string, steps: string) => `
flow: ${name}
purpose: service
triggers: [api]
steps: [ ${steps} ]
`
const URL = 'https://crm.example.com/'
const call = (id: string, more = '') => `{ id: ${id}, call: { url: "${URL}${id}"${more} }, otherwise: sorry }`
const SORRY = '{ id: sorry, wait: 9d }'

async function begun(name: string, steps: string) {
  expect(await world.deploy(flow(name, steps))).toMatchObject({ ok: true })
  const customer = await world.customer()
  const id = await world.start(name, customer)
  await world.tick()
  return { customer, id }
}

const calls = (answer: (url: string) => Asked = () => ANSWERED({})) =>
  callsOn(world.rows.postgres, ({ url }) => answer(url))

const statesOf = async (run: string) => {
  const { rows } = await sql<{ state: string; tries: number; next: number | null }>`
    select state, tries, (extract(epoch from next_at - casement_now()) * 1000)::float8 as next
    from flow_calls where run_id = ${run}::uuid order by call`.execute(world.rows.postgres.db)
  return rows
}

describe('a call that an edit takes the run away from', () => {
  it('is taken back when the run ends, though another one was answered since', async () => {
    const { id } = await begun('led_away', `${call('first', ', retry: { up_to: 3d }')}, ${SORRY}`)
    const text = `${flow('led_away', `${call('second')}, { id: fin, end: done }, ${SORRY}`)}removed: second\n`
    expect(await world.deploy(text, 'migrate')).toMatchObject({ ok: true })
    await world.tick()
    const program = calls((url) => ANSWERED({}, url.endsWith('second') ? 200 : 503))
    expect(await program.round()).toBe(2)
    await world.tick()
    expect(await world.run(id)).toMatchObject({ state: 'ended', outcome: 'done' })
    expect(await statesOf(id)).toMatchObject([{ state: 'cancelled' }, { state: 'answered' }])
  })

  it('and is on its way goes on with it, whatever its step is called by then', async () => {
    const { id } = await begun('renamed', `${call('ask', ', save: call.ask')}, { id: rest, wait: 9d }, ${SORRY}`)
    const program = calls(() => ANSWERED({ total: 3 }))
    const [leased] = await program.lease()
    const steps = `${call('asks', ', save: call.asked')}, { id: rest, wait: 9d }, ${SORRY}`
    expect(await world.deploy(`${flow('renamed', steps)}moved: { ask: asks }\n`, 'migrate')).toMatchObject({ ok: true })
    if (!leased) throw new Error('expected a call')
    await program.make(leased)
    await world.tick()
    expect(await world.run(id)).toMatchObject({ step: 'rest', version: 2 })
    expect(await world.services.getRun(CALLER, id)).toMatchObject({ value: { call: { asked: { total: 3 } } } })
    expect(await program.round()).toBe(0)
  })
})

describe('a call of somebody who turns out to be somebody else', () => {
  it('is answered for their run', async () => {
    const { id, customer } = await begun('merged', `${call('ask')}, { id: rest, wait: 9d }, ${SORRY}`)
    const kept = await world.customer()
    const program = calls()
    const [leased] = await program.lease()
    await inTransaction(world.rows.postgres.pool, (trx) => mergeContacts(trx, kept.contactId, customer.contactId))
    if (!leased) throw new Error('expected a call')
    await program.make(leased)
    await world.tick()
    expect(await world.run(id)).toMatchObject({ step: 'rest', state: 'waiting' })
    expect((await world.history(id)).filter((kind) => kind === 'called')).toHaveLength(1)
  })
})

describe('a program that says yes and breaks off', () => {
  const CUT_OFF: Asked = { ...ANSWERED({}), error: 'the answer ended before its end', body: null }

  it('has answered where nothing of it is kept, and else is asked again', async () => {
    const plain = await begun('plain', `${call('ask')}, { id: rest, wait: 9d }, ${SORRY}`)
    const kept = await begun('kept', `${call('ask', ', save: call.ask')}, { id: rest, wait: 9d }, ${SORRY}`)
    expect(await calls(() => CUT_OFF).round()).toBe(2)
    await world.tick()
    expect(await world.run(plain.id)).toMatchObject({ step: 'rest' })
    expect(await statesOf(kept.id)).toMatchObject([{ state: 'waiting', tries: 1 }])
    await world.services.stopRun(CALLER, kept.id)
  })

  it('or says no so, has said no', async () => {
    const { id } = await begun('says_no', `${call('ask', ', save: call.ask')}, { id: rest, wait: 9d }, ${SORRY}`)
    await calls(() => ({ ...CUT_OFF, status: 410 })).round()
    await world.tick()
    expect(await world.run(id)).toMatchObject({ step: 'sorry' })
    expect(await statesOf(id)).toMatchObject([{ state: 'failed' }])
  })
})

describe('a program that is away for days', () => {
  it('is asked for three of them, ever less often, under one id', async () => {
    const { id } = await begun('for_days', `${call('ask', ', retry: { up_to: 3d }')}, ${SORRY}`)
    const program = calls(() => ANSWERED({}, 503))
    const began = await world.now()
    for (let rounds = 0; rounds < 100; rounds++) {
      await program.round()
      const [{ state, next } = { state: 'none', next: null }] = await statesOf(id)
      if (state !== 'waiting') break
      await world.advance(Math.max(1, Math.ceil(next ?? 0)))
    }
    await world.tick()
    expect(await world.run(id)).toMatchObject({ step: 'sorry' })
    expect(new Set(program.made.map((one) => one.id)).size).toBe(1)
    expect(program.made.length).toBeGreaterThan(10)
    expect(program.made.length).toBeLessThan(100)
    const tookMs = (await world.now()) - began
    expect(tookMs).toBeGreaterThan(3 * DAY_MS - 3 * HOUR_MS)
    expect(tookMs).toBeLessThan(3 * DAY_MS + HOUR_MS)
  })
})

describe('workers', () => {
  const STEPS = `
  - { id: said, wait: { for: reply, up_to: 9d }, otherwise: sorry }
  - { id: ask, call: { url: "${URL}" }, otherwise: sorry }
  - { id: rest, wait: 9d }
  - ${SORRY}
`

  it.each(['a message', 'an event'])('hear of a call that %s brings a run to, and of no other', async (by) => {
    const name = by.replaceAll(' ', '_')
    const text = flow(name, '')
      .replace('[  ]', STEPS)
      .replace('for: reply', by === 'a message' ? 'for: reply' : 'for: { event: paid }')
    expect(await world.deploy(text)).toMatchObject({ ok: true })
    const customer = await world.customer()
    await world.start(name, customer)
    await world.tick()
    const send = vi.spyOn(world.rows.postgres.signals, 'send')
    const heard = () => send.mock.calls.map(([channel]) => channel).filter((channel) => channel === 'casement_passing')
    const happens = (key: string) =>
      by === 'a message'
        ? world.says(customer, 'Yes')
        : world.services.tellEvent(CALLER, { contact: customer.waId, name: 'paid', key })
    await happens('1')
    expect(heard()).toHaveLength(1)
    await happens('2')
    expect(heard()).toHaveLength(1)
  })
})
