import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { createEmptyDatabase, type TestDatabase } from '../support/database.ts'
import { openConnections } from '../support/lane-connections.ts'
import { describeEachLaneEngine, type TestLanes } from '../support/lane-engines.ts'
import { FAST_MPS, type LaneParts, newSender, newWake, openLaneParts } from '../support/lane-parts.ts'
import { eventually } from '../support/signals.ts'
import { createProxyTo, type TcpProxy } from '../support/tcp-proxy.ts'

describeEachLaneEngine('a lane whose backend is away', (engine) => {
  let database: TestDatabase
  let own: TestLanes
  let proxy: TcpProxy
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
    const { lanes } = own
    const url = lanes.kind === 'postgres' ? lanes.url : (lanes.urls[0] as string)
    proxy = await createProxyTo(url)
    const through = proxy.through(url)
    parts = await openLaneParts(lanes.kind === 'postgres' ? { ...lanes, url: through } : { ...lanes, urls: [through] })
  })
  afterEach(async () => {
    await parts.close()
    await proxy.close()
  })

  it('is not waited for again until it answers', async () => {
    const sender = newSender()
    const lanes = parts.lanes()
    await lanes.depths(sender)
    proxy.reset()
    await eventually(() => expect(lanes.depths(sender)).rejects.toThrow())
    await expect(atOnce(lanes.wake(sender, [newWake()]))).rejects.not.toThrow('late')
    proxy.heal()
    await eventually(() => lanes.wake(sender, [newWake()]))
  })

  it('works when it was opened in that moment and is heard of again', async () => {
    const sender = newSender()
    const lanes = parts.lanes()
    const consumers = parts.consumers()
    const { taken } = proxy
    proxy.reset()
    consumers.open(sender, FAST_MPS)
    await expect(lanes.depths(sender)).rejects.toThrow()
    await eventually(() => proxy.taken > taken)
    proxy.heal()
    await eventually(() => lanes.wake(sender, [newWake()]))
    await eventually(() => {
      consumers.open(sender, FAST_MPS)
      return parts.processed.all.length === 1
    })
  })

  it('goes on by itself when it was open', async () => {
    const sender = newSender()
    const lanes = parts.lanes()
    parts.consumers().open(sender, FAST_MPS)
    await lanes.wake(sender, [newWake()])
    await parts.processed.next()
    proxy.reset()
    await eventually(() => expect(lanes.depths(sender)).rejects.toThrow())
    proxy.heal()
    await eventually(() => lanes.wake(sender, [newWake()]))
    await parts.processed.next()
  })

  it('closes, abandoned with a warning if need be', async () => {
    const sender = newSender()
    const consumers = parts.consumers()
    consumers.open(sender, FAST_MPS)
    await eventually(async () => (await openConnections(own)).includes(sender))
    proxy.reset()
    // Between two attempts to connect again a client that is told to end never says that it has.
    const { taken } = proxy
    await eventually(() => proxy.taken >= taken + (engine.kind === 'redis' ? 6 : 1))
    await consumers.close()
    expect(consumers.openLanes()).toEqual([])
    if (engine.kind === 'redis') {
      const { message } = parts.errors.all.at(-1) as Error
      expect(message).toBe(`the lane of ${sender} did not close within 5000 ms and is abandoned`)
    }
  })
})

/** Rejects with "late" when the promise does not settle before anything can come from outside. */
function atOnce<T>(promise: Promise<T>): Promise<T> {
  return Promise.race([promise, new Promise<never>((_, reject) => setImmediate(() => reject(new Error('late'))))])
}
