import { sql } from 'kysely'
import type pg from 'pg'
import type { PhoneNumberId, WabaId, WorkspaceId } from '../../domain/ids.ts'
import { type Part, readPayload, splitPayload, type Wanted } from '../../domain/passing.ts'
import { type Db, inTransaction, isPassingDatabaseError } from '../pg/postgres.ts'
import { lockDeliveries } from './deliveries.ts'
import { addDeliveries, type NewDelivery, streamOfAccount } from './fan-out.ts'

/*
 * What Meta sent goes to the endpoints that want it. The payload is queued in the statement that stores it, and taken out of the queue with
 * its deliveries, so a death in between loses nothing. A delivery names the payload and its stream: what goes is cut out when it goes.
 */

export interface PassLimits {
  payloads: number
  /** Of all together; one that is longer is taken alone. */
  bytes: number
}

interface Queued {
  id: string
  workspace: WorkspaceId | null
  payload: string | null
}

export interface PassRound {
  taken: number
  made: number
  more: boolean
  /** The next one is about to be applied. */
  waits: boolean
}

/** What could not be passed on, and why. It is tried again after a while, so that neither a payload nor a mistake of ours stops or loses others. */
export interface PutOff {
  id: string
  error: unknown
}

/** One round, oldest first, by one process at a time. */
export async function passPayloads(
  pool: pg.Pool,
  limits: PassLimits,
  onPutOff: (payload: PutOff) => void = () => {},
): Promise<PassRound> {
  try {
    return await passSome(pool, limits)
  } catch (error) {
    if (!(error instanceof NotPassed)) throw error
    if (limits.payloads > 1) return { ...(await passPayloads(pool, { ...limits, payloads: 1 }, onPutOff)), more: true }
    for (const id of error.ids) {
      await putOff(pool, id)
      onPutOff({ id, error: error.cause })
    }
    return { taken: error.ids.length, made: 0, more: true, waits: false }
  }
}

/** Because of something in them, as far as one can see. */
class NotPassed extends Error {
  readonly ids: readonly string[]

  constructor(ids: readonly string[], cause: unknown) {
    super('payloads could not be passed on', { cause })
    this.ids = ids
  }
}

const PUT_OFF_FOR = '10 minutes'

async function putOff(pool: pg.Pool, id: string): Promise<void> {
  await pool.query(
    `update payloads_to_pass set again_at = casement_now() + $2::interval where webhook_event_id = $1::bigint`,
    [id, PUT_OFF_FOR],
  )
}

const isReady = sql`(again_at is null or again_at <= casement_now())`

async function passSome(pool: pg.Pool, limits: PassLimits): Promise<PassRound> {
  return inTransaction(pool, async (trx) => {
    const nothing = { taken: 0, made: 0, more: false }
    const first = await sql`select from payloads_to_pass where ${isReady} limit 1`.execute(trx)
    if (first.rows.length === 0) return { ...nothing, waits: false }
    await lockDeliveries(trx)
    const { ids, more, waits } = await nextIds(trx, limits)
    if (ids.length === 0) return { ...nothing, waits }
    try {
      return { taken: ids.length, made: await takeOut(trx, ids), more, waits }
    } catch (error) {
      throw isPassingDatabaseError(error) ? error : new NotPassed(ids, error)
    }
  })
}

/** Out of the queue and into the streams; answers how many deliveries that makes. */
async function takeOut(trx: Db, ids: string[]): Promise<number> {
  const { rows: queued } = await sql<Queued>`
      with taken as (delete from payloads_to_pass where webhook_event_id = any (${ids}::bigint[]) returning webhook_event_id as id)
      select t.id::text as id, e.workspace, e.payload from taken t join webhook_events e on e.id = t.id order by t.id`.execute(
    trx,
  )
  const deliveries = await deliveriesOf(trx, queued)
  await addDeliveries(trx, deliveries)
  return deliveries.length
}

/**
 * Whoever is told should find here what they were told of: the medium that a customer sent, the window that they opened. So a payload is
 * passed on once it is applied, unless that takes this long.
 */
const WAITS_TO_BE_APPLIED = '5 seconds'

async function nextIds(trx: Db, limits: PassLimits): Promise<{ ids: string[]; more: boolean; waits: boolean }> {
  const { rows } = await sql<{ id: string; bytes: number; waits: boolean }>`
    select q.webhook_event_id::text as id, coalesce(octet_length(e.payload), 0) as bytes,
      coalesce(e.state = 'pending' and e.received_at > casement_now() - ${WAITS_TO_BE_APPLIED}::interval, false) as waits
    from (select webhook_event_id from payloads_to_pass where ${isReady} order by webhook_event_id limit ${limits.payloads}) q
    left join webhook_events e on e.id = q.webhook_event_id order by q.webhook_event_id`.execute(trx)
  let bytes = 0
  const end = rows.findIndex((row, index) => {
    bytes += row.bytes
    return row.waits || (index > 0 && bytes > limits.bytes)
  })
  const ids = (end === -1 ? rows : rows.slice(0, end)).map((row) => row.id)
  const waits = rows[end]?.waits ?? false
  return { ids, more: !waits && (end !== -1 || rows.length === limits.payloads), waits }
}

/** An endpoint of the kind `meta`, as far as it says what it wants. */
export interface MetaEndpoint {
  id: string
  workspace: WorkspaceId
  senders: PhoneNumberId[] | null
  events: string[] | null
}

async function deliveriesOf(trx: Db, queued: Queued[]): Promise<NewDelivery[]> {
  const workspaces = [...new Set(queued.flatMap(({ workspace }) => workspace ?? []))]
  const { rows: endpoints } = await sql<MetaEndpoint>`
    select id, workspace, senders, events from webhook_endpoints
    where kind = 'meta' and state <> 'gone' and deleted_at is null and workspace = any (${workspaces}::text[]) order by id`.execute(
    trx,
  )
  if (endpoints.length === 0) return []
  const linked = await linkedIn(trx, workspaces)
  const wanted = endpoints.map((endpoint) => ({ endpoint, wants: wantedBy(endpoint, linked) }))
  return queued.flatMap(({ id, workspace, payload }) => {
    const here = wanted.filter(({ endpoint }) => endpoint.workspace === workspace)
    const read = here.length === 0 || payload === null ? null : readPayload(payload)
    if (read === null) return []
    return here.flatMap(({ endpoint, wants }) =>
      splitPayload(read, wants).map((part) => deliveryOf(endpoint.id, id, part)),
    )
  })
}

export function deliveryOf(endpoint: string, webhookEventId: string, part: Part): NewDelivery {
  return { endpoint, stream: streamOf(part), type: part.fields.join(','), webhookEventId, event: null }
}

export function streamOf({ number, wabaId }: Part): string {
  return number ?? streamOfAccount(wabaId)
}

export type Linked = ReadonlyMap<WorkspaceId, ReadonlyMap<PhoneNumberId, WabaId>>

export async function linkedIn(db: Db, workspaces: WorkspaceId[]): Promise<Linked> {
  const { rows } = await sql<{ workspace: WorkspaceId; number: PhoneNumberId; account: WabaId }>`
    select workspace, phone_number_id as number, waba_id as account from senders
    where workspace = any (${workspaces}::text[]) and sealed_access_token is not null`.execute(db)
  const byWorkspace = Map.groupBy(rows, (row) => row.workspace)
  return new Map(
    [...byWorkspace].map(([workspace, all]) => [workspace, new Map(all.map((row) => [row.number, row.account]))]),
  )
}

export function wantedBy({ workspace, senders, events }: Omit<MetaEndpoint, 'id'>, linked: Linked): Wanted {
  return {
    linked: linked.get(workspace) ?? new Map(),
    senders: senders && new Set(senders),
    fields: events && new Set(events),
  }
}
