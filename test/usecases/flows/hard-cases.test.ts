import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
