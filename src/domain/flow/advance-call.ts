import type { Said } from '../said.ts'
import type { Mover } from './mover.ts'
import type { CallStep } from './program.ts'
import type { Run } from './run.ts'
import { type FlowText, fillText } from './text.ts'
import { lookUpIn } from './values.ts'
import { why } from './whys.ts'

/* A call is over when the program has answered it, or nothing more is tried. */

/** Where the run ends that is not told where else to go. */
export const CALL_FAILED = 'call_failed'

/** No step has such a key for its messages. */
const MARK = '#'

/** The call that a run awaits; null: it awaits a message, or nothing. */
export function awaitedCall({ awaits }: Pick<Run, 'awaits'>): number | null {
  return awaits?.startsWith(MARK) ? Number(awaits.slice(MARK.length)) : null
}

/** Asks for the call, once. */
export function beginCall(mover: Mover, step: CallStep) {
  const { run } = mover
  const url = addressOf(mover, step.url)
  if (!url.ok) return fail(mover, step, url.why)
  const call = run.seq
  mover.effect({
    kind: 'call',
    call,
    step: step.id,
    url: url.url,
    body: mover.fillAll(step.body),
    keeps: step.save !== null,
    triedForMs: step.triedForMs,
  })
  mover.note('calls', why('calls', { url: url.url }))
  run.awaits = `${MARK}${call}`
  run.calling = true
  run.seq += 1
  mover.waitUntil(null, null)
}

export function lookAtCall(mover: Mover, step: CallStep) {
  const call = awaitedCall(mover.run)
  const fact = mover.facts.calls.find((one) => one.call === call)
  if (!fact || fact.state === 'waiting') return mover.waitUntil(null, null)
  if (fact.state === 'failed') return fail(mover, step, why('call_failed', { why: fact.why }))
  if (step.save !== null) mover.run.answers[step.save] = { ...fact.answer }
  const names = Object.keys(fact.answer)
  mover.note(
    'called',
    step.save === null || names.length === 0 ? why('answered') : why('answered_with', { names: names.join(', ') }),
  )
  mover.go(step.done, mover.now)
}

function fail(mover: Mover, step: CallStep, said: Said) {
  mover.note('call_failed', said)
  if (step.otherwise) mover.go(step.otherwise, mover.now)
  else mover.end(CALL_FAILED, said)
}

/** What a program would take for another address than the one that is written. */
const STEPS_UP = /\/(?:\.|%2e){1,2}(?:[/?]|$)/i

/** What stands in for a place is one part of the address, whatever it says. */
function addressOf(mover: Mover, url: FlowText): { ok: true; url: string } | { ok: false; why: Said } {
  const lookUp = lookUpIn(mover.scene)
  const filled = fillText(url, (path) => {
    const value = lookUp(path)
    return value === null ? null : encodeURIComponent(value.toWellFormed())
  })
  if (!filled.ok) return { ok: false, why: why('unknown_value', { path: filled.missing }) }
  const [path = ''] = filled.text.split('?')
  if (STEPS_UP.test(path)) return { ok: false, why: why('address_up') }
  return { ok: true, url: filled.text }
}
