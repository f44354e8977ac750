import { allOf } from '../domain/access.ts'
import { feedRoom, linesFor, type Slots, slotAt, slotsOf } from '../domain/campaign/feed-pace.ts'
import type { CampaignReason } from '../domain/campaign/lifecycle.ts'
import { numbersOf } from '../domain/campaign/senders.ts'
import { hasTurns } from '../domain/campaign/turns.ts'
import type { TemplateReference } from '../domain/content.ts'
import type { DecisionSettings } from '../domain/decision.ts'
import type { PhoneNumberId } from '../domain/ids.ts'
import { type Instant, plus } from '../domain/time.ts'
import type { Reservation } from '../store/campaigns/budget.ts'
import type { Advanced, FeedException, FeedingCampaign, ListedLine, ListShape } from '../store/campaigns/feeding.ts'
import type { Places } from '../store/campaigns/places.ts'
import type { IntentRecord } from '../store/intents/enqueue.ts'
import { type Allowance, allowanceOf, type BudgetIo, spentReason, withinBudget } from './campaign-budget.ts'
import { type PeopleIo, whoTheyAre } from './campaign-people.ts'
import { type PlacesIo, withinPlaces } from './campaign-places.ts'
import { end, type RoundIo, type RoundSender, roundOf } from './campaign-round.ts'
import { TOO_LATE, turnsAt } from './campaign-turns.ts'
import { decideAll, type Verdicts } from './campaign-verdicts.ts'
import type { EnqueueIo } from './enqueue-intent.ts'

/*
 * A round of handing over: the next lines of a campaign's list become intents, or ends, in one transaction with the place up to which the list
 * was handed over. So whatever breaks at whatever moment, nobody is passed by and nobody is written to twice.
 */

/** The reads and writes of one transaction. */
export interface FeedTrx
  extends BudgetIo,
    RoundIo,
    PeopleIo,
    PlacesIo,
    Pick<EnqueueIo, 'now' | 'findSenders' | 'insertIntents'> {
  lock(row: number): Promise<FeedingCampaign | null>
  /** Before anything is written of the campaign itself; false where it is not as it was read. */
  hold(campaign: FeedingCampaign): Promise<boolean>
  /** How many of it were handed over and have not left. */
  outstanding(row: number): Promise<number>
  /** The same of each of these numbers, without those that wait for the end of quiet hours. */
  ahead(row: number, numbers: PhoneNumberId[]): Promise<ReadonlyMap<PhoneNumberId, number>>
  shapes(row: number): Promise<ListShape[]>
  lines(row: number, after: number, limit: number): Promise<ListedLine[]>
  insertExceptions(row: number, ends: FeedException[]): Promise<void>
  /** Lines that were put off and whose turn has come. */
  readLater(row: number, limit: number): Promise<ListedLine[]>
  dropLater(row: number, lines: readonly ListedLine[]): Promise<void>
  putLater(row: number, ones: readonly { position: number; at: Instant }[]): Promise<void>
  /** How many of the outstanding wait for the end of quiet hours. */
  putOff(row: number, numbers: PhoneNumberId[]): Promise<number>
  advance(row: number, to: Advanced): Promise<void>
  pause(row: number, reason: CampaignReason): Promise<void>
}

export interface Fed {
  /** Positions that were handed over. */
  positions: number
  intents: number
}

export const NOTHING: Fed = { positions: 0, intents: 0 }

/** Somebody changed the campaign while its next messages were made: paused it, cancelled it, lowered its budget. Nothing of the round may stand. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken'
}

/** Until there may be room again. */
const LOOK_AGAIN_MS = 200

/** Throws `Overtaken`, and then the transaction has to be rolled back. */
export async function feedCampaign(trx: FeedTrx, settings: DecisionSettings, row: number): Promise<Fed> {
  const campaign = await trx.lock(row)
  if (campaign === null) return NOTHING
  let held = false
  const hold = async () => {
    held ||= await trx.hold(campaign)
    if (!held) throw new Overtaken(`campaign ${campaign.id} was changed meanwhile`)
  }
  const stop = async (reason: CampaignReason) => {
    await hold()
    await trx.pause(row, reason)
    return NOTHING
  }
  const wait = async (inMs: number) => {
    await hold()
    await trx.advance(row, { fed: campaign.fed, later: 0, pacedAt: null, inMs })
    return NOTHING
  }
  const unread = campaign.total - campaign.fed
  const left = unread + campaign.later
  const ahead = await aheadOf(trx, campaign)
  const outstanding = [...ahead.values()].reduce((sum, n) => sum + n, 0)
  const now = await trx.now()
  const { max_mps: maxMps } = campaign.document
  const slots = maxMps === undefined ? null : slotsOf({ maxMps, nextAt: campaign.pacedAt, now, outstanding })
  const rooms = campaign.numbers.map(({ sender, weight, mps, beside }) => {
    const room = feedRoom({ mps, beside, outstanding: ahead.get(sender) ?? 0, left })
    return { sender, weight, room }
  })
  const room = Math.min(linesFor(rooms), left, slots?.count ?? left)
  const purview = allOf(campaign.workspace)
  const senders = await trx.findSenders(
    purview,
    rooms.map(({ sender }) => sender),
  )
  if (room === 0 || senders.size === 0) return wait(Math.max(LOOK_AGAIN_MS, slots?.waitMs ?? 0))
  const allowance = await allowanceOf(trx, campaign)
  if (allowance !== null && !('budget' in allowance)) {
    return 'stop' in allowance ? stop(allowance.stop) : wait(ROOM_AGAIN_MS)
  }
  const come = campaign.later > 0 ? await trx.readLater(row, room) : []
  const asked = Math.min(room - come.length, unread)
  const read = asked > 0 ? await trx.lines(row, campaign.fed, asked) : []
  if (read.length !== asked) throw new Error(`the list of campaign ${campaign.id} lacks lines after ${campaign.fed}`)
  const round = roundOf(campaign, [...senders.values()], await trx.shapes(row), now)
  const { people, lines } = await whoTheyAre(trx, settings, round, rooms, [...come, ...read])
  const turns = turnsAt(people, round.now)
  for (const { line, version } of turns.never) end(round, line.position, version, TOO_LATE)
  const verdicts = await decideAll(trx, settings, round, turns.now)
  if (verdicts.stop) return stop(verdicts.stop)
  const portfolioId = (round.senders[0] as RoundSender).portfolioId
  const { count, places } = await withinPlaces(trx, portfolioId, verdicts.people)
  const placed = firstOf(verdicts, lines, count)
  if (placed.lines.length === 0) return wait(placesAgainMs(places, now))
  const given = handedOver(campaign, allowance, placed, placed.lines)
  if (given.isStuck) {
    await hold()
    await trx.markShort(row)
  }
  if (given.stop) return stop(given.stop)
  const passed = new Set(lines.slice(0, given.lines).map(({ position }) => position))
  const isPassed = ({ position }: { position: number }) => passed.has(position)
  const later = turns.later.filter(isPassed)
  const came = come.filter(isPassed)
  const records = slots === null ? given.records : inSlots(given.records, slots)
  await trx.insertIntents(records)
  await hold()
  await trx.reserve(row, given.reservations)
  await trx.insertExceptions(row, round.ends.filter(isPassed))
  await trx.dropLater(row, came)
  await trx.putLater(row, later)
  const isCut = lines.length < come.length + read.length
  const inMs =
    given.lines < placed.lines.length
      ? ROOM_AGAIN_MS
      : placed.lines.length < lines.length
        ? placesAgainMs(places, now)
        : lines.length < left && !isCut
          ? 0
          : LOOK_AGAIN_MS
  await trx.advance(row, {
    fed: campaign.fed + given.lines - came.length,
    later: later.length - came.length,
    pacedAt: slots === null ? null : slotAt(slots, records.length),
    inMs,
  })
  return { positions: given.lines, intents: records.length }
}

/** One after the other, each good for as long as the others. */
function inSlots(records: IntentRecord[], slots: Slots): IntentRecord[] {
  return records.map((record, nth) => {
    const sendAt = slotAt(slots, nth)
    return { ...record, sendAt, expiresAt: plus(record.expiresAt, sendAt - record.sendAt) }
  })
}

/** So often a limit is looked at that has no place left: Meta may raise it, and what is on its way may need none after all. */
const PLACES_AGAIN_MS = 5_000

/** Until a place may be free again. */
function placesAgainMs(places: Places | null, now: Instant): number {
  const freesInMs = places?.freesAt == null ? PLACES_AGAIN_MS : places.freesAt - now
  return Math.min(PLACES_AGAIN_MS, Math.max(LOOK_AGAIN_MS, freesInMs))
}

/** What is of the first so many of them, and the lines before the next. */
function firstOf(
  verdicts: Verdicts,
  lines: ListedLine[],
  count: number,
): Pick<Verdicts, 'records' | 'people' | 'template'> & { lines: ListedLine[] } {
  const { records, people, template } = verdicts
  const next = records[count]?.campaign?.position
  const end = next === undefined ? lines.length : lines.findIndex(({ position }) => position === next)
  return { records: records.slice(0, count), people: people.slice(0, count), template, lines: lines.slice(0, end) }
}

/** Until something of a budget may have been given back. */
const ROOM_AGAIN_MS = 1_000

interface HandedOver {
  records: IntentRecord[]
  reservations: Reservation[]
  /** Of the lines, the first so many. */
  lines: number
  /** Not one fits. */
  isStuck: boolean
  stop: CampaignReason | null
}

/** As many of them as the budget, where there is one, has room for. */
function handedOver(
  campaign: FeedingCampaign,
  allowance: Allowance | null,
  { records, people, template }: Pick<Verdicts, 'records' | 'people' | 'template'>,
  lines: readonly ListedLine[],
): HandedOver {
  if (allowance === null) return { records, reservations: [], lines: lines.length, isStuck: false, stop: null }
  const categoryOf = (sender: PhoneNumberId, reference: TemplateReference) =>
    template(sender, reference)?.category ?? null
  const { cut, reservations, unpriced } = withinBudget(
    allowance,
    records,
    people.map(({ conversation }) => conversation),
    categoryOf,
  )
  const count = cut === null ? lines.length : lines.findIndex(({ position }) => position === cut)
  const isStuck = count === 0 && lines.length > 0
  return {
    records: records.slice(0, reservations.length),
    reservations,
    lines: count,
    isStuck,
    stop: isStuck ? spentReason(allowance, campaign, unpriced) : null,
  }
}

/** Of each of its numbers: how many were handed over and are not on their way yet. */
async function aheadOf(
  trx: FeedTrx,
  { row, numbers, document }: FeedingCampaign,
): Promise<ReadonlyMap<PhoneNumberId, number>> {
  const [first, ...others] = numbersOf(document) as [PhoneNumberId, ...PhoneNumberId[]]
  if (others.length > 0)
    return trx.ahead(
      row,
      numbers.map(({ sender }) => sender),
    )
  const putOff = hasTurns(document) ? await trx.putOff(row, [first]) : 0
  return new Map([[first, (await trx.outstanding(row)) - putOff]])
}
