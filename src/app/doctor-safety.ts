import { isIP } from 'node:net'
import { sql } from 'kysely'
import { isLoopback } from '../readers.ts'
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

const SHORTEST = { META_APP_SECRET: 32, META_VERIFY_TOKEN: 16, METRICS_KEY: 16 }

export function checkSecrets({ metaAppSecrets, metaVerifyToken, metricsKey }: ResolvedConfig): Check {
  const given = { META_APP_SECRET: metaAppSecrets, META_VERIFY_TOKEN: [metaVerifyToken], METRICS_KEY: [metricsKey] }
  const weak = (Object.keys(SHORTEST) as (keyof typeof SHORTEST)[]).filter((name) =>
    given[name].some((secret) => secret !== null && secret.length < SHORTEST[name]),
  )
  if (weak.length === 0) return { name: 'secrets', ok: true, detail: 'long enough' }
  const which = weak.map((name) => `${name} (at least ${SHORTEST[name]} characters)`)
  return warning('secrets', `short enough to be guessed: ${which.join(', ')}`)
}

function warning(name: string, detail: string): Check {
  return { name, ok: true, warning: true, detail }
}

/** On this machine, in a network of one's own, or by a name that only such a network knows. */
function isNearby(host: string): boolean {
  if (isLoopback(host)) return true
  const bare = host.replace(/^\[|\]$/g, '')
  if (isIP(bare) === 4) return /^(10|192\.168|172\.(1[6-9]|2\d|3[01])|169\.254)\./.test(bare)
  if (isIP(bare) === 6) return /^(f[cd]|fe[89ab])/i.test(bare)
  return !host.includes('.') || /\.(internal|local|localhost)$/.test(host)
}
