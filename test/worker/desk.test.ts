import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { IntentId, PhoneNumberId, WorkspaceId } from '../../src/domain/ids.ts'
import { spacingOf } from '../../src/domain/pacing.ts'
import type { Look, Page, Served } from '../../src/usecases/spend-permit.ts'
import { createDesk, type Desk, type DeskOptions, PageFailed } from '../../src/worker/desk.ts'

const ONE = '1065' as PhoneNumberId
const TWO = '2065' as PhoneNumberId
const SPACING = spacingOf(1_000)

/** What a number has: how many heads are due, and whether it may send. */
interface Has {
  due: number
  open?: boolean
  places?: number
  waitMs?: number
}

const workspaceOf = (sender: PhoneNumberId) => `of ${sender.at(-1)}` as WorkspaceId

function scene(options: Partial<DeskOptions> = {}) {
  const has = new Map<PhoneNumberId, Has>()
  const pages: { asked: PhoneNumberId[]; sent: number }[] = []
  const rooms: boolean[] = []
  const errors: Error[] = []
  let inFlight: PhoneNumberId[] = []

  async function takePage(served: Served[], room: number): Promise<Page> {
    const page: Page = {
      looks: [],
      opened: [],
      staying: [],
      lockedOut: new Map(),
      asked: new Map(),
      seen: new Map(),
      slots: [],
      takenAtMs: 0,
      age: () => 0,
    }
    for (const { sender } of served) {
      const { due, open = true, places = 50, waitMs = 0 } = has.get(sender) ?? { due: 0 }
      const free = due > 0 && open && waitMs === 0
      const locked: Look['locked'] = free ? { sender, spacing: SPACING, places } : null
      page.looks.push({ sender, workspace: workspaceOf(sender), due: due > 0, open, waitUs: waitMs * 1_000, locked })
      if (!free) continue
      const count = Math.min(due, places, room - page.opened.length)
      page.seen.set(sender, count)
      for (let taken = 0; taken < count; taken++)
        page.opened.push({ claim: { sender: { phoneNumberId: sender } } } as never)
      page.slots.push({ sender, spacing: SPACING, count, nextUs: 0, waitUs: 20_000 })
      has.set(sender, { ...has.get(sender), due: due - count })
    }
    pages.push({ asked: served.map(({ sender }) => sender), sent: page.opened.length })
    return page
  }

  const desk: Desk = createDesk({
    concurrency: 10,
    maxShifts: 100,
    takePage,
    leave(page) {
      inFlight.push(...page.opened.map(({ claim }) => claim.sender.phoneNumberId))
    },
    settle: async () => [],
    isPassing: () => false,
    onError: (error) => void errors.push(error),
    onLockedOut() {},
    onRoom: (room) => void rooms.push(room),
    ...options,
  })
  return {
    desk,
    has,
    pages,
    rooms,
    errors,
    inFlight: () => inFlight.length,
    endCalls() {
      const ended = inFlight
      inFlight = []
      for (const sender of ended) desk.callEnded(sender)
    },
  }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a desk', () => {
  it('takes a page at once of a number that it gets a permit for', async () => {
    const { desk, has, inFlight } = scene()
    has.set(ONE, { due: 3 })
    void desk.serve(ONE)
    await vi.advanceTimersByTimeAsync(0)
    expect(inFlight()).toBe(3)
  })

  it('takes no more than it has room for, and goes on when there is some', async () => {
    const { desk, has, inFlight, rooms, endCalls } = scene()
    has.set(ONE, { due: 25 })
    void desk.serve(ONE)
    await vi.advanceTimersByTimeAsync(100)
    expect(inFlight()).toBe(10)
    expect(rooms.at(-1)).toBe(false)
    endCalls()
    await vi.advanceTimersByTimeAsync(100)
    expect(inFlight()).toBe(10)
  })

  it('asks for all its numbers in one page', async () => {
    const { desk, has, pages } = scene()
    has.set(ONE, { due: 1 })
    has.set(TWO, { due: 1 })
    void desk.serve(ONE)
    void desk.serve(TWO)
    await vi.advanceTimersByTimeAsync(0)
    desk.wake()
    await vi.advanceTimersByTimeAsync(0)
    expect(pages.at(-1)?.asked.toSorted()).toEqual([ONE, TWO])
  })

  it('asks for one of each workspace first, also of those it has not looked at yet (P11)', async () => {
    const { desk, has, pages } = scene({ concurrency: 4 })
    const many = Array.from({ length: 900 }, (_, n) => `${1_000 + n}0` as PhoneNumberId)
    for (const sender of [...many, ONE]) {
      has.set(sender, { due: 1 })
      void desk.serve(sender, workspaceOf(sender))
    }
    await vi.advanceTimersByTimeAsync(0)
    desk.drop(many[0] as PhoneNumberId)
    for (let freed = 0; freed < 4; freed++) desk.callEnded(many[0] as PhoneNumberId)
    await vi.advanceTimersByTimeAsync(20)
    expect(pages.slice(0, 2).flatMap(({ asked }) => asked)).toContain(ONE)
  })

  it('looks at once when it is woken', async () => {
    const { desk, has, inFlight } = scene()
    void desk.serve(ONE)
    await vi.advanceTimersByTimeAsync(1_500)
    has.set(ONE, { due: 1 })
    desk.wake()
    await vi.advanceTimersByTimeAsync(0)
    expect(inFlight()).toBe(1)
  })

  it('finds what it was not told of', async () => {
    const { desk, has, inFlight } = scene()
    void desk.serve(ONE)
    await vi.advanceTimersByTimeAsync(200)
    has.set(ONE, { due: 1 })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(inFlight()).toBe(1)
  })

  it('waits for the pace of a number', async () => {
    const { desk, has, inFlight } = scene()
    has.set(ONE, { due: 1, waitMs: 400 })
    void desk.serve(ONE)
    await vi.advanceTimersByTimeAsync(300)
    has.set(ONE, { due: 1 })
    expect(inFlight()).toBe(0)
    await vi.advanceTimersByTimeAsync(150)
    expect(inFlight()).toBe(1)
  })

  it('first tells that it leaves an idle number, and then does', async () => {
    const { desk } = scene()
    const over = vi.fn()
    void desk.serve(ONE).then(over)
    await vi.advanceTimersByTimeAsync(2_100)
    expect(desk.serves()).toEqual([])
    expect(over).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(3_000)
    expect(over).toHaveBeenCalled()
  })

  it('leaves a number that may not send', async () => {
    const { desk, has } = scene()
    has.set(ONE, { due: 5, open: false })
    const over = vi.fn()
    void desk.serve(ONE).then(over)
    await vi.advanceTimersByTimeAsync(0)
    expect(over).toHaveBeenCalled()
  })

  it('says whose work is more than it can do', async () => {
    const { desk, has } = scene()
    has.set(ONE, { due: 500 })
    has.set(TWO, { due: 0 })
    void desk.serve(ONE)
    void desk.serve(TWO)
    await vi.advanceTimersByTimeAsync(50)
    expect(desk.behind()).toEqual([ONE])
  })

  it('gives way where it serves as many as it may, by who was served the longest', async () => {
    const { desk, has } = scene({ maxShifts: 2, concurrency: 1_000_000 })
    has.set(ONE, { due: 1_000_000, places: 1 })
    has.set(TWO, { due: 1_000_000, places: 1 })
    const [one, two] = [vi.fn(), vi.fn()]
    void desk.serve(ONE).then(one)
    await vi.advanceTimersByTimeAsync(5_000)
    void desk.serve(TWO).then(two)
    await vi.advanceTimersByTimeAsync(4_000)
    expect(one).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(2_000)
    expect(one).toHaveBeenCalled()
    expect(two).not.toHaveBeenCalled()
  })

  it('leaves a head alone for a while that fails every page it is in', async () => {
    const poison = 'poison' as IntentId
    const seen: IntentId[][] = []
    const { desk } = scene({
      async takePage(_served, _room, without) {
        seen.push(without)
        if (without.includes(poison)) throw new Error('enough')
        throw new PageFailed([poison], new Error('broken'))
      },
    })
    void desk.serve(ONE)
    await vi.advanceTimersByTimeAsync(50)
    expect(seen.slice(0, 2)).toEqual([[], [poison]])
  })

  it('goes on while a verdict takes long to be written, and leaves its head alone until it is', async () => {
    const slow = 'slow' as IntentId
    const written = Promise.withResolvers<IntentId[]>()
    const seen: IntentId[][] = []
    const { desk, errors } = scene({
      async takePage(_served, _room, without) {
        seen.push(without)
        const staying = without.includes(slow) ? [] : [{ claim: { intent: { id: slow } } } as never]
        const look = { sender: ONE, workspace: workspaceOf(ONE), due: true, open: true, waitUs: 0 }
        return {
          looks: [{ ...look, locked: { sender: ONE, spacing: SPACING, places: 5 } }],
          opened: [],
          staying,
          lockedOut: new Map(),
          asked: new Map([[ONE, staying.length]]),
          seen: new Map([[ONE, staying.length]]),
          slots: [],
          takenAtMs: 0,
          age: () => 0,
        }
      },
      settle: () => written.promise,
    })
    void desk.serve(ONE)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(seen.length).toBeGreaterThan(1)
    expect(seen.slice(1).every((without) => without.includes(slow))).toBe(true)
    written.reject(new Error('not this time'))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(errors.length).toBeGreaterThan(0)
    expect(seen.at(-1)).not.toContain(slow)
  })

  it('leaves a head alone for a while whose verdict cannot be written', async () => {
    const poison = 'poison' as IntentId
    const seen: IntentId[][] = []
    const { desk } = scene({
      async takePage(_served, _room, without) {
        seen.push(without)
        const staying = without.includes(poison) ? [] : [{ claim: { intent: { id: poison } } } as never]
        const look = { sender: ONE, workspace: workspaceOf(ONE), due: true, open: true, waitUs: 0 }
        return {
          looks: [{ ...look, locked: { sender: ONE, spacing: SPACING, places: 5 } }],
          opened: [],
          staying,
          lockedOut: new Map(),
          asked: new Map([[ONE, staying.length]]),
          seen: new Map([[ONE, staying.length]]),
          slots: [],
          takenAtMs: 0,
          age: () => 0,
        }
      },
      settle: async () => [poison],
    })
    void desk.serve(ONE)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(seen.filter((without) => !without.includes(poison))).toHaveLength(1)
  })

  it('ends its shifts and waits for its calls when it closes', async () => {
    const { desk, has, endCalls } = scene()
    has.set(ONE, { due: 1 })
    const over = vi.fn()
    void desk.serve(ONE).then(over)
    await vi.advanceTimersByTimeAsync(0)
    const closed = vi.fn()
    const closing = desk.close().then(closed)
    await vi.advanceTimersByTimeAsync(0)
    expect(over).toHaveBeenCalled()
    expect(closed).not.toHaveBeenCalled()
    endCalls()
    await closing
    expect(closed).toHaveBeenCalled()
  })
})
