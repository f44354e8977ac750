import { randomUUID } from 'node:crypto'
import { callIo } from '../../src/app/calling.ts'
import { createTokenVault } from '../../src/store/accounts/token-vault.ts'
import { type LeasedCall, leaseCalls } from '../../src/store/flows/calls.ts'
import type { Postgres } from '../../src/store/pg/postgres.ts'
import type { Asked, Courier } from '../../src/usecases/courier.ts'
import { makeCall } from '../../src/usecases/flows/make-call.ts'

/* Calls of flows, made by hand. */

export const ROOM = { streams: 100, perEndpoint: 100, less: [] }

export const ANSWERED = (body: unknown, status = 200): Asked => ({
  status,
  error: null,
  ms: 1,
  refused: false,
  body: JSON.stringify(body),
})
export const NOT_ANSWERED: Asked = { status: null, error: 'expected an answer', ms: 1, refused: false, body: null }

export interface Made {
  url: string
  id: string
  body: unknown
}

/** @param answer what the program says; a courier asks it */
export function callsOn(postgres: Postgres, answer: (made: Made) => Asked | Promise<Asked>) {
  const vault = createTokenVault([Buffer.alloc(32, 7)])
  const made: Made[] = []
  const courier: Pick<Courier, 'deliver' | 'ask'> = {
    deliver: () => Promise.reject(new Error('expected no delivery')),
    async ask({ url }, { id, body }) {
      const one = { url, id, body: JSON.parse(body) as unknown }
      made.push(one)
      return answer(one)
    },
  }
  const io = callIo({ postgres, vault, courier })
  const lease = () => leaseCalls(postgres.db, { lease: randomUUID(), holder: randomUUID() }, ROOM)
  const make = (call: LeasedCall) => makeCall({ ...io, jitter: () => 0, onTried: () => {} }, call)
  return {
    made,
    vault,
    lease,
    make,
    /** All that is due, once. Answers how many there were. */
    async round(): Promise<number> {
      const calls = await lease()
      await Promise.all(calls.map(make))
      return calls.length
    },
  }
}
