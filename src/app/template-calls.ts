import { RETRY_AFTER_CAP_MS, retryDelayMs } from '../domain/backoff.ts'
import { classify } from '../domain/failure.ts'
import type { WabaId } from '../domain/ids.ts'
import { SECOND_MS } from '../domain/time.ts'
import { type GraphAnswer, GraphCallError, type GraphClient, type Throttled } from '../graph/client.ts'
import type { Archived, CreatedTemplate, Success, WireAccount, WirePhoneNumber, WireTemplate } from '../graph/wire.ts'
import { managementPausedForMs, pauseManagement } from '../store/accounts/pace.ts'
import type { SenderStore } from '../store/accounts/senders.ts'
import type { Db } from '../store/pg/postgres.ts'

/**
 * Calls that read an account or manage its templates, and that Meta counts by the hour. A throttle pauses them, and them alone: messages are not
 * counted with them. While they are paused nobody is asked, and the answer is the throttle again.
 * Source: Meta, graph-api rate limits for WhatsApp (read 2026-11).
 */
export function templateCalls(db: Db, senders: SenderStore, graph: GraphClient) {
  async function tokenOf(wabaId: WabaId): Promise<string> {
    const token = await senders.tokenOfAccount(wabaId)
    if (token === null) throw new Error(`expected a sender of account ${wabaId} to be linked, found none`)
    return token
  }

  async function pausedBy(wabaId: WabaId): Promise<Throttled | null> {
    const ms = await managementPausedForMs(db, wabaId)
    return ms > 0 ? stillThrottled(ms) : null
  }

  async function heed(wabaId: WabaId, answer: { kind: string }): Promise<void> {
    if (answer.kind !== 'throttled') return
    const { error, retryAfterS } = answer as Throttled
    const forMs = retryDelayMs(classify(error), 1, Math.random(), retryAfterS)
    await pauseManagement(db, wabaId, Math.min(forMs, RETRY_AFTER_CAP_MS))
  }

  async function call<T>(wabaId: WabaId, ask: (token: string) => Promise<GraphAnswer<T>>): Promise<GraphAnswer<T>> {
    const paused = await pausedBy(wabaId)
    if (paused) return paused
    const answer = await ask(await tokenOf(wabaId))
    await heed(wabaId, answer)
    return answer
  }

  return {
    /** Throws `GraphCallError` when Meta does not answer all pages, or is not to be asked for now. */
    async *list(wabaId: WabaId): AsyncGenerator<WireTemplate[], void, void> {
      const paused = await pausedBy(wabaId)
      if (paused) throw new GraphCallError('list templates', paused)
      try {
        yield* graph.listTemplates(wabaId, await tokenOf(wabaId))
      } catch (error) {
        if (error instanceof GraphCallError) await heed(wabaId, error.answer)
        throw error
      }
    },

    account: (wabaId: WabaId): Promise<GraphAnswer<WireAccount>> =>
      call(wabaId, (token) => graph.getAccount(wabaId, token)),
    numbers: (wabaId: WabaId): Promise<GraphAnswer<WirePhoneNumber[]>> =>
      call(wabaId, (token) => graph.listPhoneNumbers(wabaId, token)),
    get: (wabaId: WabaId, id: string): Promise<GraphAnswer<WireTemplate>> =>
      call(wabaId, (token) => graph.getTemplate(id, token)),
    create: (wabaId: WabaId, document: object): Promise<GraphAnswer<CreatedTemplate>> =>
      call(wabaId, (token) => graph.createTemplate(wabaId, token, document)),
    edit: (wabaId: WabaId, id: string, patch: object): Promise<GraphAnswer<Success>> =>
      call(wabaId, (token) => graph.editTemplate(id, token, patch)),
    remove: (wabaId: WabaId, template: { id: string; name: string }): Promise<GraphAnswer<Success>> =>
      call(wabaId, (token) => graph.deleteTemplate(wabaId, token, template)),
    unpause: (wabaId: WabaId, id: string): Promise<GraphAnswer<Success>> =>
      call(wabaId, (token) => graph.unpauseTemplate(id, token)),
    archive: (wabaId: WabaId, id: string, to: 'archive' | 'unarchive'): Promise<GraphAnswer<Archived>> =>
      call(wabaId, (token) => graph.archiveTemplate(wabaId, token, id, to)),
  }
}

/** What Graph said when it paused the account, in short. */
function stillThrottled(ms: number): Throttled {
  const error = { code: null, subcode: null, isTransient: true, httpStatus: null, details: null, via: 'sync' } as const
  return { kind: 'throttled', error, httpStatus: 429, retryAfterS: Math.ceil(ms / SECOND_MS) }
}
