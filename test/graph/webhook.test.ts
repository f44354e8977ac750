import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAttemptId } from '../../src/domain/ids.ts'
import { parseWebhook, readWebhookBody, verifySignature, type WebhookEvent } from '../../src/graph/webhook.ts'

function bytes(file: string): Buffer {
  return readFileSync(new URL(`../fixtures/webhooks/${file}`, import.meta.url))
}

/** One line with every non-ASCII character escaped, as Meta signs it; the name keeps formatters away from it. */
const ESCAPED = bytes('escaped.bytes')

function events(name: string): WebhookEvent[] {
  return parseWebhook(readWebhookBody(bytes(`${name}.json`)))
}

function only<K extends WebhookEvent['kind']>(list: WebhookEvent[], kind: K): Extract<WebhookEvent, { kind: K }>[] {
  return list.filter((event): event is Extract<WebhookEvent, { kind: K }> => event.kind === kind)
}

function sign(body: Buffer, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}

describe('verifySignature', () => {
  const body = ESCAPED

  it('accepts the bytes as they came, escapes included', () => {
    expect(verifySignature(body, sign(body, 'app-secret'), ['app-secret'])).toBe(true)
  })

  it('refuses JSON that was parsed and written again', () => {
    const rewritten = Buffer.from(JSON.stringify(JSON.parse(body.toString())))
    expect(verifySignature(rewritten, sign(body, 'app-secret'), ['app-secret'])).toBe(false)
  })

  it('accepts any of several secrets while one is being rotated', () => {
    expect(verifySignature(body, sign(body, 'old'), ['new', 'old'])).toBe(true)
    expect(verifySignature(body, sign(body, 'older'), ['new', 'old'])).toBe(false)
  })

  it('takes hexadecimal in either case', () => {
    const header = `sha256=${sign(body, 's').slice(7).toUpperCase()}`
    expect(verifySignature(body, header, ['s'])).toBe(true)
  })

  it.each([undefined, '', 'sha256=', 'sha256=abc', `sha1=${'a'.repeat(40)}`, 'a'.repeat(64)])(
    'refuses %j',
    (header) => {
      expect(verifySignature(body, header, ['s'])).toBe(false)
    },
  )

  it('refuses everything when no secret, or an empty one, is set', () => {
    expect(verifySignature(body, sign(body, ''), [''])).toBe(false)
    expect(verifySignature(body, sign(body, 's'), [])).toBe(false)
  })

  it('accepts its own signature for any body and no other', () => {
    const someBytes = fc.uint8Array().map((b) => Buffer.from(b))
    const secret = fc.string({ minLength: 1 })
    fc.assert(
      fc.property(someBytes, secret, secret, (raw, right, wrong) => {
        expect(verifySignature(raw, sign(raw, right), [right])).toBe(true)
        if (wrong !== right) expect(verifySignature(raw, sign(raw, right), [wrong])).toBe(false)
      }),
    )
  })
})

describe('readWebhookBody', () => {
  it('keeps an id that is too long for a double', () => {
    const raw = Buffer.from('{"message_template_id":12345678901234567891,"n":1.5,"short":7}')
    expect(readWebhookBody(raw)).toEqual({ message_template_id: '12345678901234567891', n: 1.5, short: 7 })
  })

  it('reads escaped text', () => {
    const [message] = only(parseWebhook(readWebhookBody(ESCAPED)), 'inbound_message')
    expect(message?.text).toBe('Olá, tudo bem? 👋 São Paulo/SP')
    expect(message?.sender.profileName).toBe('João Exemplo')
  })

  it('throws on what is no JSON', () => {
    expect(() => readWebhookBody(Buffer.from('<html>'))).toThrow(SyntaxError)
  })
})

describe('inbound messages', () => {
  it('reads sender, time, text and what it answers', () => {
    expect(events('text')).toMatchObject([
      {
        kind: 'inbound_message',
        wabaId: '200000000000001',
        phoneNumberId: '100000000000001',
        wamid: 'wamid.T1',
        at: 1_795_000_000_000,
        sender: {
          waId: '491555000101',
          bsuid: 'DE.1001A',
          parentBsuid: 'DE.ENT.9001A',
          profileName: 'Marta Beispiel',
          username: 'marta.b',
        },
        type: 'text',
        opensWindow: true,
        text: 'Is the blue one in stock?',
        contextWamid: 'wamid.OUT1',
        referral: null,
        reply: null,
      },
    ])
  })

  it('reads the ad somebody came from, with or without a click id', () => {
    const [first, second] = only(events('ad-referral'), 'inbound_message')
    expect(first?.referral).toEqual({
      sourceType: 'ad',
      sourceId: '120000000000001',
      sourceUrl: 'https://fb.example/ad',
      ctwaClid: 'Aclid1',
      headline: 'Chat with us',
    })
    expect(second?.referral).toMatchObject({ sourceType: 'ad', ctwaClid: null })
  })

  it('knows a person with a username by BSUID alone', () => {
    expect(only(events('username-only'), 'inbound_message')[0]?.sender).toEqual({
      waId: null,
      bsuid: 'BR.2002B',
      parentBsuid: null,
      profileName: 'Zeca Exemplo',
      username: 'zeca',
    })
  })

  it('reads taps on template buttons, reply buttons and list rows', () => {
    const messages = only(events('replies'), 'inbound_message')
    expect(messages.map((m) => m.reply)).toEqual([
      { payload: 'KEEP_GOING', text: 'Yes, please', id: null },
      { payload: 'opt-1', text: 'Option one', id: 'opt-1' },
      { payload: 'row-7', text: 'Row seven', id: 'row-7' },
      null,
    ])
    expect(messages.every((m) => m.opensWindow)).toBe(true)
    expect(messages[0]?.text).toBe('Yes, please')
  })

  it('opens no window by reactions, unsupported, edits, revocations, system notices, groups or unknown kinds', () => {
    const messages = only(events('not-opening'), 'inbound_message')
    expect(messages).toHaveLength(8)
    expect(messages.filter((m) => m.opensWindow)).toEqual([])
    expect(messages.find((m) => m.wamid === 'wamid.N7')?.groupId).toBe('grp-1')
  })

  it.each(['text', 'image', 'video', 'audio', 'document', 'sticker', 'location', 'contacts', 'button', 'order'])(
    'opens the window by %s',
    (type) => {
      const message = { from: '491555000101', id: 'wamid.X', timestamp: '1795000000', type }
      const value = { metadata: { phone_number_id: '1' }, messages: [message] }
      expect(parseWebhook({ entry: [{ changes: [{ field: 'messages', value }] }] })).toMatchObject([
        { opensWindow: true },
      ])
    },
  )

  it('says who changed number, from what to what', () => {
    const [byNumber, byId] = only(events('number-changed'), 'number_changed')
    expect(byNumber).toMatchObject({
      previous: { waId: '491555000101', bsuid: 'DE.1001A' },
      current: { waId: '491555000199', bsuid: 'DE.1099A' },
    })
    expect(byId).toMatchObject({
      previous: { waId: null, bsuid: 'DE.1099A', parentBsuid: 'DE.ENT.2A' },
      current: { waId: null, bsuid: 'DE.1100A', parentBsuid: 'DE.ENT.1A' },
    })
  })
})

describe('statuses', () => {
  it('reads the free entry point that Meta confirms', () => {
    expect(only(events('statuses'), 'status')[0]).toMatchObject({
      status: 'sent',
      pricing: { type: 'free_entry_point', category: 'referral_conversion', billable: false, model: 'PMP' },
      conversation: { id: 'c-1', originType: 'referral_conversion', expiresAt: 1_795_604_800_000 },
    })
  })

  it('reads a service message within the free tier', () => {
    expect(only(events('statuses'), 'status')[1]?.pricing?.type).toBe('free_customer_service')
  })

  it('does without pricing, without billable and without conversation', () => {
    const [, , read, played] = only(events('statuses'), 'status')
    expect(read).toMatchObject({ status: 'read', pricing: null, conversation: null })
    expect(played).toMatchObject({ status: 'played', at: 1_795_000_603_000, pricing: { billable: null } })
  })

  it('carries our attempt id back, alone or before a client value', () => {
    const opaques = only(events('statuses'), 'status').map((s) => parseAttemptId(s.opaque)?.number ?? null)
    expect(opaques).toEqual([1, 1, null, null, null])
  })

  it('reads why a message failed', () => {
    expect(only(events('statuses'), 'status')[4]?.errors).toEqual([
      {
        code: 131047,
        subcode: null,
        isTransient: false,
        httpStatus: null,
        details: 'Message failed to send because more than 24 hours have passed',
        via: 'webhook',
      },
    ])
  })

  it('keeps strange words, missing recipients and impossible times', () => {
    const statuses = only(events('odd-statuses'), 'status')
    expect(statuses.map((s) => [s.wamid, s.status, s.waId, s.bsuid, s.at])).toEqual([
      ['wamid.O1', 'in_orbit', '491555000101', null, 1_795_000_700_000],
      ['wamid.O2', 'delivered', null, 'BR.2002B', 1_795_000_701_000],
      ['wamid.O3', 'delivered', null, 'BR.2002B', 1_795_000_702_000],
      ['wamid.O4', 'sent', '491555000101', null, null],
      ['wamid.O5', 'failed', null, null, null],
      ['wamid.O6', 'read', '491555000101', null, 1_795_000_704_000],
    ])
    expect(statuses[3]).toMatchObject({ pricing: null, conversation: null })
    expect(statuses[4]?.errors.map((e) => [e.code, e.details])).toEqual([
      [132015, 'Template is paused'],
      [null, 'Strange'],
    ])
  })
})

describe('batches', () => {
  it('reads every good item around the bad ones, in order', () => {
    const list = events('batch')
    expect(list.map((e) => (e.kind === 'inbound_message' || e.kind === 'status' ? e.wamid : e.kind))).toEqual([
      'wamid.B1',
      'malformed',
      'malformed',
      'malformed',
      'wamid.B3',
      'malformed',
      'wamid.B4',
      'malformed',
      'unknown',
      'unknown',
      'wamid.B5',
    ])
  })

  it('gives every event the account and number it came from', () => {
    const [last] = only(events('batch'), 'status').slice(-1)
    expect(last).toMatchObject({ wabaId: '200000000000002', phoneNumberId: '100000000000002' })
  })

  it('matches each sender with their own contact entry', () => {
    const names = only(events('batch'), 'inbound_message').map((m) => m.sender.profileName)
    expect(names).toEqual(['Marta Beispiel', 'Otto Muster'])
  })

  it('keeps a field it does not know', () => {
    expect(only(events('batch'), 'unknown')[0]).toMatchObject({ field: 'moon_phase', value: { phase: 'full' } })
  })
})

describe('calls', () => {
  const calls = only(events('calls'), 'call')

  it('opens the window by a customer call, answered or not', () => {
    expect(calls.slice(0, 2).map((c) => [c.event, c.direction, c.opensWindow, c.at])).toEqual([
      ['connect', 'user_initiated', true, 1_795_000_900_000],
      ['terminate', 'user_initiated', true, 1_795_000_960_000],
    ])
  })

  it('finds the customer whichever side stands in from', () => {
    expect(calls[2]).toMatchObject({ direction: 'user_initiated', customer: { waId: '491555000101' } })
    expect(calls[3]).toMatchObject({ direction: 'business_initiated', customer: { waId: '491555000101' } })
  })

  it('opens the window by a call of ours only when it was accepted, from its start', () => {
    expect(calls.slice(3).map((c) => [c.callId, c.event, c.opensWindow, c.at])).toEqual([
      ['wacid.C3', 'connect', false, 1_795_001_000_000],
      ['wacid.C3', 'terminate', true, 1_795_001_010_000],
      ['wacid.C4', 'terminate', false, 1_795_001_190_000],
      ['wacid.C3', 'RINGING', false, 1_795_001_001_000],
      ['wacid.C3', 'ACCEPTED', true, 1_795_001_010_000],
    ])
  })

  it('does not guess between two people who might have called', () => {
    expect(only(events('calls'), 'malformed').map((e) => e.why)).toEqual(['a call without customer'])
  })
})

describe('account events', () => {
  it('reads marketing preferences by number or BSUID', () => {
    const list = events('preferences')
    expect(only(list, 'user_preference').map((p) => [p.value, p.customer.waId, p.customer.bsuid, p.at])).toEqual([
      ['stop', '491555000101', 'DE.1001A', 1_795_001_300_000],
      ['resume', null, 'BR.2002B', 1_795_001_301_000],
    ])
    expect(only(list, 'malformed')).toHaveLength(1)
  })

  it('reads template status, with the language as the API writes it', () => {
    expect(only(events('account'), 'template_status')).toMatchObject([
      {
        templateId: '1689556908129835',
        name: 'keep_helping',
        language: 'en_US',
        status: 'PAUSED',
        category: 'UTILITY',
        reason: null,
        title: 'FIRST_PAUSE',
        at: 1_795_000_000_000,
      },
    ])
  })

  it('tells an announced category from a changed one', () => {
    expect(
      only(events('account'), 'template_category').map((e) => [e.category, e.previousCategory, e.upcomingCategory]),
    ).toEqual([
      ['UTILITY', null, 'MARKETING'],
      ['MARKETING', 'UTILITY', null],
    ])
  })

  it('reads template quality', () => {
    expect(only(events('account'), 'template_quality')).toMatchObject([
      { quality: 'RED', previousQuality: 'GREEN', language: 'pt_BR', templateId: '31' },
    ])
  })

  it('reads restrictions and bans', () => {
    const [restricted, banned] = only(events('account'), 'account_update')
    expect(restricted?.restrictions).toEqual([
      { type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiresAt: 1_795_090_000_000 },
      { type: 'RESTRICTED_ADD_PHONE_NUMBER_ACTION', expiresAt: null },
    ])
    expect(banned).toMatchObject({ banState: 'SCHEDULE_FOR_DISABLE', displayPhoneNumber: '15550100001' })
  })

  const priced = (value: object) =>
    only(
      parseWebhook({ entry: [{ id: '1', time: 1_795_000_000, changes: [{ field: 'account_update', value }] }] }),
      'account_update',
    )[0]

  it('reads what changes what messages cost', () => {
    const told = {
      tier_update_time: 1_743_451_903,
      pricing_category: 'UTILITY',
      effective_month: '2026-11',
      region: 'India',
    }
    const tier = (info: object) =>
      priced({ event: 'VOLUME_BASED_PRICING_TIER_UPDATE', volume_tier_info: info })?.volumeTier
    const seen = { category: 'UTILITY', region: 'India', month: '2026-11', from: 25_000_001, at: 1_743_451_903_000 }
    expect(tier({ ...told, tier: '25000001:50000000' })).toEqual(seen)
    expect(tier({ ...told, tier: '25000001:MAX', tier_update_time: '1743451903' })).toEqual(seen)
    for (const odd of [
      { tier: 'TIER_2' },
      { tier: '1:2', effective_month: '2026-13' },
      { tier: 7 },
      { tier: '1:2', region: null },
    ]) {
      expect(tier({ ...told, ...odd })).toBeNull()
    }
    const exceptions = [{ country_code: 'ID', start_time: 1_795_000_060 }, { country_code: 'id' }, null, 'ID']
    expect(
      priced({
        event: 'AUTH_INTL_PRICE_ELIGIBILITY_UPDATE',
        auth_international_rate_eligibility: { start_time: 1_795_000_000, exception_countries: exceptions },
      })?.international,
    ).toEqual({ from: 1_795_000_000_000, exceptions: [{ country: 'ID', from: 1_795_000_060_000 }] })
    expect(priced({ event: 'BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE', country: 'BR' })?.homeCountry).toBe('BR')
    expect(priced({ event: 'ACCOUNT_VIOLATION', country: 'BR' })).toMatchObject({
      homeCountry: null,
      international: null,
    })
  })

  it('reads messaging limits in each of their spellings', () => {
    const list = events('account')
    expect(only(list, 'phone_quality').map((e) => e.messagingLimit)).toEqual([Number.POSITIVE_INFINITY, 2_000])
    expect(only(list, 'capability_update').map((e) => e.messagingLimit)).toEqual([10_000])
  })

  it('reads errors that belong to no message', () => {
    expect(only(events('account'), 'account_errors')).toMatchObject([
      { errors: [{ code: 130429, details: 'slow down' }] },
    ])
  })
})

describe('parseWebhook', () => {
  it.each([null, undefined, 7, 'text', [], {}, { entry: 'no' }])('calls %j malformed', (raw) => {
    expect(parseWebhook(raw)).toMatchObject([{ kind: 'malformed' }])
  })

  it('never throws and never loses an item, whatever stands in it', () => {
    const fields = [
      'messages',
      'calls',
      'user_preferences',
      'account_update',
      'message_template_status_update',
      '__proto__',
    ]
    const listed = fc.array(fc.jsonValue(), { maxLength: 4 })
    const item = fc.dictionary(
      fc.constantFrom('id', 'from', 'type', 'status', 'event', 'errors', 'system'),
      fc.jsonValue(),
    )
    const items = fc.array(fc.oneof(fc.jsonValue(), item), { maxLength: 5 })
    const value = fc.record({ messages: items, contacts: listed, metadata: fc.jsonValue() })
    fc.assert(
      fc.property(fc.constantFrom(...fields), value, (field, v) => {
        const list = parseWebhook({ entry: [{ id: '1', changes: [{ field, value: v }] }] })
        if (field === 'messages' && v.messages.length > 0) expect(list).toHaveLength(v.messages.length)
        else expect(list).toHaveLength(1)
      }),
    )
  })
})
