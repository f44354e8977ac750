import { unstorableJson } from '../content.ts'
import type { Said } from '../said.ts'
import { type Instant, plus } from '../time.ts'
import { isWindowOpen, windowExpiresAt } from '../window.ts'
import { foldWord } from '../words.ts'
import { parseMoment } from '../zoned-time.ts'
import type { EventFact, Facts, InboundFact } from './facts.ts'
import { lengthOf } from './moment.ts'
import { type FlowProblem, sayingOf } from './problem.ts'
import type { DataField, FlowTrigger, Program } from './program.ts'
import type { DataValue, Run } from './run.ts'
import { problem } from './sentences.ts'
import { conditionValues } from './values.ts'

/* How a run begins. */

/** What happened that may start one. */
export type Occasion =
  | { kind: 'api' }
  | { kind: 'inbound'; inbound: InboundFact; ad: Readonly<Record<string, unknown>> | null }
  | { kind: 'window' }
  | {
      kind: 'unanswered'
      of: { template?: string; campaign?: string; flow?: string }
      deliveredAt: Instant
      answered: boolean
    }
  | { kind: 'campaign'; campaign: string }
  | { kind: 'attribute'; name: string; value: unknown }
  | { kind: 'event'; event: EventFact }
  | { kind: 'tapped'; template: string; button: string }

/** The trigger that fits, if any. The most specific goes first: payload, text, prefix, ad, any. */
export function triggerFor(program: Program, occasion: Occasion, facts: Facts, now: Instant): FlowTrigger | null {
  const fitting = program.triggers.filter((trigger) => fits(program, trigger, occasion, facts, now))
  return fitting.toSorted((a, b) => rankOf(a) - rankOf(b))[0] ?? null
}

/** The lower the more specific. */
export function rankOf(trigger: FlowTrigger): number {
  if (trigger.kind !== 'inbound') return 0
  if (trigger.payload) return 1
  if (trigger.texts.length > 0) return 2
  if (trigger.prefix) return 3
  return trigger.from ? 4 : 5
}

function fits(program: Program, trigger: FlowTrigger, occasion: Occasion, facts: Facts, now: Instant): boolean {
  if (trigger.kind === 'window_closing') {
    const closes = windowExpiresAt(facts.window)
    return (
      occasion.kind === 'window' &&
      closes !== null &&
      isWindowOpen(facts.window, now) &&
      now >= closes - lengthOf(trigger.before)
    )
  }
  if (trigger.kind === 'inbound') return occasion.kind === 'inbound' && fitsInbound(trigger, occasion)
  if (trigger.kind === 'unanswered') {
    if (occasion.kind !== 'unanswered' || occasion.answered) return false
    const [kind, name] = Object.entries(trigger.of)[0] as [keyof typeof trigger.of, string]
    return occasion.of[kind] === name && now >= plus(occasion.deliveredAt, lengthOf(trigger.after))
  }
  if (trigger.kind === 'campaign') return occasion.kind === 'campaign' && occasion.campaign === trigger.campaign
  if (trigger.kind === 'attribute') {
    return (
      occasion.kind === 'attribute' &&
      occasion.name === trigger.name &&
      (trigger.is === null || trigger.is === occasion.value)
    )
  }
  if (trigger.kind === 'tapped') {
    return (
      occasion.kind === 'tapped' &&
      occasion.template === trigger.template &&
      foldWord(occasion.button) === foldWord(trigger.button)
    )
  }
  if (trigger.kind === 'api') return occasion.kind === 'api'
  if (occasion.kind !== 'event' || occasion.event.name !== trigger.name) return false
  const run = newRun(program, { now, triggeredAt: now, data: {}, trigger: {}, order: 0 })
  const verdict = trigger.where?.holds(
    conditionValues({ program, run, facts, contact: facts.contact, now }, occasion.event),
  )
  return verdict === undefined || (verdict.told && verdict.holds)
}

function fitsInbound(
  trigger: Extract<FlowTrigger, { kind: 'inbound' }>,
  { inbound, ad }: Extract<Occasion, { kind: 'inbound' }>,
): boolean {
  if (trigger.from === 'ad') return ad !== null
  if (trigger.payload !== null) return inbound.tap?.payload === trigger.payload
  if (trigger.any) return true
  const said = foldWord(inbound.text)
  if (said === '') return false
  if (trigger.prefix !== null) return said.startsWith(foldWord(trigger.prefix))
  return trigger.texts.some((text) => foldWord(text) === said)
}

export interface Beginning {
  now: Instant
  triggeredAt: Instant
  data: Record<string, DataValue>
  trigger: Record<string, unknown>
  /** Of what started it: that, and what came before, answers nothing. */
  order: number
}

export function newRun(program: Program, { now, triggeredAt, data, trigger, order }: Beginning): Run {
  return {
    state: 'waiting',
    step: (program.steps[0] as Program['steps'][number]).id,
    begun: false,
    enteredAt: now,
    dueSince: triggeredAt,
    dueAt: now,
    follows: null,
    seen: order,
    asking: false,
    heard: order,
    awaits: null,
    calling: false,
    seq: 0,
    visits: {},
    sent: {},
    sentAts: [],
    data,
    answers: {},
    trigger,
    reply: null,
    startedAt: now,
    triggeredAt,
    outcome: null,
  }
}

/** The key under which a second run is refused while one lives; null: any number may run. `window` names the one that is open. */
export function onceKey(program: Program, data: Run['data'], windowOpenedAt: Instant | null): string | null {
  if (program.once === null) return null
  const fields = program.once.fields.map((field) => String(data[field] ?? ''))
  const scope = program.once.per === 'window' ? [String(windowOpenedAt)] : []
  return JSON.stringify([program.once.per, ...scope, ...fields])
}

export type DataProblem = Omit<FlowProblem, 'severity' | 'path'> & { path: string }

export type ReadData = { ok: true; data: Record<string, DataValue> } | { ok: false; problems: DataProblem[] }

/** What a run is started with, as the flow declares it. Dates become epoch milliseconds; without an offset they are of `zone`. */
export function readData(program: Program, input: unknown, zone: string): ReadData {
  const problems: DataProblem[] = []
  const wrong = (name: string, said: Said) => problems.push({ path: `data.${name}`, ...sayingOf(said) })
  const given =
    typeof input === 'object' && input !== null && !Array.isArray(input) ? (input as Record<string, unknown>) : {}
  for (const name of Object.keys(given)) {
    if (!program.data[name]) wrong(name, problem('data_extra', { field: name.slice(0, 64) }))
  }
  const data: Record<string, DataValue> = {}
  for (const [name, { type, optional }] of Object.entries(program.data)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined
    if (value === undefined || value === null) {
      if (!optional) wrong(name, problem('data_missing', { field: name, type }))
      continue
    }
    const read = readValue(type, value, zone)
    if (read !== null) data[name] = read
    else if (type === 'string') wrong(name, problem('data_string', { field: name, max: TEXT_MAX }))
    else wrong(name, problem(`data_${type}`, { field: name }))
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, data }
}

/** What a flow declares as its data, where nobody gives any: of the same names, the last that is known. */
export function declaredIn(
  { data }: Program,
  ...known: readonly Readonly<Record<string, unknown>>[]
): Record<string, unknown> {
  const declared = known.flatMap((one) => Object.entries(one)).filter(([name]) => Object.hasOwn(data, name))
  return Object.fromEntries(declared)
}

const TEXT_MAX = 4_096
const EARLIEST = 946_684_800_000
const LATEST = 4_102_444_800_000

function readValue(type: DataField['type'], value: unknown, zone: string): DataValue | null {
  if (type === 'date') {
    const at = typeof value === 'string' ? parseMoment(value, zone) : null
    return at !== null && at >= EARLIEST && at < LATEST ? at : null
  }
  if (type === 'string') {
    return typeof value === 'string' && value.length <= TEXT_MAX && unstorableJson(value) === null ? value : null
  }
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value) ? value : null
  return typeof value === 'boolean' ? value : null
}
