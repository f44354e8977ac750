import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, type IntentJson, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { text } from './fixtures.ts'

/*
 * Verified payloads that nobody expects. Whatever was signed is stored and acknowledged, for Meta would send it again for a week; then it
 * is applied, or kept aside with its error, and stops nobody.
 */

interface WebhookEventJson {
  id: string
  state: string
  error: string | null
  tries: number
  payload: unknown
}

let casement: Harness
beforeAll(async () => {
  casement = await startHarness(lanesOnPostgres)
})
afterAll(() => casement.close())

const nowS = () => Math.floor(Date.now() / 1_000)
const metadata = () => ({ display_phone_number: '15550783881', phone_number_id: casement.sender })
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

async function listed(state = ''): Promise<WebhookEventJson[]> {
  const query = state === '' ? '' : `?state=${state}&limit=100`
  const { status, body } = await casement.api<{ data: WebhookEventJson[] }>('GET', `/v1/webhook-events${query}`)
  expect(status).toBe(200)
  return body.data
}

/** What became of the newest event, once nothing is pending. */
async function fate(): Promise<Pick<WebhookEventJson, 'id' | 'state' | 'error' | 'tries'>> {
  await casement.told()
  const [event] = await casement.query<WebhookEventJson>(
    'select id::text as event, state, error, tries, id::text from webhook_events e order by e.id desc limit 1',
  )
  if (!event) throw new Error('expected a webhook event')
  return event
}

async function sent(): Promise<IntentJson> {
  const customer = casement.stranger()
  await casement.writes(customer)
  const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi') })
  await casement.intentIn(id, 'sent')
  await casement.told()
  return casement.intent(id)
}

const replay = (id: string) => casement.api<WebhookEventJson>('POST', `/v1/webhook-events/${id}/replay`)

describe('a verified payload of a strange kind', () => {
  /** Around a message of a customer, written by hand: no library would spell it like this. */
  const envelope = (message: string, more = '') =>
    `{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"field":"messages","value":` +
    `{"metadata":${JSON.stringify(metadata())}${more},"messages":[${message}]}}]}]}`
  const inbound = (from: string, more = '') =>
    `{"from":"${from}","id":"wamid.strange.${from}","timestamp":"${nowS()}","type":"text","text":{"body":"Hi"}${more}}`

  const applied: [string, (from: string) => string | Buffer][] = [
    ['U+0000 in a text and in a key', (from) => envelope(inbound(from, ',"a\\u0000b":"c\\u0000d"'))],
    ['zero bytes', (from) => envelope(inbound(from, ',"caption":"a\0b"'))],
    ['half an emoji', (from) => envelope(inbound(from, ',"caption":"\\ud83d","\\udc00":1'))],
    [
      'keys that mean something in JavaScript',
      (from) => envelope(inbound(from, ',"__proto__":{"type":"x"},"constructor":{"prototype":1},"toString":"no"')),
    ],
    ['the same key twice', (from) => envelope(inbound(from, ',"type":"image","type":"text"'))],
    [
      'numbers that no number can hold',
      (from) => envelope(inbound(from, ',"a":1e400,"b":-1e400,"c":123456789012345678901234567890,"d":0.1e-400')),
    ],
    ['a list nested a hundred deep', (from) => envelope(inbound(from, `,"a":${nested(100)}`))],
    ['a text of a megabyte', (from) => envelope(inbound(from, `,"caption":"${'x'.repeat(1_000_000)}"`))],
    ['ten thousand items nobody can read', (from) => envelope(`${'{},'.repeat(10_000)}${inbound(from)}`)],
    ['blanks and line ends', (from) => `\r\n\t ${envelope(inbound(from)).replaceAll(',', ' ,\n')} \n`],
    [
      'contacts that are none',
      (from) => envelope(inbound(from), ',"contacts":[null,7,"x",{"profile":[]},{"wa_id":{},"user_id":[]}]'),
    ],
    ['bytes that are no UTF-8', (from) => Buffer.from(envelope(inbound(from, ',"caption":"\u00ff\u00fe"')), 'latin1')],
    [
      'beside a limit that no column can hold',
      (from) =>
        envelope(inbound(from)).replace(
          '"changes":[',
          '"changes":[{"field":"business_capability_update","value":{"max_daily_conversations_per_business":99999999999}},' +
            '{"field":"phone_number_quality_update","value":{"current_limit":"TIER_99999999999K"}},',
        ),
    ],
  ]

  it.each(applied)('is applied: %s', async (_kind, payload) => {
    const customer = casement.stranger()
    expect(await casement.post(payload(customer))).toBe(200)
    expect(await fate()).toMatchObject({ state: 'applied', error: null })
    expect((await casement.conversation(customer)).customer_service_window.open).toBe(true)
  })

  it('is applied: our own data with the number of an attempt that no column can hold', async () => {
    const value = { metadata: metadata(), statuses: [0, 1, 32_767, 32_768, 99_999].map(statusOfAttempt) }
    expect(await casement.webhook({ field: 'messages', value })).toBe(200)
    expect(await fate()).toMatchObject({ state: 'applied', error: null })
  })

  it('is applied: a failure with a code that no column can hold', async () => {
    const { id, wamid } = await sent()
    const errors = [{ code: 99_999_999_999, title: 'Strange' }]
    const status = { id: wamid, status: 'failed', timestamp: String(nowS()), errors }
    await casement.query(`update messages set status = 'sent', delivered_at = null where wamid = $1`, [wamid])
    expect(await casement.webhook({ field: 'messages', value: { metadata: metadata(), statuses: [status] } })).toBe(200)
    expect(await casement.intentIn(id, 'failed')).toMatchObject({ reason: { code: 'graph_refused' } })
  })

  function statusOfAttempt(number: number): object {
    const opaque = `01a2032d-642b-7255-ad30-311008bf0cdf.${number}`
    return { id: `wamid.${number}`, status: 'sent', timestamp: String(nowS()), biz_opaque_callback_data: opaque }
  }

  const keptAside: [string, () => string][] = [
    ['no JSON', () => '<html>'],
    ['nothing at all', () => ''],
    ['a message nested deeper than anybody follows', () => envelope(inbound('15501', `,"a":${nested(200_000)}`))],
    [
      'the same with a long number',
      () => envelope(inbound('15502', `,"n":1234567890123456789,"a":${nested(100_000)}`)),
    ],
    [
      'an id longer than the database indexes',
      () => envelope(inbound('15503').replace('wamid.strange', incompressible())),
    ],
  ]

  it.each(keptAside)('is kept aside with its error, also when it is replayed: %s', async (_kind, payload) => {
    expect(await casement.post(payload())).toBe(200)
    const event = await fate()
    expect(event).toMatchObject({ state: 'failed', tries: 1 })
    expect(event.error).toMatch(/./)
    expect((await listed('failed')).map(({ id }) => id)).toContain(event.id)
    expect((await replay(event.id)).status).toBe(200)
    expect(await fate()).toMatchObject({ id: event.id, state: 'failed', tries: 1 })
  })

  it('can be listed as text when it is nested too deep to be written out again', async () => {
    const payload = `{"entry":[],"a":${nested(8_000)}}`
    expect(await casement.post(payload)).toBe(200)
    const { id } = await fate()
    expect((await listed()).find((event) => event.id === id)?.payload).toBe(payload)
  })

  function incompressible(): string {
    let state = 1
    const digits = Array.from({ length: 20_000 }, () => {
      state = (state * 48_271) % 2_147_483_647
      return state % 10
    })
    return digits.join('')
  }
})

describe('a payload that meets a fault of ours', () => {
  const CAUSE = 'poisoned on purpose'

  const read = ({ wamid }: IntentJson) => {
    const status = { id: wamid, status: 'read', timestamp: String(nowS()) }
    return casement.webhook({ field: 'messages', value: { metadata: metadata(), statuses: [status] } })
  }

  const deliveryOf = async ({ id }: IntentJson) => (await casement.intent(id)).delivery_status

  it('is kept aside while its neighbours are applied, and applied when it is replayed after the cure', async () => {
    const [poisoned, ...neighbours] = await Promise.all([sent(), sent(), sent(), sent()] as const)
    await casement.query(
      `create function poison() returns trigger language plpgsql as $$ begin raise exception '${CAUSE}'; end $$`,
    )
    await casement.query(
      `create trigger poison before update on messages for each row when (new.wamid = '${poisoned.wamid}') execute function poison()`,
    )
    const answers = await Promise.all([neighbours[0], poisoned, ...neighbours].map((one) => read(one)))
    expect(new Set(answers)).toEqual(new Set([200]))

    await casement.told()
    for (const neighbour of neighbours) expect(await deliveryOf(neighbour)).toBe('read')
    expect(await deliveryOf(poisoned)).toBe('delivered')
    const [event] = (await listed('failed')).filter(({ error }) => error === CAUSE)
    if (!event) throw new Error('expected the poisoned event to be kept aside')

    expect((await replay(event.id)).body).toMatchObject({ state: 'pending', tries: 0, error: null })
    await casement.told()
    expect(await listed('failed')).toContainEqual(expect.objectContaining({ id: event.id, error: CAUSE, tries: 1 }))

    await casement.query('drop trigger poison on messages')
    expect((await replay(event.id)).status).toBe(200)
    await casement.told()
    expect(await deliveryOf(poisoned)).toBe('read')
    expect((await listed('failed')).map(({ id }) => id)).not.toContain(event.id)
  })
})
