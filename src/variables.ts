import { z } from 'zod'
import { LOG_LEVELS } from './log.ts'
import {
  apiKey,
  credential,
  decimal,
  graphUrl,
  hostName,
  integer,
  key,
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
  trustProxy,
} from './readers.ts'
import { scrub } from './redaction.ts'

/* Every variable by itself: its name, how its text is read, its default, and what is said when it cannot be read. */

/** As `GRAPH_API_URL`: the built-in one. */
export const SANDBOX = 'sandbox'

const PORT = 'a port from 0 (any free one) to 65535'
const MILLISECONDS = `whole milliseconds up to ${MAX_TIMER_MS}`
const REDIS =
  'redis://host[:port][/db] or rediss://…, a comma-separated list of them without /db (Cluster), ' +
  'or redis+sentinel://host[:port]/master-name[/db] or rediss+sentinel://…, one or a list (Sentinel)'

export const environment = z.object({
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
  META_APP_ID: variable(matching(/^\d{1,32}$/), 'the id of an app, digits').optional(),
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
  OUTBOUND_HOSTS: variable(
    listOf(hostName),
    'a host name or an address without port, or a comma-separated list',
  ).optional(),
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
export const SECRETS = [
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

export type Values = z.infer<typeof environment>
export type Name = keyof Values

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
