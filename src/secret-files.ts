import { readFileSync } from 'node:fs'

export interface WithFiles {
  /** What is set, and not to the empty text. */
  given: Record<string, string>
  /** What was expected of the files, and what came. */
  unread: string[]
}

/**
 * The environment with what stands in files: each of the names may be set as `<NAME>_FILE`, a path, so that whoever sees the environment of
 * a process sees no secret. A line end at the end of a file, which editors leave, is not part of it. Throws nothing.
 */
export function withFiles(env: NodeJS.ProcessEnv, names: readonly string[]): WithFiles {
  const given = Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => !!entry[1]))
  const unread: string[] = []
  for (const name of names) {
    const path = given[`${name}_FILE`]
    if (path === undefined) continue
    if (given[name] !== undefined) {
      unread.push(`expected ${name} or ${name}_FILE to be set, got both`)
      continue
    }
    try {
      const text = readFileSync(path, 'utf8').replace(/\r?\n$/, '')
      if (text === '') unread.push(`expected ${name}_FILE to be a file with something in it, got an empty one`)
      else given[name] = text
    } catch (error) {
      const { code = 'an error' } = error as NodeJS.ErrnoException
      unread.push(`expected ${name}_FILE to be a file that can be read, got ${code} for '${path}'`)
    }
  }
  return { given, unread }
}
