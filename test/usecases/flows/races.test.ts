import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { managementIo } from '../../../src/app/management-io.ts'
import { viewOfIntent } from '../../../src/app/views/intent.ts'
import type { Wamid } from '../../../src/domain/ids.ts'
import { HOUR_MS, MINUTE_MS } from '../../../src/domain/time.ts'
import { tidyFlows } from '../../../src/store/flows/tending.ts'
import { mergeContacts } from '../../../src/store/people/merge.ts'
import { inTransaction } from '../../../src/store/pg/postgres.ts'
import { lookAtRuns } from '../../../src/usecases/flows/look-at-runs.ts'
import { tickFlows } from '../../../src/usecases/flows/tick-flows.ts'
import { listIntents } from '../../../src/usecases/read-intents.ts'
import { CALLER } from '../../support/access.ts'
import { type Customer, createFlowWorld, type FlowWorld } from '../../support/flow-world.ts'
import { fakeGraph } from '../../support/management.ts'

/*
 * Who meets whom: the customer, the ticker, a second ticker, an operator, a crash. Each race is forced: one side is held inside of its
 * transaction while the other tries.
 */

let world: FlowWorld
beforeAll(async () => {
  world = await createFlowWorld()
})
afterAll(() => world.close())

/** Waits an hour, then asks; any answer ends it. */
const REMIND = `
flow: remind
purpose: service
triggers: [api]
stop: [reply, person_took_over]
steps:
  - { id: rest, wait: 1h }
  - { id: ask, send: { text: "Still there?" }, when_closed: hold }
  - { id: answer, wait: 1d }
  - { id: done, end: silent }
`

async function dueRun(text = REMIND) {
  await world.deploy(text)
  const customer = await world.customer()
  const name = /^flow: (\w+)/m.exec(text)?.[1] as string
  const id = await world.start(name, customer)
  await world.tick()
  await world.advance(HOUR_MS)
  return { customer, id }
}

describe('a stop', () => {
  it('that is recorded before the step is due leaves no step', async () => {
    const { customer, id } = await dueRun()
    await world.says(customer, 'I am here')
    await world.tick()
    expect(await world.run(id)).toMatchObject({ state: 'ended', outcome: 'answered', due_at: null })
    expect(await world.sent(id)).toEqual([])
  })

  it('that holds the person at the instant of the step is not overtaken', async () => {
    const { customer, id } = await dueRun()
    await world.hears(world.said(customer, 'I am here'), async () => {
      expect((await tickFlows(world.ticker)).looked).toBe(0)
    })
    await world.tick()
    expect(await world.run(id)).toMatchObject({ state: 'ended', outcome: 'answered' })
    expect(await world.sent(id)).toEqual([])
  })

  it('that meets a step which is being taken comes right after it, and its message does not leave', async () => {
    const { customer, id } = await dueRun()
    const event = world.said(customer, 'I am here')
    await world.ticker.inTransaction(async (io) => {
      const claimed = await io.claimDue(10)
      expect(claimed.map((run) => run.id)).toEqual([id])
      await lookAtRuns(io, claimed)
      expect(await world.hears(event)).toBe('busy')
    })
    expect(await world.sent(id)).toMatchObject([{ state: 'scheduled' }])
    expect(await world.hears(event)).toBe('applied')
    expect(await world.sent(id)).toMatchObject([{ state: 'cancelled', reason_code: 'flow_stopped' }])
    expect(await world.run(id)).toMatchObject({ state: 'ended', outcome: 'answered' })
  })

  it('cannot call back what is on its way', async () => {
    const { customer, id } = await dueRun()
    await world.tick()
    const [intent] = await world.sent(id)
    if (!intent) throw new Error('expected a message')
    await world.rows.open(world.sender, intent.id)
    await world.says(customer, 'I am here')
    expect(await world.sent(id)).toMatchObject([{ state: 'dispatching' }])
    expect(await world.run(id)).toMatchObject({ state: 'ended', outcome: 'answered' })
  })

  const FAILED = { code: 'network', text: 'The connection was lost.' } as never
  const WAYS_TO_END: [string, (on: { customer: Customer; id: string }) => Promise<unknown>][] = [
    ['an answer', ({ customer }) => world.says(customer, 'I am here')],
    ['a colleague', ({ customer }) => world.echoes(customer)],
    ['an operator', ({ id }) => world.services.stopRun(CALLER, id)],
  ]
  it.each(WAYS_TO_END)(
    'by %s ends what is on its way should it come back: it is not sent once more',
    async (_by, end) => {
      const retry = { event: 'retry', dueInMs: 0, keepsTurn: true, reason: FAILED, countsAsRetry: true } as const
      const ways = [false, true].flatMap((inDoubt) => [false, true].map((lookedAt) => ({ inDoubt, lookedAt })))
      for (const { inDoubt, lookedAt } of ways) {
        const { customer, id } = await dueRun()
        await world.tick()
        const [intent] = await world.sent(id)
        if (!intent) throw new Error('expected a message')
        const { number } = await world.rows.open(world.sender, intent.id)
        if (inDoubt)
          await world.rows.closeAttempt(intent.id, number, { event: 'doubt', keepsTurn: true, reason: FAILED })
        await end({ customer, id })
        if (lookedAt) await world.tick()
        await world.rows.closeAttempt(intent.id, number, retry)
        expect(await world.sent(id)).toMatchObject([{ state: 'cancelled', reason_code: 'flow_stopped' }])
      }
    },
  )

  it('by a colleague keeps back what has not left, and ends the run', async () => {
    const { customer, id } = await dueRun()
    await world.tick()
    expect(await world.sent(id)).toMatchObject([{ state: 'scheduled' }])
    await world.echoes(customer)
    expect(await world.sent(id)).toMatchObject([{ state: 'cancelled', reason_code: 'flow_stopped' }])
    await world.tick()
    expect(await world.run(id)).toMatchObject({ state: 'ended', outcome: 'person_took_over' })
  })

  it('is none by what the customer, or a colleague, wrote before the run began', async () => {
    await world.deploy(REMIND)
    const customer = await world.customer()
    const before = await world.inPast(MINUTE_MS)
    const id = await world.start('remind', customer)
    await world.tick()
    await world.says(customer, 'I need a sofa', { at: before })
    await world.echoes(customer, before)
    await world.tick()
    expect(await world.run(id)).toMatchObject({ state: 'waiting', step: 'rest' })
    await world.advance(HOUR_MS)
    await world.tick()
    await world.echoes(customer, before)
    expect(await world.sent(id)).toMatchObject([{ state: 'scheduled' }])
    await world.says(customer, 'I am here')
    expect(await world.run(id)).toMatchObject({ state: 'ended', outcome: 'answered' })
  })

  it('by a colleague who wrote before it was handed over leaves it with the team', async () => {
    await world.deploy(`
flow: hand
purpose: service
triggers: [api]
steps:
  - { id: hand, hand_over: { team: desk } }
`)
    const customer = await world.customer()
    await world.start('hand', customer)
    await world.tick()
    const team = async () => {
      const found = await sql<{ team: string | null }>`
        select handed_over_team as team from conversations where id = ${customer.id}::bigint`.execute(
        world.rows.postgres.db,
      )
      return found.rows[0]?.team
    }
    await world.echoes(customer, await world.inPast(MINUTE_MS))
    expect(await team()).toBe('desk')
    await world.echoes(customer)
    expect(await team()).toBeNull()
  })

  it('in the inbox is waited for, and not for ever', async () => {
    const { id } = await dueRun()
    await world.advance(-MINUTE_MS)
    const pending = await sql<{ id: string }>`
      insert into webhook_events (workspace, payload) values ('default', '{}') returning id`.execute(
      world.rows.postgres.db,
    )
    await sql`update flow_runs set due_at = casement_now() + interval '1 second' where id = ${id}::uuid`.execute(
      world.rows.postgres.db,
    )
    await world.advance(5_000)
    await world.tick()
    expect(await world.sent(id)).toEqual([])
    await world.advance(MINUTE_MS)
    await world.tick()
    expect(await world.sent(id)).toHaveLength(1)
    await sql`delete from webhook_events where id = ${pending.rows[0]?.id}::bigint`.execute(world.rows.postgres.db)
  })
})

describe('an opt-out', () => {
  it('ends marketing on every number, whoever records it', async () => {
    await world.deploy(`
flow: sale
purpose: marketing
triggers: [api]
steps:
  - { id: rest, wait: 1h }
  - { id: offer, send: { template: { name: sale, language: en } } }
`)
    const customer = await world.customer()
    const id = await world.start('sale', customer)
    await world.tick()
    await world.says(customer, 'STOP')
    await world.tick()
    expect(await world.run(id)).toMatchObject({ state: 'ended', outcome: 'opted_out' })
  })
})

describe('a reply', () => {
  const ASK = `
flow: ask
purpose: service
triggers: [api]
steps:
  - { id: ask, send: { text: "Which one?" }, when_closed: hold }
  - id: answer
    wait: { for: reply, up_to: 1h }
    then: thank
  - { id: none, end: no_answer }
  - { id: thank, end: answered }
`

  it('between the message and the wait counts', async () => {
    await world.deploy(ASK)
    const customer = await world.customer()
    const id = await world.start('ask', customer)
    await world.tick()
    await world.says(customer, 'The red one')
    expect(await world.run(id)).toMatchObject({ step: 'ask', state: 'waiting' })
    await world.accept(id)
    await world.tick()
    expect(await world.run(id)).toMatchObject({ state: 'ended', outcome: 'answered' })
  })

  it('beats the timeout of the same instant', async () => {
    await world.deploy(ASK)
    const customer = await world.customer()
    const id = await world.start('ask', customer)
    await world.tick()
    await world.accept(id)
    await world.tick()
    await world.advance(HOUR_MS)
    await world.says(customer, 'The red one')
    expect(await world.run(id)).toMatchObject({ state: 'ended', outcome: 'answered' })
  })

  it('is no answer to a run that began after it was written', async () => {
    await world.deploy(ASK)
    const customer = await world.customer()
    const id = await world.start('ask', customer)
    await world.tick()
    await world.accept(id)
    await world.tick()
    await world.says(customer, 'Hello?', { at: await world.inPast(MINUTE_MS) })
    expect(await world.run(id)).toMatchObject({ state: 'waiting', step: 'answer' })
  })

  it('is taken by the newest run that waits for one, and the next by the one before', async () => {
    await world.deploy(ASK)
    const customer = await world.customer()
    const runs: string[] = []
    for (let n = 0; n < 3; n++) {
      const id = await world.start('ask', customer)
      await world.tick()
      // The one in the middle has not sent its question when the first answer comes.
      if (n !== 1) await world.accept(id)
      await world.tick()
      runs.push(id)
    }
    const states = async () => Promise.all(runs.map(async (id) => (await world.run(id)).state))
    await world.says(customer, 'The red one')
    expect(await states()).toEqual(['waiting', 'waiting', 'ended'])
    await world.says(customer, 'And the blue one')
    expect(await states()).toEqual(['ended', 'waiting', 'ended'])
    await world.accept(runs[1] as string)
    await world.tick()
    expect(await world.run(runs[1] as string)).toMatchObject({ state: 'waiting', step: 'answer' })
    await world.says(customer, 'No more')
    expect(await states()).toEqual(['ended', 'ended', 'ended'])
  })

  it('by a button is taken by the run that sent it, however new others are, and by one of those if it waits for something else', async () => {
    const buttons = (name: string, wait: string) => `
flow: ${name}
purpose: service
triggers: [api]
steps:
  - { id: ask, send: { interactive: { body: "Well?", buttons: { ok: "OK" } } }, when_closed: hold }
  - { id: answer, wait: { for: ${wait}, up_to: 1h }, then: good }
  - { id: none, end: no_answer }
  - { id: good, end: good }
`
    await world.deploy(buttons('older', '{ tap: ok, of: ask }'))
    await world.deploy(buttons('newer', 'reply'))
    const customer = await world.customer()
    const ids: string[] = []
    for (const name of ['older', 'newer']) {
      const id = await world.start(name, customer)
      await world.tick()
      await world.accept(id)
      await world.tick()
      ids.push(id)
    }
    const tapOn = async (run: string, payload: string) => {
      const [intent] = await world.sent(run)
      const { rows } = await sql<{ wamid: Wamid }>`
        select wamid from messages where intent_id = ${intent?.id}::uuid`.execute(world.rows.postgres.db)
      const reply = { type: 'button_reply', button_reply: { id: payload, title: 'OK' } }
      const body = { type: 'interactive', interactive: reply, context: { id: rows[0]?.wamid } }
      await world.says(customer, '', { type: 'interactive', text: null, body })
    }
    const outcomes = async () => Promise.all(ids.map(async (id) => (await world.run(id)).outcome))
    await tapOn(ids[0] as string, 'ok')
    expect(await outcomes()).toEqual(['good', null])
    await tapOn(ids[0] as string, 'ok')
    expect(await outcomes()).toEqual(['good', 'good'])
  })

  it('that comes twice moves once, and two in one second begin one run', async () => {
    await world.deploy(`
flow: once
purpose: service
triggers: [{ inbound: { text: [go, start] } }]
once: { per: contact }
steps:
  - { id: rest, wait: 1d }
`)
    const customer = await world.customer()
    const first = world.said(customer, 'Go!')
    await world.hears(first)
    await world.hears(first)
    await world.hears(world.said(customer, 'start'))
    await world.tick()
    const runs = await world.runsOf('once')
    expect(runs).toHaveLength(1)
    expect(await world.history(runs[0]?.id as string)).toEqual(['started', 'waits'])
  })

  it('does not move what another process forgot: flows are those of now', async () => {
    const text = (word: string) => `
flow: keyword
purpose: service
triggers: [{ inbound: { text: ${word} } }]
steps: [{ id: rest, wait: 1d }]
`
    await world.deploy(text('apple'))
    await world.says(await world.customer(), 'apple')
    await world.deploy(text('pear'))
    await world.says(await world.customer(), 'apple')
    await world.says(await world.customer(), 'pear')
    expect(await world.runsOf('keyword')).toMatchObject([{ version: 1 }, { version: 2 }])
  })
})

describe('an event', () => {
  it('counts once, however often it is told, also before the wait for it', async () => {
    await world.deploy(`
flow: payment
purpose: service
triggers: [api]
steps:
  - { id: ask, send: { text: "Please pay" }, when_closed: hold }
  - { id: paid, wait: { for: { event: paid }, up_to: 1d }, then: thanks }
  - { id: late, end: unpaid }
  - { id: thanks, end: paid }
`)
    const customer = await world.customer()
    const id = await world.start('payment', customer)
    await world.tick()
    const tell = () => world.services.tellEvent(CALLER, { contact: customer.waId, name: 'paid', key: 'invoice-1' })
    expect(await tell()).toMatchObject({ ok: true })
    expect(await tell()).toEqual({ ok: true, value: { matched_runs: 0 } })
    await world.accept(id)
    await world.tick()
    expect(await world.run(id)).toMatchObject({ state: 'ended', outcome: 'paid' })
  })
})

describe('a step', () => {
  it('is taken once by two tickers at a time', async () => {
    await world.deploy(REMIND)
    const customers = await Promise.all(Array.from({ length: 60 }, () => world.customer()))
    const ids = await Promise.all(customers.map((customer) => world.start('remind', customer)))
    await world.tick()
    await world.advance(HOUR_MS)
    await Promise.all([world.tick(), world.tick(world.otherTicker), world.tick(), world.tick(world.otherTicker)])
    for (const id of ids) expect(await world.sent(id)).toHaveLength(1)
  })

  it('that a crash cut off before its commit has not happened', async () => {
    const { id } = await dueRun()
    const crashed = world.ticker.inTransaction(async (io) => {
      await lookAtRuns(io, await io.claimDue(10))
      throw new Error('killed')
    })
    await expect(crashed).rejects.toThrow('killed')
    expect(await world.sent(id)).toEqual([])
    await world.tick()
    expect(await world.sent(id)).toHaveLength(1)
  })

  it('whose commit was answered to nobody is not taken again', async () => {
    const { id } = await dueRun()
    const before = await world.ticker.inTransaction((io) => io.claimDue(10))
    await world.tick()
    const repeated = await world.ticker.inTransaction((io) => lookAtRuns(io, before))
    expect(repeated.looked).toEqual([])
    expect(await world.sent(id)).toHaveLength(1)
  })

  it('that can never be looked at stands still alone', async () => {
    await world.deploy(REMIND)
    const [good, bad] = [
      await world.start('remind', await world.customer()),
      await world.start('remind', await world.customer()),
    ]
    await world.tick()
    await sql`update flow_runs set run = run || '{"step":"nowhere"}', step = 'nowhere' where id = ${bad}::uuid`.execute(
      world.rows.postgres.db,
    )
    await world.advance(HOUR_MS)
    await world.tick()
    expect(await world.sent(good)).toHaveLength(1)
    expect(await world.run(bad)).toMatchObject({ state: 'paused', reason_text: expect.stringContaining('nowhere') })
    expect(world.failed).toHaveLength(1)
  })
})

describe('a window', () => {
  it('that moves on while a run waits for its end moves the end', async () => {
    await world.deploy(`
flow: closing
purpose: service
triggers: [{ inbound: { text: closing } }]
steps:
  - { id: late, wait: { until: window.closes - 1h } }
  - { id: ask, send: { text: "Shall we go on?" }, when_closed: fail }
`)
    const customer = await world.customer()
    await world.says(customer, 'closing')
    await world.tick()
    const [run] = await world.runsOf('closing')
    const first = (await world.run(run?.id as string)).due_at as number
    await world.advance(5 * HOUR_MS)
    await world.says(customer, 'One more thing')
    const moved = (await world.run(run?.id as string)).due_at as number
    expect(moved - first).toBeGreaterThan(4.9 * HOUR_MS)
  })

  it('that closes soon begins a flow once, without a row for those who only wrote', async () => {
    await world.deploy(`
flow: keep_open
purpose: service
triggers: [{ window_closing: { before: 1h, unless: [person_took_over] } }]
steps:
  - { id: ask, send: { text: "Shall we go on?" }, when_closed: fail, deadline: window.closes }
`)
    await world.tickClosings()
    const [quiet, taken, again] = [await world.customer(), await world.customer(), await world.customer()]
    const begun = async (...customers: Customer[]) => {
      const runs = await world.runsOf('keep_open')
      return customers.map(({ id }) => runs.filter((run) => run.conversation_id === id).length)
    }
    for (const one of [quiet, taken, again]) await world.says(one, 'Hello')
    await world.echoes(taken)
    await world.advance(20 * HOUR_MS)
    await world.says(again, 'Still here')
    await world.tickClosings()
    expect(await begun(quiet, taken, again)).toEqual([0, 0, 0])
    await world.advance(3.5 * HOUR_MS)
    await world.tickClosings()
    await world.tickClosings()
    expect(await begun(quiet, taken, again)).toEqual([1, 0, 0])
    // A webhook that comes 23 hours late is below where was looked already, one of yesterday is over.
    const [late, tooLate] = [await world.customer(), await world.customer()]
    await world.says(late, 'Late', { at: await world.inPast(23.2 * HOUR_MS) })
    await world.says(tooLate, 'Too late', { at: await world.inPast(25 * HOUR_MS) })
    await world.tickClosings()
    expect(await begun(late, tooLate)).toEqual([1, 0])
    await world.services.pauseFlow(CALLER, 'keep_open')
  })
})

describe('two people who turn out to be one', () => {
  it('go on in the older run of a flow that one is in once', async () => {
    await world.deploy(`
flow: single
purpose: service
triggers: [api]
once: { per: contact }
steps: [{ id: rest, wait: 9d }]
`)
    const [kept, gone] = [await world.customer(), await world.customer()]
    const older = await world.start('single', gone)
    const younger = await world.start('single', kept)
    await world.tick()
    await inTransaction(world.rows.postgres.pool, (trx) => mergeContacts(trx, kept.contactId, gone.contactId))
    await world.tick()
    expect(await world.run(older)).toMatchObject({
      state: 'waiting',
      contact_id: kept.contactId,
      conversation_id: kept.id,
    })
    expect(await world.run(younger)).toMatchObject({ state: 'ended', outcome: 'merged' })
  })
})

describe('a pause', () => {
  it('of a flow lets nothing go on but what stops, and of a run the same', async () => {
    const { customer, id } = await dueRun()
    const other = await world.start('remind', await world.customer())
    await world.services.pauseFlow(CALLER, 'remind')
    await world.tick()
    expect(await world.sent(id)).toEqual([])
    await world.says(customer, 'I am here')
    expect(await world.run(id)).toMatchObject({ state: 'ended', outcome: 'answered' })
    await world.services.resumeFlow(CALLER, 'remind')
    await world.services.pauseRun(CALLER, other)
    await world.advance(2 * HOUR_MS)
    await world.tick()
    expect(await world.run(other)).toMatchObject({ state: 'paused' })
    await world.services.resumeRun(CALLER, other)
    await world.tick()
    await world.services.stopRun(CALLER, other)
    expect(await world.run(other)).toMatchObject({ state: 'ended', outcome: 'stopped' })
  })
})

describe('an edit', () => {
  const text = (steps: string) => `
flow: edited
purpose: service
triggers: [api]
steps: ${steps}
`
  const LONG = text('[{ id: rest, wait: 3h }, { id: done, end: done }]')
  const SHORT = text('[{ id: rest, wait: 30m }, { id: done, end: shorter }]')
  const LONGER = text('[{ id: rest, wait: 9h }, { id: done, end: longer }]')
  const WITHOUT = text('[{ id: other, wait: 1h }]')

  async function waiting() {
    await world.deploy(LONG)
    const id = await world.start('edited', await world.customer())
    await world.tick()
    await world.advance(HOUR_MS)
    return id
  }

  it('lets live runs finish on their version unless something else is said', async () => {
    const id = await waiting()
    expect(await world.deploy(SHORT)).toMatchObject({ ok: true, value: { version: expect.any(Number) } })
    await world.tick()
    expect(await world.run(id)).toMatchObject({ state: 'waiting' })
    await world.advance(2 * HOUR_MS)
    await world.tick()
    expect(await world.run(id)).toMatchObject({ outcome: 'done' })
  })

  it('takes live runs over: a wait that is shorter may be over, one that is longer is not', async () => {
    const shorter = await waiting()
    await world.deploy(SHORT, 'migrate')
    await world.tick()
    expect(await world.run(shorter)).toMatchObject({ outcome: 'shorter' })
    const longer = await waiting()
    await world.deploy(LONGER, 'migrate')
    await world.advance(4 * HOUR_MS)
    await world.tick()
    expect(await world.run(longer)).toMatchObject({ state: 'waiting' })
    expect(await world.history(longer)).toContain('migrated')
  })

  it('refuses to take away a step that live runs are in, and says how many', async () => {
    await waiting()
    const refused = await world.deploy(WITHOUT, 'migrate')
    expect(refused).toMatchObject({ ok: false, refusal: { status: 409, code: 'steps_in_use' } })
    expect(await world.deploy(WITHOUT, 'end')).toMatchObject({ ok: true })
    expect((await world.runsOf('edited')).filter(({ state }) => state !== 'ended')).toEqual([])
  })

  it('that is the same text is no edit, and the old text is the next version', async () => {
    const first = await world.deploy(LONG)
    expect(await world.deploy(LONG)).toEqual(first)
    const version = (first.ok && first.value.version) as number
    await world.deploy(SHORT)
    expect(await world.deploy(LONG)).toMatchObject({ value: { version: version + 2 } })
  })
})

it('is refused with a template that the account has not, once its templates are known', async () => {
  const text = `
flow: templated
purpose: utility
triggers: [api]
steps:
  - { id: one, send: { template: { name: parcel_sent, language: en } } }
`
  expect(await world.deploy(text)).toMatchObject({ ok: true })
  const { pool } = world.rows.postgres
  await pool.query('update wabas set templates_synced_at = now()')
  expect(await world.deploy(`${text}# again`)).toMatchObject({
    ok: false,
    refusal: { status: 422, code: 'flow_invalid', problems: [{ line: 6, path: 'steps[0].send.template.name' }] },
  })
  await pool.query('update wabas set templates_synced_at = null')
})

it('goes on counting runs that are kept no more', async () => {
  await world.deploy(REMIND.replace('remind', 'counted'))
  const customers = [await world.customer(), await world.customer(), await world.customer()] as const
  const runs: string[] = []
  for (const customer of customers) runs.push(await world.start('counted', customer))
  await world.tick()
  await world.advance(HOUR_MS)
  await world.tick()
  await world.says(customers[0], 'I am here')
  const counts = async () => {
    const flow = await world.services.getFlow(CALLER, 'counted')
    if (!flow.ok) throw new Error(flow.refusal.message)
    return { steps: flow.value.steps, counts: flow.value.counts }
  }
  const expected = {
    counts: { waiting: 2, ended: { answered: 1 } },
    steps: expect.arrayContaining([
      { id: 'rest', waiting: 0, passed: 3, left: {} },
      { id: 'ask', waiting: 2, passed: 0, left: { answered: 1 } },
    ]),
  }
  expect(await counts()).toEqual(expected)
  const { db, pool } = world.rows.postgres
  await pool.query(`update flow_runs set ended_at = ended_at - interval '91 days' where id = $1`, [runs[0]])
  await tidyFlows(db)
  expect(await world.run(runs[0] as string)).toBeUndefined()
  expect(await counts()).toEqual(expected)
  await pool.query('delete from flow_runs where id = $1', [runs[1]])
  const later = await counts()
  expect(later.counts).toEqual({ waiting: 1, ended: { answered: 1, erased: 1 } })
  expect(later.steps).toContainEqual({ id: 'ask', waiting: 1, passed: 0, left: { answered: 1, erased: 1 } })
})

it('lists what a flow, or one run of it, has asked for', async () => {
  await world.deploy(REMIND.replace('remind', 'listed'))
  const runs: string[] = []
  for (let n = 0; n < 2; n++) runs.push(await world.start('listed', await world.customer()))
  await world.tick()
  await world.advance(HOUR_MS)
  await world.tick()
  const { intents: io } = managementIo(world.rows.postgres, world.rows.senders, fakeGraph(), world.rows.optOuts)
  const listed = async (query: object) => {
    const page = await listIntents(io, CALLER, { ...query, limit: 10 })
    return page.ok ? page.value.data.map((intent) => viewOfIntent(intent)) : page
  }
  const [first, second] = runs as [string, string]
  expect(await listed({ flow_run: first })).toMatchObject([{ flow: { name: 'listed', run: first } }])
  // Asked for in one look, so in no order among themselves.
  const all = (await listed({ flow: 'listed' })) as { flow: { run: string } }[]
  expect(all.map(({ flow }) => flow.run).toSorted()).toEqual([first, second].toSorted())
  expect(await listed({ flow: 'other', flow_run: first })).toEqual([])
})

it('begins by an ad, with what the ad says', async () => {
  await world.deploy(`
flow: ad
purpose: service
triggers: [{ inbound: { from: ad } }]
steps: [{ id: greet, send: { text: "You saw {{trigger.ad.headline | us}}" }, when_closed: fail }]
`)
  const referral = { sourceType: 'ad', sourceId: '1', sourceUrl: null, ctwaClid: null, headline: 'Sofas' }
  await world.says(await world.customer(), 'Hello', { referral, wamid: 'wamid.ad' as Wamid })
  await world.tick()
  const [run] = await world.runsOf('ad')
  const found = await sql<{ body: string }>`
    select message -> 'text' ->> 'body' as body from intents where flow_run_id = ${run?.id}::uuid`.execute(
    world.rows.postgres.db,
  )
  expect(found.rows).toEqual([{ body: 'You saw Sofas' }])
})
