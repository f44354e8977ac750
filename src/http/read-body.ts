import type { Readable } from 'node:stream'
import { ApiError } from './errors.ts'

/** How long a body may take from its first to its last byte; uploads, which stream to Meta, have limits of their own. */
export const BODY_WITHIN_MS = 30_000

export interface BodyLimits {
  maxBytes: number
  /** Default: `BODY_WITHIN_MS`. */
  withinMs?: number
  /** Shared by bodies of strangers. */
  budget?: BodyBudget
}

/** Room for what strangers have sent and nobody has judged yet. */
export interface BodyBudget {
  enter(body: Unfinished): void
  /** Tells that some body has grown. Where that is too much for all, the largest is given up: a sender of small ones is never who pays. */
  grew(): void
  leave(body: Unfinished): void
}

interface Unfinished {
  readonly bytes: number
  giveUp(): void
}

export function createBodyBudget(maxBytes: number): BodyBudget {
  const bodies = new Set<Unfinished>()
  return {
    enter: (body) => void bodies.add(body),
    grew() {
      let all = 0
      let largest: Unfinished | null = null
      for (const body of bodies) {
        all += body.bytes
        if (largest === null || body.bytes > largest.bytes) largest = body
      }
      if (all > maxBytes) largest?.giveUp()
    },
    leave: (body) => void bodies.delete(body),
  }
}

/** The bytes of a body, collected within its limits. Rejects with 408, 413 or 503, or 400 where the client went away. */
export function readBody(
  payload: Readable,
  { maxBytes, withinMs = BODY_WITHIN_MS, budget }: BodyLimits,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const body: Unfinished = {
      get bytes() {
        return bytes
      },
      giveUp: () => fail(new ApiError(503, 'busy', 'too much is arriving at once; try again', { retryAfterS: 5 })),
    }
    const timer = setTimeout(
      () =>
        fail(
          new ApiError(408, 'timeout', `expected the body to arrive within ${withinMs / 1000} s`, { field: 'body' }),
        ),
      withinMs,
    )

    function settle(): void {
      clearTimeout(timer)
      budget?.leave(body)
      payload.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone)
    }
    function fail(error: ApiError): void {
      settle()
      chunks.length = 0
      payload.pause()
      // Whatever becomes of the rest is nobody's concern.
      payload.on('error', () => {})
      reject(error)
    }
    function onData(chunk: Buffer): void {
      bytes += chunk.length
      if (bytes > maxBytes) fail(tooLarge())
      else {
        chunks.push(chunk)
        budget?.grew()
      }
    }
    function onEnd(): void {
      settle()
      resolve(Buffer.concat(chunks))
    }
    function onGone(): void {
      fail(new ApiError(400, 'malformed', 'expected the whole body, got a part', { field: 'body' }))
    }
    budget?.enter(body)
    payload.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone)
  })
}

export function tooLarge(): ApiError {
  return new ApiError(413, 'too_large', 'expected a smaller body, see the limits in the documentation', {
    field: 'body',
  })
}
