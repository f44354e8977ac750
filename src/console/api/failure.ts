/** What the API answered instead of what was asked for, or that nobody answered. */
export class ApiFailure extends Error {
  /** HTTP status; 0 where no answer came. */
  readonly status: number
  /** Of the contract, such as `wrong_state`; `unreachable` where no answer came. */
  readonly code: string
  /** Dotted path of the member at fault. */
  readonly field: string | null
  readonly requestId: string | null
  /** Seconds to wait before another try, where the server says so. */
  readonly retryAfterS: number | null

  /** Where there is more than one thing to mend. */
  readonly problems: readonly Problem[]

  constructor(
    message: string,
    about: Partial<Omit<ApiFailure, 'message' | 'name'>> & { status: number; code: string },
  ) {
    super(message)
    this.name = 'ApiFailure'
    this.status = about.status
    this.code = about.code
    this.field = about.field ?? null
    this.requestId = about.requestId ?? null
    this.retryAfterS = about.retryAfterS ?? null
    this.problems = about.problems ?? []
  }
}

/** One thing to mend. */
export interface Problem {
  path?: string
  message: string
  /** Of the document as it was written, from 1. */
  line?: number
  /** Such as what was probably meant. */
  hint?: string
  /** What is said, where the API has a code for it. */
  code?: string
  values?: SaidValues
  hint_code?: string
  hint_values?: SaidValues
}

/** What is filled in where something is said, by name. */
export type SaidValues = Readonly<Record<string, string | number>>

interface ErrorBody {
  error?: { code?: string; message?: string; field?: string; problems?: Problem[] }
}

export async function failureOf(answer: Response): Promise<ApiFailure> {
  const { error } = await answer.json().then(
    (body) => (body ?? {}) as ErrorBody,
    () => ({}) as ErrorBody,
  )
  const wait = Number(answer.headers.get('retry-after'))
  return new ApiFailure(error?.message ?? `${answer.status} ${answer.statusText}`, {
    status: answer.status,
    code: error?.code ?? 'unknown',
    field: error?.field ?? null,
    requestId: answer.headers.get('x-request-id'),
    retryAfterS: wait > 0 ? wait : null,
    problems: error?.problems ?? [],
  })
}

export function toFailure(error: unknown): ApiFailure {
  if (error instanceof ApiFailure) return error
  const message = error instanceof Error ? error.message : String(error)
  return new ApiFailure(message, { status: 0, code: 'unreachable' })
}
