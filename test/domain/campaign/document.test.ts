import { describe, expect, it } from 'vitest'
import { checkDocument, columnsOf } from '../../../src/domain/campaign/document.ts'
import { readHeader } from '../../../src/domain/campaign/list-header.ts'
import { fillPlaceholders } from '../../../src/domain/campaign/placeholders.ts'

const SENDER = '106540352242922'
const text = (body: string) => ({ sender: SENDER, message: { type: 'text', text: { body } } })

function problem(given: Record<string, unknown>) {
  const checked = checkDocument(given)
  return checked.ok ? null : { field: checked.field, message: checked.message }
}

describe('the document of a campaign', () => {
  it('takes texts with columns, spelled as producers may spell them', () => {
    const checked = checkDocument({
      sender: SENDER,
      message: {
        messaging_product: 'whatsapp',
        template: {
          name: 'spring_sale',
          language: 'pt-br',
          components: [{ type: 'BODY', parameters: [{ type: 'text', text: '{{ name | friend }}' }] }],
        },
      },
      default_country: 'BR',
    })
    expect(checked).toMatchObject({
      ok: true,
      document: { message: { type: 'template', template: { language: { code: 'pt_BR' } } }, default_country: 'BR' },
    })
  })

  it('says which columns it needs, in the policy too', () => {
    const whenClosed = { downgrade: { name: 'sale', language: 'en', parameters: { who: '{{first name}}' } } }
    const checked = checkDocument({ ...text('Hi {{name|}}, {{code}}'), when_closed: whenClosed })
    if (!checked.ok) throw new Error(checked.message)
    expect(columnsOf(checked.document)).toEqual([
      { column: 'name', fallback: '' },
      { column: 'code', fallback: null },
      { column: 'first name', fallback: null },
    ])
  })

  it.each([
    ['Prénom', 'Pre\u0301nom'],
    ['نام\u200cخانوادگی', 'نامخانوادگی'],
    [' TO', '\u200bto'],
  ])('knows a column again, however it was typed: %s', (inText, inList) => {
    const read = readHeader(['to', 'code', inList].slice(inList.endsWith('to') ? 1 : 0))
    if (!read.ok) throw new Error(read.message)
    expect(fillPlaceholders(`{{${inText}}}`, ({ column }) => `${read.header.columns.includes(column)}`)).toBe('true')
    const checked = checkDocument(text(`Hi {{${inText}}}`))
    if (!checked.ok) throw new Error(checked.message)
    expect(read.header.columns).toContain(columnsOf(checked.document)[0]?.column)
  })

  it.each([
    [{ ...text('Hi {{name'), sender: SENDER }, 'message.text.body', /braces that are none/],
    [text('Hi {{}}'), 'message.text.body', /name a column/],
    [text(`Hi {{${'n'.repeat(65)}}}`), 'message.text.body', /at most 64/],
    [text(''), 'message.text.body', /message\.text\.body/],
    [{ sender: 'x', message: {} }, 'sender', /phone_number_id/],
    [{ ...text('a'), frequency_cap: { messages: 0, days: 1 } }, 'frequency_cap.messages', /frequency_cap\.messages/],
    [{ ...text('a'), frequency_cap: { messages: 1, weeks: 1 } }, 'frequency_cap.weeks', /weeks/],
    [{ ...text('a'), default_country: 'Brazil' }, 'default_country', /two letters/],
    [{ ...text('a'), when_closed: 'perhaps' }, 'when_closed', /when_closed/],
    [{ sender: SENDER, message: { type: 'text', text: { body: 'a' }, to: '+5511' } }, 'message.to', /recipient/],
    [{ sender: SENDER }, 'message', /message/],
    [
      { sender: SENDER, message: { template: { name: '{{name}}', language: 'en' } } },
      'message.template.name',
      /written out/,
    ],
    [{ sender: SENDER, message: { type: '{{kind}}' } }, 'message.type', /written out/],
    [
      { ...text('a'), when_closed: { downgrade: { name: '{{t}}', language: 'en' } } },
      'when_closed.downgrade.name',
      /written out/,
    ],
    [text('\u0000'), 'message.text.body', /U\+0000/],
    [{ ...text('a'), send_at: 'tomorrow' }, 'send_at', /ISO 8601/],
    [{ ...text('a'), send_at: { local: '2026-12-01T10:00' } }, 'send_at', /time_zone/],
    [{ ...text('a'), send_at: { local: '2026-02-30T10:00', time_zone: 'UTC' } }, 'send_at', /local/],
    [{ ...text('a'), send_at: { local: '2026-12-01T10:00', time_zone: 'Mars/Olympus' } }, 'send_at', /IANA/],
    [{ ...text('a'), send_at: '9999-12-31T23:59:59-14:00' }, 'send_at', /1970 to 9997/],
    [{ ...text('a'), send_at: '0000-01-01T00:00:00Z' }, 'send_at', /1970 to 9997/],
    [{ ...text('a'), send_at: { local: '0000-01-01T00:00', time_zone: 'recipient' } }, 'send_at', /1970 to 9997/],
    [{ ...text('a'), send_at: { local: '9999-12-31T23:59', time_zone: 'UTC' } }, 'send_at', /1970 to 9997/],
    [{ ...text('a'), late: 'never' }, 'late', /send_now, tomorrow, skip/],
    [{ ...text('a'), late: 'skip' }, 'late', /only beside a send_at/],
    [{ ...text('a'), late: 'skip', send_at: '2026-12-01T10:00:00Z' }, 'late', /"recipient"/],
    [{ ...text('a'), start_within: '6h' }, 'start_within', /only beside a send_at/],
    [{ ...text('a'), max_mps: 0 }, 'max_mps', /from 0.01 to 1000/],
    [{ ...text('a'), max_mps: '5' }, 'max_mps', /number of messages/],
    [{ ...text('a'), valid_for: 'P7D' }, 'valid_for', /duration/],
    [{ ...text('a'), valid_for: '31d' }, 'valid_for', /"30d"/],
    [{ ...text('a'), valid_for: '30s' }, 'valid_for', /"1m"/],
    [{ ...text('a'), quiet_hours: { from: '21:00', to: '24:00' } }, 'quiet_hours.to', /"23:59"/],
  ])('refuses %j at %s', (given, field, message) => {
    expect(problem(given)).toEqual({ field, message: expect.stringMatching(message) })
  })

  it('takes a link that is a column, and limits that only a value could break', () => {
    expect(problem({ sender: SENDER, message: { type: 'image', image: { link: '{{picture}}' } } })).toBeNull()
    expect(problem(text(`${'a'.repeat(4_090)}{{code}}`))).toBeNull()
    expect(problem(text(`${'a'.repeat(4_096)}{{code}}`))).toMatchObject({ field: 'message.text.body' })
  })

  it('keeps when it writes, spelled in one way', () => {
    const timed = {
      ...text('a'),
      send_at: '2026-12-01T10:00:00-03:00',
      start_within: '90m',
      valid_for: '2d',
      max_mps: 0.5,
      frequency_cap: { messages: 2, days: 7 },
      quiet_hours: { from: '21:00', to: '08:00', zone: 'America/Sao_Paulo' },
    }
    expect(checkDocument(timed)).toEqual({ ok: true, document: { ...timed, send_at: '2026-12-01T13:00:00.000Z' } })
    const local = { ...text('a'), send_at: { local: '2026-12-01T10:00', time_zone: 'recipient' }, late: 'skip' }
    expect(checkDocument(local)).toEqual({ ok: true, document: local })
  })
})

it.each([
  ['{{', ' ', ''],
  ['{{', ' ', `|${' '.repeat(50_000)}`],
  ['{{a|', ' ', ''],
  ['', '{{a', ''],
  ['{{', 'a', ''],
])('looks at %j with many %j and %j in no time', (begin, many, end) => {
  expect(problem(text(begin + many.repeat(50_000) + end))).toMatchObject({ field: 'message.text.body' })
})

it('fills in one pass, so that a value is never read again', () => {
  const filled = fillPlaceholders('Hi {{name}} {{ code | none }}{{gone}}', ({ column, fallback }) =>
    column === 'name' ? '{{code}}' : fallback,
  )
  expect(filled).toBe('Hi {{code}} none{{gone}}')
})
