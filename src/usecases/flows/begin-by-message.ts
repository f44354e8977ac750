import type { ActiveFlow } from '../../domain/flow/matcher.ts'
import { lengthOf } from '../../domain/flow/moment.ts'
import type { Occasion } from '../../domain/flow/start.ts'
import { type Instant, plus } from '../../domain/time.ts'
import type { DueBegin } from '../../store/flows/begins.ts'
import { MOST_HOPS } from './enrol-run.ts'
import { startRun } from './start-run.ts'
import type { Ticker, TickIo } from './tick-flows.ts'

/*
 * Flows that begin by a message of ours: that a campaign's left, or that nobody has answered one for so long. Which messages may be such is
 * put down as their statuses come, and for those alone is there a row.
 */

const AT_ONCE = 200

/** One round. Answers whether there is more to do at once. */
export async function tickBegins(ticker: Ticker): Promise<boolean> {
  return ticker.inTransaction(async (io) => {
    const taken = await io.takeDueBegins(AT_ONCE)
    const settled: { begin: DueBegin; again: Instant | null }[] = []
    // The person before anything else of theirs, in one order.
    for (const begin of taken.toSorted((a, b) => Number(a.contactId) - Number(b.contactId)))
      settled.push({ begin, again: await beginBy(io, begin) })
    await io.settleBegins(settled)
    return taken.length === AT_ONCE
  })
}

/** Answers when to look again: the flow may have another time by now. Null: never. A paused flow begins nothing. */
async function beginBy(io: TickIo, begin: DueBegin): Promise<Instant | null> {
  const flow = (await io.matcher(begin.workspace)).flows.find(({ id }) => id === begin.flow)
  if (flow === undefined || begin.hops > MOST_HOPS) return null
  const now = await io.now()
  const dueAt = dueOf(flow, begin)
  if (dueAt === null) return null
  if (dueAt > now) return begin.answered ? null : dueAt
  const facts = (await io.shareLive(begin.contactId)) ? await io.readStartFacts(begin.conversationId) : null
  if (facts === null) return null
  const details = { [begin.of]: begin.name, hops: begin.hops }
  const begun = { occasion: occasionOf(begin), at: now, details, data: null }
  await io.apart(flow.name, () => startRun(io, flow, begin, facts, begun))
  return null
}

function dueOf({ program }: ActiveFlow, { trigger, of, name, since }: DueBegin): Instant | null {
  for (const one of program.triggers) {
    if (one.kind === 'campaign' && trigger === 'campaign' && one.campaign === name) return since
    if (one.kind === 'unanswered' && trigger === 'unanswered' && one.of[of] === name)
      return plus(since, lengthOf(one.after))
  }
  return null
}

function occasionOf({ trigger, of, name, since, answered }: DueBegin): Occasion {
  if (trigger === 'campaign') return { kind: 'campaign', campaign: name }
  return { kind: 'unanswered', of: { [of]: name }, deliveredAt: since, answered }
}
