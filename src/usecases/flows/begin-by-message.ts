import type { ActiveFlow } from '../../domain/flow/matcher.ts'
import { lengthOf } from '../../domain/flow/moment.ts'
import type { Occasion } from '../../domain/flow/start.ts'
import { earliest, type Instant, plus } from '../../domain/time.ts'
import type { DueBegin } from '../../store/flows/begins.ts'
import { MOST_HOPS } from './enrol-run.ts'
import { startRun } from './start-run.ts'
import { PUT_OFF_MS, putOff, type Ticker, type TickIo } from './tick-flows.ts'

/*
 * Flows that begin by a message of ours: that a campaign's left, or that nobody has answered one for so long. Which messages may be such is
 * put down as their statuses come, and for those alone is there a row.
 */

const AT_ONCE = 200

/** One round. Answers whether there is more to do at once. */
export async function tickBegins(ticker: Ticker): Promise<boolean> {
  let taken: DueBegin[] = []
  try {
    await ticker.inTransaction(async (io) => {
      taken = await io.takeDueBegins(AT_ONCE)
      await settle(io, taken)
    })
  } catch (error) {
    if (ticker.isPassingEverywhere(error) || taken.length === 0) throw error
    for (const begin of taken) await tickBegin(ticker, begin)
  }
  return taken.length === AT_ONCE
}

/** One of a round that failed: the others go on. */
async function tickBegin(ticker: Ticker, begin: DueBegin): Promise<void> {
  try {
    await ticker.inTransaction(async (io) => settle(io, await io.takeDueBegins(1, begin)))
  } catch (error) {
    if (ticker.isPassingEverywhere(error)) throw error
    await putOff(ticker, { id: begin.intent, flow: `number ${begin.flow}` }, error as Error, async (io) => {
      const again = plus(await io.now(), PUT_OFF_MS)
      if ((await io.takeDueBegins(1, begin)).length > 0) await io.settleBegins([{ begin, again }])
    })
  }
}

async function settle(io: TickIo, taken: readonly DueBegin[]): Promise<void> {
  const settled: { begin: DueBegin; again: Instant | null }[] = []
  // The person before anything else of theirs, in one order.
  for (const begin of taken.toSorted((a, b) => Number(a.contactId) - Number(b.contactId)))
    settled.push({ begin, again: await beginBy(io, begin) })
  await io.settleBegins(settled)
}

/** Answers when to look again: the flow may have another time by now. Null: never. A paused flow begins nothing. */
async function beginBy(io: TickIo, begin: DueBegin): Promise<Instant | null> {
  const flow = (await io.matcher(begin.workspace)).flows.find(({ id }) => id === begin.flow)
  if (flow === undefined || begin.hops > MOST_HOPS) return null
  const now = await io.now()
  const dueAt = dueOf(flow, begin)
  if (dueAt === null) return null
  if (dueAt > now) return begin.answered ? null : dueAt
  const place = await io.livePlace(begin)
  // They turned out to be somebody else meanwhile, who may have answered.
  if (place !== null && place.contactId !== begin.contactId) return now
  const facts = place && (await io.readStartFacts(begin.conversationId))
  if (facts === null) return null
  const details = { [begin.of]: begin.name, hops: begin.hops }
  const begun = { occasion: occasionOf(begin), at: now, details, data: null }
  await io.apart(flow.name, () => startRun(io, flow, begin, facts, begun))
  return null
}

/** Of several times the first. */
function dueOf({ program }: ActiveFlow, { trigger, of, name, since }: DueBegin): Instant | null {
  const times = program.triggers.flatMap((one) => {
    if (one.kind === 'campaign' && trigger === 'campaign' && one.campaign === name) return [since]
    if (one.kind === 'unanswered' && trigger === 'unanswered' && one.of[of] === name)
      return [plus(since, lengthOf(one.after))]
    return []
  })
  return times.length === 0 ? null : times.reduce(earliest)
}

function occasionOf({ trigger, of, name, since, answered }: DueBegin): Occasion {
  if (trigger === 'campaign') return { kind: 'campaign', campaign: name }
  return { kind: 'unanswered', of: { [of]: name }, deliveredAt: since, answered }
}
