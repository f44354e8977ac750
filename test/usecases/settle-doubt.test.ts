import { describe, expect, it } from 'vitest'
import type { ConversationId, IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { type Instant, instant } from '../../src/domain/time.ts'
import type { CloseAttempt } from '../../src/store/intents/attempts.ts'
import type { OpenDoubt } from '../../src/store/intents/doubts.ts'
import { judgeDoubt, mayBeUnapplied, settleDoubts } from '../../src/usecases/settle-doubt.ts'

const settings = { graceMs: 120_000, maxMs: 3_600_000 }
const ALIVE = { channelAlive: true, outage: false, unapplied: false }
const SILENT = { ...ALIVE, channelAlive: false }

describe('a doubt', () => {
  it.each([
    ['waits within its grace, however alive the channel is', 119_999, 119_999, ALIVE, 'wait'],
    [
      'was not accepted when a channel that is alive kept silent for the grace',
      120_000,
      120_000,
      ALIVE,
      'not_accepted',
    ],
    ['waits while nothing at all comes', 3_599_999, 3_599_999, SILENT, 'wait'],
    ['is judged blindly when nothing came for as long as we wait', 3_600_000, 3_600_000, SILENT, 'not_accepted_blind'],
    ['waits when its silence is younger than the grace, for webhooks were missed', 600_000, 119_999, ALIVE, 'wait'],
    ['waits for what was missed even beyond the longest wait', 7_200_000, -60_000, SILENT, 'wait'],
    ['waits while statuses that are due do not come', 600_000, 600_000, { ...ALIVE, outage: true }, 'wait'],
    [
      'does not wait for ever for statuses that never come',
      3_600_000,
      3_600_000,
      { ...ALIVE, outage: true },
      'not_accepted_blind',
    ],
    ['waits for payloads that are not applied', 600_000, 600_000, { ...ALIVE, unapplied: true }, 'wait'],
    [
      'does not wait for ever for a payload that cannot be applied',
      3_600_000,
      3_600_000,
      { ...ALIVE, unapplied: true },
      'not_accepted_blind',
    ],
  ] as const)('%s', (_name, ageMs, silentMs, channel, verdict) => {
    expect(judgeDoubt({ ageMs, silentMs, ...channel }, settings)).toBe(verdict)
  })
})

describe('a payload that is not applied', () => {
  const startedAt = instant(1_000_000)
  const subject = { sender: '1' as PhoneNumberId, startedAt }
  const of = (sender: string | null, pending: boolean, receivedAt: number) => [
    { sender: sender as PhoneNumberId | null, pending, receivedAt: instant(receivedAt) },
  ]
  it.each([
    ['that is pending may hold the status', of('1', true, 1), true],
    ['that failed since may hold it', of('1', false, 1_000_001), true],
    ['that failed before the attempt does not', of('1', false, 999_999), false],
    ['of another number does not', of('2', true, 2_000_000), false],
    ['of which nobody can tell the number may hold it', of(null, false, 2_000_000), true],
  ])('%s', (_name, unapplied, expected) => {
    expect(mayBeUnapplied(subject, unapplied)).toBe(expected)
  })
})

describe('what becomes of a doubt that was not accepted', () => {
  const open: OpenDoubt = {
    intentId: '1' as IntentId,
    number: 1,
    sender: '1' as PhoneNumberId,
    conversationId: '1' as ConversationId,
    delivery: 'at_least_once',
    startedAt: instant(0),
    ageMs: 600_000,
    silentMs: 600_000,
    channelAlive: true,
    outage: false,
    cancelRequested: false,
  }
  async function settled(...doubts: Partial<OpenDoubt>[]) {
    const closed: CloseAttempt[] = []
    const asked: Instant[] = []
    const sweep = await settleDoubts(
      {
        findStranded: async () => [],
        findDoubts: async () => doubts.map((one) => ({ ...open, ...one })),
        findUnapplied: async (since) => {
          asked.push(since)
          return []
        },
        closeAttempts: async (items) => void closed.push(...items),
        notifyDue: async () => {},
      },
      settings,
    )
    return { sweep, events: closed.map((one) => one.next.event), asked }
  }

  it('is for its delivery to say, and for who wished to cancel it', async () => {
    const { sweep } = await settled(
      {},
      { delivery: 'at_most_once' },
      { cancelRequested: true },
      { delivery: 'at_most_once', cancelRequested: true },
    )
    expect(sweep).toMatchObject({ resent: 1, unconfirmed: 1, cancelled: 2, waiting: 0 })
  })

  it('is judged by what was not applied since the oldest of them', async () => {
    const { asked } = await settled({ startedAt: instant(5_000) }, { startedAt: instant(3_000) })
    expect(asked).toEqual([3_000])
  })
})
