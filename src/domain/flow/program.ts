import type { Condition, FieldType } from '../condition.ts'
import type { Duration, Moment } from './moment.ts'
import type { QuietHours } from './quiet-hours.ts'
import type { FlowText } from './text.ts'

/* A document, compiled: what advance() runs. */

export type Purpose = 'marketing' | 'utility' | 'service'

/** Where a step leads: to another by its id, or to the end of the run. */
export type Exit = { to: string } | { end: string }

/** `contact`: the contact's own, else the likely one. */
export type ZoneName = string

export interface Late {
  after: Duration
  do: 'run' | 'skip' | 'end'
}

export interface DataField {
  type: FieldType
  optional: boolean
}

export interface FlowTemplate {
  name: string
  language: FlowText
  /** The one variable that a text header may have. */
  header: [name: string, value: FlowText] | null
  /** By position among the buttons. */
  urls: [index: string, suffix: FlowText][]
  parameters: Record<string, FlowText> | FlowText[] | null
}

export type FlowMessage =
  | { kind: 'text'; text: FlowText }
  | {
      kind: 'interactive'
      header: FlowText | null
      body: FlowText
      footer: FlowText | null
      buttons: { id: string; label: FlowText }[]
    }
  | { kind: 'template'; template: FlowTemplate }

export type FlowPolicy = 'fail' | 'hold' | { downgrade: FlowTemplate[] } | { follow_up: FlowTemplate[] }

interface StepBase {
  id: string
  if: Condition | null
  /** What follows unless something else is said. */
  next: Exit
  /** The step below: where the run goes when `if` does not hold. */
  below: Exit
}

export interface SendStep extends StepBase {
  verb: 'send'
  message: FlowMessage
  /** Null: the sender's own. */
  whenClosed: FlowPolicy | null
  priority: 'reply' | 'transactional' | 'campaign'
  /** Said in the document: an answer, which quiet hours do not hold up. */
  isReply: boolean
  deadline: Moment | null
  late: Late
  /** Buttons that lead somewhere while a later wait lasts. */
  taps: ReadonlyMap<string, string>
  done: Exit
  /** Null: the run ends with the reason. */
  otherwise: Exit | null
}

/** Has a program of the business do something, and may keep what it answers. */
export interface CallStep extends StepBase {
  verb: 'call'
  /** Its host is written out; what stands in for places is escaped. */
  url: FlowText
  body: Record<string, Setting['value']>
  /** Under `call.<name>`; null: the answer is kept nowhere. */
  save: string | null
  /** For how long it is tried; milliseconds. */
  triedForMs: number
  done: Exit
  /** Null: the run ends, `call_failed`. */
  otherwise: Exit | null
}

export type Awaited =
  | { kind: 'reply' }
  | { kind: 'delivered' | 'read'; step: string }
  | { kind: 'tap'; buttons: readonly string[]; of: string }
  | { kind: 'event'; name: string; where: Condition | null }

export type WaitEnd =
  | { kind: 'after'; duration: Duration }
  | { kind: 'until'; moment: Moment }
  | { kind: 'local'; minutes: number; days: ReadonlySet<number>; zone: ZoneName | null; after: Duration }

export interface WaitStep extends StepBase {
  verb: 'wait'
  for: Awaited | null
  /** Null: as long as it takes. */
  ends: WaitEnd | null
  fresh: boolean
  done: Exit
  taps: ReadonlyMap<string, string>
  otherwise: Exit
}

export type Setting = { to: 'contact' | 'data'; field: string; value: FlowText | number | boolean }

export interface BranchCase {
  /** Null: otherwise. */
  if: Condition | null
  set: Setting[]
  exit: Exit
}

export type FlowStep =
  | SendStep
  | WaitStep
  | (StepBase & { verb: 'branch'; cases: BranchCase[] })
  | (StepBase & { verb: 'set'; settings: Setting[] })
  | (StepBase & { verb: 'hand_over'; team: string; note: FlowText | null })
  /** Data null: what is known of the person. */
  | (StepBase & { verb: 'enrol'; flow: string; data: Record<string, Setting['value']> | null })
  | (StepBase & { verb: 'leave'; flow: string })
  | CallStep
  | (StepBase & { verb: 'end' })

export type FlowStop =
  | { kind: 'reply'; except: ReadonlySet<string>; end: string }
  | { kind: 'event'; name: string; where: Condition | null; end: string }
  | { kind: 'opt_out' | 'person_took_over'; end: string }

/** How a message of the customer's begins a flow. */
interface BySaying {
  /** Beside the flow that it fits most closely. */
  also: boolean
  /** Whoever waits for it: it is an answer for nobody then. */
  always: boolean
}

export type FlowTrigger =
  | { kind: 'api' }
  | ({
      kind: 'inbound'
      from: 'ad' | null
      texts: string[]
      prefix: string | null
      payload: string | null
      any: boolean
    } & BySaying)
  | { kind: 'window_closing'; before: Duration; unless: readonly string[] }
  | {
      kind: 'unanswered'
      of: { template?: string | undefined; campaign?: string | undefined; flow?: string | undefined }
      after: Duration
    }
  | { kind: 'campaign'; campaign: string }
  | { kind: 'attribute'; name: string; is: string | number | boolean | null }
  | { kind: 'event'; name: string; where: Condition | null }
  | ({ kind: 'tapped'; template: string; button: string } & BySaying)

export interface Program {
  name: string
  purpose: Purpose
  sender: string | null
  zone: ZoneName
  data: Readonly<Record<string, DataField>>
  triggers: FlowTrigger[]
  once: { per: 'contact' | 'conversation' | 'window' | 'ever'; fields: string[]; coolDown: Duration | null } | null
  stops: FlowStop[]
  deadline: Moment | null
  quiet: (QuietHours & { zone: ZoneName | null }) | null
  /** How often a run may come to one step; how many messages it may send in an hour. */
  limits: { visits: number; messagesPerHour: number }
  /** Of live runs of earlier versions that are taken over. */
  takesOver: {
    /** Steps that have another id now. */
    moved: ReadonlyMap<string, string>
    /** Of runs in a step that is there no more: they finish on their version, end, or go on here; null: nothing is said. */
    removed: 'finish' | 'end' | { to: string } | null
  }
  steps: FlowStep[]
  byId: ReadonlyMap<string, FlowStep>
}

/** A run that falls off the last step. */
export const FINISHED = 'finished'

export function stepOf(program: Program, id: string): FlowStep {
  const step = program.byId.get(id)
  if (!step) throw new RangeError(`expected a step of flow ${program.name}, got ${id}`)
  return step
}

/** Kinds of what ends its runs. */
export function endsOn({ stops }: Program): string[] {
  return [...new Set(stops.map(({ kind }) => kind))]
}

/** Every way out of a step. */
export function exitsOf(step: FlowStep): Exit[] {
  switch (step.verb) {
    case 'send':
    case 'call':
      return [step.done, ...(step.otherwise ? [step.otherwise] : []), ...skipOf(step)]
    case 'wait':
      return [
        ...(step.for ? [step.done, ...[...step.taps.values()].map((to) => ({ to }))] : []),
        ...(step.ends ? [step.otherwise] : []),
        ...skipOf(step),
      ]
    case 'branch':
      return [...step.cases.map(({ exit }) => exit), step.next]
    default:
      return [step.next, ...skipOf(step)]
  }
}

function skipOf(step: FlowStep): Exit[] {
  return step.if ? [step.below] : []
}
