import { isTemplate, type Message } from '../content/message.ts'
import { cleanValue, isRecord } from '../content/template-message.ts'
import type { TemplateReference, WhenClosed } from '../content/when-closed.ts'
import { templatesOf } from '../content/when-closed.ts'
import { problemAt, type TemplateProblem } from './problem.ts'

/*
 * Values of a template that are the contact's: `{{contact.first_name | there}}` in any text of `parameters` or `components`. They are put
 * in when the message leaves, from the contact as it is known then: an attribute of that name, else what is known of the person. Behind
 * the bar stands what goes where there is none.
 */

export interface ContactProfile {
  name: string | null
  username: string | null
  language: string | null
  attributes: Readonly<Record<string, string | number | boolean>>
}

const VALUE = /\{\{\s*contact\.([a-z0-9_]{1,64})\s*(?:\|([^{}]*))?\}\}/g
const BEGUN = /\{\{\s*contact\b/

export type Filled<T> = { ok: true; value: T } | { ok: false; missing: string }

/** Texts at any depth; everything else is as it was. `missing`: the first name that has neither value nor default. */
export function fillContactValues<T>(given: T, profile: ContactProfile | null): Filled<T> {
  let missing: string | null = null
  const value = mapTexts(given, (text) =>
    text.replace(VALUE, (placeholder, name: string, instead: string | undefined) => {
      const known = knownOf(profile, name) ?? instead?.trim()
      if (known === undefined || known === '') missing ??= name
      return known ?? placeholder
    }),
  )
  return missing === null ? { ok: true, value } : { ok: false, missing }
}

/** As long as they are at least: for checks before anybody knows the contact. */
export function sampleContactValues<T>(given: T): T {
  return mapTexts(given, (text) => text.replace(VALUE, (_all, _name, instead?: string) => instead?.trim() || 'x'))
}

/** Whether a contact has to be known to decide this: asked of every message, so the texts of free-form ones are not looked at. */
export function usesContact(message: Message, whenClosed: WhenClosed): boolean {
  if (isTemplate(message)) return hasText(message.template.components, BEGUN)
  return templatesOf(whenClosed).some(referenceUsesContact)
}

export function referenceUsesContact({ parameters, components }: TemplateReference): boolean {
  return hasText(parameters, BEGUN) || hasText(components, BEGUN)
}

/** Placeholders that are none: a name in capitals, a bar without an end. */
export function misspeltContactValues(given: unknown, at: string): TemplateProblem[] {
  const problems: TemplateProblem[] = []
  walk(given, at, (text, path) => {
    if (BEGUN.test(text.replace(VALUE, ''))) {
      const wanted = 'expected a value of the contact as {{contact.name}} or {{contact.name | instead}}'
      problems.push(problemAt(path, `The value is misspelt: ${wanted}, of lower-case letters, digits and underscores.`))
    }
  })
  return problems
}

function knownOf(profile: ContactProfile | null, name: string): string | undefined {
  if (profile === null) return undefined
  const kept = Object.hasOwn(profile.attributes, name) ? String(profile.attributes[name]) : ofPerson(profile, name)
  const clean = kept == null ? '' : cleanValue(kept)
  return isBlank(clean) ? undefined : clean
}

/** Nothing of it can be seen. */
export function isBlank(text: string): boolean {
  return NOTHING_TO_SEE.test(text)
}

/** The same to whoever reads it, and no placeholder: of a text that somebody brought along, and nobody has to fill. */
export function withoutContactValues(text: string): string {
  return text.replace(/\{(?=\{\s*contact\b)/g, '{\u2060')
}

/** Spaces, invisible characters and fillers: profile names are made of them by who wants to have none. */
const NOTHING_TO_SEE = /^[\s\p{Cc}\p{Cf}\p{Mn}\u115f\u1160\u2800\u3164\uffa0]*$/u

function ofPerson({ name, username, language }: ContactProfile, asked: string): string | null {
  switch (asked) {
    case 'name':
      return name
    case 'first_name':
      return name?.trim().split(/\s+/)[0] ?? null
    case 'username':
      return username
    case 'language':
      return language
    default:
      return null
  }
}

function mapTexts<T>(given: T, map: (text: string) => string): T {
  if (typeof given === 'string') return (BEGUN.test(given) ? map(given) : given) as T
  if (Array.isArray(given)) return given.map((one: unknown) => mapTexts(one, map)) as T
  if (!isRecord(given)) return given
  return Object.fromEntries(Object.entries(given).map(([name, one]) => [name, mapTexts(one, map)])) as T
}

function hasText(given: unknown, pattern: RegExp): boolean {
  if (typeof given === 'string') return pattern.test(given)
  if (Array.isArray(given)) return given.some((one) => hasText(one, pattern))
  return isRecord(given) && Object.values(given).some((one) => hasText(one, pattern))
}

function walk(given: unknown, at: string, see: (text: string, path: string) => void): void {
  if (typeof given === 'string') see(given, at)
  else if (Array.isArray(given)) for (const [i, one] of given.entries()) walk(one, `${at}.${i}`, see)
  else if (isRecord(given)) for (const [name, one] of Object.entries(given)) walk(one, `${at}.${name}`, see)
}
