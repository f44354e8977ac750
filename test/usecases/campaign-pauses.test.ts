import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { viewOfIntent } from '../../src/app/views/intent.ts'
import type { IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { ensurePace } from '../../src/store/accounts/number-pace.ts'
import { claimHeads, lookAt } from '../../src/store/intents/claim.ts'
import { openPage } from '../../src/store/intents/open-page.ts'
import { type IntentRead, readIntent } from '../../src/store/intents/reads.ts'
import { CALLER, HERE } from '../support/access.ts'
import { type CampaignStage, openCampaignStage } from '../support/campaign-stage.ts'
import { asRead } from '../support/rows.ts'

const DECISION = { kind: 'send', reason: { code: 'window_open' as const, text: 'Open.' }, facts: { sender: 'active' } }

describe('a pause of a campaign', () => {
  let { rows, campaigns, some, feed } = {} as CampaignStage
  beforeAll(async () => {
    ;({ rows, campaigns, some, feed } = await openCampaignStage())
  })
  afterAll(() => rows.close())

  async function handedOver(count: number, numbers = 1) {
    const portfolio = rows.digits()
    const senders: PhoneNumberId[] = []
    for (let i = 0; i < numbers; i += 1) senders.push(await rows.linkSender({ portfolio }))
    const csv = `to\n${some(count)
      .map((one) => `+${one}`)
      .join('\n')}\n`
    const message = { type: 'text', text: { body: 'Hello' } }
    const given = { senders: senders.map((sender) => ({ sender })), message, when_closed: 'hold' }
    const campaign = await campaigns.listed(given, csv)
    await campaigns.command(campaign.id, 'start')
    await feed(campaign.row)
    const { rows: intents } = await rows.postgres.pool.query<{ id: IntentId }>(
      'select id from intents where campaign_id = $1 order by campaign_position',
      [campaign.row],
    )
    return { ...campaign, senders, sender: senders[0] as PhoneNumberId, intents: intents.map(({ id }) => id) }
  }

  it('keeps a try that waits for its time, shows it held once it is due, and lets it go as the next of its tries', async () => {
    const { id, sender, intents } = await handedOver(1)
    const [intent] = intents as [IntentId]
    const reason = { code: 'throughput' as const, text: 'Later.', graphCode: 130429 }
    await rows.attempt(sender, intent, {
      event: 'retry',
      dueInMs: 60_000,
      keepsTurn: true,
      reason,
      countsAsRetry: true,
    })
    await campaigns.command(id, 'pause')
    expect(await campaigns.counts(id)).toMatchObject({ total: 1, scheduled: 1, held: 0 })
    await rows.postgres.pool.query('update intents set due_at = casement_now() where id = $1', [intent])
    expect(await campaigns.counts(id)).toMatchObject({ total: 1, scheduled: 0, held: 1 })
    const read = (await readIntent(rows.postgres.db, { ...HERE, id: intent })) as IntentRead
    expect(viewOfIntent(read)).toMatchObject({ state: 'held', reason: { code: 'campaign_paused' } })
    expect(await rows.page(sender)).toEqual([])
    await campaigns.command(id, 'resume')
    expect((await rows.open(sender, intent)).number).toBe(2)
  })

  it('stops what a page has found and not opened, and nothing that it has', async () => {
    const { id, sender, intents } = await handedOver(2)
    await ensurePace(rows.postgres.pool, [sender])
    const client = await rows.postgres.pool.connect()
    try {
      for (const pausesAt of ['found', 'opened'] as const) {
        await rows.postgres.pool.query(`update number_pace set next_at = 'epoch' where phone_number_id = $1`, [sender])
        await client.query('begin')
        const [look] = await lookAt(client, [sender], [true])
        if (!look?.locked) throw new Error('expected the number to be free')
        const [claim] = await claimHeads(client, [{ sender, look: 1 }], 1, [])
        const items = (await asRead(client, [claim?.intent.id as IntentId])).map((read) => ({
          ...read,
          sentAs: 'free_form' as const,
          decision: DECISION,
        }))
        if (pausesAt === 'found') await campaigns.command(id, 'pause')
        const { opened } = await openPage(client, items, [look.locked])
        if (pausesAt === 'opened') await campaigns.command(id, 'pause')
        await client.query('commit')
        expect(opened.map((one) => one !== null)).toEqual([pausesAt === 'opened'])
        await campaigns.command(id, 'resume')
      }
    } finally {
      client.release()
    }
    expect(await campaigns.counts(id)).toMatchObject({ total: 2, dispatching: 1, queued: 1 })
    expect(await rows.page(sender)).toHaveLength(1)
    expect(intents).toHaveLength(2)
  })

  it('leaves nothing behind and lets nothing go twice, however it meets a resume and a page', async () => {
    const { id, senders, intents } = await handedOver(120, 2)
    const opened: IntentId[] = []
    const meet = [
      async () => void (await campaigns.commandCampaign({ ...CALLER }, id, 'pause', {})),
      async () => void (await campaigns.commandCampaign({ ...CALLER }, id, 'resume', {})),
      ...senders.map((sender) => async () => void opened.push(...(await rows.page(sender, 1).catch(() => [])))),
    ]
    for (let round = 0; round < 150; round += 1) {
      const turn = round % meet.length
      await Promise.all([...meet.slice(turn), ...meet.slice(0, turn)].map((deed) => deed()))
      // Whatever they came to, the next of them find one state or the other.
      const counts = await campaigns.counts(id)
      const { total, ...states } = counts
      expect(Object.values(states).reduce((sum, n) => sum + n, 0)).toBe(total)
    }
    await campaigns.commandCampaign({ ...CALLER }, id, 'resume', {})
    for (const sender of senders) opened.push(...(await rows.page(sender, 200)))
    expect(opened.sort()).toEqual([...intents].sort())
    expect(await campaigns.counts(id)).toMatchObject({ total: 120, dispatching: 120 })
  })
})
