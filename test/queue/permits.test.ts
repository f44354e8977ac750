import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import { PERMITS_QUEUE, permitId, senderOf } from '../../src/queue/permits.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { describeEachLaneEngine, type LaneEngine, type TestLanes } from '../support/lane-engines.ts'
import { type LaneParts, newPermit, newSender, openLaneParts } from '../support/lane-parts.ts'
import { eventually, recorder } from '../support/signals.ts'

describe("a permit's id", () => {
  it('tells the number', () => {
    expect(senderOf(permitId('1065' as PhoneNumberId, 17))).toBe('1065')
  })

  it('stands in a queue whose name keeps its keys on one node of a Redis Cluster', () => {
    expect(PERMITS_QUEUE).toMatch(/^\{.+\}$/)
  })
})

describeEachLaneEngine('permits', suite, { onCluster: true })

function suite(engine: LaneEngine): void {
  let database: TestDatabase
  let own: TestLanes
  let parts: LaneParts

  beforeAll(async () => {
    database = await createTestDatabase()
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

  it('are taken by whoever has room, and gone when the shift is over', async () => {
    const sender = newSender()
    const id = newPermit(sender)
    const permits = parts.permits()
    parts.consumer()
    await permits.add([id])
    expect(await parts.served.next()).toBe(sender)
    await eventually(async () => (await permits.whereIs(id)) === 'gone')
  })

  it('wait until somebody takes them, once however often they are added', async () => {
    const [one, other] = [newSender(), newSender()]
    const ids = [newPermit(one), newPermit(other)]
    const permits = parts.permits()
    await permits.add(ids)
    await permits.add(ids)
    expect(await permits.waiting()).toBe(2)
    expect(await permits.whereIs(ids[0] as string)).toBe('waiting')
    parts.consumer()
    await eventually(() => parts.served.all.length === 2, { on: parts.served })
    expect(new Set(parts.served.all)).toEqual(new Set([one, other]))
  })

  it('are taken while the shift lasts', async () => {
    const id = newPermit(newSender())
    const permits = parts.permits()
    const over = Promise.withResolvers<void>()
    const began = recorder<PhoneNumberId>()
    parts.consumer({
      async serve(sender) {
        began.record(sender)
        await over.promise
      },
    })
    await permits.add([id])
    await began.next()
    expect(await permits.whereIs(id)).toBe('taken')
    over.resolve()
    await eventually(async () => (await permits.whereIs(id)) === 'gone')
  })

  it('are left to others for a moment by a process that has no room', async () => {
    const permits = parts.permits()
    const full = recorder<PhoneNumberId>()
    const over = Promise.withResolvers<void>()
    const consumer = parts.consumer({
      async serve(sender) {
        full.record(sender)
        await over.promise
      },
    })
    await permits.add([newPermit(newSender())])
    await full.next()
    consumer.setRoom(false)
    parts.consumer()
    await permits.add(Array.from({ length: 20 }, () => newPermit(newSender())))
    await eventually(() => full.all.length - 1 + parts.served.all.length === 20)
    expect(full.all.length).toBeLessThan(parts.served.all.length)
    over.resolve()
  })

  it('are taken by a process that was full, as soon as it has room again', async () => {
    const permits = parts.permits()
    const over = Promise.withResolvers<void>()
    const began = recorder<PhoneNumberId>()
    const consumer = parts.consumer({
      async serve(sender) {
        began.record(sender)
        await over.promise
      },
    })
    await permits.add([newPermit(newSender())])
    await began.next()
    consumer.setRoom(false)
    // Nobody else is there.
    await permits.add([newPermit(newSender())])
    await began.next()
    consumer.setRoom(true)
    const reply = newSender()
    await permits.add([newPermit(reply)])
    expect(await began.next()).toBe(reply)
    over.resolve()
  })

  it('come to who can do something with them, and not again and again to who cannot', async () => {
    const permits = parts.permits()
    const inVain = recorder<PhoneNumberId>()
    const give = async () => {
      const id = newPermit(newSender())
      await permits.add([id])
      await eventually(async () => (await permits.whereIs(id)) === 'gone')
    }
    parts.consumer({
      mayServe(sender) {
        inVain.record(sender)
        return false
      },
    })
    await give()
    expect(inVain.all).toHaveLength(1)
    parts.consumer()
    while (parts.served.all.length === 0) await give()
    const before = inVain.all.length
    for (let n = 0; n < 16; n++) await give()
    expect(inVain.all.length - before).toBeLessThan(5)
  })

  it('are not taken by a process that stops, while its calls finish', async () => {
    const permits = parts.permits()
    const over = Promise.withResolvers<void>()
    const stopping = parts.consumer()
    await permits.add([newPermit(newSender())])
    await parts.served.next()
    const closed = stopping.close(over.promise)
    const later = Array.from({ length: 20 }, () => newPermit(newSender()))
    await permits.add(later)
    const others = recorder<PhoneNumberId>()
    parts.consumer({ serve: async (sender) => others.record(sender) })
    const takenInClosing = () => parts.served.all.length - 1
    await eventually(() => takenInClosing() + others.all.length === later.length)
    over.resolve()
    await closed
    // What it had asked for already: the next after the one it served, and the one that it waited for.
    expect(takenInClosing()).toBeLessThanOrEqual(2)
  })

  it('answer a ping', async () => {
    await expect(parts.backend.ping()).resolves.toBeUndefined()
    expect(await parts.backend.warnings()).toEqual([])
  })
}
