import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Harness, LINK, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'

/** A thousand linked numbers cost what the active ones cost. */

const LINKED = 1_000
const ACTIVE = 20
/** The leader looks this often when it has heard nothing; a message must not have to wait for that. */
const LOOK_MS = 1_000

describeEachLaneEngine('a process with a thousand senders', (engine) => {
  let casement: Harness
  let senders: { id: string; customer: string }[]

  beforeAll(async () => {
    casement = await startHarness(engine)
    senders = Array.from({ length: ACTIVE }, (_, index) => ({
      id: String(109_000_000 + index),
      customer: casement.stranger(),
    }))
    for (const { id, customer } of senders) {
      casement.sandbox.addSender({ id, waba_id: LINK.waba_id, display_phone_number: `1555${id}` })
      await casement.api('POST', '/v1/senders', { ...LINK, phone_number_id: id, throughput_mps: 1_000 })
      casement.sandbox.customers.say(customer, { text: 'Hi', phone_number_id: id })
    }
    await casement.query(
      `insert into senders (workspace, phone_number_id, waba_id, sealed_access_token)
       select workspace, (110000000 + n)::text, waba_id, sealed_access_token from senders, generate_series(1, $2) n where phone_number_id = $1`,
      [LINK.phone_number_id, LINKED - ACTIVE - 1],
    )
    await casement.told()
  })
  afterAll(() => casement.close())

  async function sendOneEach(those: typeof senders, timeoutMs: number): Promise<void> {
    const message = { type: 'text', text: { body: 'Hello' } }
    const intents = those.map(({ id, customer }) => ({ sender: id, to: `+${customer}`, message }))
    const answer = await casement.api<{ results: { id: string }[] }>('POST', '/v1/intents/batch', { intents })
    const ids = answer.body.results.map(({ id }) => id)
    const unsent = () => casement.query(`select from intents where id = any($1) and state <> 'sent'`, [ids])
    await eventually(async () => (await unsent()).length === 0, { timeoutMs })
  }

  async function gauge(): Promise<number> {
    const { body } = await casement.app.services.metrics()
    return Number(/^casement_open_lanes (\d+)$/m.exec(body)?.[1])
  }

  it('serves those that have work, and none once they are idle', async () => {
    expect(await casement.query('select from senders')).toHaveLength(LINKED)
    await sendOneEach(senders, 10_000)
    await eventually(async () => expect(await gauge()).toBe(0))
  })

  it('serves a number again at once that had nothing to send', async () => {
    const one = senders.slice(0, 1)
    for (let time = 0; time < 3; time++) {
      await eventually(async () => expect(await gauge()).toBe(0))
      await sendOneEach(one, LOOK_MS)
    }
  })
})
