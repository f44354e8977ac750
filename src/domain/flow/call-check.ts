import type { Problems } from './problem.ts'
import type { Program } from './program.ts'
import { problem } from './sentences.ts'

/** @param problemWith what is wrong with an address, as "to be …"; a server knows where it may call */
export function checkCalls({ steps }: Program, problemWith: (url: string) => string | null, problems: Problems): void {
  steps.forEach((step, i) => {
    if (step.verb !== 'call') return
    const why = problemWith(step.url.parts.map((part) => (typeof part === 'string' ? part : 'x')).join(''))
    if (why !== null) problems.error(['steps', i, 'call', 'url'], problem('address_refused', { why }))
  })
}
