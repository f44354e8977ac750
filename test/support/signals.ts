import type { EventEmitter } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'

/** Something that says "look again", so that a test need not guess how long a thing takes. */
export interface Signal {
  /** Returns the way to stop listening. */
  subscribe(listener: () => void): () => void
}

/** Far beyond what anything takes, for a busy machine is no failure. */
const TIMEOUT_MS = 25_000
/**
 * Between two looks at what nothing announces: an eighth of what has passed so far. So a wait takes an eighth longer at most, and one that is
 * long leaves the machine to what it waits for.
 */
const POLL_MS = { least: 10, most: 100, share: 1 / 8 }

/**
 * Looks at once and again at every signal, until `check` neither throws nor answers `false`; then resolves with its
 * answer. Without a signal it polls, for states that nothing announces. Rejects with the last failure.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { on, timeoutMs = TIMEOUT_MS }: { on?: Signal; timeoutMs?: number } = {},
): Promise<Exclude<T, false>> {
  const began = performance.now()
  const deadline = began + timeoutMs
  const bell = on ? ringOn(on) : null
  try {
    for (;;) {
      const failure = await attempt(check)
      if ('value' in failure) return failure.value
      const now = performance.now()
      const leftMs = deadline - now
      if (leftMs <= 0) throw failure.error
      await (bell ? bell.next(leftMs) : delay(pollMs(now - began)))
    }
  } finally {
    bell?.stop()
  }
}

const pollMs = (passedMs: number): number => Math.min(POLL_MS.most, Math.max(POLL_MS.least, passedMs * POLL_MS.share))

async function attempt<T>(check: () => T | Promise<T>): Promise<{ value: Exclude<T, false> } | { error: unknown }> {
  try {
    const value = await check()
    return value === false ? { error: new Error(`still false: ${check}`) } : { value: value as Exclude<T, false> }
  } catch (error) {
    return { error }
  }
}

/** Remembers a signal that comes while nobody waits, so none is missed between a look and the wait after it. */
function ringOn(signal: Signal): { next(timeoutMs: number): Promise<void>; stop(): void } {
  let rung = Promise.withResolvers<void>()
  const unsubscribe = signal.subscribe(() => rung.resolve())
  return {
    async next(timeoutMs) {
      const timeout = Promise.withResolvers<void>()
      const timer = setTimeout(timeout.resolve, timeoutMs)
      await Promise.race([rung.promise, timeout.promise])
      clearTimeout(timer)
      rung = Promise.withResolvers<void>()
    },
    stop: unsubscribe,
  }
}

export function whenEmitted(emitter: EventEmitter, ...events: readonly string[]): Signal {
  return {
    subscribe(listener) {
      for (const event of events) emitter.on(event, listener)
      return () => {
        for (const event of events) emitter.off(event, listener)
      }
    },
  }
}

export interface Notifications extends Signal {
  /** Payloads so far, oldest first. */
  readonly payloads: readonly string[]
  close(): Promise<void>
}

/** Listens to PostgreSQL's NOTIFY. Ready when it resolves: what is sent from then on is heard. */
export async function whenNotified(url: string, ...channels: readonly string[]): Promise<Notifications> {
  const client = new pg.Client({ connectionString: url, application_name: 'test listener' })
  const payloads: string[] = []
  client.on('error', () => {}) // some tests end the server
  client.on('notification', ({ payload }) => payloads.push(payload ?? ''))
  await client.connect()
  for (const channel of channels) await client.query(`listen ${client.escapeIdentifier(channel)}`)
  return { ...whenEmitted(client, 'notification'), payloads, close: () => client.end() }
}

/**
 * Collects what a component reports through a callback, for a test to wait on: hand `record` to the component, then
 * `await next(...)`. Values that came before the wait count too, each once.
 */
export interface Recorder<T> extends Signal {
  readonly record: (value: T) => void
  /** All values so far, oldest first. */
  readonly all: readonly T[]
  /** The next value, not yet given to an earlier `next`, that matches. */
  next(matches?: (value: T) => boolean, timeoutMs?: number): Promise<T>
}

export function recorder<T>(): Recorder<T> {
  const all: T[] = []
  const unread: T[] = []
  const listeners = new Set<() => void>()
  const signal: Signal = {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return {
    ...signal,
    all,
    record(value) {
      all.push(value)
      unread.push(value)
      for (const listener of listeners) listener()
    },
    async next(matches = () => true, timeoutMs = TIMEOUT_MS) {
      const take = (): { value: T } => {
        const index = unread.findIndex(matches)
        if (index === -1) throw new Error(`no such value among the ${all.length} recorded`)
        return { value: unread.splice(index, 1)[0] as T }
      }
      return (await eventually(take, { on: signal, timeoutMs })).value
    },
  }
}
