import { type Condition, compileCondition, type FieldType } from '../condition.ts'
import { isZone } from '../zoned-time.ts'
import {
  ANCHORS,
  type Duration,
  LONGEST_MS,
  lengthOf,
  type Moment,
  NO_DURATION,
  parseDuration,
  parseMoment,
} from './moment.ts'
import { didYouMean, type Path, type Problems } from './problem.ts'
import type { DataField, Exit, Setting } from './program.ts'
import type { FlowDocument } from './schema.ts'
import { compileFlowText, type FlowText, pathProblem, placesOf, strayBraces } from './text.ts'

/** What every part of a document is compiled with: the names that may be used, and where mistakes go. */
export class Compiler {
  readonly ids: ReadonlyMap<string, number>
  readonly document: FlowDocument
  readonly data: Readonly<Record<string, DataField>>
  readonly problems: Problems
  /** Under which names calls keep what they are answered. */
  readonly calls: readonly string[]

  constructor(document: FlowDocument, data: Readonly<Record<string, DataField>>, problems: Problems) {
    this.document = document
    this.data = data
    this.problems = problems
    this.ids = new Map(document.steps.map(({ id }, i) => [id, i]))
    this.calls = document.steps.flatMap((step) => ('call' in step ? (step.call.save?.split('.').slice(1) ?? []) : []))
  }

  condition(source: string | undefined, path: Path, event = false): Condition | null {
    if (source === undefined) return null
    const compiled = compileCondition(source, { data: this.#types(), event })
    if (!compiled.ok) {
      const unknown = /^(?:No such key|Unknown variable): (\w+)/.exec(compiled.message)?.[1]
      const names = [
        ...Object.keys(this.data),
        'contact',
        'data',
        'trigger',
        'reply',
        'window',
        'free_entry',
        'call',
        'now',
        'open',
        'closes',
      ]
      const place = compiled.offset > 0 ? ` at character ${compiled.offset + 1}` : ''
      this.problems.error(
        path,
        `the condition cannot be read${place}: ${compiled.message}`,
        unknown && didYouMean(unknown, names),
      )
      return null
    }
    this.#checkCalls(compiled.condition, path)
    this.#warnOptional(compiled.condition, path)
    return compiled.condition
  }

  #checkCalls({ reads }: Condition, path: Path): void {
    for (const read of reads) {
      const [root, name] = read.split('.')
      if (root !== 'call' || name === undefined || this.calls.includes(name)) continue
      const problem = pathProblem(`${root}.${name}.x`, { data: [], calls: this.calls })
      if (problem) this.problems.error(path, problem.message, problem.hint)
    }
  }

  /** Reading what may be missing makes a condition untold, which counts as false: worth a word where it is not asked for with has(). */
  #warnOptional({ reads, source }: Condition, path: Path): void {
    for (const read of reads) {
      const [root, field = ''] = read.split('.')
      const mayMiss = (root === 'data' && this.data[field]?.optional) || root === 'contact' || root === 'call'
      if (mayMiss && !source.includes(`has(${read})`)) {
        this.problems.warn(
          path,
          `${read} may be missing, and then the condition does not hold`,
          `ask first: has(${read}) && …`,
        )
      }
    }
  }

  #types(): Record<string, FieldType> {
    return Object.fromEntries(Object.entries(this.data).map(([name, { type }]) => [name, type]))
  }

  /** @param whole without a part of it there is none, which is worth a word; else whoever has it goes on without */
  text(source: string, path: Path, whole = true): FlowText {
    const text = compileFlowText(source)
    const stray = strayBraces(text)
    if (stray !== null) this.problems.error(path, `expected a place such as {{contact.name | there}}, got "${stray}"`)
    for (const { path: name, fallback } of placesOf(text)) {
      const problem = pathProblem(name, { data: Object.keys(this.data), calls: this.calls })
      if (problem) this.problems.error(path, problem.message, problem.hint)
      else if (fallback === null && whole) this.#warnMissing(name, path)
    }
    return text
  }

  /** Each as it is, or a text with places. */
  values(
    values: Readonly<Record<string, string | number | boolean>>,
    path: Path,
    whole: boolean,
  ): Record<string, Setting['value']> {
    const compiled = Object.entries(values).map(([name, value]): [string, Setting['value']] => [
      name,
      typeof value === 'string' ? this.text(value, [...path, name], whole) : value,
    ])
    return Object.fromEntries(compiled)
  }

  #warnMissing(name: string, path: Path): void {
    const [root, field = ''] = name.split('.')
    const sure = root === 'now' || (root === 'data' && !this.data[field]?.optional)
    if (!sure)
      this.problems.warn(
        path,
        `${name} may be missing, and then nothing is sent`,
        `give a text for that case: {{${name} | …}}`,
      )
  }

  moment(source: string | undefined, path: Path): Moment | null {
    if (source === undefined) return null
    const moment = parseMoment(source)
    if (moment === null) {
      const first = /[a-z_.]+/.exec(source)?.[0] ?? ''
      const hint = didYouMean(first, [...ANCHORS, ...Object.keys(this.data).map((name) => `data.${name}`)])
      this.problems.error(
        path,
        'expected a time such as window.closes - 1h, data.<field> or step.<id>.sent_at + 2d',
        hint,
      )
      return null
    }
    this.#checkAnchor(moment, path)
    if (lengthOf(moment.offset) > LONGEST_MS) this.problems.error(path, 'expected at most 365 days before or after')
    return moment
  }

  #checkAnchor({ anchor }: Moment, path: Path): void {
    if (anchor.kind === 'step') this.known(anchor.step, path)
    if (anchor.kind !== 'data') return
    const field = this.data[anchor.field]
    if (!field) this.unknownField(anchor.field, path)
    else if (field.type !== 'date') {
      this.problems.error(
        path,
        `expected a field of type date, got ${anchor.field}, which is a ${field.type}`,
        `declare it as "${anchor.field}: date"`,
      )
    }
  }

  duration(source: string | undefined, path: Path): Duration {
    const duration = source === undefined ? NO_DURATION : (parseDuration(source) as Duration)
    if (lengthOf(duration) > LONGEST_MS) this.problems.error(path, `expected at most 365d, got ${source}`)
    return duration
  }

  /** Null when none is given. */
  zone(name: string | undefined, path: Path): string | null {
    if (name === undefined) return null
    if (name === 'contact' || isZone(name)) return name
    this.problems.error(
      path,
      `expected "contact" or the name of a time zone such as Europe/Lisbon, got "${name}"`,
      didYouMean(name, ['contact', ...ZONES]),
    )
    return null
  }

  exit({ next, end }: { next?: string | undefined; end?: string | undefined }, path: Path): Exit | null {
    if (next !== undefined) return this.to(next, [...path, 'next'])
    return end === undefined ? null : { end }
  }

  to(id: string, path: Path): Exit {
    this.known(id, path)
    return { to: id }
  }

  known(id: string, path: Path): void {
    if (!this.ids.has(id))
      this.problems.error(
        path,
        `expected the id of a step, got "${id}", which no step has`,
        didYouMean(id, this.ids.keys()),
      )
  }

  unknownField(field: string, path: Path): void {
    const names = Object.keys(this.data)
    const known = names.length > 0 ? names.join(', ') : 'none is declared'
    this.problems.error(
      path,
      `expected a field that "data" declares (${known}), got "${field}"`,
      didYouMean(field, names),
    )
  }
}

/** Where most who misspell one live; the check itself knows all. */
const ZONES =
  'Europe/Lisbon Europe/London Europe/Madrid Europe/Berlin Europe/Paris Europe/Rome Africa/Lagos Africa/Nairobi Asia/Kolkata Asia/Jakarta Asia/Singapore Asia/Dubai America/Sao_Paulo America/Mexico_City America/Bogota America/New_York America/Los_Angeles UTC'.split(
    ' ',
  )
