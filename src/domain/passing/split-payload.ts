import type { PhoneNumberId, WabaId } from '../ids.ts'
import { type MetaChange, type MetaPayload, withChanges } from './payload.ts'

/** What an endpoint of kind `meta` gets of what Meta sends. */
export interface Wanted {
  /** All linked numbers of the workspace, each with its account: what is not linked goes to nobody. */
  linked: ReadonlyMap<PhoneNumberId, WabaId>
  /** Null: all that are linked. */
  senders: ReadonlySet<PhoneNumberId> | null
  /** Meta's names of fields; null: all. */
  fields: ReadonlySet<string> | null
}

/** One delivery. Those of one number go in order, and so do those of an account that are about none of its numbers. */
export interface Part {
  number: PhoneNumberId | null
  wabaId: WabaId | null
  /** Meta's names, each once, in the order in which they stand. */
  fields: string[]
  /** Meta's bytes; where the payload had to be cut, what is left of them. */
  text: string
}

/**
 * What of a payload goes to an endpoint, number by number, in the order in which they stand; empty when nothing does. What concerns one
 * number only, with whatever is about its account beside it, stays together.
 *
 * Where a change belongs is said by the payload alone, and not by what is wanted: a delivery that waits while somebody changes its endpoint
 * finds its part again.
 */
export function splitPayload(payload: MetaPayload, wanted: Wanted): Part[] {
  const groups = apart(payload.entries.flatMap(({ changes }) => changes))
  return groups.flatMap((changes): Part[] => {
    const own = new Set(changes.filter((change) => isWanted(change, wanted)))
    if (own.size === 0) return []
    const text = withChanges(payload, (change) => own.has(change))
    return [{ ...ownerOf(changes), fields: fieldsOf([...own]), text }]
  })
}

function isWanted(change: MetaChange, { linked, senders, fields }: Wanted): boolean {
  if (fields !== null && (change.field === null || !fields.has(change.field))) return false
  const isChosen = (number: PhoneNumberId) => senders === null || senders.has(number)
  if (change.number !== null) return linked.has(change.number) && isChosen(change.number)
  const ofAccount = [...linked].filter(([, wabaId]) => wabaId === change.wabaId).map(([number]) => number)
  // People write to one number, and nobody may read what was written to another: it goes where all of them go.
  if (change.isUnaddressed) return ofAccount.length > 0 && ofAccount.every(isChosen)
  return ofAccount.some(isChosen)
}

function apart(changes: MetaChange[]): MetaChange[][] {
  const numbers = new Set(changes.flatMap((change) => ownNumber(change) ?? []))
  const accounts = new Set(changes.map(({ wabaId }) => wabaId))
  if (changes.length > 0 && numbers.size <= 1 && accounts.size === 1) return [changes]
  return [...Map.groupBy(changes, (change) => ownNumber(change) ?? `account ${change.wabaId}`).values()]
}

function ownerOf(changes: MetaChange[]): Pick<Part, 'number' | 'wabaId'> {
  const owner = changes.find((change) => ownNumber(change) !== null) ?? changes[0]
  return { number: owner ? ownNumber(owner) : null, wabaId: owner?.wabaId ?? null }
}

/** What cannot be an id of Meta's names no stream. */
function ownNumber({ number }: MetaChange): PhoneNumberId | null {
  return number !== null && /^\d{1,64}$/.test(number) ? number : null
}

function fieldsOf(changes: MetaChange[]): string[] {
  return [...new Set(changes.flatMap(({ field }) => field ?? []))]
}
