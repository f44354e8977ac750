import { describe, expect, it } from 'vitest'
import { checkDocument, columnsOf, laterMember } from '../../../src/domain/campaign/document.ts'
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
    [{ ...text('Hi {{name'), sender: SENDER }, 'message.text.body', /braces that are none/],
    [text('Hi {{}}'), 'message.text.body', /name a column/],
    [text(`Hi {{${'n'.repeat(65)}}}`), 'message.text.body', /at most 64/],
    [text(''), 'message.text.body', /message\.text\.body/],
    [{ sender: 'x', message: {} }, 'sender', /phone_number_id/],
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
  ])('refuses %j at %s', (given, field, message) => {
    expect(problem(given)).toEqual({ field, message: expect.stringMatching(message) })
  })

  it('takes a link that is a column, and limits that only a value could break', () => {
    expect(problem({ sender: SENDER, message: { type: 'image', image: { link: '{{picture}}' } } })).toBeNull()
    expect(problem(text(`${'a'.repeat(4_090)}{{code}}`))).toBeNull()
    expect(problem(text(`${'a'.repeat(4_096)}{{code}}`))).toMatchObject({ field: 'message.text.body' })
  })

  it('names what this version cannot do', () => {
    expect(laterMember({ ...text('a'), quiet_hours: {} })).toEqual({
      field: 'quiet_hours',
      message: 'expected no quiet_hours: this version cannot do that yet',
    })
    expect(laterMember(text('a'))).toBeNull()
  })
})

it('fills in one pass, so that a value is never read again', () => {
  const filled = fillPlaceholders('Hi {{name}} {{ code | none }}{{gone}}', ({ column, fallback }) =>
    column === 'name' ? '{{code}}' : fallback,
  )
  expect(filled).toBe('Hi {{code}} none{{gone}}')
})
