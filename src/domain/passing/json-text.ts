/*
 * Where things stand in a JSON text, so that one of them can be changed and every other byte stays as Meta wrote it. Parsing and printing
 * would not do: it rounds the ids of templates, which are longer than a double holds, writes `\u00e9` as `é`, and moves keys that look like
 * numbers to the front.
 *
 * What is asked of these functions has passed `JSON.parse`; of anything else they answer nonsense. They look only where they are led, pass
 * over the rest, and do not call themselves, so nesting costs no stack.
 */

/** `[start, end)` of a text, in UTF-16 units. */
export interface Span {
  start: number
  end: number
}

/** From the first quote of the name to the end of the value. */
export interface Member extends Span {
  name: string
  value: Span
}

export interface Edit extends Span {
  text: string
}

/** The value that the text is, without the white space around it. */
export function rootOf(text: string): Span {
  const start = afterSpace(text, 0)
  return { start, end: endOfValue(text, start) }
}

/** In the order in which they stand, a name that is there twice as two members; none of what is no object. */
export function membersOf(text: string, { start }: Span): Member[] {
  if (text[start] !== '{') return []
  return separated(text, start, '}', (at) => {
    const nameEnd = endOfString(text, at)
    const valueStart = afterSpace(text, afterSpace(text, nameEnd) + 1)
    const end = endOfValue(text, valueStart)
    return { start: at, end, name: JSON.parse(text.slice(at, nameEnd)) as string, value: { start: valueStart, end } }
  })
}

/** Of an array; none of what is no array. */
export function itemsOf(text: string, { start }: Span): Span[] {
  if (text[start] !== '[') return []
  return separated(text, start, ']', (at) => ({ start: at, end: endOfValue(text, at) }))
}

/** The edits must not overlap; their order does not matter. */
export function edited(text: string, edits: readonly Edit[]): string {
  let at = 0
  let result = ''
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return result + text.slice(at)
}

/** Takes some members of an object, or items of an array, out; with a comma each, so that what remains is JSON again. */
export function withoutSome<S extends Span>(all: readonly S[], goes: (one: S) => boolean): Edit[] {
  const firstKept = all.findIndex((one) => !goes(one))
  return all.flatMap((one, index) => {
    if (!goes(one)) return []
    const before = firstKept !== -1 && index > firstKept ? all[index - 1] : undefined
    // Behind one that stays the comma before it goes, in front of all that stay the comma after it.
    if (before) return { start: before.end, end: one.end, text: '' }
    return { start: one.start, end: all[index + 1]?.start ?? one.end, text: '' }
  })
}

/** A JSON string in ASCII, as Meta writes them: receivers are known that sign what they escaped themselves. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function separated<S extends Span>(text: string, start: number, close: string, read: (at: number) => S): S[] {
  const found: S[] = []
  let at = afterSpace(text, start + 1)
  while (text[at] !== close) {
    const one = read(at)
    found.push(one)
    at = afterSpace(text, one.end)
    if (text[at] === ',') at = afterSpace(text, at + 1)
  }
  return found
}

function afterSpace(text: string, from: number): number {
  let at = from
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at += 1
  return at
}

function endOfValue(text: string, start: number): number {
  let depth = 0
  let at = start
  do {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at)
        break
      case '{':
      case '[':
        depth += 1
        at += 1
        break
      case '}':
      case ']':
        depth -= 1
        at += 1
        break
      default:
        at = endOfPlain(text, at)
    }
  } while (depth > 0)
  return at
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end + 1
}

function isEscaped(text: string, quote: number): boolean {
  let at = quote
  while (text[at - 1] === '\\') at -= 1
  return (quote - at) % 2 === 1
}

/** A number, `true`, `false` or `null`, or what stands between values. */
const PLAIN = /[-+.\w]+|[\s,:]+/y

function endOfPlain(text: string, start: number): number {
  PLAIN.lastIndex = start
  PLAIN.test(text)
  return PLAIN.lastIndex
}
