import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ContactId, Wamid } from '../../../src/domain/ids.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/domain/time.ts'
import { foldStatuses } from '../../../src/store/intents/statuses.ts'
import { lockAlone, mergeContacts } from '../../../src/store/people/merge.ts'
import { inTransaction } from '../../../src/store/pg/postgres.ts'
import { tickBegins } from '../../../src/usecases/flows/begin-by-message.ts'
import { CALLER } from '../../support/access.ts'
import { type Customer, createFlowWorld, type FlowWorld } from '../../support/flow-world.ts'

/* What begins by time, while somebody changes what it depends on: it begins once, and is not lost. */

let world: FlowWorld
beforeAll(async () => {
  world = await createFlowWorld()
})
afterAll(() => world.close())

let flows = 0
let name: string
beforeEach(() => {
  name = `by_time_${++flows}`
})

const asks = (before = '1h', more = '') => `
flow: ${name}
purpose: service
${more}triggers: [{ window_closing: { before: ${before} } }]
steps: [{ id: rest, wait: 9d }]
`
const nags = (triggers: string) => `
flow: ${name}
purpose: service
triggers: [${triggers}]
steps: [{ id: rest, wait: 9d }]
`
const conversations = async () => (await world.runsOf(name)).map((run) => run.conversation_id)

/** `gone` turns out to be `kept`, and is looked at by `look` before that is committed. */
async function merging(kept: Customer, gone: Customer, look: () => Promise<unknown>): Promise<void> {
  let looking: Promise<unknown> = Promise.resolve()
  await inTransaction(world.rows.postgres.pool, async (trx) => {
    expect(await lockAlone(trx, [kept.contactId, gone.contactId] as ContactId[])).toBe(true)
    await mergeContacts(trx, kept.contactId, gone.contactId)
    looking = look()
    await world.blocked()
  })
  await looking
}

async function delivered(customer: Customer, template: string): Promise<void> {
  const message = { type: 'template' as const, template: { name: template, language: { code: 'en' } } }
  const intentId = await world.rows.intent(world.sender, customer.id, { message })
  await world.rows.attempt(world.sender, intentId, { event: 'accept' })
  const at = await world.now()
  const times = { sentAt: at, deliveredAt: at, readAt: null, failedAt: null }
  const none = { error: null, errorAt: null, pricing: null, pricingAt: null }
  const which = { wamid: `wamid.${intentId}` as Wamid, intentId, attempt: 1, conversationId: customer.id }
  await inTransaction(world.rows.postgres.pool, (_trx, client) =>
    foldStatuses(client, [{ ...which, sentAs: 'template', status: 'delivered', ...times, ...none }]),
  )
}

describe('a window that closes soon', () => {
  it('is that of whom its person turns out to be in this moment', async () => {
    await world.deploy(asks())
    const [kept, gone] = [await world.customer(), await world.customer()]
    await world.says(gone, 'Hello')
    await world.advance(23 * HOUR_MS + MINUTE_MS)
    await merging(kept, gone, () => world.tickClosings())
    await world.tickClosings()
    expect(await conversations()).toEqual([kept.id])
  })

  it('by a message that is taken in while somebody looks is not passed', async () => {
    await world.deploy(asks())
    const customer = await world.customer()
    const at = await world.inPast(23 * HOUR_MS - 3 * SECOND_MS)
    await world.hears(world.said(customer, 'Late', { at }), async () => {
      await world.advance(5 * SECOND_MS)
      await world.tickClosings()
    })
    await world.tickClosings()
    expect(await conversations()).toEqual([customer.id])
  })

  it('by a message whose stamp was passed since it began to be taken in waits for another round', async () => {
    await world.deploy(asks())
    const customer = await world.customer()
    const event = world.said(customer, 'Late', { at: await world.inPast(23 * HOUR_MS - 3 * SECOND_MS) })
    await sql`
      update flow_closings set looked_to = looked_to + interval '1 minute'
      where flow_id = (select id from flows where name = ${name})`.execute(world.rows.postgres.db)
    expect(await world.hears(event)).toBe('busy')
    await world.advance(5 * SECOND_MS)
    expect(await world.hears(event)).toBe('applied')
    expect(await conversations()).toEqual([customer.id])
  })

  it.each([
    ['earlier', '2h'],
    ['later', '30m'],
  ])('begins the flow once, where an edit has it begin %s', async (_when, before) => {
    await world.deploy(asks())
    const [early, late] = [await world.customer(), await world.customer()]
    await world.says(early, 'Hello')
    await world.advance(90 * MINUTE_MS)
    await world.says(late, 'Hello')
    await world.advance(21.5 * HOUR_MS + MINUTE_MS)
    await world.tickClosings()
    expect(await conversations()).toEqual([early.id])
    await world.deploy(asks(before))
    await world.tickClosings()
    await world.advance(2 * HOUR_MS)
    await world.tickClosings()
    await world.tickClosings()
    expect(await conversations()).toEqual([early.id, late.id])
  })

  it('begins once in each number, where an edit has the flow be one of others', async () => {
    const second = await world.rows.linkSender({ portfolio: 'one' })
    await world.deploy(asks('1h', `sender: "${world.sender}"\n`))
    const here = await world.customer()
    const there = await world.rows.conversation(second)
    await world.says(here, 'Hello')
    await sql`
      update conversations set last_inbound_at = casement_now(), window_opened_at = casement_now() where id = ${there.id}::bigint`.execute(
      world.rows.postgres.db,
    )
    await world.advance(22 * HOUR_MS)
    await world.tickClosings()
    await world.deploy(asks())
    await world.advance(HOUR_MS + MINUTE_MS)
    await world.tickClosings()
    await world.deploy(asks('1h', `sender: "${second}"\n`))
    await world.tickClosings()
    expect((await conversations()).toSorted()).toEqual([here.id, there.id].toSorted())
  })

  it('in a pause begins the flow once that is over, if it is still open then', async () => {
    await world.deploy(asks())
    const [first, second] = [await world.customer(), await world.customer()]
    await world.says(first, 'Hello')
    await world.advance(HOUR_MS)
    await world.says(second, 'Hello')
    await world.services.pauseFlow(CALLER, name)
    await world.advance(23 * HOUR_MS + MINUTE_MS)
    await world.tickClosings()
    expect(await conversations()).toEqual([])
    await world.services.resumeFlow(CALLER, name)
    await world.tickClosings()
    expect(await conversations()).toEqual([second.id])
  })

  it('of before is no other by what was written before and comes after', async () => {
    await world.deploy(asks())
    const customer = await world.customer()
    const earlier = await world.now()
    await world.advance(MINUTE_MS)
    await world.says(customer, 'Second')
    await world.advance(23 * HOUR_MS)
    await world.tickClosings()
    await world.says(customer, 'First', { at: earlier })
    await world.tickClosings()
    expect(await conversations()).toEqual([customer.id])
  })
})

describe('a message that nobody answers', () => {
  const OFFER = '{ unanswered: { of: { template: offer }, after: 1h } }'

  it('is that of whom it turns out to have gone to in this moment, and who may have answered', async () => {
    await world.deploy(nags(OFFER))
    const [kept, gone, answering, other] = await Promise.all([1, 2, 3, 4].map(() => world.customer()))
    const sorted = (a: Customer, b: Customer) => [a, b].toSorted((x, y) => Number(x.contactId) - Number(y.contactId))
    const [one, two] = sorted(kept as Customer, gone as Customer) as [Customer, Customer]
    const [three, four] = sorted(answering as Customer, other as Customer) as [Customer, Customer]
    await delivered(two, 'offer')
    await world.advance(HOUR_MS)
    await merging(one, two, () => tickBegins(world.ticker))
    await tickBegins(world.ticker)
    expect(await conversations()).toEqual([one.id])
    await delivered(four, 'offer')
    await world.advance(MINUTE_MS)
    await world.says(three, 'Yes')
    await world.advance(HOUR_MS)
    await merging(three, four, () => tickBegins(world.ticker))
    await tickBegins(world.ticker)
    expect(await conversations()).toEqual([one.id])
  })

  it('begins a flow when its newest text says so, though somebody works that out by the one before', async () => {
    const textFor = (time: string) => nags(`{ unanswered: { of: { template: moving }, after: ${time} } }`)
    await world.deploy(textFor('4h'))
    const customer = await world.customer()
    await delivered(customer, 'moving')
    await world.deploy(textFor('3h'))
    let deploying: Promise<unknown> = Promise.resolve()
    await tickBegins({
      ...world.ticker,
      inTransaction: (run) =>
        world.ticker.inTransaction(async (io) => {
          const done = await run(io)
          deploying = world.deploy(textFor('1h'))
          await world.blocked()
          return done
        }),
    })
    await deploying
    await tickBegins(world.ticker)
    await world.advance(HOUR_MS)
    await tickBegins(world.ticker)
    expect(await conversations()).toEqual([customer.id])
  })

  it('begins a flow that says two times for it at the first', async () => {
    await world.deploy(
      nags(
        '{ unanswered: { of: { template: twice }, after: 3h } }, { unanswered: { of: { template: twice }, after: 1h } }',
      ),
    )
    const customer = await world.customer()
    await delivered(customer, 'twice')
    for (const hours of [1, 1, 1]) {
      await world.advance(hours * HOUR_MS)
      await tickBegins(world.ticker)
      expect(await conversations()).toEqual([customer.id])
    }
  })
})
