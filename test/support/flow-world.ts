import { sql } from 'kysely'
import { flowMemory } from '../../src/app/flow-io.ts'
import { attributesIo, flowServices } from '../../src/app/flows.ts'
import { createInbox } from '../../src/app/inbox.ts'
import { managementIo } from '../../src/app/management-io.ts'
import { createTicker } from '../../src/app/ticking.ts'
import type { ContactId, ConversationId, IntentId, PhoneNumberId, WaId, Wamid } from '../../src/domain/ids.ts'
import { type Instant, plus } from '../../src/domain/time.ts'
import type { InboundMessage } from '../../src/graph/webhook-event.ts'
import { updateContact } from '../../src/store/people/contacts.ts'
import { moveClock } from '../../src/store/pg/move-clock.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { applyEcho } from '../../src/usecases/apply-echo.ts'
import { applyInbound } from '../../src/usecases/apply-inbound.ts'
import { Busy } from '../../src/usecases/busy.ts'
import { changingAttributes } from '../../src/usecases/flows/change-attributes.ts'
import { tickClosings } from '../../src/usecases/flows/tick-closings.ts'
import { type Ticker, tickFlows } from '../../src/usecases/flows/tick-flows.ts'
import type { WebhookIo } from '../../src/usecases/webhook-inbox.ts'
import { CALLER } from './access.ts'
import { fakeGraph } from './management.ts'
import { createRows } from './rows.ts'
import { eventually } from './signals.ts'

/* Flows on the real store, with the ticker's rounds and customers' messages in the hand of the test. */

export interface RunRow {
  id: string
  state: 'waiting' | 'paused' | 'ended'
  step: string
  outcome: string | null
  version: number
  seq: number
  due_at: Instant | null
  sends: Record<string, IntentId>
  reason_text: string | null
  rests: boolean
  conversation_id: ConversationId
}

export interface Customer {
  id: ConversationId
  contactId: ContactId
  waId: string
}

export async function createFlowWorld() {
  const rows = await createRows()
  const { postgres, optOuts } = rows
  const { db } = postgres
  const flows = flowMemory()
  const sender = await rows.linkSender({ portfolio: 'one' })
  const waba = await rows.wabaOf(sender)
  const log = { info() {}, warn() {} }
  const failed: string[] = []
  const services = flowServices({ postgres, optOuts, flows })
  const ticker: Ticker = createTicker(postgres, flows, (run, error) => failed.push(`${run.flow}: ${error.message}`))
  /** Another process: it remembers nothing of this one. */
  const otherTicker: Ticker = createTicker(postgres, flowMemory(), () => {})
  const inbox = createInbox({ postgres, optOuts, recipientReviewMs: 0, log, flows })
  let aheadMs = 0
  let messages = 0

  function said(
    customer: Customer,
    text: string,
    more: Partial<InboundMessage> & { wamid?: Wamid } = {},
  ): InboundMessage {
    const body = { type: 'text', text: { body: text } }
    return {
      kind: 'inbound_message',
      wabaId: waba,
      phoneNumberId: sender,
      wamid: `wamid.in${++messages}` as Wamid,
      at: null,
      sender: { waId: customer.waId as WaId, bsuid: null, parentBsuid: null, profileName: null, username: null },
      groupId: null,
      type: 'text',
      opensWindow: true,
      text,
      caption: null,
      reply: null,
      referral: null,
      contextWamid: null,
      body,
      ...more,
    }
  }

  const world = {
    rows,
    services,
    sender,
    ticker,
    otherTicker,
    inbox,
    failed,
    said,
    now: rows.now,

    async deploy(text: string, onEdit?: 'finish' | 'migrate' | 'end') {
      const name = /^flow: (\w+)/m.exec(text)?.[1] as string
      return services.deployFlow(CALLER, { name, document: text, onEdit })
    },
    customer: (): Promise<Customer> => rows.conversation(sender),

    async start(name: string, customer: Customer, data = {}): Promise<string> {
      const started = await services.startFlow(CALLER, name, { sender, to: `+${customer.waId}`, data })
      if (!started.ok) throw new Error(started.refusal.message)
      return started.value.id
    },

    /** A customer's message is taken in, in a transaction of its own; `within` runs before it commits. */
    async hears(event: InboundMessage, within: () => Promise<void> = async () => {}): Promise<'applied' | 'busy'> {
      const at = event.at ?? (await rows.now())
      try {
        await inbox.inTransaction(async (io: WebhookIo) => {
          await applyInbound(io, { ...event, at })
          await within()
        })
        return 'applied'
      } catch (error) {
        if (error instanceof Busy) return 'busy'
        throw error
      }
    },
    says: (customer: Customer, text: string, more: Partial<InboundMessage> = {}) =>
      world.hears(said(customer, text, more)),

    async setAttributes(customer: Customer, attributes: Record<string, string | number | boolean>): Promise<void> {
      await inTransaction(postgres.pool, (trx) =>
        changingAttributes(attributesIo(trx, flows), CALLER, customer.contactId, () =>
          updateContact(trx, customer.contactId, { attributes }),
        ),
      )
    },

    async optsOut(customer: Customer): Promise<void> {
      const { contacts } = managementIo(postgres, rows.senders, fakeGraph(), optOuts, flows)
      await contacts.recordConsent(CALLER, customer.contactId, { category: 'marketing', state: 'out' })
    },

    async echoes(customer: Customer, at: Instant | null = null): Promise<void> {
      const wamid = `wamid.echo${++messages}` as Wamid
      const recipient = said(customer, '').sender
      const body = { type: 'text', text: { body: 'Hi, Sam here.' } }
      await inbox.inTransaction((io) =>
        applyEcho(io, {
          kind: 'echo',
          wabaId: waba,
          phoneNumberId: sender,
          wamid,
          at,
          recipient,
          type: 'text',
          body,
        }),
      )
    },

    /** Rounds of the ticker until nothing is due. */
    async tick(which: Ticker = ticker): Promise<void> {
      for (let round = 0; round < 50; round++) if (!(await tickFlows(which)).more) return
      throw new Error('expected the ticker to come to rest')
    },
    tickClosings: () => tickClosings(ticker),
    /** Until somebody waits for a lock. */
    async blocked(): Promise<void> {
      await eventually(async () => {
        const waiting = await sql`
          select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
        return waiting.rows.length > 0
      })
    },

    async run(id: string): Promise<RunRow> {
      const found = await sql<RunRow>`select * from flow_runs where id = ${id}::uuid`.execute(db)
      return found.rows[0] as RunRow
    },
    async runsOf(name: string): Promise<RunRow[]> {
      const found = await sql<RunRow>`
        select r.* from flow_runs r join flows f on f.id = r.flow_id where f.name = ${name} order by r.id`.execute(db)
      return found.rows
    },
    async history(id: string): Promise<string[]> {
      const found = await sql<{
        kind: string
      }>`select kind from flow_run_events where run_id = ${id}::uuid order by id`.execute(db)
      return found.rows.map(({ kind }) => kind)
    },
    /** Of the messages that a run asked for: their states, oldest first. */
    async sent(id: string): Promise<{ id: IntentId; state: string; reason_code: string | null }[]> {
      const found = await sql<{ id: IntentId; state: string; reason_code: string | null }>`
        select id, state, reason_code from intents where flow_run_id = ${id}::uuid order by seq`.execute(db)
      return found.rows
    },
    /** Meta accepts what the run asked for last. */
    async accept(id: string): Promise<void> {
      const last = (await world.sent(id)).at(-1)
      if (!last) throw new Error('expected the run to have asked for a message')
      await rows.attempt(sender as PhoneNumberId, last.id, { event: 'accept' })
    },

    /** Runs that look like this one, of other people, due long before anything else. */
    async copied(run: string, count: number): Promise<void> {
      await sql`
        with people as (
          insert into contacts (workspace, wa_id) select c.workspace, '1551' || lpad(n::text, 7, '0')
          from flow_runs r join contacts c on c.id = r.contact_id cross join generate_series(1, ${count}) n where r.id = ${run}::uuid
          returning id
        ), talks as (
          insert into conversations (workspace, phone_number_id, contact_id) select r.workspace, r.phone_number_id, p.id
          from people p join flow_runs r on r.id = ${run}::uuid returning id, contact_id
        )
        insert into flow_runs (id, workspace, flow_id, version, phone_number_id, conversation_id, contact_id, step, due_at, seq, run)
        select gen_random_uuid(), r.workspace, r.flow_id, r.version, r.phone_number_id, t.id, t.contact_id, r.step,
          casement_now() - interval '1 day', r.seq, r.run
        from talks t join flow_runs r on r.id = ${run}::uuid`.execute(db)
      await sql`analyze flow_runs`.execute(db)
    },

    async advance(ms: number): Promise<void> {
      aheadMs += ms
      await moveClock(rows.databaseUrl, aheadMs)
    },
    async inPast(ms: number): Promise<Instant> {
      return plus(await rows.now(), -ms)
    },
    close: () => rows.close(),
  }
  return world
}

export type FlowWorld = Awaited<ReturnType<typeof createFlowWorld>>
