import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEFAULT_LINK } from '../../src/sandbox/sandbox.ts'
import { type Harness, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'
import { ORDER_UPDATE, templateMessage } from './fixtures.ts'

const RATES = `Market,Currency,Marketing,Utility,Authentication,Authentication-International
Brazil,USD,0.0625,0.0068,0.0068,n/a
India,USD,0.0110,0.0014,0.0014,0.0280
`
const BLOCK = 'From,To,Rate type,Rate,vs. List rate'
const NONE = ',n/a'.repeat(10)
const TIERS = `,Currency,${BLOCK},${BLOCK},${BLOCK}
Brazil,USD,0,"250,000",List rate,0.0068,0%${NONE}
,USD,"250,001",--,Tier rate,0.0060,-12%${NONE}
`
const LOGIN_CODE = {
  name: 'login_code',
  language: 'en',
  category: 'AUTHENTICATION',
  components: [
    { type: 'BODY', text: '*{{1}}* is your verification code.', add_security_recommendation: false },
    {
      type: 'BUTTONS',
      buttons: [
        { type: 'URL', text: 'Copy code', url: 'https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}' },
      ],
    },
  ],
}
const CODE = {
  type: 'template',
  template: {
    name: 'login_code',
    language: { code: 'en' },
    components: [
      { type: 'body', parameters: [{ type: 'text', text: '123456' }] },
      { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: '123456' }] },
    ],
  },
}

interface Priced {
  amount: string
  category: string
}

describe('what Meta decides about an account', () => {
  let casement: Harness
  beforeAll(async () => {
    casement = await startHarness(lanesOnPostgres)
    for (const card of [RATES, TIERS]) {
      const response = await fetch(`${casement.url}/v1/rate-cards?valid_from=2026-10-01`, {
        method: 'POST',
        headers: { authorization: 'Bearer test-admin-key-of-32-characters-or-more', 'content-type': 'text/csv' },
        body: card,
      })
      expect(response.status).toBe(201)
    }
  })
  afterAll(() => casement.close())

  const decides = (patch: object) => casement.api('PATCH', `/v1/sandbox/accounts/${DEFAULT_LINK.wabaId}`, patch)
  const forecast = async (message: object, to = casement.stranger()) => {
    const { body } = await casement.api<{ now: { price: Priced | null } }>('POST', '/v1/intents/forecast', {
      ...{ sender: casement.sender, to: { wa_id: to }, message },
    })
    return body.now.price
  }
  const costs = async (message: object, price: object, to?: string) =>
    eventually(async () => expect(await forecast(message, to)).toMatchObject(price), { timeoutMs: 20_000 })

  it('prices by a volume tier that is reached, in the forecast and when it leaves', async () => {
    const order = templateMessage(ORDER_UPDATE)
    await costs(order, { amount: '0.006800' })
    await decides({ volume_tier: { pricing_category: 'UTILITY', tier: '250001:MAX', region: 'BRAZIL' } })
    await costs(order, { amount: '0.006000' })
    const { id } = await casement.enqueue({ to: { wa_id: casement.stranger() }, message: order })
    await casement.intentIn(id, 'sent')
    await casement.told()
    expect((await casement.intent(id)).cost).toMatchObject({
      expected: { amount: '0.006000' },
      actual: { amount: '0.006000' },
    })
  }, 60_000)

  it('prices codes internationally since Meta says so, but not at home', async () => {
    casement.sandbox.addTemplate(LOGIN_CODE as never)
    await casement.api('POST', '/v1/templates/sync', { waba_id: DEFAULT_LINK.wabaId })
    const india = '919812345678'
    await costs(CODE, { amount: '0.001400', category: 'authentication' }, india)
    const start_time = Math.floor(casement.sandbox.now() / 1_000) - 60
    await decides({ auth_international: { start_time }, primary_business_location: 'BR' })
    await costs(CODE, { amount: '0.028000', category: 'authentication-international' }, india)
    const { id } = await casement.enqueue({ to: { wa_id: india }, message: CODE })
    await casement.intentIn(id, 'sent')
    await casement.told()
    expect((await casement.intent(id)).cost).toMatchObject({
      category: 'authentication-international',
      expected: { amount: '0.028000' },
      actual: { amount: '0.028000' },
    })
    await decides({ primary_business_location: 'IN' })
    await costs(CODE, { amount: '0.001400' }, india)
  }, 60_000)
})
