import type { PhoneNumberId, WabaId, WorkspaceId } from '../domain/ids.ts'
import { readPayload, withEntries } from '../domain/passing.ts'
import type { EntryOutline, WebhookOutline } from '../graph/webhook-outline.ts'

/** One row of the inbox. */
export interface ReceivedPayload {
  payload: string
  /** Whose accounts it speaks of; null: of none that is linked. */
  workspace: WorkspaceId | null
  /** The numbers it speaks of; null: nobody could tell, so it may be of any. */
  numbers: PhoneNumberId[] | null
}

export interface ReceiveIo {
  outlineOf(payload: string): WebhookOutline | null
  ownersOf(accounts: WabaId[]): Promise<Map<WabaId, WorkspaceId>>
  /** Resolves when it is durable. */
  store(received: ReceivedPayload): Promise<unknown>
}

/**
 * Stores a verified body as it came. One that speaks of accounts of several workspaces becomes a row for each, so that none of them ever sees
 * what is another's.
 */
export async function receiveWebhook(io: ReceiveIo, payload: string): Promise<void> {
  const outline = io.outlineOf(payload)
  if (outline === null) {
    await io.store({ payload, workspace: null, numbers: null })
    return
  }
  const accounts = [...new Set(outline.entries.flatMap(({ wabaId }) => wabaId ?? []))]
  const owners = await io.ownersOf(accounts)
  const ofOwner = Map.groupBy(
    outline.entries.map((entry, index) => ({ ...entry, index })),
    ({ wabaId }) => (wabaId === null ? null : (owners.get(wabaId) ?? null)),
  )
  await Promise.all(rowsOf(payload, ofOwner, outline).map((row) => io.store(row)))
}

function rowsOf(
  payload: string,
  ofOwner: Map<WorkspaceId | null, (EntryOutline & { index: number })[]>,
  outline: WebhookOutline,
): ReceivedPayload[] {
  const [first = null, ...others] = ofOwner.keys()
  const whole = others.length > 0 ? readPayload(payload) : null
  if (whole === null) {
    return [{ payload, workspace: others.length > 0 ? null : first, numbers: numbersIn(outline.entries) }]
  }
  return [...ofOwner].map(([workspace, entries]) => {
    const indices = new Set(entries.map(({ index }) => index))
    return { payload: withEntries(whole, (index) => indices.has(index)), workspace, numbers: numbersIn(entries) }
  })
}

function numbersIn(entries: EntryOutline[]): PhoneNumberId[] | null {
  const numbers = entries.map((entry) => entry.numbers)
  return numbers.includes(null) ? null : [...new Set(numbers.flatMap((some) => some ?? []))]
}
