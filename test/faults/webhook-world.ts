import { sql } from 'kysely'
import { createInbox } from '../../src/app/inbox.ts'
import type { IntentId, PhoneNumberId, WabaId } from '../../src/domain/ids.ts'
import type { Reason } from '../../src/domain/intent.ts'
import { DAY_MS, instant, SECOND_MS, toDate } from '../../src/domain/time.ts'
import type { IntentRecord } from '../../src/store/intents/enqueue.ts'
import { upsertTemplates } from '../../src/store/templates/sync.ts'
import { applyWebhooks } from '../../src/usecases/apply-webhook.ts'
import { HERE } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'
import type { History, ScriptedMessage } from './webhook-history.ts'
import { SENDER, WABA } from './webhook-items.ts'
import {
  AWAITED,
  intentIdOf,
  invitationOf,
  PEOPLE,
  RECIPIENTS,
  recipientOf,
  TEMPLATES,
  wamidOf,
} from './webhook-scripts.ts'

/*
 * A Casement that only takes in webhooks: the real store, the real appliers, and what was sent before the first of them came.
 */

export interface World {
  rows: Rows
  /** Everything gone; then the messages of a history as they stood before its first webhook. */
  begin(history: Omit<History, 'items'>): Promise<void>
  receive(payloads: readonly string[]): Promise<void>
  /** Until nothing is pending; as many appliers at once as there are batch sizes. */
  apply(...batchSizes: number[]): Promise<void>
  close(): Promise<void>
}

const IN_DOUBT: Reason = { code: 'in_doubt' as never, text: 'The answer was lost.' }
const UNCONFIRMED: Reason = { code: 'unconfirmed', text: 'Nobody knows.' }
/** Waits for the second template. */
export const AWAITS_TEMPLATE = intentIdOf(300) as IntentId
/** What a declining tap ends, and what only waits for a message. */
const waitingId = (person: number, declinable: boolean) =>
  intentIdOf(200 + 10 * person + Number(declinable)) as IntentId

export async function createWorld(): Promise<World> {
  const rows = await createRows()
  const { db, pool } = rows.postgres
  const log = { info() {}, warn() {} }
  const inbox = createInbox({ postgres: rows.postgres, optOuts: rows.optOuts, recipientReviewMs: 30 * DAY_MS, log })
  const sender = SENDER as PhoneNumberId

  async function conversationWith(waId: string | undefined) {
    return (await rows.conversation(sender, waId)).id
  }

  async function send({ setup, sentAs, ...message }: ScriptedMessage, index: number): Promise<void> {
    const conversation = await conversationWith(PEOPLE[recipientOf(index)]?.waId)
    const id = intentIdOf(index) as IntentId
    await rows.intent(sender, conversation, {
      id,
      delivery: setup === 'unconfirmed' ? 'at_most_once' : 'at_least_once',
      // Two messages of one person never share a turn.
      priority: index < RECIPIENTS ? 'reply' : 'transactional',
    })
    if (setup === 'open') await rows.open(sender, id)
    if (setup === 'accepted') await rows.attempt(sender, id, { event: 'accept' }, wamidOf(index))
    if (setup === 'in_doubt') await rows.attempt(sender, id, { event: 'doubt', keepsTurn: false, reason: IN_DOUBT })
    if (setup === 'unconfirmed') await rows.attempt(sender, id, { event: 'fail', reason: UNCONFIRMED })
    await sql`update attempts set sent_as = ${sentAs} where intent_id = ${id}::uuid`.execute(db)
    await startedAt(id, message.startedAt)
  }

  async function startedAt(id: IntentId, atS: number): Promise<void> {
    const at = toDate(instant(atS * SECOND_MS))
    await sql`update attempts set started_at = ${at} where intent_id = ${id}::uuid`.execute(db)
  }

  async function waitFor(index: number, invitedAt: number | null): Promise<void> {
    const conversation = await conversationWith(AWAITED[index]?.waId)
    const asks = { follow_up: { name: 'keep_helping', language: 'en', decline: ['No, thanks!'] } }
    for (const declinable of [false, true]) {
      const whenClosed: IntentRecord['whenClosed'] = declinable ? asks : 'hold'
      const id = waitingId(index, declinable)
      await rows.intent(sender, conversation, { id, whenClosed })
      await rows.hold(id)
    }
    if (invitedAt === null) return
    const invitation = intentIdOf(invitationOf(index)) as IntentId
    const asker = waitingId(index, true)
    await rows.intent(sender, conversation, { id: invitation, priority: 'follow_up', followUpOf: asker })
    await rows.attempt(sender, invitation, { event: 'accept' }, wamidOf(invitationOf(index)))
    await startedAt(invitation, invitedAt)
    await sql`update conversations set follow_up_id = ${invitation}::uuid where id = ${conversation}::bigint`.execute(
      db,
    )
    await sql`update intents set follow_up_id = ${invitation}::uuid where id = ${asker}::uuid`.execute(db)
  }

  /** As Meta had listed them a month ago. */
  async function account(): Promise<void> {
    await rows.senders.link({
      workspace: HERE.workspace,
      phoneNumberId: sender,
      wabaId: WABA as WabaId,
      accessToken: 'token',
    })
    await upsertTemplates(db, WABA as WabaId, TEMPLATES.map(templateOf))
    await sql`update senders set updated_at = now() - interval '30 days'`.execute(db)
    await sql`update templates set status_at = null, category_at = null, quality_at = null`.execute(db)
  }

  return {
    rows,

    async begin({ messages, invited, beganAt }) {
      await sql`
        truncate portfolios, wabas, senders, contacts, contact_identities, told_identities, consents, pair_buckets, outbox, conversations, intents, decisions, attempts, messages,
          inbound_messages, free_entry_reports, webhook_events, templates, template_history restart identity cascade`.execute(
        db,
      )
      await account()
      for (const [index, message] of messages.entries()) await send(message, index)
      for (const [index, is] of invited.entries()) await waitFor(index, is ? beganAt : null)
      await rows.intent(sender, await conversationWith('15500000300'), { id: AWAITS_TEMPLATE })
      await rows.hold(AWAITS_TEMPLATE, { kind: 'template', template: { name: nameOf(TEMPLATES[1]), language: 'en' } })
    },

    async receive(payloads) {
      await sql`
        insert into webhook_events (payload)
        select payload from unnest(${payloads}::text[]) with ordinality as w (payload, ord) order by ord`.execute(db)
    },

    async apply(...batchSizes) {
      const pending = async () =>
        (await pool.query(`select from webhook_events where state = 'pending' limit 1`)).rowCount
      const applier = async (batchSize: number) => {
        while (await pending()) {
          await applyWebhooks(inbox, { payloads: batchSize, bytes: 1e6 })
        }
      }
      await Promise.all(batchSizes.map(applier))
    },

    close: () => rows.close(),
  }
}

const nameOf = (id: string) => `template_${id}`

function templateOf(id: string) {
  const name = nameOf(id)
  const status = id === TEMPLATES[0] ? 'APPROVED' : 'PAUSED'
  const shown = { name, language: 'en', status, category: 'UTILITY' }
  return { id, ...shown, quality: null, document: { ...shown, components: [{ type: 'BODY', text: 'Hello' }] } }
}
