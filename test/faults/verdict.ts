import { type IntentState, isOver } from '../../src/domain/lifecycle.ts'
import type { SendRecord } from '../../src/sandbox/sandbox.ts'
import type { Merge, Person } from './cast.ts'

/** One message as the producer asked for it, which is all that the oracle believes besides the sandbox's ledger. */
export interface Asked {
  key: string
  /** As it was answered; null when it never was. */
  intent: string | null
  /** `offer`: to somebody whose opt-out was acknowledged before. `to be erased`: before the erasure was asked for. */
  kind: 'message' | 'offer' | 'to be erased'
  person: Person
  /** Within each of these, and one priority, the order is promised. */
  orders: readonly string[]
  /** The merge that it may have been under way in: what has its turn on both sides keeps it until it is over. */
  across: Merge | null
}

/** One intent as the store left it. */
export interface StoredIntent {
  id: string
  seq: number
  key: string | null
  priority: string
  delivery: 'at_least_once' | 'at_most_once'
  state: IntentState
  wamid: string | null
  reason: string | null
  /** Start of the first attempt, epoch milliseconds. */
  firstTriedAt: number | null
  /** What was decided and tried and when, for whoever reads a charge. */
  decided: string
}

/** Lists hold intent ids with a word on why; a run is good when all are empty. */
export interface Verdict {
  /** P2: missing, not over, or called sent though Meta never had it. */
  lost: string[]
  /** P3: accepted more than once. */
  doubled: string[]
  /** Over as unsent, but Meta has it; or sent with a wamid that is not Meta's; or still there though they were erased. */
  misjudged: string[]
  /** P5: accepted before an older one of the same turn. Only what may be sent again keeps its turn in doubt. */
  inverted: string[]
  /** P7: accepted though they had opted out. */
  unheeded: string[]
  /** Reached Meta after the erasure of whom they were for had ended. */
  afterErasure: string[]
  /** At most once, in doubt, and Meta never had it: ended with its reason, as asked. */
  unconfirmed: number
  /** Accepted and then reported as undeliverable, under a number that they had just left. */
  undelivered: number
  accepted: number
  /** P6: most accepted in any rolling second. */
  busiestSecond: number
}

export const CHARGES = ['lost', 'doubled', 'misjudged', 'inverted', 'unheeded', 'afterErasure'] as const

/** Compares what was asked with what the sandbox accepted. Sends are linked by the attempt id that travelled with them. */
export function compare(
  asked: readonly Asked[],
  intents: readonly StoredIntent[],
  sends: readonly SendRecord[],
): Verdict {
  const accepted = sends.filter((send) => send.outcome === 'accepted')
  const byIntent = Map.groupBy(accepted, (send) => (send.opaque ?? '').split('.')[0] as string)
  const stored = new Map(intents.map((intent) => [intent.key, intent]))
  const verdict: Verdict = {
    lost: [],
    doubled: [],
    misjudged: [],
    inverted: inversions(asked, stored, byIntent),
    unheeded: [],
    afterErasure: sentAfterErasure(asked, sends),
    unconfirmed: 0,
    undelivered: 0,
    accepted: accepted.length,
    busiestSecond: busiestSecond(accepted.map((send) => Date.parse(send.at))),
  }
  for (const one of asked) judge(verdict, one, stored.get(one.key), byIntent)
  return verdict
}

function judge(
  verdict: Verdict,
  one: Asked,
  intent: StoredIntent | undefined,
  byIntent: ReadonlyMap<string, SendRecord[]>,
): void {
  const taken = byIntent.get(intent?.id ?? one.intent ?? '') ?? []
  const sends = taken.map((send) => `${send.opaque} at ${send.at}`).join(', ')
  const word = `${one.kind} ${one.key} ${intent?.id} ${intent?.state} ${intent?.reason ?? ''} ${sends}`
  if (taken.length > 1) verdict.doubled.push(word)
  if (one.kind === 'to be erased') {
    if (intent) verdict.misjudged.push(`${word}, still there`)
  } else if (one.kind === 'offer') {
    if (taken.length > 0) verdict.unheeded.push(word)
    else if (intent?.state !== 'suppressed') verdict.lost.push(word)
  } else if (!intent || !isOver(intent.state)) verdict.lost.push(word)
  else if (intent.state === 'sent') {
    if (taken.length === 0) verdict.lost.push(word)
    else if (!taken.some((send) => send.wamid === intent.wamid)) verdict.misjudged.push(word)
  } else if (taken.some((send) => send.code === null)) verdict.misjudged.push(word)
  else if (taken.length > 0) verdict.undelivered += 1
  else if (intent.reason === 'unconfirmed' && intent.delivery === 'at_most_once') verdict.unconfirmed += 1
  else verdict.lost.push(word)
}

function inversions(
  asked: readonly Asked[],
  stored: ReadonlyMap<string | null, StoredIntent>,
  byIntent: ReadonlyMap<string, SendRecord[]>,
): string[] {
  const inverted: string[] = []
  const newest = new Map<string, { seq: number; word: string }>()
  const bySeq = asked
    .flatMap((one) => {
      const intent = stored.get(one.key)
      const first = intent && byIntent.get(intent.id)?.[0]
      return intent?.delivery === 'at_least_once' && first ? [{ one, intent, first }] : []
    })
    .sort((a, b) => a.intent.seq - b.intent.seq)
  for (const { one, intent, first } of bySeq) {
    for (const order of one.orders) {
      if (order.endsWith(ACROSS) && wasUnderWay(one.across, intent, first)) continue
      const turn = `${order}/${intent.priority}`
      const before = newest.get(turn)
      const word = `${one.key} ${first.opaque} at ${first.at} (decided ${intent.decided})`
      if (before && first.seq < before.seq) inverted.push(`in ${turn}: ${word} before the older ${before.word}`)
      if (!before || first.seq > before.seq) newest.set(turn, { seq: first.seq, word })
    }
  }
  return inverted
}

/** An order of what was asked for before a merge and what was after it. */
export const ACROSS = ' across'

function wasUnderWay(merge: Merge | null, intent: StoredIntent, first: SendRecord): boolean {
  if (merge === null || intent.firstTriedAt === null) return false
  return intent.firstTriedAt < merge.seenAt && Date.parse(first.at) > merge.toldAt
}

/** Whatever became of it there. */
function sentAfterErasure(asked: readonly Asked[], sends: readonly SendRecord[]): string[] {
  const endOf = new Map<string, number>()
  for (const { person } of asked) {
    if (person.erasure) for (const address of person.addresses) endOf.set(address, person.erasure.endedAt)
  }
  return sends.flatMap((send) => {
    const address = send.to?.replace('+', '') ?? send.recipient ?? ''
    const endedAt = endOf.get(address)
    if (endedAt === undefined || Date.parse(send.at) <= endedAt) return []
    return [`${send.opaque} ${send.outcome} at ${send.at}, erased at ${new Date(endedAt).toISOString()}`]
  })
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
