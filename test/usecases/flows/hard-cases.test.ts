import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flowMemory } from '../../../src/app/flow-io.ts'
import { flowServices } from '../../../src/app/flows.ts'
import { HOUR_MS, MINUTE_MS } from '../../../src/domain/time.ts'
import { mergeContacts } from '../../../src/store/people/merge.ts'
import { inTransaction } from '../../../src/store/pg/postgres.ts'
import { CALLER } from '../../support/access.ts'
import { createFlowWorld, type FlowWorld } from '../../support/flow-world.ts'

/* What nobody thinks of when they write a flow, and that happens all the same. */

let world: FlowWorld
beforeAll(async () => {
  world = await createFlowWorld()
})
afterAll(() => world.close())

/** The name has to be its own in this file. */
async function deploy(name: string, body: string, onEdit?: 'migrate'): Promise<void> {
  const answer = await world.deploy(`\nflow: ${name}\npurpose: service\n${body}`, onEdit)
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal))
}

describe('an edit that takes live runs over', () => {
  const asking = (stop: string) => `
triggers: [api]
stop: [${stop}]
steps: [{ id: ask, send: { text: "Hi" }, when_closed: hold }, { id: rest, wait: 1d }]`

  it('takes what stops them over, too: what the new text stops leaves no more, and what it does not stop goes on', async () => {
    const [stopped, going] = [await world.customer(), await world.customer()]
    await deploy('gains_a_stop', asking('reply'))
    await deploy('loses_a_stop', asking('person_took_over'))
    const gains = await world.start('gains_a_stop', stopped)
    const loses = await world.start('loses_a_stop', going)
    await world.tick()
    await deploy('gains_a_stop', asking('person_took_over'), 'migrate')
    await deploy('loses_a_stop', asking('reply'), 'migrate')
    await world.echoes(stopped)
    await world.echoes(going)
    expect(await world.sent(gains)).toMatchObject([{ state: 'cancelled', reason_code: 'flow_stopped' }])
    expect(await world.sent(loses)).toMatchObject([{ state: 'scheduled' }])
  })
})

describe('once', () => {
  const once = (per: string) => `
triggers: [api]
once: { per: ${per} }
steps: [{ id: rest, wait: 2h }, { id: done, end: done }]`

  it('counts from when it began, not from when somebody asked in vain', async () => {
    await deploy('cools_down', once('contact, cool_down: 1h'))
    const customer = await world.customer()
    await world.start('cools_down', customer)
    await world.tick()
    await world.advance(90 * MINUTE_MS)
    await expect(world.start('cools_down', customer)).rejects.toThrow('once')
    await world.advance(40 * MINUTE_MS)
    await world.tick()
    await world.start('cools_down', customer)
    expect(await world.runsOf('cools_down')).toMatchObject([{ state: 'ended' }, { state: 'waiting' }])
  })

  it('for each conversation counts what began in one that became another', async () => {
    await deploy('once_here', once('conversation, cool_down: 7d'))
    const [kept, gone] = [await world.customer(), await world.customer()]
    await world.start('once_here', gone)
    await inTransaction(world.rows.postgres.pool, (trx) => mergeContacts(trx, kept.contactId, gone.contactId))
    await world.advance(3 * HOUR_MS)
    await world.tick()
    await expect(world.start('once_here', kept)).rejects.toThrow('once')
    expect(await world.runsOf('once_here')).toMatchObject([{ state: 'ended', outcome: 'done' }])
  })

  it('for each conversation leaves of two that became one the older run', async () => {
    await deploy('one_of_two', once('conversation'))
    const [kept, gone] = [await world.customer(), await world.customer()]
    const older = await world.start('one_of_two', gone)
    const younger = await world.start('one_of_two', kept)
    await inTransaction(world.rows.postgres.pool, (trx) => mergeContacts(trx, kept.contactId, gone.contactId))
    await world.tick()
    expect([await world.run(older), await world.run(younger)]).toMatchObject([
      { state: 'waiting' },
      { state: 'ended', outcome: 'merged' },
    ])
  })
})

describe('a message that begins a flow', () => {
  it('does so where a run only goes on by something else at the same look', async () => {
    await deploy(
      'waits_for_delivery',
      `
triggers: [api]
steps:
  - { id: greet, send: { text: "Hi" }, when_closed: hold }
  - { id: arrived, wait: { for: { delivered: greet }, up_to: 1d } }
  - { id: rest, wait: 1d }`,
    )
    await deploy('by_a_word', 'triggers: [inbound: { text: bravo }]\nsteps: [{ id: rest, wait: 1h }]')
    const customer = await world.customer()
    const id = await world.start('waits_for_delivery', customer)
    await world.tick()
    await world.accept(id)
    await world.tick()
    await sql`update messages set delivered_at = casement_now() where conversation_id = ${customer.id}::bigint`.execute(
      world.rows.postgres.db,
    )
    await world.says(customer, 'bravo')
    expect(await world.run(id)).toMatchObject({ step: 'rest' })
    expect(await world.runsOf('by_a_word')).toHaveLength(1)
  })

  it('finds what the flow declares as its data in attributes, and begins none without it', async () => {
    const body = 'data: { plan: string }\nsteps: [{ id: rest, wait: 1h }]'
    await deploy('data_by_word', `triggers: [inbound: { text: delta }]\n${body}`)
    await deploy('data_by_event', `triggers: [event: { name: renewed }]\n${body}`)
    const [known, stranger] = [await world.customer(), await world.customer()]
    await world.setAttributes(known, { plan: 'gold', other: 7 })
    for (const customer of [known, stranger]) {
      await world.says(customer, 'delta')
      await world.services.tellEvent(CALLER, { contact: customer.waId, name: 'renewed', key: customer.waId })
    }
    const datas = await sql<{ data: unknown; contact_id: string }>`
      select run -> 'data' as data, r.contact_id::text as contact_id from flow_runs r join flows f on f.id = r.flow_id
      where f.name in ('data_by_word', 'data_by_event')`.execute(world.rows.postgres.db)
    expect(datas.rows).toEqual(Array(2).fill({ data: { plan: 'gold' }, contact_id: String(known.contactId) }))
  })
})

describe('a key for some numbers', () => {
  it('changes, pauses and resumes no flow of all numbers, and starts it on its own', async () => {
    const body = 'triggers: [api]\nsteps: [{ id: rest, wait: 2h }]'
    await deploy('of_all', body)
    const limited = { ...CALLER, senders: [world.sender] }
    const document = `flow: of_all\npurpose: service\nsender: "${world.sender}"\n${body}`
    const answers = [
      await world.services.deployFlow(limited, { name: 'of_all', document, onEdit: 'end' }),
      await world.services.pauseFlow(limited, 'of_all'),
      await world.services.resumeFlow(limited, 'of_all'),
    ]
    expect(answers.map((answer) => !answer.ok && answer.refusal.status)).toEqual([403, 403, 403])
    const to = `+${(await world.customer()).waId}`
    expect(await world.services.startFlow(limited, 'of_all', { sender: world.sender, to })).toMatchObject({ ok: true })
  })
})

describe('much that nobody waits for', () => {
  it('does not hide the event, or the tap, that a run waits for', async () => {
    await deploy(
      'behind_much',
      `
triggers: [api]
steps:
  - { id: paid, wait: { for: { event: paid }, up_to: 30d }, then: ask, otherwise: ask }
  - { id: ask, send: { interactive: { body: "Fine?", buttons: { good: "Good" } } }, when_closed: hold }
  - { id: tapped, wait: { for: { tap: good, of: ask }, up_to: 30d }, then: done, otherwise: silent }
  - { id: silent, end: silent }
  - { id: done, end: tapped }`,
    )
    const customer = await world.customer()
    const id = await world.start('behind_much', customer)
    await world.tick()
    await sql`
      insert into flow_events (contact_id, key, name, data)
      select ${customer.contactId}::bigint, 'view ' || n, 'viewed', '{}' from generate_series(1, 401) n`.execute(
      world.rows.postgres.db,
    )
    await world.services.tellEvent(CALLER, { contact: customer.waId, name: 'paid', key: 'paid' })
    expect(await world.run(id)).toMatchObject({ step: 'ask' })
    await world.tick()
    await world.accept(id)
    await world.tick()
    await sql`
      insert into inbound_messages (wamid, conversation_id, type, at, body, recorded)
      select 'wamid.much' || n, ${customer.id}::bigint, 'text', casement_now(), '{"type":"text","text":{"body":"hm"}}', nextval('recorded')
      from generate_series(1, 200) n`.execute(world.rows.postgres.db)
    await world.says(customer, 'Good')
    expect(await world.run(id)).toMatchObject({ outcome: 'tapped' })
  })
})

describe('what a flow keeps of a person', () => {
  it('is what the API would keep, and a zone moves what waits by their clock', async () => {
    await deploy(
      'keeps',
      `
triggers: [api]
limits: { visits: 100 }
steps:
  - { id: listen, wait: { for: reply, up_to: 9d }, next: keep }
  - id: keep
    set: { contact.time_zone: "{{reply.text}}", contact.language: "{{reply.text}}", contact.note: "{{reply.text}}" }
    next: listen`,
    )
    await deploy('waits_for_noon', 'triggers: [api]\nsteps: [{ id: rest, wait: { at: "12:00", after: 2d } }]')
    const customer = await world.customer()
    const id = await world.start('keeps', customer)
    const other = await world.start('waits_for_noon', customer)
    await world.tick()
    const known = async () => {
      const { rows } = await sql<object>`
        select time_zone, language, length(attributes ->> 'note') as note from contacts where id = ${customer.contactId}::bigint`.execute(
        world.rows.postgres.db,
      )
      return rows[0]
    }
    await world.says(customer, 'x'.repeat(4_096))
    expect(await known()).toEqual({ time_zone: null, language: null, note: null })
    await world.says(customer, 'Mars/Olympus')
    expect(await known()).toEqual({ time_zone: null, language: null, note: 12 })
    const before = (await world.run(other)).due_at
    await world.says(customer, 'Pacific/Auckland')
    await world.tick()
    expect(await known()).toEqual({ time_zone: 'Pacific/Auckland', language: null, note: 16 })
    expect((await world.run(other)).due_at).not.toBe(before)
    expect(await world.run(id)).toMatchObject({ state: 'waiting', step: 'listen' })
  })
})

describe('a customer is heard', () => {
  it('whatever a flow makes of it: the run that cannot be looked at stands still', async () => {
    const { db } = world.rows.postgres
    await deploy(
      'breaks',
      'triggers: [api]\nsteps: [{ id: listen, wait: { for: reply, up_to: 9d } }, { id: done, end: done }]',
    )
    const customer = await world.customer()
    const id = await world.start('breaks', customer)
    await world.tick()
    await sql`alter table flow_run_events add constraint breaks check (run_id <> ${sql.lit(id)}::uuid or kind in ('paused')) not valid`.execute(
      db,
    )
    expect(await world.says(customer, 'Is anybody there?')).toBe('applied')
    const heard = await sql`select from inbound_messages where conversation_id = ${customer.id}::bigint`.execute(db)
    expect(heard.rows).toHaveLength(1)
    expect(await world.run(id)).toMatchObject({ state: 'waiting', step: 'listen' })
    await world.tick()
    expect(await world.run(id)).toMatchObject({ state: 'paused', reason_text: expect.stringContaining('breaks') })
    await sql`alter table flow_run_events drop constraint breaks`.execute(db)
    await world.services.resumeRun(CALLER, id)
    await world.tick()
    expect(await world.run(id)).toMatchObject({ outcome: 'done' })
  })

  it('where a flow of the workspace can be read no more: it begins nothing, and others do', async () => {
    await deploy('unreadable', 'triggers: [inbound: { text: hotel }]\nsteps: [{ id: rest, wait: 1h }]')
    await sql`
      update flow_versions set document = document - 'purpose' from flows f
      where f.id = flow_id and f.name = 'unreadable'`.execute(world.rows.postgres.db)
    await deploy('readable', 'triggers: [inbound: { text: hotel }]\nsteps: [{ id: rest, wait: 1h }]')
    expect(await world.says(await world.customer(), 'hotel')).toBe('applied')
    expect([await world.runsOf('unreadable'), await world.runsOf('readable')]).toMatchObject([[], [{}]])
  })
})

describe('a text', () => {
  it('that no database can keep is refused where it is written', async () => {
    const written = await world.deploy(
      'flow: nul\npurpose: service\ntriggers: [api]\nsteps:\n  - { id: a, send: { text: "a\\0b" } }\n',
    )
    expect(written).toMatchObject({
      ok: false,
      refusal: { code: 'flow_invalid', problems: [{ path: 'steps[0].send.text', line: 5 }] },
    })
    await deploy('takes_text', 'data: { a: string }\ntriggers: [api]\nsteps: [{ id: rest, wait: 1h }]')
    const to = `+${(await world.customer()).waId}`
    for (const a of ['\u0000', '\ud800'])
      expect(
        await world.services.startFlow(CALLER, 'takes_text', { sender: world.sender, to, data: { a } }),
      ).toMatchObject({
        ok: false,
        refusal: { status: 400, field: 'data.a' },
      })
  })
})

describe('two robots that answer each other', () => {
  it('come to their end, whatever run each answer begins', async () => {
    await deploy(
      'answers_all',
      'triggers: [inbound: { any: true }]\nsteps: [{ id: say, send: { text: "We are closed." } }]',
    )
    const robot = await world.customer()
    for (let n = 0; n < 13; n++) {
      await world.says(robot, 'Your message is important to us.')
      await world.tick()
      const { id } = (await world.runsOf('answers_all')).at(-1) as { id: string }
      if ((await world.run(id)).state !== 'ended') await world.accept(id)
      await world.tick()
    }
    const outcomes = (await world.runsOf('answers_all')).map(({ outcome }) => outcome)
    expect(outcomes).toEqual([...Array(10).fill('finished'), 'loop', 'loop', 'loop'])
    await world.advance(HOUR_MS)
    await world.says(robot, 'Hello?')
    await world.tick()
    expect((await world.runsOf('answers_all')).at(-1)).toMatchObject({ state: 'waiting', step: 'say' })
    await world.services.pauseFlow(CALLER, 'answers_all')
  })
})

describe('a run that rests', () => {
  it('ends by what stops it, whether it was paused or its flow was', async () => {
    await deploy('rests', 'triggers: [api]\nstop: [opt_out, person_took_over]\nsteps: [{ id: rest, wait: 1d }]')
    const customers = [
      await world.customer(),
      await world.customer(),
      await world.customer(),
      await world.customer(),
    ] as const
    const ids: string[] = []
    for (const customer of customers) ids.push(await world.start('rests', customer))
    const [out, taken, outOfPaused] = customers
    await world.tick()
    for (const id of ids.slice(0, 2)) await world.services.pauseRun(CALLER, id)
    await world.services.pauseFlow(CALLER, 'rests')
    await world.optsOut(out)
    await world.echoes(taken)
    await world.optsOut(outOfPaused)
    await world.tick()
    expect((await world.runsOf('rests')).map(({ outcome }) => outcome)).toEqual([
      'opted_out',
      'person_took_over',
      'opted_out',
      null,
    ])
  })

  it('because its flow cannot be read any more is ended by who says so', async () => {
    await deploy('forgotten', 'triggers: [api]\nsteps: [{ id: rest, wait: 1d }]')
    const id = await world.start('forgotten', await world.customer())
    const { postgres, optOuts } = world.rows
    await sql`
      update flow_versions set document = document - 'purpose' from flows f
      where f.id = flow_id and f.name = 'forgotten'`.execute(postgres.db)
    const restarted = flowServices({ postgres, optOuts, flows: flowMemory() })
    await restarted.stopRun(CALLER, id)
    expect(await world.run(id)).toMatchObject({ state: 'ended', outcome: 'stopped' })
  })
})
