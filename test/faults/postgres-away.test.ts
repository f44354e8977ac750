import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrateAll } from '../../src/app.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { createLogger } from '../../src/log.ts'
import { text } from '../e2e/fixtures.ts'
import { API_KEY, type Harness, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'

/*
 * PostgreSQL goes away while messages flow: every session is cut, again and again; the server stops in the middle and comes back late.
 * Casement is not restarted and nobody helps. Nothing may be lost (P2) or doubled (P3), nothing may hang, and all must be well afterwards.
 *
 * Most of the time is waited, so the lane engines are tested side by side.
 */

/** A dispatch that fails is tried for ten seconds, and its wake-up is given back for ten more; then lanes pause and jobs fail. */
const AWAY_MS = 21_000
/** No answer takes longer, however long the database is away. */
const PATIENCE_MS = 15_000
const RECOVERY_MS = 60_000
/** Of a test: the outage, and each of its waits. */
const IN_TURN = { timeout: AWAY_MS + 4 * RECOVERY_MS, concurrent: false }

const CONCURRENCY = 20

describe.concurrent('when it goes away,', () => {
  describeEachLaneEngine('PostgreSQL', (engine) => {
    let directory: string
    let postgres: EmbeddedPostgres
    let casement: Harness

    const start = (port = 0) =>
      startEmbeddedPostgres({
        dataDir: join(directory, 'postgres'),
        port,
        log: createLogger({ level: 'silent' }),
        ephemeral: true,
      })

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'casement-away-'))
      await chmod(directory, 0o711) // as root the server runs as somebody else, who must get in
      postgres = await start()
      await migrateAll(postgres.url, { kind: 'postgres' })
      casement = await startHarness(engine, {
        database: { url: postgres.url, drop: async () => {} },
        env: { GRAPH_TIMEOUT_MS: '2000', DISPATCH_CONCURRENCY: String(CONCURRENCY) },
        doubt: { graceMs: 3_000 },
        sender: { throughput_mps: 50 },
        // Slow enough for attempts to be open when the database goes.
        sandbox: { knobs: { latencyMs: 200, webhookRetryBaseMs: 100, webhookRetries: 12 } },
      })
    })
    afterAll(async () => {
      await casement.close()
      await postgres.stop()
      await rm(directory, { recursive: true, force: true })
    })

    async function enqueue(count: number): Promise<string[]> {
      const customers = Array.from({ length: count }, () => casement.stranger())
      for (const customer of customers) casement.sandbox.customers.say(customer, { text: 'Hi' })
      await casement.told()
      const intents = customers.map((to) => ({ sender: casement.sender, to: `+${to}`, message: text('Hello') }))
      const { body } = await casement.api<{ results: { id: string }[] }>('POST', '/v1/intents/batch', { intents })
      return body.results.map(({ id }) => id)
    }

    /** By the sandbox's books, once for each acceptance. */
    const accepted = (ids: string[]): string[] =>
      casement.sandbox.ledger().flatMap(({ outcome, opaque }) => {
        const id = opaque?.split('.')[0]
        return outcome === 'accepted' && id !== undefined && ids.includes(id) ? [id] : []
      })

    async function untilSent(ids: string[], timeoutMs = RECOVERY_MS): Promise<void> {
      const rest = () =>
        casement.query(`select state, reason_text from intents where state <> 'sent' and id = any ($1::uuid[])`, [ids])
      await eventually(async () => expect(await rest()).toEqual([]), { timeoutMs })
    }

    async function expectAllSentOnce(ids: string[]): Promise<void> {
      await untilSent(ids)
      expect(accepted(ids).toSorted()).toEqual(ids.toSorted())
    }

    async function statusOf(method: string, path: string, body?: object): Promise<number> {
      const answer = await fetch(`${casement.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
        ...(body ? { body: JSON.stringify(body) } : {}),
        signal: AbortSignal.timeout(PATIENCE_MS),
      })
      await answer.arrayBuffer()
      return answer.status
    }

    it('cutting every session again and again loses and doubles nothing', IN_TURN, async () => {
      const ids = await enqueue(150)
      let sessions = 0
      for (let cuts = 1; cuts <= 10; cuts++) {
        await eventually(() => accepted(ids).length >= 10 * cuts, { timeoutMs: RECOVERY_MS })
        const terminated = await casement.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'casement%'`,
        )
        sessions += terminated.length
      }
      expect(sessions).toBeGreaterThan(20)
      await expectAllSentOnce(ids)
    })

    it('stopping at once and staying away loses and doubles nothing', IN_TURN, async () => {
      const ids = await enqueue(150)
      await eventually(() => accepted(ids).length >= 20, { timeoutMs: RECOVERY_MS })
      casement.sandbox.setWebhookUrl(null) // no status tells what was accepted: the worker has to remember
      process.kill(postgres.pid, 'SIGQUIT') // immediate mode: no goodbye, and recovery at the next start
      await postgres.crashed
      const before = accepted(ids).length

      const away = delay(AWAY_MS)
      const asked = { sender: casement.sender, to: `+${casement.stranger()}`, message: text('Now?') }
      const answers = await Promise.all([
        statusOf('GET', '/healthz'),
        statusOf('GET', '/readyz'),
        statusOf('POST', '/v1/intents', asked),
        statusOf('GET', `/v1/intents/${ids[0]}`),
        statusOf('GET', '/v1/senders'),
        casement.webhook({ field: 'messages', value: {} }),
      ])
      expect(answers).toEqual([200, 503, 503, 503, 503, 503])
      await away
      // What had been opened could leave; nobody claims anything more.
      expect(accepted(ids).length).toBeLessThanOrEqual(before + CONCURRENCY)
      expect(accepted(ids).length, 'the server stopped too late').toBeLessThan(ids.length)

      const left = accepted(ids)
      postgres = await start(postgres.port)
      await untilSent(left, 10_000)

      casement.sandbox.setWebhookUrl(`${casement.url}/webhooks/whatsapp`)
      const later = await enqueue(5) // that somebody writes settles what was opened and never left
      await expectAllSentOnce([...ids, ...later])
      expect(await casement.query('select from attempts where outcome is null')).toEqual([])
      await eventually(async () => expect(await statusOf('GET', '/readyz')).toBe(200))
    })
  })
})
