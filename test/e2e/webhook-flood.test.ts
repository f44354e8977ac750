import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Random, seededRandom } from '../faults/random.ts'
import { type Harness, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { SEED } from '../support/seed.ts'
import { eventually } from '../support/signals.ts'
import { HOUR_MS, text } from './fixtures.ts'

/*
 * Thousands of status events about a few messages, most of them repetitions, in any order and with many requests in flight, against the
 * whole application: every request is acknowledged, the inbox drains, and each message is where its statuses say, once.
 */

const REQUESTS = 800
const IN_FLIGHT = 64

const UNDELIVERABLE = 131_026
const WINDOW_CLOSED = 131_047

let casement: Harness
beforeAll(async () => {
  casement = await startHarness(lanesOnPostgres)
})
afterAll(() => casement.close())

interface Sent {
  id: string
  wamid: string
  customer: string
}

async function sent(): Promise<Sent> {
  const customer = casement.stranger()
  await casement.writes(customer, Date.now() - HOUR_MS)
  const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi'), when_closed: 'hold' })
  const { wamid } = await casement.intentIn(id, 'sent')
  return { id, wamid: wamid as string, customer }
}

const stamp = () => String(Math.floor(Date.now() / 1_000))
const metadata = () => ({ display_phone_number: '15550783881', phone_number_id: casement.sender })

function statusOf({ wamid }: Sent, word: string, code?: number): object {
  return { id: wamid, status: word, timestamp: stamp(), ...(code === undefined ? {} : { errors: [{ code }] }) }
}

function messageOf({ customer }: Sent): object {
  return { from: customer, id: `wamid.in.${customer}`, timestamp: stamp(), type: 'text', text: { body: 'Hello' } }
}

interface Change {
  field: string
  value: object
}

function changeOf(list: 'statuses' | 'messages', items: object[]): Change {
  return { field: 'messages', value: { messaging_product: 'whatsapp', metadata: metadata(), [list]: items } }
}

/** Requests of one to twelve items each, and one with every item, whatever the dice say. */
function requestsFrom(items: Record<'statuses' | 'messages', object[]>, random: Random): Change[][] {
  const several = Array.from({ length: REQUESTS }, () => {
    const list = random.below(10) === 0 ? 'messages' : 'statuses'
    return [
      changeOf(
        list,
        Array.from({ length: 1 + random.below(12) }, () => random.pick(items[list])),
      ),
    ]
  })
  return [[changeOf('statuses', items.statuses.toReversed()), changeOf('messages', items.messages)], ...several]
}

async function postAll(requests: Change[][]): Promise<number[]> {
  const answers: number[] = []
  const waiting = [...requests]
  const post = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) answers.push(await casement.webhook(...next))
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, post))
  return answers
}

it(`ends each message where its statuses say, once (seed ${SEED})`, { timeout: 120_000 }, async () => {
  const random = seededRandom(SEED)
  const [one, two, three, undeliverable, late, closed, again] = (await Promise.all(
    Array.from({ length: 7 }, () => sent()),
  )) as [Sent, Sent, Sent, Sent, Sent, Sent, Sent]
  await casement.told()
  // From here on only the flood speaks of them.
  casement.sandbox.setWebhookUrl(null)
  await casement.query(`update messages set status = null, delivered_at = null, read_at = null`)
  casement.sandbox.addFault({ kind: 'latency', ms: 1_000, match: { to: again.customer } })
  await casement.webhook(changeOf('statuses', [statusOf(late, 'failed', UNDELIVERABLE)]))
  await casement.intentIn(late.id, 'failed')

  const items = {
    statuses: [
      ...[one, two].flatMap((message) => ['sent', 'delivered', 'read'].map((word) => statusOf(message, word))),
      ...['sent', 'delivered', 'in_orbit'].map((word) => statusOf(three, word)),
      ...[statusOf(undeliverable, 'sent'), statusOf(undeliverable, 'failed', UNDELIVERABLE)],
      ...[statusOf(late, 'failed', UNDELIVERABLE), statusOf(late, 'delivered')],
      ...[statusOf(closed, 'sent'), statusOf(closed, 'failed', WINDOW_CLOSED)],
      ...[statusOf(again, 'sent'), statusOf(again, 'failed', WINDOW_CLOSED)],
      statusOf({ ...one, wamid: 'wamid.of-somebody-else' }, 'delivered'),
    ],
    // The one that is sent again has written meanwhile, so its window is open.
    messages: [one, two, three, again].map(messageOf),
  }
  const answers = await postAll(requestsFrom(items, random))
  expect(answers).toHaveLength(REQUESTS + 1)
  expect(new Set(answers)).toEqual(new Set([200]))
  // Repetitions also while its second attempt is on its way.
  await eventually(async () => {
    await casement.webhook(changeOf('statuses', [statusOf(again, 'failed', WINDOW_CLOSED)]))
    return (await casement.intent(again.id)).attempts[1]?.outcome === 'accepted'
  })
  await casement.told()

  const end = async ({ id, customer }: Sent) => {
    const { state, reason, delivery_status, attempts } = await casement.intent(id)
    const calls = casement.calls(customer).length
    return { state, reason: reason?.code ?? null, delivery_status, attempts: attempts.length, calls }
  }
  const delivered = { state: 'sent', reason: null, attempts: 1, calls: 1 }
  await casement.intentIn(closed.id, 'held')
  await casement.intentIn(again.id, 'sent')
  expect({
    one: await end(one),
    two: await end(two),
    three: await end(three),
    undeliverable: await end(undeliverable),
    late: await end(late),
    closed: await end(closed),
    again: await end(again),
  }).toEqual({
    one: { ...delivered, delivery_status: 'read' },
    two: { ...delivered, delivery_status: 'read' },
    three: { ...delivered, delivery_status: 'delivered' },
    undeliverable: { ...delivered, state: 'failed', reason: 'recipient_unreachable', delivery_status: 'failed' },
    late: { ...delivered, delivery_status: 'delivered' },
    closed: { ...delivered, state: 'held', reason: 'awaiting_window', delivery_status: 'failed' },
    again: { ...delivered, delivery_status: null, attempts: 2, calls: 2 },
  })
  const inbound = await casement.query(
    `select count(*)::int as count from inbound_messages where wamid like 'wamid.in.%'`,
  )
  expect(inbound).toEqual([{ count: 4 }])
  expect(await casement.query(`select error from webhook_events where state = 'failed'`)).toEqual([])
})
