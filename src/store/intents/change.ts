import { sql } from 'kysely'
import type { Message, WhenClosed } from '../../domain/content.ts'
import type { ContactId, ConversationId, IntentId, PhoneNumberId } from '../../domain/ids.ts'
import { PRIORITY_RANK, type Priority, type Release } from '../../domain/intent.ts'
import type { IntentState } from '../../domain/lifecycle.ts'
import type { CancelOn } from '../../domain/request.ts'
import type { Schedule } from '../../domain/schedule.ts'
import { type Instant, toIso } from '../../domain/time.ts'
import { inPurview } from '../access/purview.ts'
import { isHeard } from '../outbox/tell.ts'
import { MOMENT_NOW, momentNow } from '../pg/clock.ts'
import type { Db } from '../pg/postgres.ts'
import { withdrawFollowUp } from './follow-ups.ts'
import type { RecordedDecision } from './intents.ts'
import type { IntentKey } from './operator-transitions.ts'
import { runTransition, transition } from './transitions.ts'

/*
 * What a person changes of a message that has not left. Behind its lock, and with a stamp: a page that has read it before opens nothing, for
 * what it decided about was another message.
 */

export interface ChangeableIntent {
  state: IntentState
  sender: PhoneNumberId
  conversationId: ConversationId
  contactId: ContactId
  message: Message
  whenClosed: WhenClosed
  release: Release
  priority: number
  cancelOn: CancelOn[] | null
  metadata: unknown
  sendAt: Instant
  dueAt: Instant | null
  expiresAt: Instant
  schedule: Schedule | null
  followUpId: IntentId | null
  followUpOf: IntentId | null
}

/**
 * Locked until the transaction ends. Null when there is no such intent in the purview.
 *
 * @param listens it is to listen for other answers from now on: whoever records one just now is waited for
 */
export async function lockChangeable(trx: Db, key: IntentKey, listens = false): Promise<ChangeableIntent | null> {
  if (listens) {
    await sql`
      select from conversations v where v.id = (
        select coalesce(o.merged_into, o.id) from intents i join conversations o on o.id = i.conversation_id
        where i.id = ${key.id}::uuid and ${inPurview('i', key)}) for share`.execute(trx)
  }
  const { rows } = await sql<ChangeableIntent>`
    select i.state, i.phone_number_id as sender, v.id as "conversationId", v.contact_id as "contactId", i.message, i.when_closed as "whenClosed",
      i.release, i.priority, i.cancel_on as "cancelOn", i.metadata, i.send_at as "sendAt", i.due_at as "dueAt", i.expires_at as "expiresAt",
      i.schedule, case when i.waits_kind = 'answer' then i.follow_up_id end as "followUpId", i.follow_up_of as "followUpOf"
    from intents i
    join conversations o on o.id = i.conversation_id
    join conversations v on v.id = coalesce(o.merged_into, o.id)
    where i.id = ${key.id}::uuid and ${inPurview('i', key)} for no key update of i`.execute(trx)
  return rows[0] ?? null
}

/** All of what may be changed, as it is to be. */
export interface ChangedIntent {
  message: Message
  whenClosed: WhenClosed
  release: Release
  priority: Priority
  cancelOn: readonly CancelOn[]
  metadata: unknown
  sendAt: Instant
  dueAt: Instant
  expiresAt: Instant
  schedule: Schedule | null
}

const COLUMNS = [
  ['message', 'jsonb'],
  ['when_closed', 'jsonb'],
  ['release', 'text'],
  ['priority', 'smallint'],
  ['cancel_on', 'text[]'],
  ['metadata', 'jsonb'],
  ['send_at', 'timestamptz'],
  ['due_at', 'timestamptz'],
  ['expires_at', 'timestamptz'],
  ['schedule', 'jsonb'],
] as const

const ASKED = `asked as (
  select $1::uuid as id, ${COLUMNS.map(([name, type], i) => `$${i + 2}::${type} as ${name}`).join(', ')},
    $12::text as kind, $13::jsonb as reason, $14::jsonb as facts, $15::boolean as listens)`

/** What was recorded before is no answer. */
const LISTENS_SINCE = `case when a.listens then ${MOMENT_NOW} else i.listens_since end`

function decidedAnew(releases: boolean): string {
  return transition({
    asked: ASKED,
    event: 'release',
    set: {
      ...Object.fromEntries(COLUMNS.map(([name]) => [name, `a.${name}`])),
      changed_at: 'casement_now()',
      listens_since: LISTENS_SINCE,
    },
    decision: { kind: 'a.kind', reason: 'a.reason', facts: 'a.facts' },
    releases,
  })
}
const DECIDED_ANEW = decidedAnew(true)
const DECIDED_LATER = decidedAnew(false)

/** What a change means for one that is held. */
export interface Reopening {
  /** It is decided about once more. */
  anew: boolean
  /** Its invitation, which is its former policy's, is not the one that it would send now. */
  asksOtherwise: boolean
  /** For other answers than before. */
  listens: boolean
}

/**
 * Writes a change of what `lockChangeable` has locked. An invitation that has not left and was made for what it was (too early now, by another
 * policy, for what needs no answer any more) does not leave, unless others wait for it.
 */
export async function changeIntent(
  trx: Db,
  { id }: Pick<IntentKey, 'id'>,
  was: ChangeableIntent,
  to: ChangedIntent,
  { anew, asksOtherwise, listens }: Reopening,
  now: Instant,
  { kind, reason, facts }: RecordedDecision,
): Promise<void> {
  const values = [
    id,
    JSON.stringify(to.message),
    JSON.stringify(to.whenClosed),
    to.release,
    PRIORITY_RANK[to.priority],
    to.cancelOn.length > 0 ? to.cancelOn : null,
    to.metadata == null ? null : JSON.stringify(to.metadata),
    toIso(to.sendAt),
    toIso(to.dueAt),
    toIso(to.expiresAt),
    to.schedule === null ? null : JSON.stringify(to.schedule),
    kind,
    JSON.stringify(reason),
    JSON.stringify(facts),
    listens,
  ]
  if (was.state === 'held' && anew) {
    await runTransition(trx, to.dueAt > now ? DECIDED_LATER : DECIDED_ANEW, values)
    if (was.followUpId !== null && (asksOtherwise || to.dueAt > now)) await withdrawAlone(trx, was.followUpId)
    return
  }
  await sql`
    with changed as (
      update intents i set message = ${values[1]}::jsonb, when_closed = ${values[2]}::jsonb, release = ${to.release},
        priority = ${values[4]}::smallint, cancel_on = ${values[5]}::text[], metadata = ${values[6]}::jsonb, send_at = ${values[7]}::timestamptz,
        due_at = case when i.due_at is not null then ${values[8]}::timestamptz end, expires_at = ${values[9]}::timestamptz,
        schedule = ${values[10]}::jsonb, changed_at = ${momentNow},
        listens_since = case when ${listens} then ${momentNow} else i.listens_since end
      where i.id = ${id}::uuid returning i.id, i.workspace, i.state, i.phone_number_id, i.conversation_id, i.priority, i.due_at, i.reason_code
    ), freed as (
      delete from turns t using changed c
      where t.phone_number_id = c.phone_number_id and t.conversation_id = c.conversation_id and t.intent_id = c.id
        and (t.priority <> c.priority or c.due_at > casement_now())
    ), noted as (
      insert into decisions (intent_id, kind, reason, facts) select id, ${kind}, ${values[12]}::jsonb, ${values[13]}::jsonb from changed
    )
    insert into outbox (workspace, kind, subject, payload)
    select workspace, 'intent.' || state, id::text, jsonb_strip_nulls(jsonb_build_object('state', state, 'reason', reason_code))
    from changed where ${sql.raw(isHeard('intent'))}`.execute(trx)
}

async function withdrawAlone(trx: Db, followUp: IntentId): Promise<void> {
  const { rows } =
    await sql`select from intents where follow_up_id = ${followUp}::uuid and waits_kind = 'answer' limit 1`.execute(trx)
  if (rows.length > 0) return
  await withdrawFollowUp(trx, followUp, { code: 'superseded', text: 'The message it asks for is another now.' })
}
