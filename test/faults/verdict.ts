import { type IntentState, isOver } from '../../src/domain/lifecycle.ts'
import type { SendRecord } from '../../src/sandbox/sandbox.ts'

/** One intent as the store left it. */
export interface StoredIntent {
  id: string
  seq: number
  key: string | null
  /** What shares an order: conversation and priority. */
  turn: string
  delivery: 'at_least_once' | 'at_most_once'
  state: IntentState
  wamid: string | null
  reason: string | null
}

/** Lists hold intent ids with a word on why; a run is good when all are empty. */
export interface Verdict {
  /** P2: missing, not over, or called sent though Meta never had it. */
  lost: string[]
  /** P3: accepted more than once. */
  doubled: string[]
  /** Over as unsent, but Meta has it; or sent with a wamid that is not Meta's. */
  misjudged: string[]
  /** P5: accepted before an older one of the same turn. Only what may be sent again keeps its turn in doubt. */
  inverted: string[]
  /** At most once, in doubt, and Meta never had it: ended with its reason, as asked. */
  unconfirmed: number
  accepted: number
  /** P6: most accepted in any rolling second. */
  busiestSecond: number
}

/** Compares what was asked with what the sandbox accepted. Sends are linked by the attempt id that travelled with them. */
export function compare(asked: number, intents: readonly StoredIntent[], sends: readonly SendRecord[]): Verdict {
  const accepted = sends.filter((send) => send.outcome === 'accepted')
  const byIntent = Map.groupBy(accepted, (send) => (send.opaque ?? '').split('.')[0] as string)
  const verdict: Verdict = {
    lost: Array.from({ length: Math.max(0, asked - intents.length) }, () => 'never stored'),
    doubled: [],
    misjudged: [],
    inverted: inversions(intents, byIntent),
    unconfirmed: 0,
    accepted: accepted.length,
    busiestSecond: busiestSecond(accepted.map((send) => Date.parse(send.at))),
  }
  for (const intent of intents) {
    const taken = byIntent.get(intent.id) ?? []
    const word = `${intent.id} ${intent.state} ${intent.reason ?? ''} ${taken.map((send) => `${send.opaque} at ${send.at}`).join(', ')}`
    if (taken.length > 1) verdict.doubled.push(word)
    if (!isOver(intent.state)) verdict.lost.push(word)
    else if (intent.state === 'sent') {
      if (taken.length === 0) verdict.lost.push(word)
      else if (!taken.some((send) => send.wamid === intent.wamid)) verdict.misjudged.push(word)
    } else if (taken.length > 0) verdict.misjudged.push(word)
    else if (intent.reason === 'unconfirmed' && intent.delivery === 'at_most_once') verdict.unconfirmed += 1
    else verdict.lost.push(word)
  }
  return verdict
}

function inversions(intents: readonly StoredIntent[], byIntent: Map<string, SendRecord[]>): string[] {
  const inverted: string[] = []
  const newest = new Map<string, number>()
  for (const intent of [...intents].sort((a, b) => a.seq - b.seq)) {
    const first = byIntent.get(intent.id)?.[0]
    if (intent.delivery !== 'at_least_once' || !first) continue
    const before = newest.get(intent.turn) ?? 0
    if (first.seq < before) inverted.push(`${intent.id} at ${first.seq}, an older one at ${before}`)
    newest.set(intent.turn, Math.max(before, first.seq))
  }
  return inverted
}

/** @param times epoch milliseconds */
export function busiestSecond(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b)
  let from = 0
  let most = 0
  for (let to = 0; to < sorted.length; to++) {
    while ((sorted[to] as number) - (sorted[from] as number) >= 1_000) from += 1
    most = Math.max(most, to - from + 1)
  }
  return most
}
