import { type Condition, compileCondition, type FieldType } from '../condition.ts'
import type { Said } from '../said.ts'
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
import { hint, problem } from './sentences.ts'
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
      const [, says, unknown] = /^(No such key|Unknown variable): (\w+)/.exec(compiled.message) ?? []
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
      this.problems.error(
        path,
        unreadCondition(compiled, says, unknown),
        unknown ? didYouMean(unknown, names) : undefined,
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
      const found = pathProblem(`${root}.${name}.x`, { data: [], calls: this.calls })
      if (found) this.problems.error(path, found.said, found.hint)
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
          problem('condition_missing', { path: read }),
          hint('ask_first', { code: `has(${read}) && …` }),
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
    if (stray !== null) this.problems.error(path, problem('place', { example: '{{contact.name | there}}', got: stray }))
    for (const { path: name, fallback } of placesOf(text)) {
      const found = pathProblem(name, { data: Object.keys(this.data), calls: this.calls })
      if (found) this.problems.error(path, found.said, found.hint)
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
        problem('place_missing', { path: name }),
        hint('give_fallback', { code: `{{${name} | …}}` }),
      )
  }

  moment(source: string | undefined, path: Path): Moment | null {
    if (source === undefined) return null
    const moment = parseMoment(source)
    if (moment === null) {
      const first = /[a-z_.]+/.exec(source)?.[0] ?? ''
      const meant = didYouMean(first, [...ANCHORS, ...Object.keys(this.data).map((name) => `data.${name}`)])
      this.problems.error(path, problem('moment', { field: 'data.<field>', step: 'step.<id>.sent_at + 2d' }), meant)
      return null
    }
    this.#checkAnchor(moment, path)
    if (lengthOf(moment.offset) > LONGEST_MS) this.problems.error(path, problem('moment_too_far'))
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
        problem('moment_no_date', { field: anchor.field, type: field.type }),
        hint('declare', { code: `${anchor.field}: date` }),
      )
    }
  }

  duration(source: string | undefined, path: Path): Duration {
    const duration = source === undefined ? NO_DURATION : (parseDuration(source) as Duration)
    if (lengthOf(duration) > LONGEST_MS) {
      this.problems.error(path, problem('duration_too_long', { max: '365d', got: String(source) }))
    }
    return duration
  }

  /** Null when none is given. */
  zone(name: string | undefined, path: Path): string | null {
    if (name === undefined) return null
    if (name === 'contact' || isZone(name)) return name
    this.problems.error(path, problem('zone', { got: name }), didYouMean(name, ['contact', ...ZONES]))
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
    if (!this.ids.has(id)) this.problems.error(path, problem('step_unknown', { id }), didYouMean(id, this.ids.keys()))
  }

  unknownField(field: string, path: Path): void {
    const names = Object.keys(this.data)
    const known = names.join(', ')
    const said =
      known === '' ? problem('data_undeclared', { got: field }) : problem('data_unknown', { known, got: field })
    this.problems.error(path, said, didYouMean(field, names))
  }
}

/** In the words of CEL; of a name that it does not know we have our own. */
function unreadCondition(
  { message: why, offset }: { message: string; offset: number },
  says: string | undefined,
  name: string | undefined,
): Said {
  const at = offset + 1
  if (says !== undefined && name !== undefined && why === `${says}: ${name}`) {
    return offset > 0 ? problem('condition_name_at', { says, name, at }) : problem('condition_name', { says, name })
  }
  return offset > 0 ? problem('condition_at', { why, at }) : problem('condition', { why })
}

/** Where most who misspell one live; the check itself knows all. */
const ZONES =
  'Europe/Lisbon Europe/London Europe/Madrid Europe/Berlin Europe/Paris Europe/Rome Africa/Lagos Africa/Nairobi Asia/Kolkata Asia/Jakarta Asia/Singapore Asia/Dubai America/Sao_Paulo America/Mexico_City America/Bogota America/New_York America/Los_Angeles UTC'.split(
    ' ',
  )
