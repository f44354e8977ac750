import * as z from 'zod'
import { RUN_WHYS } from '../domain/flow/whys.ts'
import { recipientSchema } from '../domain/recipient.ts'
import { flowProblem } from './flow-schemas.ts'
import { graphId, page } from './schemas.ts'
import { instant, saidValues } from './views.ts'

/* What requests about flows carry, and what is answered. What a flow says is checked by its own rules (domain/flow). */

const flowName = z.string().regex(/^[a-z0-9_]{1,64}$/, 'to be a-z, 0-9 and _, at most 64')

export const flowPath = z.object({ name: flowName })
export const runPath = z.object({ id: z.uuid() })

export const deployQuery = z.strictObject({
  on_edit: z.enum(['finish', 'migrate', 'end']).optional().meta({
    description:
      'What becomes of live runs. Default: as the document says, else they finish on the version that they began with.',
  }),
})
export const flowBody = z.union([z.string(), z.record(z.string(), z.unknown())]).meta({
  id: 'FlowDocument',
  description: 'The document, as YAML or JSON. Its JSON Schema is printed by `casement flow schema`.',
})
export const flowsQuery = z.strictObject({ ...page })
export const runsQuery = z.strictObject({ ...page, state: z.enum(['waiting', 'paused', 'ended']).optional() })

export const startBody = z
  .strictObject({
    sender: graphId,
    to: recipientSchema,
    data: z.record(z.string(), z.unknown()).optional().meta({ description: 'As the flow declares it.' }),
  })
  .meta({
    id: 'FlowStart',
    examples: [{ sender: '106540352242922', to: '+5511987654321', data: { quote_id: 'Q-17' } }],
  })

export const eventBody = z
  .strictObject({
    contact: z.string().min(1).max(200).meta({ description: 'The digits of the wa_id, or a BSUID.' }),
    sender: graphId.optional().meta({ description: 'Only of the conversation with this number. Default: of all.' }),
    name: z.string().regex(/^[a-z][a-z0-9_.-]{0,63}$/i, 'to begin with a letter, at most 64 of a-z, 0-9, _ . -'),
    key: z
      .string()
      .min(1)
      .max(200)
      .meta({ description: 'Of the event, by who tells it. The same key is the same event.' }),
    data: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({
    id: 'FlowEvent',
    examples: [
      { contact: '5511987654321', name: 'quote_accepted', key: 'quote-17-accepted', data: { quote_id: 'Q-17' } },
    ],
  })

export const deployedView = z
  .looseObject({ version: z.int(), warnings: z.array(flowProblem) })
  .meta({ id: 'FlowDeployed' })

const flow = {
  name: z.string(),
  state: z.enum(['active', 'paused']),
  version: z.int(),
  sender: z.string().nullable().meta({ description: 'Null: of any number.' }),
  created_at: instant,
  state_at: instant,
}
export const flowView = z.looseObject(flow).meta({ id: 'FlowSummary' })
const outcomes = z.record(z.string(), z.int())
export const flowInFullView = z
  .looseObject({
    ...flow,
    versions: z
      .array(z.looseObject({ version: z.int(), at: instant, by: z.string() }))
      .meta({ description: 'Newest first.' }),
    document: z.looseObject({}),
    source: z.string(),
    counts: z.looseObject({ waiting: z.int(), ended: outcomes }),
    steps: z
      .array(z.looseObject({ id: z.string(), waiting: z.int(), passed: z.int(), left: outcomes }))
      .meta({ description: 'Who came to a step is there, has gone on, or ended there.' }),
  })
  .meta({ id: 'Flow' })

const run = {
  id: z.string(),
  flow: z.string(),
  version: z.int(),
  sender: z.string(),
  contact: z.looseObject({ wa_id: z.string().nullable(), user_id: z.string().nullable() }),
  state: z.enum(['waiting', 'paused', 'ended']),
  reason: z.string().nullable().meta({ description: 'Why it is paused, where nobody asked for it.' }),
  outcome: z.string().nullable(),
  step: z.string(),
  due_at: instant.nullable().meta({ description: 'When it is looked at next; null: when something happens.' }),
  started_at: instant,
  ended_at: instant.nullable(),
}
export const runView = z.looseObject(run).meta({ id: 'FlowRunSummary' })
export const runInFullView = z
  .looseObject({
    ...run,
    data: z.looseObject({}),
    call: z.looseObject({}).meta({ description: 'What calls answered, by the names under which it is kept.' }),
    history: z.array(
      z.looseObject({
        at: instant,
        kind: z.string(),
        step: z.string().nullable(),
        detail: z.looseObject({
          text: z.string().meta({ description: 'Why, in English.' }),
          code: z.string().meta({
            description: `What it says, for pages in other languages: ${Object.keys(RUN_WHYS).join(', ')}. More may come.`,
          }),
          values: saidValues.meta({
            description:
              'What is filled in, by name; `outcome` of what ended it, and `reason` of a message that did not leave.',
          }),
        }),
      }),
    ),
  })
  .meta({ id: 'FlowRun' })
export const startedView = z.looseObject({ id: z.string() }).meta({ id: 'FlowStarted' })
export const matchedView = z.looseObject({ matched_runs: z.int() }).meta({ id: 'FlowEventMatched' })
