import type { Message, WhenClosed } from '../../domain/content.ts'
import { advance, endRun, stopOnly } from '../../domain/flow/advance.ts'
import { type Program, stepOf } from '../../domain/flow/program.ts'
import type { Effect, Moved } from '../../domain/flow/run.ts'
import { why } from '../../domain/flow/whys.ts'
import type { ConversationId, FlowRunId, IntentId, PhoneNumberId, WorkspaceId } from '../../domain/ids.ts'
import type { Priority } from '../../domain/intent.ts'
import type { Said } from '../../domain/said.ts'
import { DAY_MS, type Instant, plus } from '../../domain/time.ts'
import type { RunFacts } from '../../store/flows/facts.ts'
import type { LiveRun, RunLine, RunMove } from '../../store/flows/runs.ts'

/* What one look makes of one run, before anything of it is written. */

export interface FlowIntent {
  id: IntentId
  run: FlowRunId
  flowName: string
  workspace: WorkspaceId
  sender: PhoneNumberId
  conversationId: ConversationId
  message: Message
  whenClosed: WhenClosed
  priority: Priority
  expiresAt: Instant
  now: Instant
}

/** How a run is looked at. */
export type Look = { kind: 'advance' } | { kind: 'end'; outcome: string; why: Said }

export interface PlanIo {
  program(flow: number, version: number): Promise<Program>
  /** Orders by time. */
  newIntentId(now: Instant): IntentId
}

/** As of a message that is enqueued without saying. */
const LIFETIME_MS = 7 * DAY_MS

export interface Plan {
  run: LiveRun
  /** What it was looked at with. */
  known: RunFacts
  moved: Moved
  move: RunMove
  intents: FlowIntent[]
  lines: RunLine[]
  passed: string[]
}

export function nothing(run: LiveRun, known: RunFacts): Plan {
  const moved = { run: run.run, effects: [], history: [] }
  return { run, known, moved, move: asItWas(run), intents: [], lines: [], passed: [] }
}

export function asItWas({ id, run, sends }: LiveRun): RunMove {
  return { id, seq: run.seq, run, sends, watches: null, paused: null }
}

/** Null: it is paused, and stays as it is. */
export async function planOf(
  io: PlanIo,
  run: LiveRun,
  known: RunFacts,
  now: Instant,
  look: Look,
): Promise<Plan | null> {
  const ended = endedBy(run, now, look)
  const program = ended === null ? await io.program(run.flow, run.version) : null
  const moved = program === null ? ended : movedBy(run, program, known, now)
  if (moved === null) {
    if (run.state !== 'waiting' || known.linked) return null
    const said = why('unlinked')
    const line = { runId: run.id, at: now, kind: 'paused', step: run.run.step, said }
    return { ...nothing(run, known), move: { ...asItWas(run), paused: said.text }, lines: [line] }
  }
  const sends = { ...run.sends }
  const intents: FlowIntent[] = []
  for (const effect of moved.effects) {
    if (effect.kind !== 'send') continue
    const intent = intentOf(io, run, effect, known.whenClosed, now)
    sends[effect.key] = intent.id
    intents.push(intent)
  }
  const move: RunMove = {
    id: run.id,
    seq: run.run.seq,
    run: moved.run,
    sends,
    watches: program === null ? null : watchedBy(program, moved, sends),
    paused: null,
  }
  const lines = moved.history.map((line) => ({ runId: run.id, ...line }))
  return { run, known, moved, move, intents, lines, passed: passedIn(moved) }
}

/** Null: it goes on. Nothing of its document is asked. */
function endedBy({ run, merged, leaves }: LiveRun, now: Instant, look: Look): Moved | null {
  if (look.kind === 'end') return endRun(run, now, look.outcome, look.why)
  if (leaves) return endRun(run, now, 'left', why('other_flow_says'))
  return merged ? endRun(run, now, 'merged', why('merged')) : null
}

function movedBy(run: LiveRun, program: Program, { facts, linked }: RunFacts, now: Instant): Moved | null {
  const rests = run.state === 'paused' || run.flowState === 'paused' || !linked
  return rests ? stopOnly(program, run.run, facts, now) : advance(program, run.run, facts, now)
}

function intentOf(
  io: PlanIo,
  { id: run, flowName, workspace, sender, conversationId }: LiveRun,
  effect: Extract<Effect, { kind: 'send' }>,
  whenClosed: WhenClosed,
  now: Instant,
): FlowIntent {
  return {
    id: io.newIntentId(now),
    run,
    flowName,
    workspace,
    sender,
    conversationId,
    message: effect.message,
    whenClosed: effect.whenClosed ?? whenClosed,
    priority: effect.priority,
    expiresAt: effect.expiresAt ?? plus(now, LIFETIME_MS),
    now,
  }
}

/** The message whose delivery it waits for. */
function watchedBy(program: Program, { run }: Moved, sends: Record<string, IntentId>): IntentId | null {
  if (run.state === 'ended') return null
  const step = stepOf(program, run.step)
  if (step.verb !== 'wait' || step.for === null || !('step' in step.for)) return null
  const key = run.sent[step.for.step]?.key
  return (key !== undefined && sends[key]) || null
}

/** Steps that were left for another, each as often as that. */
function passedIn({ run, history }: Moved): string[] {
  const visited = history.map(({ step }) => step)
  const stays = visited.flatMap((step, i) => (i === 0 || visited[i - 1] !== step ? [step] : []))
  return stays.at(-1) === run.step ? stays.slice(0, -1) : stays
}

/** The places of what a customer said that it takes for its answers. */
export function takenIn({ effects }: Moved): number[] {
  return effects.flatMap((effect) => (effect.kind === 'takes' ? [effect.order] : []))
}
