import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { CommandFailed, messageOf } from './failure.ts'

export function isDocumentName(name: string): boolean {
  return /\.(json|ya?ml)$/.test(name)
}

/**
 * A template document as the Cloud API takes it, or another one, in JSON or in YAML. What cannot be read is told with its line.
 *
 * @param members that it has, for the error
 */
export async function readDocument(
  file: string,
  members = 'name, language, category and components',
): Promise<Record<string, unknown>> {
  let document: unknown
  try {
    const text = await readFile(file, 'utf8')
    document = file.endsWith('.json') ? JSON.parse(text) : parse(text, { maxAliasCount: 100 })
  } catch (cause) {
    throw new CommandFailed(`cannot read ${file}: ${messageOf(cause)}`, { code: 'unreadable', cause })
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new CommandFailed(`expected ${file} to hold an object: ${members}`, {
      code: 'unreadable',
    })
  }
  return document as Record<string, unknown>
}
