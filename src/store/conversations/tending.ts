import { sql } from 'kysely'
import type { Purview } from '../../domain/access.ts'
import type { ContactId, ConversationId, FlowRunId, Wamid } from '../../domain/ids.ts'
import { inPurview } from '../access/purview.ts'
import { haltRuns } from '../flows/pokes.ts'
import { TOLD_COLUMNS, tellingRuns } from '../flows/telling.ts'
import { telling } from '../outbox/tell.ts'
import { momentNow } from '../pg/clock.ts'
import type { Db } from '../pg/postgres.ts'
import { lockConversation } from './conversations.ts'

/* What the team does with a conversation besides writing: it reads it, and takes it. */

export async function findConversation(
  db: Db,
  purview: Purview,
  sender: string,
  contactId: ContactId,
): Promise<ConversationId | null> {
  const { rows } = await sql<{ id: ConversationId }>`
    select v.id from conversations v
    where ${inPurview('v', purview)} and v.phone_number_id = ${sender} and v.contact_id = ${contactId}::bigint and v.merged_into is null`.execute(
    db,
  )
  return rows[0]?.id ?? null
}

/**
 * All that has come in is read. Behind the lock that whoever takes a message in holds before they stamp it, so none that comes in at the same
 * time is read unseen.
 */
export async function readConversationNow(trx: Db, id: ConversationId): Promise<void> {
  const { id: live } = await lockConversation(trx, id)
  await sql`
    with seen as (
      update conversations set read_at = ${momentNow} where id = ${live}::bigint returning id, workspace, phone_number_id
    ) ${telling('conversation.changed', changedIn('seen', 'read'))}`.execute(trx)
}

/** A person has it from now on: nobody's team waits for it any more. */
export async function takeConversation(trx: Db, id: ConversationId): Promise<void> {
  const { id: live } = await lockConversation(trx, id)
  await takeAll(trx, [live])
}

/** The same of several, where a person writes in them. Flows that end by it ask for nothing more, and nothing of theirs leaves. */
export async function takeAll(trx: Db, ids: readonly ConversationId[]): Promise<void> {
  await sql`
    with chosen as (
      select id, handed_over_at is not null as handed_over from conversations where id = any (${ids}::bigint[]) order by id for no key update
    ), taken as (
      update conversations v set handed_over_at = null, handed_over_team = null, handed_over_note = null,
        taken_at = casement_now(), taken = nextval('recorded')
      from chosen where v.id = chosen.id returning v.id, v.workspace, v.phone_number_id, chosen.handed_over
    ) ${telling('conversation.changed', sql`${changedIn('taken', 'taken')} where handed_over`)}`.execute(trx)
  await haltRuns(trx, { conversations: ids }, 'person_took_over')
}

/** A flow gives the conversation, which is locked, to a team, until a person takes it. */
export async function handOver(
  trx: Db,
  id: ConversationId,
  { run, team, note }: { run: FlowRunId; team: string; note: string | null },
): Promise<void> {
  await sql`
    with given as (
      update conversations set handed_over_at = casement_now(), handed_over_team = ${team}, handed_over_note = ${note}
      where id = ${id}::bigint returning id, workspace, phone_number_id
    ), by_run as (
      select ${TOLD_COLUMNS}, jsonb_build_object('team', ${team}::text) as more from flow_runs r where r.id = ${run}::uuid
    ), told as (${tellingRuns('flow.handed_over', 'by_run')})
    ${telling('conversation.changed', changedIn('given', 'handed_over'))}`.execute(trx)
}

/** The rows of a CTE, told as changed. */
export function changedIn(cte: string, what: 'read' | 'taken' | 'echo' | 'handed_over') {
  return sql`
    select workspace, id::text as subject,
      jsonb_build_object('sender', phone_number_id, 'conversation', id::text, 'what', ${what}::text) as payload
    from ${sql.table(cte)}`
}

/** The newest message of theirs; a call is none. */
export async function newestInbound(db: Db, id: ConversationId): Promise<Wamid | null> {
  const { rows } = await sql<{ wamid: Wamid }>`
    select wamid from inbound_messages where conversation_id = ${id}::bigint and type <> 'call'
    order by at desc, received_at desc, wamid desc limit 1`.execute(db)
  return rows[0]?.wamid ?? null
}
