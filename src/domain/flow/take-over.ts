import type { Instant } from '../time.ts'
import { awaitedCall } from './advance-call.ts'
import type { Program } from './program.ts'
import type { Run } from './run.ts'

/*
 * A run of an earlier version goes over to a new one, in the step where it is: what it has done stays done, under the names that steps have now.
 * Before, it is wholly of the one, and after, of the other.
 */

export type TakenOver<Id> =
  | { kind: 'goes_over'; run: Run; sends: Record<string, Id> }
  /** Its step is there no more. */
  | { kind: 'stays' }
  | { kind: 'ends' }

/** @param sends its messages, by their keys */
export function takeOver<Id>(
  { takesOver, byId }: Program,
  was: Run,
  sends: Readonly<Record<string, Id>>,
  now: Instant,
): TakenOver<Id> {
  const named = rename(takesOver.moved, was, sends)
  const { run } = named
  if (!byId.has(run.step)) {
    if (takesOver.removed === null || takesOver.removed === 'finish') return { kind: 'stays' }
    if (takesOver.removed === 'end') return { kind: 'ends' }
    Object.assign(run, { step: takesOver.removed.to, begun: false, enteredAt: now })
  }
  // What it has asked for leaves all the same; of a step that asks for no such thing now nobody waits for it.
  const awaited = awaitedCall(run) === null ? 'send' : 'call'
  if (byId.get(run.step)?.verb !== awaited || !run.begun) run.awaits = null
  return { kind: 'goes_over', run: { ...run, seq: was.seq + 1, dueSince: now, dueAt: now }, sends: named.sends }
}

/** Keys are `<step>/<visit>`. Where a step has become one that the run has been in, too, its visits come after those. */
function rename<Id>(
  moved: ReadonlyMap<string, string>,
  was: Run,
  sends: Readonly<Record<string, Id>>,
): { run: Run; sends: Record<string, Id> } {
  const run: Run = { ...was, visits: { ...was.visits }, sent: { ...was.sent } }
  const keys = new Map(Object.keys(sends).map((key) => [key, key]))
  for (const [from, to] of moved) {
    if (run.step === from) run.step = to
    const before = run.visits[to] ?? 0
    for (const key of keys.keys()) {
      const [step, visit] = [key.slice(0, key.lastIndexOf('/')), Number(key.slice(key.lastIndexOf('/') + 1))]
      if (step === from) keys.set(key, `${to}/${before + visit}`)
    }
    const visits = before + (run.visits[from] ?? 0)
    if (visits > 0) run.visits[to] = visits
    delete run.visits[from]
    const sent = run.sent[from]
    if (sent === undefined) continue
    delete run.sent[from]
    if (run.sent[to] === undefined || run.sent[to].at <= sent.at) run.sent[to] = sent
  }
  const keyOf = (key: string) => keys.get(key) ?? key
  for (const [step, sent] of Object.entries(run.sent)) run.sent[step] = { ...sent, key: keyOf(sent.key) }
  if (run.awaits !== null) run.awaits = keyOf(run.awaits)
  return { run, sends: Object.fromEntries(Object.entries(sends).map(([key, id]) => [keyOf(key), id])) }
}
