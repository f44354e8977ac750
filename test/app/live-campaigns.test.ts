import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CAMPAIGNS_EVERY_MS, createLiveCampaigns } from '../../src/app/live-campaigns.ts'
import type { PhoneNumberId, WorkspaceId } from '../../src/domain/ids.ts'
import { addMoves } from '../../src/store/campaigns/counts.ts'
import { sweepCampaigns } from '../../src/store/campaigns/retention.ts'
import type { WorkspaceNews } from '../../src/store/outbox/live.ts'
import { CALLER } from '../support/access.ts'
import { type CampaignsOn, campaignsOn } from '../support/lists.ts'
import { createRows, type Rows } from '../support/rows.ts'

const message = { type: 'text', text: { body: 'Hello' } }
const HERE = CALLER.workspace

describe('campaigns, for who looks', () => {
  let rows: Rows
  let campaigns: CampaignsOn
  let sender: PhoneNumberId
  /** Milliseconds, moved by hand. */
  let now = 0
  beforeAll(async () => {
    rows = await createRows()
    campaigns = campaignsOn(rows.postgres)
    sender = await rows.linkSender()
  })
  afterAll(() => rows.close())
  beforeEach(async () => {
    await rows.postgres.pool.query(`update campaigns set state = 'cancelled', gated = false, over_at = casement_now(),
      reason_code = null, reason_text = null, next_feed_at = null where over_at is null`)
  })

  const live = () => createLiveCampaigns(rows.postgres.db, () => now)

  let next = 0
  async function running(): Promise<{ id: string; row: number }> {
    const people = [1, 2, 3].map(() => `+551195${String(++next).padStart(7, '0')}`)
    const campaign = await campaigns.listed({ sender, message }, `to\n${people.join('\n')}\n`)
    await campaigns.command(campaign.id, 'start')
    return campaign
  }

  /** As when one more was sent. */
  const sends = async (row: number) => {
    await rows.postgres.pool.query('update campaigns set fed = fed + 1 where id = $1', [row])
    await addMoves(rows.postgres.db, row, [{ variant: 0, key: 'sent', n: 1 }])
  }

  async function news(kind: string, subject: string, payload: Record<string, unknown>): Promise<WorkspaceNews> {
    return { id: '1', workspace: HERE, kind, subject, payload, at: await rows.now() }
  }

  it('are told of as they go on, once for each change, twice a second at most, and nothing is written for it', async () => {
    const { id, row } = await running()
    const feed = live()
    const before = await rows.postgres.pool.query('select from outbox')
    const first = await feed.changes([HERE])
    expect(first).toMatchObject([
      {
        workspace: HERE,
        type: 'campaign',
        id,
        event: 'campaign.progress',
        senders: [sender],
        data: { id, counts: { sent: 0 } },
      },
    ])
    await sends(row)
    now += CAMPAIGNS_EVERY_MS - 1
    expect(await feed.changes([HERE])).toEqual([])
    expect(feed.dueInMs()).toBe(1)
    now += 1
    await sends(row)
    expect(await feed.changes([HERE])).toMatchObject([{ id, data: { counts: { total: 3, sent: 2, scheduled: 1 } } }])
    now += CAMPAIGNS_EVERY_MS
    expect(await feed.changes([HERE])).toEqual([])
    const after = await rows.postgres.pool.query('select from outbox')
    expect(after.rowCount).toBe(before.rowCount)
  })

  it('are told of by what happened to them, as they are now, and to nobody else’s workspace', async () => {
    const { id } = await running()
    const feed = live()
    await feed.changes([HERE])
    now += CAMPAIGNS_EVERY_MS
    await campaigns.command(id, 'pause')
    feed.note([await news('campaign.started', id, { sender }), await news('campaign.paused', id, { sender })])
    expect(await feed.changes(['another' as WorkspaceId])).toEqual([])
    now += CAMPAIGNS_EVERY_MS
    feed.note([await news('campaign.paused', id, { sender })])
    expect(await feed.changes([HERE])).toMatchObject([{ id, event: 'campaign.paused', data: { state: 'paused' } }])
    // Nothing of it goes on by itself.
    expect(feed.dueInMs()).toBe(Number.POSITIVE_INFINITY)
    now += CAMPAIGNS_EVERY_MS
    expect(await feed.changes([HERE])).toEqual([])
  })

  it('are told of by what becomes of their messages, also when they are over', async () => {
    const { id, row } = await running()
    const { id: conversation } = await rows.conversation(sender)
    const [theirs, another] = [await rows.intent(sender, conversation), await rows.intent(sender, conversation)]
    await rows.postgres.pool.query('update intents set campaign_id = $1 where id = $2', [row, theirs])
    await campaigns.command(id, 'cancel')
    const feed = live()
    expect(await feed.changes([HERE])).toEqual([])
    for (const one of [await news('intent.sent', another, {}), await news('message.received', 'wamid.1', {})]) {
      feed.note([one])
      now += CAMPAIGNS_EVERY_MS
      expect(await feed.changes([HERE])).toEqual([])
    }
    for (const [i, one] of [
      await news('intent.sent', theirs, {}),
      await news('message.delivered', 'wamid.2', { intent: theirs }),
    ].entries()) {
      await sends(row)
      feed.note([one])
      now += CAMPAIGNS_EVERY_MS
      expect(await feed.changes([HERE])).toMatchObject([
        { id, event: 'campaign.progress', data: { state: 'cancelled', counts: { sent: i + 1 } } },
      ])
    }
  })

  it('are told to be in no list any more once they are deleted', async () => {
    const { id, row } = await campaigns.listed({ sender, message }, 'to\n+5511950009999\n')
    await rows.postgres.pool.query(
      `update campaigns set touched_at = casement_now() - interval '40 days' where id = $1`,
      [row],
    )
    while (await sweepCampaigns(rows.postgres.db, 30)) {}
    const feed = live()
    feed.note([await news('campaign.cancelled', id, { sender })])
    expect(await feed.changes([HERE])).toMatchObject([
      { id, event: 'campaign.cancelled', senders: [sender], data: null },
    ])
  })

  it('are told anew where reading them failed', async () => {
    const { id } = await running()
    await campaigns.command(id, 'pause')
    let fails = true
    const db = new Proxy(rows.postgres.db, {
      get(target, name) {
        if (fails && name === 'getExecutor') throw new Error('away')
        const value = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const feed = createLiveCampaigns(db, () => now)
    feed.note([await news('campaign.paused', id, { sender })])
    now += CAMPAIGNS_EVERY_MS
    await expect(feed.changes([HERE])).rejects.toThrow('away')
    fails = false
    now += CAMPAIGNS_EVERY_MS
    expect(await feed.changes([HERE])).toMatchObject([{ id, event: 'campaign.paused' }])
  })
})
