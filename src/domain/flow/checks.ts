import { lengthOf, type Moment } from './moment.ts'
import type { Path, Problems } from './problem.ts'
import { exitsOf, type FlowStep, type Program, type SendStep, stepOf, type WaitStep } from './program.ts'
import { hint, problem } from './sentences.ts'
import { checkWindows } from './window-check.ts'

/* What is wrong with a program as a whole: ways that lead nowhere or round and round, windows that cannot be open. */

export function checkProgram(program: Program, problems: Problems): void {
  checkReach(program, problems)
  checkCycles(program, problems)
  checkAnchors(program, problems)
  checkWindows(program, problems)
  checkStops(program, problems)
  program.steps.forEach((step, i) => {
    checkStep(program, step, ['steps', i], problems)
  })
}

export function targetsOf(step: FlowStep): string[] {
  const taps = step.verb === 'send' ? [...step.taps.values()] : []
  return [...exitsOf(step).flatMap((exit) => ('to' in exit ? [exit.to] : [])), ...taps]
}

function checkReach(program: Program, problems: Problems): void {
  const reached = new Set<string>()
  const open = [(program.steps[0] as FlowStep).id]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id)) continue
    reached.add(id)
    open.push(...targetsOf(stepOf(program, id)))
  }
  program.steps.forEach(({ id }, i) => {
    if (!reached.has(id)) problems.warn(['steps', i, 'id'], problem('unreached', { id }))
  })
}

/** Where a run may go from a step at once: without time, and without anything new from the customer. */
function atOnce(step: FlowStep): string[] {
  if (step.verb !== 'wait') return targetsOf(step)
  const ends = step.ends === null || step.ends.kind === 'local' || takesTime(step.ends)
  const hears = step.for !== null && ['reply', 'tap', 'event'].includes(step.for.kind)
  const ways = [
    ...(step.if ? [step.below] : []),
    ...(ends ? [] : [step.otherwise]),
    ...(step.for === null || hears ? [] : [step.done]),
  ]
  return ways.flatMap((exit) => ('to' in exit ? [exit.to] : []))
}

/** A point in time may be over when a run comes to it again. */
function takesTime(ends: NonNullable<WaitStep['ends']>): boolean {
  return ends.kind === 'after' && lengthOf(ends.duration) > 0
}

/** A way round without a wait would send without end; each is told once, at its first step. */
function checkCycles(program: Program, problems: Problems): void {
  const state = new Map<string, 'open' | 'done'>()
  const visit = (id: string): void => {
    const step = stepOf(program, id)
    if (state.has(id)) return
    state.set(id, 'open')
    for (const target of atOnce(step)) {
      if (state.get(target) === 'open') {
        const i = program.steps.findIndex((one) => one.id === id)
        problems.error(['steps', i], problem('endless_way', { from: target, to: id }), hint('wait_for_something'))
      } else visit(target)
    }
    state.set(id, 'done')
  }
  for (const { id } of program.steps) visit(id)
}

function momentsOf(step: FlowStep, path: Path): [Moment, Path][] {
  if (step.verb === 'send') return step.deadline ? [[step.deadline, [...path, 'deadline']]] : []
  if (step.verb === 'wait' && step.ends?.kind === 'until') return [[step.ends.moment, [...path, 'wait', 'until']]]
  return []
}

function checkAnchors(program: Program, problems: Problems): void {
  const hasWindow = program.triggers.every(
    ({ kind }) => kind === 'inbound' || kind === 'window_closing' || kind === 'tapped',
  )
  const hasEntry = program.triggers.every((trigger) => trigger.kind === 'inbound' && trigger.from === 'ad')
  const waitsForCustomer = (before: number) =>
    program.steps
      .slice(0, before)
      .some((step) => step.verb === 'wait' && (step.for?.kind === 'reply' || step.for?.kind === 'tap'))
  program.steps.forEach((step, i) => {
    for (const [{ anchor }, path] of momentsOf(step, ['steps', i])) {
      if (anchor.kind === 'step' && anchor.what === 'delivered_at' && !waitsForDelivery(program, anchor.step)) {
        problems.warn(
          path,
          problem('not_delivered', { id: anchor.step }),
          hint('wait_first', { code: `{ for: { delivered: ${anchor.step} }, up_to: … }` }),
        )
      }
      const guarded = step.if?.reads.some((read) => read.startsWith(anchor.kind.split('.')[0] as string))
      if (guarded) continue
      if (anchor.kind.startsWith('window.') && !hasWindow && !waitsForCustomer(i)) {
        problems.error(
          path,
          problem('no_window', { anchor: anchor.kind }),
          hint('ask_first', { code: 'if: window.open' }),
        )
      }
      if (anchor.kind.startsWith('free_entry.') && !hasEntry) {
        problems.error(
          path,
          problem('no_free_entry', { anchor: anchor.kind, trigger: 'inbound: { from: ad }' }),
          hint('ask_first', { code: 'if: free_entry.open' }),
        )
      }
    }
  })
}

function waitsForDelivery({ steps }: Program, of: string): boolean {
  return steps.some((step) => step.verb === 'wait' && step.for !== null && 'step' in step.for && step.for.step === of)
}

function checkStops(program: Program, problems: Problems): void {
  const reply = program.stops.find((stop) => stop.kind === 'reply')
  if (program.purpose === 'marketing' && !reply) {
    problems.warn(['stop'], problem('nothing_stops'), hint('add', { code: 'stop: [ reply ]' }))
  }
  program.steps.forEach((step, i) => {
    if (step.verb !== 'wait' || step.for?.kind !== 'reply' || !reply || reply.except.has(step.id)) return
    problems.error(
      ['steps', i, 'wait', 'for'],
      problem('stopped_before'),
      hint('write', { code: `stop: [ reply: { except: ${step.id} } ]` }),
    )
  })
}

function checkStep(program: Program, step: FlowStep, path: Path, problems: Problems): void {
  if (step.if?.constant) problems.warn([...path, 'if'], problem('condition_constant'))
  if (step.verb === 'branch') {
    if (step.cases.every((one) => one.if !== null)) {
      problems.warn([...path, 'branch'], problem('no_else'), hint('end_with', { code: '- otherwise: { next: … }' }))
    }
    step.cases.forEach((one, i) => {
      if (one.if?.constant) problems.warn([...path, 'branch', i, 'if'], problem('condition_constant'))
    })
  }
  if (step.verb === 'wait') checkWait(program, step, path, problems)
  if (step.verb === 'send') checkSend(program, step, path, problems)
  if (step.verb === 'hand_over' && 'to' in step.next && stepOf(program, step.next.to).verb === 'send') {
    problems.warn([...path, 'hand_over'], problem('sends_after_person', { id: step.next.to }))
  }
}

function checkWait(program: Program, step: WaitStep, path: Path, problems: Problems): void {
  if (step.for?.kind === 'tap' || step.for?.kind === 'read' || step.for?.kind === 'delivered') {
    const of = step.for.kind === 'tap' ? step.for.of : step.for.step
    const before = reaches(program, of, step.id)
    if (!before) problems.error([...path, 'wait', 'for'], problem('not_sent_before', { id: of }))
  }
  if (step.ends?.kind !== 'local') return
  if (program.quiet && program.quiet.days.size === 7) {
    const { from, to } = program.quiet
    const { minutes } = step.ends
    const quiet = from < to ? minutes >= from && minutes < to : minutes >= from || minutes < to
    if (quiet) problems.warn([...path, 'wait', 'at'], problem('wait_in_quiet'))
  }
}

function checkSend(program: Program, step: SendStep, path: Path, problems: Problems): void {
  const byWindow = step.deadline?.anchor.kind.startsWith('window.')
  if (byWindow && program.quiet && !step.isReply) {
    problems.warn([...path, 'deadline'], problem('quiet_over_window'), hint('reply_not_held'))
  }
  if (program.purpose === 'marketing' && step.isReply) {
    problems.warn([...path, 'priority'], problem('reply_not_quiet'))
  }
}

function reaches(program: Program, from: string, to: string): boolean {
  const seen = new Set<string>()
  const open = program.byId.has(from) ? targetsOf(stepOf(program, from)) : []
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === to) return true
    if (seen.has(id)) continue
    seen.add(id)
    open.push(...targetsOf(stepOf(program, id)))
  }
  return false
}
