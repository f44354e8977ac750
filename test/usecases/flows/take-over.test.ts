import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Wamid } from '../../../src/domain/ids.ts'
import { HOUR_MS } from '../../../src/domain/time.ts'
import { inTransaction } from '../../../src/store/pg/postgres.ts'
import { lookAtRuns } from '../../../src/usecases/flows/look-at-runs.ts'
import { CALLER } from '../../support/access.ts'
import { type Customer, createFlowWorld, type FlowWorld } from '../../support/flow-world.ts'

/* A flow is changed while runs of it live: each goes over as the new text says, and is at any time wholly on one version. */

let world: FlowWorld
beforeAll(async () => {
  world = await createFlowWorld()
})
afterAll(() => world.close())

const flow = (name: string, body: string, triggers = '[api]') =>
  `flow: ${name}\npurpose: service\ntriggers: ${triggers}\n${body}`

/** A run that has sent its question, and waits for a button of it. */
async function asked(name: string): Promise<{ customer: Customer; id: string }> {
  await world.deploy(
    flow(
      name,
      `steps:
  - { id: ask, send: { interactive: { body: "Well?", buttons: { ok: "OK" } } }, when_closed: hold }
  - { id: answer, wait: { for: { tap: ok, of: ask }, up_to: 9d }, then: good }
  - { id: none, end: no_answer }
  - { id: good, end: good }
`,
    ),
  )
  const customer = await world.customer()
  const id = await world.start(name, customer)
  await world.tick()
  await world.accept(id)
  await world.tick()
  return { customer, id }
}

async function tap(customer: Customer, run: string, payload: string): Promise<void> {
  const [intent] = await world.sent(run)
  const { rows } = await sql<{
    wamid: Wamid
  }>`select wamid from messages where intent_id = ${intent?.id}::uuid`.execute(world.rows.postgres.db)
  const reply = { type: 'button_reply', button_reply: { id: payload, title: 'OK' } }
  const body = { type: 'interactive', interactive: reply, context: { id: rows[0]?.wamid } }
  await world.says(customer, '', { type: 'interactive', text: null, body })
}

const migrated = async (id: string) => {
  const { rows } = await sql<{ text: string }>`
    select text from flow_run_events where run_id = ${id}::uuid and kind = 'migrated' order by id`.execute(
    world.rows.postgres.db,
  )
  return rows.map(({ text }) => text)
}

describe('steps that have another name', () => {
  it('are those where the run was, with what it has sent there: a tap on a button of before is one of now', async () => {
    const { customer, id } = await asked('renames')
    const renamed = flow(
      'renames',
      `on_edit: migrate
moved: { ask: question, answer: choice }
steps:
  - { id: question, send: { interactive: { body: "Well then?", buttons: { ok: "OK" } } }, when_closed: hold }
  - { id: choice, wait: { for: { tap: ok, of: question }, up_to: 9d }, then: good }
  - { id: none, end: no_answer }
  - { id: good, end: better }
`,
    )
    expect(await world.deploy(renamed)).toMatchObject({ ok: true, value: { version: 2 } })
    await world.tick()
    expect(await world.run(id)).toMatchObject({ version: 2, step: 'choice', state: 'waiting' })
    expect(await migrated(id)).toEqual(['version 1 → 2, from answer to choice'])
    expect(await world.sent(id)).toHaveLength(1)
    await tap(customer, id, 'ok')
    expect(await world.run(id)).toMatchObject({ state: 'ended', outcome: 'better' })
  })

  it('have been sent what they had asked for: it leaves once, and the run goes on', async () => {
    await world.deploy(
      flow('waits_to_leave', 'steps: [{ id: ask, send: { text: "Hi" }, when_closed: hold }, { id: rest, wait: 9d }]'),
    )
    const id = await world.start('waits_to_leave', await world.customer())
    await world.tick()
    await world.deploy(
      flow(
        'waits_to_leave',
        'on_edit: migrate\nmoved: { ask: greet }\nsteps: [{ id: greet, send: { text: "Hi" }, when_closed: hold }, { id: rest, wait: 9d }]',
      ),
    )
    await world.tick()
    expect(await world.run(id)).toMatchObject({ step: 'greet' })
    await world.accept(id)
    await world.tick()
    expect(await world.run(id)).toMatchObject({ step: 'rest' })
    expect(await world.sent(id)).toHaveLength(1)
  })
})

describe('a step that is there no more', () => {
  const two = (removed: string) =>
    `on_edit: migrate\n${removed}\nsteps: [{ id: other, wait: 9d }, { id: last, end: last }]`

  async function standing(name: string): Promise<string> {
    await world.deploy(flow(name, 'steps: [{ id: rest, wait: 9d }, { id: done, end: done }]'))
    const id = await world.start(name, await world.customer())
    await world.tick()
    return id
  }

  it('is where its runs finish on their version, end, or go on from, as the text says; else it is refused', async () => {
    const finishes = await standing('finishes')
    expect(await world.deploy(flow('finishes', two('')))).toMatchObject({
      ok: false,
      refusal: { status: 409, code: 'steps_in_use', problems: [{ path: 'steps.rest' }] },
    })
    await world.deploy(flow('finishes', two('removed: finish')))
    const ends = await standing('ends')
    await world.deploy(flow('ends', two('removed: end')))
    const goesOn = await standing('goes_on')
    await world.deploy(flow('goes_on', two('removed: last')))
    await world.tick()
    expect([await world.run(finishes), await world.run(ends), await world.run(goesOn)]).toMatchObject([
      { state: 'waiting', step: 'rest', version: 1 },
      { state: 'ended', outcome: 'flow_changed' },
      { state: 'ended', outcome: 'last', version: 2 },
    ])
    expect(await migrated(finishes)).toEqual(['stays on version 1: its step is not in version 2'])
    await world.advance(10 * 24 * HOUR_MS)
    await world.tick()
    expect(await world.run(finishes)).toMatchObject({ outcome: 'done', version: 1 })
  })

  it('is told before the text is written, with who is in it and where they would go', async () => {
    await standing('told_before')
    const migrationOf = async (text: string) => (await world.services.checkFlow(CALLER, text)).migration
    const steps = ['other', 'last']
    const vanishing = [{ step: 'rest', runs: 1 }]
    const said = (removed: string) => migrationOf(flow('told_before', two(removed)))
    expect(await said('')).toEqual({ steps, vanishing, moved: {}, removed: null })
    expect(await said('removed: end')).toMatchObject({ vanishing, removed: 'end' })
    expect(await said('removed: last')).toMatchObject({ vanishing, removed: 'last' })
    expect(await said('moved: { rest: other }')).toMatchObject({ vanishing, moved: { rest: 'other' } })
    expect(await said('removed: nowhere')).toBeNull()
    expect(await migrationOf(flow('nobody_knows', two('')))).toBeNull()
    expect(await migrationOf(flow('told_before', 'steps: [{ id: rest, wait: 1d }]'))).toMatchObject({ vanishing: [] })
  })

  it.each([
    ['moved: { rest: nowhere }', 'moved.rest'],
    ['moved: { last: other }', 'moved.last'],
    ['removed: nowhere', 'removed'],
  ])('%s is a mistake of its line', async (line, path) => {
    const answer = await world.deploy(flow('mistaken', two(line)))
    expect(answer).toMatchObject({ ok: false, refusal: { code: 'flow_invalid', problems: [{ path, line: 5 }] } })
  })
})

describe('what a flow is once for', () => {
  const resting = (once: string) => `${once}\nsteps: [{ id: rest, wait: 9d }]`

  it('is for runs that are taken over what the new text says; of two of one person the older has the place', async () => {
    const customer = await world.customer()
    await world.deploy(flow('becomes_once', resting('')))
    const [older, younger] = [await world.start('becomes_once', customer), await world.start('becomes_once', customer)]
    const other = await world.customer()
    const alone = await world.start('becomes_once', other)
    await world.tick()
    await world.deploy(flow('becomes_once', resting('on_edit: migrate\nonce: { per: contact, cool_down: 20d }')))
    await world.tick()
    expect(await migrated(older)).toEqual(['version 1 → 2'])
    expect((await migrated(younger)).toSorted()).toEqual([
      'once: the same person is in an older run, which has the place',
      'version 1 → 2',
    ])
    await expect(world.start('becomes_once', customer)).rejects.toThrow('once')
    await world.services.stopRun(CALLER, alone)
    // Who was in it was in it, also when that run is over.
    await expect(world.start('becomes_once', other)).rejects.toThrow('once')
  })

  it('may be one for each other: places are given up before any is taken', async () => {
    const customer = await world.customer()
    const data = 'data: { a: string, b: string }'
    await world.deploy(flow('swaps', resting(`${data}\nonce: { per: contact+data.a }`)))
    const ids = [
      await world.start('swaps', customer, { a: 'x', b: 'y' }),
      await world.start('swaps', customer, { a: 'y', b: 'x' }),
    ]
    await world.deploy(flow('swaps', resting(`${data}\non_edit: migrate\nonce: { per: contact+data.b }`)))
    const keys = await sql<{ key: string }>`
      select once_key as key from flow_runs where id = any (${ids}::uuid[]) order by started_at, id`.execute(
      world.rows.postgres.db,
    )
    expect(keys.rows.map(({ key }) => key)).toEqual(['["contact","y"]', '["contact","x"]'])
  })
})

describe('an edit meets', () => {
  const LONG =
    'steps: [{ id: rest, wait: 9d }, { id: ask, send: { text: "Hi" }, when_closed: hold }, { id: more, wait: 9d }]'
  const SHORT =
    'on_edit: migrate\nsteps: [{ id: rest, wait: 1h }, { id: ask, send: { text: "Hi" }, when_closed: hold }, { id: more, wait: 9d }]'

  it('a run that somebody moves: it waits, and takes it over where it is then', async () => {
    await world.deploy(flow('meets_a_move', LONG.replace('9d', '1h')))
    const id = await world.start('meets_a_move', await world.customer())
    await world.tick()
    await world.advance(HOUR_MS)
    let deployed: Promise<unknown> = Promise.resolve()
    await world.ticker.inTransaction(async (io) => {
      await lookAtRuns(io, await io.claimDue(10))
      deployed = world.deploy(flow('meets_a_move', SHORT))
      await world.blocked()
    })
    expect(await deployed).toMatchObject({ ok: true })
    expect(await world.run(id)).toMatchObject({ version: 2, step: 'ask' })
    await world.tick()
    expect(await world.sent(id)).toHaveLength(1)
  })

  it('a run that begins: it is on the new version when it is looked at first', async () => {
    const triggers = '[{ inbound: { text: oscar } }]'
    await world.deploy(flow('meets_a_start', 'steps: [{ id: old, wait: 9d }]', triggers))
    const customer = await world.customer()
    await world.hears(world.said(customer, 'oscar'), async () => {
      await world.deploy(flow('meets_a_start', 'on_edit: migrate\nsteps: [{ id: new, wait: 9d }]', triggers))
    })
    await world.tick()
    expect(await world.runsOf('meets_a_start')).toMatchObject([{ version: 2, step: 'new', state: 'waiting' }])
    await world.hears(world.said(await world.customer(), 'oscar'), async () => {
      await world.deploy(flow('meets_a_start', 'on_edit: end\nsteps: [{ id: newest, wait: 9d }]', triggers))
    })
    await world.tick()
    expect((await world.runsOf('meets_a_start')).map(({ outcome }) => outcome)).toEqual([
      'flow_changed',
      'flow_changed',
    ])
  })

  it.each(['a message', 'an event'])('a run that begins, and that %s comes to before the ticker does', async (by) => {
    const name = `meets_${by.replaceAll(' ', '_')}`
    const word = by === 'a message' ? 'papa' : 'quebec'
    const triggers = `[{ inbound: { text: ${word} } }]`
    const waited = by === 'a message' ? 'reply' : '{ event: paid }'
    const waits = (step: string, edit: string) =>
      flow(name, `${edit}steps: [{ id: ${step}, wait: { for: ${waited}, up_to: 9d }, end: ${step} }]`, triggers)
    await world.deploy(waits('old', ''))
    const customer = await world.customer()
    await world.hears(world.said(customer, word), async () => {
      await world.deploy(waits('new', 'on_edit: migrate\n'))
    })
    if (by === 'a message') await world.says(customer, 'Yes')
    else await world.services.tellEvent(CALLER, { contact: customer.waId, name: 'paid', key: 'one' })
    expect(await world.runsOf(name)).toMatchObject([{ version: 2, state: 'ended', outcome: 'new' }])
  })

  it('a crash after its commit: whoever looks at runs goes on, and another edit waits for that', async () => {
    await world.deploy(flow('crashes', LONG))
    const ids = [
      await world.start('crashes', await world.customer()),
      await world.start('crashes', await world.customer()),
    ]
    await world.tick()
    await world.deploy(flow('crashes', SHORT))
    const { db } = world.rows.postgres
    await sql`
      update flow_take_overs t set done = false, after = ${ids.toSorted()[0]}::uuid from flows f where f.id = t.flow_id and f.name = 'crashes'`.execute(
      db,
    )
    await sql`update flow_runs set version = 1 where id = any (${ids}::uuid[])`.execute(db)
    expect(await world.deploy(flow('crashes', `${SHORT} # again`))).toMatchObject({
      ok: false,
      refusal: { status: 409, code: 'wrong_state' },
    })
    await world.tick(world.otherTicker)
    expect((await world.runsOf('crashes')).map(({ version }) => version)).toEqual([1, 2])
    expect(await world.deploy(flow('crashes', `${SHORT} # again`))).toMatchObject({ ok: true })
    expect((await world.runsOf('crashes')).map(({ version }) => version)).toEqual([3, 3])
  })

  it('a page that is taken twice at a time: each run goes over once', async () => {
    await world.deploy(flow('twice', LONG))
    const id = await world.start('twice', await world.customer())
    await world.tick()
    await inTransaction(world.rows.postgres.pool, async (trx) => {
      await sql`select from flow_runs where id = ${id}::uuid for no key update`.execute(trx)
      const deployed = world.deploy(flow('twice', SHORT))
      await world.blocked()
      await world.tick(world.otherTicker)
      return { deployed }
    }).then(({ deployed }) => deployed)
    expect(await migrated(id)).toEqual(['version 1 → 2'])
  })
})
