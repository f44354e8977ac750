import type { FlowMatcher } from '../../domain/flow/matcher.ts'
import type { Effect } from '../../domain/flow/run.ts'
import type { WorkspaceId } from '../../domain/ids.ts'
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
  const text = await beginBeside(io, run, name, data)
  await io.writeHistory([{ runId: run.id, at: await io.now(), kind: 'enrolled', step, text: `${name}: ${text}` }])
}

async function beginBeside(io: EnrolIo, run: LiveRun, name: string, data: unknown): Promise<string> {
  const hops = hopsOf(run) + 1
  if (hops > MOST_HOPS) return `not begun: ${MOST_HOPS} flows have begun one another before it`
  const flow = (await io.matcher(run.workspace)).flows.find((one) => one.name === name)
  if (flow === undefined) return 'not begun: there is no such flow, or it is paused'
  const facts = await io.readStartFacts(run.conversationId)
  if (facts === null) return 'not begun: the conversation is gone'
  const at = await io.now()
  const begun = { occasion: { kind: 'api' as const }, at, details: { by: run.flowName, hops }, data }
  return textOf(await startRun(io, flow, run, facts, begun))
}

function textOf(started: Started): string {
  switch (started.kind) {
    case 'started':
      return `begun as ${started.id}`
    case 'once':
      return 'not begun: they are in it, or were'
    case 'no_trigger':
      return 'not begun: it has no trigger "api", or is of another number'
    case 'bad_data':
      return `not begun: ${started.problems.map(({ message }) => message).join('; ')}`
  }
}

function hopsOf({ run }: LiveRun): number {
  const { hops } = run.trigger
  return typeof hops === 'number' ? hops : 0
}
