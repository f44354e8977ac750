import { GraphError } from '../graph-error.ts'
import type { Json } from '../records.ts'

/** What a value in a request must look like. Enough to say no the way the Graph API does, no more. */
export type Shape =
  | { kind: 'text'; max?: number; min?: number; oneOf?: readonly string[]; pattern?: RegExp }
  | { kind: 'number'; min?: number; max?: number }
  | { kind: 'flag' }
  | { kind: 'object'; keys: Record<string, Shape>; required: readonly string[] }
  | { kind: 'list'; of: Shape; min: number; max: number }
  | { kind: 'any' }

export const any: Shape = { kind: 'any' }
export const flag: Shape = { kind: 'flag' }
export const text = (max?: number): Shape => ({ kind: 'text', min: 1, ...(max === undefined ? {} : { max }) })
export const anyText: Shape = { kind: 'text' }
export const oneOf = (...values: string[]): Shape => ({ kind: 'text', oneOf: values })
export const matching = (pattern: RegExp): Shape => ({ kind: 'text', pattern })
export const number = (min?: number, max?: number): Shape => ({
  kind: 'number',
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
})
export const list = (of: Shape, min: number, max: number): Shape => ({ kind: 'list', of, min, max })

/** Keys end in `!` when they must be there. */
export function object(keys: Record<string, Shape>): Shape {
  const entries = Object.entries(keys)
  return {
    kind: 'object',
    keys: Object.fromEntries(entries.map(([key, shape]) => [key.replace('!', ''), shape])),
    required: entries.filter(([key]) => key.endsWith('!')).map(([key]) => key.slice(0, -1)),
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Throws the GraphError of the first thing wrong with `value`; `path` reads like `interactive['body']['text']`. */
export function checkShape(value: unknown, shape: Shape, path: string): void {
  switch (shape.kind) {
    case 'any':
      return
    case 'flag':
      if (typeof value !== 'boolean') throw invalid(`Param ${path} must be a boolean.`)
      return
    case 'number':
      checkNumber(value, shape, path)
      return
    case 'text':
      checkText(value, shape, path)
      return
    case 'list':
      checkList(value, shape, path)
      return
    case 'object':
      checkObject(value, shape, path)
      return
    default:
      shape satisfies never
  }
}

function checkNumber(value: unknown, shape: Shape & { kind: 'number' }, path: string): void {
  // Graph takes numbers written as text, and many clients send coordinates that way.
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof read !== 'number' || !Number.isFinite(read)) throw invalid(`Param ${path} must be a number.`)
  if (read < (shape.min ?? -Infinity) || read > (shape.max ?? Infinity)) {
    throw new GraphError(131009, `Param ${path} must be between ${shape.min} and ${shape.max}.`)
  }
}

function checkText(value: unknown, shape: Shape & { kind: 'text' }, path: string): void {
  if (typeof value !== 'string') throw invalid(`Param ${path} must be a string.`)
  if (value.length < (shape.min ?? 0)) throw missing(path)
  if (shape.max !== undefined && value.length > shape.max) {
    throw invalid(`Param ${path} must be at most ${shape.max} characters long.`)
  }
  if (shape.oneOf && !shape.oneOf.includes(value)) {
    throw invalid(`Param ${path} must be one of {${shape.oneOf.join(', ')}} - got "${value}".`)
  }
  if (shape.pattern && !shape.pattern.test(value)) {
    throw new GraphError(131009, `Param ${path} is not valid - got "${value}".`)
  }
}

function checkList(value: unknown, shape: Shape & { kind: 'list' }, path: string): void {
  if (!Array.isArray(value)) throw invalid(`Param ${path} must be an array.`)
  if (value.length < shape.min || value.length > shape.max) {
    throw new GraphError(131009, `Param ${path} must have between ${shape.min} and ${shape.max} items.`)
  }
  for (const [index, item] of value.entries()) checkShape(item, shape.of, `${path}[${index}]`)
}

function checkObject(value: unknown, shape: Shape & { kind: 'object' }, path: string): void {
  if (!isObject(value)) throw invalid(`Param ${path} must be a JSON object.`)
  for (const key of shape.required) {
    if (value[key] === undefined || value[key] === null) throw missing(`${path}['${key}']`)
  }
  for (const [key, item] of Object.entries(value)) {
    const inner = shape.keys[key]
    if (!inner) throw invalid(`Unexpected key "${key}" on param "${path}".`)
    if (item !== null && item !== undefined) checkShape(item, inner, `${path}['${key}']`)
  }
}

function invalid(details: string): GraphError {
  return new GraphError(100, details, { message: `(#100) ${details}` })
}

function missing(path: string): GraphError {
  return new GraphError(131008, `Parameter ${path} is mandatory.`)
}
