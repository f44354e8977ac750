import { afterAll, beforeAll, expect, it } from 'vitest'
import type { IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { PRIORITIES, type Priority } from '../../src/domain/intent.ts'
import { type LaneBackend, openLaneBackend } from '../../src/queue/backend.ts'
import { type Consumers, createConsumers } from '../../src/queue/consumer.ts'
import { createLanes, type Lanes } from '../../src/queue/lanes.ts'
import { attemptStore } from '../../src/store/intents/attempts.ts'
import { longQueued, queueDue } from '../../src/store/intents/due.ts'
import { repairStranded } from '../../src/usecases/repair-stranded.ts'
import { describeEachLaneEngine, type TestLanes } from '../support/lane-engines.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { eventually, type Recorder, recorder } from '../support/signals.ts'

/** Rows and lanes together: whatever a lane forgets or holds twice, an attempt is opened once for each wake-up. */
describeEachLaneEngine('the sweeper and a lane', (engine) => {
  let rows: Rows
  let own: TestLanes
  let backend: LaneBackend
  let lanes: Lanes
  let consumers: Consumers
  let opened: Recorder<IntentId>
  let seen: Recorder<IntentId>

  beforeAll(async () => {
    rows = await createRows()
    own = await engine.open(rows.databaseUrl)
    backend = await openLaneBackend(own.lanes, () => {})
    lanes = createLanes(backend, { idleMs: 60_000, onError: () => {} })
    opened = recorder()
    seen = recorder()
    const attempts = attemptStore(rows.postgres.pool)
    const decision = { kind: 'send', reason: { code: 'window_open' as const, text: 'Open.' }, facts: {} }
    consumers = createConsumers(backend, {
      concurrency: 5,
      idleMs: 60_000,
      onError: () => {},
      async process(_sender, { intentId, wake }) {
        seen.record(intentId)
        if (await attempts.open({ intentId, wake, sentAs: 'free_form', decision })) opened.record(intentId)
      },
    })
  })
  afterAll(async () => {
    await consumers.close()
    await lanes.close()
    await backend.close()
    await own.close()
    await rows.close()
  })

  async function queued(count: number): Promise<{ sender: PhoneNumberId; ids: IntentId[]; wake(): Promise<void> }> {
    const sender = await rows.linkSender()
    const ids: IntentId[] = []
    for (let made = 0; made < count; made++) {
      const { id } = await rows.conversation(sender)
      ids.push(await rows.intent(sender, id))
    }
    const room = Object.fromEntries(PRIORITIES.map((priority) => [priority, count])) as Record<Priority, number>
    const wakes = await queueDue(rows.postgres.pool, sender, room)
    return { sender, ids, wake: () => lanes.wake(sender, wakes) }
  }

  const sweep = () =>
    repairStranded({
      longQueued: () => longQueued(rows.postgres.db, -1_000, 1_000),
      wake: (sender, wakes) => lanes.wake(sender, wakes),
    })

  async function expectEachOpenedOnce(ids: IntentId[]): Promise<void> {
    const own = () => opened.all.filter((id) => ids.includes(id))
    await eventually(() => own().length >= ids.length, { on: opened })
    expect(own().toSorted()).toEqual(ids.toSorted())
  }

  it('bring back what was never added', async () => {
    const { sender, ids } = await queued(5)
    consumers.open(sender, 1_000)
    expect((await sweep()).rewoken).toBe(5)
    await expectEachOpenedOnce(ids)
  })

  it('do nothing to what still stands there', async () => {
    const { sender, ids, wake } = await queued(5)
    await wake()
    await sweep()
    await sweep()
    consumers.open(sender, 1_000)
    await expectEachOpenedOnce(ids)
    expect(seen.all.filter((id) => ids.includes(id))).toHaveLength(5)
  })

  it('let a wake-up that comes twice after all open nothing', async () => {
    const { sender, ids, wake } = await queued(3)
    consumers.open(sender, 1_000)
    await wake()
    await expectEachOpenedOnce(ids)
    const before = seen.all.length
    await eventually(async () => {
      await wake() // the lane has forgotten the finished jobs and takes them again
      return seen.all.length >= before + 3
    })
    await expectEachOpenedOnce(ids)
  })

  it.skipIf(engine.kind === 'postgres')('bring back what a Redis that was wiped forgot', async () => {
    const { sender, ids, wake } = await queued(20)
    await wake()
    await own.forget?.()
    consumers.open(sender, 1_000)
    expect((await sweep()).rewoken).toBe(20)
    await expectEachOpenedOnce(ids)
  })
})
