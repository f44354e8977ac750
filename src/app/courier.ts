import { MOST_ANSWERED } from '../domain/flow/call.ts'
import { createOutbound } from '../outbound/outbound.ts'
import { metaHeaders, standardHeaders } from '../outbound/signing.ts'
import type { Courier } from '../usecases/courier.ts'

export interface OpenCourier extends Courier {
  /** What is wrong with an address to call, as "to be …"; null when nothing is. */
  problemWithUrl(url: string): string | null
  close(): Promise<void>
}

/** Of one delivery, whatever it waits for; a lease lasts longer. */
const TIMEOUT_MS = 10_000
/**
 * To one host, which may be that of many endpoints of many owners: more than a process delivers at once (see worker/passage.ts), so that none
 * waits for another's.
 */
const CONNECTIONS = 128

/** @param allowedHosts besides public https ones */
export function createCourier(allowedHosts: readonly string[], timeoutMs = TIMEOUT_MS): OpenCourier {
  const outbound = createOutbound({ allowedHosts, timeoutMs, connections: CONNECTIONS })
  return {
    problemWithUrl: (url) => outbound.problemOf(url),
    async deliver({ url, kind, secret }, parcel) {
      const body = Buffer.from(parcel.body, 'utf8')
      const signature =
        kind === 'meta'
          ? metaHeaders(secret, body)
          : // Receivers compare it with their own clock, so it is the real one, whatever a sandbox has made of the database's.
            standardHeaders(secret, { id: parcel.id, sentAt: new Date(Date.now()), body })
      const answer = await outbound.deliver({
        url,
        headers: { 'content-type': 'application/json', ...signature },
        body,
      })
      if (answer.kind === 'failed') return { status: null, error: answer.error, ms: answer.ms }
      return { status: answer.status, error: null, ms: answer.ms, retryAfterS: answer.retryAfterS }
    },
    async ask({ url, secret }, parcel) {
      const body = Buffer.from(parcel.body, 'utf8')
      const headers = {
        'content-type': 'application/json',
        ...standardHeaders(secret, { id: parcel.id, sentAt: new Date(Date.now()), body }),
      }
      const answer = await outbound.ask({ url, headers, body }, MOST_ANSWERED)
      if (answer.kind === 'failed') {
        return { status: null, error: answer.error, ms: answer.ms, refused: answer.why === 'refused', body: null }
      }
      const { status, ms, retryAfterS, body: read, cutOff } = answer
      const error = cutOff ? 'the answer ended before its end' : null
      return { status, error, ms, retryAfterS, refused: false, body: read }
    },
    handshake: (url, verifyToken) => outbound.handshake(url, verifyToken),
    close: outbound.close,
  }
}
