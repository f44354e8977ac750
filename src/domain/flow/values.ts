import type { ConditionValues } from '../condition.ts'
import { type Instant, MINUTE_MS } from '../time.ts'
import { freeEntryPointStateAt, isFreeEntryPointOpen, isWindowOpen, replyBy, windowExpiresAt } from '../window.ts'
import { isZone, localText } from '../zoned-time.ts'
import type { ContactFact, EventFact, Facts } from './facts.ts'
import { type Anchor, type Moment, shift } from './moment.ts'
import type { Program, ZoneName } from './program.ts'
import type { Run } from './run.ts'
import type { LookUp } from './text.ts'

/* What conditions, texts and times read. */

export interface Scene {
  program: Program
  run: Run
  facts: Facts
  contact: ContactFact
  now: Instant
}

export function zoneOf({ program, contact, facts }: Scene, name: ZoneName | null): string {
  const chosen = name ?? program.zone
  return chosen === 'contact' ? zoneOfPerson({ contact, zone: facts.zone }) : chosen
}

/** Theirs, where it is known and one that clocks have; else the likely one. */
export function zoneOfPerson({ contact: { time_zone }, zone }: Pick<Facts, 'contact' | 'zone'>): string {
  return time_zone !== null && isZone(time_zone) ? time_zone : zone
}

/** Null when there is nothing to count from: no window, or a message that was never delivered. */
export function momentAt(scene: Scene, { anchor, offset, sign }: Moment): Instant | null {
  const from = anchorAt(scene, anchor)
  return from === null ? null : shift(from, offset, sign, zoneOf(scene, null))
}

function anchorAt({ run, facts, now }: Scene, anchor: Anchor): Instant | null {
  switch (anchor.kind) {
    case 'now':
      return now
    case 'trigger.at':
      return run.triggeredAt
    case 'run.started_at':
      return run.startedAt
    case 'window.opens':
      return facts.window.openedAt
    case 'window.closes':
      return windowExpiresAt(facts.window)
    case 'free_entry.reply_by':
      return replyBy(facts.freeEntryPoint)
    case 'free_entry.closes':
      return facts.freeEntryPoint.expiresAt
    case 'data': {
      const value = run.data[anchor.field]
      return typeof value === 'number' ? (value as Instant) : null
    }
    case 'step': {
      const send = sendOf(run, facts, anchor.step)
      return (anchor.what === 'sent_at' ? send?.sentAt : send?.deliveredAt) ?? null
    }
  }
}

export function sendOf(run: Run, facts: Facts, step: string) {
  const key = run.sent[step]?.key
  return key === undefined ? undefined : facts.sends.find((send) => send.key === key)
}

export function conditionValues(scene: Scene, event?: EventFact): ConditionValues {
  const { program, run, facts, contact, now } = scene
  const entry = facts.freeEntryPoint
  const dates = (given: Record<string, Instant | null>) =>
    Object.fromEntries(Object.entries(given).flatMap(([name, at]) => (at === null ? [] : [[name, new Date(at)]])))
  return {
    contact: known({
      ...contact.attributes,
      name: contact.name,
      language: contact.language,
      time_zone: contact.time_zone,
    }),
    trigger: known(run.trigger),
    now: new Date(now),
    data: dataValues(program, run),
    call: run.answers,
    reply: run.reply ? { ...run.reply, at: new Date(run.reply.at) } : { text: '', button: '', kind: '' },
    window: {
      open: isWindowOpen(facts.window, now),
      ...dates({ opens: facts.window.openedAt, closes: windowExpiresAt(facts.window) }),
    },
    free_entry: {
      open: isFreeEntryPointOpen(entry, now),
      state: freeEntryPointStateAt(entry, now),
      ...dates({ reply_by: replyBy(entry), closes: entry.expiresAt }),
    },
    ...(event ? { event: known(event.data) } : {}),
  }
}

function known(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined))
}

function dataValues(program: Program, run: Run): Record<string, unknown> {
  const entries = Object.entries(run.data).map(([name, value]) => [
    name,
    program.data[name]?.type === 'date' ? new Date(Number(value)) : value,
  ])
  return Object.fromEntries(entries)
}

/** Of texts: dates as a clock of the flow's zone shows them. */
export function lookUpIn(scene: Scene): LookUp {
  const { program, run, facts, contact, now } = scene
  const date = (at: Instant | null) => (at === null ? null : localText(at, zoneOf(scene, null)).slice(4))
  const tables: Record<string, (field: string) => unknown> = {
    contact: (field) =>
      ownOf(
        { ...contact.attributes, name: contact.name, language: contact.language, time_zone: contact.time_zone },
        field,
      ),
    data: (field) =>
      program.data[field]?.type === 'date'
        ? date((ownOf(run.data, field) ?? null) as Instant | null)
        : ownOf(run.data, field),
    reply: (field) => (run.reply === null ? null : field === 'at' ? date(run.reply.at) : ownOf(run.reply, field)),
    window: (field) => date(field === 'opens' ? facts.window.openedAt : windowExpiresAt(facts.window)),
    free_entry: (field) => {
      const entry = facts.freeEntryPoint
      if (field === 'state') return freeEntryPointStateAt(entry, now)
      return date(field === 'closes' ? entry.expiresAt : replyBy(entry))
    },
    now: () => date(now),
  }
  return (path) => {
    const [root = '', ...fields] = path.split('.')
    const inner = root === 'trigger' ? run.trigger : root === 'call' ? run.answers : null
    const value =
      inner === null
        ? tables[root]?.(fields[0] ?? '')
        : fields.reduce<unknown>((part, field) => ownOf(part, field), inner)
    return textOf(value)
  }
}

function ownOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, field)
    ? (value as Record<string, unknown>)[field]
    : null
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

/** A webhook takes seconds. Which comes later, the history tells with both times: its own, and that at which the customer wrote. */
export function isLongAgo(at: Instant, now: Instant): boolean {
  return now - at > MINUTE_MS
}
