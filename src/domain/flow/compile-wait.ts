import type { Compiler } from './compiler.ts'
import { EVERY_DAY, parseDays, parseTimeOfDay } from './moment.ts'
import { didYouMean, type Path } from './problem.ts'
import type { Awaited, Exit, FlowStep, WaitEnd, WaitStep } from './program.ts'
import type { WaitDocument } from './schema.ts'
import { hint, problem } from './sentences.ts'

type Base = Pick<FlowStep, 'id' | 'if' | 'next' | 'below'>
type WaitObject = Exclude<WaitDocument['wait'], string>

export function compileWait(compiler: Compiler, step: WaitDocument, base: Base, path: Path): WaitStep {
  const { wait } = step
  const at = [...path, 'wait']
  const awaited = typeof wait !== 'string' && 'for' in wait ? awaitedOf(compiler, wait.for, [...at, 'for']) : null
  const ends = endOf(compiler, wait, at)
  if (awaited === null && step.then !== undefined) {
    compiler.problems.error([...path, 'then'], problem('then_of_time'), hint('use', { code: 'next' }))
  }
  if (awaited === null && step.otherwise !== undefined) {
    compiler.problems.error([...path, 'otherwise'], problem('otherwise_of_time'), hint('use', { code: 'next' }))
  }
  if (awaited !== null && ends === null) {
    compiler.problems.warn(at, problem('wait_endless'), hint('give', { one: 'until', other: 'up_to' }))
  }
  return {
    ...base,
    verb: 'wait',
    for: awaited,
    ends,
    fresh: typeof wait !== 'string' && 'fresh' in wait && wait.fresh === true,
    ...waysOut(compiler, step, awaited, base.next, path),
    otherwise: step.otherwise === undefined ? base.next : compiler.to(step.otherwise, [...path, 'otherwise']),
  }
}

function waysOut(
  compiler: Compiler,
  { then }: WaitDocument,
  awaited: Awaited | null,
  next: Exit,
  path: Path,
): { done: Exit; taps: Map<string, string> } {
  if (then === undefined) return { done: next, taps: new Map() }
  if (typeof then === 'string') return { done: compiler.to(then, [...path, 'then']), taps: new Map() }
  const buttons = awaited?.kind === 'tap' ? awaited.buttons : []
  for (const [button, to] of Object.entries(then)) {
    compiler.known(to, [...path, 'then', button])
    if (!buttons.includes(button)) {
      compiler.problems.error(
        [...path, 'then', button],
        problem('then_unnamed', { got: button }),
        didYouMean(button, buttons),
      )
    }
  }
  return { done: next, taps: new Map(Object.entries(then)) }
}

function awaitedOf(compiler: Compiler, awaited: Extract<WaitObject, { for: unknown }>['for'], path: Path): Awaited {
  if (awaited === 'reply') return { kind: 'reply' }
  if ('event' in awaited) {
    return { kind: 'event', name: awaited.event, where: compiler.condition(awaited.where, [...path, 'where'], true) }
  }
  if ('tap' in awaited) {
    checkButtons(compiler, awaited, path)
    return { kind: 'tap', buttons: [awaited.tap].flat(), of: awaited.of }
  }
  const kind = 'read' in awaited ? 'read' : 'delivered'
  const step = 'read' in awaited ? awaited.read : awaited.delivered
  checkSends(compiler, step, [...path, kind])
  return { kind, step }
}

function checkSends(compiler: Compiler, id: string, path: Path): void {
  compiler.known(id, path)
  const step = compiler.document.steps[compiler.ids.get(id) ?? -1]
  if (step && !('send' in step)) compiler.problems.error(path, problem('sends_nothing', { id }))
}

function checkButtons(compiler: Compiler, { tap, of }: { tap: string | string[]; of: string }, path: Path): void {
  checkSends(compiler, of, [...path, 'of'])
  const step = compiler.document.steps[compiler.ids.get(of) ?? -1]
  if (!step || !('send' in step)) return
  if ('text' in step.send) compiler.problems.error([...path, 'of'], problem('no_buttons', { id: of }))
  if (!('interactive' in step.send)) return
  const buttons = Object.keys(step.send.interactive.buttons)
  for (const button of [tap].flat()) {
    if (!buttons.includes(button)) {
      compiler.problems.error(
        [...path, 'tap'],
        problem('wait_button', { id: of, known: buttons.join(', '), got: button }),
        didYouMean(button, buttons),
      )
    }
  }
}

function endOf(compiler: Compiler, wait: WaitDocument['wait'], path: Path): WaitEnd | null {
  if (typeof wait === 'string') return { kind: 'after', duration: compiler.duration(wait, path) }
  if ('at' in wait) return localOf(compiler, wait, path)
  if ('for' in wait && wait.until !== undefined && wait.up_to !== undefined) {
    compiler.problems.error([...path, 'up_to'], problem('both_given', { one: 'until', other: 'up_to' }))
  }
  if ('for' in wait && wait.up_to !== undefined) {
    return { kind: 'after', duration: compiler.duration(wait.up_to, [...path, 'up_to']) }
  }
  const moment = compiler.moment(wait.until, [...path, 'until'])
  return moment === null ? null : { kind: 'until', moment }
}

function localOf(compiler: Compiler, wait: Extract<WaitObject, { at: unknown }>, path: Path): WaitEnd {
  const days = wait.days === undefined ? EVERY_DAY : parseDays(wait.days)
  if (days === null) compiler.problems.error([...path, 'days'], problem('days', { got: String(wait.days) }))
  return {
    kind: 'local',
    minutes: parseTimeOfDay(wait.at) as number,
    days: days ?? EVERY_DAY,
    zone: compiler.zone(wait.zone, [...path, 'zone']),
    after: compiler.duration(wait.after, [...path, 'after']),
  }
}
