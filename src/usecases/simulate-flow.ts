import type { Program } from '../domain/flow/program.ts'
import { type Exploration, explore } from '../domain/flow/simulate/explore.ts'
import { readScript, type Script } from '../domain/flow/simulate/script.ts'
import { type Simulation, simulate } from '../domain/flow/simulate/simulate.ts'
import type { KnownTemplate } from '../domain/flow/simulate/world.ts'
import { compileDocument } from './preview-template.ts'
import {
  excessIn,
  type LocatedProblem,
  locatedOf,
  type ReadFlow,
  readFlow,
  readFlowValue,
  readYaml,
} from './read-flow.ts'

/* Plays a flow against a script, without a database or a network. */

export type SimulatedFlow =
  | { ok: true; value: Simulation; warnings: LocatedProblem[] }
  /** `of`: which of the two documents has the problems. */
  | { ok: false; of: 'document' | 'script'; problems: LocatedProblem[] }

/**
 * Documents as texts, YAML or JSON, or as values.
 *
 * @param templates documents of all that may be sent; null: any
 * @param mayGoOn asked at every step; what has not come to its end by then is refused
 */
export function simulateFlow(
  document: unknown,
  script: unknown,
  templates: readonly Record<string, unknown>[] | null,
  mayGoOn: () => boolean = () => true,
): SimulatedFlow {
  const read = readBoth(document, script)
  if (!read.ok) return read
  const simulated = simulate(read.program, read.script, templates?.map(knownTemplate) ?? null, mayGoOn)
  if (!simulated.ok) return { ok: false, of: 'script', problems: simulated.problems }
  return { ok: true, value: simulated.value, warnings: read.warnings }
}

export type ExploredFlow =
  | { ok: true; value: Exploration; warnings: LocatedProblem[] }
  | { ok: false; of: 'document' | 'script'; problems: LocatedProblem[] }

/** Plays all that a customer may do at the first waits; of the script only its start counts. */
export function exploreFlow(
  document: unknown,
  script: unknown,
  templates: readonly Record<string, unknown>[] | null,
  waits: number,
  mayGoOn: () => boolean = () => true,
): ExploredFlow {
  const read = readBoth(document, script)
  if (!read.ok) return read
  const explored = explore(read.program, read.script, templates?.map(knownTemplate) ?? null, waits, mayGoOn)
  if (!explored.ok) return { ok: false, of: 'script', problems: explored.problems }
  return { ok: true, value: explored.value, warnings: read.warnings }
}

type ReadBoth =
  | { ok: true; program: Program; script: Script; warnings: LocatedProblem[] }
  | { ok: false; of: 'document' | 'script'; problems: LocatedProblem[] }

function readBoth(document: unknown, script: unknown): ReadBoth {
  const read = readEither(document)
  if (!read.compiled?.ok) return { ok: false, of: 'document', problems: read.problems }
  const given = scriptOf(script)
  if (!('script' in given)) return { ok: false, of: 'script', problems: given.problems }
  return { ok: true, program: read.compiled.program, script: given.script, warnings: read.warnings }
}

function knownTemplate(document: Record<string, unknown>): KnownTemplate {
  const category = typeof document.category === 'string' ? document.category : 'MARKETING'
  return { definition: compileDocument(document), category }
}

export function readEither(document: unknown): ReadFlow {
  return typeof document === 'string' ? readFlow(document) : readFlowValue(document)
}

function scriptOf(input: unknown): { script: Script } | { problems: LocatedProblem[] } {
  const excess = typeof input === 'string' ? null : excessIn(input, 'script')
  if (excess !== null) return { problems: [excess] }
  const yaml =
    typeof input === 'string' ? readYaml(input, 'script') : { ok: true as const, value: input, locate: () => null }
  if (!yaml.ok) return { problems: yaml.problems }
  const read = readScript(yaml.value)
  if (read.ok) return { script: read.script }
  return { problems: read.problems.errors.map((problem) => locatedOf(problem, yaml.locate)) }
}
