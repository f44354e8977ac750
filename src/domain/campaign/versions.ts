import * as z from 'zod'
import {
  formatZodIssue,
  isTemplate,
  languageCodeSchema,
  type Message,
  normaliseLanguage,
  type TemplateReference,
  templateOfMessage,
  templatesOf,
  type WhenClosed,
} from '../content.ts'

/*
 * What a campaign says may have several versions: variants, of which each recipient gets one by weight, and of each the same in other
 * languages. Which one somebody gets depends on the campaign, their id and their language alone: the same in every estimate, round and retry.
 */

type Said = Record<string, unknown>

export interface VersionMembers {
  /** The Cloud API's own message object, with placeholders in its texts. Missing where there are variants. */
  message?: Said
  /** The same for those who have one of these languages. */
  languages?: Record<string, { message: Said }>
  variants?: { name: string; weight: number; message: Said; languages?: Record<string, { message: Said }> }[]
}

export interface Version {
  /** Null: there are no variants. */
  variant: string | null
  /** Null: what everybody gets who has none of the other languages. */
  language: string | null
  message: Said
  /** Where it stands in the document. */
  path: string
}

/** Keeps what is counted for each version, and what is read of that at once, small. */
const MOST_VERSIONS = 50

const inLanguages = z.record(languageCodeSchema, z.strictObject({ message: z.unknown() })).optional()
const members = z.strictObject({
  message: z.unknown(),
  languages: inLanguages,
  variants: z
    .array(
      z.strictObject({
        name: z.string().trim().min(1).max(64),
        weight: z.int().min(1).max(1_000).default(1),
        message: z.unknown(),
        languages: inLanguages,
      }),
    )
    .min(1)
    .max(10)
    .optional(),
})

export type Refused = { ok: false; field: string; message: string }

/** @param check of one message, at this path: what it becomes, or what is wrong with it */
export function checkVersions(
  given: Pick<Record<string, unknown>, keyof VersionMembers>,
  check: (message: unknown, path: string) => { ok: true; message: Said } | Refused,
): { ok: true; members: VersionMembers } | Refused {
  const parsed = members.safeParse(given, { reportInput: true })
  if (!parsed.success) return { ok: false, ...formatZodIssue(parsed.error, { input: given }) }
  const { message, languages, variants } = parsed.data
  const wrong = variants === undefined ? null : wrongVariants(message, languages, variants)
  if (wrong) return wrong
  const said = variants?.map((variant, i) => checked(variant, `variants.${i}.`, check)) ?? [
    checked({ message, languages }, '', check),
  ]
  const refused = said.find((one) => !one.ok)
  if (refused) return refused as Refused
  const texts = said.flatMap((one) => (one.ok ? [one.members] : []))
  const count = texts.reduce((sum, one) => sum + 1 + Object.keys(one.languages ?? {}).length, 0)
  if (count > MOST_VERSIONS) {
    const field = variants === undefined ? 'languages' : 'variants'
    return refuse(field, `to come to at most ${MOST_VERSIONS} messages, got ${count}`)
  }
  if (variants === undefined) return { ok: true, members: texts[0] as VersionMembers }
  const named = variants.map(({ name, weight }, i) => ({ name, weight, ...(texts[i] as Texts) }))
  return { ok: true, members: { variants: named } }
}

function wrongVariants(message: unknown, languages: unknown, variants: readonly { name: string }[]): Refused | null {
  if (message !== undefined) return refuse('message', 'to stand in each of variants instead, got both')
  if (languages !== undefined) return refuse('languages', 'to stand in each of variants instead, got both')
  const twice = variants.findIndex(({ name }, i) => variants.findIndex((other) => other.name === name) < i)
  return twice === -1 ? null : refuse(`variants.${twice}.name`, 'to be another than those before it')
}

interface Texts {
  message: Said
  languages?: Record<string, { message: Said }>
}

function checked(
  { message, languages }: { message?: unknown; languages?: Record<string, { message?: unknown }> | undefined },
  path: string,
  check: Parameters<typeof checkVersions>[1],
): { ok: true; members: Texts } | Refused {
  const own = check(message, `${path}message`)
  if (!own.ok) return own
  if (languages === undefined) return { ok: true, members: { message: own.message } }
  const texts: Texts['languages'] = {}
  for (const [code, one] of Object.entries(languages)) {
    const language = normaliseLanguage(code)
    if (language in texts) return refuse(`${path}languages`, `to have each language once, got ${language} twice`)
    const said = check(one.message, `${path}languages.${code}.message`)
    if (!said.ok) return said
    texts[language] = { message: said.message }
  }
  return { ok: true, members: { message: own.message, languages: texts } }
}

function refuse(field: string, predicate: string): Refused {
  return { ok: false, field, message: `expected ${field} ${predicate}` }
}

/** In the order in which they are counted: each variant, and behind it the same in its other languages. */
export function versionsOf({ message, languages, variants }: VersionMembers): Version[] {
  const own = variants?.map((variant, i) => ({ ...variant, path: `variants.${i}.` })) ?? [
    { name: null, message: message as Said, languages, path: '' },
  ]
  return own.flatMap(({ name: variant, message, languages = {}, path }) => [
    { variant, language: null, message, path: `${path}message` },
    ...Object.entries(languages).map(([language, said]) => ({
      variant,
      language,
      message: said.message,
      path: `${path}languages.${language}.message`,
    })),
  ])
}

/** Null: there is one for everybody. */
export function nameOfVersion({ variant, language }: Version): string | null {
  return [variant, language].filter((part) => part !== null).join(' ') || null
}

/** Which of `versionsOf` somebody gets. */
export type Choose = (recipient: string, language: string | null) => number

/** @param salt of the campaign: somebody gets another variant in another campaign, and the same in a retry */
export function chooserOf(document: VersionMembers, salt: string): Choose {
  const versions = versionsOf(document)
  const weights = document.variants?.map(({ weight }) => weight) ?? [1]
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const groups = [...Map.groupBy(versions.keys(), (i) => (versions[i] as Version).variant).values()]
  return (recipient, language) => {
    let rest = groups.length === 1 ? 0 : fractionOf(`${salt} ${recipient}`) * total
    const nth = weights.findIndex((weight) => {
      rest -= weight
      return rest < 0
    })
    const group = groups[nth] as number[]
    return inLanguage(group, versions, language)
  }
}

/** `pt_BR` as it is, else `pt`, else whatever else is Portuguese; else the one for everybody. */
function inLanguage(group: readonly number[], versions: readonly Version[], language: string | null): number {
  const [first] = group as [number]
  if (language === null || group.length === 1) return first
  const wanted = canonical(language)
  const base = baseOf(wanted)
  const has = (matches: (code: string) => boolean) =>
    group.find((i) => {
      const code = versions[i]?.language
      return code != null && matches(canonical(code))
    })
  return has((code) => code === wanted) ?? has((code) => code === base) ?? has((code) => baseOf(code) === base) ?? first
}

function canonical(language: string): string {
  return language.trim().replaceAll('-', '_').toLowerCase()
}

function baseOf(language: string): string {
  return language.split('_', 1)[0] as string
}

/** From 0 up to 1, as even as ids are many: FNV-1a, and the finish of MurmurHash3, for ids of a list follow each other. */
export function fractionOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000
}

/** Every template that one of its messages is, or that its policy may send instead, and where that stands. */
export function referencesOf(
  { when_closed, ...document }: VersionMembers & { when_closed?: unknown },
  defaultWhenClosed: WhenClosed,
): { path: string; references: TemplateReference[] }[] {
  const messages = versionsOf(document).map(({ message, path }) => ({ message: message as Message, path }))
  const templates = messages.flatMap(({ message, path }) =>
    isTemplate(message) ? [{ path: `${path}.template`, references: [templateOfMessage(message)] }] : [],
  )
  if (templates.length === messages.length) return templates
  const policy = (when_closed as WhenClosed | undefined) ?? defaultWhenClosed
  return [...templates, { path: 'when_closed', references: templatesOf(policy) }]
}
