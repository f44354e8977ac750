import type * as z from 'zod'
import type { Said } from '../said.ts'
import { didYouMean, likest, type Path, type Problems } from './problem.ts'
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
import { hint, problem } from './sentences.ts'
import { saidOfShape } from './shape.ts'

/*
 * Reads a document strictly: every mistake with its place and what was probably meant. Of a step the one verb is found first, and the rest
 * is read as that verb's, so that a misspelt field is told as one and not as twelve kinds of step that it is not.
 */

type Shapes = Readonly<Record<string, z.ZodType>>
type Fields = Record<string, unknown>

export function readDocument(input: unknown, problems: Problems): FlowDocument | null {
  if (!isFields(input)) {
    problems.error([], problem('no_document', { kind: kindOf(input) }))
    return null
  }
  if ('on' in input && !('triggers' in input)) problems.error(['on'], problem('on_is_true'))
  else check(outlineSchema, input, [], problems)
  each(input.triggers, ['triggers'], (one, path) => readNamed(one, path, problems, TRIGGERS, ['api'], 'trigger'))
  each(input.stop, ['stop'], (one, path) => readNamed(one, path, problems, STOPS, PLAIN_STOPS, 'stop'))
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
  thing: string,
): void {
  const kinds = [...new Set([...words, ...Object.keys(shapes)])]
  if (typeof one === 'string') {
    if (words.includes(one)) return
    const needs = Object.hasOwn(shapes, one)
      ? hint('needs_more', { got: one, code: `${one}: {…}` })
      : didYouMean(one, kinds)
    problems.error(path, problem('thing_unknown', { thing, choices: kinds.join(', '), got: short(one) }), needs)
    return
  }
  readByKey(one, path, problems, shapes, thing)
}

function readByKey(one: unknown, path: Path, problems: Problems, shapes: Shapes, thing: string): void {
  const kinds = Object.keys(shapes)
  const choices = kinds.join(', ')
  if (!isFields(one)) {
    problems.error(path, problem('thing_kind', { thing, choices, kind: kindOf(one) }))
    return
  }
  const found = kinds.filter((kind) => Object.hasOwn(one, kind))
  const [kind] = found
  if (kind === undefined) {
    const key = Object.keys(one)[0]
    if (key === undefined) problems.error(path, problem('thing_missing', { thing, choices }))
    else {
      const said = problem('thing_unknown', { thing, choices, got: short(key) })
      problems.error([...path, key], said, didYouMean(key, kinds))
    }
    return
  }
  if (found.length > 1) {
    problems.error([...path, found[1] as string], problem('thing_several', { choices, got: found.join(' and ') }))
    return
  }
  check(shapes[kind] as z.ZodType, one, path, problems)
}

function readStep(one: unknown, path: Path, problems: Problems): void {
  if (!isFields(one)) {
    problems.error(path, problem('step_kind', { choices: VERBS.join(', '), kind: kindOf(one) }))
    return
  }
  const verbs = VERBS.filter((verb) => verb !== 'end' && Object.hasOwn(one, verb))
  const [verb] = verbs.length === 0 && Object.hasOwn(one, 'end') ? (['end'] as const) : verbs
  if (verb === undefined) {
    problems.error(path, problem('step_no_verb', { choices: VERBS.join(', ') }), verbHint(one))
    return
  }
  if (verbs.length > 1) {
    problems.error(
      [...path, verbs[1] as string],
      problem('step_several_verbs', { got: verbs.join(' and ') }),
      hint('two_steps'),
    )
    return
  }
  const parts = verb === 'send' || verb === 'wait' || verb === 'branch' ? verb : null
  check(STEPS[verb], one, path, problems, parts ?? undefined)
  if (Object.hasOwn(one, 'next') && Object.hasOwn(one, 'end')) {
    problems.error([...path, 'end'], problem('both_given', { one: 'next', other: 'end' }))
  }
  if (verb === 'send') readByKey(one.send, [...path, 'send'], problems, SENDS, 'message')
  if (verb === 'wait') readWait(one.wait, [...path, 'wait'], problems)
  if (verb === 'branch')
    each(one.branch, [...path, 'branch'], (item, at) => readByKey(item, at, problems, CASES, 'case'))
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
  else readByKey(wait, path, problems, WAITS, 'wait')
}

function verbHint(step: Fields): Said | undefined {
  const known = Object.values(STEPS).flatMap((shape) => Object.keys(shape.shape))
  for (const key of Object.keys(step)) {
    if (known.includes(key)) continue
    const word = likest(key, VERBS)
    if (word !== undefined) return hint('did_you_mean_for', { got: short(key), word })
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
    const said = saidOfShape({ issues: [issue] }, leafs.issue, input)
    problems.error([...path, ...leafs.path], said, hintFor(leafs.issue, valueAt(input, leafs.path)))
  }
}

function unknownField(shape: z.ZodType, key: string, path: Path, problems: Problems): void {
  const at = [...path, key]
  problems.error(at, problem('field_unknown', { field: short(key) }), didYouMean(key, namesIn(shape)))
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

function hintFor(issue: Issue, came: unknown): Said | undefined {
  if (issue.code === 'invalid_value' && typeof came === 'string') return didYouMean(came, issue.values.map(String))
  if (issue.code === 'invalid_type' && issue.expected === 'string' && typeof came === 'number') {
    return hint('quote_number', { got: came })
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
  return Array.isArray(value) ? 'list' : typeof value
}

function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
