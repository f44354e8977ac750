import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Ledger } from './ledger.ts'
import type {
  ConversationRecord,
  CustomerRecord,
  MediaRecord,
  MessageRecord,
  NumberRecord,
  SendRecord,
  TemplateRecord,
  TokenRecord,
  WabaRecord,
} from './records.ts'

const VERSION = 1

/** The latest of what grows without end. Windows and customers are kept whole. */
const KEEP_MESSAGES = 5_000
const KEEP_SENDS = 5_000

/** Larger uploads are not worth writing again and again; they are gone after a restart, as expired media are. */
const KEEP_MEDIA_BYTES = 256 * 1024

export type Snapshot = {
  version: number
  clockOffsetMs: number
  idCounter: number
  seq: number
  tokens: TokenRecord[]
  wabas: WabaRecord[]
  numbers: NumberRecord[]
  templates: TemplateRecord[]
  customers: CustomerRecord[]
  conversations: ConversationRecord[]
  messages: MessageRecord[]
  media: (Omit<MediaRecord, 'bytes'> & { bytes: string })[]
  retiredWaIds: string[]
  sends: SendRecord[]
}

export function takeSnapshot(ledger: Ledger, clockOffsetMs: number, idCounter: number): Snapshot {
  const messages = [...ledger.messages.values()].slice(-KEEP_MESSAGES)
  const kept = new Set(messages.map((message) => message.wamid))
  return {
    version: VERSION,
    clockOffsetMs,
    idCounter,
    seq: ledger.seq,
    tokens: [...ledger.tokens.values()],
    wabas: [...ledger.wabas.values()],
    numbers: [...ledger.numbers.values()],
    templates: [...ledger.templates.values()],
    customers: [...ledger.customers.values()],
    conversations: [...ledger.conversations.values()].map((conversation) => ({
      ...conversation,
      wamids: conversation.wamids.filter((wamid) => kept.has(wamid)),
    })),
    messages,
    media: [...ledger.media.values()]
      .filter((media) => media.bytes.length <= KEEP_MEDIA_BYTES)
      .map((media) => ({ ...media, bytes: media.bytes.toString('base64') })),
    retiredWaIds: [...ledger.retiredWaIds],
    sends: ledger.sendsAfter(ledger.seq - KEEP_SENDS, KEEP_SENDS),
  }
}

/** Puts a snapshot into a ledger, over what a seed planted there. */
export function restoreSnapshot(ledger: Ledger, snapshot: Snapshot): void {
  for (const token of snapshot.tokens) ledger.tokens.set(token.token, token)
  for (const waba of snapshot.wabas) ledger.wabas.set(waba.id, waba)
  for (const number of snapshot.numbers) ledger.numbers.set(number.id, number)
  ledger.templates.clear()
  for (const template of snapshot.templates) ledger.templates.set(template.id, template)
  ledger.forgetCustomers()
  for (const customer of snapshot.customers) ledger.keepCustomer(customer)
  for (const conversation of snapshot.conversations) ledger.conversations.set(conversation.key, conversation)
  for (const message of snapshot.messages) ledger.messages.set(message.wamid, message)
  for (const media of snapshot.media)
    ledger.media.set(media.id, { ...media, bytes: Buffer.from(media.bytes, 'base64') })
  for (const waId of snapshot.retiredWaIds) ledger.retiredWaIds.add(waId)
  ledger.restoreSends(snapshot.seq, snapshot.sends)
}

/** Null when there is no file yet. A file that cannot be read as ours is an error: overwriting it could lose work. */
export async function readSnapshot(path: string): Promise<Snapshot | null> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
  const snapshot = JSON.parse(text) as Snapshot
  if (snapshot.version !== VERSION) {
    throw new Error(`expected a sandbox state file of version ${VERSION} at ${path}, got ${String(snapshot.version)}`)
  }
  return snapshot
}

/** Written beside and renamed, so a crash leaves the old file or the new one. */
export async function writeSnapshot(path: string, snapshot: Snapshot): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.new`, JSON.stringify(snapshot), { mode: 0o600 })
  await rename(`${path}.new`, path)
}
