import { type RawBuilder, sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Actor, Purview } from '../../domain/access.ts'
import type { CampaignDocument } from '../../domain/campaign/document.ts'
import type { CampaignReason, CampaignState } from '../../domain/campaign/lifecycle.ts'
import { numbersOf } from '../../domain/campaign/senders.ts'
import { beginBy, beginsAt } from '../../domain/campaign/timing.ts'
import type { WorkspaceId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import { campaignInPurview } from '../access/purview.ts'
import { tell } from '../outbox/tell.ts'
import type { Db } from '../pg/postgres.ts'
import { type Counted, type CountedMinute, countedColumn, type Due, dueColumn, minutesColumn } from './counts.ts'
import { dropEstimate } from './estimates.ts'
import { tellingNumbers } from './telling.ts'

export interface CampaignFacts {
  id: string
  /** Of its rows in other tables. */
  row: number
  workspace: WorkspaceId
  name: string
  document: CampaignDocument
  /** Of the choice of variants: its own, or that of the campaign which it tries again. */
  salt: string
  state: CampaignState
  audience_version: number
  total: number
  /** Why it is paused. */
  reason: CampaignReason | null
  send_at: Instant | null
  started_at: Instant | null
  over_at: Instant | null
  /** Positions up to here were handed over. */
  fed: number
  /** Of those, whose turn comes later. */
  later: number
  /** Of its parent, whose recipients it tries again. */
  parent: string | null
  created_by: Actor
  created_at: Instant
}

/** With what came of it so far. */
export interface CampaignRead extends CampaignFacts {
  counted: Counted[]
  /** How many of what is counted as scheduled is due, of each variant. */
  due: Due[]
  /** Only where one is read by itself. */
  minutes?: CountedMinute[]
}

export interface NewCampaign {
  workspace: WorkspaceId
  name: string
  document: CampaignDocument
  createdBy: Actor
}

const facts = sql`c.public_id as id, c.id as row, c.workspace, c.name, c.document, c.salt, c.state, c.audience_version, c.total,
  case when c.reason_code is not null then json_build_object('code', c.reason_code, 'text', c.reason_text) end as reason,
  c.send_at, c.started_at, c.over_at, c.fed, c.later, (select p.public_id from campaigns p where p.id = c.parent_id) as parent,
  c.created_by, c.created_at`

const columns = sql`${facts}, ${countedColumn} as counted, ${dueColumn} as due`

export async function createCampaign(trx: Db, { workspace, name, document, createdBy }: NewCampaign) {
  const { rows } = await sql<CampaignRead>`
    insert into campaigns as c (public_id, workspace, phone_number_ids, name, document, send_at, begin_by, created_by)
    values (${uuidv7()}::uuid, ${workspace}, ${numbersOf(document)}::text[], ${name}, ${JSON.stringify(document)}::jsonb,
      ${beginsAt(document)}::timestamptz, ${beginBy(document)}::timestamptz, ${JSON.stringify(createdBy)}::jsonb)
    returning ${columns}`.execute(trx)
  const made = rows[0] as CampaignRead
  await tell(trx, [{ workspace, kind: 'campaign.created', subject: made.id, payload: tellingNumbers(document) }])
  return made
}

export async function readCampaign(db: Db, purview: Purview, id: string): Promise<CampaignRead | null> {
  const { rows } = await sql<CampaignRead>`
    select ${columns}, ${minutesColumn} as minutes from campaigns c where c.public_id = ${id}::uuid and ${campaignInPurview(purview)}`.execute(
    db,
  )
  return rows[0] ?? null
}

/** Those of these that the caller sees. */
export async function readCampaigns(db: Db, purview: Purview, ids: readonly string[]): Promise<CampaignRead[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<CampaignRead>`
    select ${columns} from campaigns c where c.public_id = any (${ids}::uuid[]) and ${campaignInPurview(purview)}`.execute(
    db,
  )
  return rows
}

/**
 * Of these workspaces: those that run, for their counts change without a word of it, those that are named, those that one of these intents is
 * of, and those that were answered in one of these conversations.
 */
export async function readMoving(
  db: Db,
  workspaces: readonly string[],
  ids: readonly string[],
  intents: readonly string[],
  conversations: readonly string[],
): Promise<CampaignRead[]> {
  const { rows } = await sql<CampaignRead>`
    select ${columns}, ${minutesColumn} as minutes from campaigns c
    where c.workspace = any (${workspaces}::text[]) and c.id in (
      select id from campaigns where state = 'running'
      union select id from campaigns where public_id = any (${ids}::uuid[])
      union select campaign_id from intents where id = any (${intents}::uuid[])
      union select campaign_id from messages where conversation_id = any (${conversations}::bigint[]) and replied_at is not null)`.execute(
    db,
  )
  return rows
}

/** Of its rows in other tables. */
export async function campaignRow(db: Db, purview: Purview, id: string): Promise<number | null> {
  const { rows } = await sql<{ id: number }>`
    select c.id from campaigns c where c.public_id = ${id}::uuid and ${campaignInPurview(purview)}`.execute(db)
  return rows[0]?.id ?? null
}

/** Nobody changes it until the transaction ends. Nothing is added up: whoever waits for its row waits for this too. */
export async function lockCampaign(trx: Db, purview: Purview, id: string): Promise<CampaignFacts | null> {
  const { rows } = await sql<CampaignFacts>`
    select ${facts} from campaigns c where c.public_id = ${id}::uuid and ${campaignInPurview(purview)}
    for no key update`.execute(trx)
  return rows[0] ?? null
}

/** Newest first. @param name null: whatever they are called @param before rows below this one; null: from the newest */
export async function listCampaigns(
  db: Db,
  purview: Purview,
  name: string | null,
  before: number | null,
  limit: number,
): Promise<CampaignRead[]> {
  const { rows } = await sql<CampaignRead>`
    select ${columns} from campaigns c
    where ${campaignInPurview(purview)} and ${called(name)} and ${below(before)} order by c.id desc limit ${limit}`.execute(
    db,
  )
  return rows
}

const NAMED_AT_MOST = 1_000

/** Of an account's numbers, not over, and somewhere in the document this word. Newest first. */
export async function campaignsOfAccount(
  db: Db,
  purview: Purview,
  wabaId: string,
  word: string,
): Promise<CampaignRead[]> {
  const { rows } = await sql<CampaignRead>`
    select ${columns} from campaigns c
    where exists (select from senders s where s.phone_number_id = any (c.phone_number_ids) and s.waba_id = ${wabaId})
      and ${campaignInPurview(purview)} and c.state not in ('finished', 'cancelled') and position(to_json(${word}::text)::text in c.document::text) > 0
    order by c.id desc limit ${NAMED_AT_MOST}`.execute(db)
  return rows
}

function called(name: string | null): RawBuilder<boolean> {
  return name === null ? sql<boolean>`true` : sql<boolean>`c.name = ${name}`
}

function below(before: number | null): RawBuilder<boolean> {
  return before === null ? sql<boolean>`true` : sql<boolean>`c.id < ${before}::integer`
}

/** Of a campaign that is locked, and a draft. */
export async function rewriteCampaign(
  trx: Db,
  { row }: Pick<CampaignFacts, 'row'>,
  { name, document }: Pick<NewCampaign, 'name' | 'document'>,
): Promise<CampaignRead> {
  await dropEstimate(trx, row)
  const { rows } = await sql<CampaignRead>`
    update campaigns c set name = ${name}, document = ${JSON.stringify(document)}::jsonb, phone_number_ids = ${numbersOf(document)}::text[],
      send_at = ${beginsAt(document)}::timestamptz, begin_by = ${beginBy(document)}::timestamptz, touched_at = casement_now()
    where c.id = ${row}::integer returning ${columns}`.execute(trx)
  return rows[0] as CampaignRead
}
