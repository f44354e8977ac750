import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { feedOn } from '../../../src/app/feeding.ts'
import type { IntentId, Wamid } from '../../../src/domain/ids.ts'
import { HOUR_MS, MINUTE_MS } from '../../../src/domain/time.ts'
import { foldStatuses } from '../../../src/store/intents/statuses.ts'
import { inTransaction } from '../../../src/store/pg/postgres.ts'
import { tickBegins } from '../../../src/usecases/flows/begin-by-message.ts'
import { CALLER } from '../../support/access.ts'
import { type Customer, createFlowWorld, type FlowWorld } from '../../support/flow-world.ts'
import { campaignsOn } from '../../support/lists.ts'

/* Flows that begin by a message of ours: no row is kept of any other. */

let world: FlowWorld
beforeAll(async () => {
  world = await createFlowWorld()
})
afterAll(() => world.close())

const nagging = (name: string, of: string, after = '1h') => `
flow: ${name}
purpose: service
triggers: [{ unanswered: { of: { ${of} }, after: ${after} } }, api]
stop: [reply]
steps:
  - { id: remind, send: { template: { name: ${name}_reminder, language: en } } }
  - { id: rest, wait: 1d }
`
const template = (name: string) => ({
  type: 'template' as const,
  template: { name, language: { code: 'en' } },
})

async function sends(customer: Customer, name: string): Promise<IntentId> {
  const intent = await world.rows.intent(world.sender, customer.id, { message: template(name) })
  await world.rows.attempt(world.sender, intent, { event: 'accept' })
  return intent
}

async function reports(customer: Customer, intentId: IntentId, status: 'sent' | 'delivered' | 'read'): Promise<void> {
  const at = await world.now()
  const wamid = `wamid.${intentId}` as Wamid
  const times = {
    sentAt: at,
    deliveredAt: status === 'sent' ? null : at,
    readAt: status === 'read' ? at : null,
    failedAt: null,
  }
  const none = { error: null, errorAt: null, pricing: null, pricingAt: null }
  const message = { wamid, intentId, attempt: 1, conversationId: customer.id, sentAs: 'template' as const, status }
  await inTransaction(world.rows.postgres.pool, (_trx, client) =>
    foldStatuses(client, [{ ...message, ...times, ...none }]),
  )
}

const tick = async () => {
  while (await tickBegins(world.ticker));
}
const rowsKept = async () => {
  const { rows } = await world.rows.postgres.pool.query('select count(*)::int as n from flow_begins')
  return rows[0].n
}

describe('a message that nobody answers', () => {
  it('begins a flow once, when its time is over, and those that somebody answers begin none', async () => {
    await world.deploy(nagging('nag', 'template: offer'))
    const [silent, answers, other] = [await world.customer(), await world.customer(), await world.customer()]
    const before = await rowsKept()
    const intent = await sends(silent, 'offer')
    await reports(silent, intent, 'sent')
    expect(await rowsKept()).toBe(before)
    await reports(silent, intent, 'delivered')
    await reports(answers, await sends(answers, 'offer'), 'delivered')
    await reports(other, await sends(other, 'another'), 'delivered')
    expect(await rowsKept()).toBe(before + 2)
    await world.advance(HOUR_MS - MINUTE_MS)
    await tick()
    expect(await world.runsOf('nag')).toEqual([])
    await world.says(answers, 'Yes!')
    await world.advance(MINUTE_MS)
    await tick()
    expect(await world.runsOf('nag')).toMatchObject([{ conversation_id: silent.id }])
    await reports(silent, intent, 'read')
    await tick()
    expect(await world.runsOf('nag')).toHaveLength(1)
  })

  it('is taken for unanswered by what was written before it, and not by what waits to be taken in', async () => {
    await world.deploy(nagging('late', 'template: late_offer'))
    const customer = await world.customer()
    const written = await world.inPast(MINUTE_MS)
    await reports(customer, await sends(customer, 'late_offer'), 'delivered')
    await world.says(customer, 'Hello?', { at: written })
    await world.advance(HOUR_MS)
    await tick()
    expect(await world.runsOf('late')).toHaveLength(1)

    const second = await world.customer()
    await reports(second, await sends(second, 'late_offer'), 'delivered')
    await world.advance(HOUR_MS - 5_000)
    const { pool } = world.rows.postgres
    const pending = await pool.query(
      `insert into webhook_events (workspace, payload) values ('default', '{}') returning id`,
    )
    await world.advance(6_000)
    await tick()
    expect(await world.runsOf('late')).toHaveLength(1)
    await world.says(second, 'I am here')
    await pool.query('delete from webhook_events where id = $1', [pending.rows[0].id])
    await tick()
    expect(await world.runsOf('late')).toHaveLength(1)
  })

  it('waits as long as the flow says by then', async () => {
    await world.deploy(nagging('edited', 'template: edited_offer', '2h'))
    const [first, second] = [await world.customer(), await world.customer()]
    await reports(first, await sends(first, 'edited_offer'), 'delivered')
    await world.deploy(nagging('edited', 'template: edited_offer', '3h'))
    await world.advance(2 * HOUR_MS)
    await tick()
    expect(await world.runsOf('edited')).toEqual([])
    await world.deploy(nagging('edited', 'template: edited_offer', '1h'))
    await tick()
    expect(await world.runsOf('edited')).toHaveLength(1)
    await reports(second, await sends(second, 'edited_offer'), 'delivered')
    await world.services.pauseFlow(CALLER, 'edited')
    await world.advance(HOUR_MS)
    await tick()
    expect(await world.runsOf('edited')).toHaveLength(1)
  })

  it('of a flow begins another, never the same, and no endless chain', async () => {
    await world.deploy(nagging('ping', 'flow: pong'))
    await world.deploy(nagging('pong', 'flow: ping'))
    await world.deploy(nagging('own', 'template: own_reminder'))
    const customer = await world.customer()
    await world.start('ping', customer)
    await world.start('own', customer)
    const known = new Set<string>()
    for (let round = 0; round < 10; round++) {
      await world.tick()
      for (const name of ['ping', 'pong', 'own']) {
        for (const { id } of await world.runsOf(name)) {
          const [sent] = await world.sent(id)
          if (!sent || known.has(id)) continue
          known.add(id)
          await world.rows.attempt(world.sender, sent.id, { event: 'accept' })
          await reports(customer, sent.id, 'delivered')
        }
      }
      await world.advance(HOUR_MS)
      await tick()
    }
    const counts = async (name: string) => (await world.runsOf(name)).length
    expect([await counts('ping'), await counts('pong'), await counts('own')]).toEqual([3, 3, 1])
  })
})

describe('a campaign', () => {
  it('begins a flow for whom its message has left to, once', async () => {
    await world.deploy(`
flow: after_launch
purpose: marketing
triggers: [{ campaign: Launch }]
stop: [reply]
steps:
  - { id: rest, wait: 2d }
  - { id: more, send: { template: { name: launch_more, language: en } } }
`)
    const campaigns = campaignsOn(world.rows.postgres)
    const customers = [await world.customer(), await world.customer()] as const
    const list = `to\n${customers.map(({ waId }) => `+${waId}`).join('\n')}\n`
    const text = { type: 'text', text: { body: 'We have begun.' } }
    const document = { name: 'Launch', sender: world.sender, message: text }
    const campaign = await campaigns.listed(document, list)
    await campaigns.command(campaign.id, 'start')
    const { postgres, optOuts } = world.rows
    const settings = { windowMarginMs: 0, followUpCooldownMs: 0, requireOptIn: false, recipientReviewMs: 0 }
    await feedOn({ postgres, optOuts, settings, pricing: { of: async () => new Map() } }, campaign.row)
    const { rows } = await postgres.pool.query<{ id: IntentId; conversation: string }>(
      'select id, conversation_id as conversation from intents where campaign_id = $1',
      [campaign.row],
    )
    expect(rows).toHaveLength(2)
    await tick()
    expect(await world.runsOf('after_launch')).toEqual([])
    const [first] = customers
    const intent = rows.find(({ conversation }) => conversation === first.id)?.id as IntentId
    await world.rows.attempt(world.sender, intent, { event: 'accept' })
    for (const status of ['sent', 'delivered', 'read'] as const) {
      await reports(first, intent, status)
      await tick()
    }
    expect(await world.runsOf('after_launch')).toMatchObject([{ conversation_id: first.id, state: 'waiting' }])
  })
})
