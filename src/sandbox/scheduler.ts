import type { SandboxClock } from './clock.ts'

/** Node's timers take a signed 32-bit delay; anything longer is looked at again when this has passed. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

type Task = { dueAt: number; order: number; background: boolean; run: () => void }

/**
 * What is going to happen in the sandbox, by sandbox time. One real timer stands for the earliest task; moving the clock
 * forward runs what became due, in due order.
 */
export type Scheduler = {
  after(delayMs: number, run: () => void): void
  /** The same of what is hours ahead: nobody waits for it. */
  background(delayMs: number, run: () => void): void
  /** Runs everything due now. Call it after the clock was moved. */
  catchUp(): void
  pending(): number
  /** Resolves when nothing is scheduled. */
  drained(): Promise<void>
  stop(): void
}

export function createScheduler(clock: SandboxClock): Scheduler {
  const heap: Task[] = []
  const waiters: (() => void)[] = []
  let order = 0
  /** Of the tasks, those that somebody may wait for. */
  let awaited = 0
  let timer: NodeJS.Timeout | null = null
  let timerDueAt = Number.POSITIVE_INFINITY
  let stopped = false

  function arm(): void {
    const next = heap[0]
    if (stopped || !next || (timer && timerDueAt <= next.dueAt)) return
    if (timer) clearTimeout(timer)
    timerDueAt = next.dueAt
    const wait = Math.min(Math.max(next.dueAt - clock.now(), 0), LONGEST_TIMER_MS)
    timer = setTimeout(() => {
      timer = null
      catchUp()
    }, wait)
  }

  function catchUp(): void {
    const now = clock.now()
    for (let next = heap[0]; !stopped && next && next.dueAt <= now; next = heap[0]) {
      pop(heap)
      if (!next.background) awaited -= 1
      next.run()
    }
    if (awaited === 0) wakeWaiters()
    arm()
  }

  function wakeWaiters(): void {
    for (const wake of waiters.splice(0)) wake()
  }

  function schedule(delayMs: number, run: () => void, background: boolean): void {
    if (stopped) return
    order += 1
    if (!background) awaited += 1
    push(heap, { dueAt: clock.now() + Math.max(delayMs, 0), order, background, run })
    arm()
  }

  return {
    after: (delayMs, run) => schedule(delayMs, run, false),
    background: (delayMs, run) => schedule(delayMs, run, true),
    catchUp,
    pending: () => awaited,
    drained: () => (awaited === 0 ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve))),
    stop() {
      stopped = true
      if (timer) clearTimeout(timer)
      heap.length = 0
      awaited = 0
      wakeWaiters()
    },
  }
}

function isBefore(a: Task, b: Task): boolean {
  return a.dueAt === b.dueAt ? a.order < b.order : a.dueAt < b.dueAt
}

function push(heap: Task[], task: Task): void {
  let at = heap.push(task) - 1
  while (at > 0) {
    const above = (at - 1) >> 1
    if (!isBefore(task, heap[above] as Task)) break
    heap[at] = heap[above] as Task
    at = above
  }
  heap[at] = task
}

function pop(heap: Task[]): void {
  const last = heap.pop()
  if (!last || heap.length === 0) return
  let at = 0
  for (;;) {
    let below = 2 * at + 1
    if (below >= heap.length) break
    if (below + 1 < heap.length && isBefore(heap[below + 1] as Task, heap[below] as Task)) below += 1
    if (!isBefore(heap[below] as Task, last)) break
    heap[at] = heap[below] as Task
    at = below
  }
  heap[at] = last
}
