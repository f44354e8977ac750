import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkDocument } from '../../../src/domain/campaign/document.ts'
import { chooserOf, nameOfVersion, type VersionMembers, versionsOf } from '../../../src/domain/campaign/versions.ts'

const sender = '106540352242922'
const said = (body: string) => ({ type: 'text', text: { body } })
const text = (body: string) => ({ message: said(body) })
const variant = (name: string, weight = 1, languages: string[] = []) => ({
  name,
  weight,
  ...text(name),
  ...(languages.length === 0 ? {} : { languages: Object.fromEntries(languages.map((code) => [code, text(code)])) }),
})

function problem(given: object) {
  const checked = checkDocument({ sender, ...given })
  return checked.ok ? null : { field: checked.field, message: checked.message }
}

describe('the messages of a campaign', () => {
  it('are one, or several by weight and language, in the order they were given', () => {
    const checked = checkDocument({
      sender,
      variants: [
        { name: 'A', weight: 3, ...text('a'), languages: { 'pt-br': text('b'), en: text('c') } },
        { name: 'B', ...text('d') },
      ],
    })
    if (!checked.ok) throw new Error(checked.message)
    expect(checked.document).not.toHaveProperty('message')
    const versions = versionsOf(checked.document)
    expect(versions.map(nameOfVersion)).toEqual(['A', 'A pt_BR', 'A en', 'B'])
    expect(versions.map(({ path }) => path)).toEqual([
      'variants.0.message',
      'variants.0.languages.pt_BR.message',
      'variants.0.languages.en.message',
      'variants.1.message',
    ])
    expect(checked.document.variants?.[1]?.weight).toBe(1)
    expect(versionsOf(text('a')).map(nameOfVersion)).toEqual([null])
  })

  it.each([
    [{ ...text('a'), variants: [variant('A')] }, 'message', /in each of variants/],
    [{ languages: { en: text('a') }, variants: [variant('A')] }, 'languages', /in each of variants/],
    [{ variants: [] }, 'variants', /variants/],
    [{ variants: [variant('A'), variant('A')] }, 'variants.1.name', /another/],
    [{ variants: [{ ...variant('A'), weight: 0 }] }, 'variants.0.weight', /weight/],
    [{ variants: [{ ...variant('A'), weight: 0.5 }] }, 'variants.0.weight', /weight/],
    [{ variants: [{ ...variant('A'), share: 0.5 }] }, 'variants.0.share', /share/],
    [{ variants: [{ name: 'A' }] }, 'variants.0.message', /message/],
    [{ variants: [{ name: 'A', ...text('Hi {{') }] }, 'variants.0.message.text.body', /braces/],
    [{ ...text('a'), languages: { en: text('') } }, 'languages.en.message.text.body', /body/],
    [{ ...text('a'), languages: { English: text('b') } }, 'languages.English', /language code/],
    [{ ...text('a'), languages: { 'pt-BR': text('b'), pt_br: text('c') } }, 'languages', /pt_BR twice/],
    [{ ...text('a'), languages: { en: { ...text('b'), weight: 1 } } }, 'languages.en.weight', /weight/],
    [
      {
        variants: ['A', 'B', 'C'].map((name) =>
          variant(
            name,
            1,
            Array.from({ length: 20 }, (_, i) => `a${String.fromCharCode(97 + i)}`),
          ),
        ),
      },
      'variants',
      /at most 50 messages, got 63/,
    ],
  ])('are refused as %j at %s', (given, field, message) => {
    expect(problem(given)).toEqual({ field, message: expect.stringMatching(message) })
  })

  it('go by weight, to each the same whenever it is asked', () => {
    const document: VersionMembers = { variants: [variant('A', 3), variant('B', 1), variant('C', 4)] }
    const choose = chooserOf(document, 'campaign')
    const counts = [0, 0, 0]
    for (let i = 0; i < 8_000; i += 1) {
      const chosen = choose(String(5_511_900_000_000 + i), null)
      counts[chosen] = (counts[chosen] ?? 0) + 1
    }
    for (const [i, share] of [3_000, 1_000, 4_000].entries()) {
      expect(Math.abs((counts[i] as number) - share)).toBeLessThan(250)
    }
    const people = Array.from({ length: 100 }, (_, i) => String(5_511_900_000_000 + i))
    const again = chooserOf(structuredClone(document), 'campaign')
    expect(people.map((who) => again(who, null))).toEqual(people.map((who) => choose(who, null)))
    const other = chooserOf(document, 'another campaign')
    expect(people.map((who) => other(who, null))).not.toEqual(people.map((who) => choose(who, null)))
  })

  it('keep to the variant whatever the language', () => {
    const languages = ['pt_BR', 'pt', 'en_US']
    const document: VersionMembers = { variants: [variant('A', 1, languages), variant('B', 2, languages)] }
    const versions = versionsOf(document)
    const choose = chooserOf(document, 'salt')
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.constantFrom('pt-BR', 'PT', 'en', 'de', 'pt_PT'), (who, language) => {
        const chosen = versions[choose(who, language)]
        expect(chosen?.variant).toBe(versions[choose(who, null)]?.variant)
        const expected = { 'pt-BR': 'pt_BR', PT: 'pt', en: 'en_US', de: null, pt_PT: 'pt' }[language]
        expect(chosen?.language).toBe(expected)
      }),
    )
  })
})
