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
 */
export function splitPayload(payload: MetaPayload, wanted: Wanted): Part[] {
  const chosen = payload.entries.flatMap(({ changes }) => changes).filter((change) => isWanted(change, wanted))
  return apart(chosen).map((changes) => {
    const own = new Set(changes)
    return { ...ownerOf(changes), fields: fieldsOf(changes), text: withChanges(payload, (change) => own.has(change)) }
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
  const numbers = new Set(changes.flatMap(({ number }) => number ?? []))
  const accounts = new Set(changes.map(({ wabaId }) => wabaId))
  if (changes.length > 0 && numbers.size <= 1 && accounts.size === 1) return [changes]
  return [...Map.groupBy(changes, ({ number, wabaId }) => (number === null ? `account ${wabaId}` : number)).values()]
}

function ownerOf(changes: MetaChange[]): Pick<Part, 'number' | 'wabaId'> {
  const { number = null, wabaId = null } = changes.find((change) => change.number !== null) ?? changes[0] ?? {}
  return { number, wabaId }
}

function fieldsOf(changes: MetaChange[]): string[] {
  return [...new Set(changes.flatMap(({ field }) => field ?? []))]
}
