import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { VERBS as DRAWN } from '../../src/console/flows/document.ts'
import { VERBS } from '../../src/domain/flow/schema.ts'
import { SENDER_FINDINGS } from '../../src/usecases/check-sender.ts'

interface Words {
  [key: string]: string | Words
}

const readFile = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../src/console/words/${name}.json`, import.meta.url), 'utf8')) as Words

/** Those that come at once, and those that come with the first page beside the conversations. */
const read = (language: string): Words => ({ ...readFile(language), ...readFile(`pages/${language}`) })

function flat(words: Words, path = ''): [key: string, text: string][] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : flat(value, `${path}${key}.`),
  )
}

/** Names of what is filled in, and of what is marked up; plural forms differ between languages. */
function placesIn(text: string): string[] {
  const names = [...text.matchAll(/\{(\w+)[,}]|<(\w+)>/g)].map(([, value, tag]) => value ?? `<${tag}>`)
  return [...new Set(names)].toSorted()
}

const ENGLISH = new Map(flat(read('en')))

describe.each(['pt', 'es'])('the words in %s', (language) => {
  const words = new Map(flat(read(language)))

  it('are those of English, no more and no fewer', () => {
    expect([...words.keys()]).toEqual([...ENGLISH.keys()])
  })

  it('have the same places to fill in', () => {
    for (const [key, text] of words) expect(placesIn(text), key).toEqual(placesIn(ENGLISH.get(key) as string))
  })

  it('are none of them empty', () => {
    expect([...words].filter(([, text]) => text.trim() === '')).toEqual([])
  })
})

it('has no words twice, of which the page would show the later', () => {
  const once = Object.keys(readFile('en'))
  expect(Object.keys(readFile('pages/en')).filter((name) => once.includes(name))).toEqual([])
})

it('shows conversations without the words of other pages', () => {
  const folder = new URL('../../src/console/', import.meta.url)
  const shared = ['whatsapp', 'shell', 'sign-in', 'parts', 'time', 'keyboard', 'sandbox'].flatMap((room) =>
    readdirSync(new URL(`${room}/`, folder)).map((name) => readFileSync(new URL(`${room}/${name}`, folder), 'utf8')),
  )
  const used = shared.flatMap((text) =>
    [...text.matchAll(/useTranslations\('(\w+)/g)].map(([, name]) => name as string),
  )
  expect(used).toContain('composer')
  expect(used.filter((name) => !(name in readFile('en')))).toEqual([])
})

it('has a sentence for every reason that the API gives', () => {
  const source = readFileSync(new URL('../../src/domain/intent.ts', import.meta.url), 'utf8')
  const unions = source.match(/export type \w+Code =[\s\S]*?\n\n/g) ?? []
  const codes = unions.flatMap((union) => [...union.matchAll(/'(\w+)'/g)].map(([, code]) => code as string))
  expect(codes).toContain('awaiting_window')
  expect(codes.filter((code) => !ENGLISH.has(`reasons.${code}`))).toEqual([])
})

/** Of the sources of the API, by how a refusal is written there. */
function refusalCodes(): string[] {
  const source = new URL('../../src/', import.meta.url)
  const files = ['app', 'http', 'usecases'].flatMap((room) =>
    readdirSync(new URL(`${room}/`, source), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(new URL(`${room}/${name}`, source), 'utf8')),
  )
  const written = /(?:status: \d{3},\s*code: |\bunknown\(\s*|ApiError\(\s*\d{3},\s*|\[\s*\d{3},\s*)'(\w+)'/g
  return [...new Set(files.flatMap((text) => [...text.matchAll(written)].map(([, code]) => code as string)))]
}

it('has words for every refusal of the API, but those that no page can meet', () => {
  const codes = refusalCodes()
  expect(codes).toEqual(expect.arrayContaining(['wrong_state', 'sender_unknown', 'forbidden', 'malformed']))
  const elsewhere = ['bad_signature', 'headers_too_large', 'too_many_streams', 'unknown_path']
  const named = codes.map((code) => (code.endsWith('_unknown') ? 'not_found' : code))
  expect(named.filter((code) => !ENGLISH.has(`failed.codes.${code}`)).toSorted()).toEqual(elsewhere)
})

it('has words for all that is found of a number', () => {
  const found = Object.entries(SENDER_FINDINGS).flatMap(([name, codes]) => codes.map((code) => `${name}.${code}`))
  expect(found.filter((finding) => !ENGLISH.has(`checks.found.${finding}`))).toEqual([])
})

it('has words for every step of a flow, and for all that happens in a run', () => {
  const flow = (name: string) => readFileSync(new URL(`../../src/domain/flow/${name}.ts`, import.meta.url), 'utf8')
  const union = /export type Happening =[\s\S]*?\n\n/.exec(flow('run'))?.[0] ?? ''
  const happenings = [...union.matchAll(/'(\w+)'/g)].map(([, name]) => name as string)
  expect(happenings).toContain('enrols')
  expect(happenings.filter((name) => !ENGLISH.has(`flows.happenings.${name}`))).toEqual([])
  expect(VERBS.filter((verb) => !ENGLISH.has(`flows.verbs.${verb}`))).toEqual([])
  expect(DRAWN).toEqual(expect.arrayContaining(VERBS))
})

it('says that a session ended as everybody knows it', () => {
  expect(ENGLISH.get('ended.title')).toBe('WhatsApp session ended.')
})
