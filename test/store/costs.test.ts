import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ContactId, ConversationId, IntentId, PhoneNumberId, Wamid, WorkspaceId } from '../../src/domain/ids.ts'
import { fromRecord, type PriceRecord } from '../../src/domain/money/price-decision.ts'
import { toldPriceOf } from '../../src/domain/money/told-price.ts'
import { MINUTE_MS, plus } from '../../src/domain/time.ts'
import { settleAsSent } from '../../src/store/intents/operator-transitions.ts'
import { retention } from '../../src/store/intents/retention.ts'
import { adoptWamid, findAttempts, foldStatuses, type MessageUpdate } from '../../src/store/intents/statuses.ts'
import { type CostRead, foldCosts, readCosts } from '../../src/store/money/costs.ts'
import { readMoney } from '../../src/store/money/money.ts'
import { deleteSome } from '../../src/store/people/erasure.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { HERE } from '../support/access.ts'
import { at } from '../support/builders.ts'
import { createRows, type Rows } from '../support/rows.ts'

const AT = at('2026-12-01T12:00:00Z')
const EVER = { from: '2026-01-01', to: '2027-12-31' }

let rows: Rows
let sender: PhoneNumberId
let other: PhoneNumberId
beforeAll(async () => {
  rows = await createRows()
  sender = await rows.linkSender()
  other = await rows.linkSender()
})
beforeEach(async () => {
  await sql`truncate costs, cost_deltas`.execute(rows.postgres.db)
})
afterAll(() => rows.close())

const PRICES: (PriceRecord | null)[] = [
  {
    day: '2026-11-30',
    category: 'marketing',
    market: 'Brazil',
    currency: 'USD',
    amount: '0.062500',
    free_because: null,
  },
  { day: '2026-12-01', category: 'utility', market: 'Brazil', currency: 'USD', amount: '0.006800', free_because: null },
  {
    day: '2026-12-01',
    category: 'service',
    market: 'India',
    currency: 'USD',
    amount: '0.000000',
    free_because: 'free_tier',
  },
  {
    day: '2026-12-01',
    category: 'service',
    market: 'India',
    currency: 'USD',
    amount: '0.000000',
    free_because: 'reaction',
  },
  { day: '2026-12-01', category: 'utility', market: 'Other', currency: null, amount: null, free_because: null },
  {
    day: '2026-12-01',
    category: 'marketing',
    market: 'India',
    currency: 'INR',
    amount: '0.910000',
    free_because: null,
  },
  null,
]
const TOLD = [
  { type: 'regular', category: 'marketing', billable: true, subtype: null },
  { type: 'regular', category: 'utility', billable: true, subtype: null },
  { type: 'free_customer_service', category: 'service', billable: false, subtype: null },
  { type: 'free_entry_point', category: 'referral_conversion', billable: false, subtype: null },
]

interface Sent {
  id: IntentId
  conversationId: ConversationId
  contactId: ContactId
  wamid: Wamid
  price: PriceRecord | null
}

async function opened(by: PhoneNumberId, price: PriceRecord | null): Promise<Omit<Sent, 'wamid'>> {
  const { id: conversationId, contactId } = await rows.conversation(by)
  const id = await rows.intent(by, conversationId)
  await rows.open(by, id)
  if (price) {
    await sql`update attempts set decision = decision || ${JSON.stringify({ price })}::jsonb where intent_id = ${id}::uuid`.execute(
      rows.postgres.db,
    )
  }
  return { id, conversationId, contactId, price }
}

async function sent(by: PhoneNumberId, price: PriceRecord | null): Promise<Sent> {
  const one = await opened(by, price)
  await rows.closeAttempt(one.id, 1, { event: 'accept' })
  return { ...one, wamid: `wamid.${one.id}` as Wamid }
}

function update(message: Sent, status: MessageUpdate['status'], minute: number, told: number | null): MessageUpdate {
  const stamp = plus(AT, minute * MINUTE_MS)
  const only = (wanted: string) => (status === wanted ? stamp : null)
  const pricing = told === null ? null : (TOLD[told] as (typeof TOLD)[number])
  return {
    wamid: message.wamid,
    intentId: message.id,
    attempt: 1,
    conversationId: message.conversationId,
    sentAs: 'free_form',
    status,
    sentAt: only('sent'),
    deliveredAt: only('delivered'),
    readAt: only('read'),
    failedAt: only('failed'),
    error: status === 'failed' ? { code: 131026 } : null,
    errorAt: only('failed'),
    pricing,
    pricingAt: pricing && stamp,
    price: message.price,
    told: pricing && toldPriceOf(pricing, message.price && fromRecord(message.price), null),
  }
}

const fold = (updates: MessageUpdate[]) =>
  inTransaction(rows.postgres.pool, (_trx, client) => foldStatuses(client, updates))

type Sums = Pick<CostRead, 'messages' | 'billable' | 'free' | 'untold' | 'unpriced' | 'expected' | 'actual'>

interface MessageRow {
  phone_number_id: string
  status: string | null
  priced_on: string | null
  currency: string | null
  expected_micros: string | null
  told_type: string | null
  actual_micros: string | null
}

/** What the messages themselves add up to, by currency. */
function sumsOf(messages: MessageRow[]): Map<string, Sums> {
  const sums = new Map<string, Sums>()
  for (const m of messages.filter(({ status }) => status !== 'failed')) {
    const sum = sums.get(m.currency ?? '') ?? {
      ...{ messages: 0, billable: 0, free: 0, untold: 0, unpriced: 0 },
      ...{ expected: 0n, actual: 0n },
    }
    sums.set(m.currency ?? '', {
      messages: sum.messages + 1,
      billable: sum.billable + (m.told_type === 'regular' ? 1 : 0),
      free: sum.free + (m.told_type !== null && m.told_type !== 'regular' ? 1 : 0),
      untold: sum.untold + (m.told_type === null ? 1 : 0),
      unpriced: sum.unpriced + (m.expected_micros === null ? 1 : 0),
      expected: sum.expected + BigInt(m.expected_micros ?? 0),
      actual: sum.actual + BigInt(m.actual_micros ?? 0),
    })
  }
  return sums
}

async function readMessages(of: Sent[]): Promise<MessageRow[]> {
  const { rows: found } = await sql<MessageRow>`
    select c.phone_number_id, m.status, m.priced_on::text as priced_on, m.currency, m.expected_micros, m.told_type, m.actual_micros
    from messages m join conversations c on c.id = m.conversation_id where m.wamid = any (${of.map((one) => one.wamid)}::text[])`.execute(
    rows.postgres.db,
  )
  return found
}

const totals = (read: CostRead[]) =>
  new Map(read.flatMap(({ key, currency, ...sums }) => (key === null ? [[currency, sums] as const] : [])))

const costs = (
  by: Parameters<typeof readCosts>[3] = 'day',
  range = EVER,
  purview = HERE as Parameters<typeof readCosts>[1],
) => readCosts(rows.postgres.db, purview, range, by)

describe('sums of what messages cost', () => {
  const step = fc.record({
    message: fc.nat(5),
    status: fc.constantFrom('sent', 'delivered', 'read', 'failed', null),
    minute: fc.nat(4),
    told: fc.option(fc.nat(TOLD.length - 1), { nil: null }),
  })
  const batch = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('statuses' as const),
        steps: fc.array(step, { minLength: 1, maxLength: 6 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('fold' as const), limit: fc.constantFrom(1, 2, 1_000) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('erase' as const), message: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('merge' as const), from: fc.nat(5), into: fc.nat(5) }) },
  )

  it('are those of the messages, in any order of statuses, doubled, of people who were merged, and of those who were erased', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(PRICES.length - 1), { minLength: 6, maxLength: 6 }),
        fc.array(batch, { maxLength: 14 }),
        async (prices, batches) => {
          await sql`truncate costs, cost_deltas`.execute(rows.postgres.db)
          const messages: Sent[] = []
          for (const [i, price] of prices.entries()) {
            messages.push(await sent(i % 2 ? sender : other, PRICES[price] as PriceRecord | null))
          }
          const gone: MessageRow[] = []
          const erased = new Set<Sent>()
          for (const one of batches) {
            if (one.kind === 'fold') await foldCosts(rows.postgres.db, one.limit)
            else if (one.kind === 'merge')
              await moveConversation(messages[one.from] as Sent, messages[one.into] as Sent)
            else if (one.kind === 'erase') {
              const message = messages[one.message] as Sent
              if (erased.has(message)) continue
              gone.push(...(await readMessages([message])))
              erased.add(message)
              await sql`delete from messages where wamid = ${message.wamid}`.execute(rows.postgres.db)
            } else {
              const left = one.steps.filter(({ message }) => !erased.has(messages[message] as Sent))
              const updates = left.map(({ message, status, minute, told }) =>
                update(messages[message] as Sent, status, minute, told),
              )
              const byWamid = new Map(updates.map((u) => [u.wamid, u]))
              // Doubled, and by two at a time.
              await Promise.all([fold([...byWamid.values()]), fold([...byWamid.values()])])
            }
          }
          const alive = await readMessages(messages.filter((one) => !erased.has(one)))
          const expected = sumsOf([...alive, ...gone])
          expect(totals(await costs())).toEqual(expected)
          while ((await foldCosts(rows.postgres.db, 3)) > 0) {}
          for (const by of ['day', 'sender', 'category', 'market'] as const) {
            const read = await costs(by)
            expect(totals(read)).toEqual(expected)
            const summed = (name: 'messages' | 'untold') =>
              read.reduce((sum, row) => sum + (row.key === null ? 0 : row[name]), 0)
            const all = [...expected.values()]
            expect(summed('messages')).toBe(all.reduce((sum, one) => sum + one.messages, 0))
            expect(summed('untold')).toBe(all.reduce((sum, one) => sum + one.untold, 0))
          }
        },
      ),
      { numRuns: 40 },
    )
  }, 60_000)

  async function moveConversation(from: Sent, into: Sent): Promise<void> {
    await sql`
      update messages m set conversation_id = i.id
      from conversations f join conversations i on i.phone_number_id = f.phone_number_id and i.id = ${into.conversationId}::bigint
      where f.id = ${from.conversationId}::bigint and m.conversation_id = f.id`.execute(rows.postgres.db)
  }

  it('take what is told of the newest stamp, and its category', async () => {
    const message = await sent(sender, PRICES[1] as PriceRecord)
    await fold([update(message, 'delivered', 3, 0)])
    await fold([update(message, 'read', 2, 1)])
    const read = await costs('category')
    expect(read.map(({ key, billable }) => [key, billable])).toEqual([
      ['marketing', 1],
      [null, 1],
    ])
  })

  it('know days, and both ends of a range', async () => {
    for (const price of [PRICES[0], PRICES[1]]) await sent(sender, price as PriceRecord)
    const keys = async (from: string, to: string) =>
      (await costs('day', { from, to })).flatMap(({ key }) => (key === null ? [] : [key]))
    expect(await keys('2026-11-30', '2026-12-01')).toEqual(['2026-11-30', '2026-12-01'])
    expect(await keys('2026-12-01', '2026-12-01')).toEqual(['2026-12-01'])
    expect(await keys('2026-12-02', '2026-12-31')).toEqual([])
  })

  it('are shown of the numbers that a key is for, and of no other workspace', async () => {
    await sent(sender, PRICES[0] as PriceRecord)
    await sent(other, PRICES[0] as PriceRecord)
    const mine = await costs('sender', EVER, { ...HERE, senders: [sender] })
    expect(mine.map(({ key, messages }) => [key, messages])).toEqual([
      [sender, 1],
      [null, 1],
    ])
    expect(await costs('sender', EVER, { workspace: 'elsewhere' as WorkspaceId, senders: null })).toEqual([])
  })

  it('count a message once that was settled by hand and named by a webhook after', async () => {
    const { id, price } = await opened(sender, PRICES[0] as PriceRecord)
    await rows.closeAttempt(id, 1, {
      event: 'doubt',
      keepsTurn: true,
      reason: { code: 'in_doubt', text: 'Who knows.' },
    })
    const decision = { kind: 'settle', reason: { code: 'in_doubt', text: 'By hand.' } as const, facts: {} }
    expect(await settleAsSent(rows.postgres.db, { ...HERE, id }, null, decision)).toBe('settled')
    expect(totals(await costs()).get('USD')).toMatchObject({ messages: 1, expected: 62_500n })
    await inTransaction(rows.postgres.pool, async (trx, client) => {
      const attempt = (await findAttempts(client, [{ intentId: id, number: 1 }])).get(`${id}.1`)
      if (!attempt) throw new Error('expected the attempt')
      const real = { id, conversationId: attempt.conversationId, wamid: 'wamid.real' as Wamid, price } as Sent
      await foldStatuses(client, [update(real, 'delivered', 1, 0)])
      await adoptWamid(trx, attempt, 'wamid.real' as Wamid)
    })
    expect(totals(await costs()).get('USD')).toMatchObject({
      messages: 1,
      billable: 1,
      expected: 62_500n,
      actual: 62_500n,
    })
  })

  it('stay when messages are deleted for their age, and when people are erased', async () => {
    const message = await sent(sender, PRICES[0] as PriceRecord)
    await fold([update(message, 'delivered', 1, 0)])
    const before = await costs()
    while ((await deleteSome(rows.postgres.db, message.contactId, 100)) > 0) {}
    expect(await readMessages([message])).toEqual([])
    expect(await costs()).toEqual(before)
    const old = await sent(sender, PRICES[1] as PriceRecord)
    const withOld = await costs()
    await sql`update intents set state_at = casement_now() - interval '40 days' where id = ${old.id}::uuid`.execute(
      rows.postgres.db,
    )
    await retention(rows.postgres.db, 30).sweep(1_000)
    expect(await costs()).toEqual(withOld)
  })

  it('tell how many free messages of the month are used up', async () => {
    const month = (await readMoney(rows.postgres.db, [sender]))[0]?.month ?? ''
    const free = { ...(PRICES[2] as PriceRecord), day: `${month}-01` }
    await sent(sender, free)
    await sent(sender, { ...free, free_because: 'reaction' })
    await sent(sender, { ...free, day: '2020-01-01' })
    const told = await sent(sender, free)
    await fold([update(told, 'delivered', 1, 3)])
    expect((await readMoney(rows.postgres.db, [sender]))[0]).toMatchObject({ freeServiceUsed: 1 })
  })
})
