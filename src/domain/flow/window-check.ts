import { DAY_MS, HOUR_MS } from '../time.ts'
import { type Duration, lengthOf } from './moment.ts'
import type { Problems } from './problem.ts'
import { type Exit, exitsOf, type FlowStep, type Program, type SendStep, stepOf, type WaitStep } from './program.ts'
import { hint, problem } from './sentences.ts'

/*
 * How old the customer's last message can be at each step: at least and at most. A free-form message that is only ever reached with a window
 * that is surely closed, and has no way out, never goes; the document is wrong then, and is told so before a customer misses it.
 */

/** Milliseconds since the customer wrote. `least` is what matters: from 24 h on the window is closed, unless they wrote without being waited for. */
interface Age {
  least: number
  most: number
}

const NEVER = Number.POSITIVE_INFINITY

export function checkWindows(program: Program, problems: Problems): void {
  const ages = agesOf(program)
  program.steps.forEach((step, i) => {
    const age = ages.get(step.id)
    if (step.verb !== 'send' || age === undefined || !needsWindow(step)) return
    const path = ['steps', i, 'when_closed']
    if (age.least >= DAY_MS) {
      problems.error(
        path,
        problem('window_closed', { id: step.id }),
        hint('template_instead', { code: 'when_closed: { downgrade: … }' }),
      )
    } else if (
      age.most >= DAY_MS &&
      step.otherwise === null &&
      !step.if?.reads.some((read) => read.startsWith('window'))
    ) {
      problems.warn(path, problem('window_may_close'), hint('where_it_goes'))
    }
  })
}

function needsWindow(step: SendStep): boolean {
  return step.message.kind !== 'template' && step.whenClosed === 'fail'
}

function agesOf(program: Program): Map<string, Age> {
  const ages = new Map<string, Age>()
  const open: [string, Age, number][] = [[(program.steps[0] as FlowStep).id, startAge(program), 0]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [id, came, depth] = next
    const known = ages.get(id)
    const age = known ? { least: Math.min(known.least, came.least), most: Math.max(known.most, came.most) } : came
    if (known && age.least === known.least && age.most === known.most) continue
    ages.set(id, age)
    // Round a cycle it only gets older; what is older than a day is closed all the same.
    if (depth > 2 * program.steps.length) continue
    for (const [exit, later] of onwards(stepOf(program, id), age))
      if ('to' in exit) open.push([exit.to, later, depth + 1])
  }
  return ages
}

/** Who starts a run by the API may have a window that is open; only some triggers say that there is one. */
function startAge({ triggers }: Program): Age {
  const fromCustomer = triggers.every(({ kind }) => kind === 'inbound' || kind === 'tapped')
  if (fromCustomer) return { least: 0, most: 0 }
  const [first] = triggers
  if (triggers.length === 1 && first?.kind === 'window_closing') {
    const age = DAY_MS - lengthOf(first.before)
    return { least: age, most: age }
  }
  return { least: 0, most: NEVER }
}

function onwards(step: FlowStep, age: Age): [Exit, Age][] {
  if (step.verb === 'wait') return afterWait(step, age)
  if (step.verb === 'call') {
    const later = { ...age, most: age.most + step.triedForMs }
    return exitsOf(step).map((exit): [Exit, Age] => [exit, later])
  }
  const taps: [Exit, Age][] =
    step.verb === 'send' ? [...step.taps.values()].map((to) => [{ to }, { least: 0, most: 0 }]) : []
  return [...exitsOf(step).map((exit): [Exit, Age] => [exit, age]), ...taps]
}

function afterWait(step: WaitStep, age: Age): [Exit, Age][] {
  const fresh = { least: 0, most: 0 }
  const ways: [Exit, Age][] = step.if ? [[step.below, age]] : []
  const heard = step.for?.kind === 'reply' || step.for?.kind === 'tap' ? fresh : { least: age.least, most: NEVER }
  if (step.for) {
    ways.push([step.done, heard])
    for (const to of step.taps.values()) ways.push([{ to }, heard])
  }
  if (step.ends) ways.push([step.otherwise, ageAtEnd(step.ends, age)])
  return ways
}

function ageAtEnd(ends: NonNullable<WaitStep['ends']>, age: Age): Age {
  if (ends.kind === 'after') return older(age, ends.duration)
  if (ends.kind === 'local') return { least: Math.min(DAY_MS, older(age, ends.after).least), most: NEVER }
  const { anchor, sign, offset } = ends.moment
  if (anchor.kind === 'window.closes') {
    const at = DAY_MS + sign * lengthOf(offset)
    return { least: Math.max(at, 0), most: Math.max(age.most, at) }
  }
  return { least: age.least, most: NEVER }
}

/** A calendar day may have 23 hours. */
function older(age: Age, { ms, days }: Duration): Age {
  const least = age.least + ms + Math.max(0, days * DAY_MS - (days > 0 ? HOUR_MS : 0))
  return { least: Math.min(least, 400 * DAY_MS), most: age.most + ms + days * DAY_MS }
}
