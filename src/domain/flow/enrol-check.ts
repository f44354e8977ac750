import type { Problems } from './problem.ts'
import type { Program } from './program.ts'
import { problem } from './sentences.ts'

/* What only who knows the other flows can tell of a flow that has people begin or leave them. */

/** Which flows each flow of the workspace has people begin. */
export type Enrolling = ReadonlyMap<string, readonly string[]>

export function namesOthers({ steps }: Program): boolean {
  return steps.some(({ verb }) => verb === 'enrol' || verb === 'leave')
}

export function checkEnrolling(program: Program, others: Enrolling, problems: Problems): void {
  program.steps.forEach((step, i) => {
    if (step.verb !== 'enrol' && step.verb !== 'leave') return
    const path = step.verb === 'enrol' ? ['steps', i, 'enrol', 'flow'] : ['steps', i, 'leave']
    if (!others.has(step.flow)) problems.warn(path, problem('flow_missing', { flow: step.flow }))
    if (step.verb !== 'enrol') return
    const back = wayBack(program.name, step.flow, others)
    if (back === null) return
    problems.error(path, problem('flow_round', { way: [program.name, ...back].join(' → ') }))
  })
}

/** From a flow to this one, by those that it begins. Null: none leads there. */
function wayBack(to: string, from: string, others: Enrolling): string[] | null {
  const open = [[from]]
  const seen = new Set<string>()
  for (let way = open.shift(); way; way = open.shift()) {
    const last = way.at(-1) as string
    if (last === to) return way
    if (seen.has(last)) continue
    seen.add(last)
    for (const next of others.get(last) ?? []) open.push([...way, next])
  }
  return null
}
