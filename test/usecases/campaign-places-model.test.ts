import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ContactId, IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { reserveMessagingLimit } from '../../src/store/accounts/messaging-limits.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { type Random, seededRandom } from '../faults/random.ts'
import { HERE } from '../support/access.ts'
import { type CampaignStage, openCampaignStage, SETTINGS } from '../support/campaign-stage.ts'
import { takePageOf } from '../support/pages.ts'

/*
 * The messaging limit as campaigns are handed over, against a book that is kept by hand: two campaigns of the two numbers of a portfolio, while
 * messages leave, days pass, others write, people write, the limit is raised and a number is unlinked. What is handed over is what the book says, to
 * the last place; nobody is put off as their message leaves; and in the end everybody has it but those of the number that is gone.
 */

const DAY = 24 * 60
/** Minutes that pass. No sum of some of them comes within three minutes of a day: places are free by the minute. */
const PASSES = [363, 601, DAY + 4]
const STORIES = 5
const STEPS = 25
const LISTED = 16

/** Of one story, by a clock in minutes. */
interface Book {
  now: number
  limit: number
  /** Who was last written to when, outside a window. */
  places: Map<string, number>
  /** Who wrote when, and to which number. */
  windows: Map<string, { at: number; number: PhoneNumberId }>
  /** Who was handed over and has not left, and from which number. */
  coming: Map<string, PhoneNumberId>
  lists: { row: number; people: string[]; fed: number }[]
  linked: PhoneNumberId[]
}

const placed = (book: Book) => [...book.places].filter(([, at]) => at > book.now - DAY).map(([who]) => who)

function isOpen(book: Book, who: string): boolean {
  const window = book.windows.get(who)
  const number = book.coming.get(who) ?? window?.number
  return window !== undefined && window.at > book.now - DAY && window.number === number && book.linked.includes(number)
}

/** How many of a list are handed over now. */
function expected(book: Book, { people, fed }: Book['lists'][number]): number {
  const have = new Set(placed(book))
  const needs = (who: string) => !have.has(who) && !isOpen(book, who)
  const waiting = [...book.coming].filter(([who, number]) => book.linked.includes(number) && needs(who))
  let free = book.limit - Math.floor(book.limit / 20) - have.size - waiting.length
  const cut = people.slice(fed).findIndex((who) => needs(who) && --free < 0)
  return cut === -1 ? people.length - fed : cut
}

describe('places of the messaging limit', () => {
  let { rows, campaigns, digits, some, feed } = {} as CampaignStage
  beforeAll(async () => {
    ;({ rows, campaigns, digits, some, feed } = await openCampaignStage())
  })
  afterAll(() => rows.close())

  const query = async <T extends object>(text: string, values: unknown[]) =>
    (await rows.postgres.pool.query<T>(text, values)).rows

  async function story(limit: number): Promise<{ portfolio: string; book: Book }> {
    const [portfolio, waba] = [rows.digits(), rows.digits()]
    const numbers = [await rows.linkSender({ portfolio, waba }), await rows.linkSender({ portfolio, waba })]
    await rows.senders.update(HERE, numbers[0] as PhoneNumberId, { messagingLimit: limit })
    await query(
      `insert into templates (id, waba_id, name, language, category, status, document) values ($1, $1, 'offer', 'en', 'UTILITY', 'APPROVED', $2)`,
      [waba, JSON.stringify({ name: 'offer', language: 'en', components: [{ type: 'BODY', text: 'Hello' }] })],
    )
    const lists: Book['lists'] = []
    for (let nth = 0; nth < 2; nth += 1) {
      const people = some(LISTED)
      const senders = numbers.map((sender) => ({ sender }))
      const message = { template: { name: 'offer', language: 'en' } }
      const csv = `to\n${people.map((who) => `+${who}`).join('\n')}\n`
      const { id, row } = await campaigns.listed({ senders, message }, csv)
      await campaigns.command(id, 'start')
      lists.push({ row, people, fed: 0 })
    }
    const book = { now: 0, limit, places: new Map(), windows: new Map(), coming: new Map(), lists, linked: numbers }
    return { portfolio, book }
  }

  async function handOver(book: Book, list: Book['lists'][number]): Promise<void> {
    await query('update campaigns set next_feed_at = casement_now() where id = $1 and next_feed_at is not null', [
      list.row,
    ])
    const count = expected(book, list)
    const fed = await feed(list.row)
    expect(fed.intents).toBe(count)
    const found = await query<{ who: string; number: PhoneNumberId }>(
      `select r.recipient as who, i.phone_number_id as number from campaign_intents l join intents i on i.id = l.intent_id
       join campaign_recipients r on r.campaign_id = l.campaign_id and r.position = l.position
       where l.campaign_id = $1 and l.position > $2 order by l.position`,
      [list.row, list.fed],
    )
    expect(found.map(({ who }) => who)).toEqual(list.people.slice(list.fed, list.fed + count))
    for (const { who, number } of found) book.coming.set(who, number)
    list.fed += count
  }

  /** All that can leave does. */
  async function leave(book: Book): Promise<void> {
    const left: IntentId[] = []
    for (;;) {
      const { opened, staying } = await takePageOf(rows.postgres, SETTINGS, book.linked)
      expect(staying.map(({ decision }) => decision.reason)).toEqual([])
      if (opened.length === 0) break
      for (const { claim } of opened) {
        left.push(claim.intent.id)
        await rows.closeAttempt(claim.intent.id, 1, { event: 'accept' })
      }
    }
    const due = [...book.coming].filter(([, number]) => book.linked.includes(number)).map(([who]) => who)
    expect(left).toHaveLength(due.length)
    for (const who of due) {
      if (!isOpen(book, who)) book.places.set(who, book.now)
      book.coming.delete(who)
    }
    expect(placed(book).length).toBeLessThanOrEqual(book.limit)
  }

  async function pass(portfolio: string, book: Book, minutes: number): Promise<void> {
    await query(`update messaging_limit_uses set at = at - $2 * interval '1 minute' where portfolio_id = $1`, [
      portfolio,
      minutes,
    ])
    // Moved one by one they would come upon each other.
    const buckets = await query<{ minute: string; used: number }>(
      `delete from messaging_limit_buckets where portfolio_id = $1 returning (minute - $2 * interval '1 minute')::text as minute, used`,
      [portfolio, minutes],
    )
    await query(
      `insert into messaging_limit_buckets (portfolio_id, minute, used) select $1, * from unnest($2::timestamptz[], $3::int[])`,
      [portfolio, buckets.map(({ minute }) => minute), buckets.map(({ used }) => used)],
    )
    await query(
      `update conversations v set last_inbound_at = last_inbound_at - $2 * interval '1 minute', window_opened_at = window_opened_at - $2 * interval '1 minute'
       from senders s join wabas w on w.id = s.waba_id where v.phone_number_id = s.phone_number_id and w.portfolio_id = $1`,
      [portfolio, minutes],
    )
    book.now += minutes
  }

  const contactOf = async (number: PhoneNumberId, who: string) => (await rows.conversation(number, who)).contactId

  /** Others write to so many of these, as far as there is room beside what was handed over. */
  async function others(portfolio: string, book: Book, random: Random): Promise<void> {
    const have = new Set(placed(book))
    const waiting = [...book.coming].filter(([who]) => !have.has(who) && !isOpen(book, who)).length
    const room = book.limit - have.size - waiting
    const known = random.pick(book.lists).people
    const people = [digits(), digits(), random.pick(known)].filter((who) => !have.has(who)).slice(0, Math.max(0, room))
    const contacts: ContactId[] = []
    for (const who of people) contacts.push(await contactOf(book.linked[0] as PhoneNumberId, who))
    await inTransaction(rows.postgres.pool, (_trx, client) =>
      reserveMessagingLimit(
        client,
        contacts.map((contactId) => ({ portfolioId: portfolio, contactId })),
      ),
    )
    for (const who of people) book.places.set(who, book.now)
  }

  async function reply(book: Book, random: Random): Promise<void> {
    const who = random.pick(random.pick(book.lists).people)
    const before = isOpen(book, who) ? book.windows.get(who)?.number : undefined
    const number = book.coming.get(who) ?? before ?? random.pick(book.linked)
    const { id } = await rows.conversation(number, who)
    await query(
      'update conversations set window_opened_at = casement_now(), last_inbound_at = casement_now() where id = $1',
      [id],
    )
    book.windows.set(who, { at: book.now, number })
  }

  async function step(portfolio: string, book: Book, random: Random): Promise<void> {
    switch (random.below(12)) {
      case 0:
      case 1:
        return others(portfolio, book, random)
      case 2:
      case 3:
      case 4:
        return reply(book, random)
      case 5:
        await leave(book)
        return pass(portfolio, book, random.pick(PASSES))
      case 6:
        book.limit += random.below(4)
        await rows.senders.update(HERE, book.linked[0] as PhoneNumberId, { messagingLimit: book.limit })
        return
      case 7:
        if (book.linked.length === 1 || random.below(3) > 0) return
        await rows.senders.unlink(HERE, book.linked.pop() as PhoneNumberId)
        return
      case 8:
      case 9:
        return leave(book)
      default:
        return handOver(book, random.pick(book.lists))
    }
  }

  it('are given to as many as there are, whatever happens, and everybody has one in time', async () => {
    const random = seededRandom(35)
    for (let nth = 0; nth < STORIES; nth += 1) {
      const { portfolio, book } = await story(5 + random.below(20))
      for (let at = 0; at < STEPS; at += 1) await step(portfolio, book, random)
      for (let day = 0; book.lists.some(({ people, fed }) => fed < people.length); day += 1) {
        expect(day).toBeLessThan(10)
        for (const list of book.lists) await handOver(book, list)
        await leave(book)
        await pass(portfolio, book, DAY + 4)
      }
      const waiting = await query<{ who: string }>(
        `select c.wa_id as who from intents i join conversations v on v.id = i.conversation_id join contacts c on c.id = v.contact_id
         where i.campaign_id = any ($1) and i.state <> 'sent' order by 1`,
        [book.lists.map(({ row }) => row)],
      )
      expect(waiting.map(({ who }) => who)).toEqual([...book.coming.keys()].sort())
    }
  }, 180_000)
})
