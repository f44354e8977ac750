import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Casement, createCasement, type IntentNews } from '../../src/index.ts'
import { runCli } from '../cli/support.ts'
import { createEmptyDatabase } from '../support/database.ts'
import { type Harness, LINK, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { type PgBouncer, startPgBouncer } from '../support/pgbouncer.ts'
import { eventually, recorder } from '../support/signals.ts'
import { DAY_MS, KEEP_HELPING, ORDER_UPDATE, templateMessage, text } from './fixtures.ts'

/*
 * PgBouncer in transaction mode, as it comes: every transaction may meet another session, named statements are unknown to it, and so are
 * startup parameters. Only what is tied to a session goes past it.
 */

describe.skipIf(!inject('hasPgBouncer'))('behind a pooler in transaction mode', () => {
  describeEachLaneEngine('Casement', (engine) => {
    let casement: Harness
    let pooler: PgBouncer
    let env: Record<string, string>

    beforeAll(async () => {
      casement = await startHarness(engine, {
        env: { DISPATCH_CONCURRENCY: '50' },
        doubt: { graceMs: 1_000 },
        async reach(direct) {
          const databaseUrl = direct.DATABASE_URL as string
          pooler = await startPgBouncer(databaseUrl)
          env = { ...direct, DATABASE_URL: pooler.through(databaseUrl), DATABASE_DIRECT_URL: databaseUrl }
          return env
        },
      })
    })
    afterAll(async () => {
      await casement.app.stop()
      await pooler.stop() // what it keeps to the database would keep the test from dropping it
      await casement.close()
    })

    const customers = (count: number) => Array.from({ length: count }, () => casement.stranger())

    async function whoWrote(count: number): Promise<string[]> {
      const wrote = customers(count)
      for (const customer of wrote) casement.sandbox.customers.say(customer, { text: 'Hi' })
      await casement.told()
      return wrote
    }

    async function enqueueMany(intents: object[]): Promise<string[]> {
      const asked = intents.map((intent) => ({ sender: casement.sender, ...intent }))
      const { body } = await casement.api<{ results: { id: string }[] }>('POST', '/v1/intents/batch', {
        intents: asked,
      })
      return body.results.map(({ id }) => id)
    }

    /** Asks the database, and not the API a hundred times. */
    async function allIn(state: string, ids: string[]): Promise<void> {
      const others = async () => {
        const rest = await casement.query(
          'select id, state, reason_text from intents where id = any ($1::uuid[]) and state <> $2',
          [ids, state],
        )
        expect(rest).toEqual([])
      }
      await eventually(others, { timeoutMs: 20_000 })
    }

    it('sends many at once, each once, and applies what is reported of them', async () => {
      const open = await whoWrote(30)
      const closed = customers(30)
      const ids = await enqueueMany([
        ...open.map((to) => ({ to: `+${to}`, message: text('Hello'), delivery: 'at_most_once' })),
        ...closed.map((to) => ({ to: `+${to}`, message: templateMessage(ORDER_UPDATE) })),
        ...closed.map((to) => ({ to: `+${to}`, message: text('Hi'), when_closed: { downgrade: KEEP_HELPING } })),
      ])
      await allIn('sent', ids)
      await casement.told()
      const delivered = await Promise.all(ids.map((id) => casement.intent(id)))
      expect(delivered.map(({ delivery_status }) => delivery_status)).toEqual(ids.map(() => 'delivered'))
      expect(open.flatMap(casement.received)).toEqual(open.map(() => 'Hello'))
      expect(closed.flatMap(casement.received)).toEqual(
        closed.flatMap(() => ['template order_update', 'template keep_helping']),
      )
    })

    it('hears of every intent at once, and does not wait for its timer', async () => {
      const [customer] = await whoWrote(1)
      const took: number[] = []
      for (let n = 0; n < 8; n++) {
        const began = performance.now()
        const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hello') })
        await casement.intentIn(id, 'sent')
        took.push(performance.now() - began)
      }
      // The timer alone, which begins anew with each, would take about a second for every one; a busy machine does for some.
      expect(Math.min(...took)).toBeLessThan(500)
    })

    it('sends later what is for later', async () => {
      const [customer] = await whoWrote(1)
      const sendAt = new Date(Date.now() + 1_500).toISOString()
      const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Later'), send_at: sendAt })
      const sent = await casement.intentIn(id, 'sent')
      expect(Date.parse(sent.decisions.at(-1)?.facts.now as string)).toBeGreaterThanOrEqual(Date.parse(sendAt))
    })

    it('holds, invites, and lets go in order when the customer answers', async () => {
      const customer = casement.stranger()
      const ids = await enqueueMany([
        { to: `+${customer}`, message: text('1'), when_closed: { follow_up: KEEP_HELPING } },
        { to: `+${customer}`, message: text('2'), when_closed: 'hold' },
      ])
      const [first] = await Promise.all(ids.map((id) => casement.intentIn(id, 'held')))
      await casement.intentIn(first?.follow_up?.id as string, 'sent')
      await casement.told()
      casement.sandbox.customers.tap(customer, { label: 'Yes, please!' })
      await allIn('sent', ids)
      expect(casement.received(customer)).toEqual(['template keep_helping', '1', '2'])
    })

    it('puts aside what a paused sender may not send, and lets it go afterwards', async () => {
      const wrote = await whoWrote(20)
      expect((await casement.api('POST', `/v1/senders/${casement.sender}/pause`)).status).toBe(200)
      const ids = await enqueueMany(wrote.map((to) => ({ to: `+${to}`, message: text('Hello') })))
      for (const id of ids) expect(await casement.intent(id)).toMatchObject({ state: 'held', attempts: [] })
      expect((await casement.api('POST', `/v1/senders/${casement.sender}/resume`)).status).toBe(200)
      await allIn('sent', ids)
    })

    it('settles doubts: by the status of what arrived, by sending again what did not', async () => {
      const [arrived, lost] = (await whoWrote(2)) as [string, string]
      casement.sandbox.addFault({ kind: 'reset_after_accept', match: { to: arrived } })
      casement.sandbox.addFault({ kind: 'reset_before_accept', match: { to: lost } })
      const ids = await enqueueMany([arrived, lost].map((to) => ({ to: `+${to}`, message: text('Hello') })))
      // Silence counts once somebody else was heard, by a stamp of a later second.
      const spokenFor = async () => {
        await whoWrote(1)
        return (await casement.intent(ids[1] as string)).state === 'sent'
      }
      await eventually(spokenFor, { timeoutMs: 20_000 })
      await allIn('sent', ids)
      expect([casement.received(arrived), casement.received(lost)]).toEqual([['Hello'], ['Hello']])
      expect(casement.calls(arrived)).toHaveLength(1)
    })

    it('goes on when the connections behind the pooler are cut', async () => {
      const wrote = await whoWrote(100)
      const ids = await enqueueMany(wrote.map((to) => ({ to: `+${to}`, message: text('Hello') })))
      await eventually(() => wrote.flatMap(casement.calls).length > 10)
      const cut = await casement.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name like 'casement%'`,
      )
      expect(cut.length).toBeGreaterThan(0)
      await whoWrote(1)
      await allIn('sent', ids)
      expect(wrote.flatMap(casement.received)).toEqual(wrote.map(() => 'Hello'))
    })

    it('passes its doctor', async () => {
      const { code, stdout } = await runCli(['doctor', '--json'], env)
      const { checks } = JSON.parse(stdout) as { checks: { name: string; ok: boolean; detail: string }[] }
      expect(checks.filter(({ ok }) => !ok)).toEqual([])
      expect(code).toBe(0)
      expect(checks).toContainEqual({ name: 'database sessions', ok: true, detail: 'kept past the pooler' })
    })

    it('is told by its doctor where the direct address is missing', async () => {
      const { DATABASE_DIRECT_URL: _, ...without } = env
      const { code, stdout } = await runCli(['doctor', '--json'], without)
      const { checks } = JSON.parse(stdout) as { checks: { name: string; ok: boolean; detail: string }[] }
      expect(checks.find(({ name }) => name === 'database sessions')).toMatchObject({
        ok: false,
        detail: expect.stringContaining('DATABASE_DIRECT_URL'),
      })
      expect(code).toBe(1)
    })

    describe('and the library, its own connection and its caller’s transactions included,', () => {
      let library: Casement
      let pool: pg.Pool
      const news = recorder<IntentNews>()

      beforeAll(async () => {
        library = await createCasement({
          databaseUrl: env.DATABASE_URL as string,
          databaseDirectUrl: env.DATABASE_DIRECT_URL as string,
        })
        library.on('intent', news.record)
        pool = new pg.Pool({ connectionString: env.DATABASE_URL, max: 4, application_name: 'shop' })
      })
      afterAll(async () => {
        await library.close()
        await pool.end()
      })

      const intent = (to: string, more: object = {}) => ({
        sender: casement.sender,
        to: `+${to}`,
        message: text('Your order is on its way'),
        when_closed: { downgrade: ORDER_UPDATE },
        ...more,
      })

      it('enqueue, tell the window, cancel, and bring news', async () => {
        const [customer] = (await whoWrote(1)) as [string]
        expect(await library.window(LINK.phone_number_id, customer)).toMatchObject({ open: true })
        const later = new Date(Date.now() + DAY_MS).toISOString()
        const cancelled = await library.enqueue(intent(customer, { send_at: later }))
        expect(await library.cancel(cancelled.id)).toBe('cancelled')
        const { id } = await library.enqueue(intent(customer))
        await news.next((one) => one.id === id && one.state === 'sent')
      })

      it('enqueue with the transaction of a pg client, and not without it', async () => {
        // Again and again, over several clients: what one left behind in a session would meet the next.
        const wrote = (await whoWrote(8)) as string[]
        const ids = await Promise.all(
          wrote.map(async (customer, n) => {
            const client = await pool.connect()
            try {
              await client.query('begin')
              const { id } = await library.enqueue(intent(customer), { trx: client })
              await client.query(n % 2 === 0 ? 'commit' : 'rollback')
              return id
            } finally {
              client.release()
            }
          }),
        )
        await allIn(
          'sent',
          ids.filter((_, n) => n % 2 === 0),
        )
        const unknown = await casement.api('GET', `/v1/intents/${ids[1]}`)
        expect(unknown.status).toBe(404)
      })

      it('enqueue with a Kysely transaction', async () => {
        const [customer] = (await whoWrote(1)) as [string]
        const shop = new Kysely<object>({ dialect: new PostgresDialect({ pool }) })
        const { id } = await shop.transaction().execute((trx) => library.enqueue(intent(customer), { trx }))
        await casement.intentIn(id, 'sent')
      })
    })
  })

  it.each(['with lanes on PostgreSQL', 'with lanes on Redis'])('an empty database is migrated, %s', async (lanes) => {
    const database = await createEmptyDatabase()
    const pooler = await startPgBouncer(database.url)
    const env = {
      DATABASE_URL: pooler.through(database.url),
      DATABASE_DIRECT_URL: database.url,
      ...(lanes.endsWith('Redis') ? { REDIS_URL: 'redis://127.0.0.1:1' } : {}),
    }
    try {
      const first = await runCli(['migrate', '--json'], env)
      expect(first).toMatchObject({ code: 0 })
      expect(JSON.parse(first.stdout).applied.length).toBeGreaterThan(0)
      expect(JSON.parse((await runCli(['migrate', '--json'], env)).stdout)).toEqual({ applied: [] })
    } finally {
      await pooler.stop()
      await database.drop()
    }
  })
})
