import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { expect } from 'vitest'
import { decide } from '../../src/domain/decision.ts'
import type { Script } from '../../src/domain/flow/simulate/script.ts'
import type { TranscriptLine } from '../../src/domain/flow/simulate/transcript.ts'
import { SIMULATED } from '../../src/domain/flow/simulate/world.ts'
import type { IntentId, Wamid } from '../../src/domain/ids.ts'
import { instant, SECOND_MS, toIso } from '../../src/domain/time.ts'
import { parseMoment } from '../../src/domain/zoned-time.ts'
import { refreshFreeEntryPoint } from '../../src/store/conversations/free-entry-points.ts'
import { leaseCalls, recordCalls } from '../../src/store/flows/calls.ts'
import { claimHeads } from '../../src/store/intents/claim.ts'
import { intentTransitions } from '../../src/store/intents/intents.ts'
import { foldStatuses } from '../../src/store/intents/statuses.ts'
import { expireIntents } from '../../src/store/intents/waiting.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { type FollowUps, stay } from '../../src/usecases/dispatch-intent.ts'
import { CALLER } from './access.ts'
import { ROOM } from './flow-calls.ts'
import type { Customer, FlowWorld } from './flow-world.ts'

/* A script, played by what runs on a server. The clock of the database stands still where the script says. */

const NOBODY_INVITED: FollowUps = { ask: async () => false, join: async () => false }

/** What both tell, in one spelling. Whether a message may go is told by the dispatch, and by the history once it has gone. */
export const TOLD = [
  'skipped',
  'held',
  'not_sent',
  'waits',
  'satisfied',
  'timed_out',
  'tapped',
  'branched',
  'set',
  'handed_over',
  'calls',
  'called',
  'call_failed',
  'ended',
]

export async function beginFlow(world: FlowWorld, flow: string, document: string, { start, events = [] }: Script) {
  const { db, pool } = world.rows.postgres
  const zone = start.zone ?? 'UTC'
  const intents = intentTransitions(pool, SIMULATED.windowMarginMs)
  let customer: Customer
  let run = ''

  async function stand(at: string): Promise<void> {
    const literal = sql.raw(`'select ''${at}''::timestamptz'`)
    await sql`create or replace function casement_now() returns timestamptz language sql stable parallel safe as ${literal}`.execute(
      db,
    )
  }
  const isoOf = (text: string) => toIso(parseMoment(text, zone) as never)

  await stand(isoOf(start.last_inbound ?? start.at))
  customer = await world.customer()
  const { name = null, language = null, time_zone = null } = start.contact ?? {}
  await sql`update contacts set name = ${name}, language = ${language}, time_zone = ${time_zone} where id = ${customer.contactId}::bigint`.execute(
    db,
  )
  await sql`update senders set time_zone = ${zone}`.execute(db)
  if (start.last_inbound !== undefined) await world.says(customer, '')
  expect(await world.deploy(document)).toMatchObject({ ok: true })
  await world.tickClosings()
  await stand(isoOf(start.at))
  if (start.inbound) {
    const { ad } = start.inbound
    const timestamp = String(Date.parse(isoOf(start.at)) / SECOND_MS)
    const headline = typeof ad?.headline === 'string' ? ad.headline : null
    const referral = ad ? { sourceType: 'ad', sourceId: null, sourceUrl: null, ctwaClid: null, headline } : null
    const body = {
      type: 'text',
      text: { body: start.inbound.text },
      ...(ad ? { timestamp, referral: { headline } } : {}),
    }
    await world.says(customer, start.inbound.text, { referral, body })
  } else if (start.event) {
    const data = { ...start.event.data, ...start.data }
    await world.services.tellEvent(CALLER, { contact: customer.waId, name: start.event.name, key: 'start', data })
  } else if (start.attribute) {
    await world.setAttributes(customer, { ...start.data, [start.attribute.name]: start.attribute.value } as never)
  } else if (document.includes('window_closing')) await world.tickClosings()
  else await world.start(flow, customer, start.data)
  run = (await world.runsOf(flow))[0]?.id as string

  async function wamidOf(step: string): Promise<{ intentId: IntentId; wamid: Wamid }> {
    const { sends } = await world.run(run)
    const key = Object.keys(sends).findLast((one) => one.startsWith(`${step}/`)) as string
    const intentId = sends[key] as IntentId
    return { intentId, wamid: `wamid.${intentId}` as Wamid }
  }

  /** Those that are due leave, or stay, as the dispatch decides. Answers how many were decided. */
  async function dispatch(): Promise<number> {
    const expired = await expireIntents(db, 100)
    const client = await pool.connect()
    const claims = await claimHeads(client, [{ sender: world.sender, look: 100 }], 1_000, []).finally(() =>
      client.release(),
    )
    for (const claim of claims) {
      const decision = decide(claim.intent, claim.facts, SIMULATED)
      if (decision.kind === 'send' || decision.kind === 'downgrade') {
        await world.rows.attempt(world.sender, claim.intent.id, { event: 'accept' })
      } else await stay({ intents, followUps: NOBODY_INVITED }, { claim, decision })
    }
    return expired + claims.length
  }

  async function status(step: string, what: 'delivered' | 'read', at: string): Promise<void> {
    const { intentId, wamid } = await wamidOf(step)
    const when = instant(Date.parse(at))
    const none = { failedAt: null, error: null, errorAt: null, pricing: null, pricingAt: null }
    const times = { sentAt: null, deliveredAt: when, readAt: what === 'read' ? when : null }
    const message = {
      wamid,
      intentId,
      attempt: 1,
      conversationId: customer.id,
      sentAs: 'free_form' as const,
      status: what,
    }
    await inTransaction(pool, async (trx, client) => {
      await foldStatuses(client, [{ ...message, ...times, ...none }])
      await refreshFreeEntryPoint(trx, customer.id)
    })
  }

  /** The program answers as the script says, or nobody does any more. */
  async function settle({ what, step, why }: TranscriptLine): Promise<void> {
    const answered = events.find((one) => 'answered' in one && one.answered === step)
    const answer = answered && 'answered' in answered ? (answered.with ?? {}) : {}
    const became = what === 'called' ? { state: 'answered' as const, answer } : { state: 'failed' as const, why }
    const calls = await leaseCalls(db, { lease: randomUUID(), holder: randomUUID() }, ROOM)
    const records = calls.map(({ run, call, lease }) => ({ run, call, lease, became }))
    await inTransaction(pool, (trx) => recordCalls(trx, records))
  }

  async function happen(line: TranscriptLine): Promise<void> {
    const { what, step, text, at } = line
    if (what === 'called' || what === 'call_failed') await settle(line)
    if (what === 'reply') await world.says(customer, text)
    if (what === 'delivered' || what === 'read') await status(step as string, what, at)
    if (what === 'opt_out') await world.optsOut(customer)
    if (what === 'took_over') await world.echoes(customer)
    if (what === 'event') {
      const data = events.find((one) => 'event' in one && one.event.name === text)
      const given = data && 'event' in data ? data.event.data : undefined
      await world.services.tellEvent(CALLER, { contact: customer.waId, name: text, key: `${text} ${at}`, data: given })
    }
    if (what !== 'tap') return
    const { wamid } = await wamidOf(step as string)
    const reply = { type: 'button_reply', button_reply: { id: text, title: text } }
    const body = { type: 'interactive', interactive: reply, context: { id: wamid } }
    await world.says(customer, text, {
      type: 'interactive',
      body,
      reply: { payload: text, text, id: text },
      contextWamid: wamid,
    })
  }

  return {
    /** What happens at this time; then runs are looked at and messages decided about until nothing moves. */
    async playAll(at: string, lines: TranscriptLine[]): Promise<void> {
      await stand(at)
      for (const line of lines) await happen(line)
      do await world.tick()
      while ((await dispatch()) > 0)
    },
    /** The same, where what the simulator let go is what Meta accepts. */
    async play(at: string, lines: TranscriptLine[]): Promise<void> {
      await stand(at)
      for (const line of lines) await happen(line)
      await world.tick()
      for (const { step } of lines.filter(({ what }) => what === 'sent')) {
        const { intentId } = await wamidOf(step as string)
        expect(intentId, `${step} at ${at} after ${JSON.stringify((await this.transcript()).history)}`).toBeDefined()
        await world.rows.attempt(world.sender, intentId, { event: 'accept' })
        await world.tick()
      }
    },
    run: () => world.run(run),
    async transcript() {
      const history = await sql<{ at: number; step: string; what: string; why: string }>`
        select at, step, kind as what, text as why from flow_run_events where run_id = ${run}::uuid order by id`.execute(
        db,
      )
      const sent = await sql<{ at: number; key: string }>`
        select m.accepted_at as at, s.key from flow_runs r, jsonb_each_text(r.sends) as s (key, id), messages m, intents i
        where r.id = ${run}::uuid and m.intent_id = s.id::uuid and i.id = m.intent_id order by m.accepted_at, i.seq`.execute(
        db,
      )
      return {
        history: history.rows
          .filter(({ what }) => TOLD.includes(what))
          .map(({ at, ...line }) => ({ at: toIso(instant(at)), ...line })),
        sent: sent.rows.map(({ at, key }) => ({ at: toIso(instant(at)), step: key.split('/')[0] })),
      }
    },
  }
}
