import { resolve } from 'node:path'
import { z } from 'zod'
import { LOG_LEVELS, type LogLevel } from './log.ts'
import {
  apiKey,
  credential,
  decimal,
  graphUrl,
  integer,
  isLoopback,
  isPrivate,
  key,
  type Lanes,
  listOf,
  MAX_TIMER_MS,
  matching,
  oneOf,
  port,
  postgresUrl,
  publicUrl,
  type Reader,
  redisLanes,
  retentionDays,
  type TrustProxy,
  trustProxy,
} from './readers.ts'
import { scrub } from './redaction.ts'
import { withFiles } from './secret-files.ts'

export { isLoopback, type TrustProxy } from './readers.ts'

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

/**
 * What the process is going to do, because not every mistake matters to every command: `start` and `api` serve
 * webhooks, `api` and `worker` share a database that must be there already, `tool` is every other command.
 */
export type Role = 'start' | 'api' | 'worker' | 'tool'

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

/**
 * Between the opening of an attempt and the end of its request lie two waits for a connection and the request itself, each as long as the
 * timeout at most. The slack covers the rest: old facts, the pauses between connecting again, recording the answer.
 */
const LEASE_TIMEOUTS = 3
const LEASE_SLACK_MS = 10_000

/** An attempt that is open for longer than this belongs to a worker that is gone; milliseconds. */
export function attemptLeaseMs(graphTimeoutMs: number): number {
  return LEASE_TIMEOUTS * graphTimeoutMs + LEASE_SLACK_MS
}

const META_GRAPH_URL = 'https://graph.facebook.com'
const SANDBOX = 'sandbox'

const PORT = 'a port from 0 (any free one) to 65535'
const MILLISECONDS = `whole milliseconds up to ${MAX_TIMER_MS}`
const REDIS =
  'redis://host[:port][/db] or rediss://…, a comma-separated list of them without /db (Cluster), ' +
  'or redis+sentinel://host[:port]/master-name[/db] or rediss+sentinel://…, one or a list (Sentinel)'

const environment = z.object({
  DATABASE_URL: secret(postgresUrl, 'postgres://user:password@host:port/database').optional(),
  DATABASE_DIRECT_URL: secret(postgresUrl, 'postgres://user:password@host:port/database').optional(),
  REDIS_URL: secret(redisLanes, REDIS).optional(),
  HOST: variable(matching(/^[^\s/]+$/), 'an address or a host name').default('127.0.0.1'),
  PORT: variable(port, PORT).default(8080),
  WEBHOOK_PORT: variable(port, PORT).optional(),
  CASEMENT_PUBLIC_URL: variable(publicUrl, 'an http:// or https:// address without query').optional(),
  TRUST_PROXY: variable(
    trustProxy,
    "'true', 'false', a number of proxies, or a comma-separated list of addresses, CIDR, loopback, linklocal, uniquelocal",
  ).default(false),
  METRICS_KEY: secret(credential, 'a key of visible ASCII characters without spaces').optional(),
  DOCS: variable(oneOf('open', 'key', 'off'), "'open', 'key' or 'off'").default('open'),
  CASEMENT_DATA_DIR: variable(matching(/\S/), 'a directory').default('.casement'),
  CASEMENT_SECRET: secret(listOf(key), '32 bytes as 64 hex digits or base64, or a comma-separated list').optional(),
  CASEMENT_API_KEY: secret(
    listOf(apiKey),
    'a key of at least 32 printable ASCII characters without spaces and commas, or a comma-separated list',
  ).optional(),
  CASEMENT_PG_PORT: variable(port, PORT).default(0),
  META_APP_SECRET: secret(listOf(credential), 'an app secret, or a comma-separated list').optional(),
  META_VERIFY_TOKEN: secret(matching(/\S/), 'a token of your choice').optional(),
  GRAPH_API_URL: variable(
    (text) => (text === SANDBOX ? SANDBOX : graphUrl(text)),
    `an http:// or https:// address without version and query, or '${SANDBOX}'`,
  ).optional(),
  GRAPH_API_VERSION: variable(matching(/^v\d{1,3}\.\d{1,2}$/), 'a version such as v25.0').default('v25.0'),
  SANDBOX_HOST: variable(matching(/^[^\s/]+$/), 'an address or a host name').default('127.0.0.1'),
  SANDBOX_HOSTS: variable(listOf(matching(/^[A-Za-z0-9.-]+$/)), 'a host name, or a comma-separated list').optional(),
  SANDBOX_PORT: variable(port, PORT).optional(),
  SANDBOX_APP_SECRET: secret(credential, 'a secret').optional(),
  GRAPH_TIMEOUT_MS: variable(integer(1, MAX_TIMER_MS), `${MILLISECONDS}, at least 1`).default(10_000),
  DISPATCH_CONCURRENCY: variable(integer(1, 10_000), 'a whole number from 1 to 10000').default(200),
  WINDOW_MARGIN_MS: variable(integer(0, MAX_TIMER_MS), MILLISECONDS).default(30_000),
  DOUBT_GRACE_MS: variable(integer(0, MAX_TIMER_MS), MILLISECONDS).default(120_000),
  DOUBT_MAX_MS: variable(integer(0, MAX_TIMER_MS), MILLISECONDS).default(3_600_000),
  FOLLOW_UP_COOLDOWN_H: variable(decimal(0, 8_760), 'hours from 0 to 8760').default(24),
  RECIPIENT_REVIEW_DAYS: variable(decimal(0, 3_650), 'days from 0 (off) to 3650').default(30),
  RETENTION_DAYS: variable(retentionDays, "days from 16 to 3650, or 'off'").default(null),
  REQUIRE_OPT_IN: variable(oneOf('true', 'false'), "'true' or 'false'").default('false'),
  LOG_LEVEL: variable(oneOf(...LOG_LEVELS), `one of ${LOG_LEVELS.join(', ')}`).default('info'),
  WORKER_PORT: variable(port, PORT).optional(),
})

/** What holds a secret, and may therefore come as `<NAME>_FILE`, a path: whoever sees the environment of a process sees no secret then. */
const SECRETS = [
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'REDIS_URL',
  'CASEMENT_SECRET',
  'CASEMENT_API_KEY',
  'META_APP_SECRET',
  'META_VERIFY_TOKEN',
  'METRICS_KEY',
  'SANDBOX_APP_SECRET',
] as const satisfies readonly Name[]

type Values = z.infer<typeof environment>
type Name = keyof Values

/** The message ends up behind "expected NAME to be ". What came is scrubbed: a token may sit in the wrong variable. */
function variable<T>(read: Reader<T>, expected: string, show: (text: string) => string = quote) {
  return z.string().transform((text, context): T => {
    const value = read(text)
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message: `${expected}, got ${show(text)}` })
    return z.NEVER
  })
}

function secret<T>(read: Reader<T>, expected: string) {
  return variable(read, expected, (text) => `something else (${text.length} characters, not shown)`)
}

function quote(text: string): string {
  const shown = scrub(text)
  return `'${shown.length > 80 ? `${shown.slice(0, 80)}…` : shown}'`
}

interface Facts {
  readonly role: Role
  readonly values: Values
  /** Set, well-formed or not. */
  has(name: Name): boolean
}

interface Rule {
  /** Variables whose values are looked at: the rule is skipped when one of them is malformed. */
  readonly needs: readonly Name[]
  broken(facts: Facts): boolean
  problem(facts: Facts): string
}

const servesWebhooks = ({ role }: Facts): boolean => role === 'start' || role === 'api'
const usesSandbox = ({ values, has }: Facts): boolean =>
  has('GRAPH_API_URL') ? values.GRAPH_API_URL === SANDBOX : !has('DATABASE_URL')

const RULES: readonly Rule[] = [
  {
    needs: [],
    broken: ({ role, has }) => (role === 'api' || role === 'worker') && !has('DATABASE_URL'),
    problem: ({ role }) => `expected DATABASE_URL to be set for '${role}': only 'start' brings its own database`,
  },
  {
    needs: [],
    broken: ({ role, has }) => role !== 'tool' && has('DATABASE_URL') && !has('CASEMENT_SECRET'),
    problem: () =>
      'expected CASEMENT_SECRET to be set beside DATABASE_URL: 32 bytes as hex or base64, such as `openssl rand -hex 32` prints',
  },
  ...(['META_APP_SECRET', 'META_VERIFY_TOKEN'] as const).map((name) => ({
    needs: [],
    broken: (facts: Facts) => servesWebhooks(facts) && !usesSandbox(facts) && !facts.has(name),
    problem: () => `expected ${name} to be set: without the sandbox, webhooks come from Meta and must be verified`,
  })),
  {
    needs: ['PORT', 'SANDBOX_PORT'],
    broken: ({ values }) => sandboxPort(values) > 65_535,
    problem: () => 'expected SANDBOX_PORT to be set, since PORT + 1 is no port when PORT is 65535',
  },
  {
    needs: ['PORT', 'SANDBOX_PORT'],
    broken: ({ values }) => values.PORT !== 0 && sandboxPort(values) === values.PORT,
    problem: ({ values }) => `expected SANDBOX_PORT to be another port than PORT, got ${values.PORT} for both`,
  },
  {
    needs: ['PORT', 'SANDBOX_PORT', 'WEBHOOK_PORT'],
    broken: ({ values }) => !!values.WEBHOOK_PORT && [values.PORT, sandboxPort(values)].includes(values.WEBHOOK_PORT),
    problem: ({ values }) =>
      `expected WEBHOOK_PORT to be another port than PORT and SANDBOX_PORT, got ${values.WEBHOOK_PORT} again`,
  },
  {
    // Silence is judged from the start of the attempt, and until the lease is over its request may still be on its way.
    needs: ['DOUBT_GRACE_MS', 'GRAPH_TIMEOUT_MS'],
    broken: ({ values }) => values.DOUBT_GRACE_MS < attemptLeaseMs(values.GRAPH_TIMEOUT_MS),
    problem: ({ values }) =>
      `expected DOUBT_GRACE_MS to be at least ${attemptLeaseMs(values.GRAPH_TIMEOUT_MS)}, since an attempt may be under way for ` +
      `${LEASE_TIMEOUTS} times GRAPH_TIMEOUT_MS (${values.GRAPH_TIMEOUT_MS}) and ${LEASE_SLACK_MS} more, got ${values.DOUBT_GRACE_MS}`,
  },
  {
    needs: ['DOUBT_GRACE_MS', 'DOUBT_MAX_MS'],
    broken: ({ values }) => values.DOUBT_MAX_MS < values.DOUBT_GRACE_MS,
    problem: ({ values }) =>
      `expected DOUBT_MAX_MS to be at least DOUBT_GRACE_MS (${values.DOUBT_GRACE_MS}), got ${values.DOUBT_MAX_MS}`,
  },
]

function sandboxPort(values: Values): number {
  return values.SANDBOX_PORT ?? (values.PORT === 0 ? 0 : values.PORT + 1)
}

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
    metaVerifyToken: values.META_VERIFY_TOKEN ?? null,
    graphApiUrl: graphApiUrl === SANDBOX ? null : graphApiUrl,
    graphApiVersion: values.GRAPH_API_VERSION,
    sandboxHost: values.SANDBOX_HOST,
    sandboxHosts: values.SANDBOX_HOSTS ?? [],
    sandboxAppSecret: values.SANDBOX_APP_SECRET ?? null,
    sandboxPort: sandboxPort(values),
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

function warningsAbout(values: Values, names: readonly string[]): string[] {
  const ours = [...Object.keys(environment.shape), ...SECRETS.map((name) => `${name}_FILE`)].filter((name) =>
    name.startsWith('CASEMENT_'),
  )
  const warnings = names
    .filter((name) => name.startsWith('CASEMENT_') && !ours.includes(name))
    .map((name) => `${name} is not a variable of Casement and has no effect; known are ${ours.join(', ')}`)
  if (values.META_APP_SECRET?.some((one) => one.length < LONG_ENOUGH.META_APP_SECRET)) {
    warnings.push(weak('META_APP_SECRET', 'whoever guesses it can open windows and forge what customers say'))
  }
  if (values.META_VERIFY_TOKEN && values.META_VERIFY_TOKEN.length < LONG_ENOUGH.META_VERIFY_TOKEN) {
    warnings.push(weak('META_VERIFY_TOKEN', 'take what `openssl rand -hex 16` prints'))
  }
  if (values.WINDOW_MARGIN_MS < values.GRAPH_TIMEOUT_MS) {
    warnings.push(
      `WINDOW_MARGIN_MS (${values.WINDOW_MARGIN_MS}) is shorter than GRAPH_TIMEOUT_MS (${values.GRAPH_TIMEOUT_MS}): ` +
        'a slow send may land after the customer service window has closed',
    )
  }
  if (!isLoopback(values.SANDBOX_HOST)) {
    warnings.push(
      'SANDBOX_HOST is not the loopback: whoever reaches the sandbox plays the customers and moves its clock',
    )
  }
  const graph = URL.parse(values.GRAPH_API_URL ?? '')
  if (
    graph?.protocol === 'http:' &&
    !isLoopback(graph.hostname) &&
    graph.hostname.includes('.') &&
    !isPrivate(graph.hostname)
  ) {
    warnings.push('GRAPH_API_URL is http: access tokens and messages travel readable by everybody on the way')
  }
  return warnings
}

/** Characters, below which it is told that they might be guessed. */
const LONG_ENOUGH = { META_APP_SECRET: 32, META_VERIFY_TOKEN: 16 }

function weak(name: keyof typeof LONG_ENOUGH, why: string): string {
  return `${name} has fewer than ${LONG_ENOUGH[name]} characters: ${why}`
}

function omit(texts: Record<string, unknown>, names: ReadonlyMap<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(texts).filter(([name]) => !names.has(name)))
}
