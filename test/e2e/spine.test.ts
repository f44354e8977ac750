import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Harness, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { text } from './fixtures.ts'

describeEachLaneEngine('an intent from producer to customer', (engine) => {
  let casement: Harness

  beforeAll(async () => {
    casement = await startHarness(engine)
  })
  afterAll(() => casement.close())

  it('is sent free-form while the window is open, and delivered', async () => {
    const customer = casement.stranger()
    await casement.writes(customer)
    const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hello!') })
    const intent = await casement.intentIn(id, 'sent', 'held', 'failed')
    expect(intent).toMatchObject({ state: 'sent', sent_as: 'free_form', attempts: [{ outcome: 'accepted' }] })
    await casement.told()
    expect(await casement.intent(id)).toMatchObject({ delivery_status: 'delivered' })
    expect(casement.received(customer)).toEqual(['Hello!'])
  })
})
