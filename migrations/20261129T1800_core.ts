import { type Kysely, sql } from 'kysely'

/*
 * The schema: whose everything is (workspaces), who sends (portfolios, wabas, senders), who is written to (contacts, conversations), what
 * was asked (intents), what was done about it (decisions, attempts, messages), what came back (webhook_events, inbound_messages), the
 * templates, and what others are told (outbox).
 *
 * Under load: creates tables and indexes only; nothing exists yet, so nothing waits.
 *
 * One clock. Whatever is due, open or over is judged by `casement_now()`, which is `now()` until the built-in sandbox moves its own clock.
 * It is one expression in SQL and not volatile, so the planner puts `now()` in its place and indexes serve it as before.
 *
 * Tenants. A portfolio, an account and a number belong to one workspace, and so does a contact. What hangs on one of them (conversations,
 * messages, templates) is found through it; `conversations` and `intents` carry the workspace too, because they are listed by it.
 *
 * How the big tables are laid out
 * - `intents` changes twice in a message's life (dispatching, sent). No index mentions `state`: the indexes ask for `due_at`, `shelf`,
 *   `waits_kind` and `doubted_at`, which stay as they are once it has left. So dispatching -> sent touches no index at all (a HOT update), and
 *   the other one the primary key, the conversation, the shelf and, where there is one, the idempotency key.
 * - `turns`: within one conversation and priority one intent is under way, from its claim until it is over, so messages leave in the order
 *   they were enqueued. A table of its own, for as a column it would cost every message a second round of index entries.
 * - `attempts` and `messages` are written once and then updated in place (fillfactor leaves the room: for every attempt its one update, which
 *   else costs 400 bytes of WAL more).
 * - Nothing that was accepted goes because somebody turned out to be somebody else: contacts and conversations are merged by a redirect
 *   (`merged_into`), and intents and messages restrict their deletion. Erasing a person deletes them explicitly.
 */
export async function up(db: Kysely<any>): Promise<void> {
  // Of PostgreSQL's own contrib, and trusted: whoever may create tables here may create it.
  await sql`create extension if not exists pg_trgm`.execute(db)
  await sql`create function casement_now() returns timestamptz language sql stable parallel safe as 'select now()'`.execute(
    db,
  )

  await createTenants(db)
  await createAccounts(db)
  await sql`create sequence recorded`.execute(db)
  await createPeople(db)
  await createIntents(db)
  await createMessages(db)
  await createMoney(db)
  await createWebhooks(db)
  await createTemplates(db)
  await createPassing(db)
  await createCampaigns(db)
  await createFlows(db)
  await createOutbox(db)
  await tendBigTables(db)
}

async function createTenants(db: Kysely<any>): Promise<void> {
  await sql`
    create table workspaces (
      id text primary key check (id ~ '^[a-z0-9-]{1,40}$'),
      name text not null,
      -- words by language, of a whole typed message; null: the words we know of every language
      stop_words jsonb,
      start_words jsonb,
      -- labels or payloads of quick replies
      stop_buttons jsonb not null default '["Stop promotions"]',
      -- texts by language, json because the first of them counts where somebody's language is not among them; null: no answer
      stop_reply json,
      -- admins without a second factor can do nothing but set one up
      require_totp boolean not null default false,
      -- whether what would use a template waits once Meta has given it another category
      on_category_change text not null default 'go_on' check (on_category_change in ('go_on', 'hold')),
      -- {amount, currency, warn_at, hold}; null: none
      budget jsonb,
      -- +1 with every change of its flows, so that whoever takes a message in knows whether what it remembers of them is so still
      flows_epoch bigint not null default 0,
      created_at timestamptz not null default now()
    )`.execute(db)
  await sql`insert into workspaces (id, name) values ('default', 'Default')`.execute(db)
  // By which programs tell that a call of a flow is ours: made when it is asked for, or needed.
  await sql`
    create table signing_secrets (
      workspace text primary key references workspaces,
      sealed text not null
    )`.execute(db)

  await sql`
    create table api_keys (
      id bigint generated always as identity primary key,
      workspace text not null references workspaces,
      name text not null,
      -- the first characters, to tell keys apart by eye
      prefix text not null,
      key_hash text not null unique,
      scopes text[] not null,
      -- phone number ids; null: all of the workspace
      senders text[],
      allow_query boolean not null default false,
      expires_at timestamptz,
      last_used_at timestamptz,
      created_by jsonb,
      created_at timestamptz not null default now(),
      revoked_at timestamptz
    )`.execute(db)
  await sql`create index api_keys_workspace on api_keys (workspace, id)`.execute(db)

  await createUsers(db)
  await createAudit(db)

  // What runs longer than a request. A row is the work order too: whoever leads takes it up again where a process died.
  await sql`
    create table jobs (
      id uuid primary key,
      workspace text not null references workspaces,
      kind text not null,
      input jsonb not null,
      state text not null default 'running' check (state in ('running', 'done', 'failed')),
      done bigint not null default 0,
      total bigint,
      result jsonb,
      -- of the last step, which is tried again
      error text,
      tries smallint not null default 0,
      retry_at timestamptz,
      created_at timestamptz not null default now(),
      finished_at timestamptz,
      check ((state = 'running') = (finished_at is null))
    )`.execute(db)
  await sql`create index jobs_running on jobs (created_at) where state = 'running'`.execute(db)

  // Random secrets of the installation, sealed by CASEMENT_SECRET: the pepper under which ids of erased people are hashed.
  await sql`
    create table sealed_secrets (
      name text primary key,
      sealed text not null,
      created_at timestamptz not null default now()
    )`.execute(db)
}

/** Who signs in, and what they may do where. Their times are those of people and not of `casement_now()`: see store/access/sessions.ts. */
async function createUsers(db: Kysely<any>): Promise<void> {
  await sql`
    create table users (
      id uuid primary key default gen_random_uuid(),
      -- lower case
      email text not null unique,
      -- argon2id, in the PHC string format; null: only links sign them in
      password_hash text,
      -- sealed by CASEMENT_SECRET; the one that is being set up has not been answered with a code yet
      totp_sealed text,
      totp_pending_sealed text,
      -- the newest time step whose code was used: no code is taken twice
      totp_step bigint not null default 0,
      created_at timestamptz not null default now()
    )`.execute(db)
  await sql`
    create table memberships (
      user_id uuid not null references users on delete cascade,
      workspace text not null references workspaces,
      -- what they are called here
      name text not null,
      role text not null check (role in ('viewer', 'operator', 'admin')),
      disabled_at timestamptz,
      created_at timestamptz not null default now(),
      primary key (user_id, workspace)
    )`.execute(db)
  await sql`create index memberships_workspace on memberships (workspace)`.execute(db)
  await sql`
    create table sessions (
      id uuid primary key default gen_random_uuid(),
      token_hash text not null unique,
      user_id uuid not null references users on delete cascade,
      -- tokens against forged requests are made of it
      csrf_secret text not null,
      address text,
      user_agent text,
      created_at timestamptz not null,
      seen_at timestamptz not null,
      expires_at timestamptz not null,
      -- when the password or a code was given last, beyond signing in
      confirmed_at timestamptz
    )`.execute(db)
  await sql`create index sessions_user on sessions (user_id, created_at)`.execute(db)
  // A row is a link that nobody has used.
  await sql`
    create table sign_in_links (
      code_hash text primary key,
      -- null: whoever is the first admin of default, or is made it
      user_id uuid references users on delete cascade,
      -- that invited them and has the link; null: made at the machine
      workspace text references workspaces,
      expires_at timestamptz not null
    )`.execute(db)
  await sql`create index sign_in_links_user on sign_in_links (user_id)`.execute(db)
}

/** Who did what to which object. Append-only, for every role: what is written here is neither changed nor taken back. */
async function createAudit(db: Kysely<any>): Promise<void> {
  // No foreign key to the workspace: every row would lock it.
  await sql`
    create table audit_events (
      id bigint generated always as identity primary key,
      at timestamptz not null default casement_now(),
      workspace text not null,
      actor_kind text not null check (actor_kind in ('key', 'user', 'library', 'campaign', 'flow', 'cli', 'system')),
      -- null: of nobody that is known
      actor_id text,
      actor_name text not null,
      -- where the request came from
      address text,
      -- sender.pause, key.create ...
      action text not null check (action ~ '^[a-z_]+[.][a-z_]+$'),
      object_kind text not null,
      -- never a person's number: a contact stands here by our own id
      object_id text,
      -- of which number it is, for whoever sees only some
      phone_number_id text,
      outcome text not null check (outcome in ('done', 'refused', 'failed')),
      request_id text,
      -- what was asked, without contents
      detail jsonb not null default '{}'
    )`.execute(db)
  await sql`create index audit_events_workspace on audit_events (workspace, id)`.execute(db)
  await sql`create index audit_events_object on audit_events (workspace, object_kind, object_id, id)`.execute(db)
  await sql`create index audit_events_actor on audit_events (workspace, actor_id, id)`.execute(db)
  await sql`
    create function refuse_change() returns trigger language plpgsql as
      'begin raise exception ''% is append-only'', tg_table_name using errcode = ''insufficient_privilege''; end'`.execute(
    db,
  )
  await sql`
    create trigger append_only before update or delete or truncate on audit_events
      for each statement execute function refuse_change()`.execute(db)
}

async function createAccounts(db: Kysely<any>): Promise<void> {
  await sql`
    create table portfolios (
      id text primary key,
      workspace text not null references workspaces,
      messaging_limit integer check (messaging_limit > 0),
      messaging_limit_at timestamptz,
      -- Meta refuses more than one of its templates, all of which it lists as approved: none of them is sent
      reviewed_at timestamptz,
      created_at timestamptz not null default now()
    )`.execute(db)

  await sql`
    create table wabas (
      id text primary key,
      workspace text not null references workspaces,
      portfolio_id text not null references portfolios,
      templates_synced_at timestamptz,
      -- when the last reading of all of them began, whether it came to its end or not
      templates_asked_at timestamptz,
      -- templates that may be unknown here were deleted: what was listed before is no proof that one exists
      templates_deleted_at timestamptz,
      -- when Meta was asked for its numbers last; null: they are to be read
      numbers_read_at timestamptz,
      -- nothing is sent for this account until then, by any of its numbers
      calls_paused_until timestamptz,
      -- templates are not read or created until then; messages go on
      management_paused_until timestamptz,
      -- somebody met a template that is not as we know it: it is to be read from Meta
      templates_wanted_at timestamptz,
      -- as Meta says; null: not asked yet, or its zone is not known by name
      currency text check (currency ~ '^[A-Z]{3}$'),
      time_zone text,
      home_country text,
      home_country_at timestamptz,
      -- since when and where authentication has its international rate: {from, exceptions: [{country, from}]}
      international jsonb,
      international_at timestamptz,
      created_at timestamptz not null default now()
    )`.execute(db)
  await sql`create index wabas_workspace on wabas (workspace)`.execute(db)

  await sql`
    create table senders (
      phone_number_id text primary key check (phone_number_id ~ '^[0-9]{1,32}$'),
      workspace text not null references workspaces,
      waba_id text not null references wabas,
      -- null: unlinked
      sealed_access_token text,
      display_phone_number text,
      verified_name text,
      -- Meta's word for it; null: not read yet
      quality text,
      throughput_mps integer not null default 80 check (throughput_mps > 0),
      -- the last throttle: down to how many messages per second, and when. The rate of now is the domain's to compute (throughput.ts)
      slowed_to_mps integer check (slowed_to_mps > 0),
      slowed_at timestamptz,
      default_when_closed jsonb not null default '"hold"',
      state text not null default 'active' check (state in ('active', 'paused', 'restricted')),
      reason_code text,
      reason_text text,
      reason_graph_code integer,
      -- a new access token cures it by itself
      cured_by_token boolean not null default false,
      reason_since timestamptz,
      -- restricted for its payment, and Meta says so itself: what it says later counts too
      payment_blamed boolean not null default false,
      -- in place of its account's
      currency text check (currency ~ '^[A-Z]{3}$'),
      time_zone text,
      -- {amount, currency, warn_at, hold}; null: none
      budget jsonb,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      check ((state = 'active') = (reason_code is null)),
      check ((slowed_to_mps is null) = (slowed_at is null)),
      constraint senders_unlinked check (sealed_access_token is not null or state = 'paused')
    )`.execute(db)
  await sql`create index senders_workspace on senders (workspace)`.execute(db)

  await sql`
    create table number_qualities (
      workspace text not null references workspaces,
      phone_number_id text not null,
      id bigint generated always as identity,
      at timestamptz not null default casement_now(),
      score text not null,
      primary key (workspace, phone_number_id, id)
    )`.execute(db)

  // What worker processes count of numbers, as they last told; see store/accounts/number-figures.ts.
  await sql`
    create table number_minutes (
      phone_number_id text not null,
      process uuid not null,
      at timestamptz not null,
      messages integer not null,
      primary key (phone_number_id, process)
    ) with (fillfactor = 50)`.execute(db)
  await sql`
    create table pair_limited_hours (
      phone_number_id text not null,
      hour timestamptz not null,
      met integer not null,
      primary key (phone_number_id, hour)
    ) with (fillfactor = 50)`.execute(db)

  // What Meta made for drop-in clients, who name it by its id alone: whose token speaks for it. Forgotten after a month.
  await sql`
    create table graph_objects (
      id text primary key,
      -- of a medium
      phone_number_id text references senders on delete cascade,
      -- of a template that no sync has read yet
      waba_id text references wabas on delete cascade,
      created_at timestamptz not null default casement_now(),
      check (num_nonnulls(phone_number_id, waba_id) = 1)
    )`.execute(db)
  await sql`create index graph_objects_created on graph_objects (created_at)`.execute(db)

  // Workers that live, and which access tokens they can open: a sealed token names its key.
  await sql`
    create table worker_processes (
      id uuid primary key,
      key_ids text[] not null,
      -- numbers whose token is damaged: it has the key and could not open it all the same
      damaged text[] not null,
      seen_at timestamptz not null
    ) with (fillfactor = 50)`.execute(db)
}

async function createPeople(db: Kysely<any>): Promise<void> {
  await sql`
    create table contacts (
      id bigint generated always as identity primary key,
      workspace text not null references workspaces,
      -- turned out to be somebody else: everything of theirs is there
      merged_into bigint references contacts,
      -- being erased: nobody finds them under any id any more, and nothing may be added to them
      erased_at timestamptz,
      wa_id text,
      bsuid text,
      parent_bsuid text,
      username text,
      username_at timestamptz,
      name text,
      name_at timestamptz,
      language text,
      time_zone text,
      -- what the workspace keeps of them: a flat object of texts, numbers and truths
      attributes jsonb not null default '{}' check (jsonb_typeof(attributes) = 'object'),
      marketing text not null default 'unknown' check (marketing in ('unknown', 'in', 'out')),
      utility text not null default 'unknown' check (utility in ('unknown', 'in', 'out')),
      -- "stop" in WhatsApp itself, lifted only by "resume" there
      stopped_marketing_at timestamptz,
      -- "resume" in WhatsApp itself, so that an older "stop" does not come back
      marketing_resumed_at timestamptz,
      -- the newest attempt that Meta could not deliver to this person; not tried outside an open window until the second of the two
      unreachable_since timestamptz,
      unreachable_until timestamptz,
      -- what ended it last, so that older news does not bring it back
      reachable_at timestamptz,
      -- what part of them is looked for by: names and ids, a line each
      searched text not null generated always as (lower(coalesce(name, '') || E'\\n' || coalesce(username, '') || E'\\n' ||
        coalesce(wa_id, '') || E'\\n' || coalesce(bsuid, ''))) stored,
      created_at timestamptz not null default casement_now(),
      updated_at timestamptz not null default casement_now(),
      -- somebody merged is found by the redirect, and a former owner's number may have gone to another
      check (wa_id is not null or bsuid is not null or parent_bsuid is not null or merged_into is not null),
      check (merged_into <> id),
      constraint contacts_unreachable check ((unreachable_since is null) = (unreachable_until is null))
    )`.execute(db)
  await sql`create index contacts_workspace on contacts (workspace, id)`.execute(db)
  await sql`create index contacts_searched on contacts using gin (searched gin_trgm_ops) where merged_into is null`.execute(
    db,
  )
  // By containment (`attributes @> '{"segment": "b2b"}'`); who has none costs nothing.
  await sql`
    create index contacts_attributes on contacts using gin (attributes jsonb_path_ops)
    where merged_into is null and attributes <> '{}'`.execute(db)
  await sql`create index contacts_merged on contacts (merged_into) where merged_into is not null`.execute(db)

  // Every id a person was ever seen under. A number is known by one canonical spelling (`key`, domain/identity.ts), whatever Meta or a
  // producer spells (`value`); a BSUID is one portfolio's, so that is its scope; numbers and parent BSUIDs have the empty scope.
  await sql`
    create table contact_identities (
      workspace text not null references workspaces,
      scope text not null default '',
      key text not null,
      value text not null,
      -- never one that was merged
      contact_id bigint not null references contacts,
      -- Meta's stamp of when it was last in use; null: only told whose it is
      seen_at timestamptz,
      created_at timestamptz not null default now(),
      primary key (workspace, scope, key)
    )`.execute(db)
  await sql`create index contact_identities_contact on contact_identities (contact_id)`.execute(db)

  // Whom a message went to by what Meta said of it, where that is news: learnt in a transaction of its own, which may have to wait.
  await sql`
    create table told_identities (
      id bigint generated always as identity primary key,
      conversation_id bigint not null,
      -- [{scope, key, value, at}]
      ids jsonb not null,
      created_at timestamptz not null default now()
    )`.execute(db)

  await sql`
    create table consents (
      contact_id bigint not null references contacts,
      id bigint generated always as identity,
      at timestamptz not null default casement_now(),
      category text not null check (category in ('marketing', 'utility')),
      state text not null check (state in ('in', 'out')),
      source text not null default 'api' check (source in ('api', 'word', 'button', 'whatsapp', 'import')),
      -- whatever there is to show for it: a form, a recording, the message
      evidence jsonb,
      -- the order in which it was recorded, among all that flows look at
      recorded bigint not null default nextval('recorded'),
      primary key (contact_id, id)
    )`.execute(db)

  // Opt-outs of erased people: a hash of each id under the installation's pepper, and nothing else of them.
  await sql`
    create table opt_outs (
      workspace text not null references workspaces,
      id_hash bytea not null,
      category text not null check (category in ('marketing', 'utility')),
      at timestamptz not null default casement_now(),
      primary key (workspace, id_hash, category)
    )`.execute(db)

  await sql`
    create table conversations (
      id bigint generated always as identity primary key,
      workspace text not null references workspaces,
      phone_number_id text not null references senders,
      -- never one that was merged
      contact_id bigint not null references contacts,
      -- its contact was merged into another that has a conversation with this number already
      merged_into bigint references conversations,
      -- merged, and something may still be left in it or be on its way into it: looked at until nothing is (store/people/merge.ts)
      unfolded_since timestamptz,
      -- merged, and something that was on its way has kept its turn here: nothing of the one that is left begins meanwhile
      turn_apart boolean not null default false,
      window_opened_at timestamptz,
      last_inbound_at timestamptz,
      window_refuted_at timestamptz,
      entry_state text not null default 'none' check (entry_state in ('none', 'possible', 'estimated', 'confirmed', 'refused')),
      entered_at timestamptz,
      entry_opened_at timestamptz,
      entry_expires_at timestamptz,
      entry_conversation_id text,
      last_follow_up_at timestamptz,
      follow_up_id uuid,
      -- when a STOP word was answered last
      stop_answered_at timestamptz,
      -- what came in after it has been read by nobody of the team; by the clock of inbound_messages.received_at
      read_at timestamptz,
      -- given to a team, and not taken by a person since
      handed_over_at timestamptz,
      handed_over_team text,
      handed_over_note text,
      -- when a message or call of theirs was recorded last, and when an echo of the phone app was; whatever their own stamps say
      heard_at timestamptz,
      echoed_at timestamptz,
      -- when a person wrote or took it last, and the place of that among all that flows look at
      taken_at timestamptz,
      taken bigint,
      created_at timestamptz not null default casement_now(),
      check (handed_over_at is not null or (handed_over_team is null and handed_over_note is null)),
      check ((taken_at is null) = (taken is null)),
      check (merged_into <> id),
      check (unfolded_since is null or merged_into is not null),
      check (not turn_apart or merged_into is not null),
      check ((entry_state in ('estimated', 'confirmed', 'refused')) = (entry_opened_at is not null)),
      check ((entry_opened_at is null) = (entry_expires_at is null))
    ) with (fillfactor = 80)`.execute(db)
  await sql`
    create unique index conversations_pair on conversations (phone_number_id, contact_id) where merged_into is null`.execute(
    db,
  )
  await sql`create index conversations_contact on conversations (contact_id)`.execute(db)
  await sql`create index conversations_unfolded on conversations (id) where unfolded_since is not null`.execute(db)
  await sql`create index conversations_turn_apart on conversations (phone_number_id) where turn_apart`.execute(db)
  // Lists: those who wrote last first, those who never did (null, which comes first when it is asked for) after them.
  await sql`create index conversations_inbound on conversations (phone_number_id, last_inbound_at desc, id desc)`.execute(
    db,
  )
  await sql`create index conversations_workspace_inbound on conversations (workspace, last_inbound_at desc, id desc)`.execute(
    db,
  )
  await sql`
    create index conversations_refuted on conversations (workspace, last_inbound_at desc, id desc)
      where window_refuted_at is not null`.execute(db)
  await sql`
    create index conversations_handed_over on conversations (workspace, last_inbound_at desc, id desc)
      where handed_over_at is not null`.execute(db)
  // Who came through an ad or a page button; of everybody else it has nothing to keep up.
  await sql`
    create index conversations_entered on conversations (workspace, last_inbound_at desc, id desc)
      where entry_state <> 'none'`.execute(db)
  await sql`create index conversations_merged on conversations (merged_into) where merged_into is not null`.execute(db)

  // The pair limit's bucket, apart from the conversation, so that sending locks no row that a webhook locks.
  await sql`
    create table pair_buckets (
      conversation_id bigint primary key,
      empties_at timestamptz not null,
      -- a message to somebody on a campaign's list was on its way to them here: what they say may be about it. Here, because the statement
      -- that opens a message writes this row anyway
      campaigned boolean not null default false
    ) with (fillfactor = 50)`.execute(db)

  // Users who count against a portfolio's messaging limit: one row each, `at` is their newest message outside a window.
  await sql`
    create table messaging_limit_uses (
      portfolio_id text not null references portfolios,
      contact_id bigint not null references contacts,
      at timestamptz not null,
      primary key (portfolio_id, contact_id)
    )`.execute(db)
  // How many they are, by the minute of that message, so that nobody has to be counted.
  await sql`
    create table messaging_limit_buckets (
      portfolio_id text not null references portfolios,
      minute timestamptz not null,
      used integer not null check (used >= 0),
      primary key (portfolio_id, minute)
    ) with (fillfactor = 50)`.execute(db)
  await sql`create index messaging_limit_uses_at on messaging_limit_uses (portfolio_id, at)`.execute(db)
  await sql`create index messaging_limit_uses_contact on messaging_limit_uses (contact_id)`.execute(db)
}

async function createIntents(db: Kysely<any>): Promise<void> {
  // No foreign key to the sender: numbers are never deleted, and checking one locks the same row for every message of a campaign.
  await sql`
    create table intents (
      id uuid primary key,
      seq bigint generated always as identity,
      workspace text not null,
      phone_number_id text not null,
      conversation_id bigint not null references conversations on delete restrict,
      priority smallint not null check (priority between 0 and 3),
      delivery text not null check (delivery in ('at_least_once', 'at_most_once')),
      release text not null check (release in ('all', 'latest')),
      message jsonb not null,
      when_closed jsonb not null,
      state text not null check (state in ('scheduled', 'dispatching', 'held', 'in_doubt', 'sent', 'failed', 'expired',
        'cancelled', 'suppressed')),
      reason_code text,
      reason_text text,
      reason_graph_code integer,
      send_at timestamptz not null,
      due_at timestamptz,
      expires_at timestamptz not null,
      -- since when it is in its state
      state_at timestamptz not null default casement_now(),
      -- what it waits for while it is held: its own conversation's window, the answer to the invitation follow_up_id, a template of its
      -- account, another responder, a budget, or its flow, which is paused
      waits_kind text check (waits_kind in ('window', 'answer', 'template', 'responder', 'budget', 'flow')),
      waits_template text,
      waits_language text,
      doubted_at timestamptz,
      -- a wish to cancel that came while its request may have left; honoured by every way back
      cancel_requested_at timestamptz,
      -- what wished it, as the code that it ends with; null: somebody who asked for it
      cancel_requested_by text check (cancel_requested_by in ('campaign_cancelled', 'flow_stopped', 'erased')),
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
      created_by jsonb,
      -- of which campaign it is, and whose place on the list it stands for; an invitation has the campaign and no place. None of it is indexed
      campaign_id integer,
      campaign_position integer,
      campaign_variant smallint,
      -- their time zone as that list has it
      listed_zone text,
      -- as what its campaign had counted it before it came to its state; see store/intents/counting.ts
      counted_before text,
      -- a time that moves, with the person's zone or with their window, and what follows it; send_at is what it means at present
      schedule jsonb,
      -- when its content or policy was changed: whoever decided about it before decided about another message
      changed_at timestamptz,
      -- what ends it before it has left
      cancel_on text[] check (cancel_on <@ array['reply', 'colleague'] and cardinality(cancel_on) > 0),
      -- since when it listens for that; null: since it was made
      listens_since timestamptz,
      -- the run of a flow that asked for it
      flow_run_id uuid,
      -- where lists look for it: what waits, what is over unhappily, and the rest, whose request may have left. Not its state, for an index
      -- over that would be touched by every transition of every message; this stays the same from the first byte to the end of the usual story
      -- since when it waits; not state_at, which every transition changes, so that an index of it would have each of them write all indexes
      waits_since timestamptz generated always as (case when waits_kind is not null then state_at end) stored,
      shelf text not null generated always as (case when due_at is not null then 'scheduled' when waits_kind is not null then 'held'
        when state in ('failed', 'expired', 'cancelled', 'suppressed') then state else 'left' end) stored,
      created_at timestamptz not null default casement_now(),
      check (expires_at > send_at),
      check ((state = 'scheduled') = (due_at is not null)),
      check ((state = 'held') = (waits_kind is not null)),
      check ((waits_kind is not distinct from 'template') = (waits_template is not null)),
      check ((waits_template is null) = (waits_language is null)),
      check ((state = 'in_doubt') = (doubted_at is not null)),
      check (state not in ('held', 'failed', 'expired', 'cancelled', 'suppressed') or reason_code is not null),
      check (state <> 'sent' or wamid is not null),
      check (campaign_position is null or campaign_id is not null)
    ) with (fillfactor = 70)`.execute(db)
  await sql`create index intents_due on intents (phone_number_id, priority, due_at, seq) where due_at is not null`.execute(
    db,
  )
  await sql`create index intents_waiting on intents (conversation_id, seq) where waits_kind is not null`.execute(db)
  await sql`
    create index intents_waiting_template on intents (phone_number_id, waits_template, waits_language, seq)
      where waits_template is not null`.execute(db)
  await sql`create index intents_waiting_sender on intents (phone_number_id) where waits_kind is not null`.execute(db)
  await sql`create index intents_waiting_since on intents (waits_kind, waits_since, id) where waits_kind is not null`.execute(
    db,
  )
  await sql`create index intents_follow_up on intents (follow_up_id) where waits_kind is not null`.execute(db)
  await sql`create index intents_held_expiry on intents (expires_at) where waits_kind is not null`.execute(db)
  await sql`create index intents_doubted on intents (phone_number_id, doubted_at) where doubted_at is not null`.execute(
    db,
  )
  // What is due and cannot leave, because its lane or its account stands still, must end in time all the same.
  await sql`create index intents_expiry on intents (expires_at) where due_at is not null`.execute(db)
  await sql`
    create unique index intents_idempotency on intents (workspace, idempotency_key) where idempotency_key is not null`.execute(
    db,
  )
  // Whose time moves with something of their conversation, and who is ended by what happens there; both are few.
  await sql`
    create index intents_moving on intents (conversation_id) where schedule is not null and due_at is not null`.execute(
    db,
  )
  await sql`create index intents_listening on intents (conversation_id) where cancel_on is not null`.execute(db)
  await sql`create index intents_follow_up_of on intents (follow_up_of) where follow_up_of is not null`.execute(db)
  await sql`create index intents_conversation on intents (conversation_id, id)`.execute(db)
  // Messages of campaigns that did not just leave: some of them may have left all the same. Both columns are in other indexes, or never change.
  await sql`
    create index intents_campaign_reason on intents (conversation_id)
      where campaign_position is not null and reason_code is not null`.execute(db)

  // Lists, newest first: of each number and shelf, merged; and by the reason that is shown. See store/intents/list.ts.
  await sql`create index intents_listed on intents (workspace, phone_number_id, shelf, id)`.execute(db)
  await sql`
    create index intents_flow on intents (workspace, phone_number_id, (created_by ->> 'name'), id) where flow_run_id is not null`.execute(
    db,
  )
  await sql`
    create index intents_reason on intents (workspace, phone_number_id, reason_code, id) where reason_code is not null`.execute(
    db,
  )

  // Who waits for a place in the portfolio's messaging limit, the most urgent first.
  await sql`
    create index intents_limited on intents (phone_number_id, priority, seq)
    where reason_code = 'messaging_limit' and reason_graph_code is null and due_at is not null`.execute(db)

  // Who has a turn of (number, priority, conversation): while the row is there, no other message of that turn is taken.
  await sql`
    create table turns (
      phone_number_id text not null,
      priority smallint not null,
      conversation_id bigint not null,
      intent_id uuid not null,
      primary key (phone_number_id, priority, conversation_id)
    ) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0)`.execute(
    db,
  )

  // The pace of a number, see domain/pacing.ts. Whoever takes messages of it holds this row until they are on record.
  await sql`
    create table number_pace (
      phone_number_id text primary key,
      next_at timestamptz not null default 'epoch',
      -- Meta asked for a pause, or nobody there answers
      paused_until timestamptz
    ) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0)`.execute(
    db,
  )

  // Worker processes, as they last told: whom they serve, and of whom they cannot do all that is due.
  await sql`
    create table desks (
      id uuid primary key,
      at timestamptz not null,
      serves text[] not null,
      behind text[] not null
    ) with (fillfactor = 50)`.execute(db)

  // Verdicts that led to no call (held, deferred, failed ...); a verdict that led to a call is stored with its attempt.
  await sql`
    create table decisions (
      intent_id uuid not null references intents on delete cascade,
      id bigint generated always as identity,
      at timestamptz not null default casement_now(),
      kind text not null,
      reason jsonb not null,
      facts jsonb not null,
      primary key (intent_id, id)
    )`.execute(db)
  // What a bulk job has done, item by item.
  await sql`create index decisions_of_job on decisions ((facts ->> 'job'), intent_id desc) where facts ->> 'job' is not null`.execute(
    db,
  )

  await sql`
    create table attempts (
      -- no foreign key: whoever opens one holds its intent's row, and a check for each is a fifteenth of what a message costs Postgres
      intent_id uuid not null,
      number smallint not null check (number > 0),
      sent_as text not null check (sent_as in ('free_form', 'template')),
      decision jsonb not null,
      -- by which whoever opened it finds it again when the answer to the opening was lost
      opening uuid,
      started_at timestamptz not null default casement_now(),
      finished_at timestamptz,
      outcome text check (outcome in ('accepted', 'refused', 'throttled', 'unreachable', 'in_doubt')),
      http_status smallint,
      error jsonb,
      wamid text,
      -- Meta accepted it and looks first how the template is received; null: it does not
      held_for_quality boolean,
      primary key (intent_id, number),
      check ((outcome = 'accepted') = (wamid is not null) or outcome is null)
    ) with (fillfactor = 45)`.execute(db)
  // With a snapshot of its own, unlike a statement that deletes both: whoever held the intent's row meanwhile may have opened one.
  await sql`
    create function delete_attempts_of_gone() returns trigger language plpgsql as
      $$ begin delete from attempts a using gone where a.intent_id = gone.id; return null; end $$`.execute(db)
  await sql`
    create trigger attempts_go_too after delete on intents referencing old table as gone
      for each statement execute function delete_attempts_of_gone()`.execute(db)
}

async function createMessages(db: Kysely<any>): Promise<void> {
  await sql`
    create table messages (
      wamid text primary key,
      -- no foreign keys: a check of each is a fifteenth of what a message costs Postgres. Whoever adds one holds its intent's row, its
      -- attempt's or the person, or locks the conversation; whoever deletes a conversation looks again for what was added meanwhile
      intent_id uuid,
      attempt smallint,
      conversation_id bigint not null,
      sent_as text,
      -- of the recipient of a campaign, or its invitation to one (variant -2), see campaign_moves
      campaign_id integer,
      campaign_variant smallint,
      -- null: we sent it. phone_app: a colleague did, and this is its echo, with the message as Meta told it
      origin text check (origin in ('phone_app')),
      body jsonb,
      status text check (status in ('sent', 'delivered', 'read', 'failed')),
      accepted_at timestamptz not null default casement_now(),
      sent_at timestamptz,
      delivered_at timestamptz,
      read_at timestamptz,
      failed_at timestamptz,
      -- of a campaign's: when the customer first answered it, tapped one of its buttons, and asked for no more; by Meta's stamps
      replied_at timestamptz,
      tapped_at timestamptz,
      stopped_at timestamptz,
      -- of several tellings the newest counts, by Meta's stamp
      error jsonb,
      error_at timestamptz,
      pricing jsonb,
      pricing_at timestamptz,
      -- what we expected it to cost when it left: the day in its account's zone, the market's name, millionths of the currency
      priced_on date,
      market text,
      currency text,
      category text,
      expected_micros bigint,
      free_because text,
      -- what the newest pricing says, and what that is by the same card
      told_category text,
      told_type text,
      actual_micros bigint,
      -- which template left, where it was one that was known here
      template_id text,
      check ((origin is null) = (body is null))
    ) with (fillfactor = 60)`.execute(db)
  await sql`create index messages_conversation on messages (conversation_id, accepted_at desc)`.execute(db)

  await sql`
    create table inbound_messages (
      wamid text primary key,
      conversation_id bigint not null references conversations on delete restrict,
      type text not null,
      at timestamptz not null,
      body jsonb not null,
      -- the order in which it was recorded, given under the lock of its conversation, so no later one becomes visible before it; null:
      -- nothing that answers, such as a change of an earlier message
      recorded bigint default nextval('recorded'),
      -- the run of a flow that took it for its answer; null where no other one was there to take it
      flow_run_id uuid,
      received_at timestamptz not null default casement_now()
    )`.execute(db)
  // For retention, like the next one: in the order of coming in, and of nothing else.
  await sql`create index inbound_messages_received on inbound_messages (received_at)`.execute(db)
  await sql`create index messages_echoed on messages (accepted_at) where intent_id is null`.execute(db)
  await sql`create index inbound_messages_conversation on inbound_messages (conversation_id, at desc)`.execute(db)
  // Whose a medium is that a client asks for by its id.
  await sql`
    create index inbound_messages_medium on inbound_messages ((body -> type ->> 'id'))
    where type in ('image', 'video', 'audio', 'document', 'sticker')`.execute(db)

  // What statuses say of a free entry point, message by message, so that its state can be worked out anew when one of them comes late.
  await sql`
    create table free_entry_reports (
      wamid text primary key references messages on delete cascade,
      told_at timestamptz not null,
      expires_at timestamptz,
      -- Meta's id of the window
      entry_conversation_id text
    )`.execute(db)
}

/**
 * What messages cost: price lists, and sums by day. Sums hold nobody's data, and stay when messages are deleted.
 *
 * Whoever inserts or updates messages adds what changed to `cost_deltas`, by a trigger, so that no writer can forget it, and as few rows as the
 * statement has groups. Nothing there is ever updated, so nobody waits; whoever leads folds them into `costs`. Both together are the sums.
 */
async function createMoney(db: Kysely<any>): Promise<void> {
  await sql`
    create table rate_cards (
      id bigint generated always as identity primary key,
      workspace text not null references workspaces,
      kind text not null check (kind in ('rates', 'tiers')),
      currency text not null check (currency ~ '^[A-Z]{3}$'),
      valid_from date not null,
      -- the file as it was given
      raw bytea not null,
      sha256 text not null,
      markets integer not null check (markets > 0),
      created_at timestamptz not null default casement_now(),
      constraint rate_cards_one unique (workspace, currency, kind, valid_from)
    )`.execute(db)
  await sql`
    create table rate_card_prices (
      card_id bigint not null references rate_cards on delete cascade,
      market text not null,
      category text not null,
      -- of tiers; 0 and null in a list of rates
      tier_from bigint not null default 0,
      tier_to bigint,
      price_micros bigint not null check (price_micros >= 0),
      primary key (card_id, market, category, tier_from)
    )`.execute(db)

  // Volume tiers that Meta says the portfolio of an account has reached.
  await sql`
    create table volume_tiers (
      waba_id text not null references wabas on delete cascade,
      market text not null,
      category text not null,
      month text not null,
      -- its first message of the month, counted from 1
      tier_from bigint not null check (tier_from > 0),
      at timestamptz not null,
      primary key (waba_id, market, category, month, tier_from)
    )`.execute(db)

  const keys = `workspace text not null,
      phone_number_id text not null,
      day date not null,
      category text not null,
      market text not null,
      -- empty: not known
      currency text not null`
  const sums = COST_SUMS.map((name) => `${name} bigint not null`).join(', ')
  await sql`
    create table costs (${sql.raw(`${keys}, ${sums}`)}, primary key (workspace, phone_number_id, day, category, market, currency))
      with (fillfactor = 70)`.execute(db)
  await sql`
    create table cost_deltas (id bigint generated always as identity primary key, ${sql.raw(`${keys}, ${sums}`)})
      with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0)`.execute(
    db,
  )
  // What became of a template's messages, in the same way.
  const counts = TEMPLATE_SUMS.map((name) => `${name} bigint not null`).join(', ')
  await sql`
    create table template_days (template_id text not null, day date not null, ${sql.raw(counts)}, primary key (template_id, day))
      with (fillfactor = 70)`.execute(db)
  await sql`
    create table template_deltas (
      id bigint generated always as identity primary key, template_id text not null, day date not null, ${sql.raw(counts)}
    ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0)`.execute(
    db,
  )
  await countCosts(db)

  // How far budgets are used up, month by month, as whoever leads found it last; a row where a level was ever reached. The empty number: the
  // workspace's budget. Numbers of several zones are in two months at once.
  await sql`
    create table budget_levels (
      workspace text not null references workspaces,
      phone_number_id text not null,
      -- such as 2026-11
      month text not null,
      level text not null check (level in ('none', 'warned', 'spent')),
      -- categories that wait
      hold text[] not null,
      -- since when it holds other things, or nothing, after it had held some
      loosened_at timestamptz,
      -- the last event of this month: {level, amount, currency}; null: none yet
      told jsonb,
      primary key (workspace, phone_number_id, month)
    )`.execute(db)
}

/** What is added up; amounts are millionths. */
const COST_SUMS = [
  'messages',
  'untold',
  'billable',
  'free',
  // used up a free message of the number's month
  'free_service',
  // charged, by Meta's word or else by ours
  'charged',
  // no card had a price for it
  'unpriced',
  'expected_micros',
  // of what Meta has not told the price of
  'expected_untold_micros',
  'actual_micros',
]

const NEW_ROWS = 'select 1 as sign, n.* from changed n'
const CHANGED_ROWS = 'select -1 as sign, o.* from former o union all select 1, n.* from changed n'

/** What is added up of templates. */
const TEMPLATE_SUMS = ['sent', 'delivered', 'read', 'failed', 'stopped']

/** Adds what these rows, each with its sign, change in the sums of templates. Free-form messages are none. */
function addTemplates(rows: string): string {
  const of = {
    sent: `(m.status is distinct from 'failed')::int`,
    delivered: `coalesce(m.status in ('delivered', 'read'), false)::int`,
    read: `coalesce(m.status = 'read', false)::int`,
    failed: `coalesce(m.status = 'failed', false)::int`,
  }
  const sums = Object.entries(of).map(([name, one]) => [name, `sum(m.sign * ${one})`] as const)
  return `
    insert into template_deltas (template_id, day, ${TEMPLATE_SUMS.join(', ')})
    select m.template_id, coalesce(m.priced_on, (m.accepted_at at time zone 'UTC')::date), ${sums.map(([, sum]) => sum).join(', ')}, 0
    from (${rows}) m
    where m.template_id is not null and m.intent_id is not null
    group by 1, 2
    having ${sums.map(([, sum]) => `${sum} <> 0`).join(' or ')};`
}

async function countCosts(db: Kysely<any>): Promise<void> {
  const told = 'm.told_type is not null'
  const of: Record<string, string> = {
    messages: '1',
    untold: `(${told} is false)::int`,
    billable: `(${told} and m.told_type = 'regular')::int`,
    free: `(${told} and m.told_type <> 'regular')::int`,
    free_service: `(case when ${told} then m.told_type = 'free_customer_service' and m.free_because is distinct from 'reaction'
      else coalesce(m.free_because = 'free_tier', false) end)::int`,
    charged: `(case when ${told} then m.told_type = 'regular' else coalesce(m.expected_micros > 0, false) end)::int`,
    unpriced: `(m.expected_micros is null)::int`,
    expected_micros: 'coalesce(m.expected_micros, 0)',
    expected_untold_micros: `case when ${told} then 0 else coalesce(m.expected_micros, 0) end`,
    actual_micros: 'coalesce(m.actual_micros, 0)',
  }
  const sums = COST_SUMS.map((name) => `sum(m.sign * (${of[name]})) as ${name}`)
  // By conversation first: most statuses change no cost, and nobody has to look up whose those are.
  const add = (rows: string) =>
    sql.raw(`
    insert into cost_deltas (workspace, phone_number_id, day, category, market, currency, ${COST_SUMS.join(', ')})
    select c.workspace, c.phone_number_id, g.day, g.category, g.market, g.currency, ${COST_SUMS.map((name) => `sum(g.${name})`).join(', ')}
    from (
      select m.conversation_id, coalesce(m.priced_on, (m.accepted_at at time zone 'UTC')::date) as day,
        coalesce(m.told_category, m.category, 'service') as category, coalesce(m.market, 'Other') as market, coalesce(m.currency, '') as currency,
        ${sums.join(', ')}
      from (${rows}) m
      where m.intent_id is not null and m.origin is null and m.status is distinct from 'failed'
      group by 1, 2, 3, 4, 5
      having ${COST_SUMS.map((name) => `sum(m.sign * (${of[name]})) <> 0`).join(' or ')}
    ) g join conversations c on c.id = g.conversation_id
    group by 1, 2, 3, 4, 5, 6;`)
  await sql`
    create function count_new_costs() returns trigger language plpgsql as
      $$ begin
        ${add(NEW_ROWS)}
        ${countDeliveries(NEW_ROWS)}
        ${sql.raw(addTemplates(NEW_ROWS))}
        return null; end $$`.execute(db)
  await sql`
    create function count_changed_costs() returns trigger language plpgsql as
      $$ begin
        ${add(CHANGED_ROWS)}
        ${countDeliveries(CHANGED_ROWS)}
        ${sql.raw(addTemplates(CHANGED_ROWS))}
        return null; end $$`.execute(db)
  await sql`
    create trigger new_costs after insert on messages referencing new table as changed
      for each statement execute function count_new_costs()`.execute(db)
  await sql`
    create trigger changed_costs after update on messages referencing old table as former new table as changed
      for each statement execute function count_changed_costs()`.execute(db)
}

/**
 * What reached whom, of campaigns, and what it costs, in millionths of each currency: in the same triggers, and as what is added to their counts.
 * Untold: expected to be free, and Meta has not said so yet. Invitations (`-2`) stand for nobody on a list, and cost all the same.
 */
function countDeliveries(rows: string) {
  const lives = `m.status is distinct from 'failed'`
  return sql.raw(`
    insert into campaign_moves (campaign_id, variant, key, n)
    select m.campaign_id, coalesce(m.campaign_variant, 0), k.key, sum(m.sign * k.n) from (${rows}) m cross join lateral (values
      ('delivery:' || m.status, (m.status in ('delivered', 'read') and m.campaign_variant is distinct from -2)::int::bigint),
      ('delivery:replied', (${lives} and m.replied_at is not null)::int::bigint),
      ('delivery:tapped', (${lives} and m.tapped_at is not null)::int::bigint),
      ('delivery:stopped', (${lives} and m.stopped_at is not null)::int::bigint),
      ('cost:' || m.currency, case when ${lives} then coalesce(m.actual_micros, m.expected_micros) end),
      ('untold', (${lives} and m.told_type is null and coalesce(m.expected_micros, 0) = 0)::int::bigint)
    ) k (key, n)
    where m.campaign_id is not null and k.key is not null and k.n <> 0
    group by 1, 2, 3 having sum(m.sign * k.n) <> 0;`)
}

async function createWebhooks(db: Kysely<any>): Promise<void> {
  await sql`
    create table webhook_events (
      id bigint generated always as identity primary key,
      -- whose numbers it speaks of; null: of none that is linked
      workspace text,
      -- phone number ids it speaks of; null: nobody could tell, so it may be of any
      numbers text[],
      payload text not null,
      state text not null default 'pending' check (state in ('pending', 'applied', 'failed')),
      tries smallint not null default 0,
      error text,
      received_at timestamptz not null default casement_now(),
      applied_at timestamptz
    ) with (fillfactor = 80,
      -- a queue: a fifth of all that is kept, the default, would be days of dead rows in front of what is pending
      autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02)`.execute(
    db,
  )
  await sql`create index webhook_events_pending on webhook_events (id) where state = 'pending'`.execute(db)
  await sql`create index webhook_events_failed on webhook_events (id) where state = 'failed'`.execute(db)
  await sql`create index webhook_events_workspace on webhook_events (workspace, id)`.execute(db)

  // What is known of each number's own channel; see store/webhooks/channels.ts. Written about once a second by each process, not per message.
  await sql`
    create table webhook_channels (
      phone_number_id text primary key,
      -- Meta's newest stamp on an applied status or message of the number
      caused_at timestamptz,
      -- when a payload with a status of the number came in last
      told_at timestamptz,
      -- when the oldest message was accepted of those for which no status of the number has come since
      awaiting_since timestamptz,
      -- the last outage of the number: when it began, or an earlier one that was not caught up with, when it ended, and when what was missed
      -- should have come again
      missed_since timestamptz,
      revived_at timestamptz,
      caught_up_at timestamptz,
      -- how far a stamp of Meta's lay ahead of our clock, so far that it was not believed, and when it came
      ahead_ms double precision,
      ahead_at timestamptz
    ) with (fillfactor = 50)`.execute(db)

  // Whether silence of the webhook channel proves anything: webhooks that were sent while nobody could store them come again later.
  await sql`
    create table webhook_intake (
      singleton boolean primary key default true check (singleton),
      -- when some process last was ready to store webhooks
      alive_at timestamptz not null,
      -- when the outages began that are not caught up with
      missed_since timestamptz not null,
      -- when the last outage ended; attempts that began later did not fall into it
      revived_at timestamptz not null,
      -- when what was missed before should have been delivered again
      caught_up_at timestamptz not null
    ) with (fillfactor = 50)`.execute(db)
}

async function createTemplates(db: Kysely<any>): Promise<void> {
  await sql`
    create table templates (
      id text primary key,
      waba_id text not null references wabas,
      name text not null,
      language text not null,
      category text not null,
      status text not null,
      quality text,
      -- the template as Meta returned it
      document jsonb not null,
      synced_at timestamptz not null default casement_now(),
      -- when a field was last told, by Meta's stamp or by our clock: older news does not change it any more
      status_at timestamptz,
      category_at timestamptz,
      quality_at timestamptz,
      -- when it was last read at Meta, or done for us by Meta, by our clock and of before the call: an older reading does not change it
      document_at timestamptz,
      -- Meta announced another category, and from when it counts, if it said so
      next_category text,
      next_category_from timestamptz,
      -- left out of lists; it can be sent all the same
      hidden_at timestamptz,
      -- Meta gave it another category, and the workspace wants to look at that before anything uses it
      category_held_at timestamptz,
      -- it could be sent at some time: what is pending now is reviewed again
      was_usable boolean not null default false,
      -- what Meta says of its status, where a refusal proved another one; null: the same
      meta_status text,
      -- when the last attempt began that was refused as paused (132015), unless Meta has told of a pause or its end since
      refused_at timestamptz,
      -- refused again though Meta lists it as approved: from then on one message may try it, and that one alone
      probe_at timestamptz,
      probe_intent_id uuid,
      unique (waba_id, name, language),
      check (probe_at is null or meta_status is not null),
      check (probe_at is not null or probe_intent_id is null)
    )`.execute(db)
  await sql`create index templates_probed on templates (probe_at) where probe_at is not null`.execute(db)
  await sql`create index templates_undecided on templates (synced_at) where status in ('PENDING', 'IN_APPEAL')`.execute(
    db,
  )
  // A webhook told of a template that is unknown here, or other than here: it is to be read from Meta by itself.
  await sql`
    create table template_wishes (
      template_id text primary key,
      waba_id text not null references wabas,
      wanted_at timestamptz not null default casement_now(),
      -- later, where Meta could not be asked
      due_at timestamptz not null default casement_now()
    )`.execute(db)
  await sql`
    create table template_history (
      template_id text not null references templates on delete cascade,
      id bigint generated always as identity,
      at timestamptz not null default casement_now(),
      field text not null,
      was text,
      now text,
      detail jsonb,
      primary key (template_id, id)
    )`.execute(db)
}

async function createOutbox(db: Kysely<any>): Promise<void> {
  // A queue: whoever leads claims, fans out and deletes. Nobody keeps a cursor over it, for ids become visible out of order.
  await sql`
    create table outbox (
      id bigint generated always as identity primary key,
      workspace text not null,
      -- intent.sent, conversation.opened, sender.paused ...
      kind text not null,
      -- the id of what it is about
      subject text not null,
      payload jsonb not null,
      at timestamptz not null default casement_now()
    ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0)`.execute(
    db,
  )

  // What was taken out of the outbox while some program listened, for a while: one writer at a time, so ids become visible in order.
  await sql`
    create table news (
      id bigint generated always as identity primary key,
      workspace text not null,
      kind text not null,
      subject text not null,
      payload jsonb not null,
      at timestamptz not null
    )`.execute(db)
  await sql`
    create table news_readers (
      id uuid primary key,
      -- what they listen to: intent, message ...; see domain/news.ts
      topics text[] not null,
      -- infinity: an endpoint, of the same id, which listens as long as it is there
      seen_at timestamptz not null default casement_now()
    )`.execute(db)
}

/** Who else is told, over HTTP, and what they have been told. See store/passing. */
async function createPassing(db: Kysely<any>): Promise<void> {
  await sql`
    create table webhook_endpoints (
      id uuid primary key,
      workspace text not null references workspaces,
      url text not null,
      kind text not null check (kind in ('meta', 'events')),
      -- phone number ids; null: all of the workspace
      senders text[],
      -- Meta's field names, or names of events and prefix.*; null: all
      events text[],
      ids text not null default 'casement' check (ids in ('casement', 'meta')),
      sealed_secret text not null,
      sealed_verify_token text,
      -- the verify handshake, as it was tried last; null: it was not
      verified boolean,
      state text not null default 'active' check (state in ('active', 'paused', 'gone')),
      reason_code text,
      reason_text text,
      created_by jsonb not null,
      created_at timestamptz not null default casement_now(),
      -- since then all that it asks for now has been put into its queue
      asks_since timestamptz not null default casement_now(),
      -- nobody finds it any more; it goes once its deliveries have
      deleted_at timestamptz,
      check ((state = 'active') = (reason_code is null)),
      check ((reason_code is null) = (reason_text is null)),
      constraint webhook_endpoints_verified check (kind = 'meta' or (verified is null and sealed_verify_token is null))
    )`.execute(db)
  await sql`create index webhook_endpoints_workspace on webhook_endpoints (workspace, id)`.execute(db)

  // A queue: stored payloads that an endpoint of the kind meta may want. Written with the payload, so that none is missed.
  await sql`
    create table payloads_to_pass (
      webhook_event_id bigint primary key,
      -- it could not be passed on: it is passed by until then
      again_at timestamptz
    ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0)`.execute(
    db,
  )

  // What has to be delivered in order: a number at an endpoint. Whoever holds the lease delivers, one after the other.
  await sql`
    create table delivery_streams (
      endpoint_id uuid not null,
      -- a phone number id; an account's or nothing for what is of no number
      stream text not null,
      -- the newest delivery, and up to which they are over
      last_id bigint not null,
      done_id bigint not null default 0,
      next_at timestamptz not null default casement_now(),
      -- of the first that is not over
      tries integer not null default 0,
      first_tried_at timestamptz,
      lease uuid,
      leased_until timestamptz,
      -- the process that has the lease, by its row in desks; and until when one that fell silent may still deliver what it has read
      holder uuid,
      held_until timestamptz,
      primary key (endpoint_id, stream),
      check (done_id <= last_id),
      check ((tries = 0) = (first_tried_at is null)),
      check ((lease is null) = (leased_until is null)),
      check (lease is not null or holder is null)
    ) with (fillfactor = 30, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0)`.execute(
    db,
  )
  await sql`
    create index delivery_streams_due on delivery_streams (endpoint_id, next_at) where last_id > done_id`.execute(db)

  // Never with contents: what goes is looked up when it goes, so that nothing here has to be erased with a person. No foreign keys, since
  // checking them would lock the same few rows for every delivery.
  await sql`
    create table deliveries (
      endpoint_id uuid not null,
      stream text not null,
      -- given under a lock, so that they become visible in order
      id bigint generated always as identity,
      -- message.read ..., or Meta's field names
      type text not null,
      -- of the kind meta: what Meta sent
      webhook_event_id bigint,
      -- of the kind events: as in the outbox, and its id there
      event_id text,
      subject text,
      payload jsonb,
      at timestamptz,
      state text not null default 'pending' check (state in ('pending', 'delivered', 'failed')),
      -- [{at, status, error, ms}], the newest last
      attempts jsonb not null default '[]',
      created_at timestamptz not null default casement_now(),
      primary key (endpoint_id, stream, id),
      check ((webhook_event_id is null) = (event_id is not null)),
      check ((event_id is null) = (subject is null) and (event_id is null) = (payload is null) and (event_id is null) = (at is null))
    ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05)`.execute(
    db,
  )

  // Up to which end of their window conversations have been told as closing and as ended; a row where somebody asked for it.
  await sql`
    create table told_windows (
      workspace text primary key references workspaces,
      closing_to timestamptz not null,
      ended_to timestamptz not null
    )`.execute(db)
}

/**
 * Campaigns, and who is on their lists. A list is a ledger, written once and changed by an erasure only: no row of it is an intent, and no hot
 * table knows of it. It has no primary key and no foreign key, which would cost more than the rest of an import: each upload gives its
 * positions under a lease, one upload at a time.
 */
async function createCampaigns(db: Kysely<any>): Promise<void> {
  await sql`
    create table campaigns (
      id integer generated always as identity primary key,
      public_id uuid not null unique,
      workspace text not null references workspaces,
      -- as in the document, for whoever sees only some numbers, and for who looks for what was handed over
      phone_number_ids text[] not null check (cardinality(phone_number_ids) > 0),
      name text not null,
      document jsonb not null,
      -- who gets which variant depends on it and on their id; a retry has that of its parent
      salt uuid not null default gen_random_uuid(),
      state text not null default 'draft' check (state in ('draft', 'scheduled', 'running', 'paused', 'finished', 'cancelled')),
      -- +1 with each upload that is ready
      audience_version integer not null default 0,
      -- accepted rows of uploads that are ready
      total integer not null default 0 check (total >= 0),
      -- why it is paused, in a word and a sentence
      reason_code text,
      reason_text text,
      -- when it is to begin; null: at once
      send_at timestamptz,
      -- later than that it does not begin by itself
      begin_by timestamptz,
      -- positions up to here were handed over: each has an intent or an exception
      fed integer not null default 0,
      -- of those, whose turn comes later (campaign_later) and who have neither yet
      later integer not null default 0 check (later >= 0),
      -- when its next message may be due, where it has a pace of its own
      paced_at timestamptz,
      -- when to look for room for more; null: nothing is left to hand over, or nobody may
      next_feed_at timestamptz,
      -- what it has handed over is passed by: it is paused, or cancelled and not all of it is over yet
      gated boolean not null default false,
      -- the most that was laid aside for one recipient, where it has a budget; and since when nothing fits into that
      dearest_micros bigint not null default 0,
      short_since timestamptz,
      -- how things stood when it was started or resumed, see domain/campaign/watch.ts
      watched jsonb,
      -- of which its recipients are a part, once more
      parent_id integer references campaigns on delete set null,
      started_at timestamptz,
      over_at timestamptz,
      created_by jsonb not null,
      created_at timestamptz not null default casement_now(),
      -- by whoever made or changed it, or its list
      touched_at timestamptz not null default casement_now(),
      check ((send_at is null) = (begin_by is null)),
      check (fed between 0 and total and later <= fed),
      check ((state = 'paused') = (reason_code is not null)),
      check (state <> 'paused' or gated),
      check (state not in ('draft', 'scheduled', 'running') or not gated),
      check (next_feed_at is null or (state = 'running' and fed - later < total)),
      check ((state in ('finished', 'cancelled')) = (over_at is not null))
    ) with (fillfactor = 50)`.execute(db)
  await sql`create index campaigns_listed on campaigns (workspace, id)`.execute(db)
  await sql`create index campaigns_touched on campaigns (touched_at)`.execute(db)
  await sql`create index campaigns_feed on campaigns (next_feed_at) where next_feed_at is not null`.execute(db)
  await sql`create index campaigns_tended on campaigns (id) where state in ('scheduled', 'running') or gated`.execute(
    db,
  )
  await sql`create index campaigns_gated on campaigns (id) where gated`.execute(db)

  // One for each upload. While it loads, whoever reads the request has the lease; nobody sees its rows before it is ready.
  await sql`
    create table campaign_uploads (
      campaign_id integer not null references campaigns on delete cascade,
      id integer not null check (id > 0),
      header text[] not null,
      to_column smallint not null,
      default_country text,
      state text not null check (state in ('loading', 'ready', 'failed')),
      -- why it failed, in a word and a sentence; null: its process ended
      reason_code text,
      reason_text text,
      -- it is made of who is known here: what works on while nobody waits for it
      copied boolean not null default false,
      -- positions of its rows in the campaign; the last one grows while it loads
      first_position integer not null,
      last_position integer not null,
      rows integer not null default 0,
      accepted integer not null default 0,
      duplicates integer not null default 0,
      invalid integer not null default 0,
      lease uuid,
      leased_until timestamptz,
      created_at timestamptz not null default casement_now(),
      primary key (campaign_id, id),
      check ((state = 'loading') = (lease is not null)),
      check ((lease is null) = (leased_until is null)),
      check (reason_code is null or state = 'failed'),
      check (state <> 'ready' or (rows = accepted + duplicates + invalid and accepted = last_position - first_position + 1))
    )`.execute(db)
  await sql`create unique index campaign_uploads_loading on campaign_uploads (campaign_id) where state = 'loading'`.execute(
    db,
  )

  await sql`
    create table campaign_recipients (
      campaign_id integer not null,
      position integer not null,
      upload integer not null,
      -- of the file; its header is in line 1
      line integer not null,
      -- the one spelling of a number or a BSUID; empty where somebody was erased
      recipient text collate "C" not null,
      -- the cells of the line, as a JSON list of texts
      cells text not null
    )`.execute(db)
  await sql`
    create index campaign_recipients_position on campaign_recipients using brin (campaign_id, position)
      with (pages_per_range = 32, autosummarize = on)`.execute(db)

  // Whose turn had not come as the list was gone through: it is quiet where they are, or their wall shows another time. Gone once it has.
  await sql`
    create table campaign_later (
      campaign_id integer not null references campaigns on delete cascade,
      position integer not null,
      at timestamptz not null,
      primary key (campaign_id, at, position)
    )`.execute(db)

  // What became of a recipient, as it was handed over: an intent, or an end without one. Both stay as they were written.
  await sql`
    create table campaign_intents (
      campaign_id integer not null,
      position integer not null,
      intent_id uuid not null,
      primary key (campaign_id, position)
    )`.execute(db)
  await sql`create index campaign_intents_listed on campaign_intents (campaign_id, intent_id)`.execute(db)
  // What may come of a recipient at most, of campaigns with a budget; see store/campaigns/budget.ts.
  await sql`
    create table campaign_reservations (
      campaign_id integer not null,
      position integer not null,
      micros bigint not null check (micros >= 0),
      primary key (campaign_id, position)
    )`.execute(db)
  await sql`
    create table campaign_exceptions (
      campaign_id integer not null,
      position integer not null,
      -- of the message that they would have got; -1: nobody knows
      variant smallint not null default 0,
      state text not null check (state in ('failed', 'cancelled', 'suppressed')),
      reason_code text not null,
      reason_text text not null,
      at timestamptz not null default casement_now(),
      primary key (campaign_id, position)
    )`.execute(db)

  // What changed in the counts of a campaign, by whatever statement changed it; see store/intents/counting.ts. Whoever leads adds them up.
  await sql`
    create table campaign_moves (
      campaign_id integer not null,
      variant smallint not null default 0,
      key text not null,
      n bigint not null,
      -- in which it came about; null: added up, and that of it is in campaign_minutes
      minute timestamptz default date_trunc('minute', casement_now())
    ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0)`.execute(
    db,
  )
  await sql`create index campaign_moves_campaign on campaign_moves (campaign_id)`.execute(db)
  await sql`
    create table campaign_minutes (
      campaign_id integer not null,
      minute timestamptz not null,
      sent bigint not null,
      failed bigint not null,
      primary key (campaign_id, minute)
    ) with (fillfactor = 50)`.execute(db)
  // What customers said while a message that they may mean was on its way, or in doubt: it is placed once that is over.
  await sql`
    create table campaign_answers (
      id bigint generated always as identity primary key,
      conversation_id bigint not null references conversations on delete restrict,
      at timestamptz not null,
      -- the wamid that they quote
      quoted text,
      replied boolean not null,
      tapped boolean not null,
      stopped boolean not null,
      -- when the newest left with which it counts already; only what left after it is still looked for
      beyond timestamptz,
      heard_at timestamptz not null default casement_now(),
      -- when to look again
      due_at timestamptz not null default casement_now()
    )`.execute(db)
  await sql`create index campaign_answers_due on campaign_answers (due_at)`.execute(db)
  await sql`create index campaign_answers_conversation on campaign_answers (conversation_id)`.execute(db)

  // What a campaign will come to, of one version of its list. While it is counted somebody has the lease.
  await sql`
    create table campaign_estimates (
      campaign_id integer primary key references campaigns on delete cascade,
      version integer not null,
      total integer not null,
      -- lines that were read
      done integer not null default 0,
      result jsonb,
      lease uuid,
      leased_until timestamptz,
      at timestamptz not null default casement_now(),
      check ((lease is null) = (leased_until is null)),
      check ((lease is null) = (result is not null))
    ) with (fillfactor = 50)`.execute(db)

  // What was wrong with a line, or stands in the way of its message as things are.
  await sql`
    create table campaign_import_errors (
      campaign_id integer not null,
      upload integer not null,
      line integer not null,
      code text not null check (code in ('duplicate', 'invalid', 'encoding', 'columns', 'opted_out', 'unreachable')),
      -- as it stood there, of somebody who is on the list in the one spelling; null: it cannot be shown, or was erased
      recipient text,
      reason text not null,
      -- what it says, and what is filled in, for pages in other languages
      reason_code text not null,
      reason_values jsonb not null,
      primary key (campaign_id, upload, line, code)
    )`.execute(db)
}

/**
 * Flows, and the way of each customer through one. A run that waits is a row that nobody reads: `flow_runs_due` is read from its left end, and
 * the other indexes by whom something happened to. What happened stands in the tables of its own kind; only what has none is here.
 */
async function createFlows(db: Kysely<any>): Promise<void> {
  await sql`
    create table flows (
      id integer generated always as identity primary key,
      workspace text not null references workspaces,
      name text not null check (name ~ '^[a-z0-9_]{1,64}$'),
      -- as in the document; null: any number
      phone_number_id text,
      state text not null default 'active' check (state in ('active', 'paused')),
      version integer not null check (version > 0),
      -- runs of versions before this one go over to it, or end: see flow_take_overs
      live_from integer not null default 1,
      created_at timestamptz not null default casement_now(),
      state_at timestamptz not null default casement_now(),
      unique (workspace, name)
    )`.execute(db)
  await sql`
    create table flow_versions (
      flow_id integer not null references flows on delete cascade,
      version integer not null check (version > 0),
      source text not null,
      document jsonb not null,
      at timestamptz not null default casement_now(),
      by jsonb not null,
      primary key (flow_id, version)
    )`.execute(db)

  // Live runs of a flow that was changed go over to the new version, or end, page by page; the last one is remembered, for what began meanwhile.
  await sql`
    create table flow_take_overs (
      flow_id integer primary key references flows on delete cascade,
      version integer not null,
      what text not null check (what in ('migrate', 'end')),
      -- runs up to this one were asked
      after uuid not null,
      done boolean not null default false
    )`.execute(db)

  await sql`
    create table flow_runs (
      id uuid primary key,
      workspace text not null,
      flow_id integer not null references flows,
      version integer not null,
      phone_number_id text not null,
      conversation_id bigint not null references conversations on delete cascade,
      contact_id bigint not null references contacts on delete cascade,
      -- under which no second one may live; null: any number
      once_key text,
      state text not null default 'waiting' check (state in ('waiting', 'paused', 'ended')),
      -- why it is paused
      reason_text text,
      step text not null,
      -- when it is looked at next; null: only something that happens can move it
      due_at timestamptz,
      -- the message whose delivery it waits for
      watches uuid,
      -- the same person is in another run of a flow that one is in once: it ends when it is looked at
      merged boolean not null default false,
      -- a step of another run has them leave it: it ends when it is looked at
      leaves boolean not null default false,
      -- it was due while its flow was paused, and is not looked for until that is resumed
      rests boolean not null default false,
      -- what ends it, to be told without its document: an opt-out, a person who takes over
      ends_on text[] not null default '{}',
      -- its place among all that flows look at: what was recorded before is not of its time
      recorded bigint not null default nextval('recorded'),
      -- the fence of whoever moves it
      seq integer not null default 0,
      run jsonb not null,
      -- its messages: the intent of each key
      sends jsonb not null default '{}',
      outcome text,
      started_at timestamptz not null default casement_now(),
      ended_at timestamptz,
      check ((state = 'ended') = (ended_at is not null)),
      check ((state = 'ended') = (outcome is not null)),
      check (state <> 'ended' or due_at is null),
      check (state = 'paused' or reason_text is null)
    ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)`.execute(db)
  await sql`
    create index flow_runs_due on flow_runs (due_at) where state = 'waiting' and due_at is not null and not rests`.execute(
    db,
  )
  // Those that live are asked for with each message; all of them, when somebody is erased or turns out to be somebody else.
  await sql`create index flow_runs_conversation on flow_runs (conversation_id, (state <> 'ended'))`.execute(db)
  await sql`create index flow_runs_contact on flow_runs (contact_id, (state <> 'ended'))`.execute(db)
  await sql`create index flow_runs_watching on flow_runs (watches) where watches is not null`.execute(db)
  await sql`
    create unique index flow_runs_once on flow_runs (flow_id, contact_id, once_key) where once_key is not null and state <> 'ended'`.execute(
    db,
  )
  await sql`create index flow_runs_listed on flow_runs (flow_id, id)`.execute(db)
  // Of everybody, for an erasure and for retention.
  await sql`create index flow_runs_ended on flow_runs (ended_at) where ended_at is not null`.execute(db)

  // Who was in a flow when, where one that is over counts too.
  await sql`
    create table flow_enrolments (
      flow_id integer not null references flows on delete cascade,
      contact_id bigint not null references contacts on delete cascade,
      once_key text not null,
      last_at timestamptz not null default casement_now(),
      primary key (flow_id, contact_id, once_key)
    )`.execute(db)
  await sql`create index flow_enrolments_contact on flow_enrolments (contact_id)`.execute(db)
  // Those of a window are kept as long as runs are.
  await sql`create index flow_enrolments_windows on flow_enrolments (last_at) where once_key like '["window"%'`.execute(
    db,
  )

  // The history, only added to.
  await sql`
    create table flow_run_events (
      run_id uuid not null references flow_runs on delete cascade,
      id bigint generated always as identity,
      at timestamptz not null,
      kind text not null,
      step text,
      text text not null,
      -- what it says, and what is filled in, for pages in other languages
      code text not null,
      filled jsonb not null,
      primary key (run_id, id)
    )`.execute(db)

  // Programs that a step of a run calls: an outbox, written with the step.
  await sql`
    create table flow_calls (
      run_id uuid not null references flow_runs on delete cascade,
      -- its number in the run: no other call of it has it, whatever becomes of the flow
      call integer not null,
      workspace text not null,
      -- the workspace and the host, which share the room that a process has for calls
      target text not null,
      step text not null,
      url text not null,
      body text not null,
      -- its answer is kept
      keeps boolean not null,
      -- so long after the first try nothing more is tried
      tried_for_ms bigint not null,
      state text not null default 'waiting' check (state in ('waiting', 'answered', 'failed', 'cancelled')),
      next_at timestamptz default casement_now(),
      -- it was due while its run or its flow was paused, and is not looked for until that is resumed
      rests boolean not null default false,
      tries integer not null default 0,
      first_tried_at timestamptz,
      lease uuid,
      leased_until timestamptz,
      holder uuid,
      -- of the last try that failed
      error text,
      -- what is kept of what it was answered
      answer jsonb,
      at timestamptz not null default casement_now(),
      primary key (run_id, call),
      check ((state = 'waiting') = (next_at is not null)),
      check ((state = 'answered') = (answer is not null)),
      check ((lease is null) = (leased_until is null)),
      check (lease is not null or holder is null)
    ) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000)`.execute(db)
  await sql`
    create index flow_calls_due on flow_calls (target, next_at) where next_at is not null and not rests`.execute(db)
  await sql`create index flow_calls_leased on flow_calls (run_id) where lease is not null`.execute(db)
  await sql`create index flow_calls_resting on flow_calls (run_id) where rests`.execute(db)

  // What others tell of a person. The key is theirs: what comes twice is one event.
  await sql`
    create table flow_events (
      contact_id bigint not null references contacts on delete cascade,
      key text not null,
      name text not null,
      -- null: of all their conversations
      phone_number_id text,
      data jsonb not null,
      recorded bigint not null default nextval('recorded'),
      at timestamptz not null default casement_now(),
      primary key (contact_id, key)
    )`.execute(db)
  await sql`create index flow_events_at on flow_events (at)`.execute(db)

  // Runs to look at soon, put there by whoever records what may concern them and must not wait for their lock.
  await sql`
    create table flow_pokes (
      id bigint generated always as identity primary key,
      run_id uuid not null
    ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0)`.execute(
    db,
  )

  // Flows that begin by a message of ours: one that left (campaign), or that nobody answers for so long (unanswered).
  await sql`
    create table flow_listens (
      flow_id integer not null references flows on delete cascade,
      workspace text not null,
      trigger text not null check (trigger in ('campaign', 'unanswered')),
      of text not null check (of in ('campaign', 'template', 'flow')),
      name text not null,
      after_ms bigint not null,
      primary key (flow_id, trigger, of, name)
    )`.execute(db)
  // Messages of ours by which a flow may begin, and none of others. They are kept when their time has come, for another status of the same may follow.
  await sql`
    create table flow_begins (
      flow_id integer not null references flows on delete cascade,
      trigger text not null,
      intent_id uuid not null,
      of text not null,
      name text not null,
      -- when it left, or was delivered
      since timestamptz not null,
      -- null: it is settled
      due_at timestamptz,
      at timestamptz not null default casement_now(),
      primary key (flow_id, trigger, intent_id)
    )`.execute(db)
  await sql`create index flow_begins_due on flow_begins (due_at) where due_at is not null`.execute(db)
  await sql`create index flow_begins_settled on flow_begins (at) where due_at is null`.execute(db)

  // How many went through a step, in parts that the leader adds up; who is in one, or ended there, says its own row.
  // outcome: where runs ended that are kept no more; null: that went on from there.
  await sql`create table flow_passes (flow_id integer not null, step text not null, outcome text, n bigint not null)`.execute(
    db,
  )
  // Whoever deletes runs, for their age or with a person: what was counted of them stays, so that the counts of a flow add up.
  await sql`
    create function count_runs_that_are_gone() returns trigger language plpgsql as $$ begin
      insert into flow_passes (flow_id, step, outcome, n)
      select flow_id, step, coalesce(outcome, 'erased'), count(*) from gone group by 1, 2, 3;
      return null; end $$`.execute(db)
  await sql`
    create trigger runs_stay_counted after delete on flow_runs referencing old table as gone
      for each statement execute function count_runs_that_are_gone()`.execute(db)
  await sql`create index flow_passes_flow on flow_passes (flow_id)`.execute(db)

  // Up to which stamp of a last message the windows that close soon were looked at.
  await sql`
    create table flow_closings (
      flow_id integer primary key references flows on delete cascade,
      looked_to timestamptz not null,
      -- conversations behind that in which a run could not begin, and when to look at them again
      again bigint[] not null default '{}',
      again_from timestamptz not null default '-infinity'
    )`.execute(db)
}

/** Columns that nothing is looked for by: ANALYZE would read all that was stored apart, sort it and keep the most common. */
const NEVER_SOUGHT = {
  intents: ['message', 'when_closed', 'metadata', 'created_by', 'reason_text', 'request_hash', 'sent_as', 'delivery'],
  attempts: ['decision', 'opening', 'error', 'started_at', 'finished_at', 'http_status', 'sent_as'],
  messages: [
    ...[
      'body',
      'error',
      'pricing',
      'sent_as',
      'sent_at',
      'delivered_at',
      'read_at',
      'failed_at',
      'priced_on',
      'market',
      'currency',
    ],
    ...['category', 'expected_micros', 'free_because', 'told_category', 'told_type', 'actual_micros'],
  ],
  rate_cards: ['raw'],
  decisions: ['reason', 'facts', 'at', 'kind'],
  inbound_messages: ['body', 'flow_run_id'],
  webhook_events: ['payload'],
  templates: ['document'],
}

/**
 * When autovacuum comes. By default it waits for a fifth of a table to be dead, or new: of 100 million intents that are 20 million dead rows,
 * which every index keeps entries of until then, and statistics of the day before yesterday. A fiftieth is minutes of work, many times a day.
 * What is only added to is vacuumed for the visibility map, by which lists read an index alone, and so that freezing never comes all at once.
 * While a table is small its statistics may be old: the hot path's plans do not depend on them, and to make them anew every few seconds was a
 * twentieth of what PostgreSQL did.
 */
async function tendBigTables(db: Kysely<any>): Promise<void> {
  const updated = [
    'intents',
    'attempts',
    'messages',
    'conversations',
    'contacts',
    'pair_buckets',
    'messaging_limit_uses',
  ]
  for (const table of updated) {
    await sql`
      alter table ${sql.table(table)} set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05,
        autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 10000)`.execute(db)
  }
  const added = ['decisions', 'inbound_messages', 'consents', 'free_entry_reports', 'news']
  for (const table of added) {
    await sql`
      alter table ${sql.table(table)} set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05,
        autovacuum_analyze_scale_factor = 0.05)`.execute(db)
  }
  for (const [table, columns] of Object.entries(NEVER_SOUGHT)) {
    const changes = columns.map((column) => sql`alter column ${sql.ref(column)} set statistics 0`)
    await sql`alter table ${sql.table(table)} ${sql.join(changes)}`.execute(db)
  }
}
