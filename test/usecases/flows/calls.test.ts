import { createHmac } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callIo } from '../../../src/app/calling.ts'
import { createCourier } from '../../../src/app/courier.ts'
import { flowMemory } from '../../../src/app/flow-io.ts'
import { JOBS, jobRunner } from '../../../src/app/jobs.ts'
import { managementIo } from '../../../src/app/management-io.ts'
import { createTicker } from '../../../src/app/ticking.ts'
import { MINUTE_MS } from '../../../src/domain/time.ts'
import { readSigningSecret } from '../../../src/store/access/signing-secrets.ts'
import { ofWorkspace } from '../../../src/store/accounts/token-vault.ts'
import { inTransaction, type Postgres } from '../../../src/store/pg/postgres.ts'
import type { Asked } from '../../../src/usecases/courier.ts'
import { makeCall } from '../../../src/usecases/flows/make-call.ts'
import { eraseContact } from '../../../src/usecases/manage-contacts.ts'
import { runJobs } from '../../../src/usecases/run-jobs.ts'
import { faultyPostgres } from '../../faults/faulty-postgres.ts'
import { CALLER } from '../../support/access.ts'
import { ANSWERED, callsOn, NOT_ANSWERED } from '../../support/flow-calls.ts'
import { createFlowWorld, type FlowWorld } from '../../support/flow-world.ts'
import { fakeGraph } from '../../support/management.ts'
import { startReceiver } from '../../support/receiver.ts'
import { eventually } from '../../support/signals.ts'

/* A step has a program of the business do something, and goes on by what it answers. */

let world: FlowWorld
beforeAll(async () => {
  world = await createFlowWorld()
})
afterAll(() => world.close())

/** Asks for a quote, and says what it costs. */
const flow = (name: string, more = '') => `
flow: ${name}
purpose: service
triggers: [api]
data: { quote: string }
stop: [ reply, person_took_over ]
steps:
  - id: price
    call:
      url: "https://crm.example.com/quotes/{{data.quote}}?by=flow"
      body: { quote: "{{data.quote}}", name: "{{contact.name}}", urgent: true, count: 2 }
      save: call.price
      ${more}
    otherwise: sorry
  - { id: tell, send: { text: "It costs {{call.price.total}}." }, when_closed: hold }
  - { id: rest, wait: 9d }
  - { id: sorry, wait: 9d }
`

async function begun(name: string, more = '', quote = 'Q-1') {
  const deployed = await world.deploy(flow(name, more))
  if (!deployed.ok) throw new Error(JSON.stringify(deployed.refusal))
  const customer = await world.customer()
  const id = await world.start(name, customer, { quote })
  await world.tick()
  return { customer, id }
}

const calls = (answer: () => Asked | Promise<Asked> = () => ANSWERED({ total: 99 })) =>
  callsOn(world.rows.postgres, answer)

const stored = async (run: string) => {
  const { rows } = await sql<{ state: string; tries: number; error: string | null; rests: boolean }>`
    select state, tries, error, rests from flow_calls where run_id = ${run}::uuid order by call`.execute(
    world.rows.postgres.db,
  )
  return rows
}

const lastText = async (run: string) => {
  const { rows } = await sql<{ text: string }>`
    select message -> 'text' ->> 'body' as text from intents where flow_run_id = ${run}::uuid order by seq desc limit 1`.execute(
    world.rows.postgres.db,
  )
  return rows[0]?.text
}

describe('a call', () => {
  it('is made once, with what the step says, and the run goes on by what is kept of its answer', async () => {
    const { id } = await begun('kept', '', 'Q 1/../2')
    const program = calls(() => ANSWERED({ total: 99.5, nested: { a: 1 }, list: [1], none: null, note: 'a\0b' }))
    expect(await program.round()).toBe(1)
    expect(program.made).toEqual([
      {
        url: 'https://crm.example.com/quotes/Q%201%2F..%2F2?by=flow',
        id: expect.stringMatching(new RegExp(`^call_${id}_\\d+$`)),
        body: { quote: 'Q 1/../2', urgent: true, count: 2 },
      },
    ])
    expect(await program.round()).toBe(0)
    await world.tick()
    expect(await lastText(id)).toBe('It costs 99.5.')
    const run = await world.services.getRun(CALLER, id)
    expect(run).toMatchObject({ ok: true, value: { call: { price: { total: 99.5, note: 'ab' } } } })
    expect(await program.round()).toBe(0)
  })

  it('leads elsewhere where it is refused, or answered with nothing that could be kept', async () => {
    for (const [name, answer, why] of [
      ['refused', ANSWERED({ no: 1 }, 404), 'answered 404'],
      ['moved', ANSWERED({}, 302), 'answered 302'],
      ['listed', ANSWERED([1]), 'no JSON object'],
      ['long', { ...ANSWERED({}), body: null }, 'no JSON object'],
      ['private', { ...NOT_ANSWERED, refused: true, error: 'expected a public address' }, 'a public address'],
    ] as const) {
      const { id } = await begun(name)
      await calls(() => answer).round()
      await world.tick()
      expect(await world.run(id)).toMatchObject({ step: 'sorry', state: 'waiting' })
      expect(await stored(id)).toMatchObject([{ state: 'failed', error: expect.stringContaining(why) }])
      expect(await world.history(id)).toContain('call_failed')
    }
  })

  it('ends the run where nothing says what then', async () => {
    const text = flow('unsaid').replace('    otherwise: sorry\n', '')
    expect(await world.deploy(text)).toMatchObject({ ok: true })
    const id = await world.start('unsaid', await world.customer(), { quote: 'Q' })
    await world.tick()
    await calls(() => ANSWERED({}, 400)).round()
    await world.tick()
    expect(await world.run(id)).toMatchObject({ state: 'ended', outcome: 'call_failed' })
  })

  it('is tried for as long as the step says, and the history has each try', async () => {
    const { id } = await begun('tried', 'retry: { up_to: 10m }')
    const program = calls(() => ANSWERED({}, 503))
    let rounds = 0
    for (; (await stored(id))[0]?.state === 'waiting' && rounds < 50; rounds++) {
      await program.round()
      await world.advance(MINUTE_MS)
    }
    expect(rounds).toBeGreaterThan(4)
    expect(new Set(program.made.map((one) => one.id)).size).toBe(1)
    await world.tick()
    expect(await world.run(id)).toMatchObject({ step: 'sorry' })
    expect((await world.history(id)).filter((kind) => kind === 'call_tried')).toHaveLength(program.made.length - 1)
  })
})

describe('a program', () => {
  it('that answers too late, then badly, then well, has one call of the run, under one id and a signature', async () => {
    const answers = [new Promise<number>(() => {}), Promise.resolve(500), Promise.resolve(200)]
    const receiver = await startReceiver(() => answers.shift() ?? Promise.resolve(200))
    const text = flow('late_then_well')
      .replace('https://crm.example.com', receiver.url)
      .replace('      save: call.price\n', '')
      .replace('{{call.price.total}}', 'little')
    const courier = createCourier(['127.0.0.1'], 300)
    try {
      expect(await world.deploy(text)).toMatchObject({ ok: true })
      const id = await world.start('late_then_well', await world.customer(), { quote: 'Q-1' })
      await world.tick()
      const { lease, vault } = calls()
      const io = { ...callIo({ postgres: world.rows.postgres, vault, courier }), jitter: () => 0, onTried: () => {} }
      const round = async () => {
        await world.advance(MINUTE_MS)
        for (const call of await lease()) await makeCall(io, call)
      }
      await round()
      expect(await stored(id)).toMatchObject([
        { state: 'waiting', tries: 1, error: 'expected an answer within 300 ms' },
      ])
      await round()
      expect(await stored(id)).toMatchObject([{ state: 'waiting', tries: 2, error: 'answered 500' }])
      // Killed between the answer and its record: the program hears the same call once more.
      await world.advance(MINUTE_MS)
      for (const call of await lease()) await makeCall({ ...io, record: async () => {} }, call)
      expect(await stored(id)).toMatchObject([{ state: 'waiting', tries: 2 }])
      await sql`update flow_calls set leased_until = clock_timestamp() - interval '1 second' where lease is not null`.execute(
        world.rows.postgres.db,
      )
      await round()
      await world.tick()
      expect(await stored(id)).toMatchObject([{ state: 'answered' }])
      expect(await lastText(id)).toBe('It costs little.')
      const heard = receiver.received.all
      expect(heard.length).toBeGreaterThanOrEqual(3)
      expect(new Set(heard.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
      const sealed = await readSigningSecret(world.rows.postgres.db, CALLER.workspace)
      const secret = vault.open(sealed as string, ofWorkspace(CALLER.workspace))
      for (const { headers, body } of heard) {
        const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
        const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
        expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
      }
    } finally {
      await courier.close()
      await receiver.close()
    }
  })

  it('is called by one worker at a time, and its answer counts once', async () => {
    const { id } = await begun('one_worker')
    const program = calls()
    const [call] = await program.lease()
    expect(await program.lease()).toEqual([])
    await sql`update flow_calls set leased_until = clock_timestamp() - interval '1 second' where lease is not null`.execute(
      world.rows.postgres.db,
    )
    const other = calls(() => ANSWERED({ total: 1 }))
    expect(await other.round()).toBe(1)
    if (!call) throw new Error('expected a call')
    await program.make(call)
    await world.tick()
    expect(await lastText(id)).toBe('It costs 1.')
  })
})

describe('a stop', () => {
  it('takes back a call that has not been made, and what is answered to one on its way counts for nothing', async () => {
    const early = await begun('stopped_early')
    await world.says(early.customer, 'Never mind')
    const program = calls()
    expect(await program.round()).toBe(0)
    expect(await stored(early.id)).toMatchObject([{ state: 'cancelled' }])

    const late = await begun('stopped_late')
    const [call] = await program.lease()
    await world.echoes(late.customer)
    if (!call) throw new Error('expected a call')
    await program.make(call)
    await world.tick()
    expect(await world.run(late.id)).toMatchObject({ state: 'ended', outcome: 'person_took_over' })
    expect(await stored(late.id)).toMatchObject([{ state: 'cancelled' }])
  })

  it('at the very look that asks for it, by the time of the flow, lets nothing go', async () => {
    const text = flow('out_of_time').replace('data: {', 'deadline: run.started_at\ndata: {')
    expect(await world.deploy(text)).toMatchObject({ ok: true })
    const id = await world.start('out_of_time', await world.customer(), { quote: 'Q' })
    await world.tick()
    expect(await calls().round()).toBe(0)
    expect(await world.run(id)).toMatchObject({ state: 'ended', outcome: 'deadline' })
  })
})

describe('a pause', () => {
  it('of the flow, or of the run, holds its calls back, and they go once it is over', async () => {
    const { id } = await begun('held')
    const program = calls()
    await world.services.pauseFlow(CALLER, 'held')
    expect(await program.round()).toBe(0)
    expect(await stored(id)).toMatchObject([{ state: 'waiting', rests: true }])
    await world.services.pauseRun(CALLER, id)
    await world.services.resumeFlow(CALLER, 'held')
    expect(await program.round()).toBe(0)
    await world.services.resumeRun(CALLER, id)
    expect(await program.round()).toBe(1)
    await world.tick()
    expect(await lastText(id)).toBe('It costs 99.')
  })

  it('that is over in the moment in which somebody looks leaves no call behind', async () => {
    const { id } = await begun('raced')
    const { postgres } = world.rows
    await world.services.pauseFlow(CALLER, 'raced')
    let resumed: Promise<unknown> = Promise.resolve()
    await inTransaction(postgres.pool, async (trx) => {
      await callsOn({ ...postgres, db: trx } as never, () => NOT_ANSWERED).lease()
      resumed = world.services.resumeFlow(CALLER, 'raced')
      await world.blocked()
    })
    await resumed
    expect(await stored(id)).toMatchObject([{ rests: false }])
    expect(await calls().round()).toBe(1)
  })

  it('while the call is on its way keeps what it was answered for after it', async () => {
    const { id } = await begun('answered_meanwhile')
    const program = calls()
    const [call] = await program.lease()
    await world.services.pauseFlow(CALLER, 'answered_meanwhile')
    if (!call) throw new Error('expected a call')
    await program.make(call)
    await world.tick()
    expect(await world.sent(id)).toEqual([])
    await world.services.resumeFlow(CALLER, 'answered_meanwhile')
    await world.advance(MINUTE_MS)
    await world.tick()
    expect(await lastText(id)).toBe('It costs 99.')
  })
})

describe('an edit', () => {
  it('takes a run over in the midst of its call, under whatever name the step has now', async () => {
    const { id } = await begun('edited')
    const text = flow('edited').replace('id: price', 'id: cost').replace('stop:', 'moved: { price: cost }\nstop:')
    expect(await world.deploy(text, 'migrate')).toMatchObject({ ok: true })
    const program = calls()
    expect(await program.round()).toBe(1)
    await world.tick()
    expect(await lastText(id)).toBe('It costs 99.')
    expect(await program.round()).toBe(0)
  })

  it('that ends the runs, or has no such step, lets no call wait for nobody', async () => {
    const { id } = await begun('dropped')
    const text = flow('dropped').replace(/- id: price[\s\S]*otherwise: sorry\n/, '- { id: price, wait: 1h }\n')
    const without = text.replace('{{call.price.total}}', 'much')
    expect(await world.deploy(without, 'migrate')).toMatchObject({ ok: true })
    await world.tick()
    await world.services.stopRun(CALLER, id)
    expect(await stored(id)).toMatchObject([{ state: 'cancelled' }])
    expect(await calls().round()).toBe(0)
  })
})

describe('a person', () => {
  it('who is erased takes their calls with them, and one on its way is waited for', async () => {
    const { postgres, senders, optOuts } = world.rows
    const { contacts } = managementIo(postgres, senders, fakeGraph(), optOuts)
    const runner = jobRunner({ postgres, optOuts, onFailed: () => {} })
    for (const stopped of [false, true]) {
      const { id, customer } = await begun(stopped ? 'erased_after_stop' : 'erased')
      const program = calls()
      const [call] = await program.lease()
      if (!call) throw new Error('expected a call')
      if (stopped) await world.says(customer, 'Never mind')
      expect(await eraseContact(contacts, CALLER, customer.waId)).toMatchObject({ ok: true })
      while (await runJobs(runner, JOBS)) await world.tick()
      expect(await stored(id)).toMatchObject([{ state: 'cancelled' }])
      expect(await program.round()).toBe(0)
      await program.make(call)
      await sql`update jobs set retry_at = null where state = 'running'`.execute(postgres.db)
      while (await runJobs(runner, JOBS)) await world.tick()
      expect(await stored(id)).toEqual([])
      expect(await world.history(id)).toEqual([])
    }
  })
})

const KILLED = new Error('killed')

describe('a crash at any statement', () => {
  it('leaves a call to be made, or made, and the run goes on by it once', async () => {
    const { postgres } = world.rows
    const worker = (on: Postgres) => {
      const ticker = createTicker(on, flowMemory(), (_run, error) => {
        throw error
      })
      const program = callsOn(on, () => ANSWERED({ total: 3 }))
      return {
        program,
        async work(): Promise<void> {
          for (const part of [() => world.tick(ticker), program.round, () => world.tick(ticker)]) await part()
        },
      }
    }
    let statements = 0
    const counting = worker(
      faultyPostgres(postgres, (run) => {
        statements += 1
        return run()
      }),
    )
    await world.deploy(flow('crashed'))
    const started = async () => world.start('crashed', await world.customer(), { quote: 'Q' })
    await started()
    await counting.work()
    expect(statements).toBeGreaterThan(20)
    for (const happens of [false, true]) {
      for (let lost = 1; lost <= statements; lost += 1) {
        const id = await started()
        let nth = 0
        const crashed = worker(
          faultyPostgres(postgres, async (run) => {
            nth += 1
            if (nth < lost) return run()
            if (nth === lost && happens) await run()
            throw KILLED
          }),
        )
        await crashed.work().catch(() => {})
        // Nobody hears of the dead process any more.
        await sql`update flow_calls set leased_until = clock_timestamp() - interval '1 second' where lease is not null`.execute(
          postgres.db,
        )
        const next = worker(postgres)
        // What a session has locked that ends just now is passed by.
        await eventually(async () => {
          await next.work()
          return (await world.history(id)).includes('sends')
        })
        const made = [...crashed.program.made, ...next.program.made].filter((one) => one.id.startsWith(`call_${id}_`))
        const history = await world.history(id)
        const count = (kind: string) => history.filter((one) => one === kind).length
        const came = { calls: count('calls'), called: count('called'), sends: count('sends'), made: made.length > 0 }
        expect({ lost, happens, ...came }).toEqual({ lost, happens, calls: 1, called: 1, sends: 1, made: true })
        expect(new Set(made.map((one) => one.id)).size).toBe(1)
        expect(made.length).toBeLessThanOrEqual(2)
        expect(await stored(id)).toMatchObject([{ state: 'answered' }])
      }
    }
  }, 300_000)
})
