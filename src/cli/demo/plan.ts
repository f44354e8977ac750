import type { DemoContact } from './contacts.ts'

/** One intent for each, per contact, in this order. */
export const POLICIES = [
  'fail',
  'hold',
  'downgrade',
  'follow_up',
  'when_free_downgrade',
  'when_free_follow_up',
] as const
export type Policy = (typeof POLICIES)[number]

export const POLICY_LABELS: Readonly<Record<Policy, string>> = {
  fail: 'fail',
  hold: 'hold',
  downgrade: 'downgrade',
  follow_up: 'follow_up',
  when_free_downgrade: 'when_free: downgrade, otherwise: hold',
  when_free_follow_up: 'when_free: follow_up, otherwise: fail',
}

export const INVITATION = 'keep_helping'
export const SUBSTITUTE = 'order_update'
export const YES = 'Yes, please!'
export const NO = 'No, thanks!'

export interface PlannedIntent {
  readonly contact: DemoContact
  readonly policy: Policy
  readonly text: string
  /** What the template says instead, in the order of its variables. */
  readonly substitute: readonly string[]
  /** Its time is over before anybody answers. A `hold` sends nothing meanwhile, so a slow machine makes no difference. */
  readonly shortLived: boolean
}

/** An intent of the plan, and what Casement made of it. */
export interface PlayedIntent extends PlannedIntent {
  /** Null when the API refused it; `refusal` says why. */
  readonly id: string | null
  readonly refusal: string | null
}

export function planIntents(contacts: readonly DemoContact[]): PlannedIntent[] {
  return contacts.flatMap((contact) =>
    POLICIES.map((policy, index) => {
      const order = `#${contact.line * 10 + index}`
      return {
        contact,
        policy,
        text: `${greeting(contact)}! Your order ${order} is ready.`,
        substitute: [firstName(contact), order],
        shortLived: policy === 'hold' && contact.answer === 'never' && isClosed(contact),
      }
    }),
  )
}

/** The body of `POST /v1/intents`. `run` keeps the keys of two runs on the same data apart. */
export function requestFor(planned: PlannedIntent, run: { sender: string; shortLivedUntil: string }): object {
  const { contact, policy, text, shortLived } = planned
  return {
    sender: run.sender,
    to: contact.to,
    message: { type: 'text', text: { body: text } },
    when_closed: policyFor(planned),
    idempotency_key: `demo-${run.sender}-${contact.line}-${policy}`,
    metadata: { demo: { line: contact.line, policy } },
    ...(shortLived ? { expires_at: run.shortLivedUntil } : {}),
  }
}

function policyFor({ contact, policy, substitute }: PlannedIntent): unknown {
  const downgrade = { downgrade: { name: SUBSTITUTE, language: 'en', parameters: substitute } }
  const values = invitationValues(contact)
  const followUp = { follow_up: { name: INVITATION, language: 'en', parameters: values, decline: [NO] } }
  switch (policy) {
    case 'fail':
    case 'hold':
      return policy
    case 'downgrade':
      return downgrade
    case 'follow_up':
      return followUp
    case 'when_free_downgrade':
      return { when_free: downgrade, otherwise: 'hold' }
    case 'when_free_follow_up':
      return { when_free: followUp, otherwise: 'fail' }
  }
}

export function invitationValues(contact: DemoContact): Record<string, string> {
  return { user: firstName(contact), your_name: 'Sam', company: 'Lucky Shrub' }
}

export function isClosed({ situation }: DemoContact): boolean {
  return situation !== 'wrote' && situation !== 'called'
}

const GREETINGS: Readonly<Record<string, string>> = {
  de: 'Hallo',
  en: 'Hello',
  es: 'Hola',
  fr: 'Bonjour',
  hi: 'नमस्ते',
  pt: 'Olá',
  sv: 'Hej',
}

function greeting(contact: DemoContact): string {
  return `${GREETINGS[contact.language.slice(0, 2)] ?? 'Hello'} ${firstName(contact)}`
}

function firstName({ name }: DemoContact): string {
  return name.split(' ')[0] ?? name
}
