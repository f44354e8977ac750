import { verdictOf } from '../domain/passing.ts'
import type { EndpointKeys } from '../store/passing/endpoints.ts'

/** One delivery, on its way. */
export interface Parcel {
  /** The same in every try, so that whoever gets it twice can tell. */
  id: string
  body: string
}

/** What became of one try; `status` is null where no answer came, and `error` says why it counts as failed. */
export interface Tried {
  status: number | null
  error: string | null
  /** How long it took; milliseconds. */
  ms: number
  /** What the answer asked for; seconds. */
  retryAfterS?: number | null
}

/** What became of a try whose answer is read. */
export interface Asked extends Tried {
  /** It was not even tried: the address is one that nobody may have called, now or later. */
  refused: boolean
  /** Of the answer; null where it is longer than is read, and where it was cut off, which `error` says. */
  body: string | null
}

/** Calls addresses that users gave: bounded in time and size, never redirected, never to where only we may go. Throws nothing. */
export interface Courier {
  /** Signed as the kind of the endpoint asks. */
  deliver(to: Pick<EndpointKeys, 'url' | 'kind' | 'secret'>, parcel: Parcel): Promise<Tried>
  /** Signed by Standard Webhooks; the answer is read, up to a bound. */
  ask(to: { url: string; secret: string }, parcel: Parcel): Promise<Asked>
  /** Meta's verification of a callback: whether the challenge came back. */
  handshake(url: string, verifyToken: string): Promise<boolean>
}

/** Whether it was taken. */
export function isTaken({ status, error }: Tried): boolean {
  return error === null && status !== null && verdictOf(status) === 'delivered'
}
