import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { createEmptyDatabase, type TestDatabase } from '../support/database.ts'
import { describeEachLaneEngine, type TestLanes } from '../support/lane-engines.ts'
import { type LaneParts, newPermit, newSender, openLaneParts } from '../support/lane-parts.ts'
import { eventually } from '../support/signals.ts'
import { createProxyTo, type TcpProxy } from '../support/tcp-proxy.ts'

describeEachLaneEngine('permits whose backend is away', (engine) => {
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

  it('refuses permits until it answers again', async () => {
    const permits = parts.permits()
    await permits.waiting()
    proxy.reset()
    await eventually(() => expect(permits.waiting()).rejects.toThrow(), { timeoutMs: 20_000 })
    proxy.heal()
    await eventually(() => permits.add([newPermit(newSender())]))
  })

  it('is served when it was away in the moment in which the process began', async () => {
    const sender = newSender()
    const permits = parts.permits()
    const { taken } = proxy
    proxy.reset()
    parts.consumer()
    await eventually(() => proxy.taken > taken)
    proxy.heal()
    await eventually(() => permits.add([newPermit(sender)]))
    await parts.served.next((served) => served === sender)
  })

  it('goes on by itself', async () => {
    const sender = newSender()
    const permits = parts.permits()
    parts.consumer()
    await permits.add([newPermit(sender)])
    await parts.served.next()
    proxy.reset()
    await eventually(() => expect(permits.waiting()).rejects.toThrow(), { timeoutMs: 20_000 })
    proxy.heal()
    await eventually(() => permits.add([newPermit(sender)]))
    await parts.served.next()
  })

  it('lets the process stop, abandoned with a warning if need be', async () => {
    const consumer = parts.consumer()
    const permits = parts.permits()
    await permits.add([newPermit(newSender())])
    await parts.served.next()
    proxy.reset()
    // Between two attempts to connect again a client that is told to end never says that it has.
    const { taken } = proxy
    await eventually(() => proxy.taken >= taken + (engine.kind === 'redis' ? 2 : 1))
    await consumer.close()
  })
})
