import type { GraphAnswer } from './answer.ts'

/** Thrown in the middle of the pages of a listing; every other call returns its answer. */
export class GraphCallError extends Error {
  readonly answer: Exclude<GraphAnswer<unknown>, { kind: 'ok' }>

  constructor(call: string, answer: Exclude<GraphAnswer<unknown>, { kind: 'ok' }>) {
    super(`${call}: ${summary(answer)}`)
    this.name = 'GraphCallError'
    this.answer = answer
  }
}

function summary(answer: Exclude<GraphAnswer<unknown>, { kind: 'ok' }>): string {
  switch (answer.kind) {
    case 'refused':
    case 'throttled':
      return `${answer.kind} with code ${answer.error.code ?? 'none'}, HTTP status ${answer.httpStatus}`
    case 'intercepted':
      return `intercepted, HTTP status ${answer.httpStatus} without an error of Meta's`
    case 'unreachable':
      return `unreachable, ${answer.cause}`
    case 'uncertain':
      return `no usable answer, ${answer.why}`
  }
}
