import { describe, expect, it } from 'vitest'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import type { Instant } from '../../src/domain/time.ts'
import type { WireHealth } from '../../src/graph/wire.ts'
import type { SilentNumber, UnpaidNumber } from '../../src/store/accounts/payments.ts'
import type { Unapplied } from '../../src/store/webhooks/unapplied.ts'
import { payingBy, watchPayments } from '../../src/usecases/watch-payments.ts'

const SENDER = '1' as PhoneNumberId
const SINCE = 0 as Instant
const WELL: WireHealth = { can_send_message: 'AVAILABLE', entities: [{ can_send_message: 'AVAILABLE' }] }
const BLAMED: WireHealth = {
  can_send_message: 'BLOCKED',
  entities: [{ can_send_message: 'BLOCKED', errors: [{ error_code: 141006 }] }],
}
const STOPPED: WireHealth = {
  can_send_message: 'BLOCKED',
  entities: [{ can_send_message: 'BLOCKED', errors: [{ error_code: 131031 }] }],
}

interface Given {
  silent?: SilentNumber[]
  unpaid?: UnpaidNumber[]
  unapplied?: Unapplied[]
  health?: WireHealth | null
}

async function watched({ silent = [], unpaid = [], unapplied = [], health = null }: Given): Promise<string[]> {
  const done: string[] = []
  const noted = (what: string) => async () => void done.push(what)
  await watchPayments({
    silent: async () => silent,
    unpaid: async () => unpaid,
    findUnapplied: async () => unapplied,
    healthAtMeta: async () => health,
    async restrict(_sender, { code }) {
      done.push(`restricted ${code}`)
      return true
    },
    blame: noted('blamed'),
    async resume() {
      done.push('resumed')
      return true
    },
    notifyDue: noted('due'),
  })
  return done
}

const SILENT = { sender: SENDER, since: SINCE, beyondFree: true }
const UNPAID = { sender: SENDER, paidAgain: false, blamed: false }

describe('a number whose replies vanish', () => {
  it.each<[string, Given, string[]]>([
    ['is restricted where all had to be paid', { silent: [SILENT] }, ['restricted payment_missing']],
    [
      'is restricted whatever Meta says of its health',
      { silent: [SILENT], health: WELL },
      ['restricted payment_missing'],
    ],
    [
      'is restricted where some were free by our count and Meta blames the payment',
      { silent: [{ ...SILENT, beyondFree: false }], health: BLAMED },
      ['restricted payment_missing', 'blamed'],
    ],
    ['is left alone where they may have been free', { silent: [{ ...SILENT, beyondFree: false }], health: WELL }, []],
    [
      'is left alone while a webhook of it waits',
      { silent: [SILENT], unapplied: [{ sender: SENDER, receivedAt: SINCE, pending: true }] },
      [],
    ],
    [
      'is left alone while a webhook waits that may be of any number',
      { silent: [SILENT], unapplied: [{ sender: null, receivedAt: SINCE, pending: false }] },
      [],
    ],
    [
      'does not mind what waits of another',
      { silent: [SILENT], unapplied: [{ sender: '2' as PhoneNumberId, receivedAt: SINCE, pending: true }] },
      ['restricted payment_missing'],
    ],
  ])('%s', async (_name, given, expected) => {
    expect(await watched(given)).toEqual(expected)
  })
})

describe('a number that is restricted for its payment', () => {
  it.each<[string, Given, string[]]>([
    [
      'comes back when something that is charged went through',
      { unpaid: [{ ...UNPAID, paidAgain: true }] },
      ['resumed', 'due'],
    ],
    ['is known to be blamed by Meta', { unpaid: [UNPAID], health: BLAMED }, ['blamed']],
    [
      'comes back when Meta blames it no more',
      { unpaid: [{ ...UNPAID, blamed: true }], health: WELL },
      ['resumed', 'due'],
    ],
    ['waits while Meta blames it', { unpaid: [{ ...UNPAID, blamed: true }], health: BLAMED }, []],
    ['waits for an operator where Meta never blamed it', { unpaid: [UNPAID], health: WELL }, []],
    ['waits while it is stopped for something else', { unpaid: [{ ...UNPAID, blamed: true }], health: STOPPED }, []],
    ['waits while Meta does not answer', { unpaid: [{ ...UNPAID, blamed: true }] }, []],
  ])('%s', async (_name, given, expected) => {
    expect(await watched(given)).toEqual(expected)
  })
})

it('a health that says nothing is none', () => {
  expect(payingBy({ can_send_message: null, entities: null })).toBe('unknown')
})
