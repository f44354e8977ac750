import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ContactId, ConversationId, IntentId, PhoneNumberId, Wamid, WorkspaceId } from '../../src/domain/ids.ts'
import { fromRecord, type PriceRecord } from '../../src/domain/money/price-decision.ts'
import { toldPriceOf } from '../../src/domain/money/told-price.ts'
import { MINUTE_MS, plus } from '../../src/domain/time.ts'
import { settleAsSent } from '../../src/store/intents/operator-transitions.ts'
import { retention } from '../../src/store/intents/retention.ts'
import { adoptWamid } from '../../src/store/intents/stand-in.ts'
import {
  findAttempts,
  findMessageAttempts,
  foldStatuses,
  type MessageUpdate,
} from '../../src/store/intents/statuses.ts'
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

type Heard = Pick<MessageUpdate, 'status'> & { minute: number; told: boolean }

/** What is told at the same time is the same. */
const toldAt = (minute: number) => minute % TOLD.length
const STRONGEST = ['read', 'delivered', 'failed', 'sent'] as const

/**
 * What a message adds to the sums, from all that was ever told of it and from nothing that was stored. Null: nothing, for it has failed. Of the
 * price no card is read here, so an amount is known only where what was expected is charged.
 */
function recounted({ price }: Sent, heard: readonly Heard[]): (Sums & { category: string; market: string }) | null {
  const status = STRONGEST.find((one) => heard.some((event) => event.status === one)) ?? null
  if (status === 'failed') return null
  const newest = Math.max(...heard.filter(({ told }) => told).map(({ minute }) => minute))
  const told = Number.isFinite(newest) ? (TOLD[toldAt(newest)] as (typeof TOLD)[number]) : null
  const isCharged = told?.type === 'regular'
  const expected = price?.amount == null ? null : BigInt(price.amount.replace('.', ''))
  const asExpected = isCharged && told.category === price?.category && price.free_because === null
  const toldCategory = told?.category === 'referral_conversion' ? undefined : told?.category
  return {
    category: toldCategory ?? price?.category ?? 'service',
    market: price?.market ?? 'Other',
    messages: 1,
    billable: isCharged ? 1 : 0,
    free: told !== null && !isCharged ? 1 : 0,
    untold: told === null ? 1 : 0,
    unpriced: expected === null ? 1 : 0,
    expected: expected ?? 0n,
    actual: (asExpected ? expected : null) ?? 0n,
  }
}

/** By what the key says, and currency. */
function recount(
  all: ReadonlyMap<Sent, { by: PhoneNumberId; heard: Heard[] }>,
  keyOf: (by: PhoneNumberId, one: { category: string; market: string }) => string,
): Map<string, Sums> {
  const sums = new Map<string, Sums>()
  for (const [message, { by, heard }] of all) {
    const one = recounted(message, heard)
    if (one === null) continue
    const key = `${keyOf(by, one)} ${message.price?.currency ?? ''}`
    const { category: _category, market: _market, ...own } = one
    const sum = sums.get(key)
    const add = (name: keyof Sums) =>
      (own[name] as number) + ((sum?.[name] ?? (typeof own[name] === 'bigint' ? 0n : 0)) as number)
    sums.set(
      key,
      Object.fromEntries(Object.keys(own).map((name) => [name, add(name as keyof Sums)])) as unknown as Sums,
    )
  }
  return sums
}

async function isStored({ wamid }: Sent): Promise<boolean> {
  const { rows: found } = await sql`select from messages where wamid = ${wamid}`.execute(rows.postgres.db)
  return found.length > 0
}

const totals = (read: CostRead[]) =>
  new Map(read.flatMap(({ key, currency, ...sums }) => (key === null ? [[currency, sums] as const] : [])))
const keyed = (read: CostRead[]) =>
  new Map(read.flatMap(({ key, currency, ...sums }) => (key === null ? [] : [[`${key} ${currency}`, sums] as const])))

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
    told: fc.boolean(),
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

  it('are those of what was told of the messages, in any order, doubled, of people who were merged, and of those who were erased', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(PRICES.length - 1), { minLength: 6, maxLength: 6 }),
        fc.array(batch, { maxLength: 14 }),
        async (prices, batches) => {
          await sql`truncate costs, cost_deltas`.execute(rows.postgres.db)
          const messages: Sent[] = []
          const all = new Map<Sent, { by: PhoneNumberId; heard: Heard[] }>()
          for (const [i, price] of prices.entries()) {
            const by = i % 2 ? sender : other
            const message = await sent(by, PRICES[price] as PriceRecord | null)
            messages.push(message)
            all.set(message, { by, heard: [] })
          }
          const erased = new Set<Sent>()
          for (const one of batches) {
            if (one.kind === 'fold') await foldCosts(rows.postgres.db, one.limit)
            else if (one.kind === 'merge')
              await moveConversation(messages[one.from] as Sent, messages[one.into] as Sent)
            else if (one.kind === 'erase') {
              const message = messages[one.message] as Sent
              erased.add(message)
              for (const table of ['messages', 'attempts']) {
                await sql`delete from ${sql.table(table)} where intent_id = ${message.id}::uuid`.execute(
                  rows.postgres.db,
                )
              }
            } else {
              const newest = new Map(one.steps.map((step) => [messages[step.message] as Sent, step]))
              const known = await knownOf([...newest.keys()])
              expect(known.filter((message) => erased.has(message))).toEqual([])
              const updates = known.map((message) => {
                const { status, minute, told } = newest.get(message) as (typeof one.steps)[number]
                all.get(message)?.heard.push({ status, minute, told })
                return update(message, status, minute, told ? toldAt(minute) : null)
              })
              // Doubled, and by two at a time.
              await Promise.all([fold(updates), fold(updates)])
            }
          }
          const expected = recount(all, () => '')
          const read = totals(await costs())
          expect(new Map([...read].map(([currency, sums]) => [` ${currency}`, sums]))).toEqual(expected)
          while ((await foldCosts(rows.postgres.db, 3)) > 0) {}
          expect(totals(await costs())).toEqual(read)
          expect(keyed(await costs('sender'))).toEqual(recount(all, (by) => by))
          expect(keyed(await costs('category'))).toEqual(recount(all, (_by, { category }) => category))
          expect(keyed(await costs('market'))).toEqual(recount(all, (_by, { market }) => market))
        },
      ),
      { numRuns: 40 },
    )
  }, 60_000)

  /** As whoever takes in webhooks finds whose they are: by our id in them, or by Meta's. */
  async function knownOf(asked: Sent[]): Promise<Sent[]> {
    return inTransaction(rows.postgres.pool, async (_trx, client) => {
      const attempts = await findAttempts(
        client,
        asked.map(({ id }) => ({ intentId: id, number: 1 })),
      )
      const named = await findMessageAttempts(
        client,
        asked.map(({ wamid }) => wamid),
      )
      return asked.filter(({ id, wamid }) => attempts.has(`${id}.1`) || named.has(wamid))
    })
  }

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
    expect(await isStored(message)).toBe(false)
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
