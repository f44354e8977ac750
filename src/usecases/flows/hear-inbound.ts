import type { InboundFact } from '../../domain/flow/facts.ts'
import { saidInBody } from '../../domain/flow/inbound.ts'
import type { ActiveFlow, FlowMatcher } from '../../domain/flow/matcher.ts'
import { lengthOf } from '../../domain/flow/moment.ts'
import type { FlowTrigger } from '../../domain/flow/program.ts'
import { rankOf, triggerFor } from '../../domain/flow/start.ts'
import type { ContactId, ConversationId, WorkspaceId } from '../../domain/ids.ts'
import { type Instant, SECOND_MS } from '../../domain/time.ts'
import { isWindowOpen, type WindowRecord, windowExpiresAt } from '../../domain/window.ts'
import type { LiveRun } from '../../store/flows/runs.ts'
import { Busy } from '../busy.ts'
import { type LookResult, lookAtRuns } from './look-at-runs.ts'
import { type ApartIo, type Begun, type Place, type StartIo, startRun } from './start-run.ts'
import { noneLeftBehind, type TakeOverIo } from './take-over-runs.ts'

/*
 * A customer wrote. In the transaction that records it, and in this order:
 *
 *   1  where runs live, what begins a flow always begins it, and is an answer for none of them
 *   2  live runs of the conversation are looked at: it ends those that it stops, and is what others waited for
 *   3  what nobody waited for may begin a flow, the one that fits most closely, and those that begin also; who said STOP begins none
 *   4  a message that comes so late that its window closes soon begins what begins by that
 *
 * So a message that is recorded stops before anything that was to leave leaves, and one that comes twice does everything once.
 */

/** Reads and writes of one transaction. */
export interface HearIo extends TakeOverIo, StartIo, ApartIo {
  /** Live runs of theirs are looked at soon. */
  pokeLater(contact: ContactId): Promise<void>
  /** Flows of the workspace that take new runs, as they are now. @param epoch where it was read already */
  matcher(workspace: WorkspaceId, epoch?: string): Promise<FlowMatcher>
  /** Keeps whoever looks for windows that close soon from passing this stamp; false where they have. */
  holdClosings(flows: readonly number[], stamp: Instant): Promise<boolean>
  /** `person_took_over waiting_intents other_flow`: whether one of them is so. */
  isHindered(conversation: ConversationId, flow: number, unless: readonly string[]): Promise<boolean>
  /** The name of the template that a message of ours was sent as; null: it was none, or is not known. */
  templateOf(wamid: string): Promise<string | null>
}

export interface HeardInbound extends Place {
  type: string
  body: unknown
  /** Meta's stamp, where it is plausible. */
  at: Instant
  /** An ad or a page button through which they came. */
  ad: Readonly<Record<string, unknown>> | null
  /** As it is with this message. */
  window: WindowRecord
  /** A STOP word. */
  stopped: boolean
  /** As they were read with the lock of the conversation. */
  flows: { live: boolean; epoch: string }
}

/** What has to be looked at soon. */
export interface Stirred {
  /** A message was asked for, or a flow began. */
  due: boolean
  /** A program is to be called. */
  calls: boolean
}

/** The window is saved. Answers what is due by it. */
export async function hearInbound(io: HearIo, heard: HeardInbound): Promise<Stirred> {
  const runs = heard.flows.live ? await io.lockRunsOf([heard.conversationId]) : []
  const matcher = await io.matcher(heard.workspace, heard.flows.epoch)
  const isAsked = runs.length > 0 && matcher.hasAlways && !heard.stopped
  const always = isAsked ? await beginByInbound(io, matcher, heard, { begin: 'always' }) : NOTHING_BEGUN
  const result = await lookAtThem(io, runs, heard)
  const { due, calls } = result
  if (matcher.flows.length === 0) return { due, calls }
  const mayBegin = !heard.stopped && !result.answers
  const others = mayBegin
    ? await beginByInbound(io, matcher, heard, { begin: isAsked ? 'others' : 'all', ...always })
    : NOTHING_BEGUN
  const closing = await beginByClosing(io, matcher.byClosingWindow, heard)
  return { due: due || always.some || others.some || closing, calls }
}

interface BegunByInbound {
  /** A flow began. */
  some: boolean
  /** One that begins beside none. */
  one: boolean
}

const NOTHING_BEGUN: BegunByInbound = { some: false, one: false }

/** A customer's message is taken in whatever a flow makes of it: what cannot be looked at now the ticker tries alone, and stops, with the reason. */
async function lookAtThem(
  io: HearIo,
  runs: readonly LiveRun[],
  { contactId }: HeardInbound,
): Promise<Pick<LookResult, 'due' | 'calls' | 'answers'>> {
  const [first] = runs
  if (first === undefined) return { due: false, calls: false, answers: false }
  const result = await io.apart(first.flowName, async () => lookAtRuns(io, await noneLeftBehind(io, runs)))
  if (result !== null) return result
  await io.pokeLater(contactId)
  return { due: false, calls: false, answers: true }
}

/** @param which those that begin always, or all others, or whatever fits */
async function beginByInbound(
  io: HearIo,
  matcher: FlowMatcher,
  heard: HeardInbound,
  which: { begin: 'always' | 'others' | 'all'; one?: boolean },
): Promise<BegunByInbound> {
  const { text, tap, answers } = saidInBody(heard.type, heard.body)
  const template = tap && answers && matcher.hasTaps ? await io.templateOf(answers) : null
  const flows = matcher.byInbound({ text, payload: tap?.payload ?? null, ad: heard.ad !== null })
  const tapped = template === null ? [] : matcher.byTap(template)
  if (flows.length === 0 && tapped.length === 0) return NOTHING_BEGUN
  const facts = await io.readStartFacts(heard.conversationId)
  if (facts === null) return NOTHING_BEGUN
  const now = await io.now()
  const fact: InboundFact = {
    order: facts.latest,
    at: heard.at,
    kind: heard.type,
    text,
    tap: tap && { ...tap, of: null },
    elsewhere: false,
  }
  const found: { flow: ActiveFlow; rank: number; also: boolean; begun: Begun }[] = []
  const consider = (flow: ActiveFlow, occasion: Begun['occasion'], details: Record<string, unknown>) => {
    const trigger = triggerFor(flow.program, occasion, facts, now)
    if (trigger?.kind !== 'inbound' && trigger?.kind !== 'tapped') return
    if (which.begin !== 'all' && trigger.always !== (which.begin === 'always')) return
    const { also } = trigger
    found.push({ flow, rank: rankOf(trigger), also, begun: { occasion, at: heard.at, details, data: null } })
  }
  for (const flow of tapped)
    consider(flow, { kind: 'tapped', template: template as string, button: tap?.label ?? '' }, { text })
  const details = { text, ...(heard.ad ? { ad: heard.ad } : {}) }
  for (const flow of flows) consider(flow, { kind: 'inbound', inbound: fact, ad: heard.ad }, details)
  const result = { some: false, one: which.one === true }
  for (const { flow, also, begun } of found.toSorted((a, b) => a.rank - b.rank || a.flow.id - b.flow.id)) {
    if (result.one && !also) continue
    const started = await io.apart(flow.name, () => startRun(io, flow, heard, facts, begun))
    if (started?.kind !== 'started') continue
    result.some = true
    if (!also) result.one = true
    if (which.begin === 'always') {
      await io.takeInbound([{ run: started.id, conversation: heard.conversationId, order: facts.latest }])
    }
  }
  return result
}

/** Whoever looks for windows that close soon has passed this one's stamp already, or comes to it and finds the run there. */
async function beginByClosing(io: HearIo, flows: readonly ActiveFlow[], heard: HeardInbound): Promise<boolean> {
  const closes = windowExpiresAt(heard.window)
  if (flows.length === 0 || closes === null) return false
  const now = await io.now()
  if (!isWindowOpen(heard.window, now)) return false
  const within = (ms: number) =>
    flows.filter((flow) => closingsOf(flow).some(({ before }) => closes - lengthOf(before) <= now + ms))
  const soon = within(0)
  await keepFound(
    io,
    within(MEANWHILE_MS).filter((flow) => !soon.includes(flow)),
    heard.window,
  )
  return beginByWindow(io, soon, heard, now)
}

/** No transaction that takes a message in lasts longer. */
const MEANWHILE_MS = 10 * SECOND_MS

/** Whoever looks while this is not committed must not pass its stamp, which they cannot see. */
async function keepFound(io: HearIo, flows: readonly ActiveFlow[], { lastInboundAt }: WindowRecord): Promise<void> {
  if (flows.length === 0 || lastInboundAt === null) return
  const ids = flows.map(({ id }) => id)
  if (!(await io.holdClosings(ids, lastInboundAt))) throw new Busy('a look that has passed the stamp already')
}

/** The window of this conversation closes soon. Answers whether a flow began by that. */
export async function beginByWindow(
  io: StartIo & Pick<HearIo, 'isHindered' | 'apart'>,
  flows: readonly ActiveFlow[],
  place: Place,
  now: Instant,
): Promise<boolean> {
  const facts = flows.length > 0 ? await io.readStartFacts(place.conversationId) : null
  if (facts === null) return false
  let started = false
  for (const flow of flows) {
    const unless = [...new Set(closingsOf(flow).flatMap((trigger) => trigger.unless))]
    if (unless.length > 0 && (await io.isHindered(place.conversationId, flow.id, unless))) continue
    const begun: Begun = { occasion: { kind: 'window' }, at: now, details: {}, data: null }
    const one = await io.apart(flow.name, () => startRun(io, flow, place, facts, begun))
    if (one?.kind === 'started') started = true
  }
  return started
}

export function closingsOf({ program }: ActiveFlow): Extract<FlowTrigger, { kind: 'window_closing' }>[] {
  return program.triggers.filter((trigger) => trigger.kind === 'window_closing')
}
