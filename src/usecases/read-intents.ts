import type { Purview } from '../domain/access.ts'
import { type ContactId, type IntentId, isIntentId, type WorkspaceId } from '../domain/ids.ts'
import { SHOWN_STATES, type ShownState } from '../domain/shown-state.ts'
import { type Instant, instant } from '../domain/time.ts'
import type { IntentKey } from '../store/intents/operator-transitions.ts'
import type { IntentRead, IntentSelection } from '../store/intents/reads.ts'
import { type Answer, done, invalid } from './answer.ts'
import { keyOf, unknownIntent } from './manage-intents.ts'
import { decodeCursor, type Page, pageOf } from './paging.ts'
import { personIds } from './person-ids.ts'

export interface ReadIntentsIo {
  readIntent(key: IntentKey): Promise<IntentRead | null>
  listIntents(selection: IntentSelection): Promise<IntentRead[]>
  /** Null when nobody is known under any of these ids. */
  findContact(workspace: WorkspaceId, ids: string[]): Promise<ContactId | null>
}

export interface IntentQuery {
  state?: string | undefined
  sender?: string | undefined
  to?: string | undefined
  since?: string | undefined
  cursor?: string | undefined
  limit: number
}

export async function getIntent(io: ReadIntentsIo, purview: Purview, id: string): Promise<Answer<IntentRead>> {
  const key = keyOf(purview, id)
  const intent = key && (await io.readIntent(key))
  return intent ? done(intent) : unknownIntent(id)
}

/** Newest first. */
export async function listIntents(
  io: ReadIntentsIo,
  purview: Purview,
  query: IntentQuery,
): Promise<Answer<Page<IntentRead>>> {
  const { state, sender, to, limit } = query
  if (state !== undefined && !isShownState(state)) {
    return invalid('state', `expected state to be one of ${SHOWN_STATES.join(', ')}`)
  }
  const since = readSince(query.since)
  if (!since.ok) return since
  const after = decodeCursor(query.cursor, isIdKey)
  if (!after.ok) return after

  const ids = to === undefined ? null : personIds(to)
  if (to !== undefined && ids === null) return invalid('to', 'expected to to be the digits of a wa_id or a BSUID')
  const contactId = ids && (await io.findContact(purview.workspace, ids))
  if (ids && !contactId) return done({ data: [], next_cursor: null })

  const rows = await io.listIntents({
    purview,
    state: state ?? null,
    sender: sender ?? null,
    contactId,
    since: since.value,
    before: after.value?.[0] ?? null,
    limit: limit + 1,
  })
  return done(pageOf(rows, limit, (row) => [row.id]))
}

function readSince(since: string | undefined): Answer<Instant | null> {
  if (since === undefined) return done(null)
  const epochMs = /^\d{4}-\d\d-\d\d/.test(since) ? Date.parse(since) : Number.NaN
  if (Number.isNaN(epochMs)) return invalid('since', 'expected since to be an ISO 8601 date and time')
  return done(instant(epochMs))
}

function isShownState(state: string): state is ShownState {
  return (SHOWN_STATES as readonly string[]).includes(state)
}

function isIdKey(key: readonly unknown[]): key is [IntentId] {
  return key.length === 1 && typeof key[0] === 'string' && isIntentId(key[0])
}
