import { Bucket, networkOf, Remembered } from './buckets.ts'
import { ApiError } from './errors.ts'

/*
 * Passwords, codes and links are guessed against narrower limits than keys (guessing.ts), and what is over them is not looked at: people
 * choose passwords, and a code has six digits, so a check that answers late is still worth a guess. Only failures count. Whoever is kept
 * out of their account by somebody else's guesses has their sessions, and `casement user link`.
 */

export interface SignInLimits {
  /** Failures at once, and how long until the next one is free again; milliseconds. */
  perAddress: { burst: number; everyMs: number }
  perName: { burst: number; everyMs: number }
  inAll: { burst: number; everyMs: number }
}

const LIMITS: SignInLimits = {
  perAddress: { burst: 5, everyMs: 12_000 },
  perName: { burst: 10, everyMs: 360_000 },
  inAll: { burst: 100, everyMs: 1_000 },
}
const REMEMBERED = 10_000

/** Makes an attempt and throws 429 where there were too many. `name`: whose it is, where it says so. */
export type LimitedAttempt = <T>(
  from: { address: string | null; name: string | null },
  attempt: () => Promise<T>,
  isWrong: (result: T) => boolean,
) => Promise<T>

/** @param now milliseconds of a clock that only goes forward */
export function limitSignIns(limits: SignInLimits = LIMITS, now = () => performance.now()): LimitedAttempt {
  const addresses = new Remembered<Bucket>(REMEMBERED)
  const names = new Remembered<Bucket>(REMEMBERED)
  const all = new Bucket(limits.inAll)

  return async ({ address, name }, attempt, isWrong) => {
    const network = networkOf(address)
    const known = [all, addresses.get(network), name === null ? undefined : names.get(name)]
    const waitMs = Math.max(...known.map((bucket) => bucket?.waitMs(now()) ?? 0))
    if (waitMs > 0) throw tooMany(waitMs)
    // Remembered only now: with names that cost no try, somebody would push out the one that they guess at, and have all its tries again.
    const buckets = [all, addresses.getOr(network, () => new Bucket(limits.perAddress))]
    if (name !== null) buckets.push(names.getOr(name, () => new Bucket(limits.perName)))
    // Taken before anybody knows, so that tries at the same time count too; what was right gets it back.
    const giveBack = buckets.map((bucket) => bucket.take(now()))
    let wrong = false
    try {
      const result = await attempt()
      wrong = isWrong(result)
      return result
    } finally {
      if (!wrong) for (const back of giveBack) back()
    }
  }
}

function tooMany(waitMs: number): ApiError {
  const message = 'too many sign-ins failed; wait, or sign in by a link of `casement user link`'
  return new ApiError(429, 'rate_limited', message, { retryAfterS: Math.ceil(waitMs / 1000) })
}
