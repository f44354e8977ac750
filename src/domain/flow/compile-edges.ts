import { KNOWN_STOP_WORDS } from '../known-words.ts'
import { foldWord } from '../words.ts'
import type { Compiler } from './compiler.ts'
import type { Path } from './problem.ts'
import type { FlowStop, FlowTrigger, Late } from './program.ts'
import type { FlowDocument, StopDocument, TriggerDocument } from './schema.ts'
import { hint, problem } from './sentences.ts'

/* How runs begin, and what ends them. */

export function lateOf(compiler: Compiler, late: FlowDocument['late'], path: Path): Late | null {
  return late === undefined ? null : { after: compiler.duration(late.after, [...path, 'after']), do: late.do }
}

export function compileTriggers(compiler: Compiler): FlowTrigger[] {
  const triggers = compiler.document.triggers.map((trigger, i) => triggerOf(compiler, trigger, ['triggers', i]))
  reportSameTexts(compiler, triggers)
  return triggers
}

function triggerOf(compiler: Compiler, trigger: TriggerDocument, path: Path): FlowTrigger {
  if (trigger === 'api') return { kind: 'api' }
  if ('inbound' in trigger) return inboundOf(compiler, trigger.inbound, [...path, 'inbound'])
  if ('window_closing' in trigger) {
    const { before, unless } = trigger.window_closing
    const at = [...path, 'window_closing', 'before']
    const duration = compiler.duration(before, at)
    const isWithin = duration.days === 0 && duration.ms < 24 * 3_600_000 && duration.ms > 0
    if (!isWithin) compiler.problems.error(at, problem('window_closing', { got: before }))
    return { kind: 'window_closing', before: duration, unless: unless ?? [] }
  }
  if ('unanswered' in trigger) return unansweredOf(compiler, trigger.unanswered, [...path, 'unanswered'])
  if ('campaign' in trigger) return { kind: 'campaign', campaign: trigger.campaign }
  if ('attribute' in trigger)
    return { kind: 'attribute', name: trigger.attribute.name, is: trigger.attribute.is ?? null }
  if ('tapped' in trigger) {
    const { template, button, also, always } = trigger.tapped
    return { kind: 'tapped', template, button, also: also === true, always: always === true }
  }
  const { name, where } = trigger.event
  return { kind: 'event', name, where: compiler.condition(where, [...path, 'event', 'where'], true) }
}

type Inbound = Extract<Exclude<TriggerDocument, string>, { inbound: unknown }>['inbound']

function inboundOf(compiler: Compiler, inbound: Inbound, path: Path): FlowTrigger {
  const { from, text, prefix, payload, any, also, always } = inbound
  if ([from, text, prefix, payload, any].filter((one) => one !== undefined).length !== 1) {
    compiler.problems.error(path, problem('inbound_one'))
  }
  const texts = [text ?? []].flat()
  for (const word of texts) checkWord(compiler, word, [...path, 'text'])
  if (prefix !== undefined) checkWord(compiler, prefix, [...path, 'prefix'])
  return {
    kind: 'inbound',
    from: from ?? null,
    texts,
    prefix: prefix ?? null,
    payload: payload ?? null,
    any: any === true,
    also: also === true,
    always: always === true,
  }
}

function checkWord(compiler: Compiler, word: string, path: Path): void {
  const folded = foldWord(word)
  if (folded === '') compiler.problems.error(path, problem('word_empty', { word }))
  const isStop = Object.values(KNOWN_STOP_WORDS).some((list) =>
    (list as readonly string[]).some((one) => foldWord(one) === folded),
  )
  if (isStop) compiler.problems.error(path, problem('word_stops', { word }), hint('another_word'))
}

type Unanswered = Extract<Exclude<TriggerDocument, string>, { unanswered: unknown }>['unanswered']

function unansweredOf(compiler: Compiler, { of, after }: Unanswered, path: Path): FlowTrigger {
  if (Object.keys(of).length !== 1) compiler.problems.error([...path, 'of'], problem('unanswered_one'))
  return { kind: 'unanswered', of, after: compiler.duration(after, [...path, 'after']) }
}

function reportSameTexts(compiler: Compiler, triggers: readonly FlowTrigger[]): void {
  const seen = new Map<string, number>()
  triggers.forEach((trigger, i) => {
    if (trigger.kind !== 'inbound') return
    const keys = [
      ...trigger.texts.map((text) => `t${foldWord(text)}`),
      trigger.prefix && `p${foldWord(trigger.prefix)}`,
      trigger.payload && `b${trigger.payload}`,
      trigger.from,
      trigger.any && 'any',
    ]
    for (const key of keys) {
      if (!key) continue
      const other = seen.get(key)
      if (other !== undefined) compiler.problems.error(['triggers', i], problem('trigger_twice', { other }))
      else seen.set(key, i)
    }
  })
}

/** Outcomes where the document names none. */
const ENDS = { reply: 'answered', event: 'event', opt_out: 'opted_out', person_took_over: 'person_took_over' } as const

export function compileStops(compiler: Compiler): FlowStop[] {
  const stops = (compiler.document.stop ?? []).map((stop, i) => stopOf(compiler, stop, ['stop', i]))
  // Marketing goes to nobody who opted out, whether the document says so or not.
  const implied: FlowStop[] =
    compiler.document.purpose === 'marketing' && !stops.some(({ kind }) => kind === 'opt_out')
      ? [{ kind: 'opt_out', end: ENDS.opt_out }]
      : []
  return [...stops, ...implied]
}

function stopOf(compiler: Compiler, stop: StopDocument, path: Path): FlowStop {
  if (typeof stop === 'string')
    return stop === 'reply' ? { kind: stop, except: new Set(), end: ENDS.reply } : { kind: stop, end: ENDS[stop] }
  if ('opt_out' in stop) return { kind: 'opt_out', end: stop.opt_out.end ?? ENDS.opt_out }
  if ('person_took_over' in stop)
    return { kind: 'person_took_over', end: stop.person_took_over.end ?? ENDS.person_took_over }
  if ('event' in stop) {
    const { name, where, end } = stop.event
    return {
      kind: 'event',
      name,
      where: compiler.condition(where, [...path, 'event', 'where'], true),
      end: end ?? ENDS.event,
    }
  }
  const except = [stop.reply.except ?? []].flat()
  for (const id of except) {
    compiler.known(id, [...path, 'reply', 'except'])
    const step = compiler.document.steps[compiler.ids.get(id) ?? -1]
    if (step && !('send' in step) && !('wait' in step))
      compiler.problems.error([...path, 'reply', 'except'], problem('except_step', { id }))
  }
  return { kind: 'reply', except: new Set(except), end: stop.reply.end ?? ENDS.reply }
}
