import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import type { Priority } from '../../src/domain/intent.ts'
import { type LaneBackend, openLaneBackend } from '../../src/queue/backend.ts'
import { type ConsumerOptions, type Consumers, createConsumers } from '../../src/queue/consumer.ts'
import { createLanes, jobId, type Lanes, laneName, parseJobId, type Wake } from '../../src/queue/lanes.ts'
import { busiestSecond } from '../faults/verdict.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { describeEachLaneEngine, type LaneEngine, type TestLanes } from '../support/lane-engines.ts'
import { eventually, type Recorder, recorder } from '../support/signals.ts'

interface Processed {
  sender: PhoneNumberId
  id: IntentId
  wake: number
  /** Milliseconds of this process. */
  at: number
}

const FAST_MPS = 10_000
let nextSender = 0
const newSender = () => `1066000${String(++nextSender).padStart(6, '0')}` as PhoneNumberId
const wakeOf = (priority: Priority = 'reply', wake = 1): Wake => ({ id: randomUUID() as IntentId, wake, priority })
const wakesOf = (count: number, priority: Priority = 'reply') => Array.from({ length: count }, () => wakeOf(priority))

describe("a job's id", () => {
  it('is the intent and the time it was woken, and reads back', () => {
    const id = randomUUID() as IntentId
    expect(parseJobId(jobId(id, 17))).toEqual({ intentId: id, wake: 17 })
  })

  it('stands in a lane whose name keeps its keys on one node of a Redis Cluster', () => {
    expect(laneName('106' as PhoneNumberId)).toBe('{106}')
  })
})

describeEachLaneEngine('lanes', suite, { onCluster: true })

function suite(engine: LaneEngine): void {
  let database: TestDatabase
  let own: TestLanes
  let backend: LaneBackend
  let lanes: Lanes
  let consumers: Consumers[]
  let processed: Recorder<Processed>
  let sender: PhoneNumberId
  const errors: Error[] = []

  beforeAll(async () => {
    database = await createTestDatabase()
    own = await engine.open(database.url)
  })
  afterAll(async () => {
    await own.close()
    await database.drop()
  })
  beforeEach(async () => {
    sender = newSender()
    processed = recorder()
    consumers = []
    backend = await openLaneBackend(own.lanes, (error) => errors.push(error))
    lanes = createLanes(backend, { idleMs: 60_000, onError: (error) => errors.push(error) })
  })
  afterEach(async () => {
    await Promise.all(consumers.map((consumer) => consumer.close()))
    await lanes.close()
    await backend.close()
    expect(errors.splice(0)).toEqual([])
  })

  function consume(options: Partial<ConsumerOptions> = {}): Consumers {
    const consumer = createConsumers(backend, {
      concurrency: 10,
      idleMs: 60_000,
      onError: (error) => errors.push(error),
      process: async (lane, { intentId, wake }) =>
        processed.record({ sender: lane, id: intentId, wake, at: performance.now() }),
      ...options,
    })
    consumers.push(consumer)
    return consumer
  }

  const allProcessed = (count: number, timeoutMs = 15_000) =>
    eventually(() => processed.all.length >= count, { on: processed, timeoutMs })
  const idsSeen = () => processed.all.map(({ id }) => id)

  it('hand over the intent and the time it was woken', async () => {
    const wake = wakeOf('reply', 3)
    consume().open(sender, FAST_MPS)
    await lanes.wake(sender, [wake])
    expect(await processed.next()).toMatchObject({ sender, id: wake.id, wake: 3 })
  })

  it('hold a wake-up once, however often it is added', async () => {
    const wake = wakeOf()
    const last = wakeOf('campaign')
    await Promise.all([lanes.wake(sender, [wake, wake]), lanes.wake(sender, [wake]), lanes.wake(sender, [wake])])
    await lanes.wake(sender, [last])
    consume({ concurrency: 1 }).open(sender, FAST_MPS)
    await allProcessed(2)
    expect(idsSeen()).toEqual([wake.id, last.id])
  })

  it('hold a later wake-up of the same intent as another job', async () => {
    const wake = wakeOf()
    await lanes.wake(sender, [wake, { ...wake, wake: 2 }])
    consume({ concurrency: 1 }).open(sender, FAST_MPS)
    await allProcessed(2)
    expect(processed.all.map((job) => job.wake)).toEqual([1, 2])
  })

  it('take a wake-up again once it is done', async () => {
    const wake = wakeOf()
    consume().open(sender, FAST_MPS)
    await lanes.wake(sender, [wake])
    await allProcessed(1)
    await eventually(async () => {
      await lanes.wake(sender, [wake])
      return processed.all.length >= 2
    })
  })

  it('keep nothing of a job that failed', async () => {
    const wake = wakeOf()
    let runs = 0
    const failing = recorder<number>()
    consume({
      process: async () => {
        runs += 1
        failing.record(runs)
        throw new Error('the database is away')
      },
    }).open(sender, FAST_MPS)
    await lanes.wake(sender, [wake])
    await failing.next()
    // Not tried again by itself: the row brings it back.
    await eventually(async () => (await lanes.queues()[0]?.getJobCounts())?.failed === 0)
    expect(runs).toBe(1)
  })

  it('let replies go first, whatever stood there before (P10)', async () => {
    const campaign = wakesOf(5, 'campaign')
    const others = [wakeOf('follow_up'), wakeOf('transactional'), wakeOf('reply')]
    await lanes.wake(sender, campaign)
    await lanes.wake(sender, others)
    consume({ concurrency: 1 }).open(sender, FAST_MPS)
    await allProcessed(8)
    expect(idsSeen()).toEqual([...others.reverse(), ...campaign].map(({ id }) => id))
  })

  it('keep the order of adding within a priority', async () => {
    const wakes = wakesOf(30)
    await lanes.wake(sender, wakes)
    consume({ concurrency: 1 }).open(sender, FAST_MPS)
    await allProcessed(30)
    expect(idsSeen()).toEqual(wakes.map(({ id }) => id))
  })

  it('of two senders do not wait for each other', async () => {
    const other = newSender()
    const stuck = Promise.withResolvers<void>()
    const consumer = consume({
      process: async (lane, { intentId, wake }) => {
        if (lane === sender) await stuck.promise
        processed.record({ sender: lane, id: intentId, wake, at: performance.now() })
      },
    })
    consumer.open(sender, FAST_MPS)
    consumer.open(other, FAST_MPS)
    await lanes.wake(sender, wakesOf(3))
    await lanes.wake(other, wakesOf(2))
    await allProcessed(2)
    expect(new Set(processed.all.map((job) => job.sender))).toEqual(new Set([other]))
    stuck.resolve()
  })

  it.each([20, 50, 125])(
    'never pass 1.1 times %i messages in a rolling second, two workers together (P6)',
    async (mps) => {
      await lanes.setThroughput(sender, mps)
      const count = Math.ceil(mps * 2.5)
      await lanes.wake(sender, wakesOf(count))
      consume({ concurrency: 50 }).open(sender, mps)
      consume({ concurrency: 50 }).open(sender, mps)
      await allProcessed(count)
      expect(busiestSecond(processed.all.map((job) => job.at))).toBeLessThanOrEqual(Math.floor(mps * 1.1))
    },
  )

  it('stand still while they are paused, and go on by themselves', async () => {
    consume().open(sender, FAST_MPS)
    await lanes.wake(sender, [wakeOf()])
    await allProcessed(1)
    await lanes.pause(sender, 1_000)
    const pausedAt = performance.now()
    await lanes.wake(sender, wakesOf(3))
    await allProcessed(4)
    for (const job of processed.all.slice(1)) expect(job.at - pausedAt).toBeGreaterThan(900)
  })

  it('keep a longer pause when a shorter one is asked for', async () => {
    consume().open(sender, FAST_MPS)
    await lanes.pause(sender, 1_500)
    const pausedAt = performance.now()
    await lanes.pause(sender, 50)
    await lanes.wake(sender, [wakeOf()])
    await allProcessed(1)
    expect((processed.all[0]?.at ?? 0) - pausedAt).toBeGreaterThan(1_300)
  })

  it('stop where they are told to when Meta says slow down, and spare the others', async () => {
    const other = newSender()
    const consumer = consume()
    consumer.open(sender, FAST_MPS)
    consumer.open(other, FAST_MPS)
    await lanes.pause(sender, 30_000)
    await lanes.wake(sender, wakesOf(2))
    await lanes.wake(other, wakesOf(2))
    await allProcessed(2)
    expect(new Set(processed.all.map((job) => job.sender))).toEqual(new Set([other]))
  })

  /** The lane is opened again and again, as the relay does while it has work: on a busy machine it may close before its first job. */
  async function processedWhileOpened(consumer: Consumers, count: number): Promise<void> {
    await eventually(() => {
      consumer.open(sender, FAST_MPS)
      return processed.all.length >= count
    })
  }

  it('close when they were idle for a while, and open again with work', async () => {
    const consumer = consume({ idleMs: 300 })
    await lanes.wake(sender, [wakeOf()])
    await processedWhileOpened(consumer, 1)
    await eventually(() => consumer.openLanes().length === 0)
    await lanes.wake(sender, [wakeOf()])
    await processedWhileOpened(consumer, 2)
  })

  it('finish what is under way before they close', async () => {
    const underWay = Promise.withResolvers<void>()
    const started = recorder<IntentId>()
    const consumer = consume({
      process: async (lane, { intentId, wake }) => {
        started.record(intentId)
        await underWay.promise
        processed.record({ sender: lane, id: intentId, wake, at: performance.now() })
      },
    })
    consumer.open(sender, FAST_MPS)
    await lanes.wake(sender, [wakeOf()])
    await started.next()
    const closed = consumer.close()
    underWay.resolve()
    await closed
    expect(processed.all).toHaveLength(1)
  })

  it('open no lane once they are closed', async () => {
    const consumer = consume()
    await consumer.close()
    consumer.open(sender, FAST_MPS)
    expect(consumer.openLanes()).toEqual([])
  })

  it('answer a ping', async () => {
    await expect(backend.ping()).resolves.toBeUndefined()
    expect(await backend.warnings()).toEqual([])
  })
}
