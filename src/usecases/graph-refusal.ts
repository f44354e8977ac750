import { classify } from '../domain/failure.ts'
import type { GraphAnswer } from '../graph/answer.ts'
import type { Refusal } from './answer.ts'

/** What Graph's "no" to one of our management calls means for our own caller: we are the gateway, and the trouble is behind us. */
export function refusalOf(answer: Exclude<GraphAnswer<unknown>, { kind: 'ok' }>): Refusal {
  switch (answer.kind) {
    case 'refused': {
      const { code, subcode, details } = answer.error
      const numbers = code === null ? 'no code' : `error ${code}${subcode === null ? '' : `/${subcode}`}`
      const message = `Meta refused it with ${numbers}: ${details ?? classify(answer.error).text}`
      return { status: 502, code: 'graph_refused', message }
    }
    case 'throttled': {
      const wait = answer.retryAfterS === null ? 'later' : `in ${answer.retryAfterS} s`
      return { status: 503, code: 'graph_throttled', message: `Meta asks to slow down; try again ${wait}` }
    }
    case 'intercepted': {
      const message = `something on the way to the Graph API answered in its place, with HTTP status ${answer.httpStatus}`
      return { status: 502, code: 'graph_unreachable', message }
    }
    case 'unreachable':
      return { status: 502, code: 'graph_unreachable', message: `the Graph API could not be reached: ${answer.cause}` }
    case 'uncertain': {
      const message = `the Graph API gave no usable answer (${answer.why}); it may have done what was asked`
      return { status: 502, code: 'graph_unclear', message }
    }
  }
}
