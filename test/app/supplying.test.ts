import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSupply } from '../../src/app/supplying.ts'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import type { Permits } from '../../src/queue/permits.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { recorder } from '../support/signals.ts'

let rows: Rows
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())

/** Numbers of which something is due. */
async function busyNumber(): Promise<PhoneNumberId> {
  const sender = await rows.linkSender()
  await rows.intent(sender, (await rows.conversation(sender)).id)
  return sender
}

describe('supply while the backend of permits is away', () => {
  it('serves who is due at once, without waiting for an answer that does not come', async () => {
    const served = recorder<PhoneNumberId>()
    const added = recorder<readonly string[]>()
    let adds = 0
    const permits = {
      async add(ids: readonly string[]) {
        added.record(ids)
        if (++adds === 1) throw new Error('away')
        await new Promise(() => {})
      },
      whereIs: () => new Promise(() => {}),
    } as unknown as Permits
    const nothing = { set() {}, inc() {} }
    const supply = startSupply({
      hot: rows.postgres,
      listener: { tryLead: async () => true } as never,
      permits,
      metrics: { leads: nothing, permitsWaiting: nothing, relayed: nothing } as never,
      serveHere: served.record,
      onError() {},
    })
    const one = await busyNumber()
    supply.wake()
    expect(await served.next()).toBe(one)
    const other = await busyNumber()
    supply.wake()
    expect(await served.next((sender) => sender === other)).toBe(other)
    // It is tried again beside that, once at a time.
    expect(added.all).toHaveLength(2)
    await supply.stop()
  })
})
