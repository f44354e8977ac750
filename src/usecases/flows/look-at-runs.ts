import type { DataValue, Moved } from '../../domain/flow/run.ts'
import { why } from '../../domain/flow/whys.ts'
import type { ContactId, ConversationId, FlowRunId, IntentId, WorkspaceId } from '../../domain/ids.ts'
import type { Reason } from '../../domain/intent.ts'
import type { Instant } from '../../domain/time.ts'
import type { RunFacts } from '../../store/flows/facts.ts'
import type { LiveRun, RunLine, RunMove } from '../../store/flows/runs.ts'
import { type EnrolIo, enrolFrom } from './enrol-run.ts'
import { asItWas, type FlowIntent, type Look, nothing, type Plan, type PlanIo, planOf, takenIn } from './plan-run.ts'

/*
 * The one place where runs move: the ticker looks at those that are due, and whoever records what a customer did looks at theirs, in the same
 * transaction. Both hold the same locks (the person, the conversation, the run), so one of them is first and the other finds what it did.
 *
 * A look is one transaction: the run, its history, the message that it asks for and everything else that it does are there together or not at
 * all. What went before a commit has not happened, and what is repeated after one finds the run moved.
 */

/** A program to call, in the outbox. */
export interface FlowCall {
  run: FlowRunId
  call: number
  workspace: WorkspaceId
  step: string
  url: string
  body: string
  keeps: boolean
  triedForMs: number
}

/** Reads and writes of one transaction. */
export interface LookIo extends EnrolIo, PlanIo {
  now(): Promise<Instant>
  readFacts(runs: readonly LiveRun[]): Promise<Map<FlowRunId, RunFacts>>
  /** How many messages other runs asked for to the same person in the last hour. */
  askedLately(runs: readonly LiveRun[]): Promise<Map<FlowRunId, number>>
  /** Answers which were as they had been read. */
  saveRuns(moves: readonly RunMove[]): Promise<Set<FlowRunId>>
  writeHistory(lines: readonly RunLine[]): Promise<void>
  takeInbound(taken: readonly { run: FlowRunId; conversation: ConversationId; order: number }[]): Promise<void>
  countPasses(passes: readonly { flow: number; step: string; n: number }[]): Promise<void>
  insertIntents(intents: readonly FlowIntent[]): Promise<void>
  cancel(ids: IntentId[], reason: Reason): Promise<void>
  insertCalls(calls: readonly FlowCall[]): Promise<void>
  /** Those of these runs that have not been answered. */
  cancelCalls(runs: readonly FlowRunId[]): Promise<void>
  setContact(contact: ContactId, field: string, value: DataValue): Promise<void>
  handOver(conversation: ConversationId, given: { run: FlowRunId; team: string; note: string | null }): Promise<void>
}

export interface Looked {
  run: LiveRun
  moved: Moved
}

export interface LookResult {
  looked: Looked[]
  /** A message was asked for. */
  due: boolean
  /** A program is to be called. */
  calls: boolean
  /** What the customers said last is the answer that one of them waited for. */
  answers: boolean
  /** These could not be looked at: something is wrong with the flow, or with this code. They are paused. */
  failed: { run: LiveRun; error: Error }[]
}

const ADVANCE: Look = { kind: 'advance' }
const STOPPED: Reason = { code: 'flow_stopped', text: 'The flow that asked for it has ended.' }

/** The runs are locked. */
export async function lookAtRuns(io: LookIo, runs: readonly LiveRun[], look: Look = ADVANCE): Promise<LookResult> {
  if (runs.length === 0) return { looked: [], due: false, calls: false, answers: false, failed: [] }
  const facts = await io.readFacts(runs)
  const now = await io.now()
  const failed: LookResult['failed'] = []
  const moves: RunMove[] = []
  const planned = new Map<FlowRunId, Plan>()
  const answers = new Answers()
  for (const run of inTurn(runs, facts)) {
    const known = facts.get(run.id)
    if (!known) continue
    try {
      const plan = await planOf(io, run, answers.leftFor(run, known), now, look)
      if (plan === null) continue
      answers.note(plan)
      planned.set(run.id, plan)
      moves.push(plan.move)
    } catch (error) {
      failed.push({ run, error: error as Error })
      const said = why('broken', { why: (error as Error).message.slice(0, 500) })
      moves.push({ ...asItWas(run), paused: said.text })
      planned.set(run.id, {
        ...nothing(run, known),
        lines: [{ runId: run.id, at: now, kind: 'paused', step: run.run.step, said }],
      })
    }
  }
  for (const plan of await thoughtOver(io, [...planned.values()], now)) {
    planned.set(plan.run.id, plan)
    moves[moves.findIndex(({ id }) => id === plan.run.id)] = plan.move
  }
  const saved = await io.saveRuns(moves)
  const done = [...planned].flatMap(([id, plan]) => (saved.has(id) ? [plan] : []))
  await take(io, done)
  return {
    looked: done.filter(({ run }) => !failed.some((one) => one.run === run)).map(({ run, moved }) => ({ run, moved })),
    due: done.some((plan) => plan.intents.length > 0),
    calls: done.some(({ moved }) => moved.effects.some(({ kind }) => kind === 'call')),
    answers: done.some(({ run, moved }) => takenIn(moved).includes(lastHeard(facts.get(run.id)))),
    failed,
  }
}

/**
 * Of those that ask for a message: anew, where others have asked for some to the same person lately, or do so in this look. What two robots say to
 * each other comes to its end by that, in however many runs.
 */
async function thoughtOver(io: LookIo, plans: readonly Plan[], now: Instant): Promise<Plan[]> {
  const asking = plans.filter(({ intents }) => intents.length > 0)
  const counts = await io.askedLately(asking.map(({ run }) => run))
  const here = new Map<ContactId, number>()
  const again: Plan[] = []
  for (const first of asking) {
    const { run, known } = first
    const before = here.get(run.contactId) ?? 0
    const lately = (counts.get(run.id) ?? 0) + before
    const anew =
      lately === 0 ? null : await planOf(io, run, { ...known, facts: { ...known.facts, lately } }, now, ADVANCE)
    if (anew !== null) again.push(anew)
    here.set(run.contactId, before + (anew ?? first).intents.length)
  }
  return again
}

/** A tap goes to the run that sent the button, and what is said to the newest one that waits for something. */
function inTurn(runs: readonly LiveRun[], facts: ReadonlyMap<FlowRunId, RunFacts>): LiveRun[] {
  const isTapped = ({ id, run }: LiveRun) =>
    facts.get(id)?.facts.inbound.some(({ order, tap }) => order > run.heard && tap?.of != null) === true
  return runs.toSorted((a, b) => Number(isTapped(b)) - Number(isTapped(a)) || (a.id < b.id ? 1 : -1))
}

/** What runs of the same look have taken for their answers. */
class Answers {
  readonly #taken = new Set<string>()

  leftFor({ conversationId }: LiveRun, known: RunFacts): RunFacts {
    if (this.#taken.size === 0) return known
    const inbound = known.facts.inbound.map((one) =>
      this.#taken.has(`${conversationId} ${one.order}`) ? { ...one, elsewhere: true } : one,
    )
    return { ...known, facts: { ...known.facts, inbound } }
  }

  note({ run, moved }: Plan): void {
    for (const order of takenIn(moved)) this.#taken.add(`${run.conversationId} ${order}`)
  }
}

/** The last of what a customer said; -1: nothing. */
function lastHeard(known: RunFacts | undefined): number {
  return Math.max(-1, ...(known?.facts.inbound ?? []).map(({ order }) => order))
}

async function take(io: LookIo, plans: readonly Plan[]): Promise<void> {
  await io.writeHistory(plans.flatMap((plan) => plan.lines))
  await io.countPasses(passesOf(plans))
  await io.takeInbound(
    plans.flatMap(({ run, moved }) =>
      takenIn(moved).map((order) => ({ run: run.id, conversation: run.conversationId, order })),
    ),
  )
  await io.insertIntents(plans.flatMap((plan) => plan.intents))
  await io.cancel(plans.flatMap(leftBehind), STOPPED)
  await io.insertCalls(plans.flatMap(callsIn))
  await io.cancelCalls(plans.flatMap(({ run, moved }) => (leavesCall(run, moved) ? [run.id] : [])))
  for (const { run, moved } of plans) {
    for (const effect of moved.effects) {
      if (effect.kind === 'set_contact') await io.setContact(run.contactId, effect.field, effect.value)
      else if (effect.kind === 'hand_over')
        await io.handOver(run.conversationId, { run: run.id, team: effect.team, note: effect.note })
      else if (effect.kind === 'enrol') await enrolFrom(io, run, effect)
      else if (effect.kind === 'leave') await io.leave(run, effect.flow)
    }
  }
}

/** Of a run that is over: what it has asked for and is not known to have left. */
function leftBehind({ known, moved, move }: Plan): IntentId[] {
  if (moved.run.state !== 'ended') return []
  const over = new Set(known.facts.sends.flatMap(({ key, state }) => (state === 'waiting' ? [] : [key])))
  return Object.entries(move.sends).flatMap(([key, id]) => (over.has(key) ? [] : [id]))
}

function callsIn({ run, moved }: Plan): FlowCall[] {
  return moved.effects.flatMap((effect) => {
    if (effect.kind !== 'call') return []
    const { kind: _kind, body, ...call } = effect
    return [{ ...call, run: run.id, workspace: run.workspace, body: JSON.stringify(body) }]
  })
}

/** It is over, and a call may not be, whether that was asked for by this look or before. */
function leavesCall({ run: before }: LiveRun, { run, effects }: Moved): boolean {
  return run.state === 'ended' && (before.calling || effects.some(({ kind }) => kind === 'call'))
}

function passesOf(plans: readonly Plan[]): { flow: number; step: string; n: number }[] {
  const counted = new Map<string, { flow: number; step: string; n: number }>()
  for (const { run, passed } of plans) {
    for (const step of passed) {
      const key = `${run.flow} ${step}`
      const one = counted.get(key) ?? { flow: run.flow, step, n: 0 }
      one.n += 1
      counted.set(key, one)
    }
  }
  return [...counted.values()]
}
