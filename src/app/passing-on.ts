import { randomUUID } from 'node:crypto'
import { SYSTEM } from '../domain/access.ts'
import { NO_ORIGIN } from '../domain/audit.ts'
import type { EndpointReason } from '../domain/endpoint.ts'
import { recordDeed } from '../store/access/audit.ts'
import { ofEndpoint, type TokenVault, TokenVaultError } from '../store/accounts/token-vault.ts'
import { passPayloads } from '../store/passing/pass-payloads.ts'
import {
  type EndpointForDelivery,
  giveUp,
  type LeasedStream,
  leaseStreams,
  readStreamPages,
  recordStreams,
  type StreamPage,
  type StreamRecord,
} from '../store/passing/streams.ts'
import { tellWindows } from '../store/passing/windows.ts'
import { coalesce } from '../store/pg/batch.ts'
import type { Listener } from '../store/pg/listener.ts'
import { CLOCK_CHANNEL } from '../store/pg/move-clock.ts'
import { inTransaction, isPassingDatabaseError, type Postgres, retryingPassing } from '../store/pg/postgres.ts'
import { INBOX_CHANNEL } from '../store/webhooks/events.ts'
import type { Courier } from '../usecases/courier.ts'
import { PAGE, type PassOnIo, serveStream } from '../usecases/pass-on.ts'
import { type Loop, startLoop } from '../worker/loop.ts'
import { createPassage, type Passage } from '../worker/passage.ts'
import { parcelMaker } from './parcels.ts'
import type { AppSettings } from './settings.ts'

/** Tells workers that there is something to deliver. */
export const PASSING_CHANNEL = 'casement_passing'

export interface PassingDeps {
  postgres: Postgres
  listener: Listener
  vault: TokenVault
  courier: Pick<Courier, 'deliver' | 'ask'>
  settings: Pick<AppSettings, 'windowMarginMs'>
  log: Record<'info' | 'warn', (details: object, message: string) => void>
}

/** Of one round; its parts wait meanwhile, and nobody else does. */
const PASS_LIMITS = { payloads: 500, bytes: 8 * 1024 * 1024 }
const LOOK_EVERY_MS = 1_000
/** Where the next payload is about to be applied. */
const LOOK_AGAIN_MS = 25
const STANDBY_WAIT_MS = 2_000

/** Whoever leads puts what Meta sent into the queues of the endpoints, and tells whose window ends. */
export function startPassingPayloads({ postgres, listener, log }: PassingDeps): Loop {
  const loop = startLoop(
    async () => {
      if (!(await listener.tryLead())) return STANDBY_WAIT_MS
      const { made, more, waits } = await passPayloads(postgres.pool, PASS_LIMITS, ({ id, error }) =>
        log.warn({ err: error, webhook: id }, 'a webhook could not be passed on; it is tried again later'),
      )
      if (made > 0) postgres.signals.send(PASSING_CHANNEL)
      if (more) return 0
      return waits ? LOOK_AGAIN_MS : LOOK_EVERY_MS
    },
    (error) => log.warn({ err: error }, 'passing on webhooks failed, tried again'),
  )
  listener.on(INBOX_CHANNEL, () => {
    if (listener.leads()) loop.wake()
  })
  return loop
}

const WINDOWS_EVERY_MS = 5_000

export function startTellingWindows({ postgres, listener, log }: PassingDeps): Loop {
  const loop = startLoop(
    async () => {
      if (!(await listener.tryLead())) return STANDBY_WAIT_MS
      return (await tellWindows(postgres.pool)) ? 0 : WINDOWS_EVERY_MS
    },
    (error) => log.warn({ err: error }, 'telling whose window ends failed'),
  )
  listener.on(CLOCK_CHANNEL, () => loop.wake())
  return loop
}

/**
 * Every worker delivers.
 *
 * @param holder its process, as it tells that it is there
 */
export function startDelivering(deps: PassingDeps, holder: string): () => Promise<void> {
  const { postgres, listener, log } = deps
  const io = passOnIo(deps)
  const passage: Passage = createPassage({
    // A lease that was lost and taken again is another one.
    lease: (room) => leaseStreams(postgres.db, { lease: randomUUID(), holder }, room),
    serve: (stream, watch) => serveStream({ ...io, ...watch }, stream),
    elapsed: () => performance.now(),
    onError(error) {
      if (isPassingDatabaseError(error)) log.warn({ err: error }, 'delivering broke off, tried again')
      else log.warn({ err: error }, 'delivering to an endpoint failed, tried again')
    },
  })
  listener.on(PASSING_CHANNEL, passage.wake)
  listener.on(CLOCK_CHANNEL, passage.wake)
  return passage.stop
}

export function passOnIo({
  postgres,
  vault,
  courier,
  settings,
  log,
}: PassingDeps): Omit<PassOnIo, 'onTried' | 'stopping'> {
  const { db, pool } = postgres
  const record = coalesce<StreamRecord, boolean>({
    maxItems: 200,
    maxFlights: 1,
    isPassing: isPassingDatabaseError,
    run: (records) => inTransaction(pool, (trx) => recordStreams(trx, records)),
  })
  const read = coalesce<LeasedStream, StreamPage | null>({
    maxItems: 16,
    maxFlights: 2,
    isPassing: isPassingDatabaseError,
    run: (streams) => readStreamPages(db, streams, PAGE),
  })
  return {
    read,
    parcels: parcelMaker(db, settings.windowMarginMs, (delivery, error) =>
      log.warn({ err: error, delivery }, 'the body of a delivery could not be made; it is tried again'),
    ),
    secretOf: (endpoint) => opened(vault, endpoint),
    courier,
    // What was delivered and could not be recorded is delivered again: worth some patience.
    record: (done) => retryingPassing(() => record(done)),
    giveUp: (stream, state, reason) => gaveUp(postgres, stream, state, reason, log),
    elapsed: () => performance.now(),
    jitter: Math.random,
  }
}

function opened(vault: TokenVault, { id, sealed_secret }: EndpointForDelivery): string | null {
  try {
    return vault.open(sealed_secret, ofEndpoint(id))
  } catch (error) {
    if (error instanceof TokenVaultError) return null
    throw error
  }
}

/** With a row in the audit log, as if somebody had paused it. */
async function gaveUp(
  { pool }: Postgres,
  stream: LeasedStream,
  state: 'paused' | 'gone',
  reason: EndpointReason,
  log: PassingDeps['log'],
): Promise<void> {
  const { endpoint } = stream
  const workspace = await inTransaction(pool, async (trx) => {
    const workspace = await giveUp(trx, stream, state, reason)
    if (workspace === null) return null
    const doer = { workspace, senders: null, actor: SYSTEM, origin: NO_ORIGIN }
    const deed = { action: 'endpoint.pause', object: { kind: 'endpoint', id: endpoint }, detail: { state, ...reason } }
    await recordDeed(trx, doer, deed, 'done')
    return workspace
  })
  if (workspace !== null) log.warn({ endpoint, workspace, state, reason }, 'an endpoint is sent nothing any more')
}
