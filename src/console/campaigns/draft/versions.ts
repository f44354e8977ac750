import { type Find, hasOnly, type Kind, messageOf, recordOf, type Words, wordsIn } from './words.ts'

/* One message or several: to see which does better, and in the language of whoever gets it. Pure. */

export interface Translation extends Words {
  /** Such as `pt_BR`, or `pt` for all that is Portuguese. */
  language: string
}

export interface Version extends Words {
  /** Empty: it is the only one. */
  name: string
  weight: number
  languages: Translation[]
}

export const MOST_VERSIONS = 10

export const EMPTY_VERSION: Version = { name: '', weight: 1, text: '', template: null, languages: [] }

/** How many of the recipients get it, in percent. */
export function shareOf({ weight }: Version, versions: readonly Version[]): number {
  return (100 * weight) / versions.reduce((sum, one) => sum + one.weight, 0)
}

/** Another one beside those that there are; the only one gets a name. */
export function withAnother(versions: readonly Version[]): Version[] {
  const named = versions.map((version, index) => ({ ...version, name: version.name || letter(index) }))
  const names = named.map(({ name }) => name)
  const free = Array.from({ length: MOST_VERSIONS }, (_, index) => letter(index)).find((one) => !names.includes(one))
  return [...named, { ...EMPTY_VERSION, name: free ?? letter(versions.length) }]
}

/** The last that is left needs no name. */
export function without(versions: readonly Version[], index: number): Version[] {
  const left = versions.filter((_, at) => at !== index)
  return left.length === 1 ? left.map((version) => ({ ...version, name: '', weight: 1 })) : left
}

function letter(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index)
}

/** `message` and `languages`, or `variants`; null while something is missing. */
export function contentOf(kind: Kind, versions: readonly Version[], find: Find): Record<string, unknown> | null {
  const [first] = versions
  if (first === undefined) return null
  if (versions.length === 1 && first.name === '') return versionOf(kind, first, find)
  const variants = versions.map((version) => {
    const said = version.name.trim() === '' ? null : versionOf(kind, version, find)
    return said && { name: version.name.trim(), ...(version.weight === 1 ? {} : { weight: version.weight }), ...said }
  })
  return variants.includes(null) ? null : { variants }
}

function versionOf(kind: Kind, version: Version, find: Find): Record<string, unknown> | null {
  const message = messageOf(kind, version, find)
  const languages = version.languages.map((one) => {
    const said = messageOf(kind, one, find)
    return said && one.language.trim() !== '' ? ([one.language.trim(), { message: said }] as const) : null
  })
  if (message === null || languages.some((one) => one === null)) return null
  return { message, ...(languages.length > 0 ? { languages: Object.fromEntries(languages as []) } : {}) }
}

/** Null where they are of both kinds, or say something that the form cannot show. */
export function versionsIn(document: {
  message?: unknown
  languages?: unknown
  variants?: unknown
}): { kind: Kind; versions: Version[] } | null {
  const { message, languages, variants } = document
  const given = Array.isArray(variants) ? variants.map(recordOf) : [{ message, languages }]
  const read = given.map(versionIn)
  const kinds = new Set(read.flatMap((one) => one?.kinds ?? []))
  const [kind] = kinds
  if (kind === undefined || kinds.size > 1 || read.includes(null)) return null
  return { kind, versions: read.flatMap((one) => one?.version ?? []) }
}

function versionIn(given: Record<string, unknown>): { kinds: Kind[]; version: Version } | null {
  const { name = '', weight = 1, message, languages, ...rest } = given
  const own = wordsIn(message)
  if (own === null || typeof name !== 'string' || typeof weight !== 'number' || Object.keys(rest).length > 0)
    return null
  const { kind, ...words } = own
  const kinds = [kind]
  const translations: Translation[] = []
  for (const [language, one] of Object.entries(recordOf(languages))) {
    const said = hasOnly(recordOf(one), ['message']) ? wordsIn(recordOf(one).message) : null
    if (said === null) return null
    const { kind: theirs, ...saidWords } = said
    kinds.push(theirs)
    translations.push({ language, ...saidWords })
  }
  return { kinds, version: { name, weight, ...words, languages: translations } }
}
