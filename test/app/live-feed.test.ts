import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createLiveFeed, type LiveFeed } from '../../src/app/live-feed.ts'
import type { ConversationId, PhoneNumberId, Wamid, WorkspaceId } from '../../src/domain/ids.ts'
import type { LiveType } from '../../src/domain/live.ts'
import { enter, type Role } from '../../src/domain/roles.ts'
import { type Instant, instant } from '../../src/domain/time.ts'
import type { Caller } from '../../src/http/services.ts'
import { apiKeyStore } from '../../src/store/access/api-keys.ts'
import { createSession, endSession, findSession } from '../../src/store/access/sessions.ts'
import { addMoves } from '../../src/store/campaigns/counts.ts'
import { insertInbound, saveWindow } from '../../src/store/conversations/conversations.ts'
import { readConversationNow } from '../../src/store/conversations/tending.ts'
import { fanOutEvents, NEWS_CHANNEL } from '../../src/store/outbox/outbox.ts'
import { type Listener, openListener } from '../../src/store/pg/listener.ts'
import { CLOCK_CHANNEL, moveClock } from '../../src/store/pg/move-clock.ts'
import { ANOTHER, HERE, CALLER as OPS } from '../support/access.ts'
import { campaignsOn } from '../support/lists.ts'
import { createRows, type Rows } from '../support/rows.ts'

/** With a key of this process, which lasts as long as it does. */
const CALLER: Caller = { ...OPS, actor: { kind: 'key', id: 'bootstrap', name: 'bootstrap' } }

let rows: Rows
let listener: Listener
let sender: PhoneNumberId
const feeds: LiveFeed[] = []
const failures: Error[] = []

beforeAll(async () => {
  rows = await createRows()
  listener = await openListener({ url: rows.databaseUrl, channels: [NEWS_CHANNEL, CLOCK_CHANNEL], onError: () => {} })
  sender = await rows.linkSender()
  await sql`insert into workspaces (id, name) values ('another', 'Another')`.execute(rows.postgres.db)
})
afterEach(async () => {
  for (const feed of feeds.splice(0)) await feed.close()
  expect(failures.splice(0)).toEqual([])
})
afterAll(async () => {
  await listener.close()
  await rows.close()
})

function feedOf(most?: number): LiveFeed {
  const onError = (error: Error) => void failures.push(error)
  const feed = createLiveFeed({
    postgres: rows.postgres,
    listener,
    windowMarginMs: 30_000,
    version: '1.2.3',
    onError,
    ...(most === undefined ? {} : { most }),
  })
  feeds.push(feed)
  return feed
}

interface Heard {
  event: string
  data: { type: string; event: string; id: string; data: Record<string, unknown> | null; now: string }
}

async function look(feed: LiveFeed, { caller = CALLER, types = null as LiveType[] | null } = {}) {
  const heard: Heard[] = []
  let changed = Promise.withResolvers<void>()
  const note = (event: string, data = '{}') => {
    heard.push({ event, data: JSON.parse(data) })
    changed.resolve()
    changed = Promise.withResolvers()
  }
  const joined = await feed.join(caller, types && new Set(types), {
    send: note,
    resync: () => note('resync'),
    ping() {},
    end: () => note('end'),
  })
  async function until(isThere: () => boolean): Promise<void> {
    while (!isThere()) await changed.promise
  }
  return { joined, heard, until, named: (event: string) => heard.filter((one) => one.event === event) }
}

/** What whoever leads does. */
async function fanOut(): Promise<void> {
  while ((await fanOutEvents(rows.postgres.pool, 2_000)).taken > 0) rows.postgres.signals.send(NEWS_CHANNEL)
}

async function write(id: ConversationId, at: Instant, text = 'Hi') {
  const wamid = `wamid.in.${rows.digits()}` as Wamid
  const body = { type: 'text', text: { body: text } }
  await rows.postgres.db.transaction().execute(async (trx) => {
    await insertInbound(trx, { wamid, conversationId: id, type: 'text', at, body })
    await saveWindow(trx, id, { openedAt: at, lastInboundAt: at, refutedAt: null })
  })
  return wamid
}

describe('who looks', () => {
  it('is greeted, and told of a message and its conversation as lists show them', async () => {
    const { id } = await rows.conversation(sender)
    const { heard, until, named } = await look(feedOf())
    expect(heard[0]).toMatchObject({ event: 'hello', data: { server: '1.2.3' } })
    expect(Math.abs(Date.parse(heard[0]?.data.now as string) - (await rows.now()))).toBeLessThan(60_000)
    const wamid = await write(id, await rows.now())
    await fanOut()
    await until(() => named('message').length > 0 && named('conversation').length > 0)
    expect(named('message')[0]?.data).toMatchObject({
      event: 'message.received',
      id: wamid,
      data: { text: 'Hi', sender },
    })
    expect(named('conversation')[0]?.data).toMatchObject({ id, data: { unread: 1, last_message: { id: wamid } } })
    await rows.postgres.db.transaction().execute((trx) => readConversationNow(trx, id))
    await fanOut()
    await until(() => named('conversation').length > 1)
    expect(named('conversation')[1]?.data).toMatchObject({ event: 'conversation.changed', data: { unread: 0 } })
  })

  it('is told of an intent, and of what waits in its conversation', async () => {
    const { id } = await rows.conversation(sender)
    const { until, named } = await look(feedOf())
    const intent = await rows.intent(sender, id)
    await rows.hold(intent)
    await fanOut()
    await until(() => named('intent').length > 0 && named('conversation').length > 0)
    expect(named('intent').at(-1)?.data).toMatchObject({ id: intent, event: 'intent.held', data: { state: 'held' } })
    expect(named('conversation').at(-1)?.data).toMatchObject({ id, data: { waiting_count: 1 } })
  })

  it('misses nothing between what they load and what they are told', async () => {
    const { id } = await rows.conversation(sender)
    const began = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const at = await rows.now()
    const wamid = 'wamid.between' as Wamid
    // It has not seen that anybody looks, so its message is told to nobody; and it commits after they have begun to.
    const writing = rows.postgres.db.transaction().execute(async (trx) => {
      await insertInbound(trx, { wamid, conversationId: id, type: 'text', at, body: { text: { body: 'Hi' } } })
      began.resolve()
      await goOn.promise
    })
    await began.promise
    let greeted = false
    const looking = look(feedOf()).then((all) => {
      greeted = true
      return all
    })
    await expect.poll(async () => (await sql`select from news_readers`.execute(rows.postgres.db)).rows.length).toBe(1)
    expect(greeted).toBe(false)
    goOn.resolve()
    await writing
    await looking
    const { rows: loaded } = await sql`select from inbound_messages where wamid = ${wamid}`.execute(rows.postgres.db)
    expect(loaded).toHaveLength(1)
  })

  it('hears in every process, and of their own workspace, numbers and kinds only', async () => {
    const other = await rows.linkSender()
    const { id } = await rows.conversation(sender)
    await fanOut()
    const one = await look(feedOf())
    const two = await look(feedOf())
    const feed = feedOf()
    const elsewhere = await look(feed, { caller: { ...CALLER, ...ANOTHER } })
    const ofOther = await look(feed, { caller: { ...CALLER, senders: [other] } })
    const ofIntents = await look(feed, { types: ['intent'] })
    const mine = await look(feed, { caller: { ...CALLER, senders: [sender] }, types: ['message'] })
    await write(id, await rows.now())
    await fanOut()
    for (const { until, named } of [one, two, mine]) await until(() => named('message').length > 0)
    // Told in one go with what the others were not told.
    for (const { heard } of [elsewhere, ofOther, ofIntents]) expect(heard.map(({ event }) => event)).toEqual(['hello'])
    expect(mine.named('conversation')).toEqual([])
  })

  it('follows a campaign by its counts, and by what happens to it', async () => {
    const campaigns = campaignsOn(rows.postgres)
    const message = { type: 'text', text: { body: 'Hello' } }
    const { id, row } = await campaigns.listed({ sender, message }, 'to\n+5511970000001\n+5511970000002\n')
    await campaigns.command(id, 'start')
    await fanOut()
    const { heard, until, named } = await look(feedOf(), { types: ['campaign'] })
    const last = () => named('campaign').at(-1)?.data
    const sent = () => (last()?.data?.counts as { sent: number } | undefined)?.sent
    await rows.postgres.pool.query('update campaigns set fed = 1 where id = $1', [row])
    await addMoves(rows.postgres.db, row, [{ variant: 0, key: 'sent', n: 1 }])
    await until(() => sent() === 1)
    expect(last()).toMatchObject({ id, event: 'campaign.progress', data: { id, state: 'running' } })
    await campaigns.command(id, 'pause')
    await fanOut()
    await until(() => last()?.event === 'campaign.paused')
    expect(last()?.data).toMatchObject({
      state: 'paused',
      reason: { code: 'by_request' },
      counts: { total: 2, sent: 1 },
    })
    expect(new Set(heard.map(({ event }) => event))).toEqual(new Set(['hello', 'campaign']))
  })

  it('sees a number go', async () => {
    const gone = await rows.linkSender()
    await fanOut()
    const { until, named } = await look(feedOf(), { types: ['sender'] })
    await rows.senders.unlink(HERE, gone)
    await fanOut()
    await until(() => named('sender').length > 0)
    expect(named('sender').at(-1)?.data).toMatchObject({ id: gone, data: null })
  })

  it('is told to read everything again where too much happens', async () => {
    const { id } = await rows.conversation(sender)
    const { until, named } = await look(feedOf())
    await sql`
      insert into outbox (workspace, kind, subject, payload)
      select 'default', 'intent.sent', gen_random_uuid()::text, '{"state":"sent"}' from generate_series(1, 1500)`.execute(
      rows.postgres.db,
    )
    await fanOut()
    await until(() => named('resync').length > 0)
    expect(named('intent')).toEqual([])
    await write(id, await rows.now())
    await fanOut()
    await until(() => named('message').length > 0)
  })

  it('is greeted again when the clock is moved, and hears on', async () => {
    const { id } = await rows.conversation(sender)
    const { until, named, heard } = await look(feedOf())
    await moveClock(rows.databaseUrl, 48 * 3_600_000)
    try {
      await until(() => named('hello').length > 1)
      const [first, second] = named('hello')
      expect(Date.parse(second?.data.now as string) - Date.parse(first?.data.now as string)).toBeGreaterThan(
        47 * 3_600_000,
      )
      await write(id, await rows.now())
      await fanOut()
      await until(() => named('message').length > 0)
      expect(heard.some(({ event }) => event === 'resync')).toBe(false)
    } finally {
      await moveClock(rows.databaseUrl, 0)
    }
  })

  it('is one of so many at most', async () => {
    const feed = feedOf(2)
    const first = await look(feed)
    await look(feed)
    expect((await look(feed)).joined).toMatchObject({ ok: false, refusal: { status: 503, code: 'too_many_streams' } })
    if (first.joined.ok) first.joined.value()
    expect((await look(feed)).joined.ok).toBe(true)
  })

  it('leaves the last places to workspaces that have few', async () => {
    const feed = feedOf(20)
    const elsewhere: Caller = { ...CALLER, workspace: 'another' as WorkspaceId }
    const asked = await Promise.all(Array.from({ length: 20 }, () => look(feed)))
    expect(asked.filter(({ joined }) => joined.ok)).toHaveLength(18)
    const others = await Promise.all(Array.from({ length: 3 }, () => look(feed, { caller: elsewhere })))
    expect(others.filter(({ joined }) => joined.ok)).toHaveLength(2)
  })
})

describe('who is not let in any more', () => {
  async function signedIn(role: Role) {
    const { db } = rows.postgres
    const now = instant(Date.now())
    const { rows: users } = await sql<{ id: string }>`
      insert into users (email) values (${`${rows.digits()}@example.com`}) returning id`.execute(db)
    const userId = users[0]?.id as string
    await sql`
      insert into memberships (user_id, workspace, role, name) values (${userId}, 'default', ${role}, 'Ana')`.execute(
      db,
    )
    const { id, token } = await createSession(db, { userId, now, csrfSecret: 'x', address: null, userAgent: null })
    const session = await findSession(db, token, now)
    const principal = session && enter(session, 'default')
    if (!principal) throw new Error('expected a session')
    return { userId, id, caller: { ...CALLER, ...principal } as Caller }
  }

  it('hears no more: signed out, with another role, by a key that was revoked', async () => {
    const { db } = rows.postgres
    const feed = feedOf()
    const [out, demoted, stays] = [await signedIn('admin'), await signedIn('admin'), await signedIn('viewer')]
    const keys = apiKeyStore(db)
    const made = { name: 'shop', scopes: ['read'] as const, senders: null, allowQuery: false, expiresAt: null }
    const key = await keys.create({ ...made, workspace: 'default' as WorkspaceId, createdBy: CALLER.actor })
    const withKey = { ...CALLER, actor: { kind: 'key' as const, id: key.id, name: 'shop' } }
    const streams = []
    for (const caller of [out.caller, demoted.caller, withKey, stays.caller]) streams.push(await look(feed, { caller }))
    await endSession(db, out.userId, out.id)
    await sql`update memberships set role = 'viewer' where user_id = ${demoted.userId}`.execute(db)
    await keys.revoke({ workspace: 'default' as WorkspaceId, senders: null }, key.id)
    for (const { until, named } of streams.slice(0, 3)) await until(() => named('end').length > 0)
    expect(streams[3]?.named('end')).toEqual([])
  })
})
