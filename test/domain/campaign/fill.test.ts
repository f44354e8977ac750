import { describe, expect, it } from 'vitest'
import type { CampaignDocument } from '../../../src/domain/campaign/document.ts'
import { type Filler, fillersOf } from '../../../src/domain/campaign/fill.ts'
import type { PhoneNumberId } from '../../../src/domain/ids.ts'
import { fillContactValues } from '../../../src/domain/template.ts'

const PROFILE = { name: 'Ana', username: null, language: null, attributes: { secret: '4711' } }
const template = (text: string) => ({
  type: 'template',
  template: {
    name: 'spring',
    language: { code: 'en' },
    components: [{ type: 'body', parameters: [{ type: 'text', text }] }],
  },
})
const text = (body: string) => ({ type: 'text', text: { body } })

function filled(document: Partial<CampaignDocument>, cells: Record<string, string>) {
  const [fill] = fillersOf({ sender: '1' as PhoneNumberId, ...document }) as [Filler]
  const said = fill((column) => (Object.hasOwn(cells, column) ? cells[column] : undefined))
  if (!said.ok) throw new Error(said.text)
  return said
}

describe('what stands in a line', () => {
  it.each<[said: string, cells: Record<string, string>]>([
    ['{{name}}', { name: '{{contact.secret}}' }],
    ['{{name}}', { name: '{{ contact.name | x }}' }],
    ['{{{a}}', { a: '{contact.secret}}' }],
    ['{{a}}{{b}}', { a: '{', b: '{contact.secret}}' }],
  ])('is no value of the contact in a template, as %s with %j', (said, cells) => {
    const whenClosed = { downgrade: { name: 'sale', language: 'en', parameters: { who: said } } }
    for (const value of [
      filled({ message: template(said) }, cells).message,
      filled({ message: text('a'), when_closed: whenClosed }, cells).whenClosed,
    ]) {
      const asItLeaves = fillContactValues(value, PROFILE)
      expect(asItLeaves).toEqual({ ok: true, value })
      const shown = JSON.stringify(value).replaceAll('\u2060', '')
      expect(shown).toContain(said.replace(/\{\{(\w)\w*\}\}/g, (_all, one) => cells[one] ?? cells.name ?? ''))
    }
  })

  it('is sent as it is in a free-form message', () => {
    const { message } = filled({ message: text('Hi {{name}}') }, { name: '{{contact.name}}' })
    expect(message).toMatchObject(text('Hi {{contact.name}}'))
  })

  it.each(['', ' ', '\u200b', '\u2060\ufe0f', '\u3164', '\u200f \u00a0'])(
    'gives way to a default where nothing can be seen: %j',
    (name) => {
      expect(filled({ message: text('Hi {{name | you}}') }, { name }).message).toMatchObject(text('Hi you'))
      expect(() => filled({ message: text('Hi {{name}}') }, { name })).toThrow('Nothing stands in column "name"')
    },
  )

  it.each(['שלום\u200f', 'می\u200cخواهم', '👩‍👩‍👧', '5.51E+12', "O'Neil"])('keeps %j', (name) => {
    expect(filled({ message: text('{{name}}') }, { name }).message).toMatchObject(text(name))
  })

  it.each([
    ['a\n b\tc', 'a b c'],
    ['a     b    c', 'a b    c'],
    [`a${' '.repeat(60_000)}b`, 'a b'],
    [`a${' '.repeat(30_000)}\n${' '.repeat(30_000)}b`, 'a b'],
  ])('goes into a template as Meta takes it, and in no time', (name, shown) => {
    expect(filled({ message: template('{{name}}') }, { name }).message).toEqual(template(shown))
  })

  it.each(['constructor', '__proto__', 'toString', 'to'])('has no column %s that the list has not', (name) => {
    expect(() => filled({ message: text(`{{${name}}}`) }, {})).toThrow('Nothing stands')
  })
})
