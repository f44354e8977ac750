import { allOf } from '../domain/access.ts'
import type { Doer, Origin } from '../domain/audit.ts'
import { DEFAULT_WORKSPACE } from '../domain/ids.ts'

/** Rows per address. */
const EVERY_MS = 60_000
/** Addresses that are told apart; whoever comes beyond is counted together. */
const MOST_ADDRESSES = 1_000

export interface RefusedSignIns {
  /** Somebody came with a key or a password that is none. */
  refused(origin: Origin): Promise<void>
  /** Writes what is counted and not told yet. */
  stop(): Promise<void>
}

/**
 * Wrong keys in the audit log. The first of an address is a row at once; those that follow within a minute are one row with their number, or
 * guessing would fill the table. They belong to the installation, so they stand with the workspace `default`.
 *
 * @param write one row; `attempts` of them were refused
 */
export function refusedSignIns(
  write: (doer: Doer, attempts: number) => Promise<void>,
  onError: (error: Error) => void,
): RefusedSignIns {
  const counted = new Map<string, { origin: Origin; attempts: number; timer: NodeJS.Timeout }>()

  async function tell(address: string): Promise<void> {
    const known = counted.get(address)
    if (known === undefined) return
    clearTimeout(known.timer)
    counted.delete(address)
    if (known.attempts > 0) await write(stranger(known.origin), known.attempts)
  }

  return {
    async refused(origin) {
      const own = origin.address ?? 'unknown'
      const address = counted.has(own) || counted.size < MOST_ADDRESSES ? own : 'others'
      const known = counted.get(address)
      if (known) {
        known.attempts += 1
        known.origin = origin
        return
      }
      const timer = setTimeout(() => void tell(address).catch(onError), EVERY_MS)
      timer.unref()
      counted.set(address, { origin, attempts: 0, timer })
      await write(stranger(origin), 1)
    },
    async stop() {
      await Promise.all([...counted.keys()].map(tell))
    },
  }
}

function stranger(origin: Origin): Doer {
  return { ...allOf(DEFAULT_WORKSPACE), actor: { kind: 'key', id: null, name: 'unknown' }, origin }
}
