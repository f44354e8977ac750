import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseEvent } from '../../src/console/api/stream.ts'
import { daysOf } from '../../src/console/costs/days.ts'
import { readCostSearch } from '../../src/console/costs/search.ts'
import { deedOf } from '../../src/console/keyboard/keys.ts'
import { strictly } from '../../src/console/parts/strictly.ts'
import {
  draw,
  inOrderFor,
  likelyDeclines,
  prefill,
  referenceTo,
  slotsOf,
  type Template,
  unfillable,
} from '../../src/console/templates/template.ts'
import { countdownOf, DAY_MS, HOUR_MS, isOnlyDay, MINUTE_MS, partsOf } from '../../src/console/time/durations.ts'
import { dayKey, instantIn } from '../../src/console/time/zones.ts'
import { kindOf, messageWith } from '../../src/console/whatsapp/attachment.ts'
import {
  entryStateAt,
  type Intent,
  type Message,
  type Summary,
  windowStateAt,
} from '../../src/console/whatsapp/model.ts'
import { chatOf, readChatSearch } from '../../src/console/whatsapp/search.ts'
import { byDay, notSent, unknownConversation } from '../../src/console/whatsapp/thread-parts.ts'

/* What of the console needs no browser. */

it('a weekday alone names a day that was lately or is tomorrow, and none that is a week ahead', () => {
  expect([-7, -5, -1, 1, 2, 6].filter((days) => isOnlyDay(days * DAY_MS))).toEqual([-5, -1, 1])
})

describe('a duration', () => {
  it('is exact, and leaves out what is nothing', () => {
    expect(partsOf(DAY_MS + 10 * HOUR_MS + 36 * MINUTE_MS)).toEqual([
      [1, 'day'],
      [10, 'hour'],
      [36, 'minute'],
    ])
    expect(partsOf(42_000)).toEqual([[42, 'second']])
    expect(partsOf(-5)).toEqual([[0, 'second']])
  })

  it('counts down to zero at the end, and not a second before', () => {
    expect(countdownOf(1)).toEqual({ clock: '00:01' })
    expect(countdownOf(0)).toEqual({ clock: '00:00' })
    expect(countdownOf(HOUR_MS)).toEqual({ hours: 1, minutes: 0 })
    expect(countdownOf(HOUR_MS - 1)).toEqual({ hours: 1, minutes: 0 })
    expect(countdownOf(41 * MINUTE_MS + 12_000)).toEqual({ clock: '41:12' })
  })
})

describe('what a clock on the wall shows', () => {
  it.each([
    ['America/Sao_Paulo', '2026-11-30T17:30', '2026-11-30T20:30:00.000Z'],
    ['Asia/Kolkata', '2026-11-30T00:00', '2026-11-29T18:30:00.000Z'],
    ['UTC', '2026-11-30T12:00', '2026-11-30T12:00:00.000Z'],
    ['Europe/Berlin', '2026-07-01T12:00', '2026-07-01T10:00:00.000Z'],
    // Not there: the clocks went from 2 to 3.
    ['Europe/Berlin', '2027-03-28T02:30', '2027-03-28T01:30:00.000Z'],
    // There twice: the first of them, still in summer time.
    ['Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
  ])('in %s at %s is an instant', (zone, local, instant) => {
    expect(instantIn(zone, local)).toBe(instant)
  })
})

it('an address says what its page knows, and of everything else nothing', () => {
  const address = { by: 'template', from: '2026-11-01', page: '3' }
  expect({ ...address, ...strictly(readCostSearch)(address) }).toEqual({ from: '2026-11-01' })
})

describe('a file', () => {
  it('goes as what WhatsApp shows of it, or as a document, and says when it is too large', () => {
    expect(kindOf({ type: 'image/png', size: 5_000_000 })).toEqual({ kind: 'image', mostMb: null })
    expect(kindOf({ type: 'image/png', size: 5_000_001 })).toEqual({ kind: 'image', mostMb: 5 })
    expect(kindOf({ type: 'image/svg+xml', size: 1 })).toEqual({ kind: 'document', mostMb: null })
    expect(kindOf({ type: '', size: 1 })).toEqual({ kind: 'document', mostMb: null })
  })

  it('takes the words along where there is a place for them', () => {
    const file = { id: '1', name: 'a.pdf' }
    expect(messageWith({ ...file, kind: 'document' }, 'Here')).toEqual({
      type: 'document',
      document: { id: '1', caption: 'Here', filename: 'a.pdf' },
    })
    expect(messageWith({ ...file, kind: 'image' }, ' ')).toEqual({ type: 'image', image: { id: '1' } })
    expect(messageWith({ ...file, kind: 'audio' }, 'Here')).toEqual({ type: 'audio', audio: { id: '1' } })
  })
})

describe('a window on screen', () => {
  const END = Date.parse('2026-11-24T14:02:00Z')
  const conversation = (margin: boolean): Summary => ({
    ...unknownConversation({ sender: '1', contact: '5511987654321' }),
    customer_service_window: { open: true, opened_at: null, expires_at: new Date(END).toISOString() },
    ...(margin ? { free_form_until: new Date(END - 30_000).toISOString() } : {}),
  })

  it('goes through its states at their very instants', () => {
    const at = (ms: number) => windowStateAt(conversation(true), END + ms)
    expect([-2 * HOUR_MS, -2 * HOUR_MS + 1, -30_001, -30_000, -1, 0].map(at)).toEqual([
      'open',
      'closing',
      'closing',
      'late',
      'late',
      'ended',
    ])
  })

  it('was never open for who never wrote', () => {
    expect(windowStateAt(unknownConversation({ sender: '1', contact: '2' }), END)).toBe('never')
  })

  it('only goes on as time does', () => {
    const order = ['open', 'closing', 'late', 'ended']
    const instants = fc.integer({ min: -DAY_MS, max: DAY_MS })
    fc.assert(
      fc.property(instants, instants, (a, b) => {
        const [first, last] = [Math.min(a, b), Math.max(a, b)]
        const rank = (ms: number) => order.indexOf(windowStateAt(conversation(true), END + ms))
        expect(rank(first)).toBeLessThanOrEqual(rank(last))
      }),
    )
  })

  it('has the second clock of a free entry point beside it', () => {
    const entry = (state: 'possible' | 'estimated' | 'refused'): Summary => ({
      ...conversation(false),
      free_entry_point: {
        state,
        open: false,
        entered_at: null,
        reply_by: new Date(END).toISOString(),
        opened_at: null,
        expires_at: new Date(END + DAY_MS).toISOString(),
      },
    })
    expect(entryStateAt(entry('possible'), END - 1)).toBe('reply_by')
    expect(entryStateAt(entry('possible'), END)).toBe('none')
    expect(entryStateAt(entry('estimated'), END)).toBe('open')
    expect(entryStateAt(entry('estimated'), END + DAY_MS)).toBe('over')
    expect(entryStateAt(entry('refused'), END)).toBe('none')
  })
})

describe('a template', () => {
  const template: Template = {
    id: '1',
    waba_id: '2',
    name: 'keep_helping',
    language: 'en',
    category: 'UTILITY',
    status: 'APPROVED',
    parameter_format: 'NAMED',
    components: [
      { type: 'HEADER', format: 'TEXT', text: 'About {{topic}}' },
      { type: 'BODY', text: 'Hello, {{user}}! I am {{ your_name }} from {{company}}. {{user}}?' },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'QUICK_REPLY', text: 'Yes, please!' },
          { type: 'URL', text: 'Order', url: 'https://shop.example/{{1}}' },
        ],
      },
    ],
  }

  it('has one place for each variable, wherever it is', () => {
    expect(slotsOf(template).map(({ key }) => key)).toEqual([
      'header:topic',
      'body:user',
      'body:your_name',
      'body:company',
      'button1:1',
    ])
  })

  it('is asked for as the Cloud API writes it', () => {
    const values = {
      'header:topic': 'sofas',
      'body:user': 'Ana',
      'body:your_name': 'Sam',
      'body:company': 'Lucky Shrub',
      'button1:1': '17',
    }
    expect(referenceTo(template, values)).toEqual({
      name: 'keep_helping',
      language: 'en',
      components: [
        { type: 'header', parameters: [{ type: 'text', text: 'sofas', parameter_name: 'topic' }] },
        {
          type: 'body',
          parameters: [
            { type: 'text', text: 'Ana', parameter_name: 'user' },
            { type: 'text', text: 'Sam', parameter_name: 'your_name' },
            { type: 'text', text: 'Lucky Shrub', parameter_name: 'company' },
          ],
        },
        { type: 'button', sub_type: 'url', index: '1', parameters: [{ type: 'text', text: '17' }] },
      ],
    })
  })

  it('shows what is still to be filled in as it is written', () => {
    expect(draw(template, { 'body:user': 'Ana' }).body).toBe('Hello, Ana! I am {{ your_name }} from {{company}}. Ana?')
  })

  it('is filled in from the customer, the writer, and what was written last', () => {
    const about = { customer: 'Ana', writer: 'Sam', last: { company: 'Lucky Shrub' } }
    expect(prefill(slotsOf(template), about)).toEqual({
      'header:topic': '',
      'body:user': 'Ana',
      'body:your_name': 'Sam',
      'body:company': 'Lucky Shrub',
      'button1:1': '',
    })
  })

  it('cannot be filled in here with a file above it', () => {
    expect(unfillable(template)).toBeNull()
    expect(unfillable({ ...template, components: [{ type: 'HEADER', format: 'IMAGE' }] })).toBe('media')
    expect(unfillable({ ...template, components: [{ type: 'BUTTONS', buttons: [{ type: 'OTP' }] }] })).toBe('button')
  })

  it("comes in the customer's language first", () => {
    const inLanguage = (language: string) => ({ ...template, language })
    const order = inOrderFor('pt_BR', ['en', 'pt_PT', 'pt_BR'].map(inLanguage))
    expect(order.map(({ language }) => language)).toEqual(['pt_BR', 'pt_PT', 'en'])
  })

  it('knows a no when it sees one, and leaves the rest to people', () => {
    expect(likelyDeclines(['Sim!', 'Não, obrigada!', 'No, thanks!', 'Nothing else'])).toEqual([
      'Não, obrigada!',
      'No, thanks!',
    ])
  })
})

describe('an address', () => {
  it('names a conversation, also one by BSUID', () => {
    expect(chatOf(readChatSearch({ chat: '106540352242922/BR.123' }).chat)).toEqual({
      sender: '106540352242922',
      contact: 'BR.123',
    })
  })

  it('may hold nonsense', () => {
    expect(readChatSearch({ chat: 'x', filter: 'every', sort: 1, q: '' })).toEqual({})
  })
})

it('messages are read oldest first, by the days of the zone that the page shows', () => {
  const at = (iso: string) => ({ at: iso }) as Parameters<typeof byDay>[0][number]
  const messages = [at('2026-11-25T12:00:00Z'), at('2026-11-25T01:00:00Z'), at('2026-11-24T12:00:00Z')]
  const daysIn = (zone: string) =>
    byDay(messages, (iso) => dayKey(new Date(iso), zone)).map(({ messages }) => messages.map(({ at }) => at))
  expect(daysIn('UTC')).toEqual([['2026-11-24T12:00:00Z'], ['2026-11-25T01:00:00Z', '2026-11-25T12:00:00Z']])
  expect(daysIn('America/Sao_Paulo')).toEqual([
    ['2026-11-24T12:00:00Z', '2026-11-25T01:00:00Z'],
    ['2026-11-25T12:00:00Z'],
  ])
})

it('an event is read, and a ping or half of one is none', () => {
  expect(parseEvent('event: sender\ndata: {"a":1}')).toEqual({ type: 'sender', data: { a: 1 } })
  expect(parseEvent('data: {"type":"hello"}')).toEqual({ type: 'hello', data: { type: 'hello' } })
  expect(parseEvent(': ping')).toBeNull()
  expect(parseEvent('data: {"a":')).toBeNull()
})

describe('a key', () => {
  const plain = { ctrl: false, alt: false, inField: false, inDialog: false, afterG: false }

  it('is a command on the page, and a letter in a field', () => {
    expect(deedOf({ ...plain, key: 'j' })).toEqual({ kind: 'next' })
    expect(deedOf({ ...plain, key: 'j', inField: true })).toBeNull()
    expect(deedOf({ ...plain, key: 'Escape', inField: true })).toEqual({ kind: 'back' })
    expect(deedOf({ ...plain, key: 'j', inDialog: true })).toBeNull()
    expect(deedOf({ ...plain, key: 'k', ctrl: true, inField: true })).toEqual({ kind: 'palette' })
    expect(deedOf({ ...plain, key: 't' })).toBeNull()
    expect(deedOf({ ...plain, key: 't', afterG: true })).toEqual({ kind: 'go', to: '/templates' })
  })
})

describe('the days of a chart', () => {
  it('are all of the period, with nothing where nothing was sent', () => {
    const points = [{ day: '2026-11-29', expected: 2, actual: 1 }]
    const [days, expected, actual] = daysOf(points, '2026-11-28', '2026-11-30')
    expect(days.map((at) => new Date(at * 1000).toISOString().slice(0, 10))).toEqual([
      '2026-11-28',
      '2026-11-29',
      '2026-11-30',
    ])
    expect([expected, actual]).toEqual([
      [0, 2, 0],
      [0, 1, 0],
    ])
  })
})

describe('what has not left', () => {
  const thread = unknownConversation({ sender: '1', contact: '2' })
  const intent = (id: string) => ({ id }) as Intent
  const message = (of: string | null, status: string | null) => ({ id: `wamid.${of}`, intent: of, status }) as Message

  it('stands there once, and no more once it is a message', () => {
    const waiting = [intent('a'), intent('b')]
    const unsent = [intent('b'), intent('c'), intent('d')]
    const messages = [message('a', 'sent'), message('c', 'delivered'), message(null, null)]
    expect(notSent({ ...thread, waiting, messages }, unsent).map(({ id }) => id)).toEqual(['b', 'd'])
  })

  it('stands there again where its message failed', () => {
    const messages = [message('a', 'failed')]
    expect(notSent({ ...thread, waiting: [intent('a')], messages }, [])).toHaveLength(1)
  })
})
