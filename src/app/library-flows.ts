import { NO_ORIGIN } from '../domain/audit.ts'
import { notifyDue } from '../store/intents/enqueue.ts'
import type { OptOutBook } from '../store/people/opt-outs.ts'
import type { Db, Postgres } from '../store/pg/postgres.ts'
import type { Refusal } from '../usecases/answer.ts'
import type { Producer } from '../usecases/enqueue-intent.ts'
import { type RunsIo, startFlow } from '../usecases/flows/manage-runs.ts'
import { flowMemory } from './flow-io.ts'
import { flowServices, runChangeIo } from './flows.ts'

/** What `POST /v1/flows/{name}/runs` takes. */
export interface FlowStartRequest {
  sender: string
  /** E.164 or a BSUID, as of an intent. */
  to: unknown
  /** As the flow declares it. */
  data?: Record<string, unknown>
}

/** Flows by the library: the same as over HTTP, throwing `CasementError` where HTTP answers with an error (`once`, `flow_unknown` …). */
export interface LibraryFlows<Transaction> {
  /**
   * Begins a run of a flow that has the trigger `api`.
   *
   * @param options as of `enqueue`: with `trx` the run begins if and only if that commits
   */
  start(
    name: string,
    request: FlowStartRequest,
    options?: { trx?: Transaction; notify?: boolean },
  ): Promise<{ id: string }>
}

/** @param inTransactionOf the caller's transaction as a database to write to */
export function libraryFlows<Transaction>(
  postgres: Postgres,
  optOuts: OptOutBook,
  { workspace, senders, actor }: Producer,
  inTransactionOf: (trx: Transaction) => Db,
  refuse: (refusal: Refusal) => Error,
): LibraryFlows<Transaction> {
  const flows = flowMemory()
  const services = flowServices({ postgres, optOuts, flows })
  const caller = { workspace, senders, actor, origin: NO_ORIGIN, scopes: ['campaigns'], allowQuery: false }

  /** What is done in it is the caller's to commit. */
  function joined(trx: Db): Pick<RunsIo, 'change'> {
    return { change: async (_doer, run) => (await run(runChangeIo(trx, optOuts, flows))).answer }
  }

  return {
    async start(name, { sender, to, data }, { trx, notify = true } = {}) {
      const db = trx === undefined ? null : inTransactionOf(trx)
      const input = { sender, to, data }
      const started = await (db === null
        ? services.startFlow(caller, name, input)
        : startFlow(joined(db), caller, name, input))
      if (!started.ok) throw refuse(started.refusal)
      if (db !== null && notify) await notifyDue(db)
      return started.value
    },
  }
}
