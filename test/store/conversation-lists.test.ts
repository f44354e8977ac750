import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConversationId, PhoneNumberId, Wamid } from '../../src/domain/ids.ts'
import { HOUR_MS, type Instant, MINUTE_MS, plus } from '../../src/domain/time.ts'
import {
  freeEntryPointStateAt,
  isFreeEntryPointOpen,
  isWindowOpen,
  NO_FREE_ENTRY_POINT,
  windowExpiresAt,
} from '../../src/domain/window.ts'
import { insertInbound, saveFreeEntryPoint, saveWindow } from '../../src/store/conversations/conversations.ts'
import { countConversations } from '../../src/store/conversations/count.ts'
import {
  type ConversationPlace,
  type ConversationSelection,
  placeConversations,
  sourcesOf,
} from '../../src/store/conversations/list.ts'
import { NO_FILTER } from '../../src/store/conversations/list-filters.ts'
import { type ConversationRead, readConversationsAt } from '../../src/store/conversations/reads.ts'
import { readConversationNow } from '../../src/store/conversations/tending.ts'
import { ANOTHER, HERE } from '../support/access.ts'
import { readOf, seedIntents } from '../support/many-intents.ts'
import { createRows, type Rows } from '../support/rows.ts'

const EVERYTHING: Omit<ConversationSelection, 'limit'> = {
  ...NO_FILTER,
  purview: HERE,
  sender: null,
  oldestFirst: false,
  after: null,
}

type Filter = Partial<Omit<ConversationSelection, 'limit' | 'after'>>

function combinations(filters: Filter[][]): Filter[] {
  return filters.reduce<Filter[]>((all, some) => all.flatMap((one) => some.map((more) => ({ ...one, ...more }))), [{}])
}

const WINDOWS: Filter[] = [
  {},
  ...[true, false].map((open) => ({ open })),
  ...(['open', 'closing', 'ended', 'never'] as const).map((window) => ({ window })),
]

describe('a list of conversations', () => {
  let rows: Rows
  let senders: PhoneNumberId[]
  let all: ConversationRead[]

  beforeAll(async () => {
    rows = await createRows()
    senders = [await rows.linkSender(), await rows.linkSender(), await rows.linkSender()]
    await sql`insert into workspaces (id, name) values ('another', 'Another')`.execute(rows.postgres.db)
    const elsewhere = await rows.linkSender({ workspace: ANOTHER.workspace })
    await rows.conversation(elsewhere)
    const now = await rows.now()
    const wrote = [null, 5 * MINUTE_MS, HOUR_MS, 22.5 * HOUR_MS, 23.9 * HOUR_MS, 25 * HOUR_MS, 90 * HOUR_MS]
    const names = ['Ana', 'Bea 42', 'Anastásia']
    const ids: ConversationId[] = []
    for (const sender of senders) {
      for (const ago of wrote) {
        for (const name of names) {
          const { id, contactId } = await rows.conversation(sender)
          ids.push(id)
          const at = ago === null ? null : ((Math.floor(plus(now, -ago) / 1000) * 1000) as Instant)
          const refutedAt = at !== null && name === 'Bea 42' ? plus(at, 1) : null
          await saveWindow(rows.postgres.db, id, { openedAt: at, lastInboundAt: at, refutedAt })
          await sql`update contacts set name = ${name} where id = ${contactId}::bigint`.execute(rows.postgres.db)
          await furnish(id, sender, at, ids.length)
        }
      }
    }
    // What was merged into another is in no list.
    const { id: gone } = await rows.conversation(senders[0] as PhoneNumberId)
    await sql`update conversations set merged_into = ${ids[0]}::bigint where id = ${gone}::bigint`.execute(
      rows.postgres.db,
    )
    all = await readConversationsAt(
      rows.postgres.db,
      ids.map((id) => ({ id })),
    )
  })
  afterAll(() => rows.close())

  /** Of each kind some, in every mixture. */
  async function furnish(id: ConversationId, sender: PhoneNumberId, at: Instant | null, n: number) {
    const { db } = rows.postgres
    if (at !== null && n % 3 > 0) {
      const wamid = `wamid.in.${id}` as Wamid
      await insertInbound(db, { wamid, conversationId: id, type: 'text', at, body: { text: { body: 'Hi' } } })
    }
    if (n % 3 === 1) await db.transaction().execute((trx) => readConversationNow(trx, id))
    const soon = plus(await rows.now(), HOUR_MS)
    if (n % 4 === 0) await rows.hold(await rows.intent(sender, id))
    if (n % 4 === 1) await rows.intent(sender, id, { sendAt: soon, expiresAt: plus(soon, HOUR_MS) })
    if (n % 5 === 0) await sql`update conversations set handed_over_at = now() where id = ${id}::bigint`.execute(db)
    if (at === null) return
    const entered = { ...NO_FREE_ENTRY_POINT, enteredAt: plus(at, -MINUTE_MS) }
    const opened = { ...entered, openedAt: at, expiresAt: plus(at, n % 2 === 0 ? 72 * HOUR_MS : MINUTE_MS) }
    const entry = [null, { ...entered, state: 'possible' as const }, { ...opened, state: 'confirmed' as const }][n % 3]
    if (entry) await saveFreeEntryPoint(db, id, entry)
  }

  function expected({ sender, open, window, text, purview, ...more }: Filter, oldestFirst: boolean): ConversationId[] {
    const found = all
      .filter((one) => !sender || one.sender === sender)
      .filter((one) => !purview?.senders || (purview.senders as readonly string[]).includes(one.sender))
      .filter((one) => open === undefined || isWindowOpen(one.window, one.now) === open)
      .filter((one) => window === undefined || isIn(one, window))
      .filter((one) => !more.waiting || one.waiting > 0)
      .filter((one) => !more.unread || one.unread > 0)
      .filter((one) => !more.handedOver || one.handedOver !== null)
      .filter((one) => !more.freeEntryPoint || hasEntry(one, more.freeEntryPoint))
      .filter(({ contact }) => !text || `${contact.name} ${contact.wa_id}`.toLowerCase().includes(text?.toLowerCase()))
      .toSorted((a, b) => (b.window.lastInboundAt ?? 0) - (a.window.lastInboundAt ?? 0) || Number(b.id) - Number(a.id))
    const shown = oldestFirst ? found.filter((one) => one.window.lastInboundAt !== null).toReversed() : found
    return shown.map((one) => one.id)
  }

  function hasEntry({ freeEntryPoint, now }: ConversationRead, asked: 'possible' | 'open'): boolean {
    return asked === 'open'
      ? isFreeEntryPointOpen(freeEntryPoint, now)
      : freeEntryPointStateAt(freeEntryPoint, now) === 'possible'
  }

  async function allPages(filter: Filter, people: number): Promise<ConversationId[]> {
    const found: ConversationId[] = []
    let after: ConversationPlace | null = null
    do {
      const selection: ConversationSelection = { ...EVERYTHING, ...filter, after, limit: 4 }
      const page = await placeConversations(rows.postgres.db, selection, { rows: 5, people })
      expect(page.found.length).toBeLessThanOrEqual(4)
      found.push(...page.found.map((place) => place.id))
      after = page.next
    } while (after !== null)
    return found
  }

  it('has some of every kind', () => {
    const some = [{ waiting: true }, { unread: true }, { handedOver: true }]
    for (const filter of [...some, { freeEntryPoint: 'possible' as const }, { freeEntryPoint: 'open' as const }]) {
      const count = expected(filter, false).length
      expect(count, JSON.stringify(filter)).toBeGreaterThan(2)
      expect(count, JSON.stringify(filter)).toBeLessThan(all.length - 2)
    }
  })

  it('has what waits, what nobody read, who was handed over and who came through an ad, in either order', async () => {
    const filters = combinations([
      [{}, { open: true }, { window: 'ended' }, { window: 'never' }],
      [{}, { sender: senders[1] as PhoneNumberId }, { purview: { ...HERE, senders: senders.slice(0, 2) } }],
      [{}, { text: 'bea' }, { text: '42' }],
      [{}, { waiting: true }],
      [{}, { unread: true }, { handedOver: true }, { freeEntryPoint: 'possible' }, { freeEntryPoint: 'open' }],
    ])
    for (const filter of filters) {
      for (const people of [3, 1_000]) {
        for (const oldestFirst of [false, true]) {
          const found = await allPages({ ...filter, oldestFirst }, people)
          expect(found, JSON.stringify({ ...filter, oldestFirst, people })).toEqual(expected(filter, oldestFirst))
        }
      }
    }
  })

  it('is counted as it is listed, each filter so far and no further', async () => {
    const { db } = rows.postgres
    const filters = {
      open: { window: 'open' },
      closing: { window: 'closing' },
      ended: { window: 'ended' },
      never: { window: 'never' },
      waiting: { waiting: true },
      handed_over: { handedOver: true },
    } as const satisfies Record<string, Filter>
    const some = { ...HERE, senders: senders.slice(0, 2) }
    for (const most of [5, 1_000]) {
      for (const [purview, sender] of [
        [HERE, null],
        [HERE, senders[1] as PhoneNumberId],
        [some, null],
        [some, senders[2] as PhoneNumberId],
      ] as const) {
        const listed = Object.entries(filters).map(([name, filter]) => {
          const count = sender === senders[2] ? 0 : expected({ ...filter, purview, sender }, false).length
          return [name, Math.min(most, count)]
        })
        expect(await countConversations(db, purview, sender, most)).toEqual(Object.fromEntries(listed))
      }
    }
  })

  function isIn({ window, now }: ConversationRead, kind: ConversationSelection['window']): boolean {
    if (kind === 'never') return window.lastInboundAt === null
    if (kind === 'ended') return window.lastInboundAt !== null && !isWindowOpen(window, now)
    if (!isWindowOpen(window, now)) return false
    return kind === 'open' || (windowExpiresAt(window) as Instant) - now <= 2 * HOUR_MS
  }

  it('is what the filters say, in every combination of them, page by page, however little of a source is looked at', async () => {
    const filters = combinations([
      WINDOWS,
      [{}, { open: true }],
      [{}, { sender: senders[1] as PhoneNumberId }, { purview: { ...HERE, senders: senders.slice(0, 2) } }],
      // One that few fit, one that many do, and two without a trigram.
      [{}, { text: 'bea' }, { text: 'ANA' }, { text: 'an' }, { text: '42' }, { text: all[0]?.contact.wa_id as string }],
    ])
    for (const filter of filters) {
      for (const people of [3, 1_000]) {
        expect(await allPages(filter, people), JSON.stringify(filter)).toEqual(expected(filter, false))
      }
    }
  })
})

const MANY = 100_000
const NUMBERS = 10
const LIMIT = 20
const REACH = { rows: 100, people: 50 }

describe('a long list of conversations', () => {
  let rows: Rows
  let senders: PhoneNumberId[]

  beforeAll(async () => {
    rows = await createRows()
    senders = []
    for (let i = 0; i < NUMBERS; i++) senders.push(await rows.linkSender())
    await seedIntents(rows.postgres.db, HERE.workspace, senders, MANY)
    await sql`
      insert into inbound_messages (wamid, conversation_id, type, at, body)
      select 'wamid.' || id, id, 'text', last_inbound_at, '{}' from conversations where last_inbound_at is not null`.execute(
      rows.postgres.db,
    )
    await sql`vacuum analyze`.execute(rows.postgres.db)
  })
  afterAll(() => rows.close())

  it('reads few rows, and all of them by an index, in every combination of the filters', async () => {
    const filters = combinations([
      WINDOWS,
      [{}, { sender: senders[0] as PhoneNumberId }, { purview: { ...HERE, senders } }],
      [{}, { text: 'Ana 1234' }, { text: 'nobody' }, { text: 'zz' }, { text: '+1 (500) 000-1234' }],
      [
        {},
        { waiting: true },
        { unread: true },
        { handedOver: true },
        { freeEntryPoint: 'open' },
        { oldestFirst: true },
      ],
    ])
    for (const filter of filters) {
      const read = await rows.postgres.db.transaction().execute(async (trx) => {
        const tables = ['conversations', 'contacts', 'intents', 'inbound_messages']
        const before = await Promise.all(tables.map((table) => readOf(trx, table)))
        await placeConversations(trx, { ...EVERYTHING, ...filter, limit: LIMIT }, REACH)
        const after = await Promise.all(tables.map((table) => readOf(trx, table)))
        return after.map(({ scans, read }, i) => ({
          scans: scans - (before[i]?.scans ?? 0),
          read: read - (before[i]?.read ?? 0),
        }))
      })
      const name = JSON.stringify({ ...filter, purview: filter.purview?.senders?.length })
      for (const { scans, read: rowsRead } of read) {
        expect(scans, name).toBe(0)
        expect(rowsRead, name).toBeLessThan(10 * NUMBERS * REACH.rows)
      }
    }
  })

  it('is explained by the indexes it is meant to have', async () => {
    const plan = async (filter: Filter) => {
      const search = { ...EVERYTHING, ...filter, limit: LIMIT, reach: REACH }
      const { rows: lines } = await sql<object>`explain ${sourcesOf(search)}`.execute(rows.postgres.db)
      return lines.map((line) => Object.values(line)[0]).join('\n')
    }
    expect(await plan({})).toContain('conversations_workspace_inbound')
    expect(await plan({ sender: senders[0] as PhoneNumberId })).toContain('conversations_inbound')
    expect(await plan({ window: 'ended' })).toContain('conversations_refuted')
    expect(await plan({ text: 'Ana 1234' })).toContain('contacts_searched')
    expect(await plan({ text: 'Ana 1234' })).toContain('conversations_contact')
    expect(await plan({ oldestFirst: true })).toContain('Index Scan Backward using conversations_workspace_inbound')
    expect(await plan({ handedOver: true })).toContain('conversations_handed_over')
    expect(await plan({ freeEntryPoint: 'open' })).toContain('conversations_entered')
    expect(await plan({ waiting: true })).toContain('intents_listed')
    expect(await plan({ unread: true })).toContain('inbound_messages_conversation')
  })
})
