import type { PhoneNumberId, WorkspaceId } from '../domain/ids.ts'
import { usUntilWorthwhile } from '../domain/pacing.ts'
import type { Look, Slots } from '../usecases/spend-permit.ts'

/*
 * A shift: one number that this process serves, and when it is worth while to look at it next. Times are milliseconds on the process's clock.
 */

export interface Shift {
  readonly sender: PhoneNumberId
  readonly since: number
  /** Null where nobody said and it was not looked at yet. */
  workspace: WorkspaceId | null
  readyAt: number
  /** Something of it was left over last time, so that something is due need not be looked for. */
  knownDue: boolean
  /** Heads to look at. */
  look: number
  /** Messages that will leave at the next look, as far as anybody can tell. */
  expects: number
  /** Something is due and its turns are held. */
  blocked: boolean
  /** Looks that found nothing to take, in a row. */
  vain: number
  /** When it last had work. */
  workedAt: number
  /** When a page last had no room for what it had due. */
  starvedAt: number
  end(): void
}

/** Most messages of a page, and most numbers that are asked for in one. */
export const PAGE_MOST = 100
const NUMBERS_MOST = 250
/** A number is looked at so often while it is busy, and so often else. */
const BUSY_LOOK_MS = 100
const IDLE_LOOK_MS = 1_000
/** A number without work is given up after this time: first it is told so, and then, once everybody has heard, it is. */
const LINGER_MS = 2_000
const LEAVING_MS = 1_500
/** Messages of a turn follow each other; somebody else takes of the number for a moment. */
const TURN_MS = 10
const TAKEN_MS = 4
const LOOK_MOST = 400
const BEHIND_MS = 1_000

export function startShift(
  sender: PhoneNumberId,
  at: number,
  end: () => void,
  workspace: WorkspaceId | null = null,
): Shift {
  return {
    sender,
    since: at,
    workspace,
    readyAt: at,
    knownDue: true,
    look: 1,
    expects: 1,
    blocked: false,
    vain: 0,
    workedAt: at,
    starvedAt: Number.NEGATIVE_INFINITY,
    end,
  }
}

/** It is told as served. */
export function hasWork({ workedAt }: Shift, at: number): boolean {
  return at - workedAt <= LINGER_MS
}

/** It has work that this process has no room for, or does not come to. */
export function isBehind({ starvedAt, readyAt }: Shift, at: number): boolean {
  return at - starvedAt < BEHIND_MS || at - readyAt > BEHIND_MS
}

/**
 * Whom the next page asks for: of each workspace in turn those who have waited longest, and no more than fill its room, for whoever is asked
 * for is locked and read. Who was asked goes to the end of `shifts`.
 */
export function chooseShifts(shifts: Map<PhoneNumberId, Shift>, at: number, room: number): Shift[] {
  const ready = [...shifts.values()].filter(({ readyAt }) => readyAt <= at)
  const queues = [...Map.groupBy(ready, ({ workspace }) => workspace).values()]
  const chosen: Shift[] = []
  let expected = 0
  for (let nth = 0; nth < ready.length; nth++) {
    for (const shift of queues.flatMap((queue) => queue[nth] ?? [])) {
      if (expected >= room || chosen.length === NUMBERS_MOST) return chosen
      chosen.push(shift)
      if (shift.knownDue) expected += shift.expects
      shifts.delete(shift.sender)
      shifts.set(shift.sender, shift)
    }
  }
  return chosen
}

/** What a page showed of a number. */
export interface Seen {
  look: Look | undefined
  /** Heads that were asked for and that were looked at, and messages that leave. */
  asked: number
  heads: number
  left: number
  slot: Slots | undefined
  /** The page had no room for more. */
  full: boolean
}

/** Decides when to look at the number next, or ends its shift. */
export function planNext(shift: Shift, seen: Seen, at: number): void {
  shift.blocked = false
  const next = nextLook(shift, seen, at)
  if (next === null) shift.end()
  else shift.readyAt = next
}

/** Null: somebody gives a permit again when there is work. */
function nextLook(shift: Shift, seen: Seen, at: number): number | null {
  const { look, heads, full } = seen
  if (!look?.open) return null
  shift.workspace = look.workspace
  if (!look.due) return afterNothing(shift, at)
  // Its pace does not allow it yet, or somebody else takes of it right now.
  if (look.locked === null) return at + (look.waitUs > 0 ? look.waitUs / 1_000 : TAKEN_MS * (0.5 + Math.random()))
  if (heads > 0) return afterSome(shift, seen, look.locked.places, at)
  if (!full) return afterNobodyFree(shift, at)
  shift.starvedAt = at
  return at
}

function afterNothing(shift: Shift, at: number): number | null {
  shift.knownDue = false
  shift.vain = 0
  if (isOver(shift, at)) return null
  return at + (at - shift.workedAt > IDLE_LOOK_MS ? IDLE_LOOK_MS : BUSY_LOOK_MS)
}

/** All that is due waits for its turn. */
function afterNobodyFree(shift: Shift, at: number): number | null {
  shift.knownDue = false
  shift.blocked = true
  shift.vain += 1
  return isOver(shift, at) ? null : at + Math.min(IDLE_LOOK_MS, TURN_MS * 2 ** shift.vain)
}

function isOver({ workedAt }: Shift, at: number): boolean {
  return at - workedAt > LINGER_MS + LEAVING_MS
}

function afterSome(shift: Shift, { asked, heads, left, slot, full }: Seen, places: number, at: number): number {
  shift.vain = 0
  shift.workedAt = at
  shift.expects = Math.max(1, left)
  // Where most of what was seen stays, more is looked at, so that a list with many opt-outs is not slower.
  shift.look =
    left < heads / 2 ? Math.min(LOOK_MOST, Math.max(10, shift.look * 4)) : Math.max(1, Math.floor(shift.look / 2))
  shift.knownDue = full || heads >= Math.min(asked, places)
  if (full) shift.starvedAt = at
  const restUs = slot && left >= places ? usUntilWorthwhile(slot.waitUs, slot.spacing) : 0
  const next = at + restUs / 1_000
  if (shift.knownDue) return next
  shift.blocked = true
  return Math.max(next, at + TURN_MS)
}
