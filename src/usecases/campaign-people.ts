import { chooseSender } from '../domain/campaign/senders.ts'
import type { DecisionSettings } from '../domain/decision.ts'
import type { ContactId, PhoneNumberId } from '../domain/ids.ts'
import type { Instant } from '../domain/time.ts'
import type { Acquaintances } from '../store/campaigns/acquaintances.ts'
import type { ListedLine, ListShape } from '../store/campaigns/feeding.ts'
import type { ConversationState } from '../store/conversations/ensure.ts'
import {
  type Addressed,
  addressed,
  end,
  identityOf,
  type Person,
  type Round,
  type RoundIo,
  type RoundSender,
} from './campaign-round.ts'
import { listedZoneOf } from './campaign-turns.ts'
import type { EnqueueIo } from './enqueue-intent.ts'
import { NOBODY } from './stranger.ts'

/* Who the lines of a round are, and which of a campaign's numbers writes to whom, as they are handed over; the estimate asks the same. */

export interface SendersIo {
  acquaintances(
    numbers: PhoneNumberId[],
    contacts: ContactId[],
    now: Instant,
    windowMarginMs: number,
  ): Promise<Acquaintances>
}

export interface PeopleIo extends RoundIo, SendersIo, Pick<EnqueueIo, 'resolveContacts' | 'ensureConversations'> {
  /** Those of these people whom the campaign has written to, or is about to, under another id of theirs. */
  alreadyLinked(row: number, contacts: ContactId[]): Promise<Set<ContactId>>
}

export interface Found {
  people: Person[]
  /** The first of the lines, as many as their numbers have room for. */
  lines: ListedLine[]
}

/** Finds or makes the people of these lines, and who writes to them. Who is written to under another id of theirs is left out. */
export async function whoTheyAre(
  trx: PeopleIo,
  { windowMarginMs }: DecisionSettings,
  round: Round,
  rooms: readonly { sender: PhoneNumberId; room: number }[],
  lines: ListedLine[],
): Promise<Found> {
  const { campaign } = round
  const some = await addressed(trx, round, lines)
  const identities = some.map(({ line }) => identityOf(round, line))
  const contacts = await trx.resolveContacts(campaign.workspace, identities)
  const linked = await trx.alreadyLinked(campaign.row, [...new Set(contacts)])
  const first = some.flatMap((one, i) => {
    const contact = contacts[i] as ContactId
    if (!linked.has(contact)) {
      linked.add(contact)
      return [{ ...one, contact }]
    }
    const text = 'The campaign writes to them under another line of its list already.'
    end(round, one.line.position, one.version, { state: 'suppressed', code: 'duplicate', text })
    return []
  })
  const all = await whoWrites(trx, round, first, windowMarginMs)
  const fits = fitting(all, rooms)
  const cut = all[fits]?.line
  const going = all.slice(0, fits)
  const pairs = going.map(({ contact, sender }) => ({ sender: sender.sender, contactId: contact }))
  const conversations = await trx.ensureConversations(campaign.workspace, pairs)
  return {
    people: going.map((one) => ({
      ...one,
      conversation: conversations.get(`${one.sender.sender} ${one.contact}`) as ConversationState,
      listedZone: listedZoneOf(round.shapes.get(one.line.upload) as ListShape, one.line),
    })),
    lines: cut === undefined ? lines : lines.slice(0, lines.indexOf(cut)),
  }
}

/** How many of them, in their order, their numbers have room for. */
function fitting(
  people: readonly { sender: { sender: PhoneNumberId } }[],
  rooms: readonly { sender: PhoneNumberId; room: number }[],
): number {
  const left = new Map(rooms.map(({ sender, room }) => [sender, room]))
  const cut = people.findIndex(({ sender: { sender } }) => {
    const room = left.get(sender) ?? 0
    left.set(sender, room - 1)
    return room <= 0
  })
  return cut === -1 ? people.length : cut
}

/** @param people those of whom nothing is known are `NOBODY` */
export async function whoWrites<T extends Addressed & { contact: ContactId }>(
  io: SendersIo,
  { campaign, senders, now }: Round,
  people: readonly T[],
  windowMarginMs: number,
): Promise<(T & { sender: RoundSender })[]> {
  const [first] = senders as [RoundSender]
  if (senders.length === 1) return people.map((one) => ({ ...one, sender: first }))
  const contacts = [...new Set(people.map(({ contact }) => contact))].filter((contact) => contact !== NOBODY)
  const numbers = senders.map(({ sender }) => sender)
  const known = await io.acquaintances(numbers, contacts, now, windowMarginMs)
  const none = new Map<never, never>()
  return people.map((one) => ({
    ...one,
    sender: chooseSender(senders, known.get(one.contact) ?? none, campaign.salt, one.line.recipient),
  }))
}
