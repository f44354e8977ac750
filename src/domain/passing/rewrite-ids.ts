import { type IntentId, parseAttemptId, type Wamid } from '../ids.ts'
import { asciiJson, type Edit, edited, type Member, rootOf, type Span, withoutSome } from './json-text.ts'
import { isJson, Reader } from './payload.ts'

/*
 * Who sends through the drop-in is given the id of an intent, and Meta's webhooks speak of wamids. So statuses, quotes and reactions of such
 * messages are told with the id that the client knows, Meta's beside it.
 *
 *   {"id":"wamid.A", "biz_opaque_callback_data":"<attempt> order-17"}    as Meta writes it
 *   {"id":"<intent>","casement":{"wamid":"wamid.A","intent":"<intent>"}, "biz_opaque_callback_data":"order-17"}
 */

/** A message that came through the drop-in. */
export interface DropInMessage {
  intent: IntentId
  /** The client's own `biz_opaque_callback_data`, whole: behind an attempt's id Meta has had as much of it as there was room for. Null: none. */
  opaque: string | null
}

export interface DropInMessages {
  wamids: ReadonlyMap<Wamid, DropInMessage>
  /** A status may come before the answer to its own message, which tells the wamid. It names the intent too. */
  intents: ReadonlyMap<IntentId, DropInMessage>
}

/** What has to be looked up for `rewriteIds`: each id once. */
export interface NamedMessages {
  wamids: Wamid[]
  intents: IntentId[]
}

export function namedMessages(text: string): NamedMessages {
  const { mentions } = mentionsIn(text)
  return {
    wamids: [...new Set(mentions.map(({ wamid }) => wamid))],
    intents: [...new Set(mentions.flatMap(({ told }) => told ?? []))],
  }
}

/** The same text where it speaks of none of these messages. What is no JSON comes back as it is. */
export function rewriteIds(text: string, known: DropInMessages): string {
  const read = mentionsIn(text)
  const edits = read.mentions.flatMap((mention) => {
    const byIntent = mention.told ? known.intents.get(mention.told) : undefined
    const message = known.wamids.get(mention.wamid) ?? byIntent
    return message ? renamed(read.text, mention, message) : []
  })
  return edits.length > 0 ? edited(read.text, edits) : text
}

/** Some object of a payload that says which message it is about. */
interface Mention {
  wamid: Wamid
  /** The member that says it. */
  id: Member
  /** Of a status only. */
  status: { members: readonly Member[]; opaque: Member | undefined } | null
  /** The intent that its `biz_opaque_callback_data` names, if that is ours. */
  told: IntentId | null
}

function renamed(text: string, { id, status }: Mention, { intent, opaque: own }: DropInMessage): Edit[] {
  const wamid = text.slice(id.value.start, id.value.end)
  const beside = `${asciiJson(intent)},"casement":{"wamid":${wamid},"intent":${asciiJson(intent)}}`
  if (status === null) return [{ ...id.value, text: beside }]
  const member = status.opaque
  if (member === undefined) {
    const added = own === null ? '' : `,"biz_opaque_callback_data":${asciiJson(own)}`
    return [{ ...id.value, text: beside + added }]
  }
  const change =
    own === null ? withoutSome(status.members, (one) => one === member) : { ...member.value, text: asciiJson(own) }
  return [{ ...id.value, text: beside }].concat(change)
}

/** With the text in which they stand: one in which no name stands twice in an object. */
function mentionsIn(text: string): { text: string; mentions: Mention[] } {
  if (!isJson(text)) return { text, mentions: [] }
  const doubled: Edit[] = []
  const reader = new Reader(text, doubled)
  const mentions = valuesOf(reader).flatMap((value) => mentionsInValue(reader, value))
  return doubled.length === 0 ? { text, mentions } : mentionsIn(edited(text, doubled))
}

/** What holds lists of messages or statuses: the value of each change, and what another responder gets (`standby`). */
function valuesOf(reader: Reader): ReadonlyMap<string, Member>[] {
  return reader
    .list(reader.object(rootOf(reader.text)).get('entry'))
    .flatMap((entry) => reader.list(reader.object(entry).get('changes')))
    .flatMap((change) => {
      const value = reader.object(reader.object(change).get('value')?.value)
      return [value, reader.object(value.get('standby')?.value)]
    })
}

function mentionsInValue(reader: Reader, value: ReadonlyMap<string, Member>): Mention[] {
  const messages = [...reader.list(value.get('messages')), ...reader.list(value.get('message_echoes'))]
  return [
    ...reader.list(value.get('statuses')).flatMap((status) => readStatus(reader, status)),
    ...messages.flatMap((message) => readMessage(reader, message)),
  ]
}

function readStatus(reader: Reader, span: Span): Mention[] {
  const status = reader.object(span)
  const opaque = status.get('biz_opaque_callback_data')
  const told = parseAttemptId(reader.string(opaque))?.intentId ?? null
  return mention(reader, status.get('id')).map((one) => ({
    ...one,
    status: { members: [...status.values()], opaque },
    told,
  }))
}

/** What the customer quotes, or taps a button of, and what they react to. */
function readMessage(reader: Reader, span: Span): Mention[] {
  const message = reader.object(span)
  return [
    ...mention(reader, reader.object(message.get('context')?.value).get('id')),
    ...mention(reader, reader.object(message.get('reaction')?.value).get('message_id')),
  ]
}

function mention(reader: Reader, id: Member | undefined): Mention[] {
  const wamid = reader.string(id)
  return id === undefined || !wamid ? [] : [{ wamid: wamid as Wamid, id, status: null, told: null }]
}
