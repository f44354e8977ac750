import { APP_SECRET, FIRST_CONTACT, type Lab, populate, query, SENDER, WABA } from './lab.ts'

/* Messages of which nothing is known but that Meta took them, and the statuses that come of them. */

/** A database with messages that were accepted a moment ago, dealt to the numbers in turn; ids as `flood.ts` names them. */
export async function acceptedMessages(url: string, messages: number, numbers = 1): Promise<void> {
  await populate(url, { messages: 1, senders: numbers, throughputMps: 80 })
  await query(
    url,
    `delete from intents; delete from conversations; delete from contact_identities; delete from contacts;
     insert into contacts (workspace, wa_id, bsuid)
       select 'default', (${FIRST_CONTACT} + n)::text, 'US.' || (${FIRST_CONTACT} + n) from generate_series(0, ${messages - 1}) n;
     insert into contact_identities (workspace, scope, key, value, contact_id)
       select workspace, '', wa_id, wa_id, id from contacts
       union all select c.workspace, w.portfolio_id, c.bsuid, c.bsuid, c.id from contacts c, wabas w;
     insert into conversations (workspace, phone_number_id, contact_id, window_opened_at, last_inbound_at)
       select workspace, (${SENDER} + (wa_id::bigint - ${FIRST_CONTACT}) % ${numbers})::text, id, now(), now() from contacts;
     create temporary table numbered as
       select ('00000000-0000-7000-8000-' || lpad(to_hex(p.wa_id::bigint - ${FIRST_CONTACT}), 12, '0'))::uuid as id, c.id as conversation_id,
         c.phone_number_id,
         'wamid.BENCH' || (p.wa_id::bigint - ${FIRST_CONTACT}) as wamid
       from contacts p join conversations c on c.contact_id = p.id;
     insert into intents (id, workspace, phone_number_id, conversation_id, priority, delivery, release, message, when_closed, state, send_at, expires_at,
         attempts, sent_as, wamid)
       select id, 'default', phone_number_id, conversation_id, 0, 'at_least_once', 'all', '{"type":"text","text":{"body":"Hello"}}', '"hold"', 'sent', now(),
         now() + interval '7 days', 1, 'free_form', wamid from numbered;
     insert into attempts (intent_id, number, sent_as, decision, finished_at, outcome, http_status, wamid)
       select id, 1, 'free_form', '{}', now(), 'accepted', 200, wamid from numbered;
     insert into messages (wamid, intent_id, attempt, conversation_id, sent_as) select wamid, id, 1, conversation_id, 'free_form' from numbered;
     analyze`,
  )
}

export interface Flooded {
  seconds: number
  p50: number
  p99: number
  max: number
}

export interface Flood {
  /** Posts the events `from` to `from + events` to a Casement, or another receiver; see `flood.ts`. Throws when it refuses one. */
  flood(url: string, events: { from: number; events: number; perSecond: number | null }): Promise<Flooded>
  kill(): void
}

/** Meta, in a process of its own. */
export async function startFlood(lab: Lab, numbers = 1): Promise<Flood> {
  const [meta] = await lab.fork('./flood.ts', {
    BENCH_APP_SECRET: APP_SECRET,
    BENCH_SENDER: SENDER,
    BENCH_NUMBERS: String(numbers),
    BENCH_WABA: WABA,
    BENCH_FIRST_CONTACT: String(FIRST_CONTACT),
  })
  return {
    async flood(url, events) {
      const flooded = meta.once<Flooded & { refused: number }>('flooded')
      meta.send({ kind: 'flood', url: `${url}/webhooks/whatsapp`, ...events })
      const { refused, ...result } = await flooded
      if (refused > 0) throw new Error(`${refused} events were refused`)
      return result
    },
    kill: () => meta.kill(),
  }
}
