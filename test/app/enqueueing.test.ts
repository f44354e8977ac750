import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { enqueueOn } from '../../src/app/enqueueing.ts'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import type { Postgres } from '../../src/store/pg/postgres.ts'
import { CALLER } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

/*
 * The connection is lost while a producer's intents are committed. Whether they were, nobody can tell from the outside.
 */

const SETTINGS = { windowMarginMs: 30_000, followUpCooldownMs: 0, requireOptIn: false, recipientReviewMs: 0 }

let rows: Rows
let sender: PhoneNumberId
beforeAll(async () => {
  rows = await createRows()
  sender = await rows.linkSender()
})
afterAll(() => rows.close())

let customer: string
beforeEach(() => {
  customer = rows.digits()
})

/** The same pool; the connection is lost once, `before` the statement takes effect or `after` it. */
function losing(statement: RegExp, moment: 'before' | 'after'): Postgres {
  let lost = false
  async function connect() {
    const client = await rows.postgres.pool.connect()
    return new Proxy(client, {
      get(target, name) {
        if (name !== 'query')
          return typeof target[name as never] === 'function' ? bound(target, name) : target[name as never]
        return async (...args: Parameters<typeof target.query>) => {
          const hit = !lost && statement.test(String(args[0]))
          if (!hit) return Reflect.apply(target.query, target, args)
          lost = true
          if (moment === 'after') await Reflect.apply(target.query, target, args)
          throw Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' })
        }
      },
    })
  }
  const pool = new Proxy(rows.postgres.pool, {
    get: (target, name) => (name === 'connect' ? connect : bound(target, name)),
  })
  return { ...rows.postgres, pool }
}

function bound(target: object, name: string | symbol): unknown {
  const value = Reflect.get(target, name)
  return typeof value === 'function' ? value.bind(target) : value
}

const intent = (more: object = {}) => ({
  sender,
  to: `+${customer}`,
  message: { type: 'text', text: { body: 'Hello' } },
  ...more,
})

const enqueue = (postgres: Postgres, ...inputs: object[]) => enqueueOn(postgres, rows.optOuts, SETTINGS, CALLER, inputs)

async function stored(): Promise<string[]> {
  const { rows: found } = await rows.postgres.pool.query(
    `select i.id from intents i join conversations v on v.id = i.conversation_id join contacts c on c.id = v.contact_id
     where c.wa_id = $1`,
    [customer],
  )
  return found.map(({ id }) => id)
}

describe('an intent whose commit lost its answer', () => {
  it('is not enqueued a second time', async () => {
    await expect(enqueue(losing(/^commit$/, 'after'), intent())).rejects.toThrow('while a transaction was committed')
    expect(await stored()).toHaveLength(1)
  })

  it('is not tried again either when it did not commit, for nobody knows', async () => {
    await expect(enqueue(losing(/^commit$/, 'before'), intent())).rejects.toThrow('while a transaction was committed')
    expect(await stored()).toEqual([])
  })

  it.each(['before', 'after'] as const)(
    'is enqueued once under its idempotency key, lost %s it took effect',
    async (moment) => {
      const [result] = await enqueue(losing(/^commit$/, moment), intent({ idempotency_key: customer }))
      expect(await stored()).toEqual([(result as { intent: { id: string } }).intent.id])
    },
  )
})

it('is enqueued once when the connection was lost before the commit', async () => {
  const [result] = await enqueue(losing(/^begin$/, 'before'), intent())
  expect(await stored()).toEqual([(result as { intent: { id: string } }).intent.id])
})

it('keeps metadata of up to 16 KiB, counted in bytes', async () => {
  const at = (bytes: number) => ({ text: 'ü'.repeat((bytes - JSON.stringify({ text: '' }).length) / 2) })
  const results = await enqueueOn(rows.postgres, rows.optOuts, SETTINGS, CALLER, [
    intent({ idempotency_key: undefined, metadata: at(16_384 - 1) }),
    intent({ idempotency_key: undefined, metadata: at(16_384 + 1) }),
  ])
  expect(results).toMatchObject([{ ok: true }, { ok: false, error: { status: 400, field: 'metadata' } }])
})
