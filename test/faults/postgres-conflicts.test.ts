import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { text } from '../e2e/fixtures.ts'
import { type Harness, type HarnessOptions, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'

/*
 * A second session provokes what Postgres rolls back and asks to be tried again: deadlocks (40P01), and serialization failures (40001)
 * where transactions are set to see the past. Nobody is told of it, and everything is done once.
 */

const DEADLOCK = '40P01'
const CLAIM_IDENTITY = `
  with person as (insert into contacts (workspace, wa_id) values ('default', $1) returning id)
  insert into contact_identities (workspace, key, value, contact_id) select 'default', $1, $1, id from person`

const WAITING = `
  from pg_stat_activity
  where datname = current_database() and application_name like 'casement%' and wait_event_type = 'Lock'`

/** A Casement, and a session beside it that stands in its way. */
class Quarrel {
  static async start(...harness: Parameters<typeof startHarness>): Promise<Quarrel> {
    const casement = await startHarness(...harness)
    const other = new pg.Client({ connectionString: casement.databaseUrl, application_name: 'the other one' })
    await other.connect()
    return new Quarrel(casement, other)
  }

  readonly casement: Harness
  readonly other: pg.Client

  private constructor(casement: Harness, other: pg.Client) {
    this.casement = casement
    this.other = other
  }

  async held(): Promise<{ customer: string; id: string }> {
    const customer = this.casement.stranger()
    const { id } = await this.casement.enqueue({ to: `+${customer}`, message: text('Hello'), when_closed: 'hold' })
    await this.casement.intentIn(id, 'held')
    return { customer, id }
  }

  enqueueFor(customers: string[]): Promise<{ status: number; body: { results: { id: string }[] } }> {
    const intents = customers.map((to) => ({ sender: this.casement.sender, to: `+${to}`, message: text('Hello') }))
    return this.casement.api('POST', '/v1/intents/batch', { intents })
  }

  async expectOneEach(customers: string[]): Promise<void> {
    const found = await this.casement.query<{ wa_id: string }>(
      `select c.wa_id from intents i join conversations v on v.id = i.conversation_id join contacts c on c.id = v.contact_id
       where c.wa_id = any ($1) order by c.wa_id`,
      [customers],
    )
    expect(found.map(({ wa_id }) => wa_id)).toEqual(customers.toSorted())
  }

  /** Resolves when a statement of Casement's waits for a lock. */
  async makesWait(): Promise<void> {
    await eventually(async () => (await this.casement.query(`select ${WAITING}`)).length > 0)
  }

  /**
   * Closes the circle: Casement waits for the other session, and now that one waits for Casement. Each looks for deadlocks once, when it
   * has waited for a second, and the first that finds one gives way; so Casement gets a good start. Should the other one have found it all
   * the same, on a machine that is busy, Casement is made to wait anew.
   */
  async deadlock(statement: string, values: unknown[]): Promise<void> {
    for (let won = false; !won; ) {
      await this.makesWait()
      await this.other.query('select pg_sleep(0.4)')
      await this.other.query('savepoint before')
      won = await this.other.query(statement, values).then(
        () => true,
        (error: pg.DatabaseError) => {
          if (error.code !== DEADLOCK) throw error
          return false
        },
      )
      await this.other.query('rollback to savepoint before')
      if (!won) await this.casement.query(`select pg_terminate_backend(pid) ${WAITING}`)
    }
  }

  async end(): Promise<void> {
    await this.other.end()
    await this.casement.close()
  }
}

describeEachLaneEngine('a transaction that Postgres rolls back', (engine) => {
  function quarrelling(options: HarnessOptions, tests: (at: () => Quarrel) => void): void {
    let quarrel: Quarrel
    beforeAll(async () => {
      quarrel = await Quarrel.start(engine, options)
    })
    afterAll(() => quarrel.end())
    tests(() => quarrel)
  }

  describe('for a deadlock', () =>
    quarrelling({}, (at) => {
      it('lets a held intent go in the end', async () => {
        const { casement, other } = at()
        const { customer, id } = await at().held()
        await other.query('begin')
        await other.query('select from intents where id = $1 for update', [id])
        casement.sandbox.customers.say(customer, { text: 'Hi' })
        const lockConversation = `
          select from conversations where id = (select conversation_id from intents where id = $1) for update`
        // As often as a payload is tried that cannot be applied: this one can.
        for (let times = 0; times < 3; times++) await at().deadlock(lockConversation, [id])
        await other.query('commit')
        await casement.intentIn(id, 'sent')
        expect(casement.received(customer)).toEqual(['Hello'])
      })

      it('enqueues in the end', async () => {
        const { casement, other } = at()
        const [first, last] = [casement.stranger(), casement.stranger()]
        await other.query('begin')
        await other.query(CLAIM_IDENTITY, [last])
        const enqueued = at().enqueueFor([first, last])
        await at().deadlock(CLAIM_IDENTITY, [first])
        await other.query('rollback')
        expect(await enqueued).toMatchObject({ status: 200 })
        await at().expectOneEach([first, last])
      })
    }))

  describe('because it saw the past', () =>
    quarrelling({ reach: seeingThePast }, (at) => {
      it('enqueues in the end', async () => {
        const { casement, other } = at()
        const customers = [casement.stranger(), casement.stranger()]
        await other.query('begin')
        await other.query(CLAIM_IDENTITY, [customers[1]])
        const enqueued = at().enqueueFor(customers)
        await at().makesWait()
        await other.query('commit')
        expect(await enqueued).toMatchObject({ status: 200 })
        await at().expectOneEach(customers)
      })

      it('lets a held intent go in the end', async () => {
        const { casement, other } = at()
        const { customer, id } = await at().held()
        await other.query('begin')
        await other.query(`update intents set metadata = '1' where id = $1`, [id])
        casement.sandbox.customers.say(customer, { text: 'Hi' })
        await at().makesWait()
        await other.query('commit')
        await casement.intentIn(id, 'sent')
        expect(casement.received(customer)).toEqual(['Hello'])
      })
    }))
})

/** The lanes go past it: their statements are not ours. */
async function seeingThePast(env: Record<string, string>): Promise<Record<string, string>> {
  const url = new URL(env.DATABASE_URL as string)
  url.searchParams.set('options', '-c default_transaction_isolation=repeatable\\ read')
  return { ...env, DATABASE_URL: url.href, DATABASE_DIRECT_URL: env.DATABASE_URL as string }
}
