import type { Doer } from '../domain/audit.ts'
import { mayRetry, RETRY_REASONS } from '../domain/campaign/failures.ts'
import { type SeenKeys, seenKeys } from '../domain/campaign/seen-keys.ts'
import type { CampaignFacts } from '../store/campaigns/campaigns.ts'
import type { Copying, ListedUpload, Relative, RetriedLine } from '../store/campaigns/retrying.ts'
import { type Answer, done, invalid, refused } from './answer.ts'
import { unknownCampaign } from './manage-campaigns.ts'

/*
 * Once more for those who were not reached: a child of the campaign, as a draft with their lines. Nothing of the parent changes. All retries of
 * one campaign are a family, of which one at a time is under way, and who was reached by one of them is in no other.
 */

export interface RetryIo {
  /** Locks the family; null where there is no such campaign. Records the deed where a child was made; the first list is begun with it. */
  begin(
    doer: Doer,
    id: string,
    check: (parent: CampaignFacts, underWay: { id: string; state: string } | null) => Answer<null>,
  ): Promise<Answer<Begun> | null>
  /** Others of the family whose turn had come for some. */
  relatives(parent: CampaignFacts): Promise<Relative[]>
  /** Of a range of a relative's list: whom it reached, or may have reached, or who is not to be reached, unless it ended for one of these. */
  reached(row: number, range: Range, unless: string[]): Promise<string[]>
  renew(child: number, copying: Copying): Promise<void>
  /** The next list; that of before is kept for the end. */
  beginCopy(child: number, list: ListedUpload, before: Copying): Promise<Copying>
  /** Copies, of the parent's lines in this range, those that ended for one of these reasons and are chosen. Answers how many. */
  copyRange(
    rows: { parent: number; child: number; copying: Copying },
    range: Range,
    reasons: string[],
    isChosen: (line: RetriedLine) => boolean,
  ): Promise<number>
  /** All of its lists are there from now on. */
  finish(child: number, copying: Copying): Promise<void>
  /** Nobody will finish it. */
  giveUp(child: number, copying: Copying): Promise<void>
}

/** A draft without a list yet. */
export interface BegunRetry {
  child: string
  /** Makes its list, of all that is read of the family. */
  run(): Promise<void>
}

export interface Begun {
  parent: CampaignFacts
  child: { id: string; row: number }
  /** Of the parent, in the order of their lines. */
  lists: ListedUpload[]
  /** The first of them; null where there is none. */
  copying: Copying | null
}

/** Positions above `after`, up to `upTo`. */
export interface Range {
  after: number
  upTo: number
}

const LINES_AT_ONCE = 10_000

export async function beginRetry(
  io: RetryIo,
  doer: Doer,
  id: string,
  { reasons, includeUnconfirmed }: { reasons: string[]; includeUnconfirmed: boolean },
): Promise<Answer<BegunRetry>> {
  const wrong = reasons.findIndex((code) => !mayRetry(code, includeUnconfirmed))
  if (wrong !== -1) return notRetried(reasons[wrong] as string, wrong)
  const begun = await io.begin(doer, id, (parent, underWay) => {
    if (parent.state !== 'finished' && parent.state !== 'cancelled') {
      return conflict(`expected campaign ${id} to be over, got one that is ${parent.state}`)
    }
    if (underWay === null) return done(null)
    return conflict(
      `expected no retry of campaign ${id} to be under way, got ${underWay.id}, which is ${underWay.state}; cancel it, or wait for its end`,
    )
  })
  if (begun === null) return unknownCampaign(id)
  if (!begun.ok) return begun
  const { child, copying } = begun.value
  return done({
    child: child.id,
    async run() {
      if (copying === null) return
      try {
        await copyLists(io, { ...begun.value, copying }, reasons, includeUnconfirmed)
      } catch (error) {
        await io.giveUp(child.row, copying)
        throw error
      }
    },
  })
}

async function copyLists(
  io: RetryIo,
  { parent, child, lists, copying: first }: Begun & { copying: Copying },
  reasons: string[],
  includeUnconfirmed: boolean,
): Promise<void> {
  let copying = first
  const reached = await reachedByOthers(io, parent, includeUnconfirmed, () => io.renew(child.row, copying))
  for (const list of lists) {
    if (list.upload !== copying.upload) copying = await io.beginCopy(child.row, list, copying)
    for (const range of rangesOf(list.first - 1, list.last)) {
      const rows = { parent: parent.row, child: child.row, copying }
      const count = await io.copyRange(rows, range, reasons, ({ recipient }) => !reached.has(recipient))
      copying = { ...copying, next: copying.next + count }
    }
  }
  await io.finish(child.row, copying)
}

/** By the one spelling of their ids. */
async function reachedByOthers(
  io: RetryIo,
  parent: CampaignFacts,
  includeUnconfirmed: boolean,
  renew: () => Promise<void>,
): Promise<SeenKeys> {
  const reached = seenKeys()
  const unless = RETRY_REASONS.filter((code) => mayRetry(code, includeUnconfirmed))
  for (const { row, fed } of await io.relatives(parent)) {
    for (const range of rangesOf(0, fed)) {
      await renew()
      for (const recipient of await io.reached(row, range, unless)) reached.add(recipient)
    }
  }
  return reached
}

function* rangesOf(after: number, last: number): Generator<Range> {
  for (let at = after; at < last; at += LINES_AT_ONCE) yield { after: at, upTo: Math.min(last, at + LINES_AT_ONCE) }
}

function notRetried<T>(code: string, index: number): Answer<T> {
  const field = `reasons.${index}`
  if (code === 'unconfirmed') {
    return invalid(
      field,
      `expected include_unconfirmed to be true beside unconfirmed: a second message may reach them twice`,
    )
  }
  const shown = /^\w{1,40}$/.test(code) ? code : 'another'
  return invalid(field, `expected ${field} to be one of ${RETRY_REASONS.join(', ')}, got ${shown}`)
}

function conflict<T>(message: string): Answer<T> {
  return refused({ status: 409, code: 'wrong_state', message })
}
