import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attemptId, type IntentId, type Wamid } from '../../../src/domain/ids.ts'
import { type DropInMessage, type DropInMessages, namedMessages, rewriteIds } from '../../../src/domain/passing.ts'
import { jsonText, space } from './json-arbitraries.ts'

const INTENT = '0192f1c0-7a5b-7cc2-9d3e-2f1a4b5c6d7e' as IntentId
const OTHER = '0192f1c0-7a5b-7cc2-9d3e-000000000000' as IntentId
const WAMID = 'wamid.HBgNNTUxMQ==' as Wamid
const STRANGE = 'wamid.of-another' as Wamid
const BESIDE = `"casement":{"wamid":"${WAMID}","intent":"${INTENT}"}`

const NOBODY: DropInMessages = { wamids: new Map(), intents: new Map() }
const byWamid = (opaque: string | null = null): DropInMessages => ({
  ...NOBODY,
  wamids: new Map<Wamid, DropInMessage>([[WAMID, { intent: INTENT, opaque }]]),
})
const byIntent = (opaque: string | null = null): DropInMessages => ({
  ...NOBODY,
  intents: new Map([[INTENT, { intent: INTENT, opaque }]]),
})

const payload = (value: string) =>
  `{"object":"whatsapp_business_account","entry":[{"id":"10","changes":[{"value":${value},"field":"messages"}]}]}`
const statuses = (...items: string[]) => payload(`{"messaging_product":"whatsapp","statuses":[${items.join(',')}]}`)
const messages = (...items: string[]) => payload(`{"messages":[${items.join(',')}]}`)
const attempt = attemptId(INTENT, 2)

describe('rewriteIds', () => {
  it('tells a status by the id that the client knows, with its own data and Meta’s id beside', () => {
    const text = statuses(`{"id":"${WAMID}","status":"sent","biz_opaque_callback_data":"${attempt} order-17"}`)
    const told = statuses(`{"id":"${INTENT}",${BESIDE},"status":"sent","biz_opaque_callback_data":"order-17"}`)
    expect(rewriteIds(text, byWamid('order-17'))).toBe(told)
    expect(rewriteIds(text, byIntent('order-17'))).toBe(told)
  })

  it('leaves the data out where the client gave none', () => {
    const text = (opaque: string) => statuses(`{"status":"sent"${opaque},"id":"${WAMID}","errors":[]}`)
    const told = statuses(`{"status":"sent","id":"${INTENT}",${BESIDE},"errors":[]}`)
    expect(rewriteIds(text(`,"biz_opaque_callback_data":"${attempt}"`), byWamid())).toBe(told)
    expect(rewriteIds(text(''), byWamid())).toBe(told)
    const first = statuses(`{"biz_opaque_callback_data":"${attempt}","id":"${WAMID}"}`)
    expect(rewriteIds(first, byWamid())).toBe(statuses(`{"id":"${INTENT}",${BESIDE}}`))
    const last = statuses(`{"id":"${WAMID}","biz_opaque_callback_data":"${attempt}"}`)
    expect(rewriteIds(last, byWamid())).toBe(statuses(`{"id":"${INTENT}",${BESIDE}}`))
  })

  it('puts the data back where Meta did not bring it', () => {
    expect(rewriteIds(statuses(`{"id":"${WAMID}"}`), byWamid('Olá 😀'))).toBe(
      statuses(`{"id":"${INTENT}",${BESIDE},"biz_opaque_callback_data":"Ol\\u00e1 \\ud83d\\ude00"}`),
    )
    expect(
      rewriteIds(statuses(`{"id":"${WAMID}","biz_opaque_callback_data":"of somebody else"}`), byWamid('own')),
    ).toBe(statuses(`{"id":"${INTENT}",${BESIDE},"biz_opaque_callback_data":"own"}`))
  })

  it('gives data with spaces and signs back as they were', () => {
    const text = statuses(`{"id":"${WAMID}","biz_opaque_callback_data":"${attempt}  a \\u00e9\\/ \\"b"}`)
    expect(rewriteIds(text, byWamid(' a é/ "b'))).toBe(
      statuses(`{"id":"${INTENT}",${BESIDE},"biz_opaque_callback_data":" a \\u00e9/ \\"b"}`),
    )
  })

  it('gives back whole what Meta had no room for behind an attempt’s id', () => {
    const own = 'x'.repeat(512)
    const text = statuses(`{"id":"${WAMID}","biz_opaque_callback_data":"${`${attempt} ${own}`.slice(0, 512)}"}`)
    expect(rewriteIds(text, byWamid(own))).toBe(
      statuses(`{"id":"${INTENT}",${BESIDE},"biz_opaque_callback_data":"${own}"}`),
    )
  })

  it('tells quotes, taps and reactions by the id that the client knows', () => {
    const text = messages(
      `{"from":"55","id":"wamid.in","context":{"from":"1","id":"${WAMID}"},"type":"button","button":{"text":"Yes"}}`,
      `{"id":"wamid.in2","reaction":{"message_id":"${WAMID}","emoji":"\\ud83d\\udc4d"},"type":"reaction"}`,
    )
    expect(rewriteIds(text, byWamid())).toBe(
      messages(
        `{"from":"55","id":"wamid.in","context":{"from":"1","id":"${INTENT}",${BESIDE}},"type":"button","button":{"text":"Yes"}}`,
        `{"id":"wamid.in2","reaction":{"message_id":"${INTENT}",${BESIDE},"emoji":"\\ud83d\\udc4d"},"type":"reaction"}`,
      ),
    )
  })

  it('tells what others in the conversation say about the client’s messages', () => {
    const message = (id: string) => `{"id":"wamid.in","context":{"id":${id}}}`
    for (const value of [
      (one: string) => `{"standby":{"messages":[${one}]}}`,
      (one: string) => `{"message_echoes":[${one}]}`,
    ]) {
      expect(rewriteIds(payload(value(message(`"${WAMID}"`))), byWamid())).toBe(
        payload(value(message(`"${INTENT}",${BESIDE}`))),
      )
    }
  })

  it('leaves all that did not come through the drop-in as it is', () => {
    const text = statuses(
      `{"id":"${STRANGE}","biz_opaque_callback_data":"${attemptId(OTHER, 1)} own"}`,
      `{"id":"${WAMID}"}`,
    )
    expect(rewriteIds(text, NOBODY)).toBe(text)
    expect(rewriteIds(text, byWamid())).toBe(text.replace(`{"id":"${WAMID}"}`, `{"id":"${INTENT}",${BESIDE}}`))
    // The id of a message that a customer wrote is Meta's, as is everything that merely looks like one of ours.
    const inbound = messages(`{"id":"${WAMID}","text":{"body":"${WAMID}"},"other":{"id":"${WAMID}"}}`)
    expect(rewriteIds(inbound, byWamid())).toBe(inbound)
    for (const odd of ['', '{', `["${WAMID}"]`, payload('[1]'), statuses('1', 'null', '{"id":7}', '{"id":""}')]) {
      expect(rewriteIds(odd, byWamid())).toBe(odd)
    }
  })

  it('takes the last of what stands twice', () => {
    const text = statuses(
      `{"biz_opaque_callback_data":"${attemptId(OTHER, 1)}","biz_opaque_callback_data":"${attempt}","id":"${STRANGE}","id":"${WAMID}"}`,
    )
    expect(rewriteIds(text, byWamid())).toBe(statuses(`{"id":"${INTENT}",${BESIDE}}`))
    expect(rewriteIds(text, NOBODY)).toBe(text)
  })

  /** Members in any order and with any others between them; what is to change is written by the test, twice. */
  const status = (own: string | null) =>
    fc
      .record({
        wamid: fc.constantFrom(WAMID, STRANGE),
        others: fc.array(fc.tuple(fc.constantFrom('a', 'status', 'context', 'casement'), jsonText), { maxLength: 3 }),
        order: fc.array(fc.nat(), { minLength: 6, maxLength: 6 }),
        gap: space,
      })
      .map(({ wamid, others, order, gap }) => {
        const names = new Map(others)
        const opaque = own === null ? attempt : `${attempt} ${own}`
        const known = wamid === WAMID
        const members = [
          {
            was: `"id"${gap}:${gap}"${wamid}"`,
            is: `"id"${gap}:${gap}${known ? `"${INTENT}",${BESIDE}` : `"${wamid}"`}`,
          },
          {
            was: `"biz_opaque_callback_data":"${opaque}"`,
            is: known
              ? own === null
                ? null
                : `"biz_opaque_callback_data":"${own}"`
              : `"biz_opaque_callback_data":"${opaque}"`,
          },
          ...[...names].map(([name, value]) => ({ was: `"${name}":${value}`, is: `"${name}":${value}` })),
        ]
        const shuffled = members.map((member, index) => ({ member, at: order[index] ?? 0 })).sort((a, b) => a.at - b.at)
        const written = (of: 'was' | 'is') => `{${shuffled.flatMap(({ member }) => member[of] ?? []).join(',')}}`
        return { was: written('was'), is: written('is') }
      })

  it('changes those ids and not a byte besides, wherever they stand', () => {
    const clients = fc
      .option(fc.constantFrom('', 'order-17', 'a b'), { nil: null })
      .chain((own) => fc.tuple(fc.constant(own), fc.array(status(own), { minLength: 1, maxLength: 4 })))
    fc.assert(
      fc.property(clients, ([own, all]) => {
        const text = statuses(...all.map(({ was }) => was))
        expect(rewriteIds(text, byWamid(own))).toBe(statuses(...all.map(({ is }) => is)))
      }),
    )
  })
})

describe('namedMessages', () => {
  it('asks for each message once, and for the intent that a status names', () => {
    const text = payload(
      `{"statuses":[{"id":"${WAMID}","biz_opaque_callback_data":"${attempt}"},{"id":"${WAMID}","biz_opaque_callback_data":"${attempt}"}],
        "messages":[{"id":"wamid.in","context":{"id":"${STRANGE}"},"reaction":{"message_id":"${WAMID}"}}]}`,
    )
    expect(namedMessages(text)).toEqual({ wamids: [WAMID, STRANGE], intents: [INTENT] })
    expect(namedMessages(messages('{"id":"wamid.in","text":{"body":"hello"}}'))).toEqual({ wamids: [], intents: [] })
    expect(namedMessages('no JSON')).toEqual({ wamids: [], intents: [] })
  })
})
