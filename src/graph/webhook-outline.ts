import type { PhoneNumberId, WabaId } from '../domain/ids.ts'
import { id, list, record } from './webhook-read.ts'

/** What has to be known of a payload before it is stored: whose it is, and which numbers it speaks of. */
export interface WebhookOutline {
  entries: EntryOutline[]
}

export interface EntryOutline {
  wabaId: WabaId | null
  /** Null: a status or a message of some number, and it does not say of which. */
  numbers: PhoneNumberId[] | null
}

/** Null when it is nothing that Meta sends. */
export function outlineOf(payload: string): WebhookOutline | null {
  const root = record(parsed(payload))
  if (root === null || !Array.isArray(root.entry)) return null
  return {
    entries: root.entry.map((item) => {
      const entry = record(item)
      return { wabaId: id(entry?.id) as WabaId | null, numbers: numbersOf(list(entry?.changes)) }
    }),
  }
}

function numbersOf(changes: unknown[]): PhoneNumberId[] | null {
  const numbers = new Set<PhoneNumberId>()
  for (const change of changes) {
    const value = record(record(change)?.value)
    const number = id(record(value?.metadata)?.phone_number_id) as PhoneNumberId | null
    if (number !== null) numbers.add(number)
    else if (list(value?.statuses).length > 0 || list(value?.messages).length > 0) return null
  }
  return [...numbers]
}

function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload)
  } catch {
    return null
  }
}
