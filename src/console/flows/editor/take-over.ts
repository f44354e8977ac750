/* Where live runs go from steps that a new version does not have, written into its document as it is typed. Pure. */

export interface TakeOver {
  /** The id that a step has now, by the one that it had. */
  moved: Readonly<Record<string, string>>
  /** Of runs in all other steps that are there no more: `finish`, `end`, or a step; null: nothing is said. */
  removed: string | null
}

/** The same document with these two members and no others of their names; all else stays as it is written, comments too. */
export function withTakeOver(text: string, takeOver: TakeOver): string {
  const { moved, removed } = takeOver
  const members = {
    ...(Object.keys(moved).length > 0 && { moved }),
    ...(removed !== null && { removed }),
  }
  const document = jsonIn(text)
  if (document === null) return inYaml(text, members)
  const { moved: _moved, removed: _removed, steps, ...rest } = document
  return JSON.stringify({ ...rest, ...members, steps }, null, 2)
}

function jsonIn(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return null
  }
}

function inYaml(text: string, members: Record<string, unknown>): string {
  const lines = withoutMembers(text.replace(/\n*$/, '').split('\n'), Object.keys(NAMES))
  const written = Object.entries(members).map(([name, value]) => `${name}: ${flowOf(value)}`)
  const steps = lines.findIndex((line) => /^(["']?)steps\1\s*:/.test(line))
  const at = steps === -1 ? lines.length : steps
  return `${[...lines.slice(0, at), ...written, ...lines.slice(at)].join('\n')}\n`
}

const NAMES = { moved: true, removed: true } satisfies Record<keyof TakeOver, true>

/** A member is its line and those that are indented below it. */
function withoutMembers(lines: readonly string[], names: readonly string[]): string[] {
  let isInside = false
  return lines.filter((line) => {
    const name = /^(["']?)(\w+)\1\s*:/.exec(line)?.[2]
    if (name !== undefined) isInside = names.includes(name)
    else if (!/^[\s}]/.test(line) || line.trim() === '') isInside = false
    return !isInside
  })
}

/** As YAML has it within a line. */
function flowOf(value: unknown): string {
  if (typeof value === 'string') return wordOf(value)
  const members = Object.entries(value as Record<string, string>)
  return `{ ${members.map(([name, to]) => `${wordOf(name)}: ${wordOf(to)}`).join(', ')} }`
}

/** What YAML reads as no text is quoted. */
function wordOf(id: string): string {
  return /^[a-z][a-z0-9_]*$/.test(id) && !['true', 'false', 'null'].includes(id) ? id : JSON.stringify(id)
}
