import type * as z from 'zod'
import { formatZodIssue } from '../content.ts'
import { didYouMean, type Path, type Problems } from './problem.ts'
import {
  CASES,
  type FlowDocument,
  outlineSchema,
  PLAIN_STOPS,
  SENDS,
  STEPS,
  STOPS,
  TRIGGERS,
  VERBS,
  WAITS,
} from './schema.ts'

/*
 * Reads a document strictly: every mistake with its place and what was probably meant. Of a step the one verb is found first, and the rest
 * is read as that verb's, so that a misspelt field is told as one and not as twelve kinds of step that it is not.
 */

type Shapes = Readonly<Record<string, z.ZodType>>
type Fields = Record<string, unknown>

export function readDocument(input: unknown, problems: Problems): FlowDocument | null {
  if (!isFields(input)) {
    problems.error([], `expected an object with flow, purpose, triggers and steps, got ${kindOf(input)}`)
    return null
  }
  if ('on' in input && !('triggers' in input))
    problems.error(['on'], 'expected "triggers" instead of "on", which YAML 1.1 reads as true')
  else check(outlineSchema, input, [], problems)
  each(input.triggers, ['triggers'], (one, path) => readNamed(one, path, problems, TRIGGERS, ['api'], 'a trigger'))
  each(input.stop, ['stop'], (one, path) => readNamed(one, path, problems, STOPS, PLAIN_STOPS, 'a stop'))
  each(input.steps, ['steps'], (one, path) => readStep(one, path, problems))
  return problems.errors.length > 0 ? null : (input as FlowDocument)
}

/** More than may be there is told by the outline, and not read. */
function each(list: unknown, path: Path, read: (one: unknown, path: Path) => void): void {
  if (!Array.isArray(list) || list.length > 200) return
  list.forEach((one, i) => {
    read(one, [...path, i])
  })
}

/** An item that is one word, or an object of which one word is the kind. */
function readNamed(
  one: unknown,
  path: Path,
  problems: Problems,
  shapes: Shapes,
  words: readonly string[],
  what: string,
): void {
  const kinds = [...new Set([...words, ...Object.keys(shapes)])]
  if (typeof one === 'string') {
    if (words.includes(one)) return
    const needs = Object.hasOwn(shapes, one) ? `"${one}" needs more: write it as "${one}: {…}"` : didYouMean(one, kinds)
    problems.error(path, `expected ${what}: one of ${kinds.join(', ')}, got "${short(one)}"`, needs)
    return
  }
  readByKey(one, path, problems, shapes, what)
}

function readByKey(one: unknown, path: Path, problems: Problems, shapes: Shapes, what: string): void {
  const kinds = Object.keys(shapes)
  if (!isFields(one)) {
    problems.error(path, `expected ${what}: an object with one of ${kinds.join(', ')}, got ${kindOf(one)}`)
    return
  }
  const found = kinds.filter((kind) => Object.hasOwn(one, kind))
  const [kind] = found
  if (kind === undefined) {
    const key = Object.keys(one)[0]
    const at = key === undefined ? path : [...path, key]
    problems.error(
      at,
      `expected ${what}: one of ${kinds.join(', ')}, got ${key === undefined ? 'nothing' : `"${short(key)}"`}`,
      key && didYouMean(key, kinds),
    )
    return
  }
  if (found.length > 1) {
    problems.error([...path, found[1] as string], `expected one of ${kinds.join(', ')}, got ${found.join(' and ')}`)
    return
  }
  check(shapes[kind] as z.ZodType, one, path, problems)
}

function readStep(one: unknown, path: Path, problems: Problems): void {
  if (!isFields(one)) {
    problems.error(path, `expected a step: an object with an id and one of ${VERBS.join(', ')}, got ${kindOf(one)}`)
    return
  }
  const verbs = VERBS.filter((verb) => verb !== 'end' && Object.hasOwn(one, verb))
  const [verb] = verbs.length === 0 && Object.hasOwn(one, 'end') ? (['end'] as const) : verbs
  if (verb === undefined) {
    problems.error(path, `expected the step to have one of ${VERBS.join(', ')}`, verbHint(one))
    return
  }
  if (verbs.length > 1) {
    problems.error(
      [...path, verbs[1] as string],
      `expected one verb in a step, got ${verbs.join(' and ')}`,
      'make two steps of it',
    )
    return
  }
  const parts = verb === 'send' || verb === 'wait' || verb === 'branch' ? verb : null
  check(STEPS[verb], one, path, problems, parts ?? undefined)
  if (Object.hasOwn(one, 'next') && Object.hasOwn(one, 'end')) {
    problems.error([...path, 'end'], 'expected next or end, got both')
  }
  if (verb === 'send') readByKey(one.send, [...path, 'send'], problems, SENDS, 'what to send')
  if (verb === 'wait') readWait(one.wait, [...path, 'wait'], problems)
  if (verb === 'branch')
    each(one.branch, [...path, 'branch'], (item, at) => readByKey(item, at, problems, CASES, 'a case'))
}

function readWait(wait: unknown, path: Path, problems: Problems): void {
  if (!isFields(wait)) {
    check(STEPS.wait, { id: 'w', wait }, path.slice(0, -1), problems)
    return
  }
  // `until` is also how long a wait for something lasts.
  const { for: awaited, at, until } = wait
  const shape =
    awaited !== undefined ? WAITS.for : at !== undefined ? WAITS.at : until !== undefined ? WAITS.until : null
  if (shape) check(shape, wait, path, problems)
  else readByKey(wait, path, problems, WAITS, 'a duration such as 22h, or a wait')
}

function verbHint(step: Fields): string | undefined {
  const known = Object.values(STEPS).flatMap((shape) => Object.keys(shape.shape))
  for (const key of Object.keys(step)) {
    if (known.includes(key)) continue
    const hint = didYouMean(key, VERBS)
    if (hint) return `"${short(key)}": ${hint}`
  }
  return undefined
}

/** Every issue with its place. `leave`: a field that is read apart. */
function check(shape: z.ZodType, input: unknown, path: Path, problems: Problems, leave?: string): void {
  const parsed = shape.safeParse(input)
  if (parsed.success) return
  for (const issue of parsed.error.issues) {
    if (leave !== undefined && issue.path[0] === leave) continue
    const leafs = leafOf(issue, [])
    if (leafs.issue.code === 'unrecognized_keys') {
      for (const key of leafs.issue.keys) unknownField(shape, key, [...path, ...leafs.path], problems)
      continue
    }
    const { message } = formatZodIssue({ issues: [issue] }, { input })
    problems.error([...path, ...leafs.path], message, hintFor(leafs.issue, valueAt(input, leafs.path)))
  }
}

function unknownField(shape: z.ZodType, key: string, path: Path, problems: Problems): void {
  const at = [...path, key]
  problems.error(at, `expected no field "${short(key)}"`, didYouMean(key, namesIn(shape)))
}

type Issue = z.core.$ZodIssue

/** Of a union the branch that fits best, which is the one that formatZodIssue words. */
function leafOf(issue: Issue, above: (string | number)[]): { issue: Issue; path: (string | number)[] } {
  const path = [...above, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))]
  if (issue.code === 'invalid_union') {
    const fits = issue.errors.filter(
      (branch) => !branch.some((one) => one.path.length === 0 && one.code.startsWith('invalid_')),
    )
    const best = fits.toSorted((a, b) => a.length - b.length)[0]
    const inner = best?.find((one) => one.code === 'unrecognized_keys') ?? best?.[0]
    if (inner) return leafOf(inner, path)
  }
  if (issue.code === 'invalid_key' && issue.issues[0]) return leafOf(issue.issues[0], path)
  return { issue, path }
}

function hintFor(issue: Issue, came: unknown): string | undefined {
  if (issue.code === 'invalid_value' && typeof came === 'string') return didYouMean(came, issue.values.map(String))
  if (issue.code === 'invalid_type' && issue.expected === 'string' && typeof came === 'number') {
    return `put it in quotes: "${came}" is a number in YAML`
  }
  return undefined
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) => (isFields(value) || Array.isArray(value) ? (value as Fields)[part] : undefined),
    input,
  )
}

/** All names of fields that a shape knows, at any depth. */
function namesIn(shape: z.ZodType): string[] {
  const names = new Set<string>()
  const visit = (value: unknown): void => {
    if (!isFields(value)) return
    if (isFields(value.properties)) for (const name of Object.keys(value.properties)) names.add(name)
    for (const one of Object.values(value)) Array.isArray(one) ? one.forEach(visit) : visit(one)
  }
  visit(zodToJson(shape))
  return [...names]
}

function zodToJson(shape: z.ZodType): unknown {
  return shape.toJSONSchema({ unrepresentable: 'any' })
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
