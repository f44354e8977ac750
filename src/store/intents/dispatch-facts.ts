import type { FrequencyCap } from '../../domain/campaign/frequency-cap.ts'
import { hoursOf, type QuietHoursGiven, quietUntil } from '../../domain/campaign/quiet-hours.ts'
import { isTemplate, type Message, templateOfMessage, templatesOf, type WhenClosed } from '../../domain/content.ts'
import type { Consent, DispatchFacts, FrequencyUse, SenderState } from '../../domain/decision.ts'
import type { Bsuid, ContactId, ConversationId, IntentId, PhoneNumberId, WabaId, WaId } from '../../domain/ids.ts'
import { type Delivery, type IntentContent, priorityOf, type ReasonCode } from '../../domain/intent.ts'
import type { MessagingLimitUse } from '../../domain/limits.ts'
import { waIdCandidates } from '../../domain/recipient.ts'
import type { CancelOn } from '../../domain/request.ts'
import { type ContactProfile, usesContact } from '../../domain/template.ts'
import { type Instant, latest } from '../../domain/time.ts'
import type { FreeEntryPointState } from '../../domain/window.ts'
import { readMessagingLimits } from '../accounts/messaging-limits.ts'
import { reasonOf } from '../accounts/sender-reads.ts'
import { readProfiles } from '../people/profiles.ts'
import type { Queryable } from '../pg/postgres.ts'
import { type FoundFacts, factsFor, readTemplates, type TemplateKey, templateKey } from '../templates/templates.ts'
import { CAMPAIGN_IS_PAUSED } from './campaign-gate.ts'
import { PAUSED_OF_FLOW } from './flow-gate.ts'
import { ANSWERED_BY, UNHEARD } from './listening.ts'
import { countMarketing } from './marketing.ts'

/** The head of a turn, due, with everything the decision wants, read together. Nothing has changed yet. */
export interface Claim {
  intent: IntentContent & {
    attempts: number
    retries: number
    delivery: Delivery
    followUpOf: IntentId | null
    /** The row of the campaign that it is of. */
    campaign?: number | null
  }
  /** It is of a campaign of several numbers; see `OpenAttempt`. */
  isShared?: boolean
  sender: {
    phoneNumberId: PhoneNumberId
    wabaId: WabaId
    portfolioId: string
    credentialsVersion: Instant
    limited: boolean
  }
  recipient: {
    contactId: ContactId
    conversationId: ConversationId
    /** As it is dialled now. */
    waId: WaId | null
    bsuid: Bsuid | null
    /** `other`: Meta refused the one that was dialled before (131030), at once or by webhook. Null: the number has one spelling, or there is none. */
    spelling: 'known' | 'other' | null
  }
  facts: DispatchFacts
}

export interface FactsRow {
  ord: string
  now: Instant
  id: IntentId
  priority: number
  delivery: Delivery
  message: Message
  when_closed: WhenClosed
  expires_at: Instant
  attempts: number
  retries: number
  follow_up_of: IntentId | null
  campaign_id: number | null
  invites_for: number | null
  needless: boolean
  answered_by: CancelOn | null
  unheard: boolean
  phone_number_id: PhoneNumberId
  waba_id: WabaId
  portfolio_id: string
  messaging_limit: number | null
  sender_state: SenderState
  sender_reason_code: ReasonCode | null
  sender_reason_text: string | null
  sender_reason_graph_code: number | null
  credentials_version: Instant
  conversation_id: ConversationId
  contact_id: ContactId
  wa_id: WaId | null
  bsuid: Bsuid | null
  marketing: Consent
  utility: Consent
  stopped: boolean
  unreachable_until: Instant | null
  calls_paused_until: Instant | null
  window_opened_at: Instant | null
  last_inbound_at: Instant | null
  window_refuted_at: Instant | null
  entry_state: FreeEntryPointState
  entered_at: Instant | null
  entry_opened_at: Instant | null
  entry_expires_at: Instant | null
  entry_conversation_id: string | null
  pair_empties_at: Instant | null
  last_follow_up_at: Instant | null
  follow_up_id: string | null
  twin: boolean
  shared: boolean
  paused_of_flow: 'flow' | 'run' | null
  /** Of a campaign that writes to nobody at night, or to nobody who got much already. */
  rules: {
    hours: QuietHoursGiven | null
    contact: string | null
    listed: string | null
    sender: string | null
    cap: FrequencyCap | null
  } | null
  /** How many digits each spelling had that Meta refused, the oldest first. */
  spellings_refused: (number | null)[]
}

/**
 * Whether somebody else of the same campaign is the same person: as two they were handed over, by whichever of its numbers, and became one since.
 * Who has left stays, and of two that wait the one further up on the list goes. Only people that another was merged into are asked of.
 */
const IS_TWIN = isTwin('c.id')

/** @param person expression of the contact of `i` */
export function isTwin(person: string): string {
  return `(i.campaign_position is not null and exists (select from contacts g where g.merged_into = ${person}) and exists (
       select from intents z
       where z.conversation_id = any (array(select g.id from conversations g where g.contact_id = ${person})) and z.id <> i.id
         and z.campaign_id = i.campaign_id and z.campaign_position is not null
         and (z.state in ('dispatching', 'in_doubt', 'sent')
           or (z.state in ('scheduled', 'held') and z.campaign_position < i.campaign_position))))`
}

/** Other numbers write to people of its list too, whose pages nobody holds. */
const IS_SHARED = `(i.campaign_position is not null and (select cardinality(g.phone_number_ids) > 1 from campaigns g where g.id = i.campaign_id))`

/**
 * An invitation for whose answer nobody waits, nor for the window that it would open. Who stops waiting last withdraws it; of two who stop at the
 * same moment each may have seen the other wait.
 */
const IS_NEEDLESS = `(i.follow_up_of is not null
       and not exists (select from intents w where w.follow_up_id = i.id and w.waits_kind = 'answer')
       and not exists (select from intents w where w.conversation_id in (o.id, v.id) and w.waits_kind in ('answer', 'window')))`

/**
 * The facts of what a CTE `asked (id, ord)` names, with the database's clock. It locks and writes nothing. Served by the primary keys of all
 * tables. A number that went to another workspace sends nothing of the former one's.
 */
export const FACTS = `select asked.ord, casement_now() as now,
     i.id, i.priority, i.delivery, i.message, i.when_closed, i.expires_at, i.attempts, i.retries, i.follow_up_of, i.campaign_id,
     ${ANSWERED_BY} as answered_by, ${UNHEARD} as unheard,
     case when i.follow_up_of is not null then (select p.priority from intents p where p.id = i.follow_up_of) end as invites_for,
     ${IS_NEEDLESS} as needless,
     s.phone_number_id, s.waba_id, w.portfolio_id, w.calls_paused_until, p.messaging_limit,
     s.state as sender_state, s.reason_code as sender_reason_code, s.reason_text as sender_reason_text,
     s.reason_graph_code as sender_reason_graph_code,
     s.updated_at as credentials_version,
     v.id as conversation_id, c.id as contact_id, c.wa_id, c.marketing, c.utility,
     -- somebody without a number is addressed by the BSUID of the number's own portfolio, or that of its parent
     case when c.wa_id is null then coalesce((
       select d.value from contact_identities d where d.contact_id = c.id and d.scope = w.portfolio_id
       order by d.seen_at desc nulls last limit 1), c.parent_bsuid, c.bsuid) else c.bsuid end as bsuid,
     c.stopped_marketing_at is not null as stopped, c.unreachable_until,
     v.window_opened_at, v.last_inbound_at, v.window_refuted_at,
     v.entry_state, v.entered_at, v.entry_opened_at, v.entry_expires_at, v.entry_conversation_id,
     case when i.attempts = 0 then '{}'::int[] else array(
       select (a.decision -> 'facts' ->> 'dialled_digits')::int from attempts a left join messages m on m.wamid = a.wamid and m.status = 'failed'
       where a.intent_id = i.id and '131030' in (a.error ->> 'code', m.error ->> 'code') order by a.number) end as spellings_refused,
     b.empties_at as pair_empties_at, v.last_follow_up_at, v.follow_up_id,
     ${IS_TWIN} as twin, ${IS_SHARED} as shared, ${PAUSED_OF_FLOW} as paused_of_flow,
     case when i.campaign_id is not null then (
       select json_build_object('hours', g.document -> 'quiet_hours', 'cap', g.document -> 'frequency_cap', 'contact', c.time_zone, 'sender', coalesce(s.time_zone, w.time_zone),
         'listed', coalesce(i.listed_zone, (select p.listed_zone from intents p where p.id = i.follow_up_of)))
       from campaigns g where g.id = i.campaign_id and g.document ?| array['quiet_hours', 'frequency_cap']) end as rules
   from asked
   join intents i on i.id = asked.id and i.state = 'scheduled'
   -- what is under way in a conversation that was merged meanwhile is judged by the one that is left; what is not will be moved there
   join conversations o on o.id = i.conversation_id and (o.merged_into is null or exists (
     select from turns t where t.phone_number_id = i.phone_number_id and t.priority = i.priority and t.conversation_id = o.id and t.intent_id = i.id))
   join conversations v on v.id = coalesce(o.merged_into, o.id)
   left join pair_buckets b on b.conversation_id = v.id
   join contacts c on c.id = v.contact_id
   join senders s on s.phone_number_id = i.phone_number_id and s.workspace = i.workspace
   join wabas w on w.id = s.waba_id
   join portfolios p on p.id = w.portfolio_id`

/** What `FACTS` answered, with the templates these intents may use and the use of the messaging limit. */
export async function claimsOf(client: Queryable, rows: FactsRow[]): Promise<Claim[]> {
  const templates = await readTemplates(client, rows.flatMap(templateKeysOf))
  const filling = rows.filter((row) => usesContact(row.message, row.when_closed))
  const profiles = await readProfiles(
    client,
    filling.map((row) => row.contact_id),
  )
  const limits = await readMessagingLimits(
    client,
    rows.flatMap((row) =>
      row.messaging_limit === null
        ? []
        : [{ portfolioId: row.portfolio_id, contactId: row.contact_id, limit: row.messaging_limit }],
    ),
  )
  const capped = rows.flatMap(({ contact_id: contactId, rules }) => (rules?.cap ? [{ contactId, ...rules.cap }] : []))
  const counts = await countMarketing(client, capped)
  const used = new Map(capped.map(({ contactId, days }, i) => [`${contactId} ${days}`, counts[i] as number]))
  return rows.map((row) => {
    const cap = row.rules?.cap
    const frequencyCap = cap ? { ...cap, used: used.get(`${row.contact_id} ${cap.days}`) as number } : null
    return toClaim(row, templates, limits, profiles.get(row.contact_id) ?? null, frequencyCap)
  })
}

/**
 * Of one that is scheduled: the facts of this moment under a later clock, to say what would be decided then. What only this moment knows stays
 * out: the use of the messaging limit, and what is being taken in. Null where it is not scheduled, or its conversation is being merged.
 * `campaignPaused`: nobody decides about it while that is so.
 */
export async function readFactsAt(
  client: Queryable,
  id: IntentId,
  at: Instant,
): Promise<{ claim: Claim; now: Instant; campaignPaused: boolean } | null> {
  const { rows } = await client.query<FactsRow & { campaign_paused: boolean }>({
    text: `with asked as (select $1::uuid as id, 1 as ord)
      select i.*, ${CAMPAIGN_IS_PAUSED} as campaign_paused from (${FACTS}) i`,
    values: [id],
  })
  const [row] = rows
  if (row === undefined) return null
  const [claim] = await claimsOf(client, [{ ...row, now: latest(row.now, at), messaging_limit: null, unheard: false }])
  return claim ? { claim, now: row.now, campaignPaused: row.campaign_paused } : null
}

function toClaim(
  row: FactsRow,
  templates: Map<string, FoundFacts>,
  limits: Map<string, MessagingLimitUse>,
  profile: ContactProfile | null,
  frequencyCap: FrequencyUse | null,
): Claim {
  return {
    intent: {
      id: row.id,
      message: row.message,
      whenClosed: row.when_closed,
      template: isTemplate(row.message) ? templateOfMessage(row.message) : null,
      priority: priorityOf(row.priority),
      invitesFor: row.invites_for === null ? null : priorityOf(row.invites_for),
      delivery: row.delivery,
      expiresAt: row.expires_at,
      attempts: row.attempts,
      retries: row.retries,
      followUpOf: row.follow_up_of,
      campaign: row.campaign_id,
    },
    isShared: row.shared,
    sender: {
      phoneNumberId: row.phone_number_id,
      wabaId: row.waba_id,
      portfolioId: row.portfolio_id,
      credentialsVersion: row.credentials_version,
      limited: row.messaging_limit !== null,
    },
    recipient: recipientOf(row),
    facts: {
      now: row.now,
      sender: {
        state: row.sender_state,
        reason:
          row.sender_reason_code &&
          reasonOf(row.sender_reason_code, row.sender_reason_text, row.sender_reason_graph_code),
      },
      callsPausedUntil: row.calls_paused_until,
      contact: {
        marketing: row.stopped ? 'out' : row.marketing,
        utility: row.utility,
        unreachableUntil: row.unreachable_until,
        profile,
      },
      conversation: {
        window: {
          openedAt: row.window_opened_at,
          lastInboundAt: row.last_inbound_at,
          refutedAt: row.window_refuted_at,
        },
        freeEntryPoint: {
          state: row.entry_state,
          enteredAt: row.entered_at,
          openedAt: row.entry_opened_at,
          expiresAt: row.entry_expires_at,
          metaConversationId: row.entry_conversation_id,
        },
        pairEmptiesAt: row.pair_empties_at,
        lastFollowUpAt: row.last_follow_up_at,
        followUpOutstanding: row.follow_up_id !== null,
      },
      template: (reference) => factsFor(row.id, templates.get(templateKey(row.waba_id, reference))),
      messagingLimit: limits.get(`${row.portfolio_id} ${row.contact_id}`) ?? null,
      money: null,
      frequencyCap,
      isTwin: row.twin,
      isNeedless: row.needless,
      pausedOfFlow: row.paused_of_flow,
      quietUntil: quietUntilOf(row),
      answeredBy: row.answered_by,
      unheard: row.unheard,
    },
  }
}

function quietUntilOf({ rules, wa_id, bsuid, now }: FactsRow): Instant | null {
  if (!rules?.hours) return null
  const { hours, contact, listed, sender } = rules
  return quietUntil(hoursOf(hours), { contact, listed, id: wa_id ?? bsuid ?? '' }, sender, now)
}

/**
 * After each refusal of the one spelling the other has its turn, so that a replay begins with the known one again. By what was dialled, for
 * what is known may be another by now: Meta's answer spells the number too.
 */
function recipientOf(row: FactsRow): Claim['recipient'] {
  const { contact_id: contactId, conversation_id: conversationId, wa_id: waId, bsuid } = row
  const spellings = waId === null ? [] : waIdCandidates(waId)
  if (spellings.length < 2) return { contactId, conversationId, waId, bsuid, spelling: null }
  const { spellings_refused: refused } = row
  const dialled = spellings.find((spelling) => spelling.length !== refused.at(-1)) as WaId
  return { contactId, conversationId, waId: dialled, bsuid, spelling: refused.length % 2 === 1 ? 'other' : 'known' }
}

function templateKeysOf(row: FactsRow): TemplateKey[] {
  const references = isTemplate(row.message) ? [templateOfMessage(row.message)] : templatesOf(row.when_closed)
  return references.map((reference) => ({ wabaId: row.waba_id, reference }))
}
