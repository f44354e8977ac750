import { keptOf, verdictOnCall } from '../../domain/flow/call.ts'
import type { WorkspaceId } from '../../domain/ids.ts'
import { nextTryAt } from '../../domain/passing.ts'
import { plus } from '../../domain/time.ts'
import type { CallRecord, LeasedCall } from '../../store/flows/calls.ts'
import type { Asked, Courier } from '../courier.ts'

/*
 * One try of a call that a step of a run has asked for. What is answered is recorded, and the run goes on by it; what may be answered another
 * time is tried again, for as long as the step says. A process that dies between the answer and its record makes the call again, under the
 * same id.
 */

export interface MakeCallIo {
  /** What the calls of a workspace are signed with; null where this process cannot open it. */
  secretOf(workspace: WorkspaceId): Promise<string | null>
  courier: Pick<Courier, 'ask'>
  record(record: CallRecord): Promise<void>
  /** 0 to 1. */
  jitter(): number
  /** Whether the target answers, and in how many milliseconds, for who looks after its share. */
  onTried(target: string, tried: { taken: boolean; ms: number }): void
}

/** `elsewhere`: this process has not the key to the secret. */
export async function makeCall(io: MakeCallIo, call: LeasedCall): Promise<'made' | 'elsewhere'> {
  const secret = await io.secretOf(call.workspace)
  if (secret === null) {
    await io.record({ ...keyOf(call), became: { state: 'free' } })
    return 'elsewhere'
  }
  const asked = await io.courier.ask({ url: call.url, secret }, { id: idOf(call), body: call.body })
  const verdict = verdictOn(call, asked)
  io.onTried(call.target, { taken: verdict.kind !== 'again', ms: asked.ms })
  await io.record({ ...keyOf(call), became: becameOf(io, call, asked, verdict) })
  return 'made'
}

/** The same in every try, and of this call alone. */
function idOf({ run, call }: LeasedCall): string {
  return `call_${run}_${call}`
}

function keyOf({ run, call, lease }: LeasedCall) {
  return { run, call, lease }
}

type OnTry = { kind: 'answered'; body: string | null } | { kind: 'again' | 'refused'; why: string }

/** The status stands, whatever becomes of the rest: a yes of which something is to be kept is none without its end. */
function verdictOn({ keeps }: LeasedCall, { status, error, refused, body }: Asked): OnTry {
  if (status === null) return { kind: refused ? 'refused' : 'again', why: error ?? 'no answer came' }
  const kind = verdictOnCall(status)
  if (kind !== 'answered') return { kind, why: `answered ${status}` }
  return keeps && error !== null ? { kind: 'again', why: error } : { kind, body }
}

function becameOf(io: MakeCallIo, call: LeasedCall, asked: Asked, verdict: OnTry): CallRecord['became'] {
  if (verdict.kind === 'refused') return { state: 'failed', why: verdict.why }
  if (verdict.kind === 'answered') {
    if (!call.keeps) return { state: 'answered', answer: {} }
    const answer = verdict.body === null ? null : keptOf(verdict.body)
    return answer === null
      ? { state: 'failed', why: `answered ${asked.status} with no JSON object that could be kept` }
      : { state: 'answered', answer }
  }
  const { why } = verdict
  const firstTriedAt = call.firstTriedAt ?? call.now
  const tries = call.tries + 1
  const { retryAfterS = null } = asked
  const now = plus(call.now, Math.round(asked.ms))
  const nextAt = nextTryAt({ tries, firstTriedAt, now, jitter: io.jitter(), retryAfterS, forMs: call.triedForMs })
  if (nextAt !== null) return { state: 'waiting', tries, firstTriedAt, nextAt, why }
  return { state: 'failed', why: tries === 1 ? why : `${why}, the last of ${tries} tries` }
}
