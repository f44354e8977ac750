import { sql } from 'kysely'
import { zoneOfContact } from '../../domain/contact-zone.ts'
import type { WhenClosed } from '../../domain/content.ts'
import type { Consent } from '../../domain/decision.ts'
import { awaitedCall } from '../../domain/flow/advance-call.ts'
import type { EventFact, Facts, InboundFact, SendFact } from '../../domain/flow/facts.ts'
import { saidInBody } from '../../domain/flow/inbound.ts'
import type { ConversationId, FlowRunId, IntentId } from '../../domain/ids.ts'
import type { IntentState } from '../../domain/lifecycle.ts'
import type { Instant } from '../../domain/time.ts'
import type { FreeEntryPointState } from '../../domain/window.ts'
import type { Db } from '../pg/postgres.ts'
import { readCalls } from './calls.ts'
import type { LiveRun } from './runs.ts'

/* What runs are looked at with, as it is recorded: read behind the locks of whoever looks, for many runs at once. */

export interface RunFacts {
  facts: Facts
  /** Of its number, for messages that say nothing themselves. */
  whenClosed: WhenClosed
  /** The number is linked. */
  linked: boolean
}

interface Scene {
  id: ConversationId
  name: string | null
  language: string | null
  time_zone: string | null
  wa_id: string | null
  bsuid: string | null
  attributes: Record<string, unknown>
  marketing: Consent
  zone: string | null
  when_closed: WhenClosed
  linked: boolean
  window_opened_at: Instant | null
  last_inbound_at: Instant | null
  window_refuted_at: Instant | null
  entry_state: FreeEntryPointState
  entered_at: Instant | null
  entry_opened_at: Instant | null
  entry_expires_at: Instant | null
  entry_conversation_id: string | null
  taken: string | null
  taken_at: Instant | null
  opted_out: string | null
  opted_out_at: Instant | null
}

export async function readFacts(trx: Db, runs: readonly LiveRun[]): Promise<Map<FlowRunId, RunFacts>> {
  if (runs.length === 0) return new Map()
  const scenes = await readScenes(trx, [...new Set(runs.map((run) => run.conversationId))])
  const sends = await readSends(trx, runs)
  const calls = await readCalls(
    trx,
    runs.flatMap(({ id, run }) => {
      const call = awaitedCall(run)
      return call === null ? [] : [{ run: id, call }]
    }),
  )
  const inbound = await readOn(runs, (asked) => readInbound(trx, asked))
  const events = await readOn(runs, (asked) => readEvents(trx, asked))
  return new Map(
    runs.flatMap((run): [FlowRunId, RunFacts][] => {
      const scene = scenes.get(run.conversationId)
      if (!scene) return []
      const heard = (inbound.get(run.id) ?? []).map((row) => inboundOf(run, row))
      const told = (events.get(run.id) ?? []).map(eventOf)
      const latest = Math.max(
        run.run.seen,
        run.run.heard,
        ...heard.map((one) => one.order),
        ...told.map((one) => one.order),
      )
      const facts: Facts = {
        ...conversationFacts(scene, run.recorded),
        inbound: heard,
        events: told,
        sends: Object.entries(run.sends).flatMap(([key, id]) => {
          const send = sends.get(id)
          return send ? [{ ...send, key }] : []
        }),
        calls: [calls.get(run.id) ?? []].flat(),
        latest,
        lately: 0,
      }
      return [[run.id, { facts, whenClosed: scene.when_closed, linked: scene.linked }]]
    }),
  )
}

/** Of a conversation in which a run may begin: nothing of one is there yet. */
export async function readStartFacts(trx: Db, conversation: ConversationId): Promise<Facts | null> {
  const scene = (await readScenes(trx, [conversation])).get(conversation)
  if (!scene) return null
  const { rows } = await sql<{ latest: string | null }>`
    select greatest(
      (select max(recorded) from inbound_messages where conversation_id = ${conversation}::bigint),
      (select max(e.recorded) from flow_events e join conversations v on v.contact_id = e.contact_id where v.id = ${conversation}::bigint))
      as latest`.execute(trx)
  const latest = Number(rows[0]?.latest ?? 0)
  return { ...conversationFacts(scene, latest), inbound: [], events: [], sends: [], calls: [], latest, lately: 0 }
}

/** @param since what was recorded before stops nothing */
function conversationFacts(
  row: Scene,
  since: number,
): Omit<Facts, 'inbound' | 'events' | 'sends' | 'calls' | 'latest' | 'lately'> {
  const later = (order: string | null, at: Instant | null) =>
    order !== null && at !== null && Number(order) > since ? { order: Number(order), at } : null
  return {
    contact: { name: row.name, language: row.language, time_zone: row.time_zone, attributes: row.attributes },
    marketing: row.marketing,
    zone: zoneOfContact({ contactZone: null, waId: row.wa_id, bsuid: row.bsuid, senderZone: row.zone }),
    window: { openedAt: row.window_opened_at, lastInboundAt: row.last_inbound_at, refutedAt: row.window_refuted_at },
    freeEntryPoint: {
      state: row.entry_state,
      enteredAt: row.entered_at,
      openedAt: row.entry_opened_at,
      expiresAt: row.entry_expires_at,
      metaConversationId: row.entry_conversation_id,
    },
    optedOut: later(row.opted_out, row.opted_out_at),
    tookOver: later(row.taken, row.taken_at),
  }
}

async function readScenes(trx: Db, ids: ConversationId[]): Promise<Map<ConversationId, Scene>> {
  const { rows } = await sql<Scene>`
    select v.id, c.wa_id, c.bsuid, c.name, c.language, c.time_zone, c.attributes,
      case when c.stopped_marketing_at is not null then 'out' else c.marketing end as marketing,
      s.time_zone as zone, s.default_when_closed as when_closed, s.sealed_access_token is not null as linked,
      v.window_opened_at, v.last_inbound_at, v.window_refuted_at, v.entry_state, v.entered_at, v.entry_opened_at, v.entry_expires_at,
      v.entry_conversation_id, v.taken, v.taken_at, o.recorded as opted_out, o.at as opted_out_at
    from unnest(${ids}::bigint[]) as asked (id)
    join conversations v on v.id = asked.id
    join contacts c on c.id = v.contact_id
    join senders s on s.phone_number_id = v.phone_number_id
    left join lateral (
      select n.recorded, n.at from consents n where n.contact_id = c.id and n.category = 'marketing' and n.state = 'out'
      order by n.recorded desc limit 1) o on true`.execute(trx)
  return new Map(rows.map((row) => [row.id, row]))
}

/** Of one run in one statement. */
const READ_AT_ONCE = 200

interface Asked {
  run: LiveRun
  /** What was recorded up to here is known. */
  after: number
}

/** All of it, page by page: what a run waits for may come behind much that it does not. */
async function readOn<Row extends { run: FlowRunId; recorded: string }>(
  runs: readonly LiveRun[],
  page: (asked: readonly Asked[]) => Promise<readonly Row[]>,
): Promise<Map<FlowRunId, Row[]>> {
  const found = new Map<FlowRunId, Row[]>()
  let asked: Asked[] = runs.map((run) => ({ run, after: Math.min(run.run.seen, run.run.heard) }))
  while (asked.length > 0) {
    const grouped = Map.groupBy(await page(asked), ({ run }) => run)
    asked = asked.flatMap(({ run }) => {
      const rows = grouped.get(run.id) ?? []
      found.set(run.id, [...(found.get(run.id) ?? []), ...rows])
      return rows.length < READ_AT_ONCE ? [] : [{ run, after: Number(rows.at(-1)?.recorded) }]
    })
  }
  return found
}

interface InboundRow {
  run: FlowRunId
  recorded: string
  at: Instant
  type: string
  body: unknown
  answers: IntentId | null
  taken: FlowRunId | null
}

async function readInbound(trx: Db, asked: readonly Asked[]): Promise<InboundRow[]> {
  const { rows } = await sql<InboundRow>`
    select asked.run, m.recorded, m.at, m.type, m.body, o.intent_id as answers, m.flow_run_id as taken
    from unnest(${asked.map(({ run }) => run.id)}::uuid[], ${asked.map(({ run }) => run.conversationId)}::bigint[],
      ${asked.map(({ after }) => after)}::bigint[]) as asked (run, conversation, after)
    join lateral (
      select * from inbound_messages m where m.conversation_id = asked.conversation and m.recorded > asked.after
      order by m.recorded limit ${READ_AT_ONCE}) m on true
    left join messages o on o.wamid = m.body -> 'context' ->> 'id'
    order by m.recorded`.execute(trx)
  return rows
}

function inboundOf({ id, sends }: LiveRun, { recorded, at, type, body, answers, taken }: InboundRow): InboundFact {
  const { text, tap } = saidInBody(type, body)
  const key = answers === null ? undefined : Object.keys(sends).find((one) => sends[one] === answers)
  return {
    order: Number(recorded),
    at,
    kind: type,
    text,
    tap: tap && { ...tap, of: key === undefined ? null : stepOfKey(key) },
    elsewhere: taken !== null && taken !== id,
  }
}

/** Keys are `<step>/<visit>`. */
function stepOfKey(key: string): string {
  return key.slice(0, key.lastIndexOf('/'))
}

interface EventRow {
  run: FlowRunId
  recorded: string
  at: Instant
  name: string
  data: Record<string, unknown>
}

async function readEvents(trx: Db, asked: readonly Asked[]): Promise<EventRow[]> {
  const { rows } = await sql<EventRow>`
    select asked.run, e.recorded, e.at, e.name, e.data
    from unnest(${asked.map(({ run }) => run.id)}::uuid[], ${asked.map(({ run }) => run.contactId)}::bigint[],
      ${asked.map(({ run }) => run.sender)}::text[], ${asked.map(({ after }) => after)}::bigint[]) as asked (run, contact, sender, after)
    join lateral (
      select * from flow_events e where e.contact_id = asked.contact and e.recorded > asked.after
        and (e.phone_number_id is null or e.phone_number_id = asked.sender)
      order by e.recorded limit ${READ_AT_ONCE}) e on true
    order by e.recorded`.execute(trx)
  return rows
}

function eventOf({ recorded, at, name, data }: EventRow): EventFact {
  return { order: Number(recorded), at, name, data }
}

interface SendRow {
  id: IntentId
  state: IntentState
  reason_code: string | null
  accepted_at: Instant | null
  delivered_at: Instant | null
  read_at: Instant | null
}

async function readSends(trx: Db, runs: readonly LiveRun[]): Promise<Map<IntentId, Omit<SendFact, 'key'>>> {
  const ids = runs.flatMap(({ sends }) => Object.values(sends))
  if (ids.length === 0) return new Map()
  const { rows } = await sql<SendRow>`
    select i.id, i.state, i.reason_code, m.accepted_at, m.delivered_at, m.read_at
    from unnest(${ids}::uuid[]) as asked (id) join intents i on i.id = asked.id left join messages m on m.wamid = i.wamid`.execute(
    trx,
  )
  return new Map(
    rows.map(({ id, state, reason_code, accepted_at, delivered_at, read_at }) => [
      id,
      {
        state: stateOf(state),
        reason: reason_code ?? state,
        sentAt: accepted_at,
        deliveredAt: delivered_at,
        readAt: read_at,
      },
    ]),
  )
}

function stateOf(state: IntentState): SendFact['state'] {
  if (state === 'sent') return 'sent'
  return ['failed', 'expired', 'cancelled', 'suppressed'].includes(state) ? 'over' : 'waiting'
}

/** How many messages other runs, of whatever flow, asked for to the same person in the last hour; at most a hundred are counted. */
export async function askedLately(trx: Db, runs: readonly LiveRun[]): Promise<Map<FlowRunId, number>> {
  if (runs.length === 0) return new Map()
  const { rows } = await sql<{ run: FlowRunId; n: number }>`
    select asked.run, found.n
    from unnest(${runs.map(({ id }) => id)}::uuid[], ${runs.map(({ contactId }) => contactId)}::bigint[]) as asked (run, contact)
    join lateral (
      select count(*)::int as n from (
        select from conversations v join intents i on i.conversation_id = v.id
        where v.contact_id = asked.contact and i.flow_run_id <> asked.run
          -- ids follow the time
          and i.id >= (lpad(to_hex((extract(epoch from casement_now() - interval '1 hour') * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid
        limit 100) one) found on true`.execute(trx)
  return new Map(rows.map(({ run, n }) => [run, n]))
}
