import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { JOBS, jobRunner } from '../../../src/app/jobs.ts'
import { managementIo } from '../../../src/app/management-io.ts'
import { decide } from '../../../src/domain/decision.ts'
import { SIMULATED } from '../../../src/domain/flow/simulate/world.ts'
import type { IntentId } from '../../../src/domain/ids.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, plus, SECOND_MS } from '../../../src/domain/time.ts'
import { tidyFlows } from '../../../src/store/flows/tending.ts'
import { claimHeads } from '../../../src/store/intents/claim.ts'
import { intentTransitions } from '../../../src/store/intents/intents.ts'
import { expireIntents } from '../../../src/store/intents/waiting.ts'
import { stay } from '../../../src/usecases/dispatch-intent.ts'
import type { Ticker } from '../../../src/usecases/flows/tick-flows.ts'
import { eraseContact } from '../../../src/usecases/manage-contacts.ts'
import { runJobs } from '../../../src/usecases/run-jobs.ts'
import { CALLER } from '../../support/access.ts'
import { type Customer, createFlowWorld, type FlowWorld } from '../../support/flow-world.ts'
import { fakeGraph } from '../../support/management.ts'

/* Days that go wrong: the world is late, gone, or talks to itself. */

let world: FlowWorld
beforeAll(async () => {
  world = await createFlowWorld()
})
afterAll(() => world.close())

async function deploy(text: string): Promise<void> {
  const answer = await world.deploy(text)
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal))
}

const texts = async (id: string, kind: string) => {
  const { rows } = await sql<{ text: string }>`
    select text from flow_run_events where run_id = ${id}::uuid and kind = ${kind} order by id`.execute(
    world.rows.postgres.db,
  )
  return rows.map(({ text }) => text)
}

/** What is due leaves, or stays, as the dispatch decides; nobody is invited. Answers how many were decided about. */
async function dispatch(): Promise<number> {
  const { db, pool } = world.rows.postgres
  const expired = await expireIntents(db, 100)
  const client = await pool.connect()
  const claims = await claimHeads(client, [{ sender: world.sender, look: 100 }], 1_000, []).finally(() =>
    client.release(),
  )
  const intents = intentTransitions(pool, SIMULATED.windowMarginMs)
  for (const claim of claims) {
    const decision = decide(claim.intent, claim.facts, SIMULATED)
    if (decision.kind === 'send' || decision.kind === 'downgrade')
      await world.rows.attempt(world.sender, claim.intent.id, { event: 'accept' })
    else await stay({ intents, followUps: { ask: async () => false, join: async () => false } }, { claim, decision })
  }
  return expired + claims.length
}

async function settle(): Promise<void> {
  do await world.tick()
  while ((await dispatch()) > 0)
}

describe('a reply that is two hours on its way', () => {
  it('does not keep the step from going, ends the run as it comes, and the history has both times', async () => {
    await deploy(`
flow: late_reply
purpose: service
triggers: [api]
stop: [reply]
steps:
  - { id: rest, wait: 1h }
  - { id: ask, send: { text: "Still there?" }, when_closed: hold }
  - { id: answer, wait: 1d }
`)
    const customer = await world.customer()
    const id = await world.start('late_reply', customer)
    await world.tick()
    await world.advance(30 * MINUTE_MS)
    const wrote = Math.floor((await world.now()) / SECOND_MS) * SECOND_MS
    await world.advance(31 * MINUTE_MS)
    await world.tick()
    await world.accept(id)
    await world.tick()
    expect(await world.run(id)).toMatchObject({ step: 'answer' })
    await world.advance(90 * MINUTE_MS)
    await world.says(customer, 'I am here', { at: wrote as never })
    expect(await world.run(id)).toMatchObject({ state: 'ended', outcome: 'answered' })
    expect(await texts(id, 'ended')).toEqual([
      `answered: the customer answered, at ${new Date(wrote).toISOString()} by WhatsApp's stamp`,
    ])
    const { rows } = await sql<{ at: number }>`
      select at from flow_run_events where run_id = ${id}::uuid and kind = 'ended'`.execute(world.rows.postgres.db)
    expect((rows[0]?.at as number) - wrote).toBeGreaterThan(2 * HOUR_MS)
  })
})

describe('a window that moves while a run waits for its end', () => {
  const CLOSING = (name: string) => `
flow: ${name}
purpose: service
triggers: [{ inbound: { text: ${name.replace('_', ' ')} } }]
steps:
  - { id: late, wait: { until: window.closes - 1h } }
  - { id: ask, send: { text: "Shall we go on?" }, when_closed: fail, deadline: window.closes, otherwise: closed }
  - { id: asked, wait: 9d }
  - { id: closed, end: closed }
`

  it('five times is asked about once, an hour before it closes at last', async () => {
    await deploy(CLOSING('moves_often'))
    const customer = await world.customer()
    await world.says(customer, 'moves often')
    await settle()
    const id = (await world.runsOf('moves_often'))[0]?.id as string
    for (let n = 0; n < 5; n++) {
      await world.advance(10 * HOUR_MS)
      await settle()
      await world.says(customer, 'Wait, one more thing')
      await settle()
    }
    await world.advance(23 * HOUR_MS - MINUTE_MS)
    await settle()
    expect(await world.sent(id)).toEqual([])
    await world.advance(MINUTE_MS)
    await settle()
    expect(await world.sent(id)).toMatchObject([{ state: 'sent' }])
    await world.advance(DAY_MS)
    await settle()
    expect(await world.sent(id)).toHaveLength(1)
  })

  it('and that Meta says is closed is asked about by nothing', async () => {
    await deploy(CLOSING('is_refuted'))
    const customer = await world.customer()
    await world.says(customer, 'is refuted')
    await settle()
    await sql`update conversations set window_refuted_at = casement_now() where id = ${customer.id}::bigint`.execute(
      world.rows.postgres.db,
    )
    await world.advance(23 * HOUR_MS)
    await settle()
    const [run] = await world.runsOf('is_refuted')
    expect(run).toMatchObject({ state: 'ended', outcome: 'closed' })
    expect(await world.sent(run?.id as string)).not.toContainEqual(expect.objectContaining({ state: 'sent' }))
  })

  it('begins nothing by its end where Meta has said that it is closed', async () => {
    await deploy(`
flow: keeps_refuted
purpose: service
triggers: [{ window_closing: { before: 1h } }]
steps: [{ id: ask, send: { text: "Shall we go on?" }, when_closed: fail }]
`)
    const [refuted, open] = [await world.customer(), await world.customer()]
    for (const customer of [refuted, open]) await world.says(customer, 'Hello')
    await sql`update conversations set window_refuted_at = casement_now() where id = ${refuted.id}::bigint`.execute(
      world.rows.postgres.db,
    )
    await world.advance(23 * HOUR_MS)
    await world.tickClosings()
    expect((await world.runsOf('keeps_refuted')).map((run) => run.conversation_id)).toEqual([open.id])
    await world.services.pauseFlow(CALLER, 'keeps_refuted')
  })
})

describe('an outage', () => {
  it('of a day is too late for the answer to an ad, and no template goes in its place', async () => {
    await deploy(
      readFileSync(fileURLToPath(new URL('../../../examples/flows/ad_lead_welcome.yaml', import.meta.url)), 'utf8'),
    )
    const customer = await world.customer()
    const clicked = Math.floor((await world.now()) / SECOND_MS) * SECOND_MS
    await world.advance(24 * HOUR_MS + 5 * MINUTE_MS)
    const timestamp = String(clicked / SECOND_MS)
    const referral = { sourceType: 'ad', sourceId: '1', sourceUrl: null, ctwaClid: null, headline: 'Sofas' }
    const body = { type: 'text', text: { body: 'Hi' }, timestamp, referral: { headline: 'Sofas' } }
    await world.says(customer, 'Hi', { at: clicked as never, referral, body })
    await settle()
    const [run] = await world.runsOf('ad_lead_welcome')
    expect(run).toMatchObject({ state: 'ended', outcome: 'too_late' })
    expect(await world.sent(run?.id as string)).toEqual([])
    expect(await world.history(run?.id as string)).toContain('handed_over')
  })

  it.each([
    ['run', ['sent'], 'after'],
    ['skip', [], 'after'],
    ['end', [], null],
  ] as const)(
    'of an hour makes a step late, and "%s" is done; what follows counts from then',
    async (does, left, step) => {
      await deploy(
        `
flow: outage_${does}
purpose: service
triggers: [api]
late: { after: 30m, do: ${does} }
steps:
  - { id: rest, wait: 1h }
  - { id: ask, send: { text: "Still there?" }, when_closed: downgrade_or_hold }
  - { id: after, wait: 1h }
  - { id: done, end: done }
`.replace('downgrade_or_hold', 'hold'),
      )
      const customer = await world.customer()
      await world.says(customer, 'Hello')
      const id = await world.start(`outage_${does}`, customer)
      await settle()
      await world.advance(2 * HOUR_MS)
      await settle()
      expect((await world.sent(id)).map(({ state }) => state)).toEqual(left)
      const run = await world.run(id)
      if (step === null) expect(run).toMatchObject({ outcome: 'late' })
      else {
        expect(run).toMatchObject({ step, state: 'waiting' })
        expect(run.due_at as number).toBeGreaterThan(plus(await world.now(), 59 * MINUTE_MS))
      }
    },
  )
})

describe('our message and theirs', () => {
  it('that cross on the way are one after the other in the order in which they were recorded', async () => {
    await deploy(`
flow: crosses
purpose: service
triggers: [api]
steps:
  - { id: ask, send: { text: "Which one?" }, when_closed: hold }
  - { id: answer, wait: { for: reply, up_to: 9d }, then: heard }
  - { id: silent, end: silent }
  - { id: heard, end: heard }
`)
    await deploy(`
flow: crosses_stop
purpose: service
triggers: [api]
stop: [reply]
steps:
  - { id: ask, send: { text: "Which one?" }, when_closed: hold }
  - { id: rest, wait: 9d }
`)
    const customer = await world.customer()
    const [waits, stops] = [await world.start('crosses', customer), await world.start('crosses_stop', customer)]
    await world.advance(10 * MINUTE_MS)
    const wrote = (Math.floor((await world.now()) / SECOND_MS) - 300) * SECOND_MS
    await settle()
    await world.tick()
    expect(await world.run(waits)).toMatchObject({ state: 'waiting' })
    // Written five minutes before ours left, recorded after.
    await world.says(customer, 'The red one', { at: wrote as never })
    await settle()
    expect([await world.run(waits), await world.run(stops)]).toMatchObject([
      { outcome: 'heard' },
      { outcome: 'answered' },
    ])
    const stamp = new Date(wrote).toISOString()
    expect(await texts(waits, 'satisfied')).toEqual([`the customer answered, at ${stamp} by WhatsApp's stamp`])
  })
})

describe('a night', () => {
  it('between two messages does not swallow the answer to the first', async () => {
    await deploy(`
flow: two_questions
purpose: service
triggers: [api]
zone: UTC
quiet_hours: { from: "00:00", to: "23:00", zone: UTC }
steps:
  - { id: hello, send: { text: "You asked for sofas." }, priority: reply, when_closed: hold }
  - { id: ask, send: { text: "Which one?" }, when_closed: hold }
  - { id: answer, wait: { for: reply, up_to: 9d }, then: heard }
  - { id: silent, end: silent }
  - { id: heard, end: heard }
`)
    const customer = await world.customer()
    await world.says(customer, 'Hello')
    const day = Math.floor((await world.now()) / DAY_MS) * DAY_MS
    await world.advance(day + DAY_MS + 6 * HOUR_MS - (await world.now()))
    const id = await world.start('two_questions', customer)
    await settle()
    await world.says(customer, 'Show me all')
    await settle()
    expect(await world.run(id)).toMatchObject({ step: 'ask', state: 'waiting' })
    await world.advance(day + DAY_MS + 23 * HOUR_MS - (await world.now()))
    await settle()
    expect(await world.run(id)).toMatchObject({ outcome: 'heard' })
  })
})

describe('a flow that is paused over night', () => {
  it('does after it was resumed what "late" says, one after the other, and heeds quiet hours', async () => {
    const resting = (name: string, late: string) => `
flow: ${name}
purpose: service
triggers: [api]
zone: UTC
quiet_hours: { from: "20:00", to: "09:00", zone: UTC }
late: { after: 30m, do: ${late} }
steps:
  - { id: rest, wait: 1h }
  - { id: ask, send: { text: "Still there?" }, when_closed: hold }
  - { id: after, wait: 9d }
`
    const day = Math.floor((await world.now()) / DAY_MS) * DAY_MS + 2 * DAY_MS
    const to = async (hour: number) => world.advance(day + hour * HOUR_MS - (await world.now()))
    await to(18)
    const ids: Record<string, string> = {}
    for (const late of ['run', 'skip', 'end']) {
      await deploy(resting(`night_${late}`, late))
      ids[late] = await world.start(`night_${late}`, await world.customer())
      await world.tick()
      await world.services.pauseFlow(CALLER, `night_${late}`)
    }
    await to(29)
    await world.tick()
    for (const late of ['run', 'skip', 'end']) await world.services.resumeFlow(CALLER, `night_${late}`)
    await world.advance(SECOND_MS)
    await world.tick()
    const now = async (late: string) => world.run(ids[late] as string)
    expect([await now('run'), await now('skip'), await now('end')]).toMatchObject([
      { step: 'ask', state: 'waiting', due_at: day + 33 * HOUR_MS },
      { step: 'after', state: 'waiting' },
      { outcome: 'late' },
    ])
    expect(await world.sent(ids.run as string)).toEqual([])
    await to(33)
    await world.tick()
    expect(await world.sent(ids.run as string)).toHaveLength(1)
    expect(await world.sent(ids.skip as string)).toEqual([])
  })
})

describe('an opt-out', () => {
  it('keeps a marketing template back in a flow for something else, which takes its other way', async () => {
    await deploy(`
flow: mostly_utility
purpose: utility
triggers: [api]
steps:
  - { id: rest, wait: 1h }
  - { id: offer, send: { template: { name: spring, language: en } }, otherwise: no_offer }
  - { id: offered, end: offered }
  - { id: no_offer, end: no_offer }
`)
    const document = {
      name: 'spring',
      language: 'en',
      category: 'MARKETING',
      components: [{ type: 'BODY', text: 'Sale!' }],
    }
    await sql`
      insert into templates (id, waba_id, name, language, category, status, document)
      values ('spring', ${await world.rows.wabaOf(world.sender)}, 'spring', 'en', 'MARKETING', 'APPROVED', ${JSON.stringify(document)}::jsonb)`.execute(
      world.rows.postgres.db,
    )
    const [out, other] = [await world.customer(), await world.customer()]
    const ids = [await world.start('mostly_utility', out), await world.start('mostly_utility', other)] as const
    await settle()
    await world.optsOut(out)
    await world.advance(HOUR_MS)
    await settle()
    expect([await world.run(ids[0]), await world.run(ids[1])]).toMatchObject([
      { outcome: 'no_offer' },
      { outcome: 'offered' },
    ])
    expect(await world.sent(ids[0])).toMatchObject([{ state: 'suppressed' }])
  })
})

describe('a person who is erased', () => {
  it('takes their run and its history with them, and those of others go on', async () => {
    await deploy(
      'flow: erased\npurpose: service\ntriggers: [api]\nsteps: [{ id: rest, wait: 1h }, { id: done, end: done }]',
    )
    const [gone, stays] = [await world.customer(), await world.customer()]
    const [run, other] = [await world.start('erased', gone), await world.start('erased', stays)]
    await world.tick()
    const { postgres, senders, optOuts } = world.rows
    const { contacts } = managementIo(postgres, senders, fakeGraph(), optOuts)
    expect(await eraseContact(contacts, CALLER, gone.waId)).toMatchObject({ ok: true })
    const runner = jobRunner({ postgres, optOuts, onFailed: () => {} })
    // The ticker looks between the steps of the erasure.
    while (await runJobs(runner, JOBS)) await world.tick()
    expect(await world.run(run)).toBeUndefined()
    expect(await world.history(run)).toEqual([])
    await world.advance(HOUR_MS)
    await world.tick()
    expect(await world.run(other)).toMatchObject({ outcome: 'done' })
    expect(world.failed).toEqual([])
  })
})

describe('a number that is unlinked', () => {
  it('pauses its runs, with the reason, and lets them go on when it is back and they are resumed', async () => {
    await deploy(
      'flow: unlinked\npurpose: service\ntriggers: [api]\nsteps: [{ id: rest, wait: 1h }, { id: done, end: done }]',
    )
    const id = await world.start('unlinked', await world.customer())
    await world.tick()
    const { db } = world.rows.postgres
    const { rows } = await sql<{ token: Buffer }>`
      select sealed_access_token as token from senders where phone_number_id = ${world.sender}`.execute(db)
    await sql`update senders set sealed_access_token = null, state = 'paused', reason_code = 'unlinked' where phone_number_id = ${world.sender}`.execute(
      db,
    )
    await world.advance(HOUR_MS)
    await world.tick()
    expect(await world.run(id)).toMatchObject({ state: 'paused', reason_text: 'Its number is not linked any more.' })
    await sql`update senders set sealed_access_token = ${rows[0]?.token}, state = 'active', reason_code = null where phone_number_id = ${world.sender}`.execute(
      db,
    )
    await world.services.resumeRun(CALLER, id)
    await world.tick()
    expect(await world.run(id)).toMatchObject({ outcome: 'done' })
  })
})

describe('an invitation', () => {
  it('that a run has sent for leaves no more when the run is stopped', async () => {
    await deploy(`
flow: invites
purpose: service
triggers: [api]
steps: [{ id: ask, send: { text: "Hi" }, when_closed: { follow_up: { name: come_back, language: en } } }]
`)
    const customer = await world.customer()
    const id = await world.start('invites', customer)
    await world.tick()
    const [intent] = await world.sent(id)
    const invitation = await world.rows.intent(world.sender, customer.id, { followUpOf: intent?.id as IntentId })
    await sql`
      update intents set state = 'held', waits_kind = 'answer', due_at = null, reason_code = 'awaiting_window', follow_up_id = ${invitation}::uuid where id = ${intent?.id}::uuid`.execute(
      world.rows.postgres.db,
    )
    await world.services.stopRun(CALLER, id)
    const { rows } = await sql<{ state: string }>`select state from intents where id = ${invitation}::uuid`.execute(
      world.rows.postgres.db,
    )
    expect(rows).toEqual([{ state: 'cancelled' }])
  })
})

describe('what a window was once for', () => {
  it('is forgotten when it is over for long, and what is once for ever is not', async () => {
    const once = (name: string, per: string) =>
      `flow: ${name}\npurpose: service\ntriggers: [api]\nonce: { per: ${per} }\nsteps: [{ id: done, end: done }]`
    await deploy(once('once_a_window', 'window'))
    await deploy(once('once_for_ever', 'ever'))
    const customer: Customer = await world.customer()
    await world.says(customer, 'Hello')
    for (const name of ['once_a_window', 'once_for_ever']) await world.start(name, customer)
    const { db } = world.rows.postgres
    const kept = async () => {
      const { rows } = await sql<{ name: string }>`
        select f.name from flow_enrolments e join flows f on f.id = e.flow_id
        where e.contact_id = ${customer.contactId}::bigint order by f.name`.execute(db)
      return rows.map(({ name }) => name)
    }
    await tidyFlows(db)
    expect(await kept()).toEqual(['once_a_window', 'once_for_ever'])
    await sql`update flow_enrolments set last_at = last_at - interval '91 days'`.execute(db)
    await tidyFlows(db)
    expect(await kept()).toEqual(['once_for_ever'])
  })
})

describe('workers that are killed', () => {
  const MANY = 2_000
  const KILLS = 12

  it('in the middle of whatever they do take each step of many runs once', async () => {
    await deploy(`
flow: killed
purpose: service
triggers: [api]
steps:
  - { id: rest, wait: 1h }
  - { id: ask, send: { text: "Hello" }, when_closed: hold }
  - { id: more, wait: 9d }
`)
    const one = await world.start('killed', await world.customer())
    await world.tick()
    await world.copied(one, MANY)
    await world.advance(HOUR_MS)
    const killer = new pg.Client({ connectionString: world.rows.databaseUrl })
    await killer.connect()
    let killed = 0
    const work = async (ticker: Ticker) => {
      for (let tries = 0; tries < 200; tries++) {
        try {
          return await world.tick(ticker)
        } catch (error) {
          if (!ticker.isPassing(error)) throw error
        }
      }
    }
    const working = Promise.all([work(world.ticker), work(world.otherTicker)])
    const stopped = working.then(() => true)
    while (
      killed < KILLS &&
      !(await Promise.race([stopped, killer.query('select pg_sleep(0.02)').then(() => false)]))
    ) {
      const { rows } = await killer.query(`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle' and backend_type = 'client backend' limit 1`)
      killed += rows.length
    }
    await working
    await killer.end()
    expect(killed).toBeGreaterThan(0)
    const { db } = world.rows.postgres
    const runs = await sql<{ step: string; asked: number; lines: number; n: number }>`
      select step, asked, lines, count(*)::int as n from (
        select r.step, (select count(*)::int from intents i where i.flow_run_id = r.id) as asked,
          (select count(*)::int from flow_run_events e where e.run_id = r.id and e.kind = 'sends') as lines
        from flow_runs r join flows f on f.id = r.flow_id where f.name = 'killed') each group by 1, 2, 3`.execute(db)
    expect(runs.rows).toEqual([{ step: 'ask', asked: 1, lines: 1, n: MANY + 1 }])
    expect(world.failed).toEqual([])
  }, 60_000)
})
