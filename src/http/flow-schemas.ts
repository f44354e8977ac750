import * as z from 'zod'

/* What the checks of flows take and answer. */

const problem = z
  .looseObject({
    path: z.string().meta({ examples: ['steps[3].wait.until'] }),
    line: z.int().optional().meta({ description: 'From 1; absent where the document came as an object.' }),
    column: z.int().optional(),
    message: z.string(),
    hint: z.string().optional(),
  })
  .meta({ id: 'FlowProblem' })

export const flowCheckView = z.looseObject({ problems: z.array(problem), warnings: z.array(problem) }).meta({
  id: 'FlowCheck',
  examples: [
    {
      problems: [
        {
          path: 'purpose',
          line: 2,
          column: 1,
          message: 'expected purpose to be one of …',
          hint: 'did you mean "utility"?',
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
  why: z.string(),
})

export const simulationView = z
  .looseObject({
    transcript: z.array(line),
    ended: z.looseObject({ outcome: z.string(), at: z.string() }).nullable().meta({
      description: 'Null: it waits for something that the script does not bring.',
    }),
    expect: z.looseObject({ met: z.boolean(), diff: z.array(z.string()) }).nullable(),
    warnings: z.array(problem),
  })
  .meta({ id: 'FlowSimulation' })
