import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { campaignRunServices } from '../../src/app/campaign-run.ts'
import { dataOf } from '../../src/app/event-data.ts'
import { tend } from '../../src/app/feeding.ts'
import type { CampaignCommand } from '../../src/domain/campaign/lifecycle.ts'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import { HOUR_MS, plus, toIso } from '../../src/domain/time.ts'
import { sweepCampaigns } from '../../src/store/campaigns/retention.ts'
import { beginScheduled, pauseCampaign } from '../../src/store/campaigns/run.ts'
import { faultyPostgres } from '../faults/faulty-postgres.ts'
import { ANOTHER, CALLER } from '../support/access.ts'
import { type CampaignsOn, campaignsOn } from '../support/lists.ts'
import { createRows, type Rows } from '../support/rows.ts'

/* What is told of campaigns. */

const message = { type: 'text', text: { body: 'Hello {{name | there}}' } }
const LOST = Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' })

let rows: Rows
let campaigns: CampaignsOn
let sender: PhoneNumberId
beforeAll(async () => {
  rows = await createRows()
  campaigns = campaignsOn(rows.postgres)
  sender = await rows.linkSender()
})
afterAll(() => rows.close())
beforeEach(async () => {
  await rows.postgres.pool.query('truncate outbox')
})

const query = (text: string, values: unknown[] = []) => rows.postgres.pool.query(text, values)

let next = 0
const draft = (given: object = {}) =>
  campaigns.listed({ sender, message, ...given }, `to,name\n+551194${String(++next).padStart(7, '0')},Ana\n`)

async function told(): Promise<{ kind: string; subject: string; payload: Record<string, unknown> }[]> {
  const { rows: news } = await query('delete from outbox returning *')
  return news.filter(({ kind }) => kind.startsWith('campaign.')).toSorted((a, b) => Number(a.id) - Number(b.id))
}
const kinds = async () => (await told()).map(({ kind }) => kind.replace('campaign.', ''))

describe('a campaign', () => {
  it('tells that it was written, started, paused, resumed and cancelled, and nothing where nothing changes', async () => {
    const { id } = await draft()
    for (const command of ['start', 'start', 'pause', 'pause', 'resume', 'resume', 'cancel', 'cancel'] as const) {
      await campaigns.command(id, command)
    }
    const news = await told()
    expect(news.map(({ kind, subject, payload }) => [kind, subject, payload])).toEqual([
      ['campaign.created', id, { sender }],
      ['campaign.started', id, { sender }],
      ['campaign.paused', id, { sender, reason: 'by_request' }],
      ['campaign.resumed', id, { sender }],
      ['campaign.cancelled', id, { sender }],
    ])
    const { db } = rows.postgres
    const events = news.map((one) => ({ ...one, type: one.kind }) as never)
    const data = await dataOf(db, CALLER, events, 0)
    expect(data[0]).toMatchObject({
      workspace: CALLER.workspace,
      id,
      name: 'Spring',
      counts: { total: 1, cancelled: 1 },
    })
    expect(data[2]).toMatchObject({ id, state: 'cancelled', reason_code: 'by_request' })
    const nothing = news.map(() => null)
    expect(await dataOf(db, { ...CALLER, senders: [await rows.linkSender()] }, events, 0)).toEqual(nothing)
    expect(await dataOf(db, ANOTHER, events, 0)).toEqual(nothing)
  })

  it('tells once what is asked for many times at once', async () => {
    const { id } = await draft()
    for (const command of ['start', 'pause', 'resume', 'cancel'] as const) {
      await Promise.all(Array.from({ length: 5 }, () => campaigns.command(id, command)))
    }
    expect(await kinds()).toEqual(['created', 'started', 'paused', 'resumed', 'cancelled'])
  })

  it('tells once, whichever statement of a command is lost, before it happened or after', async () => {
    const { id } = await draft()
    await campaigns.command(id, 'start')
    let statements = 0
    const counting = faultyPostgres(rows.postgres, (run) => {
      statements += 1
      return run()
    })
    const commandOn = (postgres: typeof counting, command: CampaignCommand) =>
      campaignRunServices(postgres).commandCampaign(CALLER, id, command, {})
    await commandOn(counting, 'pause')
    expect(statements).toBeGreaterThan(3)
    expect(await kinds()).toEqual(['created', 'started', 'paused'])
    let command: CampaignCommand = 'resume'
    for (const happens of [false, true]) {
      for (let lost = 1; lost <= statements; lost += 1) {
        let nth = 0
        const faulty = faultyPostgres(rows.postgres, async (run) => {
          nth += 1
          if (nth !== lost) return run()
          if (happens) await run()
          throw LOST
        })
        await commandOn(faulty, command).catch((error: Error) => expect(error.message).toMatch(/connection/i))
        await campaigns.command(id, command)
        expect([lost, happens, await kinds()]).toEqual([lost, happens, [`${command}d`]])
        command = command === 'resume' ? 'pause' : 'resume'
      }
    }
  })

  it('tells nothing of what is rolled back', async () => {
    const { id, row } = await draft()
    await campaigns.command(id, 'start')
    await told()
    const failed = rows.postgres.db.transaction().execute(async (trx) => {
      expect(await pauseCampaign(trx, row, { code: 'quality_red', text: 'Red.' })).toBe(true)
      throw LOST
    })
    await expect(failed).rejects.toBe(LOST)
    expect(await told()).toEqual([])
  })

  it('tells that it waits for its time, begins then, missed it, and is over', async () => {
    const send_at = toIso(plus(await rows.now(), HOUR_MS))
    const [one, missed] = [await draft({ send_at }), await draft({ send_at })]
    for (const { id } of [one, missed]) await campaigns.command(id, 'start')
    expect(await kinds()).toEqual(['created', 'created', 'scheduled', 'scheduled'])
    await query('update campaigns set send_at = casement_now() where id = $1', [one.row])
    await query('update campaigns set send_at = casement_now(), begin_by = casement_now() where id = $1', [missed.row])
    // Two that believe to lead.
    await Promise.all([beginScheduled(rows.postgres.db), beginScheduled(rows.postgres.db)])
    expect((await told()).map(({ kind, subject, payload }) => [kind, subject, payload.reason])).toEqual([
      ['campaign.paused', missed.id, 'start_missed'],
      ['campaign.started', one.id, undefined],
    ])
    await query('update campaigns set fed = total, next_feed_at = null where id = $1', [one.row])
    const raise = (error: Error) => {
      throw error
    }
    const looks = [1, 2].map(() => tend({ postgres: rows.postgres, onError: raise }))
    await Promise.all(looks)
    expect((await told()).map(({ kind, subject }) => [kind, subject])).toEqual([['campaign.finished', one.id]])
    await campaigns.command(missed.id, 'resume')
    expect(await kinds()).toEqual(['resumed'])
  })

  it('tells that there is a retry, and that a draft goes for its age', async () => {
    const parent = await draft()
    await campaigns.command(parent.id, 'start')
    await campaigns.command(parent.id, 'cancel')
    await told()
    const child = await campaigns.retryCampaign(CALLER, parent.id, {
      reasons: ['attempts_exhausted'],
      includeUnconfirmed: false,
    })
    if (!child.ok) throw new Error(child.refusal.message)
    const id = child.value.id as string
    expect((await told()).map(({ kind, subject }) => [kind, subject])).toEqual([['campaign.created', id]])
    await query(`update campaigns set touched_at = casement_now() - interval '40 days' where public_id = $1`, [id])
    while (await sweepCampaigns(rows.postgres.db, 30)) {}
    const news = await told()
    expect(news.map(({ kind, subject }) => [kind, subject])).toEqual([['campaign.cancelled', id]])
    // Nothing is left to be shown of it.
    const [data] = await dataOf(
      rows.postgres.db,
      CALLER,
      news.map((one) => ({ ...one, type: one.kind }) as never),
      0,
    )
    expect(data).toBeNull()
  })
})
