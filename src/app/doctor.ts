import { sql } from 'kysely'
import type { PhoneNumberId } from '../domain/ids.ts'
import { createGraphClient, type GraphAnswer, type GraphClient } from '../graph/client.ts'
import type { DebuggedToken } from '../graph/wire.ts'
import { openLaneBackend } from '../queue/backend.ts'
import { type Sender, senderStore } from '../store/accounts/senders.ts'
import { createTokenVault } from '../store/accounts/token-vault.ts'
import { readWorkers } from '../store/accounts/worker-processes.ts'
import { schemaState } from '../store/pg/migrate.ts'
import { type Db, HOT_PATH_SETTINGS, openPostgres } from '../store/pg/postgres.ts'
import { grants, PERMISSIONS } from '../usecases/check-sender.ts'
import { clockSkew } from './clock-skew.ts'
import {
  checkListening,
  checkOutbound,
  checkPublicUrl,
  checkRole,
  checkSandbox,
  checkSecrets,
  checkTransport,
} from './doctor-safety.ts'
import type { ResolvedConfig } from './settings.ts'
import { aliveMs, TOKEN_BEAT_MS } from './token-watch.ts'

/** One thing that was looked at. `detail` says what was found, for an operator. */
export interface Check {
  name: string
  ok: boolean
  /** It works, and is unsafe. */
  warning?: true
  detail: string
}

const OLDEST_POSTGRES = 14
const SOON_MS = 7 * 24 * 60 * 60 * 1000

/** Looks at everything that an installation needs. Changes nothing, throws nothing: what is broken is a check that failed. */
export async function doctor(config: ResolvedConfig): Promise<Check[]> {
  const postgres = openPostgres({
    url: config.databaseUrl,
    max: 2,
    applicationName: 'casement doctor',
    pooled: config.databaseDirectUrl !== null,
    onError: () => {},
  })
  const graph = createGraphClient({
    baseUrl: config.graphApiUrl,
    version: config.graphApiVersion,
    timeoutMs: config.graphTimeoutMs,
    connections: 4,
  })
  try {
    const database = await checkDatabase(postgres.db)
    const lanes = await checkLanes(config)
    if (!database.ok) return [database, ...lanes]
    const sessions = await checkSessions(config)
    const schema = await checking('schema', () => checkSchema(postgres.db))
    const clock = await checking('clock', async () => {
      const { isNear: ok, text: detail } = await clockSkew(postgres.db)
      return { ok, detail }
    })
    if (!schema.ok) return [database, sessions, schema, clock, ...lanes]
    const stamps = await checking("Meta's stamps", () => checkStamps(postgres.db))
    const workers = await checking('workers', () => checkWorkers(postgres.db))
    const accounts = await checkSenders(config, postgres.db, graph)
    const safety = [
      await checking('database role', () => checkRole(postgres.db)),
      checkTransport(config),
      checkPublicUrl(config),
      checkListening(config),
      await checking('outbound hosts', () => checkOutbound(config, postgres.db)),
      checkSandbox(config),
      checkSecrets(config),
    ]
    return [database, sessions, schema, clock, stamps, ...lanes, workers, ...safety, ...accounts]
  } finally {
    await Promise.all([postgres.close(), graph.close()])
  }
}

async function checkDatabase(db: Db): Promise<Check> {
  return checking('database', async () => {
    const shown = await sql<{ server_version: string }>`show server_version`.execute(db)
    const version = shown.rows[0]?.server_version ?? 'unknown'
    const ok = Number.parseInt(version, 10) >= OLDEST_POSTGRES
    return { ok, detail: ok ? `PostgreSQL ${version}` : `PostgreSQL ${version}; at least ${OLDEST_POSTGRES} is needed` }
  })
}

/** Listening and the relay's lead are tied to a session. A pooler that keeps none refuses the settings of one. */
async function checkSessions({ databaseUrl, databaseDirectUrl }: ResolvedConfig): Promise<Check> {
  const name = 'database sessions'
  const direct = openPostgres({
    url: databaseDirectUrl ?? databaseUrl,
    max: 1,
    applicationName: 'casement doctor',
    settings: HOT_PATH_SETTINGS,
    onError: () => {},
  })
  try {
    await direct.ping()
    return { name, ok: true, detail: databaseDirectUrl === null ? 'kept' : 'kept past the pooler' }
  } catch (error) {
    const advice =
      'where DATABASE_URL is a pooler in transaction mode, DATABASE_DIRECT_URL has to reach the server itself'
    return { name, ok: false, detail: `${textOf(error)}; ${advice}` }
  } finally {
    await direct.close()
  }
}

async function checkSchema(db: Db): Promise<Omit<Check, 'name'>> {
  const state = await schemaState(db)
  switch (state.kind) {
    case 'current':
      return { ok: true, detail: 'up to date' }
    case 'behind':
      return { ok: false, detail: `lacks ${state.missing.join(', ')}; run: npx casement migrate` }
    case 'newer':
      return { ok: false, detail: `was changed by a newer Casement (${state.unknown.join(', ')}); update this one` }
  }
}

/** A stamp too far ahead of our clock is not believed, and opens no window: with a clock that is behind, none does. */
async function checkStamps(db: Db): Promise<Omit<Check, 'name'>> {
  const { rows } = await sql<{ ahead_ms: number }>`
    select max(ahead_ms) as ahead_ms from webhook_channels where ahead_at > casement_now() - interval '1 day' having max(ahead_ms) > 0`.execute(
    db,
  )
  const aheadMs = rows[0]?.ahead_ms
  if (aheadMs === undefined) return { ok: true, detail: 'none was ahead of the database in the last day' }
  const detail = `lay up to ${Math.round(aheadMs / 1_000)} s ahead of the database in the last day: no window opens by them; set its clock`
  return { ok: false, detail }
}

/** Workers with another secret than the numbers were linked under send nothing for those, and say so only in their own log. */
async function checkWorkers(db: Db): Promise<Omit<Check, 'name'>> {
  const workers = await readWorkers(db, aliveMs(TOKEN_BEAT_MS))
  const lockedOut = workers.filter(({ unreadable }) => unreadable > 0)
  if (lockedOut.length === 0) return { ok: true, detail: `${workers.length} running, each can open every access token` }
  const most = Math.max(...lockedOut.map(({ unreadable }) => unreadable))
  return {
    ok: false,
    detail: `${lockedOut.length} of ${workers.length} running cannot open up to ${most} access token(s): give all the same CASEMENT_SECRET`,
  }
}

async function checkLanes(config: ResolvedConfig): Promise<Check[]> {
  const lanes =
    config.lanes.kind === 'redis'
      ? config.lanes
      : { kind: 'postgres' as const, url: config.databaseDirectUrl ?? config.databaseUrl }
  const name = `lanes (${lanes.kind})`
  let lastError: Error | null = null
  try {
    const backend = await openLaneBackend(lanes, (error) => {
      lastError = error
    })
    try {
      await backend.ping()
      const warnings = await backend.warnings()
      return [
        { name, ok: true, detail: 'answer' },
        ...warnings.map((detail) => ({ name: `${name} settings`, ok: false, detail })),
      ]
    } finally {
      await backend.close()
    }
  } catch (error) {
    return [{ name, ok: false, detail: `do not answer: ${textOf(lastError ?? error)}` }]
  }
}

async function checkSenders(config: ResolvedConfig, db: Db, graph: GraphClient): Promise<Check[]> {
  const senders = senderStore(db, createTokenVault(config.secretKeys))
  const linked = await senders.listAll()
  if (linked.length === 0) return [{ name: 'senders', ok: true, detail: 'none is linked yet' }]
  const checks: Check[] = []
  for (const sender of linked) {
    checks.push(checkState(sender))
    const token = await tokenOf(senders, sender)
    if (typeof token !== 'string') {
      checks.push(token)
      continue
    }
    checks.push(...(await checkToken(graph, sender, token)), await checkSubscription(graph, sender, token))
  }
  return checks
}

function checkState(sender: Sender): Check {
  const ok = sender.state !== 'restricted'
  const why = sender.reason ? `: ${sender.reason.text}` : ''
  return { name: `${sender.phoneNumberId} state`, ok, detail: `${sender.state}${why}` }
}

async function tokenOf(
  senders: ReturnType<typeof senderStore>,
  { phoneNumberId }: { phoneNumberId: PhoneNumberId },
): Promise<string | Check> {
  const name = `${phoneNumberId} token`
  try {
    return (await senders.tokenOfNumber(phoneNumberId)) ?? { name, ok: false, detail: 'there is none' }
  } catch (error) {
    return { name, ok: false, detail: textOf(error) }
  }
}

/** A token may ask about itself. */
async function checkToken(graph: GraphClient, { phoneNumberId, wabaId }: Sender, token: string): Promise<Check[]> {
  const name = `${phoneNumberId} token`
  const answer = await graph.debugToken(token, token)
  if (answer.kind !== 'ok') return [{ name, ok: false, detail: troubleOf(answer) }]
  const { value } = answer
  const missing = PERMISSIONS.filter((permission) => !grants(value, permission, wabaId))
  const detail = missing.length === 0 ? PERMISSIONS.join(', ') : `lacks ${missing.join(', ')} for account ${wabaId}`
  return [
    { name, ...validity(value) },
    { name: `${phoneNumberId} permissions`, ok: missing.length === 0, detail },
  ]
}

function validity({ is_valid, expires_at }: DebuggedToken): Omit<Check, 'name'> {
  if (is_valid === false) return { ok: false, detail: 'Meta says that it is not valid; link the sender with a new one' }
  if (!expires_at) return { ok: true, detail: 'valid, never expires' }
  const at = new Date(expires_at * 1000)
  const soon = at.getTime() - Date.now() < SOON_MS
  return { ok: !soon, detail: `valid until ${at.toISOString()}${soon ? '; renew it' : ''}` }
}

async function checkSubscription(graph: GraphClient, sender: Sender, token: string): Promise<Check> {
  const name = `${sender.phoneNumberId} webhook subscription`
  const answer = await graph.subscribedApps(sender.wabaId, token)
  if (answer.kind !== 'ok') return { name, ok: false, detail: troubleOf(answer) }
  const apps = answer.value.data.map((app) => app.whatsapp_business_api_data?.name ?? 'an app')
  if (apps.length > 0) return { name, ok: true, detail: apps.join(', ') }
  const detail = `no app is subscribed to account ${sender.wabaId}: no windows will open and no statuses come`
  return { name, ok: false, detail }
}

function troubleOf(answer: Exclude<GraphAnswer<unknown>, { kind: 'ok' }>): string {
  switch (answer.kind) {
    case 'refused':
    case 'throttled':
      return `Graph ${answer.kind} it with code ${answer.error.code ?? 'none'}: ${answer.error.details ?? 'no details'}`
    case 'intercepted':
      return `something on the way answered in Graph's place, with HTTP status ${answer.httpStatus}: a proxy, or a redirect`
    case 'unreachable':
      return `Graph is not reachable: ${answer.cause}`
    case 'uncertain':
      return `Graph gave no usable answer (${answer.why})`
  }
}

async function checking(name: string, check: () => Promise<Omit<Check, 'name'>>): Promise<Check> {
  try {
    return { name, ...(await check()) }
  } catch (error) {
    return { name, ok: false, detail: textOf(error) }
  }
}

function textOf(error: unknown): string {
  if (error instanceof AggregateError) return [...new Set(error.errors.map(textOf))].join('; ')
  return error instanceof Error ? error.message : String(error)
}
