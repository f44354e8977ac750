import { Worker } from 'bullmq'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import { migratePostgresLanes } from '../../src/queue/backend.ts'
import { laneName } from '../../src/queue/lanes.ts'
import { createEmptyDatabase, type TestDatabase } from '../support/database.ts'
import { openConnections } from '../support/lane-connections.ts'
import { describeEachLaneEngine, type LaneEngine, type TestLanes } from '../support/lane-engines.ts'
import { FAST_MPS, type LaneParts, newSender, newSenders, newWake, openLaneParts } from '../support/lane-parts.ts'
import { eventually, recorder } from '../support/signals.ts'

/* When lanes open and close, and what they hold meanwhile. */

const IDLE_MS = 300

describeEachLaneEngine('a lane', suite, { onCluster: true })

function suite(engine: LaneEngine): void {
  let database: TestDatabase
  let own: TestLanes
  let parts: LaneParts
  beforeAll(async () => {
    database = await createEmptyDatabase()
    own = await engine.open(database.url)
  })
  afterAll(async () => {
    await own.close()
    await database.drop()
  })
  beforeEach(async () => {
    parts = await openLaneParts(own.lanes)
  })
  afterEach(async () => {
    await parts.close()
    expect(parts.errors.all).toEqual([])
  })

  it('holds a connection while it is open and none when it was idle', async () => {
    const senders = newSenders(20)
    const lanes = parts.lanes()
    const consumers = parts.consumers({ idleMs: 2_000 })
    // Opened again and again, as the relay does while there is work: on a busy machine a lane may close before its first job.
    const open = () => {
      for (const sender of senders) consumers.open(sender, FAST_MPS)
    }
    open()
    await Promise.all(senders.map((sender) => lanes.wake(sender, [newWake()])))
    await eventually(() => {
      open()
      return parts.processed.all.length === 20
    })
    await eventually(async () => {
      open()
      expect((await openConnections(own)).toSorted()).toEqual(senders.toSorted())
    })
    await eventually(() => consumers.openLanes().length === 0)
    await eventually(async () => expect(await openConnections(own)).toEqual([]))
  })

  it('leaves no listener behind on the connection that all share', async () => {
    const { connection } = parts.backend.consumer
    const lanes = parts.lanes({ idleMs: IDLE_MS })
    const consumers = parts.consumers({ idleMs: IDLE_MS })
    await lanes.depths(newSender())
    await eventually(() => lanes.queues().length === 0)
    const before = connection.listenerCount('error')
    const senders = newSenders(5)
    for (const sender of senders) await lanes.wake(sender, [newWake()])
    await eventually(() => {
      for (const sender of senders) consumers.open(sender, FAST_MPS)
      return parts.processed.all.length === 5
    })
    await eventually(() => consumers.openLanes().length === 0 && lanes.queues().length === 0)
    await eventually(() => connection.listenerCount('error') === before)
  })

  it('is steered by an object that is let go when nobody used it for a while, and not under a use', async () => {
    const sender = newSender()
    const lanes = parts.lanes({ idleMs: 1 })
    // Each use is longer than the idle time, and they overlap.
    const wakes = Array.from({ length: 50 }, newWake)
    await Promise.all(wakes.map((wake) => lanes.wake(sender, [wake])))
    expect(await lanes.depths(sender)).toMatchObject({ reply: 50 })
    await eventually(() => lanes.queues().length === 0)
    await lanes.wake(sender, [newWake()])
    expect(await lanes.depths(sender)).toMatchObject({ reply: 51 })
  })

  it('counts what stands in it, per priority', async () => {
    const sender = newSender()
    const lanes = parts.lanes()
    const priorities = ['reply', 'campaign', 'campaign', 'transactional'] as const
    await lanes.wake(
      sender,
      priorities.map((priority) => ({ ...newWake(), priority })),
    )
    expect(await lanes.depths(sender)).toEqual({ reply: 1, transactional: 1, follow_up: 0, campaign: 2 })
  })

  it('gives a job back whose worker fell silent', async () => {
    const sender = newSender()
    const lanes = parts.lanes()
    const taken = recorder<PhoneNumberId>()
    const dead = new Worker(
      laneName(sender),
      async () => {
        taken.record(sender)
        await new Promise(() => {})
      },
      { ...parts.backend.consumer, lockDuration: 500, skipLockRenewal: true, skipStalledCheck: true },
      parts.backend.factory,
    )
    dead.on('error', () => {})
    await lanes.wake(sender, [newWake()])
    await taken.next()
    parts.consumers({ lockMs: 500 }).open(sender, FAST_MPS)
    expect(await parts.processed.next()).toBe(sender)
    await dead.close(true)
  })
}

describe('lanes on PostgreSQL', () => {
  let database: TestDatabase
  let parts: LaneParts
  beforeEach(async () => {
    database = await createEmptyDatabase()
    await migratePostgresLanes(database.url)
    parts = await openLaneParts({ kind: 'postgres', url: database.url, maxConnections: 19 })
  })
  afterEach(async () => {
    await parts.close()
    await database.drop()
  })

  it('take turns when more have work than there are connections', async () => {
    const senders = newSenders(30)
    const lanes = parts.lanes()
    const consumers = parts.consumers()
    await Promise.all(senders.map((sender) => lanes.wake(sender, [newWake()])))
    await eventually(() => {
      // As the sweeper does, with what still has work.
      const waiting = senders.filter((sender) => !parts.processed.all.includes(sender))
      for (const sender of waiting) consumers.open(sender, FAST_MPS)
      expect(consumers.openLanes().length).toBeLessThanOrEqual(4)
      return waiting.length === 0
    })
    expect(parts.errors.all).toEqual([])
  })
})
