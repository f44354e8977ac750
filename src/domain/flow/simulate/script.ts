import * as z from 'zod'
import type { Said } from '../../said.ts'
import type { Instant } from '../../time.ts'
import { isZone, parseMoment } from '../../zoned-time.ts'
import { FORMS } from '../forms.ts'
import { DURATION_PATTERN, LONGEST_MS, lengthOf, NO_DURATION, parseDuration } from '../moment.ts'
import { didYouMean, Problems } from '../problem.ts'
import { hint, problem } from '../sentences.ts'
import { saidOfScript } from '../shape.ts'

/* A scripted customer: how the run begins, what happens then, and what has to come of it. */

const duration = z
  .string()
  .regex(DURATION_PATTERN, FORMS.duration)
  .refine((text) => lengthOf(parseDuration(text) ?? NO_DURATION) <= LONGEST_MS, FORMS.short_duration)
const moment = z.string().min(1).max(40)
const step = z.string().min(1).max(64)
const record = z.record(z.string().max(64), z.unknown())
const said = z.union([z.string().max(4_096), z.strictObject({ text: z.string().max(4_096) })])
/** Of what a program answers: what is kept of it. */
const answer = z.union([z.string().max(1_024), z.number(), z.boolean()])
const event = z.strictObject({ name: z.string().min(1).max(64), data: record.optional() })

const start = z.strictObject({
  at: moment,
  zone: z.string().max(64).optional(),
  contact: z
    .strictObject({
      name: z.string().max(256).optional(),
      language: z.string().max(20).optional(),
      time_zone: z.string().max(64).optional(),
      marketing: z.enum(['unknown', 'in', 'out']).optional(),
      attributes: record.optional(),
    })
    .optional(),
  /** When the customer wrote last, before all this; without it they never did. */
  last_inbound: moment.optional(),
  data: record.optional(),
  inbound: z
    .strictObject({ text: z.string().max(4_096), payload: z.string().max(256).optional(), ad: record.optional() })
    .optional(),
  event: event.optional(),
  campaign: z.string().max(128).optional(),
  attribute: z.strictObject({ name: z.string().max(64), value: z.unknown() }).optional(),
  tapped: z.strictObject({ template: z.string().max(512), button: z.string().max(128) }).optional(),
  unanswered: z
    .strictObject({ template: z.string().optional(), campaign: z.string().optional(), flow: z.string().optional() })
    .optional(),
  /** Messages are delivered so long after they left; without it only as the script says. */
  delivered_after: duration.optional(),
})

const when = { after: duration.optional(), at: moment.optional() }
const EVENTS = {
  reply: z.strictObject({ ...when, reply: said }),
  tap: z.strictObject({ ...when, tap: z.string().min(1).max(256), of: step.optional() }),
  delivered: z.strictObject({ ...when, delivered: step }),
  read: z.strictObject({ ...when, read: step }),
  /** A message or a call. */
  failed: z.strictObject({ ...when, failed: step }),
  answered: z.strictObject({ ...when, answered: step, with: z.record(z.string().max(64), answer).optional() }),
  opt_out: z.strictObject({ ...when, opt_out: z.literal(true) }),
  took_over: z.strictObject({ ...when, took_over: z.literal(true) }),
  event: z.strictObject({ ...when, event }),
  contact: z.strictObject({
    ...when,
    contact: z.strictObject({ time_zone: z.string().max(64).optional(), language: z.string().max(20).optional() }),
  }),
  outage: z.strictObject({ ...when, outage: duration }),
}

const EXPECTED = {
  sent: z.strictObject({
    sent: step,
    as: z.enum(['free_form', 'template']).optional(),
    cost: z.string().max(32).optional(),
    text: z.string().max(4_096).optional(),
    at: z.string().max(40).optional(),
  }),
  not_sent: z.strictObject({ not_sent: step, why: z.string().max(64).optional() }),
  called: z.strictObject({
    called: step,
    text: z.string().max(4_096).optional(),
    at: z.string().max(40).optional(),
  }),
  handed_over: z.strictObject({ handed_over: z.string().max(64) }),
  set: z.strictObject({ set: z.string().max(128) }),
  end: z.strictObject({ end: z.string().max(64), at: z.string().max(40).optional() }),
}

const scriptSchema = z.strictObject({
  start,
  events: z
    .array(z.union(Object.values(EVENTS)))
    .max(500)
    .optional(),
  expect: z
    .array(z.union(Object.values(EXPECTED)))
    .max(500)
    .optional(),
})

export type Script = z.infer<typeof scriptSchema>
export type ScriptEvent = NonNullable<Script['events']>[number]
export type Expectation = NonNullable<Script['expect']>[number]

export type ReadScript = { ok: true; script: Script } | { ok: false; problems: Problems }

export function readScript(input: unknown): ReadScript {
  const problems = new Problems()
  const parsed = scriptSchema.safeParse(input)
  if (parsed.success) {
    checkTimes(parsed.data, problems)
    return problems.errors.length > 0 ? { ok: false, problems } : { ok: true, script: parsed.data }
  }
  for (const issue of parsed.error.issues) {
    const { field, said } = saidOfScript(issue, input)
    const path = field === '' ? [] : field.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))
    problems.error(path, said, unknownHint(input, path))
  }
  return { ok: false, problems }
}

const WORDS = { events: Object.keys(EVENTS), expect: Object.keys(EXPECTED), start: Object.keys(start.shape) }

function unknownHint(input: unknown, path: (string | number)[]): Said | undefined {
  const [list, index] = path
  if (list !== 'events' && list !== 'expect' && list !== 'start') return undefined
  const lists = input as Record<string, unknown>
  const one = list === 'start' ? lists.start : (lists[list] as unknown[] | undefined)?.[Number(index)]
  if (typeof one !== 'object' || one === null) return undefined
  const known = [...WORDS[list], 'after', 'at', 'of']
  const unknown = Object.keys(one).find((key) => !known.includes(key))
  if (unknown === undefined) return undefined
  return didYouMean(unknown, WORDS[list]) ?? hint('one_of', { choices: WORDS[list].join(', ') })
}

function checkTimes({ start, events = [] }: Script, problems: Problems): void {
  const zone = start.zone ?? start.contact?.time_zone ?? 'UTC'
  for (const [name, path] of [
    [start.zone, ['start', 'zone']],
    [start.contact?.time_zone, ['start', 'contact', 'time_zone']],
  ] as const) {
    if (name !== undefined && !isZone(name)) problems.error(path, problem('zone_name', { got: name }))
  }
  if (problems.errors.length > 0) return
  const check = (text: string | undefined, path: (string | number)[]) => {
    const at = text === undefined ? null : parseMoment(text, zone)
    if (text !== undefined && (at === null || at < 946_684_800_000 || at > 4_102_444_800_000)) {
      problems.error(path, problem('time_range'))
    }
  }
  check(start.at, ['start', 'at'])
  check(start.last_inbound, ['start', 'last_inbound'])
  events.forEach((one, i) => {
    check(one.at, ['events', i, 'at'])
    if ('contact' in one && one.contact.time_zone !== undefined && !isZone(one.contact.time_zone)) {
      problems.error(['events', i, 'contact', 'time_zone'], problem('zone_name', { got: one.contact.time_zone }))
    }
    if (one.at !== undefined && one.after !== undefined)
      problems.error(['events', i, 'at'], problem('both_given', { one: 'after', other: 'at' }))
  })
}

export function timeOf(text: string, zone: string): Instant {
  return parseMoment(text, zone) as Instant
}
