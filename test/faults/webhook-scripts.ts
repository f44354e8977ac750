import fc from 'fast-check'
import {
  call,
  type Identity,
  inbound,
  numberChange,
  preference,
  status,
  textMessage,
  type WebhookItem,
} from './webhook-items.ts'

/*
 * Who and what a week of webhooks is about, each as a script of its own: a message and its statuses, a person and what they do.
 *
 * What Meta does not do is not in it: a message fails once, with one error, and all its statuses name the same price.
 */

/** An event before its place in the week is known; `when` orders it among all others. */
interface Scripted {
  when: number
  item(at: number): WebhookItem
}

export interface Script<About = unknown> {
  events: Scripted[]
  about: About
}

/** How far a message had come before its first webhook. */
export const SETUPS = ['accepted', 'in_doubt', 'open', 'unconfirmed'] as const

export interface SentMessage {
  setup: (typeof SETUPS)[number]
  sentAs: 'free_form' | 'template'
}

export const intentIdOf = (message: number) => `0199a000-0000-7000-8000-${String(message).padStart(12, '0')}`
export const wamidOf = (message: number) => `wamid.out.${message}`
/** The first may be sent, the second is paused when the week begins. */
export const TEMPLATES = ['7001', '7002'] as const

interface Ids {
  waId: string
  bsuid: string
}

export interface Person extends Ids {
  /** What they are known by after a change: of the number, and with it of the BSUID, or of the BSUID alone. */
  changed?: Ids
}

/** Meta spells the number of the fourth in two ways. The last two were never written to, so nothing of them is known when the week begins. */
export const PEOPLE: readonly Person[] = [
  { waId: '15500000001', bsuid: 'US.1A' },
  { waId: '15500000002', bsuid: 'US.2A' },
  { waId: '15500000003', bsuid: 'US.3A' },
  { waId: '5511987654321', bsuid: 'BR.4A' },
  { waId: '15500000005', bsuid: 'US.5A', changed: { waId: '15500000055', bsuid: 'US.5B' } },
  { waId: '15500000006', bsuid: 'US.6A', changed: { waId: '15500000006', bsuid: 'US.6B' } },
  { waId: '15500000007', bsuid: 'US.7A' },
  { waId: '15500000008', bsuid: 'US.8A', changed: { waId: '15500000088', bsuid: 'US.8B' } },
]
/** How many of them were written to, twice each. */
export const RECIPIENTS = 6
export const MESSAGES = 2 * RECIPIENTS
/** Index into `PEOPLE`. */
export const recipientOf = (message: number) => message % RECIPIENTS

/** People whose answer intents wait for. */
export const AWAITED: readonly Ids[] = [
  { waId: '15500000101', bsuid: 'US.101A' },
  { waId: '15500000102', bsuid: 'US.102A' },
  { waId: '15500000103', bsuid: 'US.103A' },
]
/** The invitation that asks an awaited person to write. */
export const invitationOf = (awaited: number) => 100 + awaited

export const moment = fc.integer({ min: 1, max: 1_000_000 })
const moments = (count: number) =>
  fc.array(moment, { minLength: count, maxLength: count }).map((list) => list.sort((a, b) => a - b))

const CODES = [131026, 131047, 131049, 131050, 131042, 190, 130429, 132015, 131000, 135000, 999_999, null] as const
const PATHS: readonly (readonly string[])[] = [
  [],
  ['sent'],
  ['sent', 'delivered', 'read'],
  ['sent', 'read'],
  ['delivered'],
  ['sent', 'delivered', 'read', 'played'],
  ['sent', 'in_orbit', 'delivered'],
  ['sent', 'failed'],
  ['failed'],
  ['failed', 'delivered'],
  ['sent', 'failed', 'delivered', 'read'],
]
const PRICES = [
  { billable: true, pricing_model: 'PMP', type: 'regular', category: 'utility' },
  { billable: false, pricing_model: 'PMP', type: 'free_customer_service', category: 'service' },
  { billable: false, pricing_model: 'PMP', type: 'free_entry_point', category: 'referral_conversion' },
] as const

function errorsOf(code: number | null): object {
  return code === null ? {} : { errors: [{ code, title: `Error ${code}`, error_data: { details: 'Details.' } }] }
}

/** Our own data comes back with every status; those of a message whose wamid we know may do without. */
export const messageScript = (index: number): fc.Arbitrary<Script<SentMessage>> =>
  fc
    .record({
      setup: fc.constantFrom(...SETUPS),
      sentAs: fc.constantFrom('free_form' as const, 'template' as const),
      path: fc.constantFrom(...PATHS),
      code: fc.constantFrom(...CODES),
      price: fc.option(fc.constantFrom(...PRICES)),
      pricedOnce: fc.boolean(),
      named: fc.boolean(),
      when: moments(4),
    })
    .map(({ setup, sentAs, path, code, price, pricedOnce, named, when }) => {
      const opaque = { biz_opaque_callback_data: `${intentIdOf(index)}.1${index % 2 ? ' their own' : ''}` }
      const more = (at: number, word: string) => ({
        ...(named || setup !== 'accepted' ? opaque : {}),
        ...(price && word !== 'failed' && (word === 'sent' || !pricedOnce) ? { pricing: price } : {}),
        ...(price?.type === 'free_entry_point' && word === 'sent' ? freeEntryPoint(index, at) : {}),
        ...(word === 'failed' ? errorsOf(code) : {}),
      })
      const events = path.map((word, i) => ({
        when: when[i] as number,
        item: (at: number) => status(at, wamidOf(index), word, more(at, word)),
      }))
      return { events, about: { setup, sentAs } }
    })

function freeEntryPoint(message: number, at: number): object {
  const expiration_timestamp = String(at + 500_000)
  return { conversation: { id: `c${message}`, origin: { type: 'referral_conversion' }, expiration_timestamp } }
}

const DEEDS = ['text', 'text', 'reaction', 'tap', 'ad', 'group', 'call', 'stop', 'resume'] as const

function deed(kind: (typeof DEEDS)[number], at: number, who: Identity, id: string): WebhookItem {
  switch (kind) {
    case 'text':
      return inbound(at, who, id, textMessage('Hello'))
    case 'reaction':
      return inbound(at, who, id, { type: 'reaction', reaction: { message_id: wamidOf(1), emoji: '👍' } })
    case 'tap':
      return inbound(at, who, id, { type: 'button', button: { payload: 'YES', text: 'Yes' } })
    case 'ad':
      return inbound(at, who, id, { ...textMessage('Hi'), referral: { source_type: 'ad', source_id: '12' } })
    case 'group':
      return inbound(at, who, id, { ...textMessage('All'), group_id: 'g1' })
    case 'call':
      return call(at, who, id, 'connect')
    case 'stop':
    case 'resume':
      return preference(at, who, kind)
  }
}

/** One webhook tells the number of somebody, another the BSUID, a third both: only then is it clear that they are one person. */
const person = fc.record({
  shows: fc.constantFrom('number' as const, 'bsuid' as const, 'both' as const),
  otherSpelling: fc.boolean(),
  name: fc.constantFrom('Ana', 'Ana B.', 'Ana Beatriz'),
  username: fc.option(fc.constantFrom('ana', 'ana.b'), { nil: undefined }),
})

export const personScript = (index: number): fc.Arbitrary<Script> =>
  fc
    .record({
      deeds: fc.array(fc.record({ kind: fc.constantFrom(...DEEDS), when: moment, told: person }), { maxLength: 6 }),
      changesAt: moment,
    })
    .map(({ deeds, changesAt }) => {
      const { changed, ...before } = PEOPLE[index] as Person
      const events: Scripted[] = deeds.map(({ kind, when, told }, i) => ({
        when,
        item(at) {
          const { waId, bsuid } = changed && when > changesAt ? changed : before
          const who = {
            ...told,
            waId: told.shows === 'bsuid' ? undefined : told.otherSpelling ? waId.replace(/^55119/, '5511') : waId,
            bsuid: told.shows === 'number' ? undefined : bsuid,
          }
          return deed(kind, at, who, `wamid.in.${index}.${i}`)
        },
      }))
      const item = (at: number) => numberChange(at, `wamid.in.${index}.changed`, before, changed ?? before)
      return { events: changed ? [...events, { when: changesAt, item }] : events, about: null }
    })

/**
 * Somebody an intent waits for, with or without an invitation. All they say is of one kind, and who could not be reached says nothing:
 * whether a tap that declines or a text that releases came first, or a message or the news that they have left, is theirs to decide.
 */
export const awaitedScript = (index: number): fc.Arbitrary<Script<{ invited: boolean }>> =>
  fc
    .record({
      declines: fc.boolean(),
      replies: fc.array(moment, { maxLength: 2 }),
      invitation: fc.constantFrom<string[]>([], ['sent'], ['sent', 'delivered'], ['sent', 'failed'], ['failed']),
      code: fc.constantFrom(131026, 131049),
      when: moments(2),
      invited: fc.boolean(),
    })
    .map(({ declines, replies, invitation, code, when, invited }) => {
      const who: Identity = { ...AWAITED[index], name: 'Eva' }
      const decline = { type: 'button', button: { payload: 'NO', text: 'No, thanks!' } }
      const opaque = { biz_opaque_callback_data: `${intentIdOf(invitationOf(index))}.1` }
      const told = (invited ? invitation : []).map((word, i) => ({
        when: when[i] as number,
        item: (at: number) =>
          status(at, wamidOf(invitationOf(index)), word, { ...opaque, ...(word === 'failed' ? errorsOf(code) : {}) }),
      }))
      const said = replies.map((one, i) => ({
        when: one,
        item: (at: number) => inbound(at, who, `wamid.awaited.${index}.${i}`, declines ? decline : textMessage('Yes')),
      }))
      const unreachable = invited && invitation.includes('failed')
      return { events: unreachable ? told : [...told, ...said], about: { invited } }
    })
