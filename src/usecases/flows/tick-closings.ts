import type { ActiveFlow } from '../../domain/flow/matcher.ts'
import { lengthOf } from '../../domain/flow/moment.ts'
import type { WorkspaceId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import type { PlaceRow } from '../../store/flows/triggers.ts'
import { beginByWindow, closingsOf } from './hear-inbound.ts'
import { PUT_OFF_MS, type Ticker, type TickIo } from './tick-flows.ts'

/* Flows that begin when a window closes soon: a cursor for each of them, and no row for anybody who only wrote. */

const AT_ONCE = 200

/** Answers whether there is more to do at once. */
export async function tickClosings(ticker: Ticker): Promise<boolean> {
  let more = false
  for (const workspace of await ticker.closingWorkspaces()) {
    const flows = await ticker.inTransaction(async (io) => (await io.matcher(workspace)).byClosingWindow)
    for (const flow of flows) if (await beginPage(ticker, workspace, flow)) more = true
  }
  return more
}

/** A page that is broken off is gone through once more, each person apart, and whoever cannot begin then is come back to. */
async function beginPage(ticker: Ticker, workspace: WorkspaceId, flow: ActiveFlow): Promise<boolean> {
  try {
    return await ticker.inTransaction((io) => beginClosing(io, workspace, flow, beginAt))
  } catch (error) {
    if (ticker.isPassingEverywhere(error)) throw error
    ticker.onPutOff({ flow: flow.name }, error as Error)
  }
  try {
    return await ticker.inTransaction((io) => beginApart(ticker, io, workspace, flow))
  } catch (error) {
    if (ticker.isPassingEverywhere(error)) throw error
    ticker.onPutOff({ flow: flow.name }, error as Error)
    return false
  }
}

async function beginApart(ticker: Ticker, io: TickIo, workspace: WorkspaceId, flow: ActiveFlow): Promise<boolean> {
  const again: PlaceRow['conversationId'][] = []
  const more = await beginClosing(io, workspace, flow, async (_io, _flow, place, now) => {
    await io.unlessBrokenOff(
      () => beginAt(io, flow, place, now),
      (error) => {
        again.push(place.conversationId)
        ticker.onPutOff({ flow: flow.name }, error)
      },
    )
  })
  if (again.length > 0) await io.takeClosingAgain(flow.id, again, PUT_OFF_MS)
  return more
}

type BeginAt = (io: TickIo, flow: ActiveFlow, place: PlaceRow, now: Instant) => Promise<void>

async function beginClosing(io: TickIo, workspace: WorkspaceId, flow: ActiveFlow, begin: BeginAt): Promise<boolean> {
  const beforeMs = Math.max(...closingsOf(flow).map(({ before }) => lengthOf(before)))
  const taken = await io.takeClosing({ flow: flow.id, workspace, sender: flow.program.sender, beforeMs }, AT_ONCE)
  if (taken === null) return false
  const now = await io.now()
  // The person before anything else of theirs, in one order.
  for (const place of taken.places.toSorted((a, b) => Number(a.contactId) - Number(b.contactId)))
    await begin(io, flow, place, now)
  return taken.more
}

/** Where the person turned out to be somebody else meanwhile, it is that one's window. */
async function beginAt(io: TickIo, flow: ActiveFlow, place: PlaceRow, now: Instant): Promise<void> {
  const here = await io.livePlace(place)
  if (here !== null) await beginByWindow(io, [flow], here, now)
}
