import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEstimator } from '../../src/app/estimating.ts'
import { numberKey } from '../../src/domain/identity.ts'
import type { ContactId, IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { lockAlone, mergeContacts } from '../../src/store/people/merge.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import type { Page } from '../../src/usecases/spend-permit.ts'
import { seededRandom } from '../faults/random.ts'
import { CALLER } from '../support/access.ts'
import { type CampaignStage, openCampaignStage, SETTINGS, UNPRICED } from '../support/campaign-stage.ts'
import { takePageOf } from '../support/pages.ts'
import { eventually } from '../support/signals.ts'

const OFFER = { template: { name: 'offer', language: 'en' } }
const NEWS = { template: { name: 'news', language: 'en' } }
const onError = (error: Error) => {
  throw error
}

describe('the frequency cap of a campaign', () => {
  let { rows, campaigns, digits, feed } = {} as CampaignStage
  beforeAll(async () => {
    ;({ rows, campaigns, digits, feed } = await openCampaignStage())
  })
  afterAll(() => rows.close())

  const query = async <T extends object>(text: string, values: unknown[]) =>
    (await rows.postgres.pool.query<T>(text, values)).rows

  /** With a template for offers, and one for news of what was bought. */
  async function number(): Promise<PhoneNumberId> {
    const sender = await rows.linkSender()
    for (const [name, category] of [
      ['offer', 'MARKETING'],
      ['news', 'UTILITY'],
    ]) {
      const document = { name, language: 'en', components: [{ type: 'BODY', text: 'Hello' }] }
      await query(
        `insert into templates (id, waba_id, name, language, category, status, document)
         select s.waba_id || $2, s.waba_id, $2, 'en', $3, 'APPROVED', $4 from senders s where s.phone_number_id = $1`,
        [sender, name, category, JSON.stringify(document)],
      )
    }
    return sender
  }

  async function drafted(sender: PhoneNumberId, people: string[], given: object = {}) {
    const csv = `to\n${people.map((one) => `+${one}`).join('\n')}\n`
    return campaigns.listed({ sender, message: OFFER, frequency_cap: { messages: 1, days: 1 }, ...given }, csv)
  }

  async function fed(sender: PhoneNumberId, people: string[], given: object = {}) {
    const campaign = await drafted(sender, people, given)
    await campaigns.command(campaign.id, 'start')
    await feed(campaign.row)
    return campaign
  }

  async function got(
    sender: PhoneNumberId,
    who: string,
    hoursAgo: number,
    columns: object = { category: 'marketing' },
  ) {
    const { id } = await rows.conversation(sender, who)
    const all = { status: 'delivered', sent_as: 'template', category: null, told_category: null, ...columns }
    await query(
      `insert into messages (wamid, conversation_id, accepted_at, status, sent_as, category, told_category)
       values ('wamid.' || gen_random_uuid(), $1, casement_now() - $2 * interval '1 hour', $3, $4, $5, $6)`,
      [id, hoursAgo, all.status, all.sent_as, all.category, all.told_category],
    )
  }

  /** Takes a page of these numbers as a worker does. @param during before its transaction ends */
  const page = (numbers: PhoneNumberId[], during?: () => Promise<unknown>) =>
    takePageOf(rows.postgres, SETTINGS, numbers, during && { taken: during })

  const left = ({ opened }: Page) => opened.map(({ claim }) => claim.intent.id)
  const stayed = ({ staying }: Page) => staying.map(({ decision }) => decision.reason.code)
  const intentsOf = async (row: number) =>
    (await query<{ id: IntentId }>('select id from intents where campaign_id = $1', [row])).map(({ id }) => id)

  it('skips whoever got so many from any number of the workspace, and counts so beforehand', async () => {
    const [one, two] = [await number(), await number()]
    const people = Array.from({ length: 8 }, digits)
    await got(two, people[0] as string, 2)
    await got(two, people[1] as string, 25)
    await got(two, people[2] as string, 2, { category: 'utility' })
    await got(two, people[3] as string, 2, { status: 'failed', category: 'marketing' })
    await got(two, people[4] as string, 2, { category: 'utility', told_category: 'marketing' })
    await got(two, people[5] as string, 2, { sent_as: 'free_form', category: 'service' })
    // Of whose price nobody knew anything.
    await got(two, people[6] as string, 2, { category: null })
    const campaign = await drafted(one, people)
    const estimator = createEstimator({
      postgres: rows.postgres,
      optOuts: rows.optOuts,
      pricing: UNPRICED,
      settings: SETTINGS,
      onError,
    })
    const estimate = await eventually(async () => {
      const answer = await estimator.services.estimateCampaign(CALLER, campaign.id)
      return answer.ok && answer.value.state === 'ready' ? answer.value : false
    })
    await estimator.stop()
    expect(estimate).toMatchObject({ fates: { template: 5, suppressed: { capped: 3 } } })
    await campaigns.command(campaign.id, 'start')
    await feed(campaign.row)
    expect(await campaigns.counts(campaign.id)).toMatchObject({ queued: 5, suppressed: 3 })
    const skipped = await query(
      'select position, reason_code, reason_text from campaign_exceptions where campaign_id = $1 order by position',
      [campaign.row],
    )
    const text = 'They got 1 marketing message in 1 day; the campaign allows 1.'
    expect(skipped).toEqual([1, 5, 7].map((position) => ({ position, reason_code: 'capped', reason_text: text })))
  })

  it('is for marketing alone', async () => {
    const sender = await number()
    const who = digits()
    await got(sender, who, 2)
    const news = await fed(sender, [who], { message: NEWS })
    expect(await campaigns.counts(news.id)).toMatchObject({ queued: 1 })
    expect(left(await page([sender]))).toEqual(await intentsOf(news.row))
  })

  it('is asked again as a message leaves', async () => {
    const [one, two] = [await number(), await number()]
    const who = digits()
    const campaign = await fed(one, [who])
    await got(two, who, 0)
    const taken = await page([one])
    expect(left(taken)).toEqual([])
    expect(stayed(taken)).toEqual(['capped'])
    expect(await campaigns.counts(campaign.id)).toMatchObject({ queued: 1 })
  })

  it('lets one of two go that leave at once, by two numbers on one page', async () => {
    const [one, two] = [await number(), await number()]
    const who = digits()
    const [first, second] = [await fed(one, [who]), await fed(two, [who])]
    const taken = await page([one, two])
    expect(left(taken)).toHaveLength(1)
    expect(stayed(taken)).toEqual(['capped'])
    const both = [...(await intentsOf(first.row)), ...(await intentsOf(second.row))]
    expect(both).toEqual(expect.arrayContaining(left(taken)))
  })

  it('lets one of two go that leave at once, by two workers, and counts what is on its way or in doubt', async () => {
    const [one, two, three] = [await number(), await number(), await number()]
    const who = digits()
    await fed(one, [who])
    await fed(two, [who])
    await fed(three, [who])
    // The first has counted and not committed when the second counts: it waits, and then counts the first's.
    const counted = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const first = page([one], async () => {
      counted.resolve()
      await goOn.promise
    })
    await counted.promise
    const second = page([two])
    await eventually(async () => {
      const waiting = await query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and wait_event = 'advisory'`,
        [],
      )
      return waiting.length > 0
    })
    goOn.resolve()
    const [id] = left(await first) as [IntentId]
    expect(stayed(await second)).toEqual(['capped'])
    expect(left(await second)).toEqual([])
    await rows.closeAttempt(id, 1, { event: 'doubt', reason: { code: 'in_doubt', text: 'Lost.' } } as never)
    expect(stayed(await page([three]))).toEqual(['capped'])
  })

  it('does not count the same message against itself when it is tried again', async () => {
    const sender = await number()
    const campaign = await fed(sender, [digits()])
    const [id] = left(await page([sender])) as [IntentId]
    await rows.closeAttempt(id, 1, {
      event: 'retry',
      dueInMs: 0,
      keepsTurn: true,
      reason: { code: 'throughput', text: 'Later.', graphCode: 130429 },
      countsAsRetry: true,
    } as never)
    expect(left(await page([sender]))).toEqual(await intentsOf(campaign.row))
  })

  /** By a plain count: what is on its way to these people, nobody knows of, or was sent and did not fail. */
  async function alive(people: readonly string[]): Promise<number> {
    const [found] = await query<{ n: number }>(
      `select count(*)::int as n from intents i join conversations v on v.id = i.conversation_id left join messages m on m.wamid = i.wamid
       where v.contact_id in (select contact_id from contact_identities where key = any ($1))
         and (i.state in ('dispatching', 'in_doubt') or (i.state = 'sent' and m.status is distinct from 'failed'))`,
      [people.map(numberKey)],
    )
    return found?.n as number
  }

  async function merge(a: string, b: string): Promise<void> {
    const found = await query<{ id: ContactId }>(
      'select contact_id::text as id from contact_identities where key = any ($1) order by array_position($1, key)',
      [[a, b].map(numberKey)],
    )
    const [kept, gone] = found.map(({ id }) => id) as [ContactId, ContactId]
    await inTransaction(rows.postgres.pool, async (trx) => {
      await lockAlone(trx, [kept, gone])
      await mergeContacts(trx, kept, gone)
    })
  }

  const OUTCOMES = [
    { event: 'accept' },
    { event: 'accept' },
    { event: 'doubt', reason: { code: 'in_doubt', text: 'Lost.' } },
    { event: 'fail', reason: { code: 'recipient_unreachable', text: 'Not there.', graphCode: 131_026 } },
  ]

  it('is never passed, whatever leaves at once, comes to nothing, or turns out to be of one person', async () => {
    const random = seededRandom(20)
    for (let story = 0; story < 6; story += 1) {
      const numbers = [await number(), await number(), await number()] as const
      const [a, b, c] = [digits(), digits(), digits()]
      const messages = 1 + random.below(2)
      for (const sender of [...numbers, ...numbers])
        await fed(sender, [a, b, c], { frequency_cap: { messages, days: 2 } })
      let groups = [[a], [b], [c]]
      let most = messages
      const underWay: IntentId[] = []
      for (let round = 0; round < 6; round += 1) {
        const pages = await Promise.all(numbers.filter(() => random.below(4) > 0).map((sender) => page([sender])))
        underWay.push(...pages.flatMap(left))
        for (const people of groups)
          expect(await alive(people)).toBeLessThanOrEqual(people.length > 1 ? most : messages)
        for (const id of underWay.splice(0)) {
          if (random.below(4) === 0) underWay.push(id)
          else await rows.closeAttempt(id, 1, random.pick(OUTCOMES) as never)
        }
        // One that was taken is reported as failed.
        await query(
          `update messages set status = 'failed' where wamid in (
             select m.wamid from messages m join intents i on i.id = m.intent_id where i.phone_number_id = any ($1)
             order by m.wamid limit $2)`,
          [numbers, random.below(2)],
        )
        if (round !== 2) continue
        // What they got as two may be more than one of them would have got.
        most = Math.max(messages, await alive([a, b]))
        await merge(a, b)
        groups = [[a, b], [c]]
      }
    }
  }, 60_000)
})
