import type { Purview } from '../domain/access.ts'
import { fieldWords } from '../domain/content/field-words.ts'
import { type ContactId, type IntentId, isIntentId, type WorkspaceId } from '../domain/ids.ts'
import { isWaId } from '../domain/recipient.ts'
import { SHOWN_STATES, type ShownState } from '../domain/shown-state.ts'
import { type Instant, instant } from '../domain/time.ts'
import type { IntentSelection } from '../store/intents/list-filters.ts'
import type { IntentKey } from '../store/intents/operator-transitions.ts'
import type { IntentRead } from '../store/intents/reads.ts'
import type { Places } from '../store/pg/merging.ts'
import { type Answer, done, invalid } from './answer.ts'
import { keyOf, unknownIntent } from './manage-intents.ts'
import { decodeCursor, encodeCursor, fillPage, foundPage, type Page } from './paging.ts'
import { personKey } from './person-key.ts'

export interface ReadIntentsIo {
  readIntent(key: IntentKey): Promise<IntentRead | null>
  /** Which a page has. It may be short, or empty, and there may be more all the same. */
  placeIntents(selection: IntentSelection): Promise<Places<IntentId>>
  readIntents(purview: Purview, ids: IntentId[]): Promise<IntentRead[]>
  findIntents(
    workspace: WorkspaceId,
    names: { id: IntentId | null; wamid: string | null; key: string | null },
  ): Promise<IntentId[]>
  /** What a run of a flow has asked for. */
  intentsOfRun(workspace: WorkspaceId, run: string): Promise<IntentId[]>
  /** The row of a campaign that the caller may see. */
  campaignRow(purview: Purview, id: string): Promise<number | null>
  /** Null when nobody is known under this key. */
  findContact(workspace: WorkspaceId, key: string): Promise<ContactId | null>
}

export interface IntentQuery {
  state?: string | undefined
  reason?: string | undefined
  sender?: string | undefined
  to?: string | undefined
  wamid?: string | undefined
  /** The name of the flow that asked for it. */
  flow?: string | undefined
  /** The id of the run that did. */
  flow_run?: string | undefined
  /** The id of the campaign for a recipient of which it is. */
  campaign?: string | undefined
  /** An exact id, wamid, idempotency key or number. */
  q?: string | undefined
  since?: string | undefined
  until?: string | undefined
  cursor?: string | undefined
  limit: number
}

export async function getIntent(io: ReadIntentsIo, purview: Purview, id: string): Promise<Answer<IntentRead>> {
  const key = keyOf(purview, id)
  const intent = key && (await io.readIntent(key))
  return intent ? done(intent) : unknownIntent(id)
}

/** An intent is at most as large as the body that it came in. */
const READ_AT_ONCE = 100

/** Newest first. A page may be shorter than asked for; only without a `next_cursor` it is the last. */
export async function listIntents(
  io: ReadIntentsIo,
  purview: Purview,
  query: IntentQuery,
): Promise<Answer<Page<IntentRead>>> {
  const after = decodeCursor(query.cursor, isIdKey)
  if (!after.ok) return after
  const chosen = await selectionOf(io, purview, query)
  if (!chosen.ok) return chosen
  const selection = { ...chosen.value, limit: query.limit }
  const { found, next } = await foundPage(after.value?.[0] ?? null, (before) =>
    io.placeIntents({ ...selection, before }),
  )
  return done(await pageOfIntents(io, purview, { found, next }))
}

/** Reads those of a page; one that would be too large ends early. */
export async function pageOfIntents(
  io: Pick<ReadIntentsIo, 'readIntents'>,
  purview: Purview,
  { found, next }: Places<IntentId>,
): Promise<Page<IntentRead>> {
  let taken = 0
  const { rows, isCut } = await fillPage<IntentRead>({ rows: found.length, atOnce: READ_AT_ONCE }, async (count) => {
    const ids = found.slice(taken, taken + count)
    taken += count
    return io.readIntents(purview, ids)
  })
  const last = isCut ? (rows.at(-1)?.id ?? null) : next
  return { data: rows, next_cursor: last === null ? null : encodeCursor([last]) }
}

/** All that a query says but for the page. */
export async function selectionOf(
  io: Pick<ReadIntentsIo, 'findContact' | 'findIntents' | 'intentsOfRun' | 'campaignRow'>,
  purview: Purview,
  query: Omit<IntentQuery, 'cursor' | 'limit'>,
): Promise<Answer<Omit<IntentSelection, 'before' | 'limit'>>> {
  const { state } = query
  if (state !== undefined && !isShownState(state)) {
    return invalid('state', `expected state to be one of ${SHOWN_STATES.join(', ')}`)
  }
  const since = readInstant('since', query.since)
  if (!since.ok) return since
  const until = readInstant('until', query.until)
  if (!until.ok) return until
  const named = await namedBy(io, purview, query)
  if (!named.ok) return named
  const { flow_run } = query
  if (flow_run !== undefined) {
    const { ids } = named.value
    const asked = await io.intentsOfRun(purview.workspace, flow_run)
    named.value.ids = ids === null ? asked : asked.filter((id) => ids.includes(id))
  }
  const campaign = query.campaign === undefined ? null : await io.campaignRow(purview, query.campaign)
  // Of a campaign that there is not nothing is.
  if (query.campaign !== undefined && campaign === null) named.value.ids = []
  return done({
    purview,
    state: state ?? null,
    reason: query.reason ?? null,
    sender: query.sender ?? null,
    flow: query.flow ?? null,
    campaign,
    ...named.value,
    since: since.value,
    until: until.value,
  })
}

/** What a query names by a name of its own: a person, or single intents. */
async function namedBy(
  io: Pick<ReadIntentsIo, 'findContact' | 'findIntents'>,
  { workspace }: Purview,
  { to, wamid, q }: Pick<IntentQuery, 'to' | 'wamid' | 'q'>,
): Promise<Answer<Pick<IntentSelection, 'contactId' | 'ids'>>> {
  const person = to === undefined ? null : personKey(to)
  if (to !== undefined && person === null) return invalid('to', 'expected to to be the digits of a wa_id or a BSUID')
  const contactId = person === null ? null : await io.findContact(workspace, person)
  const nobody = done({ contactId: null, ids: [] })
  if (person !== null && contactId === null) return nobody
  const called = wamid === undefined ? null : await io.findIntents(workspace, { id: null, wamid, key: null })
  if (q === undefined) return done({ contactId, ids: called })

  const named = await io.findIntents(workspace, { id: isIntentId(q) ? (q as IntentId) : null, wamid: q, key: q })
  const both = called === null ? named : named.filter((id) => called.includes(id))
  if (both.length > 0 || called !== null) return done({ contactId, ids: both })
  const digits = q.replace(/^\+/, '')
  const owner = isWaId(digits) ? await io.findContact(workspace, digits) : null
  return owner === null || (contactId !== null && contactId !== owner) ? nobody : done({ contactId: owner, ids: null })
}

function readInstant(field: string, text: string | undefined): Answer<Instant | null> {
  if (text === undefined) return done(null)
  const epochMs = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(epochMs)) return invalid(field, `expected ${fieldWords(field)} to be an ISO 8601 date and time`)
  return done(instant(epochMs))
}

function isShownState(state: string): state is ShownState {
  return (SHOWN_STATES as readonly string[]).includes(state)
}

export function isIdKey(key: readonly unknown[]): key is [IntentId] {
  return key.length === 1 && typeof key[0] === 'string' && isIntentId(key[0])
}
