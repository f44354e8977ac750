import type { Said } from '../said.ts'
import type { Instant } from '../time.ts'
import { beginCall, lookAtCall } from './advance-call.ts'
import { beginSend, lookAtSend } from './advance-send.ts'
import { lookAtWait } from './advance-wait.ts'
import type { Facts } from './facts.ts'
import { Mover } from './mover.ts'
import { type BranchCase, type Program, stepOf } from './program.ts'
import type { Moved, Run } from './run.ts'
import { stopOf } from './stops.ts'
import { fillText } from './text.ts'
import { lookUpIn } from './values.ts'
import { because, why } from './whys.ts'

/*
 * The one thing that moves a run: used by the ticker, the simulator and the tests. Facts are levels, so looking once too often changes nothing,
 * and what was recorded before a wait began counts as what comes later.
 *
 *   stop       recorded?                          the run ends, whatever is due
 *   wait       what it waits for is recorded?     goes on (before its time is asked for: a reply beats a timeout)
 *              its time is over?                  goes on the other way
 *   deadline   over, and something is to be done  the run ends
 *   step       send, set, branch, …               is done, once, and the next is looked at
 */

/** Moves of one look; then others have their turn. */
const MOVES_MAX = 50

export function advance(program: Program, run: Run, facts: Facts, now: Instant): Moved {
  const mover = new Mover(program, run, facts, now)
  if (run.state === 'ended') return mover.result()
  const stop = stopOf(mover.scene)
  if (stop) {
    mover.end(stop.outcome, stop.why)
    return mover.result()
  }
  mover.hear()
  for (let moves = 0; mover.moving; moves++) {
    if (moves === MOVES_MAX) {
      mover.note('yielded', why('yielded', { steps: MOVES_MAX }))
      mover.waitUntil(now, null)
      break
    }
    look(mover)
  }
  mover.heedDeadline()
  return mover.result()
}

/** Of a run that is paused: only what ends it is heeded. Null: nothing does. */
export function stopOnly(program: Program, run: Run, facts: Facts, now: Instant): Moved | null {
  if (run.state === 'ended') return null
  const mover = new Mover(program, run, facts, now)
  const stop = stopOf(mover.scene)
  if (stop === null) return null
  mover.end(stop.outcome, stop.why)
  return mover.result()
}

/** Ended from outside: by an operator, or because its flow is another now. Also of a flow that cannot be read any more. */
export function endRun(run: Run, now: Instant, outcome: string, said: Said): Moved {
  if (run.state === 'ended') return { run, effects: [], history: [] }
  return {
    run: { ...run, state: 'ended', outcome, seq: run.seq + 1, dueAt: null, follows: null },
    effects: [{ kind: 'ended', outcome }],
    history: [{ at: now, kind: 'ended', step: run.step, said: because({ outcome }, said) }],
  }
}

function caseTaken(taken: BranchCase | undefined): Said {
  if (taken === undefined) return why('case_none')
  return taken.if === null ? why('case_otherwise') : why('case_held', { condition: taken.if.source })
}

/** One look at the present step: it stays there, or goes on. */
function look(mover: Mover) {
  const step = stepOf(mover.program, mover.run.step)
  if (mover.run.awaits !== null && step.verb === 'send') return lookAtSend(mover, step)
  if (mover.run.awaits !== null && step.verb === 'call') return lookAtCall(mover, step)
  if (!mover.isInWait && step.if && !mover.holds(step.if)) {
    if (!mover.begin()) return
    mover.note('skipped', why('not_held', { condition: step.if.source }))
    return mover.go(step.below, mover.now)
  }
  if (step.verb === 'wait') return lookAtWait(mover, step)
  if (mover.pastDeadline() && step.verb !== 'end' && step.verb !== 'branch')
    return mover.end('deadline', why('time_over'))
  if (step.verb === 'send') return beginSend(mover, step)
  // Counted also where nothing is waited for: no document goes round here for ever.
  if (!mover.begin()) return
  switch (step.verb) {
    case 'branch': {
      const taken = step.cases.find((one) => one.if === null || mover.holds(one.if))
      mover.note('branched', caseTaken(taken))
      if (taken) mover.set(taken.set)
      return mover.go(taken?.exit ?? step.next, mover.run.dueSince)
    }
    case 'set':
      mover.set(step.settings)
      return mover.go(step.next, mover.run.dueSince)
    case 'hand_over': {
      const filled = step.note === null ? null : fillText(step.note, lookUpIn(mover.scene))
      const note = filled?.ok ? filled.text : (step.note?.source ?? null)
      mover.effect({ kind: 'hand_over', team: step.team, note })
      mover.note(
        'handed_over',
        note === null ? why('team', { team: step.team }) : why('team_note', { team: step.team, note }),
      )
      return mover.go(step.next, mover.run.dueSince)
    }
    case 'enrol':
      mover.effect({ kind: 'enrol', step: step.id, flow: step.flow, data: step.data && mover.fillAll(step.data) })
      mover.note('enrols', why('flow', { flow: step.flow }))
      return mover.go(step.next, mover.run.dueSince)
    case 'leave':
      mover.effect({ kind: 'leave', flow: step.flow })
      mover.note('leaves', why('flow', { flow: step.flow }))
      return mover.go(step.next, mover.run.dueSince)
    case 'call':
      return beginCall(mover, step)
    case 'end':
      return mover.go(step.next, mover.run.dueSince)
  }
}
