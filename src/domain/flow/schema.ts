import * as z from 'zod'
import { templateNameSchema } from '../content.ts'
import { FORMS } from './forms.ts'
import { DURATION_PATTERN } from './moment.ts'

/*
 * The shape of a document, the one source of the check and of the JSON Schema for editors. What a shape cannot say (whether a step exists,
 * a condition holds together, a window can be open) is in compile.ts and checks.ts.
 */

const name = z.string().regex(/^[a-z0-9_]{1,64}$/, FORMS.name)
/** A step is named by other steps; a number would be taken for one in YAML. */
const stepId = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, FORMS.step_id)
const field = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, FORMS.field_name)
const duration = z.string().regex(DURATION_PATTERN, FORMS.duration)
const moment = z
  .string()
  .min(1)
  .max(120)
  .meta({ description: 'A time: an anchor, such as window.closes, and plus or minus a duration.' })
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, FORMS.time_of_day)
const days = z.string().min(3).max(40).meta({ description: 'Days of the week: mon-fri, or sat,sun.' })
const zone = z.string().min(1).max(64).meta({ description: '"contact", or an IANA name such as America/Sao_Paulo.' })
const condition = z.string().min(1).max(2_000).meta({ description: 'A condition in CEL.' })
const words = z.string().min(1).max(4_096)
const value = z.union([z.string().max(4_096), z.number(), z.boolean()])

const exit = { next: stepId.optional(), end: name.optional() }
const many = <T extends z.ZodType>(one: T) => z.union([one, z.array(one).min(1).max(50)])

const beside = {
  also: z.literal(true).optional().meta({ description: 'Begins beside the flow that fits a message most closely.' }),
  always: z
    .literal(true)
    .optional()
    .meta({ description: 'Begins also by a message that a run waits for, which takes it for no answer.' }),
}
const inbound = z.strictObject({
  ...beside,
  from: z.literal('ad').optional(),
  text: many(z.string().min(1).max(256)).optional(),
  prefix: z.string().min(1).max(256).optional(),
  payload: z.string().min(1).max(256).optional(),
  any: z.literal(true).optional(),
})
const where = z.strictObject({ name: field, where: condition.optional() })
const UNLESS = ['person_took_over', 'waiting_intents', 'other_flow'] as const
const of = z.strictObject({
  template: templateNameSchema.optional(),
  campaign: z.string().min(1).max(128).optional(),
  flow: name.optional(),
})

export const TRIGGERS = {
  inbound: z.strictObject({ inbound }),
  window_closing: z.strictObject({
    window_closing: z.strictObject({ before: duration, unless: z.array(z.enum(UNLESS)).max(3).optional() }),
  }),
  unanswered: z.strictObject({ unanswered: z.strictObject({ of, after: duration }) }),
  campaign: z.strictObject({ campaign: z.string().min(1).max(128) }),
  attribute: z.strictObject({ attribute: z.strictObject({ name: field, is: value.optional() }) }),
  event: z.strictObject({ event: where }),
  tapped: z.strictObject({
    tapped: z.strictObject({ ...beside, template: templateNameSchema, button: z.string().min(1).max(128) }),
  }),
}

export const STOPS = {
  reply: z.strictObject({ reply: z.strictObject({ except: many(stepId).optional(), end: name.optional() }) }),
  event: z.strictObject({ event: where.extend({ end: name.optional() }) }),
  opt_out: z.strictObject({ opt_out: z.strictObject({ end: name.optional() }) }),
  person_took_over: z.strictObject({ person_took_over: z.strictObject({ end: name.optional() }) }),
}
export const PLAIN_STOPS = ['reply', 'opt_out', 'person_took_over'] as const

const late = z.strictObject({ after: duration, do: z.enum(['run', 'skip', 'end']) })
const parameters = z.union([
  z.record(z.string().max(64), z.union([words, z.number()])),
  z.array(z.union([words, z.number()])).max(64),
])
const template = z.strictObject({
  name: templateNameSchema,
  language: words.meta({ description: 'A language code, or a text with a place such as {{contact.language | en}}.' }),
  header: z
    .record(z.string().max(64), words)
    .optional()
    .meta({ description: 'The variable of a text header and its value.' }),
  parameters: parameters.optional(),
  urls: z
    .record(z.string().regex(/^\d$/, FORMS.position), words)
    .optional()
    .meta({ description: 'What completes the addresses of buttons, by position.' }),
})
const templates = z.union([template, z.array(template).min(1).max(10)])
const whenClosed = z.union([
  z.enum(['fail', 'hold']),
  z.strictObject({ downgrade: templates }),
  z.strictObject({ follow_up: templates }),
])
const taps = z.record(z.string().min(1).max(256), stepId)

export const SENDS = {
  text: z.strictObject({ text: words }),
  interactive: z.strictObject({
    interactive: z.strictObject({
      header: words.optional(),
      body: words,
      footer: words.optional(),
      buttons: z.record(field, words),
    }),
    tap: taps.optional(),
  }),
  template: z.strictObject({ template, tap: taps.optional() }),
}

const until = { until: moment.optional(), up_to: duration.optional() }
const awaited = z.union([
  z.literal('reply'),
  z.strictObject({ delivered: stepId }),
  z.strictObject({ read: stepId }),
  z.strictObject({ tap: many(z.string().min(1).max(256)), of: stepId }),
  z.strictObject({ event: field, where: condition.optional() }),
])
export const WAITS = {
  for: z.strictObject({ for: awaited, ...until, fresh: z.boolean().optional() }),
  at: z.strictObject({ at: timeOfDay, days: days.optional(), zone: zone.optional(), after: duration.optional() }),
  until: z.strictObject({ until: moment }),
}

const handOver = z.strictObject({ team: name, note: words.optional() })
const set = z.record(z.string().regex(/^(contact|data)\.[a-z][a-z0-9_]{0,63}$/, FORMS.setting), value)
const branchCase = z.strictObject({ if: condition, set: set.optional(), ...exit })
const branchElse = z.strictObject({ otherwise: z.strictObject({ set: set.optional(), ...exit }) })
export const CASES = { if: branchCase, otherwise: branchElse }

const call = z.strictObject({
  url: z.string().min(1).max(2_048).meta({
    description: 'An https address; places may stand behind the host. It is sent a POST, signed by Standard Webhooks.',
  }),
  body: z
    .record(field, value)
    .optional()
    .meta({ description: 'What is sent, as a JSON object. What is not known is left out.' }),
  save: z
    .string()
    .regex(/^call\.[a-z][a-z0-9_]{0,63}$/, FORMS.saved)
    .optional()
    .meta({ description: 'Keeps the fields of the answer: call.quote makes {{call.quote.total}} of its total.' }),
  retry: z
    .strictObject({ up_to: duration })
    .optional()
    .meta({ description: 'For how long it is tried: 1h if not said.' }),
})

const common = { id: stepId, if: condition.optional(), ...exit }
export const STEPS = {
  send: z.strictObject({
    ...common,
    send: z.union(Object.values(SENDS)),
    when_closed: whenClosed.optional(),
    priority: z.enum(['reply', 'transactional', 'campaign']).optional(),
    deadline: moment.optional(),
    late: late.optional(),
    // biome-ignore lint/suspicious/noThenProperty: a word of the language, on an object that is never awaited
    then: stepId.optional(),
    otherwise: stepId.optional(),
  }),
  wait: z.strictObject({
    ...common,
    wait: z.union([duration, ...Object.values(WAITS)]),
    // biome-ignore lint/suspicious/noThenProperty: a word of the language, on an object that is never awaited
    then: z.union([stepId, taps]).optional(),
    otherwise: stepId.optional(),
  }),
  branch: z.strictObject({
    ...common,
    branch: z
      .array(z.union([branchCase, branchElse]))
      .min(1)
      .max(50),
  }),
  set: z.strictObject({ ...common, set }),
  hand_over: z.strictObject({ ...common, hand_over: handOver }),
  enrol: z.strictObject({ ...common, enrol: z.strictObject({ flow: name, data: z.record(field, value).optional() }) }),
  leave: z.strictObject({ ...common, leave: name }),
  call: z.strictObject({
    ...common,
    call,
    // biome-ignore lint/suspicious/noThenProperty: a word of the language, on an object that is never awaited
    then: stepId.optional(),
    otherwise: stepId.optional(),
  }),
  end: z.strictObject({ id: stepId, if: condition.optional(), end: name }),
}
export type Verb = keyof typeof STEPS
export const VERBS = Object.keys(STEPS) as Verb[]

const FIELD_TYPES = ['string', 'number', 'boolean', 'date', 'string?', 'number?', 'boolean?', 'date?'] as const
const PER = /^(contact|conversation|window|ever)(\+data\.[a-z][a-z0-9_]{0,63}){0,3}$/
const top = {
  flow: name,
  purpose: z.enum(['marketing', 'utility', 'service']),
  sender: z
    .string()
    .regex(/^\d{5,20}$/, FORMS.phone_number_id)
    .optional(),
  zone: zone.optional(),
  data: z.record(field, z.enum(FIELD_TYPES)).optional(),
  once: z
    .strictObject({
      per: z.string().regex(PER, FORMS.once_per),
      cool_down: duration.optional(),
    })
    .optional(),
  deadline: moment.optional(),
  quiet_hours: z
    .strictObject({ from: timeOfDay, to: timeOfDay, zone: zone.optional(), days: days.optional() })
    .optional(),
  limits: z
    .strictObject({
      visits: z.int().min(1).max(1_000).optional(),
      messages_per_hour: z.int().min(1).max(100).optional(),
    })
    .optional(),
  late: late.optional(),
  on_edit: z.enum(['finish', 'migrate', 'end']).optional(),
  moved: z
    .record(stepId, stepId)
    .optional()
    .meta({ description: 'With migrate: the steps that have another id now, as "old: new".' }),
  removed: stepId.optional().meta({
    description:
      'With migrate, of runs in a step that is there no more: "finish", "end", or the step in which they go on.',
  }),
}

/** The same with the lists unread: an item is read by the one word that names its kind, so that its mistakes are told and not those of others. */
export const outlineSchema = z.strictObject({
  ...top,
  triggers: z.array(z.unknown()).min(1).max(50),
  stop: z.array(z.unknown()).max(20).optional(),
  steps: z.array(z.unknown()).min(1).max(200),
})

export const flowSchema = z.strictObject({
  ...top,
  triggers: z
    .array(z.union([z.literal('api'), ...Object.values(TRIGGERS)]))
    .min(1)
    .max(50),
  stop: z
    .array(z.union([z.enum(PLAIN_STOPS), ...Object.values(STOPS)]))
    .max(20)
    .optional(),
  steps: z
    .array(z.union(Object.values(STEPS)))
    .min(1)
    .max(200),
})

export type FlowDocument = z.infer<typeof flowSchema>
export type StepDocument = FlowDocument['steps'][number]
export type TriggerDocument = FlowDocument['triggers'][number]
export type StopDocument = NonNullable<FlowDocument['stop']>[number]
export type SendDocument = Extract<StepDocument, { send: unknown }>
export type WaitDocument = Extract<StepDocument, { wait: unknown }>
export type BranchDocument = Extract<StepDocument, { branch: unknown }>
export type CallDocument = Extract<StepDocument, { call: unknown }>
export type TemplateDocument = z.infer<typeof template>
export type WhenClosedDocument = z.infer<typeof whenClosed>

/** For editors: what they complete and underline. Draft 2020-12. */
export function flowJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(flowSchema) as Record<string, unknown>
  return { ...schema, title: 'A flow of Casement' }
}
