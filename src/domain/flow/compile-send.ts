import { characters, languageCodeSchema, messageSchema } from '../content.ts'
import { foldWord } from '../words.ts'
import { lateOf } from './compile-edges.ts'
import type { Compiler } from './compiler.ts'
import type { Path } from './problem.ts'
import type { FlowMessage, FlowPolicy, FlowStep, FlowTemplate, SendStep } from './program.ts'
import type { SendDocument, TemplateDocument, WhenClosedDocument } from './schema.ts'
import { problem } from './sentences.ts'
import { saidOfMessage } from './shape.ts'
import { type FlowText, placesOf } from './text.ts'

type Base = Pick<FlowStep, 'id' | 'if' | 'next' | 'below'>

/** How urgent a message is unless the step says so: see PRIORITY_RANK. */
const PRIORITY = { marketing: 'campaign', utility: 'transactional', service: 'reply' } as const

export function compileSend(compiler: Compiler, step: SendDocument, base: Base, path: Path): SendStep {
  const { document } = compiler
  const message = messageOf(compiler, step, [...path, 'send'])
  const taps = 'tap' in step.send && step.send.tap ? step.send.tap : {}
  for (const [button, to] of Object.entries(taps)) checkTap(compiler, step, message, button, to, path)
  if (message.kind === 'template' && step.when_closed !== undefined) {
    compiler.problems.error([...path, 'when_closed'], problem('template_when_closed'))
  }
  return {
    ...base,
    verb: 'send',
    message,
    whenClosed: step.when_closed === undefined ? null : policyOf(compiler, step.when_closed, [...path, 'when_closed']),
    priority: step.priority ?? PRIORITY[document.purpose],
    isReply: step.priority === 'reply',
    deadline: compiler.moment(step.deadline, [...path, 'deadline']),
    late: lateOf(compiler, step.late, [...path, 'late']) ??
      lateOf(compiler, document.late, ['late']) ?? { after: { ms: 0, days: 0 }, do: 'run' },
    taps: new Map(Object.entries(taps)),
    done: step.then === undefined ? base.next : compiler.to(step.then, [...path, 'then']),
    otherwise: step.otherwise === undefined ? null : compiler.to(step.otherwise, [...path, 'otherwise']),
  }
}

function checkTap(
  compiler: Compiler,
  step: SendDocument,
  message: FlowMessage,
  button: string,
  to: string,
  path: Path,
): void {
  const at = [...path, 'send', 'tap', button]
  compiler.known(to, at)
  const target = compiler.ids.get(to)
  if (target !== undefined && target <= (compiler.ids.get(step.id) as number)) {
    compiler.problems.error(at, problem('tap_backwards', { step: step.id, to }))
  }
  if (message.kind === 'interactive' && !message.buttons.some(({ id }) => id === button)) {
    const known = message.buttons.map(({ id }) => id).join(', ')
    compiler.problems.error(at, problem('tap_unknown', { known, got: button }))
  }
}

function messageOf(compiler: Compiler, { send }: SendDocument, path: Path): FlowMessage {
  if ('text' in send) {
    const text = compiler.text(send.text, [...path, 'text'])
    checkLength(compiler, text, 4_096, [...path, 'text'])
    return { kind: 'text', text }
  }
  if ('template' in send)
    return { kind: 'template', template: templateOf(compiler, send.template, [...path, 'template']) }
  const at = [...path, 'interactive']
  const { header, body, footer, buttons } = send.interactive
  const part = (name: string, value: string | undefined) =>
    value === undefined ? null : compiler.text(value, [...at, name])
  const message: FlowMessage = {
    kind: 'interactive',
    header: part('header', header),
    body: compiler.text(body, [...at, 'body']),
    footer: part('footer', footer),
    buttons: Object.entries(buttons).map(([id, label]) => ({
      id,
      label: compiler.text(label, [...at, 'buttons', id]),
    })),
  }
  checkInteractive(compiler, message, at)
  return message
}

type Interactive = Extract<FlowMessage, { kind: 'interactive' }>

/** By the check that every message passes, with the shortest texts that can come of it. */
function checkInteractive(compiler: Compiler, message: Interactive, path: Path): void {
  const shortest = (text: FlowText | null) => (text === null ? '' : shortestOf(text) || 'x')
  const built = interactiveOf({
    header: message.header && shortest(message.header),
    body: shortest(message.body),
    footer: message.footer && shortest(message.footer),
    buttons: message.buttons.map(({ id, label }) => ({ id, label: shortest(label) })),
  })
  const parsed = messageSchema.safeParse(built)
  if (!parsed.success) {
    const { field, said } = saidOfMessage(parsed.error, built)
    const index = /buttons\.(\d+)/.exec(field)?.[1]
    const button = index === undefined ? undefined : message.buttons[Number(index)]?.id
    const part = /interactive\.(header|body|footer)/.exec(field)?.[1]
    const at =
      button !== undefined
        ? [...path, 'buttons', button]
        : field.includes('buttons')
          ? [...path, 'buttons']
          : part
            ? [...path, part]
            : path
    compiler.problems.error(at, said)
  }
  reportSameLabels(compiler, message, path)
}

function reportSameLabels(compiler: Compiler, message: Interactive, path: Path): void {
  const seen = new Map<string, string>()
  for (const { id, label } of message.buttons) {
    const folded = foldWord(label.source)
    const other = seen.get(folded)
    if (other !== undefined) compiler.problems.error([...path, 'buttons', id], problem('label_twice', { other }))
    seen.set(folded, id)
  }
}

interface Texts {
  header: string | null
  body: string
  footer: string | null
  buttons: { id: string; label: string }[]
}

/** The Cloud API's reply buttons. Source: Meta, interactive reply buttons messages (read 2026-11). */
export function interactiveOf({ header, body, footer, buttons }: Texts): unknown {
  return {
    type: 'interactive',
    interactive: {
      type: 'button',
      ...(header === null ? {} : { header: { type: 'text', text: header } }),
      body: { text: body },
      ...(footer === null ? {} : { footer: { text: footer } }),
      action: { buttons: buttons.map(({ id, label }) => ({ type: 'reply', reply: { id, title: label } })) },
    },
  }
}

function checkLength(compiler: Compiler, text: FlowText, max: number, path: Path): void {
  const literal = text.parts.map((part) => (typeof part === 'string' ? part : (part.fallback ?? ''))).join('')
  const length = characters(literal)
  if (length > max) compiler.problems.error(path, problem('text_too_long', { max, got: length }))
}

function shortestOf({ parts }: FlowText): string {
  return parts.filter((part) => typeof part === 'string').join('')
}

function templateOf(compiler: Compiler, given: TemplateDocument, path: Path): FlowTemplate {
  const { name, language, header, parameters, urls = {} } = given
  const code = compiler.text(language, [...path, 'language'])
  if (placesOf(code).length === 0 && !languageCodeSchema.safeParse(language).success) {
    const came = language.slice(0, 40)
    compiler.problems.error([...path, 'language'], problem('language', { got: came }))
  }
  return {
    name,
    language: code,
    header: headerOf(compiler, header, [...path, 'header']),
    urls: Object.entries(urls).map(([index, suffix]) => [index, compiler.text(suffix, [...path, 'urls', index])]),
    parameters: parametersOf(compiler, parameters, [...path, 'parameters']),
  }
}

function headerOf(compiler: Compiler, header: TemplateDocument['header'], path: Path): FlowTemplate['header'] {
  const [first, ...more] = Object.entries(header ?? {})
  if (more.length > 0) compiler.problems.error(path, problem('header_variables'))
  return first ? [first[0], compiler.text(first[1], [...path, first[0]])] : null
}

function parametersOf(
  compiler: Compiler,
  given: TemplateDocument['parameters'],
  path: Path,
): FlowTemplate['parameters'] {
  if (given === undefined) return null
  const value = (one: string | number, at: string | number) => compiler.text(String(one), [...path, at])
  if (Array.isArray(given)) return given.map(value)
  return Object.fromEntries(Object.entries(given).map(([key, one]) => [key, value(one, key)]))
}

function policyOf(compiler: Compiler, policy: WhenClosedDocument, path: Path): FlowPolicy {
  if (typeof policy === 'string') return policy
  const kind = 'downgrade' in policy ? 'downgrade' : 'follow_up'
  const given = 'downgrade' in policy ? policy.downgrade : policy.follow_up
  const templates = Array.isArray(given)
    ? given.map((one, i) => templateOf(compiler, one, [...path, kind, i]))
    : [templateOf(compiler, given, [...path, kind])]
  return kind === 'downgrade' ? { downgrade: templates } : { follow_up: templates }
}
