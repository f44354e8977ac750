import { describe, expect, it } from 'vitest'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import { type Demand, type Supplied, supplyPermits } from '../../src/usecases/supply-permits.ts'

const SENDER = '1065' as PhoneNumberId
const OTHER = '2065' as PhoneNumberId

const due = (sender = SENDER): Demand => ({ sender, dueInMs: 0, desks: 0 })

/** A queue in memory and a clock that the test moves. */
function scene() {
  const queue = new Map<string, 'waiting' | 'taken'>()
  const supplied: Supplied = new Map()
  let serial = 0
  let now = 0
  let demands: Demand[] = []
  return {
    queue,
    pass: (ms: number) => {
      now += ms
    },
    demand: (...them: Demand[]) => {
      demands = them
    },
    look: () =>
      supplyPermits(
        {
          demands: async () => demands,
          add: async (ids) => {
            for (const id of ids) if (!queue.has(id)) queue.set(id, 'waiting')
          },
          whereIs: async (id) => queue.get(id) ?? 'gone',
          permitId: (sender, n) => `${sender}.${n}`,
          elapsed: () => now,
        },
        supplied,
        () => ++serial,
      ),
    waiting: () => [...queue].filter(([, state]) => state === 'waiting').map(([id]) => id),
  }
}

describe('supplying permits', () => {
  it('gives one to a number that is due and not served', async () => {
    const { demand, look, waiting } = scene()
    demand(due())
    expect(await look()).toMatchObject({ given: 1, pending: 0 })
    expect(waiting()).toEqual(['1065.1'])
  })

  it('lets at most one of a number wait, however often it looks (P9)', async () => {
    const { demand, look, pass, waiting } = scene()
    demand(due(), due(OTHER))
    for (let looks = 0; looks < 50; looks++) {
      await look()
      pass(500)
    }
    expect(waiting()).toHaveLength(2)
  })

  it('gives another when the permit was lost', async () => {
    const { demand, look, pass, queue, waiting } = scene()
    demand(due())
    await look()
    queue.clear()
    pass(1_001)
    expect(await look()).toMatchObject({ given: 1 })
    expect(waiting()).toEqual(['1065.2'])
  })

  it('gives another soon where its holder has told that it cannot do all', async () => {
    const { demand, look, pass, queue, waiting } = scene()
    demand({ ...due(), desks: 1 })
    await look()
    queue.set('1065.1', 'taken')
    pass(900)
    expect(await look()).toMatchObject({ given: 0 })
    pass(101)
    expect(await look()).toMatchObject({ given: 1 })
    expect(waiting()).toEqual(['1065.2'])
  })

  it('waits for whoever took it to tell that it serves', async () => {
    const { demand, look, pass, queue } = scene()
    demand(due())
    await look()
    queue.set('1065.1', 'taken')
    pass(2_000)
    expect(await look()).toMatchObject({ given: 0, pending: 1 })
  })

  it('asks where all its permits are at once, for each answer may take seconds', async () => {
    const asked: string[] = []
    const answers = Promise.withResolvers<'gone'>()
    const supplied: Supplied = new Map([SENDER, OTHER].map((sender) => [sender, { id: `${sender}.1`, at: -5_000 }]))
    const added: string[] = []
    const io = {
      demands: async () => [due(), due(OTHER)],
      add: async (ids: string[]) => void added.push(...ids),
      whereIs: async (id: string) => {
        asked.push(id)
        return answers.promise
      },
      permitId: (sender: PhoneNumberId, n: number) => `${sender}.${n}`,
      elapsed: () => 0,
    }
    const look = supplyPermits(io, supplied, () => 2)
    await Promise.resolve()
    await Promise.resolve()
    expect(asked).toEqual(['1065.1', '2065.1'])
    answers.resolve('gone')
    await look
    expect(added).toEqual(['1065.2', '2065.2'])
  })

  it('gives another when whoever took it is gone', async () => {
    const { demand, look, pass, queue, waiting } = scene()
    demand(due())
    await look()
    queue.set('1065.1', 'taken')
    pass(3_001)
    await look()
    expect(waiting()).toEqual(['1065.2'])
  })

  it('gives one again to a number that was served and is due anew', async () => {
    const { demand, look, pass, queue, waiting } = scene()
    demand(due())
    await look()
    queue.clear()
    demand()
    pass(4_000)
    await look()
    demand(due())
    await look()
    expect(waiting()).toEqual(['1065.2'])
  })

  it('gives none to a number that is due later, and knows when', async () => {
    const { demand, look, waiting } = scene()
    demand({ ...due(), dueInMs: 700 }, { ...due(OTHER), dueInMs: 300 })
    expect(await look()).toEqual({ given: 0, pending: 0, nextDueMs: 300 })
    expect(waiting()).toEqual([])
  })
})
