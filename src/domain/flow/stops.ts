import type { Said } from '../said.ts'
import { toIso } from '../time.ts'
import type { EventFact, InboundFact } from './facts.ts'
import type { FlowStep, FlowStop, WaitStep } from './program.ts'
import { isOfTime } from './run.ts'
import { buttonOf } from './taps.ts'
import { conditionValues, isLongAgo, type Scene } from './values.ts'
import { why } from './whys.ts'

/** The stop that is recorded, if any: of several the first recorded. */
export function stopOf(scene: Scene): { outcome: string; why: Said } | null {
  const found = scene.program.stops.flatMap((stop) => {
    const order = orderOf(scene, stop)
    return order === null ? [] : [{ order, outcome: stop.end, why: whyOf(scene, stop, order) }]
  })
  return found.toSorted((a, b) => a.order - b.order)[0] ?? null
}

const WHY = {
  reply: 'customer_answered',
  event: 'event_came',
  opt_out: 'opted_out',
  person_took_over: 'person_took_over',
} as const

/** Where the customer's message was long on its way: also when they wrote it. */
function whyOf({ facts, now }: Scene, { kind }: FlowStop, order: number): Said {
  const inbound = kind === 'reply' ? facts.inbound.find((one) => one.order === order) : undefined
  if (inbound === undefined || !isLongAgo(inbound.at, now)) return why(WHY[kind])
  return why('customer_answered_at', { at: toIso(inbound.at) })
}

/** When the cause was recorded; null when it was not. What was heard at an earlier look stopped nothing then and does not now. */
function orderOf(scene: Scene, stop: FlowStop): number | null {
  const { facts, run } = scene
  switch (stop.kind) {
    case 'opt_out':
      return facts.optedOut?.order ?? (facts.marketing === 'out' && scene.program.purpose === 'marketing' ? 0 : null)
    case 'person_took_over':
      return facts.tookOver && isOfTime(run, facts.tookOver.at) ? facts.tookOver.order : null
    case 'event':
      return (
        facts.events.find((event) => event.order > run.heard && event.name === stop.name && fits(scene, stop, event))
          ?.order ?? null
      )
    case 'reply':
      return (
        facts.inbound.find(
          (inbound) => inbound.order > run.heard && isOfTime(run, inbound.at) && !isExempt(scene, stop, inbound),
        )?.order ?? null
      )
  }
}

function fits(
  scene: Scene,
  { where }: { where: Extract<FlowStop, { kind: 'event' }>['where'] },
  event: EventFact,
): boolean {
  if (where === null) return true
  const verdict = where.holds(conditionValues(scene, event))
  return verdict.told && verdict.holds
}

/** A tap on a button of this run that something waits for is no other answer; nor is what the document excepts. */
function isExempt(scene: Scene, stop: Extract<FlowStop, { kind: 'reply' }>, inbound: InboundFact): boolean {
  const { program, run } = scene
  const wait = waitAhead(scene)
  if (
    wait &&
    stop.except.has(wait.id) &&
    wait.for &&
    (wait.for.kind !== 'tap' || buttonOf(scene, wait.for, inbound) !== null)
  )
    return true
  if (wait?.for?.kind === 'tap' && buttonOf(scene, wait.for, inbound) !== null) return true
  for (const id of Object.keys(run.sent)) {
    const step = program.byId.get(id)
    if (step?.verb !== 'send') continue
    const buttons = [...step.taps.keys()]
    if (buttons.length > 0 && buttonOf(scene, { buttons, of: id }, inbound) !== null) return true
  }
  return inbound.tap?.of != null && stop.except.has(inbound.tap.of)
}

/** The wait that the run is in, or comes to next by itself: an answer may be faster than our own message's status. */
export function waitAhead({ program, run }: Scene): WaitStep | null {
  let step: FlowStep | undefined = program.byId.get(run.step)
  for (let n = 0; step && n < program.steps.length; n++) {
    if (step.verb === 'wait') return step
    const exit = step.verb === 'send' ? step.done : step.verb === 'branch' ? null : step.next
    step = exit && 'to' in exit ? program.byId.get(exit.to) : undefined
  }
  return null
}
