import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  asciiJson,
  edited,
  itemsOf,
  membersOf,
  rootOf,
  type Span,
  withoutSome,
} from '../../../src/domain/passing/json-text.ts'
import { jsonText, space } from './json-arbitraries.ts'

/** What a text says, read by nothing but its spans. */
function valueAt(text: string, span: Span): unknown {
  if (text[span.start] === '{') {
    return Object.fromEntries(membersOf(text, span).map(({ name, value }) => [name, valueAt(text, value)]))
  }
  if (text[span.start] === '[') return itemsOf(text, span).map((item) => valueAt(text, item))
  return JSON.parse(text.slice(span.start, span.end))
}

describe('spans of a JSON text', () => {
  it('say the same as JSON.parse, whatever the text', () => {
    fc.assert(
      fc.property(space, jsonText, space, (before, value, after) => {
        const text = before + value + after
        expect(valueAt(text, rootOf(text))).toEqual(JSON.parse(text))
        const { start, end } = rootOf(text)
        expect(text.slice(start, end)).toBe(value)
      }),
    )
  })

  it('tell both members of one name, with their own bytes', () => {
    const text = '{"a":1, "\\u0061" : [2] }'
    expect(membersOf(text, rootOf(text)).map(({ name, start, end }) => [name, text.slice(start, end)])).toEqual([
      ['a', '"a":1'],
      ['a', '"\\u0061" : [2]'],
    ])
  })

  it('are none of what is no object or no array', () => {
    for (const text of ['1', '"{}"', 'null', '[1]']) expect(membersOf(text, rootOf(text))).toEqual([])
    for (const text of ['1', '"[]"', 'null', '{"a":1}']) expect(itemsOf(text, rootOf(text))).toEqual([])
  })

  it('are found below any number of levels', () => {
    const deep = 200_000
    const text = `{"deep":${'['.repeat(deep)}${']'.repeat(deep)},"after":1}`
    expect(membersOf(text, rootOf(text)).map(({ name }) => name)).toEqual(['deep', 'after'])
  })
})

describe('withoutSome', () => {
  const chosen = fc.infiniteStream(fc.boolean())

  it('leaves the others of an array, byte for byte', () => {
    fc.assert(
      fc.property(fc.array(jsonText), space, chosen, (values, gap, choices) => {
        const text = `[${gap}${values.join(`${gap},${gap}`)}${gap}]`
        const items = itemsOf(text, rootOf(text))
        const goes = new Set(items.filter(() => choices.next().value))
        const left = edited(
          text,
          withoutSome(items, (item) => goes.has(item)),
        )
        const wanted = items.filter((item) => !goes.has(item)).map(({ start, end }) => text.slice(start, end))
        expect(itemsOf(left, rootOf(left)).map(({ start, end }) => left.slice(start, end))).toEqual(wanted)
        expect(JSON.parse(left)).toEqual(wanted.map((item) => JSON.parse(item)))
        if (goes.size === 0) expect(left).toBe(text)
      }),
    )
  })

  it('leaves the others of an object, byte for byte', () => {
    const text = '{ "a" : 1 , "b":2,"c"\n:3 }'
    const without = (...names: string[]) =>
      edited(
        text,
        withoutSome(membersOf(text, rootOf(text)), ({ name }) => names.includes(name)),
      )
    expect(without()).toBe(text)
    expect(without('a')).toBe('{ "b":2,"c"\n:3 }')
    expect(without('b')).toBe('{ "a" : 1,"c"\n:3 }')
    expect(without('c')).toBe('{ "a" : 1 , "b":2 }')
    expect(without('a', 'c')).toBe('{ "b":2 }')
    expect(JSON.parse(without('a', 'b', 'c'))).toEqual({})
  })
})

describe('asciiJson', () => {
  it('says the same in ASCII, as Meta writes it', () => {
    expect(asciiJson('é 😀 \u007f "')).toBe('"\\u00e9 \\ud83d\\ude00 \\u007f \\""')
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
        const text = String.fromCharCode(...units)
        expect(asciiJson(text)).toMatch(/^[\x20-\x7e]*$/)
        expect(JSON.parse(asciiJson(text))).toBe(text)
      }),
    )
  })
})
