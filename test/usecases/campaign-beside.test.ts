import { afterAll, beforeAll, expect, it } from 'vitest'
import { feedOn } from '../../src/app/feeding.ts'
import type { IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { campaignsToFeed } from '../../src/store/campaigns/feeding.ts'
import { type CampaignsOn, campaignsOn } from '../support/lists.ts'
import { createRows, type Rows } from '../support/rows.ts'

/*
 * Two campaigns of one number, second by second by a clock that is set: whoever leads looks four times a second, and the number takes what its
 * pace allows, the first that are due.
 */

const SETTINGS = { windowMarginMs: 0, followUpCooldownMs: 0, requireOptIn: false, recipientReviewMs: 0 }
const message = { type: 'text', text: { body: 'Hello' } }
const MPS = 40
const SLOW_MPS = 5
const LOOKS_A_SECOND = 4
const SECONDS = 24
/** The most that is handed over ahead, in seconds of the number. */
const AHEAD_S = 10

let rows: Rows
let campaigns: CampaignsOn
let sender: PhoneNumberId
beforeAll(async () => {
  rows = await createRows()
  campaigns = campaignsOn(rows.postgres)
  sender = await rows.linkSender()
  await rows.postgres.pool.query('update senders set throughput_mps = $2 where phone_number_id = $1', [sender, MPS])
})
afterAll(() => rows.close())

let next = 0
async function running(people: number, given: object) {
  const list = Array.from({ length: people }, () => `+551196${String(++next).padStart(7, '0')}`)
  const campaign = await campaigns.listed({ sender, message, ...given }, `to\n${list.join('\n')}\n`)
  await campaigns.command(campaign.id, 'start')
  return campaign
}

it('a campaign with a pace of its own keeps it beside one that has none, neither starves, and replies go past both', async () => {
  const start = await rows.now()
  const setClock = (aheadMs: number) =>
    rows.postgres.pool.query(
      `create or replace function casement_now() returns timestamptz language sql stable parallel safe
       as $$select to_timestamp(${(start + aheadMs) / 1_000})$$`,
    )
  await setClock(0)
  const fast = await running(MPS * SECONDS, {})
  const slow = await running(SLOW_MPS * SECONDS * 2, { max_mps: SLOW_MPS })
  const { id: conversation } = await rows.conversation(sender)
  const pricing = { of: async () => new Map() }
  /** Of each look: how many of the slow one, and of both. */
  const taken: { slow: number; all: number }[] = []
  let reply: { id: IntentId; look: number } | null = null
  let leftAt = -1
  for (let look = 0; look < SECONDS * LOOKS_A_SECOND; look += 1) {
    await setClock((look * 1_000) / LOOKS_A_SECOND)
    for (const row of await campaignsToFeed(rows.postgres.db)) {
      await feedOn({ postgres: rows.postgres, optOuts: rows.optOuts, settings: SETTINGS, pricing }, row)
    }
    if (look === (SECONDS / 2) * LOOKS_A_SECOND) reply = { id: await rows.intent(sender, conversation), look }
    const page = await rows.page(sender, MPS / LOOKS_A_SECOND)
    if (reply !== null && page.includes(reply.id)) leftAt = look
    await Promise.all(page.map((id) => rows.closeAttempt(id, 1, { event: 'accept' })))
    const { rows: found } = await rows.postgres.pool.query(
      'select count(*) filter (where campaign_id = $2)::int as slow from intents where id = any ($1::uuid[])',
      [page, slow.row],
    )
    taken.push({ slow: found[0].slow, all: page.length })
  }
  expect(leftAt).toBe(reply?.look)
  // The number never waits: not at the begin, and not because one of them has to.
  expect(taken.every(({ all }) => all === MPS / LOOKS_A_SECOND)).toBe(true)

  const slowBy = (second: number) => taken.slice(0, second * LOOKS_A_SECOND).reduce((sum, one) => sum + one.slow, 0)
  for (let second = 1; second <= SECONDS; second += 1) {
    expect(slowBy(second)).toBeLessThanOrEqual(SLOW_MPS * second + 1)
    // It waits behind what of the other was handed over before, and for nothing else.
    expect(slowBy(second)).toBeGreaterThanOrEqual(SLOW_MPS * (second - AHEAD_S))
  }
  const tail = slowBy(SECONDS) - slowBy(SECONDS - AHEAD_S)
  expect([tail >= SLOW_MPS * AHEAD_S * 0.9, tail <= SLOW_MPS * AHEAD_S * 1.1]).toEqual([true, true])
  const counts = await campaigns.counts(fast.id)
  expect(counts.sent).toBe(MPS * SECONDS - slowBy(SECONDS) - 1)
}, 120_000)
