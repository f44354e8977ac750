import type { IntentId, Wamid } from '../../domain/ids.ts'
import type { Reason } from '../../domain/intent.ts'
import { statesThatTake, targetOf } from '../../domain/lifecycle.ts'
import type { Db } from '../pg/postgres.ts'
import { runTransition, type Statement, transition } from './transitions.ts'

/**
 * An accepted message failed later. `again`: scheduled once more (the window was closed, or a passing fault); else failed. Guarded by the
 * wamid, so a report about a message the intent has left behind changes nothing, also while the next attempt is under way, and by the
 * message's folded status: what was delivered did not fail, whichever was told first (P4). Answers whether it moved.
 *
 * The message may be one of an earlier attempt that was proved accepted after a later one was made. If the later one was accepted too, it
 * counts; if nobody knows, the intent has failed by all that is known, and is not tried a third time (P3): news of the later one mends it.
 */
export async function afterFailedDelivery(
  trx: Db,
  failed: {
    intentId: IntentId
    wamid: Wamid
    reason: Reason
    again: { dueInMs: number; countsAsRetry: boolean } | null
  },
): Promise<boolean> {
  const { intentId, wamid, reason, again } = failed
  const moved = await runTransition(trx, again ? FAILED_AND_TRIED_AGAIN : FAILED_FOR_GOOD, [
    intentId,
    wamid,
    reason.code,
    reason.text,
    reason.graphCode ?? null,
    again?.dueInMs ?? 0,
    again?.countsAsRetry ? 1 : 0,
  ])
  return moved.length > 0
}

const LATER = (outcome: string) =>
  `exists (select from attempts l where l.intent_id = i.id and l.number > a.attempt and ${outcome})`

const TRIED_AGAIN = `not ${LATER(`(l.outcome is null or l.outcome = 'in_doubt')`)}`

const FAILED_DELIVERY: Omit<Statement, 'event'> = {
  asked: `asked as (
    select $1::uuid as id, m.wamid, m.attempt, $3::text as code, $4::text as text, $5::int as graph_code, $6::float8 as due_in_ms,
      $7::smallint as retried,
      -- that is final, whatever comes to be known later
      exists (select from intents x join campaigns g on g.id = x.campaign_id and g.state = 'cancelled' where x.id = $1) as campaign_cancelled
    from messages m where m.wamid = $2 and m.status = 'failed')`,
  guard: `i.wamid = a.wamid and (a.attempt = i.attempts or (i.state = 'sent' and not ${LATER(`l.outcome = 'accepted'`)}))`,
  reason: { code: 'a.code', text: 'a.text', graphCode: 'a.graph_code' },
  ends: true,
}

const FAILED_FOR_GOOD = transition({ ...FAILED_DELIVERY, event: 'fail_delivery' })

const FAILED_AND_TRIED_AGAIN = transition({
  ...FAILED_DELIVERY,
  event: {
    from: `'${statesThatTake('reopen').join(',')}'`,
    to: `case when ${TRIED_AGAIN} then '${targetOf('reopen')}' else '${targetOf('fail_delivery')}' end`,
    honoursWish: 'true',
    wished: 'a.campaign_cancelled',
  },
  set: {
    due_at: `case when ${TRIED_AGAIN} then least(i.expires_at, casement_now() + a.due_in_ms * interval '1 millisecond') end`,
    retries: 'i.retries + a.retried',
  },
})

/** Meta delivered after all what it had reported as failed: it is not sent again, unless that is under way. */
export async function afterLateDelivery(trx: Db, intentId: IntentId, wamid: Wamid): Promise<void> {
  await runTransition(trx, DELIVERED_AFTER_ALL, [intentId, wamid])
}

const DELIVERED_AFTER_ALL = transition({
  asked: 'asked as (select $1::uuid as id, $2::text as wamid)',
  event: 'accept',
  guard: `i.wamid = a.wamid and i.state not in ('dispatching', 'in_doubt')`,
})
