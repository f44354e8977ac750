import * as z from 'zod'
import { FLOW_HINTS, FLOW_PROBLEMS } from '../domain/flow/sentences.ts'
import { saidValues } from './views.ts'

/* What the checks of flows take and answer. */

export const flowProblem = z
  .looseObject({
    path: z.string().meta({ examples: ['steps[3].wait.until'] }),
    line: z.int().optional().meta({ description: 'From 1; absent where the document came as an object.' }),
    column: z.int().optional(),
    message: z.string().meta({ description: 'In English.' }),
    code: z.string().meta({
      description: `What is said, for pages in other languages: ${Object.keys(FLOW_PROBLEMS).join(', ')}. More may come.`,
    }),
    values: saidValues.meta({ description: 'What is filled in, by name.' }),
    hint: z.string().optional().meta({ description: 'What to do about it, in English.' }),
    hint_code: z
      .string()
      .optional()
      .meta({ description: `What the hint says: ${Object.keys(FLOW_HINTS).join(', ')}. More may come.` }),
    hint_values: saidValues.optional(),
  })
  .meta({ id: 'FlowProblem' })

const migration = z
  .looseObject({
    steps: z.array(z.string()).meta({ description: 'The ids of its steps.' }),
    vanishing: z.array(z.looseObject({ step: z.string(), runs: z.int() })).meta({
      description: 'Steps that live runs are in and it does not have.',
      examples: [[{ step: 'ask', runs: 12 }]],
    }),
    moved: z.record(z.string(), z.string()).meta({ description: 'As the document says it.' }),
    removed: z.string().nullable().meta({
      description:
        'Of runs in those that were not moved: `finish`, `end`, or the step in which they go on. Null: `migrate` is refused.',
    }),
  })
  .nullable()
  .meta({
    description:
      'What becomes of the live runs, did they go over to it. Null where something is wrong, or no flow has its name.',
  })

export const flowCheckView = z
  .looseObject({ problems: z.array(flowProblem), warnings: z.array(flowProblem), migration })
  .meta({
    id: 'FlowCheck',
    examples: [
      {
        migration: null,
        problems: [
          {
            path: 'purpose',
            line: 2,
            column: 1,
            message: 'expected purpose to be one of …',
            code: 'field_choice',
            values: { field: 'purpose', choices: 'marketing, utility, service' },
            hint: 'did you mean "utility"?',
            hint_code: 'did_you_mean',
            hint_values: { word: 'utility' },
          },
        ],
        warnings: [],
      },
    ],
  })

const written = z.union([z.string(), z.record(z.string(), z.unknown())], 'to be an object, or the text of a document')

export const simulateBody = z
  .strictObject({
    document: written.meta({ description: 'The flow.' }),
    script: written.meta({ description: 'How it starts, what the customer does, and what is expected.' }),
  })
  .meta({ id: 'FlowSimulationRequest' })

const line = z.looseObject({
  at: z.string(),
  local: z.string().meta({ examples: ['Mon 2026-11-23 10:00'] }),
  step: z.string().nullable().meta({ description: 'Null: the customer.' }),
  what: z.string(),
  text: z.string(),
  as: z.enum(['free_form', 'template']).optional(),
  price: z.string().optional(),
  window: z.looseObject({ open: z.boolean(), expires_at: z.string().nullable() }),
  why: z.string().meta({ description: 'In English.' }),
  why_code: z
    .string()
    .optional()
    .meta({ description: 'As in the history of a run, or the code of a reason of messages.' }),
  why_values: saidValues.optional(),
})

export const simulationView = z
  .looseObject({
    transcript: z.array(line),
    ended: z.looseObject({ outcome: z.string(), at: z.string() }).nullable().meta({
      description: 'Null: it waits for something that the script does not bring.',
    }),
    expect: z.looseObject({ met: z.boolean(), diff: z.array(z.string()) }).nullable(),
    warnings: z.array(flowProblem),
  })
  .meta({ id: 'FlowSimulation' })
