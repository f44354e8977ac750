import type { Condition } from '../condition.ts'
import type { Said } from '../said.ts'
import { earliest, type Instant } from '../time.ts'
import { staysBecause, unkeptBecause } from './contact-setting.ts'
import type { Facts } from './facts.ts'
import type { Exit, Program, Setting } from './program.ts'
import type { DataValue, Effect, Happening, HistoryLine, Moved, Run } from './run.ts'
import { fillText } from './text.ts'
import { conditionValues, lookUpIn, momentAt, type Scene } from './values.ts'
import { because, why } from './whys.ts'

/** What one look changes, gathered. The run that came in is left as it was. */
export class Mover {
  readonly run: Run
  readonly scene: Scene
  readonly program: Program
  readonly facts: Facts
  readonly now: Instant
  readonly #effects: Effect[] = []
  readonly #history: HistoryLine[] = []
  #settled = false

  constructor(program: Program, run: Run, facts: Facts, now: Instant) {
    this.run = {
      ...run,
      visits: { ...run.visits },
      sent: { ...run.sent },
      sentAts: [...run.sentAts],
      data: { ...run.data },
      answers: { ...run.answers },
    }
    this.scene = {
      program,
      run: this.run,
      facts,
      contact: { ...facts.contact, attributes: { ...facts.contact.attributes } },
      now,
    }
    this.program = program
    this.facts = facts
    this.now = now
  }

  result(): Moved {
    return { run: this.run, effects: this.#effects, history: this.#history }
  }

  get moving(): boolean {
    return !this.#settled
  }

  /** The present step was begun at an earlier look: it is not entered again, and its `if` was asked. */
  get isInWait(): boolean {
    return this.run.begun && this.program.byId.get(this.run.step)?.verb === 'wait'
  }

  get isBegun(): boolean {
    return this.run.begun
  }

  /** Counts a visit. False when it is one too many: then the run is over. */
  begin(): boolean {
    if (this.run.begun) return true
    this.run.begun = true
    const visits = (this.run.visits[this.run.step] ?? 0) + 1
    this.run.visits[this.run.step] = visits
    if (visits <= this.program.limits.visits) return true
    this.end('loop', why('visits', { count: visits }))
    return false
  }

  hear(): void {
    this.run.heard = Math.max(this.run.heard, this.facts.latest)
  }

  effect(effect: Effect): void {
    this.#effects.push(effect)
  }

  note(kind: Happening, said: Said): void {
    this.#history.push({ at: this.now, kind, step: this.run.step, said })
  }

  /** `at`: since when the next step counts and was to begin. */
  go(exit: Exit, at: Instant): void {
    this.run.seq += 1
    this.run.awaits = null
    this.run.dueAt = null
    this.run.follows = null
    if ('end' in exit) {
      this.end(exit.end, why('flow_says'))
      return
    }
    this.run.step = exit.to
    this.run.enteredAt = earliest(at, this.now)
    this.run.dueSince = earliest(at, this.now)
    this.run.begun = false
  }

  waitUntil(at: Instant | null, follows: Run['follows']): void {
    this.run.dueAt = at
    this.run.follows = follows
    this.#settled = true
  }

  end(outcome: string, said: Said): void {
    this.note('ended', because({ outcome }, said))
    this.run.state = 'ended'
    this.run.outcome = outcome
    this.run.seq += 1
    this.run.dueAt = null
    this.run.follows = null
    this.#effects.push({ kind: 'ended', outcome })
    this.#settled = true
  }

  pastDeadline(): boolean {
    const deadline = this.#deadline()
    return deadline !== null && this.now >= deadline
  }

  /** A run that waits beyond its flow's deadline is over then. */
  heedDeadline() {
    const deadline = this.#deadline()
    if (this.run.state === 'ended' || deadline === null) return
    if (this.now >= deadline && this.run.dueAt !== this.now) return this.end('deadline', why('time_over'))
    this.run.dueAt = this.run.dueAt === null ? deadline : earliest(this.run.dueAt, deadline)
  }

  #deadline(): Instant | null {
    return this.program.deadline === null ? null : momentAt(this.scene, this.program.deadline)
  }

  /** What cannot be told does not hold; the history says why. */
  holds(condition: Condition): boolean {
    const verdict = condition.holds(conditionValues(this.scene))
    if (verdict.told) return verdict.holds
    this.note('branched', why('untold', { condition: condition.source, why: verdict.why }))
    return false
  }

  set(settings: readonly Setting[]): void {
    for (const { to, field, value } of settings) {
      const filled = this.#valueOf(value)
      if (filled === null) {
        this.note('set', why('stays_unknown', { field: `${to}.${field}` }))
        continue
      }
      const broken = to === 'contact' ? unkeptBecause(this.scene.contact, field, filled) : null
      if (broken !== null) {
        this.note('set', staysBecause(broken, `${to}.${field}`, String(filled).slice(0, 100)))
        continue
      }
      this.note('set', why('set', { field: `${to}.${field}`, value: String(filled).slice(0, 100) }))
      if (to === 'data') this.run.data[field] = filled
      else {
        this.effect({ kind: 'set_contact', field, value: filled })
        this.#setContact(field, filled)
      }
    }
  }

  /** What a part is not known of is left out. */
  fillAll(values: Readonly<Record<string, Setting['value']>>): Record<string, DataValue> {
    const filled = Object.entries(values).map(([name, value]): [string, DataValue | null] => [
      name,
      this.#valueOf(value),
    ])
    return Object.fromEntries(filled.filter((one): one is [string, DataValue] => one[1] !== null))
  }

  #valueOf(value: Setting['value']): DataValue | null {
    if (typeof value !== 'object') return value
    const filled = fillText(value, lookUpIn(this.scene))
    return filled.ok ? filled.text : null
  }

  /** Later steps of the same look read it. */
  #setContact(field: string, value: DataValue): void {
    const { contact } = this.scene
    if (field === 'name' || field === 'language' || field === 'time_zone') contact[field] = String(value)
    else (contact.attributes as Record<string, unknown>)[field] = value
  }
}
