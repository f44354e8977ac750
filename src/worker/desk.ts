import type { IntentId, PhoneNumberId, WorkspaceId } from '../domain/ids.ts'
import type { Page, Served } from '../usecases/spend-permit.ts'
import { chooseShifts, hasWork, isBehind, PAGE_MOST, planNext, type Shift, startShift } from './shift.ts'

/*
 * The desk of one worker process: the numbers it has permits for, and the room it has for calls. Whenever a number may have something that
 * can go and there is room, a page is taken of all such numbers together; one page at a time, so that what gathers meanwhile is the next.
 */

export interface DeskOptions {
  /** Calls in flight in this process, all numbers together. */
  concurrency: number
  /** Numbers served at a time; beyond that who has been served for long gives way. */
  maxShifts: number
  takePage(served: Served[], room: number, without: IntentId[]): Promise<Page>
  /** Starts the calls of a page; `callEnded` is told of each. */
  leave(page: Page): void
  /** Writes what became of the heads that do not leave. Answers of whom that cannot be written; rejects when it could not for now. */
  settle(page: Page): Promise<IntentId[]>
  isPassing(error: unknown): boolean
  onError(error: Error): void
  /** The number's token cannot be opened here; others may be able to. */
  onLockedOut(sender: PhoneNumberId): void
  /** There is room for calls, or there is none: whether further permits should be taken. */
  onRoom(room: boolean): void
}

export interface Desk {
  /** Serves a number while it has work; resolves when the shift is over. At once when it is served already. */
  serve(sender: PhoneNumberId, workspace?: WorkspaceId): Promise<void>
  /** Something may be due. */
  wake(): void
  /** Ends a number's shift; its calls in flight finish. */
  drop(sender: PhoneNumberId): void
  callEnded(sender: PhoneNumberId): void
  serves(): PhoneNumberId[]
  /** Numbers with work that this process has no room for. */
  behind(): PhoneNumberId[]
  /** Takes no more pages and ends all shifts; resolves when the calls in flight are over. */
  close(): Promise<void>
}

/** A page for a few freed places waits for more of them, but not longer than this. */
const GATHER_MS = 8
/** A shift that gives way to other numbers is at least this long. */
const SHIFT_MS = 10_000
const QUARANTINE_MS = 10_000
const LONGEST_PAUSE_MS = 5_000
/** A page waits so long for its verdicts to be written, or until there are fewer that are not. */
const SETTLED_WITHIN_MS = 250
const UNSETTLED_MOST = 1_000

/** A page failed because of one of these heads. */
export class PageFailed extends Error {
  readonly heads: IntentId[]
  constructor(heads: IntentId[], cause: unknown) {
    super(`a page of ${heads.length} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.heads = heads
  }
}

export function createDesk(options: DeskOptions): Desk {
  const shifts = new Map<PhoneNumberId, Shift>()
  const quarantine = new Map<IntentId, number>()
  const unsettled = new Set<IntentId>()
  let inFlight = 0
  let lastPageAt = 0
  let pauseMs = 0
  let closed = false
  let running: Promise<void> | null = null
  let timer: NodeJS.Timeout | null = null
  let woken = false
  let onIdle: (() => void) | null = null

  const now = () => performance.now()

  function schedule(): void {
    if (running || closed) return
    if (timer) clearTimeout(timer)
    timer = null
    const waitMs = msUntilPage()
    if (waitMs === null) return
    if (waitMs <= 0) start()
    else timer = setTimeout(start, waitMs)
  }

  function start(): void {
    timer = null
    woken = false
    running = round().finally(() => {
      running = null
      // What woke us may have come after the page was read.
      if (woken) lookNow()
      schedule()
    })
  }

  function lookNow(): void {
    const at = now()
    for (const shift of shifts.values()) if (!shift.knownDue && shift.readyAt > at) shift.readyAt = at
  }

  /** Null: not before something happens. */
  function msUntilPage(): number | null {
    if (shifts.size === 0) return null
    const at = now()
    const room = options.concurrency - inFlight
    options.onRoom(room > 0)
    if (room <= 0) return null
    let ready = Number.POSITIVE_INFINITY
    for (const shift of shifts.values()) ready = Math.min(ready, shift.readyAt)
    const scarce = inFlight > 0 && room < Math.min(32, options.concurrency / 4)
    return Math.max(ready, scarce ? lastPageAt + GATHER_MS : 0) - at
  }

  async function round(): Promise<void> {
    const room = Math.min(options.concurrency - inFlight, PAGE_MOST)
    const ready = chooseShifts(shifts, now(), room)
    if (ready.length === 0) return
    try {
      await turnPage(ready, room)
      pauseMs = 0
    } catch (error) {
      options.onError(error as Error)
      await afterFailure(error, ready)
    }
    lastPageAt = now()
    giveWay()
  }

  async function turnPage(ready: Shift[], room: number): Promise<void> {
    const served = ready.map(({ sender, look, knownDue }) => ({ sender, look, knownDue }))
    const page = await options.takePage(served, room, excluded())
    inFlight += page.opened.length
    if (page.opened.length > 0) options.leave(page)
    if (page.staying.length > 0) await settled(page)
    const looks = new Map(page.looks.map((look) => [look.sender, look]))
    const slots = new Map(page.slots.map((slot) => [slot.sender, slot]))
    const sent = Map.groupBy(page.opened, ({ claim }) => claim.sender.phoneNumberId)
    const full = page.opened.length >= room
    for (const sender of page.lockedOut.keys()) {
      drop(sender)
      options.onLockedOut(sender)
    }
    const at = now()
    for (const shift of ready) {
      planNext(
        shift,
        {
          look: looks.get(shift.sender),
          asked: page.asked.get(shift.sender) ?? 0,
          heads: page.seen.get(shift.sender) ?? 0,
          left: sent.get(shift.sender)?.length ?? 0,
          slot: slots.get(shift.sender),
          full,
        },
        at,
      )
    }
  }

  /** Somebody may keep a conversation locked for long, which must not stop everybody else: what takes long goes on beside the next pages. */
  async function settled(page: Page): Promise<void> {
    const heads = page.staying.map(({ claim }) => claim.intent.id)
    for (const head of heads) unsettled.add(head)
    const written = options.settle(page).then(leaveAlone)
    const over = written.finally(() => {
      for (const head of heads) unsettled.delete(head)
    })
    let late: NodeJS.Timeout | undefined
    const soon = new Promise<'late'>((resolve) => {
      if (unsettled.size <= UNSETTLED_MOST) late = setTimeout(resolve, SETTLED_WITHIN_MS, 'late')
    })
    try {
      if ((await Promise.race([over, soon])) === 'late') over.catch(options.onError)
    } finally {
      clearTimeout(late)
    }
  }

  function drop(sender: PhoneNumberId): void {
    shifts.get(sender)?.end()
  }

  async function afterFailure(error: unknown, ready: Shift[]): Promise<void> {
    if (error instanceof PageFailed && !options.isPassing(error.cause)) {
      if (error.heads.length === 1) leaveAlone(error.heads)
      else await oneByOne(ready)
      return
    }
    pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(200, pauseMs * 2))
    for (const shift of shifts.values()) shift.readyAt = Math.max(shift.readyAt, now() + pauseMs)
  }

  /** The head that fails every page it is in is found by pages of one, and left alone for a while. */
  async function oneByOne(ready: Shift[]): Promise<void> {
    for (const shift of ready) {
      for (let taken = 0; taken < PAGE_MOST && inFlight < options.concurrency; taken++) {
        try {
          shift.look = 1
          await turnPage([shift], 1)
          if (shift.readyAt > now()) break
        } catch (error) {
          if (!(error instanceof PageFailed) || options.isPassing(error.cause) || error.heads.length !== 1) return
          leaveAlone(error.heads)
        }
      }
    }
  }

  function leaveAlone(heads: IntentId[]): void {
    for (const head of heads) quarantine.set(head, now() + QUARANTINE_MS)
  }

  function excluded(): IntentId[] {
    const at = now()
    for (const [id, until] of quarantine) if (until <= at) quarantine.delete(id)
    return [...quarantine.keys(), ...unsettled]
  }

  function giveWay(): void {
    if (shifts.size < options.maxShifts) return
    const hadItsTurn = now() - SHIFT_MS
    const oldest = [...shifts.values()].filter(({ since }) => since < hadItsTurn).sort((a, b) => a.since - b.since)[0]
    oldest?.end()
  }

  return {
    serve(sender, workspace) {
      const known = shifts.get(sender)
      if (known) {
        known.workedAt = now()
        known.readyAt = 0
        schedule()
      }
      if (closed || known) return Promise.resolve()
      return new Promise((resolve) => {
        const end = () => {
          if (shifts.get(sender) === shift) shifts.delete(sender)
          resolve()
        }
        const shift = startShift(sender, now(), end, workspace)
        shifts.set(sender, shift)
        schedule()
      })
    },
    wake() {
      woken = true
      lookNow()
      schedule()
    },
    drop,
    callEnded(sender) {
      inFlight -= 1
      const shift = shifts.get(sender)
      if (shift?.blocked) shift.readyAt = Math.min(shift.readyAt, now() + 3)
      if (inFlight === 0) onIdle?.()
      schedule()
    },
    serves() {
      const at = now()
      return [...shifts.values()].filter((shift) => hasWork(shift, at)).map(({ sender }) => sender)
    },
    behind() {
      const at = now()
      return [...shifts.values()].filter((shift) => isBehind(shift, at)).map(({ sender }) => sender)
    },
    async close() {
      closed = true
      if (timer) clearTimeout(timer)
      await running
      for (const shift of [...shifts.values()]) shift.end()
      if (inFlight > 0)
        await new Promise<void>((resolve) => {
          onIdle = resolve
        })
    },
  }
}
