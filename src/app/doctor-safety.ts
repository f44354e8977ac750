import { sql } from 'kysely'
import { isLoopback, isNearby } from '../hosts.ts'
import type { Db } from '../store/pg/postgres.ts'
import type { Check } from './doctor.ts'
import type { ResolvedConfig } from './settings.ts'

/* What works, and is unsafe. A warning fails nothing: whoever set it up like this may know why. */

export async function checkRole(db: Db): Promise<Check> {
  const { rows } = await sql<{ name: string; superuser: boolean; owner: boolean }>`
    select current_user as name, r.rolsuper as superuser,
      pg_has_role(current_user, (select relowner from pg_class where oid = 'audit_events'::regclass), 'usage') as owner
    from pg_roles r where r.rolname = current_user`.execute(db)
  const { name: role = '', superuser = false, owner = false } = rows[0] ?? {}
  if (superuser) {
    return warning(
      'database role',
      `${role} is a superuser: give the processes a role that owns nothing, see compose/roles.sql`,
    )
  }
  const detail = owner ? `${role}, who owns the tables: another for all but migrate could not change them` : role
  return { name: 'database role', ok: true, detail }
}

export function checkTransport({ graphApiUrl }: ResolvedConfig): Check {
  const { protocol, hostname, host } = new URL(graphApiUrl)
  if (protocol === 'https:' || isNearby(hostname)) return { name: 'Graph API', ok: true, detail: host }
  return warning('Graph API', `${host} is asked over http: access tokens travel in clear text`)
}

export function checkListening({ host, port, webhookPort }: ResolvedConfig): Check {
  const name = 'listening'
  if (isLoopback(host)) return { name, ok: true, detail: `on ${host} only` }
  if (webhookPort === null) {
    return warning(
      name,
      `the whole API is on ${host}:${port}, in plain HTTP: let out WEBHOOK_PORT instead, behind a proxy with TLS`,
    )
  }
  return {
    name,
    ok: true,
    detail: `on ${host}, webhooks on ${webhookPort}: let out that port only, behind a proxy with TLS`,
  }
}

export function checkSandbox({ sandboxHost }: ResolvedConfig): Check {
  if (isLoopback(sandboxHost)) return { name: 'sandbox', ok: true, detail: `on ${sandboxHost} only` }
  return warning('sandbox', `on ${sandboxHost}: whoever reaches it plays the customers and moves its clock`)
}

export function checkPublicUrl({ publicUrl }: ResolvedConfig): Check {
  const name = 'public address'
  if (publicUrl === null) return { name, ok: true, detail: 'CASEMENT_PUBLIC_URL is not set' }
  const { protocol, hostname } = new URL(publicUrl)
  if (protocol === 'https:' || isLoopback(hostname)) return { name, ok: true, detail: publicUrl }
  return warning(
    name,
    `${publicUrl} is http: keys, passwords and cookies travel in clear text, and Meta calls https only`,
  )
}

/** Whoever may add an endpoint has our processes call what no stranger reaches. Of one's own that is a use; of tenants it is none. */
export async function checkOutbound({ outboundHosts }: ResolvedConfig, db: Db): Promise<Check> {
  const name = 'outbound hosts'
  const inside = outboundHosts.filter(isNearby)
  const detail = outboundHosts.length === 0 ? 'public ones by https only' : `also ${outboundHosts.join(', ')}`
  if (inside.length === 0) return { name, ok: true, detail }
  const { rows } = await sql<{ n: number }>`select count(*)::integer as n from workspaces`.execute(db)
  const workspaces = rows[0]?.n ?? 0
  if (workspaces < 2) return { name, ok: true, detail }
  return warning(
    name,
    `${inside.join(', ')} in OUTBOUND_HOSTS: the admins of ${workspaces} workspaces make Casement call them`,
  )
}

const SHORTEST = {
  CASEMENT_SECRET: 32,
  CASEMENT_API_KEY: 32,
  META_APP_SECRET: 32,
  META_VERIFY_TOKEN: 16,
  METRICS_KEY: 16,
  SANDBOX_APP_SECRET: 16,
}

export function checkSecrets(config: ResolvedConfig): Check {
  const given: Record<keyof typeof SHORTEST, readonly (string | null)[]> = {
    CASEMENT_SECRET: config.secretKeys.map((key) => key.toString('latin1')),
    CASEMENT_API_KEY: config.apiKeys,
    META_APP_SECRET: config.metaAppSecrets,
    META_VERIFY_TOKEN: [config.metaVerifyToken],
    METRICS_KEY: [config.metricsKey],
    SANDBOX_APP_SECRET: [config.sandboxAppSecret],
  }
  const names = Object.keys(SHORTEST) as (keyof typeof SHORTEST)[]
  const weak = names.filter((name) => given[name].some((secret) => secret !== null && isWeak(secret, SHORTEST[name])))
  if (weak.length === 0) return { name: 'secrets', ok: true, detail: 'long and mixed enough' }
  const which = weak.map((name) => `${name} (at least ${SHORTEST[name]} characters, not the same ones again and again)`)
  return warning('secrets', `easily guessed: ${which.join(', ')}`)
}

/** Of 16 hex digits by chance fewer than five are different once in two million times. */
const FEWEST_DIFFERENT = 5

function isWeak(secret: string, shortest: number): boolean {
  return secret.length < shortest || new Set(secret).size < FEWEST_DIFFERENT
}

function warning(name: string, detail: string): Check {
  return { name, ok: true, warning: true, detail }
}
