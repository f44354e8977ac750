import type { Deed } from '../domain/audit.ts'
import { type EndpointKind, PAUSED_BY_REQUEST } from '../domain/endpoint.ts'
import type { PhoneNumberId } from '../domain/ids.ts'
import { toIso } from '../domain/time.ts'
import type { Services } from '../http/services.ts'
import { newMetaSecret, newStandardSecret } from '../outbound/signing.ts'
import type { TokenVault } from '../store/accounts/token-vault.ts'
import { findSenders } from '../store/intents/enqueue.ts'
import { startJob } from '../store/jobs/jobs.ts'
import { haveAllHeard } from '../store/outbox/outbox.ts'
import { listDeliveries, lockDeliveries, replayDelivery, skipDelivery } from '../store/passing/deliveries.ts'
import { type EndpointRead, endpointStore } from '../store/passing/endpoints.ts'
import { databaseNow } from '../store/pg/clock.ts'
import type { Postgres } from '../store/pg/postgres.ts'
import { mapAnswer } from '../usecases/answer.ts'
import type { Courier } from '../usecases/courier.ts'
import * as manage from '../usecases/manage-endpoints.ts'
import { mapPage } from '../usecases/paging.ts'
import * as deliveries from '../usecases/read-deliveries.ts'
import { REPLAY } from '../usecases/replay-deliveries.ts'
import { deedsOn } from './deeds.ts'
import { viewOfDelivery, viewOfEndpoint } from './views/endpoint.ts'

export type EndpointServices = Pick<
  Services,
  | 'createEndpoint'
  | 'listEndpoints'
  | 'getEndpoint'
  | 'updateEndpoint'
  | 'deleteEndpoint'
  | 'pauseEndpoint'
  | 'resumeEndpoint'
  | 'testEndpoint'
  | 'listDeliveries'
  | 'replayDeliveries'
  | 'replayDelivery'
  | 'skipDelivery'
>

export interface EndpointDeps {
  postgres: Postgres
  vault: TokenVault
  courier: Courier
  /** What is wrong with an address to call, as "to be …"; null when nothing is. */
  problemWithUrl(url: string): string | null
  /** There is something to deliver. */
  wake(): void
}

/** Endpoints and what they were told. */
export function endpointServices(deps: EndpointDeps): EndpointServices {
  const { db } = deps.postgres
  const io = manageIo(deps)
  const deliveriesIo = readIo(deps, io)
  return {
    createEndpoint: async (caller, input) => mapAnswer(await manage.createEndpoint(io, caller, input), viewOfMade),
    listEndpoints: async (caller) => (await manage.listEndpoints(io, caller)).map(viewOfEndpoint),
    getEndpoint: async (caller, id) => mapAnswer(await manage.getEndpoint(io, caller, id), viewOfEndpoint),
    updateEndpoint: async (caller, id, patch) =>
      mapAnswer(await manage.updateEndpoint(io, caller, id, patch), viewOfEndpoint),
    deleteEndpoint: (caller, id) => manage.removeEndpoint(io, caller, id),
    pauseEndpoint: async (caller, id) => mapAnswer(await manage.pauseEndpoint(io, caller, id), viewOfEndpoint),
    resumeEndpoint: async (caller, id) => mapAnswer(await manage.resumeEndpoint(io, caller, id), viewOfEndpoint),
    testEndpoint: async (caller, id) =>
      mapAnswer(await manage.testEndpoint(io, caller, id, toIso(await databaseNow(db))), (tried) => ({ ...tried })),
    listDeliveries: async (caller, id, query) =>
      mapPage(await deliveries.listDeliveries(deliveriesIo, caller, id, query), (one) =>
        viewOfDelivery(one, caller.senders),
      ),
    replayDeliveries: (caller, id, range) => deliveries.replayDeliveries(deliveriesIo, caller, id, range),
    replayDelivery: async (caller, id, delivery) =>
      mapAnswer(await deliveries.replayDelivery(deliveriesIo, caller, id, delivery), (one) =>
        viewOfDelivery(one, caller.senders),
      ),
    skipDelivery: async (caller, id, delivery) =>
      mapAnswer(await deliveries.skipDelivery(deliveriesIo, caller, id, delivery), (one) =>
        viewOfDelivery(one, caller.senders),
      ),
  }
}

function manageIo({ postgres, vault, courier, problemWithUrl, wake }: EndpointDeps): manage.ManageEndpointsIo {
  const { db, pool } = postgres
  const deeds = deedsOn(postgres)
  const store = endpointStore(db, vault)
  // What began before it listened may not tell it, and would be missed.
  const heard = async ({ kind }: EndpointRead) => {
    if (kind === 'events') await haveAllHeard(pool)
  }
  return {
    async create(doer, endpoint) {
      const made = await deeds(
        doer,
        (trx) => endpointStore(trx, vault).create(endpoint),
        ({ id, kind, senders, events, ids }) => endpointDeed('create', id, { kind, senders, events, ids }),
      )
      await heard(made)
      return made
    },
    list: (purview) => store.list(purview),
    read: (purview, id) => store.read(purview, id),
    keysOf: (purview, id) => store.keysOf(purview, id),
    async update(doer, id, changes) {
      const updated = await deeds(
        doer,
        (trx) => endpointStore(trx, vault).update(doer, id, changes),
        (updated) => updated && endpointDeed('update', id, { members: namesOf(changes) }),
      )
      if (updated !== null && changes.events !== undefined) await heard(updated)
      wake()
      return updated
    },
    recordVerified: (id, url, verified) => store.recordVerified(id, url, verified),
    pause: (doer, id) =>
      deeds(
        doer,
        (trx) => endpointStore(trx, vault).pause(doer, id, PAUSED_BY_REQUEST),
        (paused) => paused && endpointDeed('pause', id),
      ),
    async resume(doer, id) {
      const resumed = await deeds(
        doer,
        (trx) => endpointStore(trx, vault).resume(doer, id),
        (resumed) => resumed && endpointDeed('resume', id),
      )
      if (resumed !== null) await heard(resumed)
      wake()
      return resumed
    },
    remove: (doer, id) =>
      deeds(
        doer,
        (trx) => endpointStore(trx, vault).remove(doer, id),
        (removed) => (removed ? endpointDeed('delete', id) : null),
      ),
    linkedAmong: async (purview, senders) =>
      new Set((await findSenders(db, purview, senders as PhoneNumberId[])).keys()),
    problemWithUrl,
    generateSecret,
    courier,
  }
}

function readIo({ postgres, wake }: EndpointDeps, { read }: manage.ManageEndpointsIo): deliveries.ReadDeliveriesIo {
  const deeds = deedsOn(postgres)
  return {
    read,
    list: (selection) => listDeliveries(postgres.db, selection),
    async replay(doer, endpoint, delivery) {
      const replayed = await deeds(
        doer,
        async (trx) => {
          await lockDeliveries(trx)
          return replayDelivery(trx, endpoint, delivery)
        },
        (replayed) => replayed && endpointDeed('replay', endpoint, { delivery }),
      )
      wake()
      return replayed
    },
    async skip(doer, endpoint, delivery) {
      const skipped = await deeds(
        doer,
        (trx) => skipDelivery(trx, endpoint, delivery),
        (skipped) => (skipped && skipped !== 'not_failing' ? endpointDeed('skip', endpoint, { delivery }) : null),
      )
      wake()
      return skipped
    },
    startReplay: (doer, { id, kind }, from, to) =>
      deeds(
        doer,
        (trx) => startJob(trx, doer.workspace, REPLAY, `${id} ${from} ${to}`, { endpoint: id, kind, from, to }),
        (job) => endpointDeed('replay', id, { job, from: toIso(from), to: toIso(to) }),
      ),
  }
}

function viewOfMade({ secret, ...endpoint }: Parameters<typeof viewOfEndpoint>[0] & { secret: string }) {
  return { ...viewOfEndpoint(endpoint), secret }
}

function generateSecret(kind: EndpointKind): string {
  return kind === 'events' ? newStandardSecret() : newMetaSecret()
}

function endpointDeed(what: string, id: string, detail: Deed['detail'] = {}): Deed {
  return { action: `endpoint.${what}`, object: { kind: 'endpoint', id }, detail }
}

function namesOf(given: object): string[] {
  return Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]))
}
