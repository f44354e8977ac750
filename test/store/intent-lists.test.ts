import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { viewOfIntent } from '../../src/app/views/intent.ts'
import type { ContactId, FlowRunId, IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { INTENT_STATES } from '../../src/domain/lifecycle.ts'
import { SHOWN_STATES } from '../../src/domain/shown-state.ts'
import { HOUR_MS, instant, plus } from '../../src/domain/time.ts'
import { countByReason, countIntents } from '../../src/store/intents/count.ts'
import type { IntentRecord } from '../../src/store/intents/enqueue.ts'
import { placeIntents, sourcesOf } from '../../src/store/intents/list.ts'
import type { IntentSelection } from '../../src/store/intents/list-filters.ts'
import { type IntentRead, readIntents } from '../../src/store/intents/reads.ts'
import { ANOTHER, HERE } from '../support/access.ts'
import { readOf, seedIntents } from '../support/many-intents.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { standIn } from '../support/standing.ts'

const EVERYTHING: Omit<IntentSelection, 'limit'> = {
  purview: HERE,
  state: null,
  reason: null,
  sender: null,
  contactId: null,
  ids: null,
  since: null,
  until: null,
  before: null,
}

type Filter = Partial<Omit<IntentSelection, 'limit' | 'before'>>

/** Every combination of one value of each filter. */
function combinations(filters: Filter[][]): Filter[] {
  return filters.reduce<Filter[]>((all, some) => all.flatMap((one) => some.map((more) => ({ ...one, ...more }))), [{}])
}

/** So little that every source ends early, and so much that a page is found at once. */
const REACHES = [
  { rows: 9, few: 3 },
  { rows: 100, few: 30 },
]

const STATES: Filter[] = [{}, ...SHOWN_STATES.map((state) => ({ state }))]

/** Its row. */
const CAMPAIGN = 7

describe('a list of intents', () => {
  let rows: Rows
  let intents: IntentRead[]
  let senders: PhoneNumberId[]
  let contacts: ContactId[]

  beforeAll(async () => {
    rows = await createRows()
    const ids: IntentId[] = []
    senders = [await rows.linkSender(), await rows.linkSender(), await rows.linkSender()]
    const [, paused, restricted] = senders as [PhoneNumberId, PhoneNumberId, PhoneNumberId]
    const people = [rows.digits(), rows.digits()]
    contacts = []
    for (const sender of senders) {
      for (const waId of people) {
        for (const state of INTENT_STATES) {
          const { id: conversation, contactId } = await rows.conversation(sender, waId)
          contacts.push(contactId)
          for (const due of state === 'scheduled' ? [true, false] : [true]) {
            const sendAt = due ? await rows.now() : plus(await rows.now(), HOUR_MS)
            const asked: Partial<IntentRecord> =
              ids.length % 3 === 0
                ? { flowRunId: randomUUID() as FlowRunId, createdBy: { kind: 'flow', id: 'run', name: 'hello' } }
                : ids.length % 3 === 1
                  ? {
                      createdBy: { kind: 'campaign', id: 'spring', name: 'Spring' },
                      campaign: { row: CAMPAIGN, position: ids.length, variant: null },
                    }
                  : {}
            const times = { sendAt, expiresAt: plus(sendAt, HOUR_MS) }
            const id = await rows.intent(sender, conversation, { ...times, ...asked })
            ids.push(id)
            if (state !== 'scheduled') await standIn(rows.postgres.db, id, state)
          }
        }
      }
    }
    const { id: elsewhere } = await rows.conversation(senders[0] as PhoneNumberId)
    await rows.intent(senders[0] as PhoneNumberId, elsewhere, { workspace: ANOTHER.workspace })
    await rows.senders.pause(HERE, paused)
    await rows.senders.restrict(restricted, { code: 'sender_account', text: 'Refused.' }, true)
    intents = await readIntents(rows.postgres.db, HERE, ids)
    const byAge = intents.toReversed()
    await rows.postgres.db.transaction().execute(async (trx) => {
      for (const [i, { id }] of byAge.entries()) {
        await sql`update intents set created_at = now() - ${byAge.length - i} * interval '1 second' where id = ${id}::uuid`.execute(
          trx,
        )
      }
    })
    intents = await readIntents(rows.postgres.db, HERE, ids)
  })
  afterAll(() => rows.close())

  function expected({
    state,
    reason,
    sender,
    contactId,
    since,
    until,
    purview,
    flow,
    campaign,
    ids,
  }: Filter): IntentId[] {
    const there = contactId && new Set(contactsOf.get(contactId))
    return intents
      .filter((intent) => !state || intent.shown_state === state)
      .filter((intent) => !reason || (viewOfIntent(intent).reason as { code: string } | null)?.code === reason)
      .filter((intent) => !sender || intent.phone_number_id === sender)
      .filter((intent) => !there || there.has(intent.wa_id ?? ''))
      .filter((intent) => !flow || (viewOfIntent(intent).flow as { name: string } | null)?.name === flow)
      .filter((intent) => !campaign || (campaign === CAMPAIGN && viewOfIntent(intent).campaign !== null))
      .filter((intent) => !ids || ids.includes(intent.id))
      .filter((intent) => !purview?.senders || (purview.senders as readonly string[]).includes(intent.phone_number_id))
      .filter((intent) => !since || intent.created_at >= since)
      .filter((intent) => !until || intent.created_at < until)
      .map((intent) => intent.id)
  }

  const contactsOf = new Map<ContactId, string[]>()

  it('has as many as are counted, of each state with each other filter', async () => {
    const others = combinations([
      [{}, { sender: senders[1] as PhoneNumberId }],
      [{}, { reason: 'sender_paused' }, { reason: 'awaiting_window' }],
      [{}, { purview: { ...HERE, senders: [senders[0] as PhoneNumberId] } }],
    ])
    for (const state of SHOWN_STATES) {
      for (const filter of others) {
        const { limit: _limit, before: _before, ...selection } = { ...EVERYTHING, limit: 1, ...filter }
        const all = expected({ ...filter, state }).length
        const told = await countByReason(rows.postgres.db, { ...selection, state })
        expect([state, filter, [...told.values()].reduce((sum, n) => sum + n, 0)]).toEqual([state, filter, all])
        expect([state, filter, await countIntents(rows.postgres.db, { ...selection, state }, 3)]).toEqual([
          state,
          filter,
          Math.min(3, all),
        ])
      }
    }
  })

  it('is what the filters say, in every combination of them, page by page, however little of a source is looked at', async () => {
    const middle = intents[Math.floor(intents.length / 2)] as IntentRead
    const filters = combinations([
      STATES,
      [{}, { reason: 'expired' }, { reason: 'sender_paused' }, { reason: 'sender_account' }],
      [{}, { sender: senders[1] as PhoneNumberId }, { purview: { ...HERE, senders: senders.slice(0, 2) } }],
      [{}, { contactId: contacts[0] as ContactId }],
      [{}, { since: middle.created_at }, { until: middle.created_at }],
      [{}, { ids: [intents[3]?.id, middle.id] as IntentId[] }],
    ])
    await expectPages(filters)
  })

  it('is what a flow has asked for, with other filters and without', async () => {
    const middle = intents[Math.floor(intents.length / 2)] as IntentRead
    const filters = combinations([
      [{ flow: 'hello' }, { flow: 'other' }],
      STATES,
      [{}, { sender: senders[1] as PhoneNumberId }, { purview: { ...HERE, senders: senders.slice(0, 2) } }],
      [{}, { contactId: contacts[0] as ContactId }, { since: middle.created_at }],
    ])
    await expectPages(filters)
  })

  it('is for whom a campaign was handed over, with other filters and without', async () => {
    const middle = intents[Math.floor(intents.length / 2)] as IntentRead
    const filters = combinations([
      [{ campaign: CAMPAIGN }, { campaign: CAMPAIGN + 1 }],
      STATES,
      [{}, { sender: senders[1] as PhoneNumberId }, { purview: { ...HERE, senders: senders.slice(0, 2) } }],
      [
        {},
        { contactId: contacts[0] as ContactId },
        { since: middle.created_at },
        { until: middle.created_at },
        { flow: 'hello' },
      ],
    ])
    await expectPages(filters)
  })

  async function expectPages(filters: Filter[]): Promise<void> {
    const { rows: owners } = await sql<{
      id: ContactId
      wa_id: string
    }>`select id::text as id, wa_id from contacts`.execute(rows.postgres.db)
    for (const { id, wa_id } of owners) contactsOf.set(id, [wa_id])
    for (const [filter, reach] of filters.flatMap((one) => REACHES.map((reach) => [one, reach] as const))) {
      const found: IntentId[] = []
      let before: IntentId | null = null
      do {
        const selection: IntentSelection = { ...EVERYTHING, ...filter, before, limit: 7 }
        const page = await placeIntents(rows.postgres.db, selection, reach)
        expect(page.found.length).toBeLessThanOrEqual(7)
        found.push(...page.found)
        before = page.next
      } while (before !== null)
      expect(found, JSON.stringify(filter)).toEqual(expected(filter))
    }
  }
})

/** Enough for PostgreSQL to prefer an index where it has one. */
const MANY = 40_000
const NUMBERS = 10
const LIMIT = 20
const REACH = { rows: 400, few: 100 }

describe('a long list of intents', () => {
  let rows: Rows
  let senders: PhoneNumberId[]
  let contact: ContactId

  beforeAll(async () => {
    rows = await createRows()
    senders = []
    for (let i = 0; i < NUMBERS; i++) senders.push(await rows.linkSender())
    await rows.senders.pause(HERE, senders[1] as PhoneNumberId)
    contact = await seedIntents(rows.postgres.db, HERE.workspace, senders, MANY)
    await sql`vacuum analyze`.execute(rows.postgres.db)
  })
  afterAll(() => rows.close())

  it('reads few rows, and all of them by an index, in every combination of the filters', async () => {
    const hour = instant(Date.now() - 10 * HOUR_MS)
    const filters = combinations([
      STATES,
      [{}, { reason: 'expired' }, { reason: 'never_given' }, { reason: 'sender_paused' }],
      [{}, { sender: senders[0] as string }, { sender: senders[1] as string }],
      [{}, { contactId: contact }],
      [{}, { since: hour }, { until: hour }, { since: hour, until: plus(hour, 1) }],
    ])
    for (const filter of filters) {
      const { scans, read } = await rows.postgres.db.transaction().execute(async (trx) => {
        const before = await readOf(trx, 'intents')
        await placeIntents(trx, { ...EVERYTHING, ...filter, limit: LIMIT }, REACH)
        const after = await readOf(trx, 'intents')
        return { scans: after.scans - before.scans, read: after.read - before.read }
      })
      const name = JSON.stringify(filter)
      expect(scans, name).toBe(0)
      // Of each number what is few of it, and what its source is looked at for.
      expect(read, name).toBeLessThan(NUMBERS * (REACH.rows + REACH.few))
    }
  })

  it.each<Filter>([
    { state: 'sent' },
    { state: 'sent', sender: '' },
    { reason: 'expired' },
    { contactId: '' as never },
  ])('begins where a page begins, however far down that is: %o', async (filter) => {
    const search = {
      ...EVERYTHING,
      ...filter,
      ...(filter.sender === undefined ? {} : { sender: senders[0] as string }),
      ...(filter.contactId === undefined ? {} : { contactId: contact }),
      limit: LIMIT,
    }
    const blocks = (before: IntentId | null) =>
      rows.postgres.db.transaction().execute(async (trx) => {
        // Counts on from whatever this session has not told the statistics yet, which it does once a second.
        const soFar = async () => {
          const { rows: fetched } = await sql<{ blocks: string }>`
            select sum(pg_stat_get_xact_blocks_fetched(i)) as blocks
            from unnest(array['intents_listed', 'intents_reason', 'intents_conversation']::regclass[]) i`.execute(trx)
          return Number(fetched[0]?.blocks)
        }
        const already = await soFar()
        const { found } = await placeIntents(trx, { ...search, before }, REACH)
        expect(found.length).toBeGreaterThan(0)
        return (await soFar()) - already
      })
    const { rows: middle } = await sql<{ id: IntentId }>`
        select id from intents order by id offset ${MANY / 10} limit 1`.execute(rows.postgres.db)
    const first = await blocks(null)
    expect(await blocks(middle[0]?.id ?? null)).toBeLessThan(first * 1.2 + NUMBERS)
  })

  it('is explained by the indexes it is meant to have', async () => {
    const plan = async (filter: Filter) => {
      const search = { ...EVERYTHING, ...filter, limit: LIMIT, reach: REACH }
      const { rows: lines } = await sql<object>`explain ${sourcesOf(search)}`.execute(rows.postgres.db)
      return lines.map((line) => Object.values(line)[0]).join('\n')
    }
    expect(await plan({})).toContain('intents_listed')
    expect(await plan({ state: 'failed' })).toContain('intents_listed')
    expect(await plan({ state: 'queued' })).toContain('intents_due')
    expect(await plan({ reason: 'expired' })).toContain('intents_reason')
    expect(await plan({ contactId: contact })).toContain('intents_conversation')
    expect(await plan({ state: 'in_doubt' })).toContain('intents_doubted')
  })
})
