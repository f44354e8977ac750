import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PhoneNumberId, WabaId } from '../../../src/domain/ids.ts'
import { type Part, readPayload, splitPayload, type Wanted } from '../../../src/domain/passing.ts'
import { jsonText, space } from './json-arbitraries.ts'

const A1 = '1001' as PhoneNumberId
const A2 = '1002' as PhoneNumberId
const B1 = '2001' as PhoneNumberId
const UNLINKED = '9009' as PhoneNumberId
const ACCOUNT_A = '10' as WabaId
const ACCOUNT_B = '20' as WabaId

const EVERYTHING: Wanted = {
  linked: new Map([
    [A1, ACCOUNT_A],
    [A2, ACCOUNT_A],
    [B1, ACCOUNT_B],
  ]),
  senders: null,
  fields: null,
}
const only = (...senders: PhoneNumberId[]): Wanted => ({ ...EVERYTHING, senders: new Set(senders) })
const fields = (...names: string[]): Wanted => ({ ...EVERYTHING, fields: new Set(names) })

function split(text: string, wanted = EVERYTHING): Part[] {
  const payload = readPayload(text)
  if (payload === null) throw new Error('expected a payload')
  return splitPayload(payload, wanted)
}
const texts = (text: string, wanted?: Wanted) => split(text, wanted).map((part) => part.text)

const payload = (...entries: string[]) => `{"object":"whatsapp_business_account","entry":[${entries.join(',')}]}`
const entry = (account: WabaId, ...changes: string[]) =>
  `{"id":"${account}","time":1739321024,"changes":[${changes.join(',')}]}`
const said = (number: PhoneNumberId, body = 'Ol\\u00e1 \\/') =>
  `{"value":{"metadata":{"phone_number_id":"${number}"},"messages":[{"text":{"body":"${body}"}}]},"field":"messages"}`
const template = (id = '12345678901234567890') =>
  `{"value":{"event":"APPROVED","message_template_id":${id}},"field":"message_template_status_update"}`

describe('splitPayload', () => {
  it('hands on the very bytes of what concerns one number', () => {
    const text = ` { "1": 1.50, "object" : "whatsapp_business_account",\n"entry":[${entry(ACCOUNT_A, said(A1), said(A1))}], "0":2 }\n`
    expect(split(text)).toEqual([{ number: A1, wabaId: ACCOUNT_A, fields: ['messages'], text }])
  })

  it('splits what mixes numbers, by number, and keeps the order within each', () => {
    const text = payload(
      entry(ACCOUNT_A, said(A1, 'one'), said(A2, 'two'), said(A1, 'three')),
      entry(ACCOUNT_B, said(B1, 'four')),
      entry(ACCOUNT_A, said(A2, 'five')),
    )
    expect(split(text)).toEqual([
      {
        number: A1,
        wabaId: ACCOUNT_A,
        fields: ['messages'],
        text: payload(entry(ACCOUNT_A, said(A1, 'one'), said(A1, 'three'))),
      },
      {
        number: A2,
        wabaId: ACCOUNT_A,
        fields: ['messages'],
        text: payload(entry(ACCOUNT_A, said(A2, 'two')), entry(ACCOUNT_A, said(A2, 'five'))),
      },
      { number: B1, wabaId: ACCOUNT_B, fields: ['messages'], text: payload(entry(ACCOUNT_B, said(B1, 'four'))) },
    ])
  })

  it('keeps the numbers of ids longer than a double when it cuts', () => {
    const text = payload(entry(ACCOUNT_A, template('12345678901234567891'), said(A1), said(A2)))
    expect(texts(text)).toEqual([
      payload(entry(ACCOUNT_A, template('12345678901234567891'))),
      payload(entry(ACCOUNT_A, said(A1))),
      payload(entry(ACCOUNT_A, said(A2))),
    ])
  })

  it('leaves what is about the account beside what is of its only number', () => {
    const text = payload(entry(ACCOUNT_A, said(A1), template()))
    expect(split(text)).toEqual([
      { number: A1, wabaId: ACCOUNT_A, fields: ['messages', 'message_template_status_update'], text },
    ])
  })

  it('finds the same places whatever is wanted, so that what waits is found again', () => {
    const text = payload(entry(ACCOUNT_A, said(A1), said(A2), template()))
    const places = (wanted: Wanted) => split(text, wanted).map(({ number, wabaId }) => [number, wabaId])
    const all = [
      [A1, ACCOUNT_A],
      [A2, ACCOUNT_A],
      [null, ACCOUNT_A],
    ]
    expect(places(EVERYTHING)).toEqual(all)
    expect(places(only(A2))).toEqual(all.slice(1))
    expect(places(fields('message_template_status_update'))).toEqual(all.slice(2))
    const alone = payload(entry(ACCOUNT_A, said(A1), template()))
    for (const wanted of [EVERYTHING, only(A2), fields('message_template_status_update')]) {
      expect(split(alone, wanted)).toMatchObject([{ number: A1 }])
    }
  })

  it('names no stream by what cannot be a number', () => {
    const odd = said('x'.repeat(5_000) as PhoneNumberId)
    expect(split(payload(entry(ACCOUNT_A, odd, template())))).toMatchObject([
      { number: null, wabaId: ACCOUNT_A, fields: ['message_template_status_update'] },
    ])
  })

  it('gives numbers that are not linked to nobody', () => {
    expect(split(payload(entry(ACCOUNT_A, said(UNLINKED))))).toEqual([])
    expect(texts(payload(entry(ACCOUNT_A, said(UNLINKED), said(A1))))).toEqual([payload(entry(ACCOUNT_A, said(A1)))])
  })

  it('gives the numbers that an endpoint has chosen', () => {
    const text = payload(entry(ACCOUNT_A, said(A1), said(A2)), entry(ACCOUNT_B, said(B1)))
    expect(texts(text, only(A2))).toEqual([payload(entry(ACCOUNT_A, said(A2)))])
    expect(split(text, only(UNLINKED))).toEqual([])
  })

  it('gives what is about an account to who has chosen one of its numbers', () => {
    const text = payload(entry(ACCOUNT_A, template()))
    expect(split(text)).toEqual([{ number: null, wabaId: ACCOUNT_A, fields: ['message_template_status_update'], text }])
    expect(texts(text, only(A2))).toEqual([text])
    expect(texts(text, only(B1))).toEqual([])
    expect(texts(payload(entry('99' as WabaId, template())))).toEqual([])
    // An id of an account that came as a number is the same id.
    expect(texts(text.replace('"10"', '10'), only(A2))).toEqual([text.replace('"10"', '10')])
  })

  it('keeps two accounts apart', () => {
    const text = payload(entry(ACCOUNT_A, template()), entry(ACCOUNT_B, template()), entry(ACCOUNT_B, said(B1)))
    expect(split(text).map(({ number, wabaId }) => [number, wabaId])).toEqual([
      [null, ACCOUNT_A],
      [null, ACCOUNT_B],
      [B1, ACCOUNT_B],
    ])
  })

  it('gives the fields that an endpoint has chosen', () => {
    const text = payload(entry(ACCOUNT_A, said(A1), template()))
    expect(texts(text, fields('messages'))).toEqual([payload(entry(ACCOUNT_A, said(A1)))])
    expect(texts(text, fields('message_template_status_update'))).toEqual([payload(entry(ACCOUNT_A, template()))])
    expect(texts(text, fields('messages', 'message_template_status_update'))).toEqual([text])
    expect(texts(text, fields('account_update'))).toEqual([])
  })

  it.each([
    ['a hand-over', `{"value":{"recipient":{"phone_number_id":"${A1}"}},"field":"messaging_handovers"}`],
    [
      'settings of a number',
      `{"value":{"phone_number_settings":{"phone_number_id":"${A1}"}},"field":"account_settings_update"}`,
    ],
    ['an id that is a number', said(A1).replace(`"${A1}"`, A1)],
    ['names written with escapes', said(A1).replace('metadata', 'm\\u0065tadata')],
  ])('finds the number of %s', (_what, change) => {
    const text = payload(entry(ACCOUNT_A, change))
    expect(split(text)).toMatchObject([{ number: A1, text }])
    expect(split(text, only(A2))).toEqual([])
  })

  it('shows what does not say whose it is to who may see all of the account', () => {
    const text = payload(entry(ACCOUNT_A, '{"value":{"statuses":[{"id":"wamid.A"}]},"field":"messages"}'))
    expect(texts(text)).toEqual([text])
    expect(texts(text, only(A1, A2))).toEqual([text])
    expect(texts(text, only(A1))).toEqual([])
    expect(texts(text.replace('"10"', '"99"'))).toEqual([])
  })

  it('takes an entry without changes for something about its account', () => {
    const text = payload('{"id":"10","changed_fields":["name"]}')
    expect(texts(text)).toEqual([text])
    expect(texts(text, only(B1))).toEqual([])
    expect(texts(text, fields('name'))).toEqual([])
  })

  it('lets nobody read a second meaning out of a name that stands twice', () => {
    const hidden = `"entry":[${entry(ACCOUNT_B, said(B1, 'hidden'))}]`
    expect(texts(`{${hidden},"entry":[${entry(ACCOUNT_A, said(A1))}]}`)).toEqual([
      `{"entry":[${entry(ACCOUNT_A, said(A1))}]}`,
    ])
    const twice = said(A1).replace('"metadata":', `"metadata":{"phone_number_id":"${B1}"},"metadata":`)
    expect(split(payload(entry(ACCOUNT_A, twice)))).toMatchObject([
      { number: A1, text: payload(entry(ACCOUNT_A, said(A1))) },
    ])
  })

  it('knows what is no payload of Meta’s', () => {
    for (const text of ['', '{', '[]', '1', '{}', '{"entry":{}}', 'x{"entry":[]}']) expect(readPayload(text)).toBeNull()
    expect(split('{"entry":[]}')).toEqual([])
    for (const odd of [
      'null',
      '1',
      '[]',
      '{}',
      '{"changes":null}',
      '{"changes":{"a":1}}',
      '{"changes":[1,null,{"value":[]}]}',
    ]) {
      expect(split(payload(odd))).toEqual([])
      expect(texts(payload(odd, entry(ACCOUNT_A, said(A1))))).toEqual([payload(entry(ACCOUNT_A, said(A1)))])
    }
  })

  it('cuts changes out and changes none, whatever they hold', () => {
    const change = fc.tuple(fc.constantFrom(A1, A2, B1, UNLINKED), jsonText, space).map(([number, value, gap]) => ({
      number,
      text: `{${gap}"value"${gap}:${gap}{"x":${value},"metadata":{"phone_number_id":"${number}"}}${gap},${gap}"field":"messages"}`,
    }))
    const entries = fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { maxLength: 3 })
    const senders = fc.constantFrom([A1, A2, B1], [A1], [A1, B1], [A2], [UNLINKED])
    fc.assert(
      fc.property(entries, senders, jsonText, (all, chosen, other) => {
        const text = `{"other":${other},"entry":[${all
          .map((changes) => entry(ACCOUNT_A, ...changes.map((one) => one.text)))
          .join(',')}]}`
        const parts = split(text, only(...chosen))
        const wanted = [...new Set(all.flat().map(({ number }) => number))].filter(
          (number) => number !== UNLINKED && chosen.includes(number),
        )
        expect(parts.map(({ number }) => number)).toEqual(wanted)
        for (const part of parts) {
          const own = all
            .map((changes) => changes.filter(({ number }) => number === part.number))
            .filter(({ length }) => length > 0)
          const left = own.map((changes) => entry(ACCOUNT_A, ...changes.map((one) => one.text))).join(',')
          expect(part.text).toBe(`{"other":${other},"entry":[${left}]}`)
        }
      }),
    )
  })
})
