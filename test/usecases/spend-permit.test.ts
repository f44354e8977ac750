import { describe, expect, it } from 'vitest'
import { DEFAULT_WORKSPACE, type IntentId, type PhoneNumberId } from '../../src/domain/ids.ts'
import { LEAVES_WITHIN_MS, spacingOf } from '../../src/domain/pacing.ts'
import type { Claim } from '../../src/store/intents/dispatch-facts.ts'
import {
  type Leave,
  type Leaving,
  type Locked,
  leave,
  type PageTrx,
  type Served,
  takePage,
} from '../../src/usecases/spend-permit.ts'
import { factsWith, intentWith, OPEN_WINDOW, SETTINGS } from '../support/builders.ts'

const SENDER = '1065' as PhoneNumberId
const OTHER = '2065' as PhoneNumberId
/** This process has no key for its token. */
const LOCKED = '3065' as PhoneNumberId
const SPACING = spacingOf(80)

let made = 0
function head({
  sender = SENDER,
  open = true,
  ...given
}: {
  sender?: PhoneNumberId
  open?: boolean
  attempts?: number
} = {}): Claim {
  const id = `0192f1c0-0000-7000-8000-${String(++made).padStart(12, '0')}` as IntentId
  return {
    intent: { ...intentWith({ id }), attempts: 0, retries: 0, delivery: 'at_least_once', followUpOf: null, ...given },
    sender: { phoneNumberId: sender },
    recipient: { conversationId: String(made), waId: null, bsuid: null, spelling: null },
    facts: factsWith(open ? { conversation: { window: OPEN_WINDOW } } : {}),
  } as unknown as Claim
}

const served = (sender = SENDER): Served => ({ sender, look: 1, knownDue: true })

function page(heads: Claim[], places: Record<string, number>, options: { room?: number; cancelled?: IntentId[] } = {}) {
  const { room = 100, cancelled = [] } = options
  const asked: unknown[] = []
  const trx: PageTrx = {
    lockAndCountMarketing: async (asked) => asked.map(() => 0),
    lookAt: async (senders) =>
      senders.map((sender) => {
        const n = places[sender] ?? 0
        const locked: Locked | null = n > 0 ? { sender, spacing: SPACING, places: n } : null
        return { sender, workspace: DEFAULT_WORKSPACE, due: true, open: true, waitUs: 0, locked }
      }),
    async claimHeads(...given) {
      asked.push(given)
      return heads
    },
    prepare: async ({ sender }) =>
      sender.phoneNumberId === LOCKED
        ? { kind: 'locked_out', cause: 'no key' }
        : { kind: 'ready', send: async () => ({ kind: 'unsent', why: 'broken', cause: '' }) },
    reserveMessagingLimit: async (people) => people.map(() => true),
    async open(items) {
      return {
        opened: items.map(({ intentId }) =>
          cancelled.includes(intentId) ? null : { number: 1, startedAt: 0 as never },
        ),
        slots: [],
      }
    },
  }
  const taken = takePage(
    {
      transaction: (work) => work(trx),
      newOpening: () => 'opening',
      startStopwatch: () => () => 0,
      elapsed: () => 0,
    },
    SETTINGS,
    Object.keys(places).map((s) => served(s as PhoneNumberId)),
    room,
    [],
  )
  return taken.then((result) => ({ ...result, asked }))
}

describe('taking a page', () => {
  it('opens what may leave and leaves the rest as it is', async () => {
    const heads = [head(), head(), head()]
    const { opened, staying, seen } = await page(heads, { [SENDER]: 2 })
    expect(opened.map(({ claim }) => claim)).toEqual(heads.slice(0, 2))
    expect(staying).toEqual([])
    expect(seen.get(SENDER)).toBe(2)
  })

  it('opens no more than there is room for', async () => {
    const heads = [head(), head({ sender: OTHER }), head()]
    expect((await page(heads, { [SENDER]: 5, [OTHER]: 5 }, { room: 2 })).opened).toHaveLength(2)
  })

  it('asks several numbers for their share, and a half more', async () => {
    const places = { [SENDER]: 40, [OTHER]: 3, '4': 40, '5': 40 }
    const { asked } = await page([], places, { room: 40 })
    const [[looks] = []] = asked as [{ sender: string; look: number }[]][]
    expect(Object.fromEntries((looks ?? []).map(({ sender, look }) => [sender, look]))).toEqual({
      [SENDER]: 15,
      [OTHER]: 3,
      '4': 15,
      '5': 15,
    })
  })

  it('spends no place of the pace for what does not leave', async () => {
    const heads = [head({ open: false }), head({ open: false }), head()]
    const { opened, staying } = await page(heads, { [SENDER]: 1 })
    expect(staying.map(({ claim }) => claim)).toEqual(heads.slice(0, 2))
    expect(opened.map(({ claim }) => claim)).toEqual(heads.slice(2))
  })

  it('forgets what was cancelled in between', async () => {
    const heads = [head(), head()]
    const { opened } = await page(heads, { [SENDER]: 5 }, { cancelled: [(heads[0] as Claim).intent.id] })
    expect(opened.map(({ claim }) => claim)).toEqual(heads.slice(1))
  })

  it('opens nothing of a number whose token this process cannot open, and says so', async () => {
    const { opened, staying, lockedOut } = await page([head({ sender: LOCKED }), head()], { [LOCKED]: 5, [SENDER]: 5 })
    expect(opened.map(({ claim }) => claim.sender.phoneNumberId)).toEqual([SENDER])
    expect(staying).toEqual([])
    expect([...lockedOut]).toEqual([[LOCKED, 'no key']])
  })

  it('reads no heads where nothing can be taken', async () => {
    const { asked, opened } = await page([], { [SENDER]: 0 })
    expect(asked).toEqual([])
    expect(opened).toEqual([])
  })
})

/** What leaves, with a clock that stands still unless somebody sleeps or moves slots. */
async function leaving(
  counts: Record<string, number>,
  given: { lateMs?: number; moveMs?: number; waitUs?: number; goodForMs?: number; moves?: () => boolean } = {},
) {
  const { lateMs = 0, moveMs = 1, waitUs = 0, goodForMs = 5_000, moves = () => true } = given
  let now = lateMs
  const log: string[] = []
  const senders = Object.keys(counts) as PhoneNumberId[]
  const opened = senders.flatMap((sender) =>
    Array.from({ length: counts[sender] as number }, () => ({ claim: head({ sender }) }) as Leaving),
  )
  const slots = senders.map((sender) => ({
    sender,
    spacing: SPACING,
    count: counts[sender] as number,
    nextUs: 0,
    waitUs: 0,
  }))
  const given_: Leave = { opened, slots, takenAtMs: 0, age: () => now }
  await leave(
    {
      elapsed: () => now,
      async moveLateSlots(late) {
        log.push(`moved ${late.map(({ sender, count }) => `${count} of ${sender}`).join(', ')}`)
        now += moveMs
        if (!moves()) throw new Error('the database is away')
        return late.map(({ sender }) => ({ sender, nextUs: 1, waitUs }))
      },
      async sleep(ms) {
        log.push('slept')
        now += ms
      },
      send: ({ claim }) => void log.push(`sent ${claim.sender.phoneNumberId}`),
      notSent: ({ claim }) => void log.push(`not sent ${claim.sender.phoneNumberId}`),
    },
    given_,
    goodForMs,
  ).catch((error: Error) => log.push(error.message))
  return log
}

describe('leaving', () => {
  it('lets a page that is in time leave at once', async () => {
    expect(await leaving({ [SENDER]: 2 }, { lateMs: LEAVES_WITHIN_MS })).toEqual(['sent 1065', 'sent 1065'])
  })

  it('takes other slots for what is late before it leaves (P6)', async () => {
    expect(await leaving({ [SENDER]: 2 }, { lateMs: LEAVES_WITHIN_MS + 1 })).toEqual([
      'moved 2 of 1065',
      'sent 1065',
      'sent 1065',
    ])
  })

  it('waits for slots that others have taken meanwhile', async () => {
    const waitUs = SPACING.aheadUs + 20_000
    expect(await leaving({ [SENDER]: 1 }, { lateMs: 200, waitUs })).toEqual(['moved 1 of 1065', 'slept', 'sent 1065'])
  })

  it('gives back what would have to wait long', async () => {
    expect(await leaving({ [SENDER]: 1 }, { lateMs: 200, waitUs: 1_000_000 })).toEqual([
      'moved 1 of 1065',
      'not sent 1065',
    ])
  })

  it('leaves more room where moving itself takes long, and then goes', async () => {
    const log = await leaving({ [SENDER]: 1 }, { lateMs: 200, moveMs: 100 })
    expect(log).toEqual(['moved 1 of 1065', 'moved 1 of 1065', 'sent 1065'])
  })

  it('gives back what is late again and again until its facts are old', async () => {
    const log = await leaving({ [SENDER]: 1 }, { lateMs: 200, moveMs: 100, goodForMs: 250 })
    expect(log.at(-1)).toBe('not sent 1065')
    expect(log).not.toContain('sent 1065')
  })

  it('gives back all that is late where its slots cannot be moved, so that no call is waited for that never began', async () => {
    const log = await leaving({ [SENDER]: 2, [OTHER]: 1 }, { lateMs: 200, moves: () => false })
    expect(log.slice(1)).toEqual(['not sent 1065', 'not sent 1065', 'not sent 2065', 'the database is away'])
    let moved = 0
    const later = await leaving({ [SENDER]: 1, [OTHER]: 1 }, { lateMs: 200, moveMs: 100, moves: () => ++moved !== 2 })
    expect(later.filter((line) => line.includes('sent')).toSorted()).toEqual(['not sent 1065', 'sent 2065'])
  })
})
