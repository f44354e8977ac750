import { isRecord } from '../content/template-message.ts'
import { columnName } from './list-header.ts'

/*
 * `{{column}}` and `{{column | default}}` in what a campaign says. One pass: a value that looks like a placeholder is shown, not filled.
 */

/** Blanks are taken away after it: within it, three that may share them take the third power of their number. */
const PLACEHOLDER = /\{\{([^{}|]*)(?:\|([^{}|]*))?\}\}/g
const MOST_COLUMN = 64

export interface Placeholder {
  column: string
  /** What stands there where the column has nothing; null: then something is missing. */
  fallback: string | null
}

/** What is wrong with a text, as "to …"; null when nothing is. */
export function placeholderProblem(text: string): string | null {
  for (const { column } of placeholdersOf(text)) {
    if (column === '') return 'to name a column between {{ and }}'
    if (column.length > MOST_COLUMN) return `to name columns of at most ${MOST_COLUMN} characters`
  }
  const rest = text.replace(PLACEHOLDER, '')
  if (!/\{\{|\}\}/.test(rest)) return null
  return 'to have placeholders such as {{name}} or {{name | friend}}, got braces that are none'
}

export function placeholdersOf(text: string): Placeholder[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, column = '', fallback]) => {
    return { column: columnName(column), fallback: fallback?.trim() ?? null }
  })
}

/** @param shown what stands there; null leaves the placeholder as it is */
export function fillPlaceholders(text: string, shown: (placeholder: Placeholder) => string | null): string {
  return text.replace(PLACEHOLDER, (all, column: string, fallback?: string) => {
    return shown({ column: columnName(column), fallback: fallback?.trim() ?? null }) ?? all
  })
}

export interface Place {
  path: PropertyKey[]
  text: string
  /** Whether a placeholder may stand there: a kind, a template's name or its language is the campaign's own choice. */
  fillable: boolean
}

/** Names of members that say what something is, and not what is said. */
const KINDS: ReadonlySet<PropertyKey> = new Set(['type', 'sub_type', 'index', 'policy', 'category', 'decline'])
/** Members that hold a template by its name. */
const TEMPLATES: ReadonlySet<PropertyKey> = new Set(['template', 'downgrade', 'follow_up'])

/** Every text of a JSON document. */
export function* textsOf(value: unknown, path: PropertyKey[] = [], fillable = true): Generator<Place> {
  if (typeof value === 'string') yield { path, text: value, fillable }
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* textsOf(item, [...path, i], fillable)
  } else if (isRecord(value)) {
    const holder = path.findLast((step) => typeof step === 'string')
    const isReference = holder !== undefined && TEMPLATES.has(holder) && 'name' in value
    for (const [name, member] of Object.entries(value)) {
      const fixed = KINDS.has(name) || (isReference && (name === 'name' || name === 'language'))
      yield* textsOf(member, [...path, name], fillable && !fixed)
    }
  }
}

/** A copy in which every text that may have placeholders is another. */
export function mapTexts(value: unknown, map: (place: Place) => string): unknown {
  const copy = structuredClone(value)
  for (const place of textsOf(value)) {
    if (place.fillable && place.path.length > 0) put(copy, place.path, map(place))
  }
  return typeof value === 'string' ? map({ path: [], text: value, fillable: true }) : copy
}

function put(root: unknown, path: PropertyKey[], text: string): void {
  const parent = path.slice(0, -1).reduce((at, step) => (at as Record<PropertyKey, unknown>)[step], root)
  ;(parent as Record<PropertyKey, unknown>)[path.at(-1) as PropertyKey] = text
}
