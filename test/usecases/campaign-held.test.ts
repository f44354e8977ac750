import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tend } from '../../src/app/feeding.ts'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import type { Postgres } from '../../src/store/pg/postgres.ts'
import { deadFrom, heldAt } from '../faults/held-at.ts'
import { CALLER, HERE } from '../support/access.ts'
import { type CampaignStage, openCampaignStage } from '../support/campaign-stage.ts'
import { campaignsOn } from '../support/lists.ts'

/* What is made of lists, held at each of its statements while another does its work and ends; or dead from there on. */

const message = { type: 'text', text: { body: 'Hello' } }
const onError = (error: Error) => expect.unreachable(error.message)

describe('held at each statement', () => {
  let { rows, campaigns, some, feed } = {} as CampaignStage
  beforeAll(async () => {
    ;({ rows, campaigns, some, feed } = await openCampaignStage())
  })
  afterAll(() => rows.close())

  const query = async <T extends object>(text: string, values: unknown[] = []) =>
    (await rows.postgres.pool.query<T>(text, values)).rows
  const listOf = (people: readonly string[]) => `to\n${people.map((who) => `+${who}`).join('\n')}\n`

  async function running(numbers: readonly PhoneNumberId[], count: number) {
    const senders = numbers.map((sender) => ({ sender }))
    const campaign = await campaigns.listed({ senders, message }, listOf(some(count)))
    await campaigns.command(campaign.id, 'start')
    return campaign
  }

  /** Whatever happened to it: hands over what is left, and nobody was passed by or doubled. */
  async function expectAll({ id, row }: { id: string; row: number }, count: number): Promise<void> {
    for (let round = 0; round < 3; round += 1) {
      await query('update campaigns set next_feed_at = casement_now() where id = $1 and next_feed_at is not null', [
        row,
      ])
      await feed(row)
    }
    const found = await query<{ position: number }>(
      `select position from campaign_intents where campaign_id = $1
       union all select position from campaign_exceptions where campaign_id = $1 order by position`,
      [row],
    )
    expect(found.map(({ position }) => position)).toEqual(Array.from({ length: count }, (_, i) => i + 1))
    const { total, ...states } = await campaigns.counts(id)
    expect([total, Object.values(states).reduce((sum, n) => sum + n, 0)]).toEqual([count, count])
  }

  const PEOPLE = 6

  it('a lead hands over what its successor has not, whatever that did meanwhile', async () => {
    const numbers = [await rows.linkSender()]
    const others: ((one: { id: string; row: number }) => Promise<unknown>)[] = [
      ({ row }) => feed(row),
      async ({ id, row }) => {
        await campaigns.command(id, 'pause')
        await campaigns.command(id, 'resume')
        await feed(row)
      },
    ]
    for (const [nth, other] of others.entries()) {
      for (let at = 1; ; at += 1) {
        const campaign = await running(numbers, PEOPLE)
        const had = await heldAt(
          rows.postgres,
          at,
          (postgres) => feed(campaign.row, { postgres }),
          () => other(campaign),
        )
        await expectAll(campaign, PEOPLE).catch((error) => {
          throw new Error(`other ${nth}, statement ${at}`, { cause: error })
        })
        if (!had) break
      }
    }
  }, 60_000)

  it('a round of several numbers loses nobody where one of them is paused or unlinked, or somebody opts out', async () => {
    const portfolio = rows.digits()
    const [one, gone] = [await rows.linkSender({ portfolio }), await rows.linkSender({ portfolio })]
    for (const what of ['paused', 'opted out', 'unlinked'] as const) {
      for (let at = 1; ; at += 1) {
        const two = what === 'unlinked' ? await rows.linkSender({ portfolio }) : gone
        const campaign = await running([one, two], PEOPLE)
        const [who] = await query<{ who: string }>(
          'select recipient as who from campaign_recipients where campaign_id = $1 and position = 3',
          [campaign.row],
        )
        const had = await heldAt(
          rows.postgres,
          at,
          (postgres) => feed(campaign.row, { postgres }),
          async () => {
            if (what === 'paused') await rows.senders.pause(HERE, two)
            else if (what === 'unlinked') await rows.senders.unlink(HERE, two)
            else await query(`update contacts set marketing = 'out' where wa_id = $1`, [who?.who])
          },
        )
        await rows.senders.resume(HERE, gone)
        await expectAll(campaign, PEOPLE).catch((error) => {
          throw new Error(`${what} at statement ${at}`, { cause: error })
        })
        if (!had) break
      }
    }
  }, 60_000)

  it('an upload that dies leaves nothing, and the next begins clean', async () => {
    const sender = await rows.linkSender()
    const load = (postgres: Postgres, id: string, list: string) =>
      campaignsOn(postgres).importAudience(CALLER, id, {
        stream: Readable.from([Buffer.from(list)]),
        charset: null,
        defaultCountry: undefined,
      })
    for (let at = 1; ; at += 1) {
      const made = await campaigns.createCampaign(CALLER, { name: 'Spring', sender, message })
      const id = made.ok ? (made.value.id as string) : ''
      const [{ row }] = (await query<{ row: number }>('select id as row from campaigns where public_id = $1', [
        id,
      ])) as [{ row: number }]
      // Of two batches now and then, and some of its lines are wrong.
      const people = some(at % 8 === 7 ? 10_500 : 20)
      const csv = `to\n${people.map((who) => `+${who}`).join('\n')}\nnobody\n+${people[0]}\n`
      const dead = deadFrom(rows.postgres, at, at % 2 === 0)
      const answer = await load(dead.postgres, id, csv).catch(() => null)
      const total = (await campaigns.counts(id)).total
      // All of it or nothing, whatever was answered.
      expect([at, total]).toEqual([at, total === 0 ? 0 : people.length])
      if (answer?.ok) expect(total).toBe(people.length)
      await query(`update campaign_uploads set leased_until = now() - interval '1 second' where lease is not null`)
      const again = await load(rows.postgres, id, csv)
      const accepted = people.length - total
      expect([at, again]).toMatchObject([
        at,
        { ok: true, value: { rows: people.length + 2, accepted, duplicates: total + 1, invalid: 1 } },
      ])
      const found = await query<{ n: number; people: number; last: number }>(
        'select count(*)::int as n, count(distinct recipient)::int as people, max(position) as last from campaign_recipients where campaign_id = $1',
        [row],
      )
      expect([at, found]).toEqual([at, [{ n: people.length, people: people.length, last: people.length }]])
      const errors = await query<{ n: number }>(
        `select count(*)::int as n from campaign_import_errors e join campaign_uploads u on u.campaign_id = e.campaign_id and u.id = e.upload
         where e.campaign_id = $1 and u.state <> 'ready'`,
        [row],
      )
      expect([at, errors]).toEqual([at, [{ n: 0 }]])
      if (!dead.wasMet()) break
    }
  }, 180_000)

  it('a retry is made once, by whoever is first', async () => {
    const people = some(3)
    const parent = await campaigns.listed({ sender: await rows.linkSender(), message }, listOf(people))
    await campaigns.command(parent.id, 'start')
    await feed(parent.row)
    await query(
      `update intents set state = 'failed', reason_code = 'attempts_exhausted', reason_text = 'x', due_at = null where campaign_id = $1`,
      [parent.row],
    )
    await query(`delete from campaign_moves where campaign_id = $1 and key = 'scheduled'`, [parent.row])
    await tend({ postgres: rows.postgres, onError })
    const retry = (postgres: Postgres) =>
      campaignsOn(postgres).retryCampaign(CALLER, parent.id, {
        reasons: ['attempts_exhausted'],
        includeUnconfirmed: false,
      })
    for (let at = 1; ; at += 2) {
      const answers: (string | null)[] = []
      const take = async (postgres: Postgres) => {
        const answer = await retry(postgres)
        answers.push(answer.ok ? (answer.value.id as string) : null)
      }
      const had = await heldAt(rows.postgres, at, take, () => take(rows.postgres))
      const children = await query<{ id: string; total: number }>(
        `select public_id as id, total from campaigns where parent_id = $1 and state = 'draft'`,
        [parent.row],
      )
      if (had) expect([at, answers.filter((id) => id !== null)]).toEqual([at, children.map(({ id }) => id)])
      expect([at, children.map(({ total }) => total)]).toEqual([at, [people.length]])
      for (const { id } of children) await campaigns.command(id, 'cancel')
      await tend({ postgres: rows.postgres, onError })
      if (!had) break
    }
  }, 60_000)
})
