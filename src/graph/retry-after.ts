import type { WabaId } from '../domain/ids.ts'
import { parseJson } from './wire.ts'

/**
 * Seconds to wait after a throttled call, the longer of what two headers say: `Retry-After` (seconds or a date), and the time to regain
 * access in `X-Business-Use-Case-Usage`, whose unit is minutes. Null when neither names a time. Garbage is no time.
 *
 *   X-Business-Use-Case-Usage: {"<account id>": [{"type": "whatsapp_business_management", "call_count": 100,
 *     "total_cputime": 1, "total_time": 1, "estimated_time_to_regain_access": 12}]}
 *
 * Meta documents only the second. Source: Meta, graph-api/overview/rate-limiting and the OpenAPI description v23.0 (read 2026-11).
 *
 * @param now epoch milliseconds
 * @param wabaId whose entry counts; the others count where it has none, since the keys are not always the account's
 */
export function retryAfterS(
  header: (name: string) => string | null,
  now: number,
  wabaId: WabaId | null = null,
): number | null {
  const waits = [
    retryAfterHeader(header('retry-after'), now),
    regainAccessS(header('x-business-use-case-usage'), wabaId),
  ]
  const known = waits.filter((wait) => wait !== null && wait > 0) as number[]
  return known.length > 0 ? Math.max(...known) : null
}

function retryAfterHeader(value: string | null, now: number): number | null {
  if (value === null) return null
  if (/^\d+$/.test(value.trim())) return Number(value)
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : Math.ceil((at - now) / 1000)
}

/** The longest of an entry's uses: which of them was exhausted is not told otherwise. */
function regainAccessS(value: string | null, wabaId: WabaId | null): number | null {
  const usage = value === null ? null : parseJson(value)
  if (typeof usage !== 'object' || usage === null || Array.isArray(usage)) return null
  const own = wabaId === null ? undefined : Object.entries(usage).find(([id]) => id === wabaId)?.[1]
  const uses = own === undefined ? Object.values(usage).flat() : [own].flat()
  const minutes = uses.map(minutesToRegain).filter((wait) => wait !== null)
  return minutes.length > 0 ? Math.max(...minutes) * 60 : null
}

function minutesToRegain(use: unknown): number | null {
  if (typeof use !== 'object' || use === null || !('estimated_time_to_regain_access' in use)) return null
  const { estimated_time_to_regain_access: minutes } = use
  const known = typeof minutes === 'string' && /^\d+(\.\d+)?$/.test(minutes) ? Number(minutes) : minutes
  return typeof known === 'number' && Number.isFinite(known) && known > 0 ? known : null
}
