import { formatZodIssue, type Message, messageSchema, type TemplateReference, type WhenClosed } from '../content.ts'
import type { Said } from '../said.ts'
import { HOUR_MS, type Instant, plus, toIso } from '../time.ts'
import { interactiveOf } from './compile-send.ts'
import { shift } from './moment.ts'
import type { Mover } from './mover.ts'
import type { FlowMessage, FlowPolicy, FlowTemplate, SendStep } from './program.ts'
import { firstFree } from './quiet-hours.ts'
import { referenceFrom } from './template-reference.ts'
import { type FlowText, fillText } from './text.ts'
import { lookUpIn, momentAt, sendOf, zoneOf } from './values.ts'
import { because, why } from './whys.ts'

/** Asks for the message, once; or puts it off to the end of quiet hours, where it is thought over anew. */
export function beginSend(mover: Mover, step: SendStep) {
  if (!mover.begin()) return
  const { run, now, scene } = mover
  const { late } = step
  if (late.do !== 'run' && now > shift(run.dueSince, late.after, 1, zoneOf(scene, null))) {
    const said = why('late', { at: toIso(run.dueSince) })
    if (late.do === 'end') return mover.end('late', said)
    mover.note('skipped', said)
    return mover.go(step.next, now)
  }
  const deadline = step.deadline === null ? null : momentAt(scene, step.deadline)
  if (step.deadline !== null && (deadline === null || now >= deadline)) {
    return fail(
      mover,
      step,
      'expired',
      deadline === null ? why('deadline_unknown') : why('deadline_was', { at: toIso(deadline) }),
    )
  }
  if (isHeldUp(mover, step)) return
  ask(mover, step, deadline)
}

function isHeldUp(mover: Mover, step: SendStep): boolean {
  const { program, now, scene, run } = mover
  if (program.quiet === null || step.isReply) return false
  const free = firstFree(program.quiet, now, zoneOf(scene, program.quiet.zone))
  if (free <= now) return false
  if (run.dueAt !== free) mover.note('held', why('quiet_until', { at: toIso(free) }))
  run.dueSince = free
  mover.waitUntil(free, null)
  return true
}

function ask(mover: Mover, step: SendStep, expiresAt: Instant | null) {
  const { run, now, program, facts } = mover
  const recent = run.sentAts.filter((at) => at > plus(now, -HOUR_MS))
  const count = recent.length + facts.lately
  if (count >= program.limits.messagesPerHour) return mover.end('loop', why('messages', { count }))
  const built = buildMessage(mover, step.message)
  if (!built.ok) return fail(mover, step, 'failed', built.why)
  const policy = buildPolicy(mover, step.whenClosed)
  if (!policy.ok) return fail(mover, step, 'failed', policy.why)
  const key = `${step.id}/${run.visits[step.id]}`
  mover.effect({
    kind: 'send',
    key,
    step: step.id,
    message: built.value,
    whenClosed: policy.value,
    priority: step.priority,
    expiresAt,
  })
  mover.note('sends', why('sends', { key }))
  run.awaits = key
  run.sent[step.id] = { key, at: now }
  run.sentAts = [...recent, now]
  // What comes from here on may be an answer to it, also before the wait that asks for one begins.
  if (!run.asking) run.seen = facts.latest
  run.asking = true
  run.seq += 1
  mover.waitUntil(null, null)
}

export function lookAtSend(mover: Mover, step: SendStep) {
  const send = sendOf(mover.run, mover.facts, step.id)
  if (!send || send.state === 'waiting') return mover.waitUntil(null, null)
  if (send.state === 'over') return fail(mover, step, send.reason ?? 'failed', why('not_left'))
  mover.note('sent', send.sentAt === null ? why('left_unknown') : why('left_at', { at: toIso(send.sentAt) }))
  mover.go(step.done, send.sentAt ?? mover.now)
}

function fail(mover: Mover, step: SendStep, reason: string, said: Said) {
  mover.note('not_sent', because({ reason }, said))
  if (step.otherwise) mover.go(step.otherwise, mover.now)
  else mover.end(reason, said)
}

type Built<T> = { ok: true; value: T } | { ok: false; why: Said }

function buildMessage(mover: Mover, message: FlowMessage): Built<Message> {
  try {
    const parsed = messageSchema.safeParse(partsOf(mover, message))
    if (parsed.success) return { ok: true, value: parsed.data }
    return { ok: false, why: why('unsendable', { why: formatZodIssue(parsed.error).message }) }
  } catch (error) {
    if (error instanceof Missing) return { ok: false, why: why('unknown_value', { path: error.message }) }
    throw error
  }
}

function buildPolicy(mover: Mover, policy: FlowPolicy | null): Built<WhenClosed | null> {
  if (policy === null || typeof policy === 'string') return { ok: true, value: policy }
  try {
    const references = (templates: FlowTemplate[]) => templates.map((one) => referenceOf(mover, one))
    const value =
      'downgrade' in policy ? { downgrade: references(policy.downgrade) } : { follow_up: references(policy.follow_up) }
    return { ok: true, value }
  } catch (error) {
    if (error instanceof Missing) return { ok: false, why: why('unknown_value', { path: error.message }) }
    throw error
  }
}

/** Caught above: a text with a hole is not sent. Its message is the path of what is missing. */
class Missing extends Error {}

function fill(mover: Mover, text: FlowText): string {
  const filled = fillText(text, lookUpIn(mover.scene))
  if (!filled.ok) throw new Missing(filled.missing)
  return filled.text
}

function partsOf(mover: Mover, message: FlowMessage): unknown {
  const optional = (text: FlowText | null) => (text === null ? null : fill(mover, text))
  switch (message.kind) {
    case 'text':
      return { type: 'text', text: { body: fill(mover, message.text) } }
    case 'interactive':
      return interactiveOf({
        header: optional(message.header),
        body: fill(mover, message.body),
        footer: optional(message.footer),
        buttons: message.buttons.map(({ id, label }) => ({ id, label: fill(mover, label) })),
      })
    case 'template':
      return templateMessage(mover, message.template)
  }
}

function templateMessage(mover: Mover, template: FlowTemplate): unknown {
  const { name, language, components } = referenceOf(mover, template)
  return { type: 'template', template: { name, language: { code: language }, ...(components ? { components } : {}) } }
}

function referenceOf(mover: Mover, template: FlowTemplate): TemplateReference {
  return referenceFrom(template, (text) => fill(mover, text))
}
