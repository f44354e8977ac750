/** The command line asks for something that makes no sense. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** What is wrong with a document; `line` and `column` of a file, from 1. */
export interface FoundProblem {
  readonly path: string
  readonly line?: number
  readonly column?: number
  readonly message: string
  readonly hint?: string
}

export interface FailureDetails {
  readonly code?: string
  /** The dotted path at fault, as the API names it. */
  readonly field?: string
  readonly problems?: readonly FoundProblem[]
  readonly cause?: unknown
}

/** What was asked for could not be done, and the message says why to somebody who has not read the code. Exit code 1. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
  readonly code: string
  readonly field: string | undefined
  readonly problems: readonly FoundProblem[]

  constructor(message: string, { code = 'failed', field, problems = [], cause }: FailureDetails = {}) {
    super(message, { cause })
    this.code = code
    this.field = field
    this.problems = problems
  }
}

/** The result is printed already and says what is wrong; only the exit code (1) is left to tell. */
export class Unsuccessful extends Error {
  override readonly name = 'Unsuccessful'
}

/**
 * A failure that has a reason outside of this program (a database that is away, a port that is taken) in one line; null for
 * a bug, whose stack somebody has to see.
 */
export function outsideReason(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null
  if (error.code.startsWith('ERR_')) return null
  // Trying several addresses of one name fails with all of their reasons, and no message of its own.
  const inner = error instanceof AggregateError ? error.errors.map((one: unknown) => messageOf(one)) : []
  return error.message || [...new Set(inner)].join('; ') || error.code
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
