import pRetry from 'p-retry'

export interface RetryOptions {
  /** Further tries after the first. */
  retries?: number
  /** Milliseconds before the first retry; doubled each time, and stretched by up to its own length. */
  baseMs?: number
  /** No retry starts later than this after the first failure. */
  totalMs?: number
  /** Asked before each retry; where it says no, the last answer stands. */
  mayRetry?: () => boolean
  /** Ends the waiting, never a request under way. */
  signal?: AbortSignal
}

class NotReached extends Error {}

/**
 * Repeats a call only while its answer is `unreachable`, that is while surely nothing was sent. Few and short: a wait beyond
 * two seconds belongs to the queue, where it is visible and survives a restart. Never throws for an answer or for the signal.
 */
export async function retryUnreachable<A extends { kind: string }>(
  call: () => Promise<A>,
  { retries = 2, baseMs = 100, totalMs = 2_000, mayRetry = () => true, signal }: RetryOptions = {},
): Promise<A> {
  // The common case stays free of the retry machinery.
  let answer = await call()
  if (answer.kind !== 'unreachable' || retries === 0) return answer

  try {
    await pRetry(
      async (attempt) => {
        if (attempt > 1 && mayRetry()) answer = await call()
        if (answer.kind === 'unreachable') throw new NotReached()
      },
      {
        retries,
        minTimeout: baseMs,
        factor: 2,
        randomize: true,
        maxRetryTime: totalMs,
        shouldRetry: ({ error }) => error instanceof NotReached && mayRetry(),
        ...(signal ? { signal } : {}),
      },
    )
  } catch (error) {
    // p-retry rejects with the signal's reason even after a call that succeeded, so the answer is taken from here.
    if (!(error instanceof NotReached) && !signal?.aborted) throw error
  }
  return answer
}
