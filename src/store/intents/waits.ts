import type { IntentId, PhoneNumberId, WabaId } from '../../domain/ids.ts'
import type { WaitKind } from '../../domain/wait.ts'
import { windowIsOpen } from '../pg/open-window.ts'
import { type Postgres, prepared } from '../pg/postgres.ts'
import { FLOW_LETS_GO } from './flow-gate.ts'

/*
 * Everybody who waits, and who of them need not any more; see reconcile-waits.ts. It starts from the intent and not from the conversation it had
 * when it was decided: that one may have been merged into another since.
 */

interface WaitRow {
  id: IntentId
  since: string
  open: boolean
  invitation_over: boolean
  free_form: boolean
  given_back: boolean
  let_go: boolean
}

/** A responder that has the customer is asked about again after this; milliseconds. Source: ours, Meta names no time. */
const RESPONDER_LOOK_MS = 15 * 60_000

const selectWaits = prepared<WaitRow>(
  'select_waits',
  `select i.id, i.waits_since::text as since, ${windowIsOpen('v', '$5::float8')} as open,
     -- also of one that nobody is behind: it ended in the moment in which somebody joined it
     i.waits_kind = 'answer' and coalesce(f.state in ('failed', 'expired', 'cancelled', 'suppressed'), true) as invitation_over,
     i.waits_kind <> 'template' or i.message ->> 'type' <> 'template' as free_form,
     i.waits_kind = 'responder' and i.waits_since <= casement_now() - ${RESPONDER_LOOK_MS} * interval '1 millisecond' as given_back,
     i.waits_kind = 'flow' and ${FLOW_LETS_GO} as let_go
   from intents i
   join conversations v on v.id = i.conversation_id
   left join intents f on f.id = i.follow_up_id and i.waits_kind = 'answer'
   where i.waits_kind = $1 and (i.waits_since, i.id) > ($2::timestamptz, $3::uuid)
   order by i.waits_since, i.id limit $4`,
)

const FIRST_ID = '00000000-0000-0000-0000-000000000000'

/**
 * A page of those who wait for a customer, an answer, a responder, a template or a flow, and who of them need not, whatever became of the template.
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
  const rows = await selectWaits(pool, [kind, since, id, limit, windowMarginMs])
  const needless = rows.filter((row) => {
    if (kind === 'responder') return row.given_back
    return kind === 'flow' ? row.let_go : row.invitation_over || (row.free_form && row.open)
  })
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
  /** Its category is to be looked at before it is used, or Meta refuses the templates of its portfolio. */
  held: boolean
}

/** Every template that some message waits for: one probe of `intents_waiting_template` each, however many messages wait. */
export async function waitedTemplates(pool: Postgres['pool']): Promise<WaitedTemplate[]> {
  const { rows } = await pool.query<{
    waba_id: WabaId
    name: string
    language: string
    status: string | null
    held: boolean
  }>(
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
     select distinct s.waba_id, w.waits_template as name, w.waits_language as language, t.status,
       coalesce(t.category_held_at is not null or p.reviewed_at is not null, false) as held
     from waited w join senders s on s.phone_number_id = w.phone_number_id
     join wabas a on a.id = s.waba_id join portfolios p on p.id = a.portfolio_id
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
