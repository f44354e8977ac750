import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { pageTransaction } from '../../src/app/pages.ts'
import type { ConversationId, IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import type { Priority } from '../../src/domain/intent.ts'
import { spacingOf } from '../../src/domain/pacing.ts'
import { HOUR_MS, plus } from '../../src/domain/time.ts'
import { ensurePace, moveLateSlots, pausePace } from '../../src/store/accounts/number-pace.ts'
import { claimHeads, type Look, lookAt } from '../../src/store/intents/claim.ts'
import { createHeadFinder } from '../../src/store/intents/head-finder.ts'
import { openPage } from '../../src/store/intents/open-page.ts'
import { demands } from '../../src/store/intents/supply.ts'
import { foldConversation, lockAlone, mergeContacts } from '../../src/store/people/merge.ts'
import { HOT_PATH_SETTINGS, inTransaction, openPostgres, type Postgres } from '../../src/store/pg/postgres.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { eventually } from '../support/signals.ts'

let rows: Rows
let hot: Postgres
let sender: PhoneNumberId
beforeAll(async () => {
  rows = await createRows()
  hot = openPostgres({
    url: rows.databaseUrl,
    max: 6,
    applicationName: 'claim',
    settings: HOT_PATH_SETTINGS,
    onError: () => {},
  })
})
afterAll(async () => {
  await hot.close()
  await rows.close()
})
beforeEach(async () => {
  sender = await rows.linkSender()
  await throughput(1_000)
  await ensurePace(hot.pool, [sender])
})

async function throughput(mps: number, of = sender): Promise<void> {
  await hot.pool.query('update senders set throughput_mps = $2 where phone_number_id = $1', [of, mps])
}

interface Begun {
  client: pg.PoolClient
  looks: Look[]
  /** Ids of the heads, in the order of their urgency. */
  heads: IntentId[]
  open(ids?: IntentId[]): Promise<IntentId[]>
  commit(): Promise<void>
  rollback(): Promise<void>
}

/** A page up to its decision, in a transaction that the test ends. */
async function begin(senders = [sender], { look = 50, limit = 50, without = [] as IntentId[] } = {}): Promise<Begun> {
  const client = await hot.pool.connect()
  await client.query('begin')
  const looks = await lookAt(
    client,
    senders,
    senders.map(() => false),
  )
  const locked = looks.flatMap((one) => one.locked ?? [])
  const claims = await claimHeads(
    client,
    locked.map((one) => ({ sender: one.sender, look })),
    limit,
    without,
  )
  const heads = claims.map((claim) => claim.intent.id)
  const read = new Map(claims.map((claim) => [claim.intent.id, claim.recipient.conversationId]))
  const end = async (how: string) => {
    await client.query(how)
    client.release()
  }
  return {
    client,
    looks,
    heads,
    async open(ids = heads) {
      const decision = { kind: 'send', reason: { code: 'window_open' as const, text: 'Open.' }, facts: {} }
      const items = ids.map((intentId) => ({
        intentId,
        conversationId: read.get(intentId) as ConversationId,
        sentAs: 'free_form' as const,
        decision,
      }))
      const { opened } = await openPage(client, items, locked)
      return ids.filter((_, index) => opened[index] !== null)
    },
    commit: () => end('commit'),
    rollback: () => end('rollback'),
  }
}

async function take(senders = [sender], options = {}): Promise<IntentId[]> {
  const page = await begin(senders, options)
  const opened = await page.open()
  await page.commit()
  return opened
}

async function person(): Promise<ConversationId> {
  return (await rows.conversation(sender)).id
}

const enqueue = (conversation: ConversationId, priority: Priority = 'reply', of = sender) =>
  rows.intent(of, conversation, { priority })

async function strangers(count: number, priority: Priority = 'reply'): Promise<IntentId[]> {
  const ids: IntentId[] = []
  for (let made = 0; made < count; made++) ids.push(await enqueue(await person(), priority))
  return ids
}

describe('claiming heads', () => {
  it('takes the most urgent first, and of these the oldest (P10)', async () => {
    const campaign = await strangers(2, 'campaign')
    const replies = await strangers(2, 'reply')
    expect(await take()).toEqual([...replies, ...campaign])
  })

  it('takes one message of a turn, the oldest, and the next only when it is over (P5)', async () => {
    const conversation = await person()
    const first = await enqueue(conversation)
    await enqueue(conversation)
    expect(await take()).toEqual([first])
    expect(await take()).toEqual([])
  })

  it('leaves to the next page what has become somebody else’s since it was read (P5, P7)', async () => {
    const [kept, gone] = [await rows.conversation(sender), await rows.conversation(sender)]
    const first = await enqueue(kept.id)
    const second = await enqueue(gone.id)
    const page = await begin()
    expect(page.heads).toEqual([first, second])
    await inTransaction(rows.postgres.pool, async (trx) => {
      await lockAlone(trx, [kept.contactId, gone.contactId])
      for (const id of await mergeContacts(trx, kept.contactId, gone.contactId)) await foldConversation(trx, id)
    })
    expect(await page.open()).toEqual([first])
    await page.commit()
    expect(await take()).toEqual([])
    await rows.closeAttempt(first, 1, { event: 'accept' })
    expect(await take()).toEqual([second])
  })

  it('takes a message of another priority of the same person beside it', async () => {
    const conversation = await person()
    const campaign = await enqueue(conversation, 'campaign')
    expect(await take()).toEqual([campaign])
    const reply = await enqueue(conversation, 'reply')
    expect(await take()).toEqual([reply])
  })

  it('takes a retry that kept its turn, and nothing newer before it', async () => {
    const conversation = await person()
    const first = await enqueue(conversation)
    await enqueue(conversation)
    await take()
    await hot.pool.query(`update intents set state = 'scheduled', due_at = now() where id = $1`, [first])
    expect(await take()).toEqual([first])
  })

  it('keeps the turn of a retry that is not due yet', async () => {
    const conversation = await person()
    const retry = await enqueue(conversation)
    await enqueue(conversation)
    await take()
    await hot.pool.query(`update intents set state = 'scheduled', due_at = now() + interval '1 hour' where id = $1`, [
      retry,
    ])
    expect(await take()).toEqual([])
  })

  it('lets what was put off without its turn be overtaken', async () => {
    const conversation = await person()
    const late = await enqueue(conversation)
    const next = await enqueue(conversation)
    await hot.pool.query(`update intents set due_at = now() + interval '1 hour' where id = $1`, [late])
    expect(await take()).toEqual([next])
  })

  it('takes of every conversation though one has more due than is looked at', async () => {
    const busy = await person()
    const own = [await enqueue(busy), await enqueue(busy), await enqueue(busy)]
    const other = await enqueue(await person())
    expect([...(await take([sender], { look: 2 })), ...(await take([sender], { look: 2 }))]).toEqual([own[0], other])
  })

  it('leaves what is due later', async () => {
    const sendAt = plus(await rows.now(), HOUR_MS)
    await rows.intent(sender, await person(), { sendAt, expiresAt: plus(sendAt, HOUR_MS) })
    expect(await take()).toEqual([])
  })

  it('leaves what it is told to leave alone', async () => {
    const [first, second] = await strangers(2)
    expect(await take([sender], { without: [first] })).toEqual([second])
  })

  it('lets nothing overtake what it is told to leave alone (P5)', async () => {
    const conversation = await person()
    const first = await enqueue(conversation)
    await enqueue(conversation)
    const urgent = await enqueue(conversation, 'transactional')
    const [other] = await strangers(1)
    expect(await take([sender], { look: 2, without: [first] })).toEqual([other, urgent])
  })

  it('does not open what was cancelled after it was read', async () => {
    const [cancelled, other] = await strangers(2)
    const page = await begin()
    await hot.pool.query(
      `update intents set state = 'cancelled', due_at = null, reason_code = 'by_request', reason_text = '' where id = $1`,
      [cancelled],
    )
    expect(await page.open()).toEqual([other])
    await page.commit()
  })

  it('lets one process at a time take of a number, and the other pass it by', async () => {
    const ids = await strangers(3)
    const one = await begin()
    const two = await begin()
    expect(two.looks[0]?.locked).toBeNull()
    expect(two.heads).toEqual([])
    expect(await one.open()).toEqual(ids)
    await one.commit()
    await two.rollback()
  })

  it('sees what was taken just before by somebody else (P5)', async () => {
    const conversation = await person()
    const first = await enqueue(conversation)
    await enqueue(conversation)
    const client = await hot.pool.connect()
    await client.query('begin')
    expect(await take()).toEqual([first])
    const looks = await lookAt(client, [sender], [false])
    const claims = await claimHeads(client, [{ sender: looks[0]?.sender as PhoneNumberId, look: 10 }], 10, [])
    await client.query('rollback')
    client.release()
    expect(claims).toEqual([])
  })

  it('has done nothing when it is rolled back', async () => {
    const ids = await strangers(2)
    const page = await begin()
    await page.open()
    await page.rollback()
    expect(await take()).toEqual(ids)
  })
})

describe('pages of several processes at once (P3, P5)', () => {
  it('never take an intent twice, nor two of one turn, nor out of order', async () => {
    const asked = new Map<ConversationId, IntentId[]>()
    for (let made = 0; made < 6; made++) asked.set(await person(), [])
    for (let made = 0; made < 30; made++) {
      const conversation = [...asked.keys()][made % 6] as ConversationId
      asked.get(conversation)?.push(await enqueue(conversation))
    }
    const seen: IntentId[] = []
    while (seen.length < 30) {
      await hot.pool.query(`update number_pace set next_at = 'epoch'`)
      const pages = (await Promise.all([take(), take(), take()])).flat()
      seen.push(...pages)
      for (const id of pages) await rows.closeAttempt(id, 1, { event: 'accept' })
    }
    expect(new Set(seen).size).toBe(30)
    for (const ids of asked.values()) expect(seen.filter((id) => ids.includes(id))).toEqual(ids)
  })
})

describe('a process that is frozen in the middle of a page', () => {
  it('keeps its numbers from the others for seconds only, and has done nothing', { timeout: 30_000 }, async () => {
    const [id] = await strangers(1)
    const unlinked = async () => ({ kind: 'unlinked' as const })
    const began = Promise.withResolvers<void>()
    const thawed = Promise.withResolvers<void>()
    const frozen = pageTransaction(hot, claimHeads, unlinked, () => {})(async (trx) => {
      await trx.lookAt([sender], [false])
      began.resolve()
      await thawed.promise
      return { opened: [] }
    })
    await began.promise
    const stuck = await begin()
    expect(stuck.looks[0]?.locked).toBeNull()
    await stuck.rollback()
    await eventually(async () => expect(await take()).toEqual([id]), { timeoutMs: 10_000 })
    thawed.resolve()
    await expect(frozen).rejects.toThrow()
  })
})

describe('gates', () => {
  it.each([
    [
      'its number is paused',
      `update senders set state = 'paused', reason_code = 'sender_paused' where phone_number_id = $1`,
    ],
    [
      'its account is paused',
      `update wabas set calls_paused_until = now() + interval '1 hour' where id = (select waba_id from senders where phone_number_id = $1)`,
    ],
  ])('takes nothing while %s, and rewrites nothing', async (_, pause) => {
    const [id] = await strangers(1)
    await hot.pool.query(pause, [sender])
    const page = await begin()
    expect(page.looks[0]).toMatchObject({ due: true, open: false, locked: null })
    await page.rollback()
    const { rows: found } = await hot.pool.query('select state from intents where id = $1', [id])
    expect(found).toEqual([{ state: 'scheduled' }])
  })

  it('takes nothing during a pause that Meta asked for, and keeps the longer one', async () => {
    await strangers(1)
    await pausePace(hot.pool, sender, 60_000)
    await pausePace(hot.pool, sender, 1_000)
    const page = await begin()
    expect(page.looks[0]?.locked).toBeNull()
    expect(page.looks[0]?.waitUs).toBeGreaterThan(50_000_000)
    await page.rollback()
  })
})

describe("a server's clock that was set back", () => {
  it('stops no number that has just sent, or was paused', async () => {
    const ids = await strangers(2)
    await hot.pool.query(
      `update number_pace set next_at = now() + interval '3 hours', paused_until = now() + interval '3 hours' where phone_number_id = $1`,
      [sender],
    )
    expect((await demands(hot.pool)).map((one) => one.sender)).toContain(sender)
    expect(await take([sender], { look: 1, limit: 1 })).toEqual(ids.slice(0, 1))
    const next = await begin()
    expect(next.looks[0]?.waitUs).toBeLessThan(1_000_000)
    await next.rollback()
  })

  it('keeps no process alive that told before', async () => {
    await strangers(1)
    const tell = (at: string) =>
      hot.pool.query(
        `insert into desks (id, at, serves, behind) values ('0199a000-0000-7000-8000-000000000001', clock_timestamp() + $2::interval, array[$1], '{}')
         on conflict (id) do update set at = excluded.at, serves = excluded.serves`,
        [sender, at],
      )
    const demanded = async () => (await demands(hot.pool)).map((one) => one.sender)
    await tell('0 s')
    expect(await demanded()).not.toContain(sender)
    await tell('3 hours')
    expect(await demanded()).toContain(sender)
  })
})

describe('sharing', () => {
  it('shares the room among the workspaces that have work due (P11)', async () => {
    await strangers(10, 'campaign')
    const mine = sender
    sender = await rows.linkSender()
    await ensurePace(hot.pool, [sender])
    await hot.pool.query(`insert into workspaces (id, name) values ('other', 'Other') on conflict do nothing`)
    await hot.pool.query(`update senders set workspace = 'other' where phone_number_id = $1`, [sender])
    const theirs = await strangers(3, 'campaign')
    const page = await begin([mine, sender], { limit: 6 })
    expect(page.heads.filter((id) => theirs.includes(id))).toHaveLength(3)
    await page.rollback()
  })

  it('shares it among the numbers of a workspace', async () => {
    await strangers(10)
    const first = sender
    sender = await rows.linkSender()
    await ensurePace(hot.pool, [sender])
    const second = await strangers(3)
    const page = await begin([first, sender], { limit: 6 })
    expect(page.heads.filter((id) => second.includes(id))).toHaveLength(3)
    await page.rollback()
  })
})

describe('the pace', () => {
  it('has as many places as the rate gives in a moment, and none until the next slot (P6)', async () => {
    await throughput(1)
    await strangers(2)
    const page = await begin()
    expect(page.looks[0]?.locked?.places).toBe(1)
    await page.open(page.heads.slice(0, 1))
    await page.commit()
    const next = await begin()
    expect(next.looks[0]).toMatchObject({ due: true, locked: null })
    expect(next.looks[0]?.waitUs).toBeGreaterThan(500_000)
    await next.rollback()
  })

  it('moves slots that came too late, and takes new ones where somebody took of it since', async () => {
    await throughput(1)
    await strangers(1)
    const page = await begin()
    const spacing = page.looks[0]?.locked?.spacing as NonNullable<Look['locked']>['spacing']
    await page.open()
    await page.commit()
    const { rows: found } = await hot.pool.query(
      'select (extract(epoch from next_at) * 1000000)::float8 as us from number_pace where phone_number_id = $1',
      [sender],
    )
    const taken = { sender, spacing, count: 1, nextUs: found[0].us as number, padUs: 0 }
    const [moved] = await moveLateSlots(hot.pool, [taken])
    expect(moved?.waitUs).toBe(0)
    expect(moved?.nextUs).toBeGreaterThan(taken.nextUs)
    const [behind] = await moveLateSlots(hot.pool, [taken])
    expect(behind?.waitUs).toBeGreaterThan(900_000)
  })

  it('moves those of many numbers from several sides at once, in whatever order they come', async () => {
    const numbers = Array.from({ length: 40 }, (_, n) => `99${n}` as PhoneNumberId)
    await hot.pool.query(
      `insert into number_pace (phone_number_id, next_at) select *, clock_timestamp() from unnest($1::text[]) on conflict do nothing`,
      [numbers],
    )
    const spacing = spacingOf(80)
    const late = numbers.map((number) => ({ sender: number, spacing, count: 1, nextUs: 0, padUs: 0 }))
    const orders = Array.from({ length: 80 }, (_, n) => (n % 2 === 0 ? late : late.toReversed()))
    const moved = await Promise.all(orders.map((order) => moveLateSlots(hot.pool, order)))
    expect(moved.map((slots) => slots.length)).toEqual(orders.map(() => numbers.length))
    await hot.pool.query('delete from number_pace where phone_number_id = any ($1)', [numbers])
  })
})

describe('behind what has left, while somebody holds an old snapshot', () => {
  const LEFT = 1_500
  const asked = () => [{ sender, look: 10 }]

  /** How many blocks of `intents` and its indexes a look reads. */
  async function reads(look: (client: pg.PoolClient) => Promise<unknown>): Promise<number> {
    const client = await hot.pool.connect()
    const soFar = async () => {
      const { rows: found } = await client.query<{ blocks: string }>(
        `select sum(pg_stat_get_xact_blocks_fetched(c)) as blocks from unnest(array['intents'::regclass, 'intents_due'::regclass]::oid[]) c`,
      )
      return Number(found[0]?.blocks)
    }
    try {
      await client.query('begin')
      const before = await soFar()
      await look(client)
      const after = await soFar()
      await client.query('rollback')
      return after - before
    } finally {
      client.release()
    }
  }

  it('a look begins where it found the first alive, and soon from the beginning again', async () => {
    const conversation = await person()
    const { now } = rows
    const at = plus(await now(), -HOUR_MS)
    const expiresAt = plus(at, 2 * HOUR_MS)
    const snapshot = await rows.postgres.pool.connect()
    try {
      const first = await rows.intent(sender, conversation, { sendAt: at, expiresAt })
      await snapshot.query('begin isolation level repeatable read')
      await snapshot.query('select count(*) from intents')
      // All due at one instant, as those of a campaign are.
      await hot.pool.query(
        `insert into intents (id, workspace, phone_number_id, conversation_id, priority, delivery, release, message, when_closed, state, send_at, due_at, expires_at)
         select gen_random_uuid(), workspace, phone_number_id, conversation_id, priority, delivery, release, message, when_closed, state, send_at, due_at, expires_at
         from intents, generate_series(1, $2) where id = $1`,
        [first, LEFT],
      )
      await hot.pool.query(
        `update intents set state = 'cancelled', due_at = null, reason_code = 'by_request' where phone_number_id = $1`,
        [sender],
      )
      const stays = await rows.intent(sender, await person(), { sendAt: at, expiresAt })

      let elapsed = 0
      // Each look takes a second of this clock.
      const find = createHeadFinder(() => (elapsed += 1_000))
      const look = async (client: pg.PoolClient) => {
        expect((await find(client, asked(), 10, [])).map((claim) => claim.intent.id)).toEqual([stays])
      }
      const whole = await reads(look)
      const next = await reads(look)
      expect(next).toBeLessThan(whole / 5)

      const released = await rows.intent(sender, (await person()) as ConversationId, {
        sendAt: plus(at, -1),
        expiresAt,
      })
      elapsed += 60_000
      const client = await hot.pool.connect()
      expect((await find(client, asked(), 10, [])).map((claim) => claim.intent.id)).toEqual([released, stays])
      client.release()
    } finally {
      await snapshot.query('rollback')
      snapshot.release()
    }
  })

  it('a look begins behind those that wait for a turn, too, and soon from the beginning again', async () => {
    const busy = await person()
    const at = plus(await rows.now(), -HOUR_MS)
    const times = { sendAt: at, expiresAt: plus(at, 2 * HOUR_MS) }
    const first = await rows.intent(sender, busy, times)
    expect(await take([sender])).toEqual([first])
    const next = await rows.intent(sender, busy, times)
    await hot.pool.query(
      `insert into intents (id, workspace, phone_number_id, conversation_id, priority, delivery, release, message, when_closed, state, send_at, due_at, expires_at)
       select gen_random_uuid(), workspace, phone_number_id, conversation_id, priority, delivery, release, message, when_closed, state, send_at, due_at, expires_at
       from intents, generate_series(1, $2) where id = $1`,
      [next, LEFT],
    )
    const other = await rows.intent(sender, await person(), times)
    let elapsed = 0
    const find = createHeadFinder(() => (elapsed += 1_000))
    const heads = (client: pg.PoolClient) =>
      find(client, asked(), 10, []).then((claims) => claims.map((claim) => claim.intent.id))
    const look = async (client: pg.PoolClient) => expect(await heads(client)).toEqual([other])
    const whole = await reads(look)
    expect(await reads(look)).toBeLessThan(whole / 5)

    await rows.closeAttempt(first, 1, { event: 'accept' })
    elapsed += 60_000
    const client = await hot.pool.connect()
    expect(await heads(client)).toEqual([next])
    client.release()
  })

  it('a look that begins further on takes nothing whose turn has something older that was let go meanwhile (P5)', async () => {
    const conversation = await person()
    const now = await rows.now()
    const aged = (agoMs: number, of: ConversationId) =>
      rows.intent(sender, of, { sendAt: plus(now, -agoMs), expiresAt: plus(now, HOUR_MS) })
    const older = await aged(2 * HOUR_MS, conversation)
    await rows.hold(older)
    const alive = await aged(HOUR_MS + 1, await person())
    const newer = await aged(HOUR_MS, conversation)
    const retry = await aged(HOUR_MS, await person())
    await rows.open(sender, retry)
    await hot.pool.query(`update intents set state = 'scheduled', due_at = now() where id = $1`, [retry])

    let elapsed = 0
    const find = createHeadFinder(() => (elapsed += 1_000))
    const look = async () => {
      const client = await hot.pool.connect()
      const claims = await find(client, asked(), 10, [])
      client.release()
      return claims.map((claim) => claim.intent.id)
    }
    expect(await look()).toEqual([alive, newer, retry])
    await hot.pool.query(
      `update intents set state = 'scheduled', due_at = send_at, waits_kind = null, reason_code = null where id = $1`,
      [older],
    )
    expect(await look()).toEqual([alive, retry])
    elapsed += 60_000
    expect(await look()).toEqual([older, alive, retry])
  })
})
