import { randomUUID } from 'node:crypto'
import type { WorkspaceId } from '../domain/ids.ts'
import { newStandardSecret } from '../outbound/signing.ts'
import { ensureSigningSecret, readSigningSecret } from '../store/access/signing-secrets.ts'
import { ofWorkspace, type TokenVault, TokenVaultError } from '../store/accounts/token-vault.ts'
import { type CallRecord, type LeasedCall, leaseCalls, recordCalls } from '../store/flows/calls.ts'
import { coalesce } from '../store/pg/batch.ts'
import { CLOCK_CHANNEL } from '../store/pg/move-clock.ts'
import { type Db, inTransaction, isPassingDatabaseError, retryingPassing } from '../store/pg/postgres.ts'
import { type MakeCallIo, makeCall } from '../usecases/flows/make-call.ts'
import { createPassage, type Lease } from '../worker/passage.ts'
import { PASSING_CHANNEL, type PassingDeps } from './passing-on.ts'

/** A call, as what shares room with the others of its target. */
type Taken = Lease & { of: LeasedCall }

/**
 * Every worker makes the calls that flows have asked for: beside deliveries, in room of their own.
 *
 * @param holder its process, as it tells that it is there
 */
export function startCalling(deps: PassingDeps, holder: string): () => Promise<void> {
  const { postgres, listener, log } = deps
  const io = callIo(deps)
  const passage = createPassage<Taken>({
    async lease(room) {
      const lease = randomUUID()
      const calls = await leaseCalls(postgres.db, { lease, holder }, room)
      return calls.map((of) => ({ endpoint: of.target, stream: `${of.run} ${of.call}`, lease, of }))
    },
    serve: ({ of }, watch) => makeCall({ ...io, ...watch }, of),
    elapsed: () => performance.now(),
    onError(error) {
      if (isPassingDatabaseError(error)) log.warn({ err: error }, 'calling for flows broke off, tried again')
      else log.warn({ err: error }, 'a call of a flow failed, tried again')
    },
  })
  listener.on(PASSING_CHANNEL, passage.wake)
  listener.on(CLOCK_CHANNEL, passage.wake)
  return passage.stop
}

export function callIo({
  postgres,
  vault,
  courier,
}: Pick<PassingDeps, 'postgres' | 'vault' | 'courier'>): Omit<MakeCallIo, 'onTried'> {
  const record = coalesce<CallRecord, void>({
    maxItems: 200,
    maxFlights: 1,
    isPassing: isPassingDatabaseError,
    async run(records) {
      await inTransaction(postgres.pool, (trx) => recordCalls(trx, records))
      return records.map(() => undefined)
    },
  })
  return {
    secretOf: (workspace) => secretOf(postgres.db, vault, workspace),
    courier,
    // What was answered and could not be recorded is asked again: worth some patience.
    record: (became) => retryingPassing(() => record(became)),
    jitter: Math.random,
  }
}

/** One that nobody has asked for is made when it is needed: whoever wants to check signatures has it made anew, and is shown it. */
async function secretOf(db: Db, vault: TokenVault, workspace: WorkspaceId): Promise<string | null> {
  const own = ofWorkspace(workspace)
  try {
    const known = await readSigningSecret(db, workspace)
    const sealed = known ?? (await ensureSigningSecret(db, workspace, vault.seal(newStandardSecret(), own)))
    return vault.open(sealed, own)
  } catch (error) {
    if (error instanceof TokenVaultError) return null
    throw error
  }
}
