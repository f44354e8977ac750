import type { Message, TemplateReference } from '../content.ts'
import type { Reason } from '../intent.ts'
import type { Instant } from '../time.ts'

/** What a held intent waits for. */
export type HeldFor = 'window' | 'answer' | 'template' | 'sender' | 'budget' | 'flow'

export type Decision =
  | { kind: 'send'; message: Message; reason: Reason; outsideWindow: boolean }
  | { kind: 'downgrade'; message: Message; reference: TemplateReference; reason: Reason; outsideWindow: boolean }
  | { kind: 'follow_up'; reference: TemplateReference; message: Message; reason: Reason }
  | { kind: 'hold'; heldFor: HeldFor; template: TemplateReference | null; reason: Reason }
  | { kind: 'defer'; until: Instant; reason: Reason; keepsTurn: boolean }
  | { kind: 'expire' | 'cancel' | 'suppress' | 'fail'; reason: Reason }

export type DecisionKind = Decision['kind']

export type Deferral = Extract<Decision, { kind: 'defer' }>

export function failed(reason: Reason): Decision {
  return { kind: 'fail', reason }
}

export function nameOf(reference: Pick<TemplateReference, 'name' | 'language'>): string {
  return `${reference.name} (${reference.language})`
}
