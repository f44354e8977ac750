import { CommandFailed } from './failure.ts'

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

export function isId(given: string): boolean {
  return UUID.test(given)
}

/** What commands can name beside its id. */
export interface Nameable {
  /** `campaign`. */
  readonly what: string
  /** What else it is known by: `name`. */
  readonly by: string
  /** The command that shows all of them. */
  readonly list: string
  find(given: string): Promise<readonly { id: string; state: string }[]>
}

/** The id of the one that is meant, by its id or by what it is called, where it alone is called so. An id is not looked up. */
export async function idOf(given: string, { what, by, list, find }: Nameable): Promise<string> {
  if (isId(given)) return given
  const found = await find(given)
  const [one, another] = found
  if (one === undefined) {
    const message = `expected the id or the ${by} of a ${what}, got '${given}'; they are shown by: casement ${list}`
    throw new CommandFailed(message, { code: `${what}_unknown` })
  }
  if (another === undefined) return one.id
  const all = found.map(({ id, state }) => `${id} (${state})`).join(', ')
  throw new CommandFailed(`expected the ${by} of one ${what}, got '${given}', which several have; say the id: ${all}`, {
    code: 'ambiguous',
  })
}
