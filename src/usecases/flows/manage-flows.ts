import type { Purview } from '../../domain/access.ts'
import type { Doer } from '../../domain/audit.ts'
import { counted } from '../../domain/counted.ts'
import { checkCalls } from '../../domain/flow/call-check.ts'
import { checkEnrolling, type Enrolling, namesOthers } from '../../domain/flow/enrol-check.ts'
import { lengthOf } from '../../domain/flow/moment.ts'
import { Problems, sayingOf } from '../../domain/flow/problem.ts'
import type { Program } from '../../domain/flow/program.ts'
import { problem } from '../../domain/flow/sentences.ts'
import { checkTemplates, type TemplateBook, templateNamesOf } from '../../domain/flow/template-check.ts'
import type { FlowCounts, FlowRead, FlowVersion, Listening, NewVersion } from '../../store/flows/flows.ts'
import { type Answer, done, invalid, refused, unknown } from '../answer.ts'
import { decodeCursor, type Page, pageOf } from '../paging.ts'
import { type LocatedProblem, type ReadFlow, readFlow, readFlowValue } from '../read-flow.ts'

/*
 * Flows as who writes them sees them: a text under a name. Another text is another version; new runs take the newest, and each run is wholly on
 * one version at any time. What becomes of live runs is said with the new text: they finish on theirs, go over to the new one, or end.
 */

export const ON_EDIT = ['finish', 'migrate', 'end'] as const
export type OnEdit = (typeof ON_EDIT)[number]

export interface FlowsIo {
  read(purview: Purview, name: string): Promise<FlowRead | null>
  list(purview: Purview, after: string | null, limit: number): Promise<FlowRead[]>
  version(flow: FlowRead, version: number): Promise<FlowVersion | null>
  versions(flow: FlowRead): Promise<Pick<FlowVersion, 'version' | 'at' | 'by'>[]>
  count(flow: FlowRead): Promise<FlowCounts>
  /** Those of these names that are linked and the caller's. */
  isLinked(purview: Purview, sender: string): Promise<boolean>
  /** Those of these names in the accounts that the flow may send from, of any number or of this one. */
  templates(purview: Purview, sender: string | null, names: readonly string[]): Promise<TemplateBook>
  /** What is wrong with an address to call, as "to be …"; null when nothing is. */
  problemWithUrl(url: string): string | null
  /** All flows that the caller sees, with those that each has people begin. */
  enrolling(purview: Purview): Promise<Enrolling>
  /** The flow of this name, locked; what is written inside is there with the audit's row or not at all. */
  change<T>(
    doer: Doer,
    name: string,
    change: (locked: LockedFlowIo, flow: FlowRead | null) => Promise<{ answer: Answer<T>; did: string | null }>,
  ): Promise<Answer<T>>
  /** Until all of its live runs were asked; whoever looks at runs does it, too. */
  takeOver(flow: number): Promise<void>
  /** What flows have asked for and is held for a pause, and need not be any more. */
  releaseHeld(): Promise<void>
  /** On which steps its live runs are at this moment. */
  stepsInUse(flow: FlowRead): Promise<StepInUse[]>
}

export interface StepInUse {
  step: string
  runs: number
}

export interface LockedFlowIo {
  version(flow: FlowRead, version: number): Promise<FlowVersion | null>
  /** Null: it was made by somebody else at this moment. */
  write(known: FlowRead | null, made: NewVersion): Promise<FlowRead | null>
  setState(flow: FlowRead, state: FlowRead['state']): Promise<FlowRead>
  /** Due runs of a flow that goes on come one after the other. */
  spread(flow: FlowRead): Promise<void>
  stepsInUse(flow: FlowRead): Promise<StepInUse[]>
  /** Runs of before are still being taken over. */
  isTakingOver(flow: FlowRead): Promise<boolean>
  /** All live runs of before go over to its version, or end, from the commit on. */
  beginTakeOver(flow: FlowRead, what: Exclude<OnEdit, 'finish'>): Promise<void>
}

export interface Deployed {
  version: number
  created: boolean
  warnings: LocatedProblem[]
}

export interface Deployment {
  name: string
  /** YAML or JSON as it was written, or a value. */
  document: string | Record<string, unknown>
  /** Default: as the document says, else they finish. */
  onEdit?: OnEdit | undefined
}

/** Names that the API's own paths have. */
const RESERVED = ['check', 'simulate', 'schema']

export async function deployFlow(
  io: FlowsIo,
  doer: Doer,
  { name, document, onEdit }: Deployment,
): Promise<Answer<Deployed>> {
  if (RESERVED.includes(name)) return invalid('name', `expected another name than ${RESERVED.join(', ')}`)
  const source = typeof document === 'string' ? document : JSON.stringify(document, null, 2)
  const read = typeof document === 'string' ? readFlow(document) : readFlowValue(document)
  const { problems: found, warnings } = await problemsOf(io, doer, name, read)
  if (read.compiled === null || !read.compiled.ok || found.length > 0) return flowInvalid(found)
  const { program, document: value } = read.compiled
  const policy = onEdit ?? value.on_edit ?? 'finish'
  const made = {
    workspace: doer.workspace,
    name,
    sender: program.sender,
    source,
    document: value,
    by: doer.actor,
    listens: listensOf(program),
    closesWithinMs: closesWithinOf(program),
  }
  let changed: FlowRead | null = null
  const answer = await io.change<Deployed>(doer, name, async (locked, flow) => {
    changed = null
    const foreign = flow && ofAllNumbers<Deployed>(doer, flow)
    if (foreign) return { answer: foreign, did: null }
    const current = flow && (await locked.version(flow, flow.version))
    if (flow && current?.source === source) {
      return { answer: done({ version: flow.version, created: false, warnings }), did: null }
    }
    if (flow && policy !== 'finish' && (await locked.isTakingOver(flow))) {
      return { answer: stillTakingOver(name), did: null }
    }
    if (flow && policy === 'migrate') {
      const refusal = vanishing(program, await locked.stepsInUse(flow))
      if (refusal) return { answer: refusal, did: null }
    }
    const written = await locked.write(flow, made)
    if (written === null) return { answer: madeMeanwhile(name), did: null }
    if (flow && policy !== 'finish') {
      await locked.beginTakeOver(written, policy)
      changed = written
    }
    const answer = done({ version: written.version, created: flow === null, warnings })
    return { answer, did: 'deploy' }
  })
  // They may be many, so they are no part of the change.
  const taking = changed as FlowRead | null
  if (answer.ok && taking !== null) await io.takeOver(taking.id)
  return answer
}

interface Found {
  problems: LocatedProblem[]
  warnings: LocatedProblem[]
}

export interface FlowCheck extends Found {
  /** Null where something is wrong, or no flow has this name. */
  migration: Migration | null
}

/** What becomes of the flow's live runs, did they go over to this text. */
export interface Migration {
  /** Its steps. */
  steps: string[]
  /** Steps that live runs are in and it does not have. */
  vanishing: StepInUse[]
  /** The id that a step has now, by the one that it had. */
  moved: Record<string, string>
  /** Of runs in those that were not moved: `finish`, `end`, or the step in which they go on. */
  removed: string | null
}

/** What would be said of this text, were it written under the name that it has. */
export async function checkFlow(io: FlowsIo, purview: Purview, text: string): Promise<FlowCheck> {
  const read = readFlow(text)
  const program = read.compiled?.ok ? read.compiled.program : null
  const found = await problemsOf(io, purview, program?.name ?? '', read)
  const flow = program && found.problems.length === 0 ? await io.read(purview, program.name) : null
  return { ...found, migration: program && flow && migrationOf(program, await io.stepsInUse(flow)) }
}

function migrationOf({ steps, byId, takesOver: { moved, removed } }: Program, used: readonly StepInUse[]): Migration {
  return {
    steps: steps.map(({ id }) => id),
    vanishing: used.filter(({ step }) => !byId.has(step)),
    moved: Object.fromEntries(moved),
    removed: typeof removed === 'object' && removed !== null ? removed.to : removed,
  }
}

function closesWithinOf({ triggers }: Program): number | null {
  const times = triggers.flatMap((one) => (one.kind === 'window_closing' ? [lengthOf(one.before)] : []))
  return times.length === 0 ? null : Math.max(...times)
}

function listensOf({ triggers }: Program): Listening[] {
  return triggers.flatMap((trigger): Listening[] => {
    if (trigger.kind === 'campaign') {
      return [{ trigger: 'campaign', of: 'campaign', name: trigger.campaign, afterMs: 0 }]
    }
    if (trigger.kind !== 'unanswered') return []
    const [of, name] = Object.entries(trigger.of)[0] as [Listening['of'], string]
    return [{ trigger: 'unanswered', of, name, afterMs: lengthOf(trigger.after) }]
  })
}

async function problemsOf(io: FlowsIo, purview: Purview, name: string, read: ReadFlow): Promise<Found> {
  if (!read.compiled?.ok) return { problems: read.problems, warnings: read.warnings }
  const { program } = read.compiled
  const problems = [...read.problems]
  if (program.name !== name) {
    problems.push({ path: 'flow', ...sayingOf(problem('other_name', { name, got: program.name })) })
  }
  if (program.sender !== null && !(await io.isLinked(purview, program.sender))) {
    problems.push({ path: 'sender', ...sayingOf(problem('sender_unknown', { got: program.sender })) })
  }
  if (program.sender === null && purview.senders !== null) {
    problems.push({ path: 'sender', ...sayingOf(problem('sender_missing')) })
  }
  const found = new Problems()
  if (namesOthers(program)) checkEnrolling(program, await io.enrolling(purview), found)
  checkCalls(program, io.problemWithUrl, found)
  const names = templateNamesOf(program)
  if (names.length > 0) checkTemplates(program, await io.templates(purview, program.sender, names), found)
  return {
    problems: [...problems, ...found.errors.map(read.locate)],
    warnings: [...read.warnings, ...found.warnings.map(read.locate)],
  }
}

export function flowInvalid<T>(problems: LocatedProblem[]): Answer<T> {
  const [first] = problems
  const where = first?.line === undefined ? (first?.path ?? '') : `line ${first.line}`
  const message = `expected a flow without mistakes, found ${problems.length}${first ? `; ${where ? `${where}: ` : ''}${first.message}` : ''}`
  return refused({ status: 422, code: 'flow_invalid', message, problems })
}

function vanishing(program: Program, used: readonly StepInUse[]): Answer<Deployed> | null {
  const { moved, removed } = program.takesOver
  const gone = removed === null ? used.filter(({ step }) => !program.byId.has(moved.get(step) ?? step)) : []
  if (gone.length === 0) return null
  const total = gone.reduce((sum, { runs }) => sum + runs, 0)
  const message = `expected the new version to have every step that live runs are in, but ${gone.map(({ step, runs }) => `${step} (${runs})`).join(', ')} would vanish under ${counted(total, 'run')}; say where they went by \`moved\`, or what becomes of such runs by \`removed\``
  const problems = gone.map(({ step, runs }) => ({
    path: `steps.${step}`,
    ...sayingOf(problem('step_in_use', { runs })),
  }))
  return refused({ status: 409, code: 'steps_in_use', message, problems })
}

/** Its runs are those of all numbers, so who has a key for some reads it and starts it there, and changes nothing. Null: it is theirs. */
function ofAllNumbers<T>({ senders }: Purview, { name, sender }: FlowRead): Answer<T> | null {
  if (senders === null || sender !== null) return null
  const message = `expected a key for all numbers to change flow ${name}, which is of all; this one is for some numbers only`
  return refused({ status: 403, code: 'forbidden', message })
}

function stillTakingOver(name: string): Answer<Deployed> {
  const message = `expected flow ${name} to have taken its runs over to the version before; it is doing so, try again in a moment`
  return refused({ status: 409, code: 'wrong_state', message })
}

function madeMeanwhile(name: string): Answer<Deployed> {
  return refused({
    status: 409,
    code: 'wrong_state',
    message: `expected flow ${name} to be changed by one at a time; try again`,
  })
}

export interface FlowInFull extends FlowRead {
  current: FlowVersion
  versions: Pick<FlowVersion, 'version' | 'at' | 'by'>[]
  counts: FlowCounts
}

export async function getFlow(io: FlowsIo, purview: Purview, name: string): Promise<Answer<FlowInFull>> {
  const flow = await io.read(purview, name)
  const current = flow && (await io.version(flow, flow.version))
  if (flow === null || current === null) return unknownFlow(name)
  return done({ ...flow, current, versions: await io.versions(flow), counts: await io.count(flow) })
}

/** By name. */
export async function listFlows(
  io: FlowsIo,
  purview: Purview,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<Answer<Page<FlowRead>>> {
  const after = decodeCursor(cursor, isName)
  if (!after.ok) return after
  const rows = await io.list(purview, after.value?.[0] ?? null, limit + 1)
  return done(pageOf(rows, limit, ({ name }) => [name]))
}

function isName(key: readonly unknown[]): key is readonly [string] {
  return key.length === 1 && typeof key[0] === 'string' && /^[a-z0-9_]{1,64}$/.test(key[0])
}

/** A paused flow begins nothing and goes on with nothing, and nothing of it leaves; what stops its runs still does. */
export async function setFlowState(
  io: FlowsIo,
  doer: Doer,
  name: string,
  state: FlowRead['state'],
): Promise<Answer<FlowRead>> {
  const changed = await io.change<FlowRead>(doer, name, async (locked, flow) => {
    if (flow === null) return { answer: unknownFlow<FlowRead>(name), did: null }
    const foreign = ofAllNumbers<FlowRead>(doer, flow)
    if (foreign) return { answer: foreign, did: null }
    if (flow.state === state) return { answer: done(flow), did: null }
    const set = await locked.setState(flow, state)
    if (state === 'active') await locked.spread(flow)
    return { answer: done(set), did: state === 'active' ? 'resume' : 'pause' }
  })
  // They may be many, so it is no part of the change. Also where nothing changed: whoever resumed it may have been interrupted.
  if (changed.ok && state === 'active') await io.releaseHeld()
  return changed
}

export function unknownFlow<T>(name: string): Answer<T> {
  return unknown('flow_unknown', `flow ${name}`)
}
