import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flowMemory } from '../../../src/app/flow-io.ts'
import { createTicker } from '../../../src/app/ticking.ts'
import type { Wamid } from '../../../src/domain/ids.ts'
import { HOUR_MS } from '../../../src/domain/time.ts'
import { foldStatuses } from '../../../src/store/intents/statuses.ts'
import { inTransaction, openPostgres, type Postgres } from '../../../src/store/pg/postgres.ts'
import { tickBegins } from '../../../src/usecases/flows/begin-by-message.ts'
import { tickClosings } from '../../../src/usecases/flows/tick-closings.ts'
import { PUT_OFF_MS, type Ticker, tickFlows } from '../../../src/usecases/flows/tick-flows.ts'
import { CALLER } from '../../support/access.ts'
import { type Customer, createFlowWorld, type FlowWorld } from '../../support/flow-world.ts'

/* A statement that takes too long each time is a matter of whom it is about, and of nobody else. */

let world: FlowWorld
let impatient: Postgres
let ticker: Ticker
const putOff: string[] = []
beforeAll(async () => {
  world = await createFlowWorld()
  impatient = openPostgres({
    url: world.rows.databaseUrl,
    max: 4,
    applicationName: 'broken off',
    statementMs: 400,
    onError: () => {},
  })
  ticker = createTicker(
    impatient,
    flowMemory(),
    () => {},
    ({ flow }) => putOff.push(flow),
  )
  await sql`create table slow_people (contact_id bigint)`.execute(world.rows.postgres.db)
  await sql`
    create function be_slow() returns trigger language plpgsql as $$
      begin
        if exists (select from slow_people s join flow_runs r on r.contact_id = s.contact_id where r.id = new.run_id) then
          perform pg_sleep(2);
        end if;
        return new;
      end $$`.execute(world.rows.postgres.db)
  await sql`create trigger be_slow before insert on flow_run_events for each row execute function be_slow()`.execute(
    world.rows.postgres.db,
  )
})
afterAll(async () => {
  await impatient.close()
  await world.close()
})

/** Whatever is written of their runs takes too long until `work` is over. */
async function whileSlow(customer: Customer, work: () => Promise<void>): Promise<void> {
  const { db } = world.rows.postgres
  await sql`insert into slow_people values (${customer.contactId}::bigint)`.execute(db)
  putOff.length = 0
  await work()
  await sql`delete from slow_people`.execute(db)
  await world.advance(PUT_OFF_MS)
}

const conversationsOf = async (name: string) => (await world.runsOf(name)).map((run) => run.conversation_id).toSorted()

describe('one who takes too long keeps no other', () => {
  it('run from its step, nor is lost', async () => {
    await world.deploy(`
flow: steps
purpose: service
triggers: [api]
steps: [{ id: rest, wait: 1h }, { id: done, end: done }]
`)
    const [slow, other] = [await world.customer(), await world.customer()]
    const [stuck, free] = [await world.start('steps', slow), await world.start('steps', other)]
    await world.tick()
    await world.advance(HOUR_MS)
    await whileSlow(slow, async () => {
      await tickFlows(ticker)
      expect([(await world.run(stuck)).state, (await world.run(free)).state]).toEqual(['waiting', 'ended'])
      expect(putOff).toEqual(['steps'])
      expect((await tickFlows(ticker)).looked).toBe(0)
    })
    await tickFlows(ticker)
    expect(await world.run(stuck)).toMatchObject({ state: 'ended', outcome: 'done' })
  })

  it('run from going over to the version that it missed as it began', async () => {
    const text = (step: string, edit: string) => `
flow: missed
purpose: service
${edit}triggers: [{ inbound: { text: missed } }]
steps: [{ id: ${step}, wait: 9d }]
`
    await world.deploy(text('old', ''))
    const [slow, other] = [await world.customer(), await world.customer()]
    const stuck = await world.start('steps', slow)
    await world.hears(world.said(other, 'missed'), async () => {
      await world.deploy(text('new', 'on_edit: migrate\n'))
    })
    await whileSlow(slow, async () => {
      await tickFlows(ticker)
      expect(await world.runsOf('missed')).toMatchObject([{ version: 2, step: 'new' }])
    })
    await tickFlows(ticker)
    expect(await world.history(stuck)).toContain('waits')
  })

  it('run that rests from its end, and comes to it', async () => {
    await world.deploy(`
flow: rests
purpose: marketing
triggers: [api]
stop: [opt_out, reply]
steps: [{ id: rest, wait: 9d }]
`)
    const [slow, other] = [await world.customer(), await world.customer()]
    const [stuck, free] = [await world.start('rests', slow), await world.start('rests', other)]
    await world.tick()
    await world.services.pauseFlow(CALLER, 'rests')
    for (const one of [slow, other]) await world.optsOut(one)
    await whileSlow(slow, async () => {
      await tickFlows(ticker)
      expect([(await world.run(stuck)).state, (await world.run(free)).state]).toEqual(['waiting', 'ended'])
    })
    await tickFlows(ticker)
    expect((await world.run(stuck)).state).toBe('ended')
    const { rows } = await sql`select from flow_pokes`.execute(world.rows.postgres.db)
    expect(rows).toEqual([])
  })

  it('from beginning by a message that nobody answers', async () => {
    await world.deploy(`
flow: nags
purpose: service
triggers: [{ unanswered: { of: { template: offer }, after: 1h } }]
steps: [{ id: rest, wait: 9d }]
`)
    const [slow, other] = [await world.customer(), await world.customer()]
    for (const one of [slow, other]) await delivered(one, 'offer')
    await world.advance(HOUR_MS)
    await whileSlow(slow, async () => {
      await tickBegins(ticker)
      expect(await conversationsOf('nags')).toEqual([other.id])
      expect(putOff).toHaveLength(1)
    })
    await tickBegins(ticker)
    expect(await conversationsOf('nags')).toEqual([slow.id, other.id].toSorted())
  })

  it('from beginning as their window closes', async () => {
    await world.deploy(`
flow: asks
purpose: service
triggers: [{ window_closing: { before: 1h } }]
steps: [{ id: rest, wait: 9d }]
`)
    const [slow, other, later] = [await world.customer(), await world.customer(), await world.customer()]
    for (const one of [slow, other]) await world.says(one, 'Hello')
    await world.advance(HOUR_MS / 60)
    await world.says(later, 'Hello')
    await world.advance(23 * HOUR_MS - HOUR_MS / 120)
    await whileSlow(slow, async () => {
      await tickClosings(ticker)
      expect(await conversationsOf('asks')).toEqual([other.id])
      await world.advance(HOUR_MS / 120)
      await tickClosings(ticker)
      expect(await conversationsOf('asks')).toEqual([other.id, later.id].toSorted())
    })
    await tickClosings(ticker)
    await tickClosings(ticker)
    expect(await conversationsOf('asks')).toEqual([slow.id, other.id, later.id].toSorted())
  })

  it('from going over to a new version, nor do those keep a step', async () => {
    const text = (name: string, more = '') => `
flow: ${name}
purpose: service
${more}triggers: [api]
steps: [{ id: rest, wait: 1h }, { id: done, end: done }]
`
    await world.deploy(text('blocked'))
    await world.deploy(text('unblocked'))
    const slow = await world.customer()
    const stuck = await world.start('blocked', slow)
    const free = await world.start('unblocked', await world.customer())
    await world.tick()
    // As after a crash behind the commit of an edit.
    for (const name of ['blocked', 'unblocked']) {
      await world.deploy(text(name, 'deadline: run.started_at + 9d\n'))
      await sql`
        insert into flow_take_overs (flow_id, version, what, after)
        select id, 2, 'migrate', '00000000-0000-0000-0000-000000000000' from flows where name = ${name}`.execute(
        world.rows.postgres.db,
      )
      await sql`update flows set live_from = 2 where name = ${name}`.execute(world.rows.postgres.db)
    }
    await whileSlow(slow, async () => {
      await tickFlows(ticker)
      expect([(await world.run(stuck)).version, (await world.run(free)).version]).toEqual([1, 2])
    })
    await tickFlows(ticker)
    expect((await world.run(stuck)).version).toBe(2)
  })
})

async function delivered(customer: Customer, name: string): Promise<void> {
  const template = { type: 'template' as const, template: { name, language: { code: 'en' } } }
  const intentId = await world.rows.intent(world.sender, customer.id, { message: template })
  await world.rows.attempt(world.sender, intentId, { event: 'accept' })
  const at = await world.now()
  const times = { sentAt: at, deliveredAt: at, readAt: null, failedAt: null }
  const none = { error: null, errorAt: null, pricing: null, pricingAt: null }
  const message = { wamid: `wamid.${intentId}` as Wamid, intentId, attempt: 1, conversationId: customer.id }
  await inTransaction(world.rows.postgres.pool, (_trx, client) =>
    foldStatuses(client, [{ ...message, sentAs: 'template', status: 'delivered', ...times, ...none }]),
  )
}
