import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { campaignReportServices } from '../../src/app/campaign-report.ts'
import { feedOn, tend } from '../../src/app/feeding.ts'
import { createPatience } from '../../src/app/patience.ts'
import type { Postgres } from '../../src/store/pg/postgres.ts'
import { faultyPostgres } from '../faults/faulty-postgres.ts'
import { CALLER } from '../support/access.ts'
import { type CampaignsOn, campaignsOn } from '../support/lists.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { eventually } from '../support/signals.ts'

const SETTINGS = { windowMarginMs: 0, followUpCooldownMs: 0, requireOptIn: false, recipientReviewMs: 0 }
const message = { type: 'text', text: { body: 'Hello {{name | there}}' } }
const REASONS = ['attempts_exhausted']
const onError = (error: Error) => {
  throw error
}

describe('a retry', () => {
  let rows: Rows
  let campaigns: CampaignsOn
  beforeAll(async () => {
    rows = await createRows()
    campaigns = campaignsOn(rows.postgres)
  })
  afterAll(() => rows.close())

  let next = 0
  const digits = () => `551193${String(++next).padStart(7, '0')}`
  const listOf = (people: string[]) => `to,name\n${people.map((one) => `+${one},Ana`).join('\n')}\n`
  const query = async <T>(text: string, values: unknown[]) => (await rows.postgres.pool.query(text, values)).rows as T[]

  async function rowOf(id: string): Promise<number> {
    const [found] = await query<{ id: number }>('select id from campaigns where public_id = $1', [id])
    return (found as { id: number }).id
  }

  /** Runs it to its end; each of those named ends as said, all others are sent. */
  async function run(id: string, ends: Record<string, [state: string, reason: string]> = {}): Promise<void> {
    await campaigns.command(id, 'start')
    const row = await rowOf(id)
    await feedOn(
      { postgres: rows.postgres, optOuts: rows.optOuts, settings: SETTINGS, pricing: { of: async () => new Map() } },
      row,
    )
    // As the counts would be moved by what writes states.
    for (const { intent, who } of await query<{ intent: string; who: string }>(
      `select l.intent_id as intent, r.recipient as who from campaign_intents l
       join campaign_recipients r using (campaign_id, position) where l.campaign_id = $1`,
      [row],
    )) {
      const [state, reason] = ends[who] ?? ['sent', null]
      await query(
        `update intents set state = $2, reason_code = $3, reason_text = $3, due_at = null, wamid = case when $2 = 'sent' then 'wamid.' || id end,
           sent_as = case when $2 = 'sent' then 'free_form' end where id = $1`,
        [intent, state, reason],
      )
    }
    await query(`delete from campaign_moves where campaign_id = $1 and key = 'scheduled'`, [row])
    await tend({ postgres: rows.postgres, onError })
    const [campaign] = await query<{ state: string }>('select state from campaigns where id = $1', [row])
    expect(campaign).toEqual({ state: 'finished' })
  }

  async function finished(people: string[], ends: Record<string, [string, string]>, more: string[][] = []) {
    const made = await campaigns.listed({ sender: await rows.linkSender(), message }, listOf(people))
    for (const some of more) await upload(made.id, some)
    await run(made.id, ends)
    return made
  }

  async function upload(id: string, people: string[]) {
    const stream = Readable.from([Buffer.from(listOf(people))])
    return campaigns.importAudience(CALLER, id, { stream, charset: null, defaultCountry: undefined })
  }

  const retry = (id: string, reasons = REASONS, includeUnconfirmed = false) =>
    campaigns.retryCampaign(CALLER, id, { reasons, includeUnconfirmed })

  async function child(id: string, reasons?: string[], includeUnconfirmed?: boolean): Promise<string> {
    const made = await retry(id, reasons, includeUnconfirmed)
    if (!made.ok) throw new Error(made.refusal.message)
    return made.value.id as string
  }

  const onList = async (id: string) =>
    (
      await query<{ recipient: string }>(
        `select recipient from campaign_recipients where campaign_id = $1 and position <= (select total from campaigns where id = $1) order by position`,
        [await rowOf(id)],
      )
    ).map(({ recipient }) => recipient)

  const EXHAUSTED: [string, string] = ['failed', 'attempts_exhausted']

  it('is one at a time, so that nobody stands on two drafts that both can be started', async () => {
    const people = [digits(), digits()]
    const { id } = await finished(people, Object.fromEntries(people.map((one) => [one, EXHAUSTED])))
    const both = await Promise.all([retry(id), retry(id)])
    expect(both.map(({ ok }) => ok).sort()).toEqual([false, true])
    const first = both.find(({ ok }) => ok)
    const made = first?.ok ? (first.value.id as string) : ''
    expect(await retry(id)).toMatchObject({
      ok: false,
      refusal: { status: 409, code: 'wrong_state', message: expect.stringContaining(made) },
    })
    await campaigns.command(made, 'cancel')
    await tend({ postgres: rows.postgres, onError })
    expect(await onList(await child(id))).toEqual(people)
  })

  it('has nobody whom an earlier one of the same reached, or may have reached', async () => {
    const [reached, doubtful, blocked, again] = [digits(), digits(), digits(), digits()] as [
      string,
      string,
      string,
      string,
    ]
    const people = [reached, doubtful, blocked, again]
    const { id } = await finished(people, Object.fromEntries(people.map((one) => [one, EXHAUSTED])))
    const first = await child(id)
    await run(first, {
      [doubtful]: ['failed', 'unconfirmed'],
      [blocked]: ['failed', 'recipient_blocked'],
      [again]: EXHAUSTED,
    })
    const second = await child(id)
    expect(await onList(second)).toEqual([again])
    // A retry of the retry is of the same people too.
    expect(await retry(first)).toMatchObject({ ok: false, refusal: { status: 409 } })
    await run(second, { [again]: EXHAUSTED })
    const third = await child(first)
    expect(await onList(third)).toEqual([again])
    // It was begun, and nobody's turn had come.
    await query('update campaigns set fed = total, later = total where id = $1', [await rowOf(third)])
    await campaigns.command(third, 'cancel')
    await tend({ postgres: rows.postgres, onError })
    expect(await onList(await child(id, REASONS, true))).toEqual([doubtful, again])
  })

  it('keeps the lists of its parent apart, each with its columns', async () => {
    const [a, b, c, d] = [digits(), digits(), digits(), digits()] as [string, string, string, string]
    const { id } = await finished([a, b], { [a]: EXHAUSTED, [c]: EXHAUSTED, [d]: EXHAUSTED }, [[c], [d]])
    const made = await child(id)
    expect(await onList(made)).toEqual([a, c, d])
    const uploads = await query(
      'select id, state, first_position, last_position, accepted from campaign_uploads where campaign_id = $1 order by id',
      [await rowOf(made)],
    )
    expect(uploads).toEqual([
      { id: 1, state: 'ready', first_position: 1, last_position: 1, accepted: 1 },
      { id: 2, state: 'ready', first_position: 2, last_position: 2, accepted: 1 },
      { id: 3, state: 'ready', first_position: 3, last_position: 3, accepted: 1 },
    ])
  })

  it('is there before its list is, where that takes long, and does not begin without it', async () => {
    const people = [digits(), digits()] as [string, string]
    const { id } = await finished(people, { [people[0]]: EXHAUSTED })
    const patience = createPatience({ onError, patienceMs: 0 })
    const retried = await campaignReportServices(rows.postgres, patience).retryCampaign(CALLER, id, {
      reasons: REASONS,
      includeUnconfirmed: false,
    })
    if (!retried.ok) throw new Error(retried.refusal.message)
    const child = retried.value.id as string
    await eventually(async () => (await campaigns.counts(child)).total === 1)
    expect(await onList(child)).toEqual([people[0]])
    await patience.stop()
    await campaigns.command(child, 'cancel')
  })

  it('has all of them or nobody, and takes a list, wherever it breaks off', async () => {
    const [a, b] = [digits(), digits()] as [string, string]
    const ends = { [a]: EXHAUSTED, [b]: EXHAUSTED }
    const { id } = await finished([a], ends, [[b]])
    const retried = (postgres: Postgres) =>
      campaignReportServices(postgres).retryCampaign(CALLER, id, { reasons: REASONS, includeUnconfirmed: false })
    let broken = true
    for (let lost = 1; broken; lost += 1) {
      let nth = 0
      // As if the process died there: nothing works from then on.
      const faulty = faultyPostgres(rows.postgres, (run) => {
        nth += 1
        if (nth < lost) return run()
        throw Object.assign(new Error('dead'), { code: 'XX000' })
      })
      broken = await retried(faulty).then(
        ({ ok }) => !ok,
        () => true,
      )
      const drafts = await query<{ public_id: string; total: number }>(
        `select public_id, total from campaigns where parent_id = $1 and state = 'draft'`,
        [await rowOf(id)],
      )
      for (const { public_id, total } of drafts) {
        expect(total, `after ${lost}`).toBeOneOf([0, 2])
        await query(
          `update campaign_uploads set leased_until = now() - interval '1 second' where state = 'loading' and campaign_id = $1`,
          [await rowOf(public_id)],
        )
        const stranger = digits()
        expect(await upload(public_id, [stranger]), `after ${lost}`).toMatchObject({ ok: true, value: { accepted: 1 } })
        expect(await onList(public_id)).toEqual(total === 0 ? [stranger] : [a, b, stranger])
        await campaigns.command(public_id, 'cancel')
      }
      await tend({ postgres: rows.postgres, onError })
    }
  })
})
