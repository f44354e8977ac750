import type { PhoneNumberId } from '../domain/ids.ts'
import { SECOND_MS } from '../domain/time.ts'

/*
 * Supplies permits, by looking: who has something due and is not served, or by a process that cannot keep up, gets one. Nothing is counted
 * and nothing is remembered that matters: where a permit was lost, its holder died or Redis forgot everything, the next look finds the same
 * number again. At most one permit of a number waits (P9).
 */

export interface Demand {
  sender: PhoneNumberId
  /** Milliseconds until something of it is due; 0 or less: it is. */
  dueInMs: number
  /** Processes that serve it. */
  desks: number
}

export interface SupplyIo {
  demands(): Promise<Demand[]>
  /** Adds permits; an id that is there already stays as it is. */
  add(ids: string[]): Promise<void>
  whereIs(id: string): Promise<'waiting' | 'taken' | 'gone'>
  permitId(sender: PhoneNumberId, serial: number): string
  /** Milliseconds on the process's clock. */
  elapsed(): number
}

interface Given {
  id: string
  at: number
}

/** What was given out last, by number. */
export type Supplied = Map<PhoneNumberId, Given>

export interface Supply {
  given: number
  /** Numbers whose permit has not been taken yet, or whose holder has not told. */
  pending: number
  /** Milliseconds until the next number falls due; null when nothing is scheduled. */
  nextDueMs: number | null
}

/** Until whoever took a permit has told that it serves. */
const TOLD_WITHIN_MS = 1 * SECOND_MS
/** A holder that has not told for so long is gone. */
const HOLDER_GONE_MS = 3 * SECOND_MS

/** @param firstSerial above every serial that was given out before by anybody */
export async function supplyPermits(io: SupplyIo, supplied: Supplied, firstSerial: () => number): Promise<Supply> {
  const demands = await io.demands()
  const at = io.elapsed()
  const supply: Supply = { given: 0, pending: 0, nextDueMs: null }
  const due = demands.filter(({ dueInMs }) => dueInMs <= 0)
  for (const { dueInMs } of demands) {
    if (dueInMs > 0) supply.nextDueMs = Math.min(supply.nextDueMs ?? dueInMs, dueInMs)
  }
  // All at once: while their backend is away each answer takes seconds.
  const over = await Promise.all(due.map(({ sender, desks }) => isOver(io, supplied.get(sender), desks, at)))
  const adding = due
    .filter((_, index) => over[index])
    .map(({ sender }): [PhoneNumberId, Given] => [sender, { id: io.permitId(sender, firstSerial()), at }])
  supply.pending = due.length - adding.length
  await io.add(adding.map(([, { id }]) => id))
  for (const [sender, given] of adding) supplied.set(sender, given)
  const wanted = new Set(due.map(({ sender }) => sender))
  for (const [sender, given] of supplied) {
    if (!wanted.has(sender) && at - given.at > HOLDER_GONE_MS) supplied.delete(sender)
  }
  supply.given = adding.length
  return supply
}

/**
 * Another may be given: the last one was never given, is lost, or its holder is gone. Or its holder has told that it serves and cannot do all
 * that is due, or nobody would have asked; then another process is to join.
 */
async function isOver(io: SupplyIo, last: Given | undefined, desks: number, at: number): Promise<boolean> {
  if (last === undefined) return true
  const ageMs = at - last.at
  if (ageMs < TOLD_WITHIN_MS) return false
  const where = await io.whereIs(last.id)
  return where === 'gone' || (where === 'taken' && (desks > 0 || ageMs > HOLDER_GONE_MS))
}
