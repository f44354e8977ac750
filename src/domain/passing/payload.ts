import type { PhoneNumberId, WabaId } from '../ids.ts'
import { type Edit, edited, itemsOf, type Member, membersOf, rootOf, type Span, withoutSome } from './json-text.ts'

/** What Meta sent, read no further than it takes to know whose each change is. */
export interface MetaPayload {
  /** What Meta wrote, but for a name that stood twice in one object, of which the last is left: it is what everybody here reads. */
  text: string
  entries: MetaEntry[]
}

export interface MetaEntry extends Span {
  changes: MetaChange[]
}

/** One change; an entry without any counts as one that has no field. */
export interface MetaChange extends Span {
  /** Meta's own name of what it is about: `messages`, `account_update`, … */
  field: string | null
  wabaId: WabaId | null
  /** Whose it is; null for what concerns the account. */
  number: PhoneNumberId | null
  /** It is about people who wrote to some number, and does not say to which. */
  isUnaddressed: boolean
}

/** Null for what is no payload of Meta's. */
export function readPayload(text: string): MetaPayload | null {
  if (!isJson(text)) return null
  const doubled: Edit[] = []
  const entries = entriesOf(new Reader(text, doubled))
  if (entries === null) return null
  return doubled.length === 0 ? { text, entries } : readPayload(edited(text, doubled))
}

/** The payload with some of its changes only; every other byte is as it was. An entry of which none is left goes too. */
export function withChanges({ text, entries }: MetaPayload, stays: (change: MetaChange) => boolean): string {
  const goes = (entry: MetaEntry) => !entry.changes.some(stays)
  const edits = withoutSome(entries, goes)
  const inside = entries
    .filter((entry) => !goes(entry))
    .flatMap(({ changes }) => withoutSome(changes, (one) => !stays(one)))
  return edited(text, [...edits, ...inside])
}

/** The payload with some of its entries only, by their place in the list; every other byte is as it was. */
export function withEntries({ text, entries }: MetaPayload, stays: (index: number) => boolean): string {
  const goes = new Set(entries.filter((_entry, index) => !stays(index)))
  return edited(
    text,
    withoutSome(entries, (entry) => goes.has(entry)),
  )
}

/** Reads members by name. Where a name stands twice the last counts, as for `JSON.parse`, and the others are noted to be taken out. */
export class Reader {
  readonly text: string
  readonly #doubled: Edit[]

  constructor(text: string, doubled: Edit[]) {
    this.text = text
    this.#doubled = doubled
  }

  object(span: Span | undefined): ReadonlyMap<string, Member> {
    if (span === undefined) return NOTHING
    const members = membersOf(this.text, span)
    const last = new Map(members.map((member) => [member.name, member]))
    if (last.size < members.length) this.#doubled.push(...withoutSome(members, (one) => last.get(one.name) !== one))
    return last
  }

  list(member: Member | undefined): Span[] {
    return member === undefined ? [] : itemsOf(this.text, member.value)
  }

  /** A zero byte, which PostgreSQL's `text` refuses, is read as U+FFFD, so that nothing it stands in stops at a look-up. */
  string(member: Member | undefined): string | null {
    if (member === undefined || this.text[member.value.start] !== '"') return null
    return (JSON.parse(this.raw(member)) as string).replaceAll('\0', '\ufffd')
  }

  /** Ids come as strings, and in some account webhooks as numbers, which may be longer than a double holds. */
  id(member: Member | undefined): string | null {
    if (member === undefined) return null
    const raw = this.raw(member)
    return /^\d{1,64}$/.test(raw) ? raw : this.string(member) || null
  }

  raw({ value }: Member): string {
    return this.text.slice(value.start, value.end)
  }
}

const NOTHING: ReadonlyMap<string, Member> = new Map()

export function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function entriesOf(reader: Reader): MetaEntry[] | null {
  const entry = reader.object(rootOf(reader.text)).get('entry')
  if (entry === undefined || reader.text[entry.value.start] !== '[') return null
  return reader.list(entry).map((span) => ({ ...span, changes: changesOf(reader, span) }))
}

function changesOf(reader: Reader, span: Span): MetaChange[] {
  const entry = reader.object(span)
  const wabaId = reader.id(entry.get('id')) as WabaId | null
  const changes = reader.list(entry.get('changes')).map((change) => readChange(reader, change, wabaId))
  return changes.length > 0 ? changes : [{ ...span, field: null, wabaId, number: null, isUnaddressed: false }]
}

function readChange(reader: Reader, span: Span, wabaId: WabaId | null): MetaChange {
  const change = reader.object(span)
  const value = reader.object(change.get('value')?.value)
  const number = numberIn(reader, value)
  const isUnaddressed = number === null && OF_PEOPLE.some((name) => value.has(name))
  return { ...span, field: reader.string(change.get('field')), wabaId, number, isUnaddressed }
}

/** Most name the number in `metadata`, a hand-over as who received it, settings of a number among them. */
function numberIn(reader: Reader, value: ReadonlyMap<string, Member>): PhoneNumberId | null {
  for (const name of ['metadata', 'recipient', 'phone_number_settings']) {
    const number = reader.id(reader.object(value.get(name)?.value).get('phone_number_id'))
    if (number !== null) return number as PhoneNumberId
  }
  return null
}

const OF_PEOPLE = [
  'messages',
  'statuses',
  'calls',
  'contacts',
  'message_echoes',
  'standby',
  'user_preferences',
  'history',
  'state_sync',
]
