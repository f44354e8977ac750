import { type Kysely, sql } from 'kysely'

/*
 * The core: who sends (portfolios, wabas, senders), who is written to (contacts, conversations), what was asked (intents), what was
 * done about it (decisions, attempts, messages), what came back (webhook_events, inbound_messages) and the templates.
 *
 * Under load: creates tables and indexes only; nothing exists yet, so nothing waits.
 *
 * How the big tables are laid out
 * - `intents` changes three times in a message's life (queued, dispatching, sent). No index mentions `state`: the indexes ask for
 *   `due_at`, `has_turn`, `waits_for` and `doubted_at`, which are null or false most of the time. So queued -> dispatching touches no
 *   index at all (a HOT update), and the other two touch the primary key, the conversation, the turn and, where there is one, the
 *   idempotency key.
 * - `has_turn`: within one conversation and priority one intent is under way, from its lane until it is over, so messages leave in the
 *   order they were enqueued. The unique index is what keeps two relays, or a relay and a retry, from breaking it.
 * - `attempts` and `messages` are written once and then updated in place (fillfactor leaves the room).
 */
export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    create table portfolios (
      id text primary key,
      messaging_limit integer check (messaging_limit > 0),
      created_at timestamptz not null default now()
    )`.execute(db)

  await sql`
    create table wabas (
      id text primary key,
      portfolio_id text not null references portfolios,
      templates_synced_at timestamptz,
      -- newest stamp of Meta's on any verified webhook of this account: proof that the channel was alive at that time
      webhook_caused_at timestamptz,
      created_at timestamptz not null default now()
    )`.execute(db)

  await sql`
    create table senders (
      phone_number_id text primary key check (phone_number_id ~ '^[0-9]{1,32}$'),
      waba_id text not null references wabas,
      sealed_access_token text not null,
      display_phone_number text,
      verified_name text,
      throughput_mps integer not null default 80 check (throughput_mps > 0),
      default_when_closed jsonb not null default '"hold"',
      state text not null default 'active' check (state in ('active', 'paused', 'restricted')),
      reason_code text,
      reason_text text,
      reason_graph_code integer,
      -- a new access token cures it by itself
      cured_by_token boolean not null default false,
      reason_since timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      check ((state = 'active') = (reason_code is null))
    )`.execute(db)

  await sql`
    create table contacts (
      id bigint generated always as identity primary key,
      wa_id text,
      bsuid text,
      parent_bsuid text,
      username text,
      name text,
      language text,
      time_zone text,
      marketing text not null default 'unknown' check (marketing in ('unknown', 'in', 'out')),
      utility text not null default 'unknown' check (utility in ('unknown', 'in', 'out')),
      -- "stop" in WhatsApp itself, lifted only by "resume" there
      stopped_marketing_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      check (wa_id is not null or bsuid is not null)
    )`.execute(db)
  // Every id a person was ever seen under; wa_ids are digits and BSUIDs start with two letters, so values never collide.
  await sql`
    create table contact_identities (
      value text primary key,
      contact_id bigint not null references contacts on delete cascade,
      created_at timestamptz not null default now()
    )`.execute(db)
  await sql`create index contact_identities_contact on contact_identities (contact_id)`.execute(db)

  await sql`
    create table conversations (
      id bigint generated always as identity primary key,
      phone_number_id text not null references senders on delete cascade,
      contact_id bigint not null references contacts on delete cascade,
      window_opened_at timestamptz,
      last_inbound_at timestamptz,
      window_refuted_at timestamptz,
      entry_state text not null default 'none' check (entry_state in ('none', 'possible', 'estimated', 'confirmed', 'refused')),
      entered_at timestamptz,
      entry_opened_at timestamptz,
      entry_expires_at timestamptz,
      entry_conversation_id text,
      pair_empties_at timestamptz,
      last_follow_up_at timestamptz,
      follow_up_id uuid,
      created_at timestamptz not null default now(),
      unique (phone_number_id, contact_id),
      check ((entry_state in ('estimated', 'confirmed', 'refused')) = (entry_opened_at is not null)),
      check ((entry_opened_at is null) = (entry_expires_at is null))
    ) with (fillfactor = 80)`.execute(db)
  await sql`create index conversations_contact on conversations (contact_id)`.execute(db)
  await sql`create index conversations_inbound on conversations (phone_number_id, last_inbound_at desc)`.execute(db)

  await sql`
    create table intents (
      id uuid primary key,
      seq bigint generated always as identity,
      workspace text not null,
      phone_number_id text not null references senders,
      conversation_id bigint not null references conversations on delete cascade,
      priority smallint not null check (priority between 0 and 3),
      delivery text not null check (delivery in ('at_least_once', 'at_most_once')),
      release text not null check (release in ('all', 'latest')),
      message jsonb not null,
      when_closed jsonb not null,
      state text not null check (state in ('scheduled', 'queued', 'dispatching', 'held', 'in_doubt', 'sent', 'failed', 'expired',
        'cancelled', 'suppressed')),
      reason_code text,
      reason_text text,
      reason_graph_code integer,
      send_at timestamptz not null,
      due_at timestamptz,
      expires_at timestamptz not null,
      -- since when it is in its state
      state_at timestamptz not null default now(),
      has_turn boolean not null default false,
      -- counts the times it was put into a lane; part of the job's id, so a job of an earlier time is recognised as stale
      wake integer not null default 0,
      waits_for text,
      doubted_at timestamptz,
      attempts smallint not null default 0,
      -- attempts that Graph answered with a passing error since the last success of anything; bounds the retries
      retries smallint not null default 0,
      sent_as text check (sent_as in ('free_form', 'template')),
      wamid text,
      follow_up_id uuid,
      follow_up_of uuid,
      idempotency_key text,
      request_hash text,
      metadata jsonb,
      created_at timestamptz not null default now(),
      check (expires_at > send_at),
      check ((state = 'scheduled') = (due_at is not null)),
      check ((state = 'held') = (waits_for is not null)),
      check ((state = 'in_doubt') = (doubted_at is not null)),
      check (has_turn or state not in ('queued', 'dispatching')),
      check (not has_turn or state in ('scheduled', 'queued', 'dispatching', 'in_doubt')),
      check (state not in ('held', 'failed', 'expired', 'cancelled', 'suppressed') or reason_code is not null),
      check (state <> 'sent' or wamid is not null)
    ) with (fillfactor = 70)`.execute(db)
  await sql`create index intents_due on intents (phone_number_id, priority, due_at, seq) where due_at is not null`.execute(
    db,
  )
  await sql`create unique index intents_turn on intents (phone_number_id, priority, conversation_id) where has_turn`.execute(
    db,
  )
  await sql`create index intents_waiting on intents (waits_for, seq) where waits_for is not null`.execute(db)
  await sql`create index intents_waiting_conversation on intents (conversation_id) where waits_for is not null`.execute(
    db,
  )
  await sql`create index intents_held_expiry on intents (expires_at) where waits_for is not null`.execute(db)
  await sql`create index intents_doubted on intents (doubted_at) where doubted_at is not null`.execute(db)
  await sql`
    create unique index intents_idempotency on intents (workspace, idempotency_key) where idempotency_key is not null`.execute(
    db,
  )
  await sql`create index intents_follow_up_of on intents (follow_up_of) where follow_up_of is not null`.execute(db)
  await sql`create index intents_conversation on intents (conversation_id, id)`.execute(db)

  // Verdicts that led to no call (held, deferred, failed ...); a verdict that led to a call is stored with its attempt.
  await sql`
    create table decisions (
      intent_id uuid not null references intents on delete cascade,
      id bigint generated always as identity,
      at timestamptz not null default now(),
      kind text not null,
      reason jsonb not null,
      facts jsonb not null,
      primary key (intent_id, id)
    )`.execute(db)

  await sql`
    create table attempts (
      intent_id uuid not null references intents on delete cascade,
      number smallint not null check (number > 0),
      sent_as text not null check (sent_as in ('free_form', 'template')),
      decision jsonb not null,
      started_at timestamptz not null default now(),
      finished_at timestamptz,
      outcome text check (outcome in ('accepted', 'refused', 'throttled', 'unreachable', 'in_doubt')),
      http_status smallint,
      error jsonb,
      wamid text,
      primary key (intent_id, number),
      check ((outcome = 'accepted') = (wamid is not null) or outcome is null)
    ) with (fillfactor = 75)`.execute(db)

  await sql`
    create table messages (
      wamid text primary key,
      -- no foreign key: the conversation's carries deletions, and checking two for every message is a tenth of what it costs Postgres
      intent_id uuid,
      attempt smallint,
      conversation_id bigint not null references conversations on delete cascade,
      sent_as text,
      status text check (status in ('sent', 'delivered', 'read', 'failed')),
      accepted_at timestamptz not null default now(),
      sent_at timestamptz,
      delivered_at timestamptz,
      read_at timestamptz,
      failed_at timestamptz,
      error jsonb,
      pricing jsonb
    ) with (fillfactor = 60)`.execute(db)
  await sql`create index messages_conversation on messages (conversation_id, accepted_at desc)`.execute(db)

  await sql`
    create table inbound_messages (
      wamid text primary key,
      conversation_id bigint not null references conversations on delete cascade,
      type text not null,
      at timestamptz not null,
      body jsonb not null,
      received_at timestamptz not null default now()
    )`.execute(db)
  await sql`create index inbound_messages_conversation on inbound_messages (conversation_id, at desc)`.execute(db)

  await sql`
    create table webhook_events (
      id bigint generated always as identity primary key,
      payload text not null,
      state text not null default 'pending' check (state in ('pending', 'applied', 'failed')),
      tries smallint not null default 0,
      error text,
      received_at timestamptz not null default now(),
      applied_at timestamptz
    ) with (fillfactor = 80)`.execute(db)
  await sql`create index webhook_events_pending on webhook_events (id) where state = 'pending'`.execute(db)
  await sql`create index webhook_events_failed on webhook_events (id) where state = 'failed'`.execute(db)

  await sql`
    create table templates (
      id text primary key,
      waba_id text not null references wabas on delete cascade,
      name text not null,
      language text not null,
      category text not null,
      status text not null,
      quality text,
      -- the template as Meta returned it
      document jsonb not null,
      synced_at timestamptz not null default now(),
      unique (waba_id, name, language)
    )`.execute(db)
  await sql`
    create table template_history (
      template_id text not null references templates on delete cascade,
      id bigint generated always as identity,
      at timestamptz not null default now(),
      field text not null,
      was text,
      now text,
      detail jsonb,
      primary key (template_id, id)
    )`.execute(db)

  // Users who count against a portfolio's messaging limit: one row each, `at` is their newest message outside a window.
  await sql`
    create table messaging_limit_uses (
      portfolio_id text not null references portfolios on delete cascade,
      contact_id bigint not null references contacts on delete cascade,
      at timestamptz not null,
      primary key (portfolio_id, contact_id)
    )`.execute(db)
  await sql`create index messaging_limit_uses_at on messaging_limit_uses (portfolio_id, at)`.execute(db)

  await sql`
    create table api_keys (
      id bigint generated always as identity primary key,
      workspace text not null default 'default',
      name text not null,
      key_hash text not null unique,
      scopes text[] not null default '{admin}',
      created_at timestamptz not null default now(),
      revoked_at timestamptz
    )`.execute(db)
}
