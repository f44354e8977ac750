import { resolve } from 'node:path'
import { type Facts, type Role, RULES, sandboxPort } from './config-rules.ts'
import { warningsAbout } from './config-warnings.ts'
import type { LogLevel } from './log.ts'
import type { Lanes, TrustProxy } from './readers.ts'
import { withFiles } from './secret-files.ts'
import { environment, SANDBOX, SECRETS, type Values } from './variables.ts'

export type { Role } from './config-rules.ts'
export { isLoopback } from './hosts.ts'
export type { TrustProxy } from './readers.ts'

/** The whole configuration, read once from the environment. This file alone knows `process.env`. */
export interface Config {
  /** Null: start the embedded PostgreSQL. */
  readonly databaseUrl: string | null
  /** The same database past a pooler, for what is tied to a session: listening, the relay's lead, lanes. Null: `databaseUrl`. */
  readonly databaseDirectUrl: string | null
  readonly lanes: Lanes
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Of a server with the way in for Meta's webhooks alone, for the internet. Null: none. 0: any free one. */
  readonly webhookPort: number | null
  /** Where Meta, browsers and drop-in clients reach the API, without a slash at its end. Null: where a request says that it came. */
  readonly publicUrl: string | null
  /** Whose word is taken for where a request came from. */
  readonly trustProxy: TrustProxy
  /** Asked of whoever reads the metrics. Null: nobody is asked. */
  readonly metricsKey: string | null
  /** Who may read the documentation of the API: anybody, whoever has a key, nobody. */
  readonly docs: 'open' | 'key' | 'off'
  /** Absolute. */
  readonly dataDir: string
  /** 32 bytes each: the first encrypts, all decrypt. Null: generated when embedded (generated-secrets.ts), or a tool without. */
  readonly secretKeys: readonly Buffer[] | null
  /** Bootstrap keys, which may do everything. Empty: generated when embedded; else only the keys in the database count. */
  readonly apiKeys: readonly string[]
  /** Any of them may have signed a webhook. Empty with the sandbox: generated. */
  readonly metaAppSecrets: readonly string[]
  /** Of the app that samples of templates are uploaded to. Null: Meta is asked. */
  readonly metaAppId: string | null
  /** Null with the sandbox: generated. */
  readonly metaVerifyToken: string | null
  /** Without version and without a slash at the end. Null: start the built-in sandbox and use that. */
  readonly graphApiUrl: string | null
  readonly graphApiVersion: string
  /** Where the sandbox listens. */
  readonly sandboxHost: string
  /** Names that it answers to, besides addresses and `localhost`. */
  readonly sandboxHosts: readonly string[]
  /** What it signs webhooks with. Null: the first of `metaAppSecrets`. */
  readonly sandboxAppSecret: string | null
  /** 0: any free one. */
  readonly sandboxPort: number
  /** Where webhook endpoints and the calls of flows may lead besides public addresses by https; in lower case, addresses without brackets. */
  readonly outboundHosts: readonly string[]
  /** From the first byte sent to the last byte read. */
  readonly graphTimeoutMs: number
  /** Jobs in flight per worker process. */
  readonly dispatchConcurrency: number
  /** A customer service window counts as closed this long before its end. */
  readonly windowMarginMs: number
  /** How long a status webhook may take before an attempt without an answer is judged; at least the attempt's lease. */
  readonly doubtGraceMs: number
  /** When it is judged although no webhook came at all. */
  readonly doubtMaxMs: number
  /** May be a fraction. */
  readonly followUpCooldownH: number
  readonly requireOptIn: boolean
  /** How long somebody whom nothing reaches is left alone; may be a fraction. 0: not at all. */
  readonly recipientReviewDays: number
  /** How long messages and intents that are over are kept; null: for ever. */
  readonly retentionDays: number | null
  readonly logLevel: LogLevel
  /** Of a worker's own /healthz, /readyz and /metrics. Null: none. 0: any free one. */
  readonly workerPort: number | null
  /** Preferred port of the embedded PostgreSQL. 0: any free one. */
  readonly embeddedPostgresPort: number
}

export type LoadedConfig =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[] }

/**
 * Reads and checks everything, and lists every mistake: which variable, what was expected, what came. The value of a
 * secret, or of a URL that may hold one, is never repeated. A variable set to the empty text counts as not set, since
 * Compose and CI systems cannot leave one out. Throws nothing.
 */
export function loadConfig(role: Role, env: NodeJS.ProcessEnv = process.env): LoadedConfig {
  const { given, unread } = withFiles(env, SECRETS)
  const parsed = environment.safeParse(given)
  const malformed = new Map(parsed.error?.issues.map((issue) => [String(issue.path[0]), issue.message]))
  // The rules look at the rest as if the malformed ones were not set, and skip what would need their values.
  const values = parsed.data ?? environment.parse(omit(given, malformed))
  const facts: Facts = { role, values, has: (name) => name in given }
  const broken = RULES.filter((rule) => !rule.needs.some((name) => malformed.has(name)) && rule.broken(facts))
  const problems = [
    ...unread,
    ...[...malformed].map(([name, message]) => `expected ${name} to be ${message}`),
    ...broken.map((rule) => rule.problem(facts)),
  ]
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, config: toConfig(values), warnings: warningsAbout(values, Object.keys(env)) }
}

const META_GRAPH_URL = 'https://graph.facebook.com'

function toConfig(values: Values): Config {
  const databaseUrl = values.DATABASE_URL ?? null
  const graphApiUrl = values.GRAPH_API_URL ?? (databaseUrl === null ? SANDBOX : META_GRAPH_URL)
  return {
    databaseUrl,
    databaseDirectUrl: values.DATABASE_DIRECT_URL ?? null,
    lanes: values.REDIS_URL ?? { kind: 'postgres' },
    host: values.HOST,
    port: values.PORT,
    webhookPort: values.WEBHOOK_PORT ?? null,
    publicUrl: values.CASEMENT_PUBLIC_URL ?? null,
    trustProxy: values.TRUST_PROXY,
    metricsKey: values.METRICS_KEY ?? null,
    docs: values.DOCS,
    dataDir: resolve(values.CASEMENT_DATA_DIR),
    secretKeys: values.CASEMENT_SECRET ?? null,
    apiKeys: values.CASEMENT_API_KEY ?? [],
    metaAppSecrets: values.META_APP_SECRET ?? [],
    metaAppId: values.META_APP_ID ?? null,
    metaVerifyToken: values.META_VERIFY_TOKEN ?? null,
    graphApiUrl: graphApiUrl === SANDBOX ? null : graphApiUrl,
    graphApiVersion: values.GRAPH_API_VERSION,
    sandboxHost: values.SANDBOX_HOST,
    sandboxHosts: values.SANDBOX_HOSTS ?? [],
    sandboxAppSecret: values.SANDBOX_APP_SECRET ?? null,
    sandboxPort: sandboxPort(values),
    outboundHosts: values.OUTBOUND_HOSTS ?? (graphApiUrl === SANDBOX ? ['127.0.0.1', 'localhost'] : []),
    graphTimeoutMs: values.GRAPH_TIMEOUT_MS,
    dispatchConcurrency: values.DISPATCH_CONCURRENCY,
    windowMarginMs: values.WINDOW_MARGIN_MS,
    doubtGraceMs: values.DOUBT_GRACE_MS,
    doubtMaxMs: values.DOUBT_MAX_MS,
    followUpCooldownH: values.FOLLOW_UP_COOLDOWN_H,
    requireOptIn: values.REQUIRE_OPT_IN === 'true',
    recipientReviewDays: values.RECIPIENT_REVIEW_DAYS,
    retentionDays: values.RETENTION_DAYS,
    logLevel: values.LOG_LEVEL,
    workerPort: values.WORKER_PORT ?? null,
    embeddedPostgresPort: values.CASEMENT_PG_PORT,
  }
}

function omit(texts: Record<string, unknown>, names: ReadonlyMap<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(texts).filter(([name]) => !names.has(name)))
}
