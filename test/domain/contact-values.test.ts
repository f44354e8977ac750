import { describe, expect, it } from 'vitest'
import {
  type ContactProfile,
  fillContactValues,
  misspeltContactValues,
  sampleContactValues,
  usesContact,
} from '../../src/domain/template.ts'

const ANA: ContactProfile = {
  name: 'Ana Maria Souza',
  username: null,
  language: 'pt_BR',
  attributes: {
    segment: 'b2b',
    visits: 3,
    vip: true,
    note: 'first\nsecond',
    empty: '  ',
    unseen: '\u200b\u202e',
    filler: '\u3164',
  },
}

const fill = (text: string, profile: ContactProfile | null = ANA) => fillContactValues({ user: text }, profile)

describe('values of the contact', () => {
  it.each([
    ['{{contact.name}}', 'Ana Maria Souza'],
    ['{{contact.first_name}}', 'Ana'],
    ['{{ contact.first_name | there }}', 'Ana'],
    ['Dear {{contact.first_name}}, of {{contact.segment}}', 'Dear Ana, of b2b'],
    ['{{contact.visits}} {{contact.vip}}', '3 true'],
    ['{{contact.note}}', 'first second'],
    ['{{contact.username | you}}', 'you'],
    ['{{contact.empty|nothing}}', 'nothing'],
    ['{{contact.unseen | there}}', 'there'],
    ['{{contact.filler | there}}', 'there'],
    ['{{contact.unseen}}', null],
    ['{{contact.unheard_of | }}x', null],
    ['{{contact.unheard_of}}', null],
    ['no value at all {{1}}', 'no value at all {{1}}'],
  ])('%s', (text, expected) => {
    const filled = fill(text)
    expect(filled.ok ? filled.value.user : null).toBe(expected)
  })

  it('are their defaults where nobody is known, and name what is missing', () => {
    expect(fill('{{contact.first_name | there}}', null)).toEqual({ ok: true, value: { user: 'there' } })
    expect(fill('{{contact.first_name}}', null)).toEqual({ ok: false, missing: 'first_name' })
  })

  it('that look like a value themselves are shown, not filled', () => {
    const profile = { ...ANA, attributes: { first_name: '{{contact.name}} $& {{1}}' } }
    expect(fill('Hi {{contact.first_name}}', profile)).toEqual({
      ok: true,
      value: { user: 'Hi {{contact.name}} $& {{1}}' },
    })
  })

  it('are read from own attributes only', () => {
    expect(fill('{{contact.constructor | none}}')).toMatchObject({ value: { user: 'none' } })
    expect(fill('{{contact.__proto__ | none}}')).toMatchObject({ value: { user: 'none' } })
  })

  it.each(['{{contact.First}}', '{{contact.}}', '{{contact.name', '{{contact.name || }', '{{contact}}'])(
    'are told where they are misspelt: %s',
    (text) => {
      expect(misspeltContactValues({ user: text }, 'parameters')).toMatchObject([{ field: 'parameters.user' }])
      expect(misspeltContactValues({ user: 'fine {{contact.name|you}}' }, 'parameters')).toEqual([])
    },
  )

  it('count as their default, or one character, before anybody is known', () => {
    expect(sampleContactValues({ a: '{{contact.code}}', b: '{{contact.code | none}}' })).toEqual({ a: 'x', b: 'none' })
  })

  it('are looked for where templates have values, and not in what somebody wrote', () => {
    const text = { type: 'text' as const, text: { body: 'Hi {{contact.name}}' } }
    expect(usesContact(text, 'hold')).toBe(false)
    const reference = { name: 'x', language: 'en', parameters: ['{{contact.name}}'] }
    expect(usesContact(text, { follow_up: reference })).toBe(true)
  })
})
