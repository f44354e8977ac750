import type { Said } from '../said.ts'
import { type Instant, latest, plus, toIso } from '../time.ts'
import { nextLocalTime } from '../zoned-time.ts'
import type { EventFact, InboundFact } from './facts.ts'
import { lengthOf, shift } from './moment.ts'
import type { Mover } from './mover.ts'
import type { Awaited, WaitStep } from './program.ts'
import { isOfTime, type Reply, type Run } from './run.ts'
import { buttonOf } from './taps.ts'
import { conditionValues, isLongAgo, momentAt, sendOf, zoneOf } from './values.ts'
import { why } from './whys.ts'

export function lookAtWait(mover: Mover, step: WaitStep): void {
  const isNew = !mover.isBegun
  if (!mover.begin()) return
  mover.run.asking = false
  if (isNew && step.fresh) mover.run.seen = mover.facts.latest
  // What is there is asked for before the time is: a reply in the last moment is a reply.
  if (satisfy(mover, step) || heedTap(mover)) return
  const due = endOfWait(mover, step)
  if (due !== 'never' && (due === null || due <= mover.now)) {
    mover.note('timed_out', due === null ? why('nothing_awaited') : why('timed_out', { at: toIso(due) }))
    // Late or not: what follows counts from when it is done.
    mover.go(step.otherwise, mover.now)
    if (mover.moving && due !== null) mover.run.dueSince = due
    return
  }
  const at = due === 'never' ? null : due
  if (isNew) mover.note('waits', whatIsAwaited(step, at))
  mover.waitUntil(at, followsOf(step))
}

/** `never`: only what it waits for ends it. Null: what its time is counted from is not there. */
function endOfWait(mover: Mover, { ends, for: awaited }: WaitStep): Instant | null | 'never' {
  const { run, scene } = mover
  if (ends === null) return awaited === null ? mover.now : 'never'
  switch (ends.kind) {
    case 'after':
      return shift(run.enteredAt, ends.duration, 1, zoneOf(scene, null))
    case 'until':
      return momentAt(scene, ends.moment)
    case 'local': {
      // Who comes back at the very time waits for the next one.
      const again = lengthOf(ends.after) === 0 && (run.visits[run.step] ?? 0) > 1 ? 1 : 0
      const from = plus(shift(run.enteredAt, ends.after, 1, zoneOf(scene, null)), again)
      return nextLocalTime(from, ends.minutes, ends.days, zoneOf(scene, ends.zone))
    }
  }
}

function followsOf({ ends }: WaitStep): Run['follows'] {
  if (ends?.kind !== 'until') return null
  const { kind } = ends.moment.anchor
  if (kind.startsWith('window.')) return 'window'
  return kind.startsWith('free_entry.') ? 'entry' : null
}

function satisfy(mover: Mover, step: WaitStep): boolean {
  const { run, facts } = mover
  const awaited = step.for
  if (awaited === null) return false
  if ('step' in awaited) {
    const send = sendOf(run, facts, awaited.step)
    const at = awaited.kind === 'read' ? send?.readAt : (send?.deliveredAt ?? send?.readAt)
    if (at == null) return false
    mover.note('satisfied', why(awaited.kind, { step: awaited.step }))
    mover.go(step.done, latest(at, run.enteredAt))
    return true
  }
  if (awaited.kind === 'event') return satisfyByEvent(mover, step, awaited)
  return satisfyByInbound(mover, step, awaited)
}

function satisfyByEvent(mover: Mover, step: WaitStep, awaited: Extract<Awaited, { kind: 'event' }>): boolean {
  const { run, facts, scene } = mover
  const fits = (event: EventFact) => {
    const verdict = awaited.where?.holds(conditionValues(scene, event)) ?? { told: true, holds: true }
    return verdict.told && verdict.holds
  }
  const event = facts.events.find((one) => one.order > run.seen && one.name === awaited.name && fits(one))
  if (!event) return false
  run.seen = event.order
  mover.note('satisfied', why('event_named', { event: event.name }))
  mover.go(step.done, mover.now)
  return true
}

function satisfyByInbound(mover: Mover, step: WaitStep, awaited: Extract<Awaited, { kind: 'reply' | 'tap' }>): boolean {
  const { run, facts, scene } = mover
  for (const inbound of facts.inbound) {
    if (!isUntaken(run, inbound)) continue
    const button = awaited.kind === 'tap' ? buttonOf(scene, awaited, inbound) : null
    if (awaited.kind === 'tap' && button === null) continue
    take(mover, inbound, button)
    mover.note('satisfied', whatCame(button, isLongAgo(inbound.at, mover.now) ? inbound.at : null))
    const to = button === null ? undefined : step.taps.get(button)
    mover.go(to === undefined ? step.done : { to }, mover.now)
    return true
  }
  return false
}

/** A button of an earlier message that leads somewhere, while this wait lasts. */
function heedTap(mover: Mover): boolean {
  const { run, facts, scene, program } = mover
  for (const inbound of facts.inbound) {
    if (!isUntaken(run, inbound)) continue
    for (const of of Object.keys(run.sent)) {
      // A step of an earlier version may be there no more.
      const step = program.byId.get(of)
      if (step?.verb !== 'send' || step.taps.size === 0) continue
      const button = buttonOf(scene, { buttons: [...step.taps.keys()], of }, inbound)
      const to = button === null ? undefined : step.taps.get(button)
      if (button === null || to === undefined) continue
      take(mover, inbound, button)
      mover.note('tapped', why('tapped', { button, step: of }))
      mover.go({ to }, mover.now)
      return true
    }
  }
  return false
}

function isUntaken(run: Run, { order, at, elsewhere }: InboundFact): boolean {
  return order > run.seen && !elsewhere && isOfTime(run, at)
}

function take(mover: Mover, inbound: InboundFact, button: string | null): void {
  mover.run.seen = inbound.order
  mover.run.reply = replyOf(inbound, button)
  mover.effect({ kind: 'takes', order: inbound.order })
}

function replyOf({ text, kind, at }: InboundFact, button: string | null): Reply {
  return { text, button: button ?? '', kind, at }
}

/** @param stamp when they wrote it, where that is worth a word */
function whatCame(button: string | null, stamp: Instant | null): Said {
  const at = stamp === null ? null : toIso(stamp)
  if (button === null) return at === null ? why('customer_answered') : why('customer_answered_at', { at })
  return at === null ? why('chose', { button }) : why('chose_at', { button, at })
}

function whatIsAwaited({ for: awaited }: WaitStep, until: Instant | null): Said {
  const at = until === null ? null : toIso(until)
  if (awaited?.kind === 'event') {
    const event = awaited.name
    return at === null ? why('waits_event', { event }) : why('waits_event_until', { event, at })
  }
  const what = awaited?.kind ?? 'time'
  return at === null ? why('waits', { what }) : why('waits_until', { what, at })
}
