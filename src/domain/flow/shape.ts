import type * as z from 'zod'
import { formatZodIssue } from '../content.ts'
import type { Said } from '../said.ts'
import { FORMS, type Form } from './forms.ts'
import { problem } from './sentences.ts'

/* What a shape has against a value, by code: the sentence itself is worded where all are, and tells what came, too. */

type Issue = z.core.$ZodIssue
interface Failed {
  readonly issues: readonly Issue[]
}

/** @param leaf of a union, the issue of the branch that fits best */
export function saidOfShape(error: Failed, leaf: Issue, input: unknown): Said {
  const { field, message } = formatZodIssue(error, { input })
  return { ...codeOf(leaf, field), text: message }
}

export function saidOfScript(issue: Issue, input: unknown): { field: string; said: Said } {
  const { field, message } = formatZodIssue({ issues: [issue] }, { input })
  return { field, said: { ...codeOf(leafIn(issue), field), text: message } }
}

/** Of a message that was built of a document, with the names that the document has for its parts. */
export function saidOfMessage(error: Failed, built: unknown): { field: string; said: Said } {
  const { field, message } = formatZodIssue(error, { input: built })
  const inDocument = (text: string) => text.replace(/interactive\.action\.|interactive\./g, '')
  const leaf = leafIn(error.issues[0] as Issue)
  return { field, said: { ...codeOf(leaf, inDocument(field)), text: inDocument(message) } }
}

/** The same as `formatZodIssue` comes to, where that tells nothing of how it came there. */
function leafIn(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue
  const branches = issue.errors.filter(
    (branch) => !branch.some(({ path, code }) => path.length === 0 && isOfKind(code)),
  )
  const inner = branches.toSorted((a, b) => a.length - b.length)[0]
  const next = inner?.find(({ code }) => code === 'unrecognized_keys') ?? inner?.[0]
  return next === undefined ? issue : leafIn(next)
}

function isOfKind(code: Issue['code']): boolean {
  return code === 'invalid_type' || code === 'invalid_value'
}

function codeOf(issue: Issue, field: string): Said {
  switch (issue.code) {
    case 'invalid_type':
      return problem('field_kind', { field, wanted: KINDS[issue.expected] ?? issue.expected })
    case 'invalid_value':
      return problem('field_choice', { field, choices: issue.values.map(String).join(', ') })
    case 'too_big':
      return problem(`field_too_${LARGE[sizeOf(issue.origin)]}`, { field, max: Number(issue.maximum) })
    case 'too_small':
      return problem(`field_too_${SMALL[sizeOf(issue.origin)]}`, { field, min: Number(issue.minimum) })
    case 'unrecognized_keys':
      return problem('field_unknown', { field: issue.keys[0] ?? '' })
    default:
      return codeOfForm(issue, field)
  }
}

const KINDS: Readonly<Record<string, string>> = { array: 'list', record: 'object', int: 'number' }
const LARGE = { text: 'long', list: 'many', number: 'large' } as const
const SMALL = { text: 'short', list: 'few', number: 'small' } as const

function sizeOf(origin: string): keyof typeof LARGE {
  if (origin === 'string') return 'text'
  return origin === 'array' || origin === 'set' ? 'list' : 'number'
}

function codeOfForm(issue: Issue, field: string): Said {
  const form = (Object.keys(FORMS) as Form[]).find((name) => FORMS[name] === issue.message)
  if (form !== undefined) return problem(`form_${form}`, { field })
  const max = issue.code === 'custom' ? issue.params?.max : undefined
  if (typeof max === 'number') return problem('field_too_long', { field, max })
  return problem('field_unfit', { field, rule: issue.message })
}
