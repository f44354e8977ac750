import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { DAY_MS, HOUR_MS, SECOND_MS, text } from './fixtures.ts'

describe('a colleague who writes from the phone app', () => {
  let casement: Harness

  beforeAll(async () => {
    casement = await startHarness(lanesOnPostgres)
  })
  afterAll(() => casement.close())

  const echo = (more: object) => ({
    field: 'smb_message_echoes',
    value: {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '15550783881', phone_number_id: casement.sender },
      message_echoes: [{ from: '15550783881', timestamp: String(Math.floor(Date.now() / SECOND_MS)), ...more }],
    },
  })

  async function writes(customer: string, body: string, sentAtMs?: number): Promise<string> {
    const stamp = sentAtMs === undefined ? {} : { sent_at_ms: sentAtMs }
    const { wamid } = casement.sandbox.colleagues.writes(customer, { text: body, ...stamp })
    await casement.told()
    return wamid
  }

  const failedEvents = async () =>
    (await casement.api<{ data: unknown[] }>('GET', '/v1/webhook-events?state=failed')).body.data

  it('is part of the conversation', async () => {
    const customer = casement.stranger()
    const wamid = await writes(customer, 'Hi, Sam here.')
    const { messages } = await casement.conversation(customer)
    expect(messages).toMatchObject([
      {
        direction: 'outbound',
        wamid,
        type: 'text',
        text: 'Hi, Sam here.',
        status: 'sent',
        intent_id: null,
        by: { kind: 'phone_app', name: null },
      },
    ])
  })

  it('opens no window and lets nothing go', async () => {
    const customer = casement.stranger()
    const { id } = await casement.enqueue({ to: `+${customer}`, message: text('held'), when_closed: 'hold' })
    await casement.intentIn(id, 'held')
    await writes(customer, 'Hi.')
    const conversation = await casement.conversation(customer)
    expect(conversation.customer_service_window).toMatchObject({ open: false, expires_at: null })
    expect((await casement.intent(id)).state).toBe('held')
  })

  it('neither extends nor shortens a window that is open', async () => {
    const customer = casement.stranger()
    await casement.writes(customer, Date.now() - HOUR_MS)
    const before = (await casement.conversation(customer)).customer_service_window
    await writes(customer, 'Hi.')
    expect((await casement.conversation(customer)).customer_service_window).toEqual(before)
  })

  it('says nothing in words', async () => {
    const customer = casement.stranger()
    await writes(customer, 'STOP')
    expect((await casement.conversation(customer)).contact.marketing).toBe('unknown')
  })

  it('takes a place in the pair limit once, however often it is told, and none when it is told late', async () => {
    const [now, late] = [casement.stranger(), casement.stranger()]
    const bucketOf = async (customer: string) => {
      const [bucket] = await casement.query<{ ms: number }>(
        `select extract(epoch from b.empties_at - casement_now())::float8 * 1000 as ms from pair_buckets b
         join conversations v on v.id = b.conversation_id join contact_identities i using (contact_id) where i.value = $1`,
        [customer],
      )
      return bucket?.ms ?? 0
    }
    const told = echo({ id: `wamid.echo${now}`, to: now, type: 'text', text: { body: 'Hi.' } })
    for (let time = 0; time < 3; time += 1) await casement.webhook(told)
    await writes(late, 'Hi.', Date.now() - DAY_MS)
    expect(await bucketOf(now)).toBeLessThanOrEqual(6 * SECOND_MS)
    expect(await bucketOf(late)).toBeLessThan(0)
    expect((await casement.conversation(now)).messages).toHaveLength(1)
  })

  it('keeps what we know of a message of ours that is echoed', async () => {
    const customer = casement.stranger()
    await casement.writes(customer)
    const { id } = await casement.enqueue({ to: `+${customer}`, message: text('ours') })
    const { wamid } = await casement.intentIn(id, 'sent')
    await casement.webhook(echo({ id: wamid, to: customer, type: 'text', text: { body: 'echoed' } }))
    await casement.told()
    const { messages } = await casement.conversation(customer)
    expect(messages.map((message) => message.text).sort()).toEqual(['Hello', 'ours'])
  })

  it('to somebody known by BSUID alone, with media, is shown', async () => {
    const user = 'BR.77001122334455667788'
    await casement.webhook(
      echo({ id: 'wamid.media', to_user_id: user, type: 'image', image: { id: '1', caption: 'The plant' } }),
    )
    await casement.told()
    expect((await casement.conversation(user)).messages).toMatchObject([
      { type: 'image', text: 'The plant', by: { kind: 'phone_app' } },
    ])
  })

  it('is none for a number that is not linked, for edits, and for what cannot be read', async () => {
    const customer = casement.stranger()
    const elsewhere = echo({ id: 'wamid.elsewhere', to: customer, type: 'text', text: { body: 'Hi.' } })
    elsewhere.value.metadata.phone_number_id = '1999'
    await casement.webhook(elsewhere)
    await casement.webhook(
      echo({ id: 'wamid.edit', to: customer, type: 'edit', edit: { original_message_id: 'x' } }),
      echo({ id: 'wamid.nobody', type: 'text', text: { body: 'Hi.' } }),
      echo({ to: customer, type: 'text' }),
      { field: 'smb_message_echoes', value: { message_echoes: 'none' } },
      { field: 'history', value: { history: [{ threads: [{ id: customer, messages: [{ id: 1 }] }] }] } },
      { field: 'smb_app_state_sync', value: { state_sync: [null, { type: 'contact' }] } },
    )
    await casement.told()
    expect(await failedEvents()).toEqual([])
    expect((await casement.api('GET', `/v1/conversations/${casement.sender}/${customer}`)).status).toBe(404)
  })

  it('what customers write meanwhile to another responder opens the window', async () => {
    const customer = casement.stranger()
    casement.sandbox.colleagues.takeOver(customer, { silently: true })
    await casement.writes(customer)
    expect((await casement.conversation(customer)).customer_service_window.open).toBe(true)
  })
})
