import * as z from 'zod'
import { formatZodIssue } from '../content.ts'
import type { PhoneNumberId } from '../ids.ts'
import type { Instant } from '../time.ts'
import { fractionOf, type Refused } from './versions.ts'

/*
 * The numbers that a campaign writes from. Where there are several, each recipient has one of them: whose window is open, else who wrote to them
 * last, else one by weight, which depends on the campaign and their id alone.
 */

export interface CampaignSender {
  sender: PhoneNumberId
  weight: number
}

export interface SenderMembers {
  /** Missing where there are several. */
  sender?: PhoneNumberId
  senders?: CampaignSender[]
}

/** Each is asked of everybody on the list. */
const MOST_SENDERS = 10

const number = z.string().regex(/^\d{1,32}$/, 'to be the digits of a phone_number_id')
const sendersSchema = z
  .array(z.strictObject({ sender: number, weight: z.int().min(1).max(1_000).default(1) }))
  .min(1)
  .max(MOST_SENDERS)

export function checkSenders({
  sender,
  senders,
}: Record<string, unknown>): { ok: true; members: SenderMembers } | Refused {
  if (senders === undefined) {
    if (typeof sender === 'string' && /^\d{1,32}$/.test(sender)) {
      return { ok: true, members: { sender: sender as PhoneNumberId } }
    }
    return refuse('sender', 'to be the digits of a phone_number_id')
  }
  if (sender !== undefined) return refuse('sender', 'to stand in senders instead, got both')
  const parsed = sendersSchema.safeParse(senders, { reportInput: true })
  if (!parsed.success) return { ok: false, ...formatZodIssue(parsed.error, { input: senders, root: 'senders' }) }
  const numbers = parsed.data.map((one) => one.sender)
  const twice = numbers.findIndex((one, i) => numbers.indexOf(one) < i)
  if (twice !== -1) return refuse(`senders.${twice}.sender`, 'to be another than those before it')
  return { ok: true, members: { senders: parsed.data as CampaignSender[] } }
}

/** In the order in which they were given. */
export function sendersOf({ sender, senders }: SenderMembers): readonly CampaignSender[] {
  return senders ?? [{ sender: sender as PhoneNumberId, weight: 1 }]
}

export function numbersOf(document: SenderMembers): PhoneNumberId[] {
  return sendersOf(document).map(({ sender }) => sender)
}

/** Where a number and somebody stand with each other. */
export interface Acquaintance {
  isOpen: boolean
  wroteAt: Instant | null
  heardAt: Instant | null
}

/**
 * @param numbers those that may send, one at least
 * @param known of those of them that have a conversation with the recipient
 * @param salt of the campaign
 */
export function chooseSender<T extends CampaignSender>(
  numbers: readonly T[],
  known: ReadonlyMap<PhoneNumberId, Acquaintance>,
  salt: string,
  recipient: string,
): T {
  const [first] = numbers as [T]
  if (numbers.length === 1) return first
  const open = numbers.filter(({ sender }) => known.get(sender)?.isOpen)
  const among = open.length > 0 ? open : numbers
  const wrote = newest(among, ({ sender }) => known.get(sender)?.wroteAt ?? null)
  return byWeight(
    wrote.length > 0
      ? wrote
      : orAll(
          newest(among, ({ sender }) => known.get(sender)?.heardAt ?? null),
          among,
        ),
    salt,
    recipient,
  )
}

/** Those with the latest of these instants; none where there is none. */
function newest<T>(some: readonly T[], at: (one: T) => Instant | null): readonly T[] {
  const last = some.reduce<number>((most, one) => Math.max(most, at(one) ?? Number.NEGATIVE_INFINITY), -Infinity)
  return some.filter((one) => at(one) === last)
}

function orAll<T>(some: readonly T[], all: readonly T[]): readonly T[] {
  return some.length > 0 ? some : all
}

/** By another draw than that of the variants, or each variant would be said by one number. */
function byWeight<T extends CampaignSender>(numbers: readonly T[], salt: string, recipient: string): T {
  const total = numbers.reduce((sum, { weight }) => sum + weight, 0)
  let rest = fractionOf(`${salt} ${recipient} sender`) * total
  return numbers.find(({ weight }) => {
    rest -= weight
    return rest < 0
  }) as T
}

function refuse(field: string, predicate: string): Refused {
  return { ok: false, field, message: `expected ${field} ${predicate}` }
}
