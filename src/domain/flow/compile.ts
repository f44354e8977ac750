import { checkProgram } from './checks.ts'
import { compileCall } from './compile-call.ts'
import { compileStops, compileTriggers } from './compile-edges.ts'
import { compileSend } from './compile-send.ts'
import { compileWait } from './compile-wait.ts'
import { Compiler } from './compiler.ts'
import { unkept, unkeptBecause } from './contact-setting.ts'
import { EVERY_DAY, parseDays, parseDuration, parseTimeOfDay } from './moment.ts'
import { type FlowProblem, type Path, Problems } from './problem.ts'
import type { BranchCase, DataField, Exit, FlowStep, Program, Setting } from './program.ts'
import { FINISHED } from './program.ts'
import { readDocument } from './read-document.ts'
import type { BranchDocument, FlowDocument, StepDocument } from './schema.ts'
import { hint, problem } from './sentences.ts'
import { placesOf } from './text.ts'

export type CompiledFlow =
  | { ok: true; program: Program; document: FlowDocument; warnings: FlowProblem[] }
  | { ok: false; problems: FlowProblem[]; warnings: FlowProblem[] }

/** Reads, checks and compiles a document, as parsed from YAML or JSON. Knows no server: not whether a template, a number or another flow exists. */
export function compileFlow(input: unknown): CompiledFlow {
  const problems = new Problems()
  const document = readDocument(input, problems)
  if (document === null) return { ok: false, problems: problems.errors, warnings: problems.warnings }
  const program = build(document, problems)
  if (problems.errors.length === 0) checkProgram(program, problems)
  const { errors, warnings } = problems
  return errors.length > 0 ? { ok: false, problems: errors, warnings } : { ok: true, program, document, warnings }
}

function build(document: FlowDocument, problems: Problems): Program {
  const compiler = new Compiler(document, dataOf(document, problems), problems)
  checkIds(document, problems)
  const steps = document.steps.map((step, i) => compileStep(compiler, step, i))
  return {
    name: document.flow,
    purpose: document.purpose,
    sender: document.sender ?? null,
    zone: compiler.zone(document.zone, ['zone']) ?? 'contact',
    data: compiler.data,
    triggers: compileTriggers(compiler),
    once: onceOf(compiler),
    stops: compileStops(compiler),
    deadline: compiler.moment(document.deadline, ['deadline']),
    quiet: quietOf(compiler),
    limits: { visits: document.limits?.visits ?? 20, messagesPerHour: document.limits?.messages_per_hour ?? 10 },
    takesOver: takesOverOf(compiler),
    steps,
    byId: new Map(steps.map((step) => [step.id, step])),
  }
}

function dataOf(document: FlowDocument, problems: Problems): Record<string, DataField> {
  const fields: Record<string, DataField> = Object.create(null)
  for (const [name, type] of Object.entries(document.data ?? {})) {
    if (name in Object.prototype) problems.error(['data', name], problem('name_reserved', { name }))
    fields[name] = { type: type.replace('?', '') as DataField['type'], optional: type.endsWith('?') }
  }
  return fields
}

function checkIds(document: FlowDocument, problems: Problems): void {
  const seen = new Map<string, number>()
  document.steps.forEach(({ id }, i) => {
    if (id in Object.prototype) problems.error(['steps', i, 'id'], problem('id_reserved', { id }))
    const before = seen.get(id)
    if (before !== undefined) problems.error(['steps', i, 'id'], problem('id_twice', { id, other: before }))
    else seen.set(id, i)
  })
}

function compileStep(compiler: Compiler, step: StepDocument, i: number): FlowStep {
  const path = ['steps', i]
  const below =
    i + 1 < compiler.document.steps.length
      ? { to: (compiler.document.steps[i + 1] as StepDocument).id }
      : { end: FINISHED }
  const base = {
    id: step.id,
    if: compiler.condition(step.if, [...path, 'if']),
    next: compiler.exit(step, path) ?? below,
    below,
  }
  if ('send' in step) return compileSend(compiler, step, base, path)
  if ('wait' in step) return compileWait(compiler, step, base, path)
  if ('call' in step) return compileCall(compiler, step, base, path)
  if ('branch' in step)
    return { ...base, verb: 'branch', cases: casesOf(compiler, step, base.next, [...path, 'branch']) }
  if ('set' in step) return { ...base, verb: 'set', settings: settingsOf(compiler, step.set, [...path, 'set']) }
  if ('hand_over' in step) {
    const { team, note } = step.hand_over
    const text = note === undefined ? null : compiler.text(note, [...path, 'hand_over', 'note'])
    return { ...base, verb: 'hand_over', team, note: text }
  }
  if ('enrol' in step) return { ...base, verb: 'enrol', ...enrolOf(compiler, step.enrol, [...path, 'enrol']) }
  if ('leave' in step) return { ...base, verb: 'leave', flow: otherFlow(compiler, step.leave, [...path, 'leave']) }
  return { ...base, verb: 'end' }
}

function enrolOf(
  compiler: Compiler,
  { flow, data }: { flow: string; data?: Record<string, string | number | boolean> | undefined },
  path: Path,
): { flow: string; data: Record<string, Setting['value']> | null } {
  return {
    flow: otherFlow(compiler, flow, [...path, 'flow']),
    data: data === undefined ? null : compiler.values(data, [...path, 'data'], true),
  }
}

function otherFlow({ document, problems }: Compiler, flow: string, path: Path): string {
  if (flow === document.flow) problems.error(path, problem('itself'))
  return flow
}

function casesOf(compiler: Compiler, step: BranchDocument, next: Exit, path: Path): BranchCase[] {
  return step.branch.map((one, i) => {
    const at = [...path, i]
    const isElse = 'otherwise' in one
    const where = isElse ? [...at, 'otherwise'] : at
    const body = isElse ? one.otherwise : one
    const condition = isElse ? null : compiler.condition(one.if, [...at, 'if'])
    if (isElse && i < step.branch.length - 1) compiler.problems.error(where, problem('otherwise_last'))
    if (body.next !== undefined && body.end !== undefined)
      compiler.problems.error([...where, 'end'], problem('both_given', { one: 'next', other: 'end' }))
    return {
      if: condition,
      set: settingsOf(compiler, body.set, [...where, 'set']),
      exit: compiler.exit(body, where) ?? next,
    }
  })
}

function settingsOf(
  compiler: Compiler,
  set: Record<string, string | number | boolean> | undefined,
  path: Path,
): Setting[] {
  return Object.entries(set ?? {}).map(([name, value]) => {
    const [to, field] = name.split('.') as ['contact' | 'data', string]
    const at = [...path, name]
    if (to === 'data') checkDataSetting(compiler, field, value, at)
    if (to === 'contact' && field in Object.prototype)
      compiler.problems.error(at, problem('name_reserved', { name: field }))
    const text = typeof value === 'string' ? compiler.text(value, at) : null
    if (to === 'contact' && (text === null || placesOf(text).length === 0)) {
      const why = unkeptBecause(NOBODY, field, value)
      if (why !== null) compiler.problems.error(at, unkept(why, String(value).slice(0, 40)))
    }
    return { to, field, value: text ?? (value as number | boolean) }
  })
}

const NOBODY = { name: null, language: null, time_zone: null, attributes: {} }

function checkDataSetting(compiler: Compiler, field: string, value: unknown, at: Path): void {
  const known = compiler.data[field]
  if (!known) {
    compiler.unknownField(field, at)
    return
  }
  if (known.type === 'date') compiler.problems.error(at, problem('set_date'))
  else if (typeof value !== known.type)
    compiler.problems.error(at, problem('set_kind', { wanted: known.type, field, kind: typeof value }))
}

function onceOf(compiler: Compiler): Program['once'] {
  const { once } = compiler.document
  if (!once) return null
  const [per, ...fields] = once.per.split('+data.')
  for (const field of fields) if (!compiler.data[field]) compiler.unknownField(field, ['once', 'per'])
  const coolDown = once.cool_down === undefined ? null : parseDuration(once.cool_down)
  return { per: per as 'contact' | 'conversation' | 'window' | 'ever', fields, coolDown }
}

/** What is there still is no other step's former name: the same text may be written again when its runs are taken over already. */
function takesOverOf(compiler: Compiler): Program['takesOver'] {
  const { moved = {}, removed } = compiler.document
  for (const [was, is] of Object.entries(moved)) {
    compiler.known(is, ['moved', was])
    if (compiler.ids.has(was)) {
      compiler.problems.error(['moved', was], problem('moved_is_there', { id: was }))
    }
  }
  return { moved: new Map(Object.entries(moved)), removed: removedOf(compiler, removed) }
}

function removedOf(compiler: Compiler, removed: string | undefined): Program['takesOver']['removed'] {
  if (removed === undefined) return null
  if (removed !== 'finish' && removed !== 'end') {
    compiler.known(removed, ['removed'])
    return { to: removed }
  }
  if (compiler.ids.has(removed)) {
    compiler.problems.error(['removed'], problem('removed_is_rule', { id: removed }))
  }
  return removed
}

function quietOf(compiler: Compiler): Program['quiet'] {
  const quiet = compiler.document.quiet_hours
  if (!quiet) return null
  const from = parseTimeOfDay(quiet.from) as number
  const to = parseTimeOfDay(quiet.to) as number
  if (from === to) {
    compiler.problems.error(['quiet_hours', 'to'], problem('quiet_empty'), hint('no_quiet_hours'))
  }
  const days = quiet.days === undefined ? EVERY_DAY : parseDays(quiet.days)
  if (days === null) compiler.problems.error(['quiet_hours', 'days'], problem('days', { got: String(quiet.days) }))
  return { from, to, days: days ?? EVERY_DAY, zone: compiler.zone(quiet.zone, ['quiet_hours', 'zone']) }
}
