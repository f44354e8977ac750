import type { EndpointReason } from '../domain/endpoint.ts'
import { nextTryAt, verdictOf } from '../domain/passing.ts'
import { type Instant, plus } from '../domain/time.ts'
import type {
  EndpointForDelivery,
  LeasedStream,
  PageLimits,
  StreamPage,
  StreamRecord,
  WaitingDelivery,
} from '../store/passing/streams.ts'
import type { Courier, Parcel, Tried } from './courier.ts'

/*
 * Delivering what is of one number to one endpoint, one after the other, for as long as a turn lasts. What fails is tried again before
 * anything later of that number; what succeeded is recorded page by page, so a process that dies delivers at most a page again.
 */

/** What goes to an endpoint. Null: there is nothing to tell any more. `unmade`: a mistake of ours, which is to stop nothing else. */
export type Made = Parcel | 'unmade' | null

export interface PassOnIo {
  /** Null when the stream is not ours any more, or its endpoint is sent nothing. */
  read(stream: LeasedStream): Promise<StreamPage | null>
  /** In the order of the deliveries. */
  parcels(endpoint: EndpointForDelivery, stream: string, deliveries: WaitingDelivery[]): Promise<Made[]>
  /** Null where this process cannot open it. */
  secretOf(endpoint: EndpointForDelivery): string | null
  courier: Pick<Courier, 'deliver'>
  /** False when the stream was not ours any more. */
  record(record: StreamRecord): Promise<boolean>
  /** Does nothing when the stream is not ours any more. */
  giveUp(stream: LeasedStream, state: 'paused' | 'gone', reason: EndpointReason): Promise<void>
  /** Monotonic, in milliseconds. */
  elapsed(): number
  /** 0 to 1. */
  jitter(): number
  /** What became of each try, and how many milliseconds it took, for who looks after the endpoint's share. */
  onTried(endpoint: string, tried: { taken: boolean; ms: number }): void
  stopping(): boolean
}

/** Of one reading: few enough to be told again after a crash, and small enough for many streams at once. */
export const PAGE: PageLimits = { deliveries: 50, bytes: 256 * 1024 }
/**
 * Then a page is recorded, whatever is left of it, and the next one is read: what is changed about an endpoint counts from then on. The lease
 * outlasts a page and one more delivery.
 */
const PAGE_MS = 1_000
/** Then others of the endpoint have their turn. */
const TURN_MS = 2_000

/** `elsewhere`: this process has not the key to the endpoint's secret. */
export type Served = 'idle' | 'turn over' | 'failing' | 'given up' | 'lost' | 'elsewhere'

export async function serveStream(io: PassOnIo, stream: LeasedStream): Promise<Served> {
  const beganMs = io.elapsed()
  for (;;) {
    const readMs = io.elapsed()
    const page = await io.read(stream)
    if (page === null) return (await io.record(nothing(stream, 'stop'))) ? 'given up' : 'lost'
    // What was there is gone, with its person or its time.
    if (page.deliveries.length === 0) {
      return (await io.record({ ...nothing(stream, 'free'), doneId: page.lastId })) ? 'idle' : 'lost'
    }
    const secret = io.secretOf(page.endpoint)
    if (secret === null) return (await io.record(nothing(stream, 'free'))) ? 'elsewhere' : 'lost'
    const done = await deliverPage(io, stream, page, secret, readMs)
    const wasLast = done.doneId !== null && BigInt(done.doneId) >= BigInt(page.lastId)
    const isOver = done.next.kind === 'keep' && (wasLast || io.elapsed() - beganMs > TURN_MS || io.stopping())
    const kept = await io.record(isOver ? { ...done, next: { kind: 'free' } } : done)
    if (!kept) return 'lost'
    if (done.next.kind === 'stop') return 'given up'
    if (done.next.kind === 'later') return 'failing'
    if (isOver) return wasLast ? 'idle' : 'turn over'
  }
}

function nothing(stream: LeasedStream, kind: 'stop' | 'free'): StreamRecord {
  return { ...stream, doneId: null, tried: [], dropped: [], next: { kind } }
}

async function deliverPage(
  io: PassOnIo,
  stream: LeasedStream,
  page: StreamPage,
  secret: string,
  readMs: number,
): Promise<StreamRecord> {
  const { endpoint, deliveries } = page
  const parcels = await io.parcels(endpoint, stream.stream, deliveries)
  const done: StreamRecord = { ...nothing(stream, 'free'), next: { kind: 'keep' } }
  const isFirst = () => done.doneId === null
  for (const [index, { id }] of deliveries.entries()) {
    if (!isFirst() && (io.elapsed() - readMs > PAGE_MS || io.stopping())) break
    const parcel = parcels[index] ?? null
    if (parcel === null) {
      done.dropped.push(id)
      done.doneId = id
      continue
    }
    const at = plus(page.now, Math.round(io.elapsed() - readMs))
    const tried = parcel === 'unmade' ? UNMADE : await io.courier.deliver({ ...endpoint, secret }, parcel)
    const verdict = tried.error === null && tried.status !== null ? verdictOf(tried.status) : 'failed'
    if (parcel !== 'unmade') io.onTried(endpoint.id, { taken: verdict === 'delivered', ms: tried.ms })
    done.tried.push({ id, state: verdict === 'delivered' ? 'delivered' : 'failed', attempt: attemptOf(tried, at) })
    if (verdict === 'delivered') {
      done.doneId = id
      continue
    }
    const before = isFirst() ? page : { tries: 0, firstTriedAt: null }
    done.next = await afterFailure(io, stream, verdict, { ...before, at: plus(at, Math.round(tried.ms)), tried })
    break
  }
  return done
}

const UNMADE: Tried = { status: null, error: 'Casement could not make its body', ms: 0 }

function attemptOf({ status, error, ms }: Tried, at: Instant): StreamRecord['tried'][number]['attempt'] {
  return {
    at,
    status,
    error: error ?? (status !== null && verdictOf(status) === 'delivered' ? null : `answered ${status}`),
    ms,
  }
}

async function afterFailure(
  io: PassOnIo,
  stream: LeasedStream,
  verdict: 'gone' | 'failed',
  failed: { tries: number; firstTriedAt: Instant | null; at: Instant; tried: Tried },
): Promise<StreamRecord['next']> {
  if (verdict === 'gone') {
    await io.giveUp(stream, 'gone', { code: 'gone', text: 'It answered 410: nothing is sent there any more.' })
    return { kind: 'stop' }
  }
  const { at: now, tried } = failed
  const firstTriedAt = failed.firstTriedAt ?? now
  const tries = failed.tries + 1
  const { retryAfterS = null } = tried
  const nextAt = nextTryAt({ tries, firstTriedAt, now, jitter: io.jitter(), retryAfterS })
  if (nextAt !== null) return { kind: 'later', tries, firstTriedAt, nextAt }
  const last = tried.error ?? `answered ${tried.status}`
  const text = `Nothing could be delivered for three days; the last try: ${last}. Resume it once it is well again.`
  await io.giveUp(stream, 'paused', { code: 'failing', text })
  return { kind: 'stop' }
}
