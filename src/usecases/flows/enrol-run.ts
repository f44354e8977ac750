import type { FlowMatcher } from '../../domain/flow/matcher.ts'
import type { Effect } from '../../domain/flow/run.ts'
import { why } from '../../domain/flow/whys.ts'
import type { WorkspaceId } from '../../domain/ids.ts'
import type { Said } from '../../domain/said.ts'
import type { LiveRun } from '../../store/flows/runs.ts'
import { type Started, type StartIo, startRun } from './start-run.ts'

/* A step of a run has its person begin another flow, or leave one. */

/** Reads and writes of one transaction. */
export interface EnrolIo extends StartIo {
  matcher(workspace: WorkspaceId): Promise<FlowMatcher>
  /** The person's runs of this flow with this number end as soon as they are looked at, which is soon. */
  leave(run: LiveRun, flow: string): Promise<void>
}

/** Flows, each begun by the one before, until that counts as going round. */
export const MOST_HOPS = 5

/** With the number of the run. The history says what came of it. */
export async function enrolFrom(
  io: EnrolIo,
  run: LiveRun,
  { step, flow: name, data }: Extract<Effect, { kind: 'enrol' }>,
): Promise<void> {
  const said = await beginBeside(io, run, name, data)
  await io.writeHistory([{ runId: run.id, at: await io.now(), kind: 'enrolled', step, said }])
}

async function beginBeside(io: EnrolIo, run: LiveRun, name: string, data: unknown): Promise<Said> {
  const hops = hopsOf(run) + 1
  if (hops > MOST_HOPS) return why('not_begun_hops', { flow: name, hops: MOST_HOPS })
  const flow = (await io.matcher(run.workspace)).flows.find((one) => one.name === name)
  if (flow === undefined) return why('not_begun_none', { flow: name })
  const facts = await io.readStartFacts(run.conversationId)
  if (facts === null) return why('not_begun_gone', { flow: name })
  const at = await io.now()
  const begun = { occasion: { kind: 'api' as const }, at, details: { by: run.flowName, hops }, data }
  return whatBecame(name, await startRun(io, flow, run, facts, begun))
}

function whatBecame(flow: string, started: Started): Said {
  switch (started.kind) {
    case 'started':
      return why('begun', { flow, run: started.id })
    case 'once':
      return why('not_begun_once', { flow })
    case 'no_trigger':
      return why('not_begun_trigger', { flow })
    case 'bad_data':
      return why('not_begun_data', { flow, why: started.problems.map(({ message }) => message).join('; ') })
  }
}

function hopsOf({ run }: LiveRun): number {
  const { hops } = run.trigger
  return typeof hops === 'number' ? hops : 0
}
