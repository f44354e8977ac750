import { UsageError } from './failure.ts'

export type TemplateValues = Readonly<Record<string, string>> | readonly string[]

/**
 * Template values from `name=value` words. Names that count from 1 are positions, as in `{{1}}`, and become a list. A value may
 * hold `=`. Nothing given: undefined.
 */
export function templateValues(words: readonly string[]): TemplateValues | undefined {
  if (words.length === 0) return undefined
  const values = new Map<string, string>()
  for (const word of words) {
    const at = word.indexOf('=')
    if (at < 1) throw new UsageError(`expected --param name=value, or 1=value for {{1}}, got '${word}'`)
    const name = word.slice(0, at)
    if (values.has(name)) throw new UsageError(`expected each --param once, got '${name}' twice`)
    values.set(name, word.slice(at + 1))
  }
  const names = [...values.keys()]
  const positional = names.filter((name) => /^\d+$/.test(name))
  if (positional.length === 0) return Object.fromEntries(values)
  const list = names.map((_, index) => values.get(String(index + 1)))
  if (positional.length < names.length || !list.every((value) => value !== undefined)) {
    throw new UsageError(
      `expected --param with names, or with the numbers 1 to ${names.length}, got ${names.join(', ')}`,
    )
  }
  return list
}

/** The Cloud API's `components` for values that all belong into the body. */
export function bodyComponents(values: TemplateValues | undefined): object[] {
  if (values === undefined) return []
  const parameters = Array.isArray(values)
    ? values.map((text: string) => ({ type: 'text', text }))
    : Object.entries(values).map(([parameter_name, text]) => ({ type: 'text', parameter_name, text }))
  return [{ type: 'body', parameters }]
}
