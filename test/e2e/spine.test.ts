import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { type Harness, startHarness } from '../support/harness.ts'

export const KEEP_HELPING = {
  name: 'keep_helping',
  language: 'en',
  parameters: { user: 'Ana', your_name: 'Luis', company: 'Lucky Shrub' },
  decline: ['No, thanks!'],
}
const text = (body: string) => ({ type: 'text', text: { body } })

describeEachLaneEngine('an intent from producer to customer', (engine) => {
  let casement: Harness
  let next = 0
  /** A fictional number nobody else in this file uses. */
  const stranger = () => `5511900${String(++next).padStart(6, '0')}`

  beforeAll(async () => {
    casement = await startHarness(engine)
  })
  afterAll(() => casement.close())

  describe('with an open window', () => {
    it('sends a free-form reply', async () => {
      const customer = stranger()
      await casement.sandbox.customers.say(customer, { phone_number_id: casement.sender, text: 'Hi' })
      const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hello!') })
      const intent = await casement.intentIn(id, 'sent', 'held', 'failed')
      expect(intent).toMatchObject({ state: 'sent', sent_as: 'free_form', attempts: [{ outcome: 'accepted' }] })
    })
  })
})
