import { createHash } from 'node:crypto'
import { Bucket, networkOf, Remembered } from './buckets.ts'
import { ApiError } from './errors.ts'

/*
 * Guessing is limited in front of the database: only wrong credentials count, per address and in all, and a right one always passes. A key
 * that was right here before goes straight to its check. Where the tries of an address are used up, what nobody knows yet waits at a
 * narrow gate: the check of a right key is a little later then, and guesses never take more than the gate of the database's connections.
 */

export interface GuessLimits {
  /** Wrong ones at once, and how long until the next one is free again; milliseconds. */
  perAddress: { burst: number; everyMs: number }
  inAll: { burst: number; everyMs: number }
  /** Checks at once where the tries are used up. */
  gate: number
}

const LIMITS: GuessLimits = {
  perAddress: { burst: 20, everyMs: 3_000 },
  inAll: { burst: 300, everyMs: 100 },
  gate: 2,
}
/** Of addresses, and of credentials that were right or wrong: a bound on memory, not a rule. */
const REMEMBERED = 10_000
/** A wrong credential stays wrong: keys are made of chance, so nobody tried one before it was made. */
const WRONG_FOR_MS = 60_000

/** Answers null for a wrong credential; throws 429 for one where there were too many. */
export type CheckCredential<T> = (credential: string, address?: string | null) => Promise<T | null>

/** @param now milliseconds of a clock that only goes forward */
export function limitGuessing<T>(
  check: (credential: string) => Promise<T | null>,
  { limits = LIMITS, now = () => performance.now() }: { limits?: GuessLimits; now?: () => number } = {},
): CheckCredential<T> {
  const right = new Remembered<true>(REMEMBERED)
  const wrong = new Remembered<number>(REMEMBERED)
  const addresses = new Remembered<Bucket>(REMEMBERED)
  const all = new Bucket(limits.inAll)
  const pass = narrowGate(limits.gate)

  return async (credential, address = null) => {
    const digest = createHash('sha256').update(credential).digest('base64')
    if (right.get(digest)) {
      const holder = await check(credential)
      if (holder !== null) return holder
      right.delete(digest)
    }
    const own = addresses.getOr(networkOf(address), () => new Bucket(limits.perAddress))
    const waitMs = Math.max(own.waitMs(now()), all.waitMs(now()))
    const isKnown = now() < (wrong.get(digest) ?? Number.NEGATIVE_INFINITY)
    if (waitMs > 0) {
      const holder = isKnown ? null : await pass(() => check(credential))
      if (holder === null) {
        wrong.set(digest, now() + WRONG_FOR_MS)
        throw tooMany(waitMs)
      }
      right.set(digest, true)
      return holder
    }
    // Taken before anybody knows, so that tries at the same time count too; what was right gets it back.
    const giveBack = [own.take(now()), all.take(now())]
    let holder: T | null = null
    try {
      holder = isKnown ? null : await check(credential)
    } catch (error) {
      for (const back of giveBack) back()
      throw error
    }
    if (holder === null) {
      wrong.set(digest, now() + WRONG_FOR_MS)
      return null
    }
    for (const back of giveBack) back()
    right.set(digest, true)
    return holder
  }
}

function tooMany(waitMs: number): ApiError {
  const message = 'too many wrong keys came from here; a right one passes'
  return new ApiError(429, 'rate_limited', message, { retryAfterS: Math.ceil(waitMs / 1000) })
}

/** Lets so many through at once; the others stand in line, no longer than there are connections. */
function narrowGate(max: number): <T>(act: () => Promise<T>) => Promise<T> {
  const line: (() => void)[] = []
  let inside = 0
  return async (act) => {
    if (inside >= max) await new Promise<void>((resolve) => line.push(resolve))
    inside += 1
    try {
      return await act()
    } finally {
      inside -= 1
      line.shift()?.()
    }
  }
}
