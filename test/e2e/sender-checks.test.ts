import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, LINK, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'

interface Checks {
  checks: { name: string; state: string; text: string; field: string | null }[]
}

const { portfolio_id: _portfolio, ...BARE } = LINK

describe('a number that is looked at', () => {
  let casement: Harness
  beforeAll(async () => {
    casement = await startHarness(lanesOnPostgres, { link: false })
  })
  afterAll(() => casement.close())

  /** By name, as "state text". */
  async function check(body: object): Promise<Record<string, string>> {
    const answer = await casement.api<Checks>('POST', '/v1/senders/check', body)
    expect(answer.status).toBe(200)
    return Object.fromEntries(answer.body.checks.map(({ name, state, text }) => [name, `${state} ${text}`]))
  }
  const senders = async () => (await casement.query<{ n: number }>('select count(*)::int as n from senders'))[0]?.n

  it('is told field by field before it is linked, and nothing is stored', async () => {
    expect(await check(LINK)).toMatchObject({
      link: 'ok It can be linked here.',
      token: 'ok The token is valid and never expires.',
      permissions: expect.stringMatching(/^ok It has whatsapp_business_messaging/),
      number: expect.stringMatching(/^ok This is \+\d+ “/),
      account: `ok The number belongs to account ${LINK.waba_id}.`,
      health: 'ok Meta lets it send.',
      subscription: expect.stringMatching(/^ok Sandbox app is subscribed/),
      clock: expect.stringMatching(/^ok The database is \d+ ms/),
    })
    expect(await senders()).toBe(0)
  })

  it('asks nothing more with a token that is none', async () => {
    const checks = await check({ ...BARE, access_token: 'EAAG-nobody' })
    expect(Object.keys(checks)).toEqual(['link', 'token', 'clock'])
    expect(checks.token).toMatch(/^fail Meta (?:refused it with error 190|says that the token is not valid)/)
  })

  it('tells a token that will end, or lacks a permission', async () => {
    const soon = 'EAAG-soon'
    const scopes = ['whatsapp_business_messaging', 'whatsapp_business_management']
    casement.sandbox.setToken({ token: soon, scopes, expires_in_ms: 3_600_000 })
    expect((await check({ ...BARE, access_token: soon })).token).toMatch(/^warn The token is valid until 20.*renew it/)
    casement.sandbox.setToken({ token: 'EAAG-narrow', scopes: ['whatsapp_business_messaging'] })
    const narrow = await check({ ...BARE, access_token: 'EAAG-narrow' })
    expect(narrow.permissions).toMatch(/^fail It lacks whatsapp_business_management for account \d+: give/)
    expect(narrow.account).toMatch(/^fail Meta shows no account/)
  })

  it('tells a number of another account, and ids that Meta does not know', async () => {
    const other = { id: '106540352242333', waba_id: '102290129340333', display_phone_number: '15550783999' }
    casement.sandbox.addSender(other)
    const strange = await check({ ...BARE, phone_number_id: other.id })
    expect(strange.account).toBe(`fail Number ${other.id} is none of account ${LINK.waba_id}.`)
    const nobody = await check({ ...BARE, phone_number_id: '15550783881' })
    expect(nobody.number).toMatch(/^fail Meta shows no number 15550783881 to this token.*not the number's digits/)
    expect((await check({ ...BARE, waba_id: '1' })).account).toMatch(/^fail Meta shows no account 1 /)
  })

  it('names the member of the body that is at fault', async () => {
    const answer = async (body: unknown) => {
      const { status, body: told } = await casement.api<{ error: { field: string } }>('POST', '/v1/senders/check', body)
      return `${status} ${told.error.field}`
    }
    expect(await answer({ ...LINK, access_token: 'two words' })).toBe('400 access_token')
    expect(await answer({ phone_number_id: '1', waba_id: '2' })).toBe('400 access_token')
    expect(await answer({ id: casement.sender, verbose: true })).toMatch(/^400/)
    expect(await answer({ id: '1' })).toMatch(/^404/)
  })

  describe('once it is linked', () => {
    beforeAll(async () => {
      expect((await casement.api('POST', '/v1/senders', LINK)).status).toBe(201)
    })
    const own = () => check({ id: casement.sender })
    const subscribed = async (method: string, body?: object) =>
      fetch(`${casement.sandbox.url}/v25.0/${LINK.waba_id}/subscribed_apps`, {
        method,
        headers: { authorization: `Bearer ${LINK.access_token}`, 'content-type': 'application/json' },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })

    it('is looked at by its own token', async () => {
      const checks = await own()
      expect(checks.state).toBe('ok Its messages leave.')
      expect(checks.webhooks).toMatch(/^warn None of the number has come yet/)
      expect(checks).not.toHaveProperty('link')
      expect((await check(LINK)).link).toMatch(/^ok It is linked here; linking again/)
      const moved = await check({ ...BARE, waba_id: '102290129340333' })
      expect(moved.link).toMatch(/^fail It is linked under account \d+: unlink it first/)
    })

    it('is subscribed once, and keeps an address of its own', async () => {
      const subscribe = () => casement.api('POST', `/v1/senders/${casement.sender}/subscribe`)
      await subscribed('DELETE')
      expect((await own()).subscription).toMatch(/^fail No app is subscribed/)
      expect(await subscribe()).toMatchObject({ status: 200, body: { phone_number_id: casement.sender } })
      expect((await own()).subscription).toMatch(/^ok/)
      const elsewhere = `${casement.url}/webhooks/whatsapp?by=somebody`
      const override = { override_callback_uri: elsewhere, verify_token: 'test-verify-token' }
      expect((await subscribed('POST', override)).status).toBe(200)
      expect((await own()).subscription).toContain(`warn Sandbox app is subscribed, and Meta sends`)
      expect((await subscribe()).status).toBe(200)
      expect((await own()).subscription).toContain(elsewhere)
      const rows = await casement.query(
        `select from audit_events where action = 'sender.subscribe' and outcome = 'done'`,
      )
      expect(rows).toHaveLength(2)
    })

    it('says what Meta says when it will not be subscribed', async () => {
      casement.sandbox.setToken({ token: LINK.access_token, scopes: ['whatsapp_business_messaging'] })
      const answer = await casement.api<{ error: { code: string } }>('POST', `/v1/senders/${casement.sender}/subscribe`)
      expect(answer).toMatchObject({ status: 502, body: { error: { code: 'graph_refused' } } })
    })
  })
})
