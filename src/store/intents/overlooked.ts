import type { IntentId, PhoneNumberId, WabaId } from '../../domain/ids.ts'
import { templateStatusClass } from '../../domain/template.ts'
import type { Instant } from '../../domain/time.ts'
import type { WaitKind } from '../../domain/wait.ts'
import { isWindowOpen } from '../../domain/window.ts'
import { coalesce } from '../pg/batch.ts'
import { isPassingDatabaseError, type Postgres, prepared, retryingPassing } from '../pg/postgres.ts'
import { DUE_CHANNEL } from './enqueue.ts'
import { releaseByIds } from './waiting.ts'

/*
 * What was put aside in the moment its event came. A decision's facts are read without locks, so a customer's message may be applied
 * between the reading and the holding: its transaction looks for who waits and finds nobody, and the intent then waits for something that
 * has been. So the condition of every hold is looked at once more, after the hold is committed and behind the lock that such a transaction
 * keeps until its end. Whoever comes after that sees the held row. Should the process die in between, `reconcile-waits` looks again.
 *
 * It starts from the intent and not from the conversation it had when it was decided: that one may have been merged into another since.
 */

interface WindowRow {
  id: IntentId
  now: Instant
  window_opened_at: Instant | null
  last_inbound_at: Instant | null
  window_refuted_at: Instant | null
}

const lockWindows = prepared<WindowRow>(
  'lock_windows',
  `with held as materialized (
     select id, conversation_id from intents where id = any ($1::uuid[])
       -- a free-form message that waits for a template may go as it is once its window opens
       and (waits_kind in ('window', 'answer') or (waits_kind = 'template' and message ->> 'type' <> 'template'))
   ), windows as materialized (
     select v.id, v.window_opened_at, v.last_inbound_at, v.window_refuted_at from conversations v
     where v.id in (select conversation_id from held) order by v.id for share
   )
   select held.id, casement_now() as now, v.window_opened_at, v.last_inbound_at, v.window_refuted_at
   from held join windows v on v.id = held.conversation_id`,
)

const lockTemplates = prepared<{ id: IntentId; status: string }>(
  'lock_templates',
  `with held as materialized (
     select i.id, s.waba_id, i.waits_template, i.waits_language from intents i join senders s on s.phone_number_id = i.phone_number_id
     where i.id = any ($1::uuid[]) and i.waits_kind = 'template'
   ), found as materialized (
     select t.waba_id, t.name, t.language, t.status from templates t
     where (t.waba_id, t.name, t.language) in (select waba_id, waits_template, waits_language from held) order by t.id for share
   )
   select held.id, t.status from held
   join found t on t.waba_id = held.waba_id and t.name = held.waits_template and t.language = held.waits_language`,
)

/** Lets held intents go after all whose window has opened, or whose template Meta has decided about, meanwhile. */
export function overlookedStore(
  { pool, db, signals }: Pick<Postgres, 'pool' | 'db' | 'signals'>,
  windowMarginMs: number,
) {
  return coalesce<IntentId, null>({
    maxItems: 500,
    maxFlights: 2,
    isPassing: isPassingDatabaseError,
    async run(held) {
      const [windows, templates] = await Promise.all([
        retryingPassing(() => lockWindows(pool, [held])),
        retryingPassing(() => lockTemplates(pool, [held])),
      ])
      const needless = [
        ...windows.filter((row) => isOpen(row, windowMarginMs)).map((row) => row.id),
        ...templates.filter((row) => templateStatusClass(row.status) !== 'waiting').map((row) => row.id),
      ]
      if (needless.length > 0) {
        await retryingPassing(() => releaseByIds(db, needless))
        signals.send(DUE_CHANNEL)
      }
      return held.map(() => null)
    },
  })
}

function isOpen(row: WindowRow, marginMs: number): boolean {
  const window = {
    openedAt: row.window_opened_at,
    lastInboundAt: row.last_inbound_at,
    refutedAt: row.window_refuted_at,
  }
  return isWindowOpen(window, row.now, marginMs)
}

interface WaitRow extends WindowRow {
  since: string
  invitation_over: boolean
  free_form: boolean
  given_back: boolean
}

/** A responder that has the customer is asked about again after this; milliseconds. Source: ours, Meta names no time. */
const RESPONDER_LOOK_MS = 15 * 60_000

const selectWaits = prepared<WaitRow>(
  'select_waits',
  `select i.id, casement_now() as now, i.waits_since::text as since, v.window_opened_at, v.last_inbound_at, v.window_refuted_at,
     -- also of one that nobody is behind: it ended in the moment in which somebody joined it
     i.waits_kind = 'answer' and coalesce(f.state in ('failed', 'expired', 'cancelled', 'suppressed'), true) as invitation_over,
     i.waits_kind <> 'template' or i.message ->> 'type' <> 'template' as free_form,
     i.waits_kind = 'responder' and i.waits_since <= casement_now() - ${RESPONDER_LOOK_MS} * interval '1 millisecond' as given_back
   from intents i
   join conversations v on v.id = i.conversation_id
   left join intents f on f.id = i.follow_up_id and i.waits_kind = 'answer'
   where i.waits_kind = $1 and (i.waits_since, i.id) > ($2::timestamptz, $3::uuid)
   order by i.waits_since, i.id limit $4`,
)

const FIRST_ID = '00000000-0000-0000-0000-000000000000'

/**
 * A page of those who wait for a customer, an answer, a responder or a template, and who of them need not, whatever became of the template.
 * Served by `intents_waiting_since`.
 *
 * @param after where the page before ended; null: from the first
 */
export async function readWaits(
  pool: Postgres['pool'],
  kind: WaitKind,
  after: string | null,
  limit: number,
  windowMarginMs: number,
): Promise<{ needless: IntentId[]; next: string | null }> {
  const [since, id] = after === null ? ['-infinity', FIRST_ID] : (after.split(' / ') as [string, string])
  const rows = await selectWaits(pool, [kind, since, id, limit])
  const needless = rows.filter((row) =>
    kind === 'responder' ? row.given_back : row.invitation_over || (row.free_form && isOpen(row, windowMarginMs)),
  )
  const last = rows.at(-1)
  return {
    needless: needless.map((row) => row.id),
    next: rows.length < limit || !last ? null : `${last.since} / ${last.id}`,
  }
}

/** The place before everybody who began to wait within this time, for `readWaits`. */
export async function waitPlaceOf(pool: Postgres['pool'], withinMs: number): Promise<string> {
  const { rows } = await pool.query<{ since: string }>(
    `select (casement_now() - $1 * interval '1 millisecond')::text as since`,
    [withinMs],
  )
  return `${rows[0]?.since} / ${FIRST_ID}`
}

export interface WaitedTemplate {
  wabaId: WabaId
  name: string
  language: string
  /** Null where the template is gone without a trace. */
  status: string | null
}

/** Every template that some message waits for: one probe of `intents_waiting_template` each, however many messages wait. */
export async function waitedTemplates(pool: Postgres['pool']): Promise<WaitedTemplate[]> {
  const { rows } = await pool.query<{ waba_id: WabaId; name: string; language: string; status: string | null }>(
    `with recursive waited as (
       (select phone_number_id, waits_template, waits_language from intents where waits_template is not null
        order by phone_number_id, waits_template, waits_language limit 1)
       union all
       select n.* from waited w cross join lateral (
         select i.phone_number_id, i.waits_template, i.waits_language from intents i
         where i.waits_template is not null
           and (i.phone_number_id, i.waits_template, i.waits_language) > (w.phone_number_id, w.waits_template, w.waits_language)
         order by i.phone_number_id, i.waits_template, i.waits_language limit 1) n
     )
     select distinct s.waba_id, w.waits_template as name, w.waits_language as language, t.status
     from waited w join senders s on s.phone_number_id = w.phone_number_id
     left join templates t on t.waba_id = s.waba_id and t.name = w.waits_template and t.language = w.waits_language`,
  )
  return rows.map(({ waba_id: wabaId, ...rest }) => ({ wabaId, ...rest }))
}

/** Numbers that were unlinked while something of theirs had not left: whoever unlinked them was interrupted. */
export async function unlinkedWithUnsent(pool: Postgres['pool']): Promise<PhoneNumberId[]> {
  const { rows } = await pool.query<{ phone_number_id: PhoneNumberId }>(
    `select s.phone_number_id from senders s
     where s.sealed_access_token is null and (
       exists (select from intents i where i.phone_number_id = s.phone_number_id and i.due_at is not null)
       or exists (select from intents i where i.phone_number_id = s.phone_number_id and i.waits_kind is not null))`,
  )
  return rows.map((row) => row.phone_number_id)
}
