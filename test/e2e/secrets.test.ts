import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningApp, startApp } from '../../src/app.ts'
import { createTokenVault, ofSender } from '../../src/store/accounts/token-vault.ts'
import { type Harness, LINK, quietLogger, resolvedConfig, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'
import { ORDER_UPDATE, templateMessage } from './fixtures.ts'

/* Workers with different secrets, on one database: who cannot open a token leaves its number to others, and nothing fails for it. */

const BEAT_MS = 200
const PATIENCE = { timeoutMs: 60_000 }
const OTHER = 'a'.repeat(64)
const THIRD = 'b'.repeat(64)

interface SenderJson {
  state: string
  reason: { code: string; text: string } | null
}

describe('workers with different secrets', { timeout: 120_000 }, () => {
  let casement: Harness
  let env: Record<string, string>
  let wrong: RunningApp

  function startWorker(secret: string): Promise<RunningApp> {
    const { PORT, ...rest } = env
    const config = resolvedConfig({ ...rest, CASEMENT_SECRET: secret })
    return startApp({ config, roles: ['worker'], logger: quietLogger(), version: 'test', tokenBeatMs: BEAT_MS })
  }

  beforeAll(async () => {
    const reach = async (given: Record<string, string>) => {
      env = given
      return given
    }
    casement = await startHarness(lanesOnPostgres, { reach, tokenBeatMs: BEAT_MS })
    wrong = await startWorker(OTHER)
  })
  afterAll(async () => {
    await wrong.stop()
    await casement.close()
  })

  const sender = async () => (await casement.api<SenderJson>('GET', `/v1/senders/${casement.sender}`)).body
  const senderBecomes = (state: string) =>
    eventually(async () => {
      const seen = await sender()
      return seen.state === state ? seen : false
    }, PATIENCE)
  const send = () =>
    casement.enqueue({ to: `+${casement.stranger()}`, message: templateMessage(ORDER_UPDATE), priority: 'campaign' })
  const replaceToken = (sealed: string) =>
    casement.query(
      `update senders set sealed_access_token = $1, updated_at = updated_at + interval '1 millisecond' where phone_number_id = $2`,
      [sealed, casement.sender],
    )
  const sealedBy = (secret: string) =>
    createTokenVault([Buffer.from(secret, 'hex')]).seal(LINK.access_token, ofSender(LINK.phone_number_id))

  it('send a whole campaign, and none of it fails', async () => {
    const messages = Array.from({ length: 300 }, () => ({
      sender: casement.sender,
      to: `+${casement.stranger()}`,
      message: templateMessage(ORDER_UPDATE),
      priority: 'campaign',
    }))
    await casement.api('POST', '/v1/intents/batch', { intents: messages })
    const states = () =>
      casement.query<{ state: string; count: number }>('select state, count(*)::int as count from intents group by 1')
    await eventually(async () => {
      const seen = await states()
      return seen.length === 1 && seen[0]?.state === 'sent'
    }, PATIENCE)
    expect(await states()).toEqual([{ state: 'sent', count: 300 }])
    expect(await casement.query('select from attempts where outcome <> $1', ['accepted'])).toEqual([])
  })

  it('are ready only where they can open some token', async () => {
    expect(await wrong.services.notReady()).toEqual([expect.stringContaining('CASEMENT_SECRET')])
    expect(await casement.app.services.notReady()).toEqual([])
    expect((await wrong.services.metrics()).body).toContain('casement_unreadable_tokens 1')
    expect((await casement.app.services.metrics()).body).toContain('casement_unreadable_tokens 0')
  })

  it('restrict a number that none of them can open, until one comes that can', async () => {
    await replaceToken(sealedBy(THIRD))
    const { reason } = await senderBecomes('restricted')
    expect(reason).toMatchObject({ code: 'token_unreadable', text: expect.stringContaining('CASEMENT_SECRET') })
    const { id } = await send()
    expect(await casement.intentIn(id, 'held')).toMatchObject({ reason: { code: 'sender_account' }, attempts: [] })

    const right = await startWorker(THIRD)
    try {
      await senderBecomes('active')
      await casement.intentIn(id, 'sent')
    } finally {
      await right.stop()
    }
  })

  it('restrict a number again when the last that could open it has gone, and a new token cures it', async () => {
    await senderBecomes('restricted')
    const { id } = await send()
    await casement.api('PATCH', `/v1/senders/${casement.sender}`, { access_token: LINK.access_token })
    expect((await sender()).state).toBe('active')
    await casement.intentIn(id, 'sent')
  })

  it('tell a damaged token from a missing key, and wait for a new one', async () => {
    const [version, keyId] = sealedBy('0'.repeat(64)).split('.')
    await replaceToken(`${version}.${keyId}.AAAA`)
    const { id } = await send()
    await senderBecomes('restricted')
    expect(await casement.intentIn(id, 'held')).toMatchObject({ attempts: [] })
    await casement.api('PATCH', `/v1/senders/${casement.sender}`, { access_token: LINK.access_token })
    await casement.intentIn(id, 'sent')
  })

  it('have the API answer 503 to a drop-in client whose token it cannot open, and never 500', async () => {
    await replaceToken(sealedBy(THIRD))
    const { status, body } = await casement.api('GET', `/v25.0/${casement.sender}`)
    expect(status).toBe(503)
    expect(body).toMatchObject({ error: { code: 2, is_transient: true } })
    expect((await casement.api('POST', '/v1/templates/sync', { waba_id: LINK.waba_id })).status).toBe(503)
  })
})

describe('a process that cannot open the opt-outs of erased people', () => {
  let casement: Harness
  beforeAll(async () => {
    casement = await startHarness(lanesOnPostgres)
    const sealed = createTokenVault([Buffer.from(OTHER, 'hex')]).seal('a key', 'secret:opt_outs')
    await casement.query(`insert into sealed_secrets (name, sealed) values ('opt_outs', '${sealed}')`)
  })
  afterAll(() => casement.close())

  it('writes to no stranger, is not ready, and says that it passes', async () => {
    const message = { type: 'text', text: { body: 'Hi' } }
    const request = { sender: casement.sender, to: '+5511955500001', message, when_closed: 'hold' }
    const answer = await casement.api<{ error: { code: string } }>('POST', '/v1/intents', request)
    expect(answer).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } })
    expect((await fetch(`${casement.url}/readyz`)).status).toBe(503)
  })
})
