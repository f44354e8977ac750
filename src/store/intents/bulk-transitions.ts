import { sql } from 'kysely'
import type { IntentId, WorkspaceId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'
import type { RecordedDecision } from './intents.ts'
import { CANCELLED_BY_PERSON, DECIDED_FROM_3, decidedBy, REPLAYED_BY_PERSON } from './operator-transitions.ts'
import { runTransition, transition } from './transitions.ts'

/*
 * What a person asks for of many at once: the transitions of operator-transitions.ts, a page of ids in one statement. Locked in the order of
 * their ids, which is the order of their enqueueing.
 */

// Whoever is being dispatched in this moment is met by the next look.
const CANCEL_MANY = transition({
  asked: `asked as (
    select i.id, ${DECIDED_FROM_3} from intents i where i.id = any ($1::uuid[]) and i.workspace = $2 order by i.id for no key update skip locked)`,
  ...CANCELLED_BY_PERSON,
})

/** Those that may have left have the wish kept. */
export async function cancelMany(
  trx: Db,
  workspace: WorkspaceId,
  ids: readonly IntentId[],
  decision: RecordedDecision,
): Promise<{ cancelled: number; requested: number }> {
  const cancelled = await runTransition(trx, CANCEL_MANY, [ids, workspace, ...decidedBy(decision)])
  const requested = await sql`
    with meant as (
      select id from intents where id = any (${ids}::uuid[]) and workspace = ${workspace} and state in ('dispatching', 'in_doubt')
        and cancel_requested_at is null
      order by id for no key update skip locked
    ), wished as (
      update intents i set cancel_requested_at = casement_now() from meant where i.id = meant.id returning i.id
    )
    insert into decisions (intent_id, kind, reason, facts)
    select id, ${decision.kind}, ${JSON.stringify(decision.reason)}::jsonb, ${JSON.stringify(decision.facts)}::jsonb
    from wished`.execute(trx)
  return { cancelled: cancelled.length, requested: Number(requested.numAffectedRows ?? 0n) }
}

const REPLAY_MANY = transition({
  asked: `asked as (
    select id, conversation_id, reason_code as was, ${DECIDED_FROM_3} from intents
    where id = any ($1::uuid[]) and workspace = $2 and state_at <= to_timestamp($8::float8 / 1000) order by id for update)`,
  ...REPLAYED_BY_PERSON,
})

/** @param endedBy epoch milliseconds: what ended again since is not tried once more */
export async function replayMany(
  trx: Db,
  workspace: WorkspaceId,
  ids: readonly IntentId[],
  decision: RecordedDecision,
  endedBy: number,
): Promise<number> {
  return (await runTransition(trx, REPLAY_MANY, [ids, workspace, ...decidedBy(decision), endedBy])).length
}
