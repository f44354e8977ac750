import type { Message } from '../../content.ts'
import { DAY_MS, type Instant, latest, plus, toIso } from '../../time.ts'
import { advance } from '../advance.ts'
import { parseDuration, shift } from '../moment.ts'
import { type FlowProblem, sayingOf } from '../problem.ts'
import type { Program } from '../program.ts'
import type { DataValue, Effect, Run } from '../run.ts'
import { problem } from '../sentences.ts'
import { declaredIn, newRun, readData, triggerFor } from '../start.ts'
import { zoneOfPerson } from '../values.ts'
import { why } from '../whys.ts'
import { differences } from './expect.ts'
import { detailsOf, occasionOf } from './occasion.ts'
import { type Script, type ScriptEvent, timeOf } from './script.ts'
import { Transcript, type TranscriptLine } from './transcript.ts'
import { type KnownTemplate, type SimulatedSend, World } from './world.ts'

/*
 * A flow played against a scripted customer, in virtual time: the clock jumps to whatever comes next. What moves the run is advance(), what
 * lets a message go is decide(); nothing here knows a rule of either.
 */

export interface Simulation {
  transcript: TranscriptLine[]
  ended: { outcome: string; at: string } | null
  expect: { met: boolean; diff: string[] } | null
}

export type Simulated = { ok: true; value: Simulation } | { ok: false; problems: ScriptProblem[] }

/** Of the script, by the path in it. */
type ScriptProblem = Omit<FlowProblem, 'severity' | 'path'> & { path: string }

/** Who simulates for longer than this waits for nothing. */
const LONGEST_MS = 400 * DAY_MS
const LOOKS_MAX = 10_000
const LINES_MAX = 20_000

/** What goes on and on would be told for a flow that waits. */
function endless(looks: number): Simulated {
  const said = problem('play_endless', { looks: LOOKS_MAX, lines: LINES_MAX, after: looks })
  return { ok: false, problems: [{ path: '', ...sayingOf(said) }] }
}

/** @param mayGoOn asked before every look, by whoever has not all the time of the world */
export function simulate(
  program: Program,
  script: Script,
  templates: readonly KnownTemplate[] | null,
  mayGoOn: () => boolean = () => true,
): Simulated {
  return new Simulator(program, script, templates).play(mayGoOn)
}

class Simulator {
  readonly #program: Program
  readonly #script: Script
  readonly #world: World
  readonly #zone: string
  readonly #told: Transcript
  readonly #events: { at: Instant; event: ScriptEvent }[]
  readonly #deliverAfterMs: number | null
  #now: Instant
  #endedAt: Instant | null = null
  /** Nothing is looked at before: the worker is down. */
  #awayUntil: Instant

  constructor(program: Program, script: Script, templates: readonly KnownTemplate[] | null) {
    const { start } = script
    this.#program = program
    this.#script = script
    this.#zone = start.zone ?? start.contact?.time_zone ?? 'UTC'
    this.#now = timeOf(start.at, this.#zone)
    this.#awayUntil = this.#now
    const { name = null, language = null, time_zone = null, attributes = {} } = start.contact ?? {}
    const contact = { name, language, time_zone, attributes }
    this.#world = new World({
      contact,
      marketing: start.contact?.marketing ?? 'unknown',
      zone: this.#zone,
      purpose: program.purpose,
      templates,
    })
    this.#told = new Transcript(this.#world, this.#zone, templates)
    const delivered = start.delivered_after === undefined ? null : parseDuration(start.delivered_after)
    this.#deliverAfterMs = delivered === null ? null : delivered.ms + delivered.days * DAY_MS
    this.#events = this.#schedule(script.events ?? [])
  }

  /** Each event comes after the one above, or at a time of its own. */
  #schedule(events: readonly ScriptEvent[]): { at: Instant; event: ScriptEvent }[] {
    let at = this.#now
    const planned = events.map((event) => {
      if (event.at !== undefined) at = timeOf(event.at, this.#zone)
      else if (event.after !== undefined)
        at = shift(at, parseDuration(event.after) ?? { ms: 0, days: 0 }, 1, this.#zone)
      return { at, event }
    })
    return planned.toSorted((a, b) => a.at - b.at)
  }

  play(mayGoOn: () => boolean): Simulated {
    const begun = this.#begin()
    if (!('run' in begun)) return { ok: false, problems: begun.problems }
    let { run } = begun
    const last = plus(this.#now, LONGEST_MS)
    for (let looks = 0; run.state === 'waiting'; looks++) {
      if (looks >= LOOKS_MAX || this.#told.lines.length > LINES_MAX || !mayGoOn()) return endless(looks)
      run = this.#look(run)
      if (run.state === 'ended') break
      const next = this.#next(run)
      if (next === null || next > last) break
      this.#now = latest(next, this.#now)
      run = this.#happen(run)
    }
    const ended =
      run.outcome === null || this.#endedAt === null ? null : { outcome: run.outcome, at: toIso(this.#endedAt) }
    const diff = this.#script.expect ? differences(this.#script.expect, this.#told.lines) : null
    return {
      ok: true,
      value: { transcript: this.#told.lines, ended, expect: diff && { met: diff.length === 0, diff } },
    }
  }

  #begin(): { run: Run } | { problems: ScriptProblem[] } {
    const { start } = this.#script
    const world = this.#world
    if (start.last_inbound !== undefined) {
      const at = timeOf(start.last_inbound, this.#zone)
      world.hear({ kind: 'text', text: '', tap: null }, at)
      world.inbound.length = 0
    }
    const occasion = occasionOf(start, this.#program, world, this.#now)
    const trigger = triggerFor(this.#program, occasion, world.facts(), this.#now)
    if (trigger === null) {
      const kinds = [...new Set(this.#program.triggers.map(({ kind }) => kind))].join(', ')
      return { problems: [{ path: 'start', ...sayingOf(problem('not_started', { kinds })) }] }
    }
    const told = start.event?.data ?? {}
    const known = occasion.kind === 'api' ? {} : declaredIn(this.#program, world.contact.attributes, told)
    const data = readData(this.#program, start.data ?? known, zoneOfPerson(world.facts()))
    if (!data.ok) return { problems: data.problems.map(({ path, ...said }) => ({ path: `start.${path}`, ...said })) }
    this.#told.say(this.#now, null, 'started', start.inbound?.text ?? '', why('played', { trigger: trigger.kind }))
    const details = { kind: trigger.kind, ...detailsOf(start) }
    const order = world.facts().latest
    return {
      run: newRun(this.#program, { now: this.#now, triggeredAt: this.#now, data: data.data, trigger: details, order }),
    }
  }

  /** Looks until nothing moves: a message that leaves is a fact that the run goes on by. */
  #look(before: Run): Run {
    let run = before
    for (let again = true; again; ) {
      const moved = advance(this.#program, run, this.#world.facts(), this.#now)
      run = moved.run
      this.#told.tellMoves(this.#now, moved)
      for (const effect of moved.effects) this.#take(effect)
      const sendings = run.state === 'ended' ? [] : this.#world.dispatch(this.#now)
      for (const sending of sendings) this.#told.tellSending(this.#now, sending)
      again = run.state === 'waiting' && sendings.some(({ send }) => send.fact.state !== 'waiting')
    }
    return run
  }

  #take(effect: Effect): void {
    if (effect.kind === 'send') this.#world.add(effect, this.#now)
    if (effect.kind === 'call') this.#world.call(effect, this.#now)
    if (effect.kind === 'ended') {
      this.#world.cancelWaiting()
      this.#endedAt = this.#now
    }
    if (effect.kind !== 'set_contact') return
    const { contact } = this.#world
    const { field, value } = effect
    const own = field === 'name' || field === 'language' || field === 'time_zone'
    this.#world.contact = own
      ? { ...contact, [field]: String(value) }
      : { ...contact, attributes: { ...contact.attributes, [field]: value } }
  }

  #next(run: Run): Instant | null {
    const times = [
      this.#events[0]?.at,
      run.dueAt,
      this.#world.nextDispatch(),
      this.#world.nextCallGivenUp(),
      this.#nextDelivery(),
    ].filter((at) => at !== null && at !== undefined)
    if (times.length === 0) return null
    const next = Math.min(...times) as Instant
    return latest(next, this.#awayUntil)
  }

  #nextDelivery(): Instant | null {
    const after = this.#deliverAfterMs
    if (after === null) return null
    const times = this.#world.sends
      .filter(({ fact }) => fact.sentAt !== null && fact.deliveredAt === null)
      .map(({ fact }) => (fact.sentAt as Instant) + after)
    return times.length === 0 ? null : (Math.min(...times) as Instant)
  }

  /** Everything that is recorded by now, one after the other: the run is looked at with each, as where it is recorded. */
  #happen(before: Run): Run {
    let run = before
    const after = this.#deliverAfterMs
    if (after !== null) {
      for (const { fact } of this.#world.sends)
        if (fact.sentAt !== null && fact.sentAt + after <= this.#now)
          this.#world.deliver(fact, plus(fact.sentAt, after))
    }
    this.#world.giveUpCalls(this.#now)
    for (let next = this.#events[0]; next && next.at <= this.#now; next = this.#events[0]) {
      this.#events.shift()
      this.#play(next.event, next.at)
      if (run.state === 'waiting' && this.#events[0] && this.#events[0].at <= this.#now) run = this.#look(run)
    }
    return run
  }

  #play(event: ScriptEvent, at: Instant): void {
    const world = this.#world
    if ('reply' in event) {
      const text = typeof event.reply === 'string' ? event.reply : event.reply.text
      world.hear({ kind: 'text', text, tap: null }, at)
      this.#told.say(this.#now, null, 'reply', text, null)
    } else if ('tap' in event) {
      const of =
        event.of ??
        world.sends.findLast(({ fact, effect }) => fact.sentAt !== null && hasButtons(effect.message))?.effect.step ??
        null
      const label = labelIn(world.sends.findLast(({ effect }) => effect.step === of)?.effect.message, event.tap)
      world.hear({ kind: 'button', text: label, tap: { payload: event.tap, label, of } }, at)
      this.#told.say(this.#now, of, 'tap', event.tap, null)
    } else if ('delivered' in event) this.#report(event.delivered, 'delivered', at)
    else if ('read' in event) this.#report(event.read, 'read', at)
    else if ('failed' in event) this.#fail(event.failed, at)
    else if ('answered' in event) this.#answer(event.answered, event.with ?? {})
    else if ('opt_out' in event) {
      world.marketing = 'out'
      world.optedOut = { order: world.next(), at }
      this.#told.say(this.#now, null, 'opt_out', '', null)
    } else if ('took_over' in event) {
      world.tookOver = { order: world.next(), at }
      this.#told.say(this.#now, null, 'took_over', '', null)
    } else if ('event' in event) {
      world.events.push({ order: world.next(), at, name: event.event.name, data: event.event.data ?? {} })
      this.#told.say(this.#now, null, 'event', event.event.name, null)
    } else if ('contact' in event) {
      const { time_zone = world.contact.time_zone, language = world.contact.language } = event.contact
      world.contact = { ...world.contact, time_zone, language }
      this.#told.say(this.#now, null, 'contact', `${time_zone ?? ''} ${language ?? ''}`.trim(), null)
    } else if ('outage' in event) {
      this.#awayUntil = shift(at, parseDuration(event.outage) ?? { ms: 0, days: 0 }, 1, this.#zone)
      this.#told.say(this.#now, null, 'outage', event.outage, null)
      this.#now = at
    }
  }

  #fail(step: string, at: Instant): void {
    if (this.#program.byId.get(step)?.verb !== 'call') this.#report(step, 'failed', at)
    else if (!this.#world.settle(step, { state: 'failed', why: 'it was refused' })) this.#ignore(step)
  }

  #answer(step: string, answer: Record<string, DataValue>): void {
    if (!this.#world.settle(step, { state: 'answered', answer })) this.#ignore(step)
  }

  #ignore(step: string): void {
    this.#told.say(this.#now, step, 'ignored', '', why('awaits_nothing', { step }))
  }

  #report(step: string, what: 'delivered' | 'read' | 'failed', at: Instant): void {
    const send = this.#world.sends.findLast(({ effect, fact }) => effect.step === step && fact.sentAt !== null)
    this.#told.say(this.#now, step, send ? what : 'ignored', '', send ? null : why('not_sent_yet', { step }))
    if (!send) return
    if (what === 'failed') Object.assign(send.fact, { state: 'over', reason: 'failed' })
    else this.#world.deliver(send.fact, at)
    if (what === 'read') send.fact.readAt ??= at
  }
}

/** What the button with this id says; of a template's button its label is its name. */
function labelIn(message: Message | undefined, id: string): string {
  if (message?.type !== 'interactive') return id
  const { action } = message.interactive as { action?: { buttons?: { reply: { id: string; title: string } }[] } }
  return action?.buttons?.find(({ reply }) => reply.id === id)?.reply.title ?? id
}

function hasButtons(message: SimulatedSend['effect']['message']): boolean {
  return message.type === 'interactive' || message.type === 'template'
}
