import { describe, expect, it } from 'vitest'
import type { IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { ANNOUNCE_EVERY_ROUNDS, type RelayIo, relayDue } from '../../src/usecases/relay-due.ts'
import { repairStranded } from '../../src/usecases/repair-stranded.ts'

/* A node of a Redis Cluster is away: its lanes do not answer, the others do. */

const AWAY = '1' as PhoneNumberId
const HERE = '2' as PhoneNumberId
const wakeOf = (sender: PhoneNumberId) => ({
  id: `intent of ${sender}` as IntentId,
  wake: 1,
  priority: 'reply' as const,
})

function fakeRelay() {
  const calls: string[] = []
  const io: RelayIo = {
    readDueSenders: async () =>
      [AWAY, HERE].map((sender) => ({
        sender,
        state: 'active',
        reason: null,
        throughputMps: 80,
        callsPaused: false,
      })),
    laneDepths: async (sender) => (sender === AWAY ? null : { reply: 0, transactional: 0, follow_up: 0, campaign: 0 }),
    async queueDue(sender) {
      calls.push(`queue ${sender}`)
      return [wakeOf(sender)]
    },
    async wake(sender) {
      calls.push(`wake ${sender}`)
    },
    msUntilNextDue: async () => null,
    setThroughput: async () => {},
    openLane: (sender) => calls.push(`open ${sender}`),
    async announce(senders) {
      for (const { sender } of senders) calls.push(`announce ${sender}`)
    },
  }
  return { io, calls }
}

describe('the relay', () => {
  it('leaves what is due where it is when the lane is away, and fills the others', async () => {
    const { io, calls } = fakeRelay()
    expect(await relayDue(io, new Map())).toMatchObject({ moved: 1 })
    expect(calls).toEqual([`open ${HERE}`, `announce ${HERE}`, `queue ${HERE}`, `wake ${HERE}`])
  })

  it('opens the lane here in every round, and tells the other machines now and then', async () => {
    const { io, calls } = fakeRelay()
    const announced = new Map()
    for (let round = 0; round <= ANNOUNCE_EVERY_ROUNDS; round++) await relayDue(io, announced)
    expect(calls.filter((call) => call.startsWith('open'))).toHaveLength(ANNOUNCE_EVERY_ROUNDS + 1)
    expect(calls.filter((call) => call.startsWith('announce'))).toHaveLength(2)
  })
})

describe('the sweeper', () => {
  it('puts back what it can when a lane is away, and goes on', async () => {
    const round = await repairStranded({
      longQueued: async () => [AWAY, HERE, HERE].map((sender) => ({ ...wakeOf(sender), sender })),
      async wake(sender) {
        if (sender === AWAY) throw new Error('away')
      },
    })
    expect(round).toEqual({ rewoken: 2 })
  })
})
