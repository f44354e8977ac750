import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ContactId, IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { lockAlone, mergeContacts } from '../../src/store/people/merge.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { type CampaignStage, openCampaignStage, SETTINGS } from '../support/campaign-stage.ts'
import { type PageMoments, takePageOf } from '../support/pages.ts'
import { eventually } from '../support/signals.ts'

/*
 * Two people of one list turn out to be one while a page is taken. Each was another number's, or both were one's; one of them is up on the list, and
 * one of them is who is left of both.
 */

const message = { type: 'text', text: { body: 'Hello' } }

interface Twins {
  /** Who writes to the first of the list, and who to the second. */
  numbers: [PhoneNumberId, PhoneNumberId]
  intents: IntentId[]
  contacts: [ContactId, ContactId]
}

describe('two of one list who turn out to be one', () => {
  let { rows, campaigns, some, feed } = {} as CampaignStage
  beforeAll(async () => {
    ;({ rows, campaigns, some, feed } = await openCampaignStage())
  })
  afterAll(() => rows.close())

  async function twins(count: 1 | 2, isAcquainted: boolean): Promise<Twins> {
    const portfolio = rows.digits()
    const one = await rows.linkSender({ portfolio })
    const two = count === 1 ? one : await rows.linkSender({ portfolio })
    const people = some(2) as [string, string]
    const open = async (sender: PhoneNumberId, who: string) => {
      const { id } = await rows.conversation(sender, who)
      await rows.postgres.pool.query(
        'update conversations set window_opened_at = casement_now(), last_inbound_at = casement_now() where id = $1',
        [id],
      )
    }
    await open(one, people[0])
    await open(two, people[1])
    if (isAcquainted) for (const who of people) for (const sender of [one, two]) await rows.conversation(sender, who)
    const senders = [...new Set([one, two])].map((sender) => ({ sender }))
    const csv = `to\n${people.map((who) => `+${who}`).join('\n')}\n`
    const campaign = await campaigns.listed({ senders, message }, csv)
    await campaigns.command(campaign.id, 'start')
    await feed(campaign.row)
    const { rows: found } = await rows.postgres.pool.query(
      `select i.id, i.phone_number_id as number, v.contact_id::text as contact from campaign_intents l join intents i on i.id = l.intent_id
       join conversations v on v.id = i.conversation_id where l.campaign_id = $1 order by l.position`,
      [campaign.row],
    )
    expect(found.map(({ number }) => number)).toEqual([one, two])
    return {
      numbers: [one, two],
      intents: found.map(({ id }) => id),
      contacts: found.map(({ contact }) => contact) as [ContactId, ContactId],
    }
  }

  const page = (numbers: readonly PhoneNumberId[], moments?: PageMoments) =>
    takePageOf(rows.postgres, SETTINGS, [...new Set(numbers)], moments)

  /** @param held before its transaction ends */
  const merge = ({ contacts: [first, second] }: Twins, kept: 0 | 1, held: () => Promise<unknown> = async () => {}) =>
    inTransaction(rows.postgres.pool, async (trx) => {
      await lockAlone(trx, [first, second])
      if (kept === 0) await mergeContacts(trx, first, second)
      else await mergeContacts(trx, second, first)
      await held()
    })

  async function isWaitedFor(): Promise<boolean> {
    const { rows: found } = await rows.postgres.pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return found.length > 0
  }

  /** Pages are taken until nothing leaves any more. */
  async function leftIn({ numbers, intents }: Twins): Promise<string[]> {
    for (let round = 0; round < 2; round += 1) for (const number of numbers) await page([number])
    const { rows: found } = await rows.postgres.pool.query(
      `select state from intents where id = any ($1) order by array_position($1, id)`,
      [intents],
    )
    return found.map(({ state }) => state)
  }

  const expectOne = async (of: Twins) => {
    const states = await leftIn(of)
    expect(states.filter((state) => state === 'dispatching')).toHaveLength(1)
  }

  const CASES = [0, 1].flatMap((held) =>
    [0, 1].flatMap((kept) => [false, true].map((isAcquainted) => ({ held, kept, isAcquainted }))),
  ) as { held: 0 | 1; kept: 0 | 1; isAcquainted: boolean }[]

  it.each(CASES)('get it once where a page has read them and opens them after it was told: %j', async (one) => {
    const both = await twins(2, one.isAcquainted)
    await page([both.numbers[one.held]], {
      async claimed() {
        await merge(both, one.kept)
        await page([both.numbers[1 - one.held] as PhoneNumberId])
      },
    })
    await expectOne(both)
  })

  it.each(CASES)('get it once where a page opens them while it is told: %j', async (one) => {
    const both = await twins(2, one.isAcquainted)
    const opening = Promise.withResolvers<void>()
    const merging = Promise.withResolvers<void>()
    const held = page([both.numbers[one.held]], {
      async claimed() {
        merging.resolve()
        await opening.promise
      },
      // What this one opened is seen by nobody yet.
      taken: () => page([both.numbers[1 - one.held] as PhoneNumberId]),
    })
    await merging.promise
    await merge(both, one.kept, async () => {
      opening.resolve()
      await eventually(isWaitedFor)
    })
    await held
    await expectOne(both)
  })

  it.each([0, 1] as const)('get it once where one page has both of them, and %i is left', async (kept) => {
    for (const count of [1, 2] as const) {
      const both = await twins(count, true)
      await page(both.numbers, { claimed: () => merge(both, kept) })
      await expectOne(both)
    }
  })

  it.each([0, 1] as const)('get it from who opened it before, for whom a merge waits that leaves %i', async (kept) => {
    const both = await twins(2, false)
    let merged: Promise<unknown> = Promise.resolve()
    await page([both.numbers[1]], {
      async taken() {
        merged = merge(both, kept)
        await eventually(isWaitedFor)
      },
    })
    await merged
    expect(await leftIn(both)).toEqual(['scheduled', 'dispatching'])
  })
})
