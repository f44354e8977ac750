import * as z from 'zod'
import { languageCodeSchema, templateNameSchema, templateValuesSchema } from '../domain/content.ts'
import { LINT_SENTENCES } from '../domain/template/lint/sentences.ts'
import { graphId, line, page } from './schemas.ts'
import { saidValues } from './views.ts'

/* What requests about templates carry, and what is answered. */

export const templatePath = z.object({ id: graphId.meta({ description: "Meta's template id." }) })

const truth = z.enum(['true', 'false']).transform((text) => text === 'true')

/** Source: Meta, templates/template-management and webhooks reference, message_template_status_update (read 2026-11). */
const TEMPLATE_STATUSES = [
  'APPROVED',
  'ARCHIVED',
  'DELETED',
  'DISABLED',
  'FLAGGED',
  'IN_APPEAL',
  'LIMIT_EXCEEDED',
  'LOCKED',
  'PAUSED',
  'PENDING',
  'PENDING_DELETION',
  'REINSTATED',
  'REJECTED',
  'UNARCHIVED',
] as const

export const templatesQuery = z.strictObject({
  waba_id: graphId.optional(),
  name: line(512).optional(),
  status: z.enum(TEMPLATE_STATUSES).optional(),
  hidden: truth.optional().meta({ description: '`true`: also those that were hidden.' }),
  ...page,
})

export const libraryQuery = z.strictObject({
  search: line(200).optional().meta({ description: 'Words in a name or a text.' }),
  language: languageCodeSchema.optional(),
  topic: line(64).optional(),
  usecase: line(64).optional(),
  industry: line(64).optional(),
  ...page,
})

export const sampleQuery = z.strictObject({ waba_id: graphId })

export const templateSyncBody = z.strictObject({ waba_id: graphId })

const templateDocument = {
  name: z.string().optional(),
  language: z.string().optional(),
  category: z.string().optional(),
  components: z.unknown().optional(),
}

/** The Cloud API's own document. Loose, and judged by the linter, which lists every problem instead of the first. */
export const templateLintBody = z.looseObject(templateDocument)
export const templateBody = z.looseObject({ waba_id: graphId, ...templateDocument }).meta({
  examples: [
    {
      waba_id: '102290129340398',
      name: 'keep_helping',
      language: 'en',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'Shall we go on?' }],
    },
  ],
})

export const templatePatch = z
  .strictObject({
    components: z.unknown().optional().meta({ description: 'All of them: Meta replaces the whole list.' }),
    category: z.string().optional().meta({ description: 'As it is: a category is never edited.' }),
    message_send_ttl_seconds: z.int().optional(),
  })
  .meta({ examples: [{ components: [{ type: 'BODY', text: 'Shall we go on?' }] }] })

const values = {
  parameters: templateValuesSchema.optional(),
  components: z.array(z.unknown()).max(32).optional().meta({ description: "The Cloud API's template.components." }),
}

/** One object of optional members: a union would name both of its halves wherever one member is wrong. */
export const templatePreviewBody = z
  .strictObject({
    document: z.looseObject(templateDocument).optional(),
    name: templateNameSchema.optional(),
    language: languageCodeSchema.optional(),
    waba_id: graphId.optional(),
    ...values,
  })
  .check((ctx) => {
    const { document, name, language, waba_id, parameters, components } = ctx.value
    const wrong = (path: string, message: string) =>
      ctx.issues.push({ code: 'custom', path: [path], message, input: undefined, continue: true })
    if (document !== undefined && (name ?? language ?? waba_id) !== undefined) {
      wrong('document', 'to come without name, language and waba_id')
    }
    if (document === undefined && name === undefined) wrong('document', 'to be there, or name and language')
    if (document === undefined && name !== undefined && language === undefined) wrong('language', 'to be there')
    if (parameters !== undefined && components !== undefined) wrong('components', 'to come without parameters')
  })
  .meta({ examples: [{ name: 'keep_helping', language: 'en', parameters: { user: 'Ana' } }] })

const instant = z.string().meta({ format: 'date-time', description: 'UTC.' })

const previewButton = z.looseObject({
  type: z.string(),
  text: z.string(),
  url: z.string().optional().meta({ description: 'As it will be, with its suffix.' }),
})

const previewParts = {
  header: z.string().nullable().meta({ description: 'A text, or the kind of file in brackets: `[image]`.' }),
  body: z.string(),
  buttons: z.array(previewButton),
}

export const templatePreviewView = z
  .looseObject({
    ...previewParts,
    footer: z.string().nullable(),
    cards: z.array(z.looseObject(previewParts)).optional(),
  })
  .meta({ id: 'TemplatePreview', description: 'What the customer reads; a variable without a value stays visible.' })

export const sampleView = z.object({ handle: z.string() }).meta({ examples: [{ handle: '4::aW1hZ2UvanBlZw==:ARb…' }] })

export const libraryView = z
  .looseObject({
    name: z.string(),
    language: z.string().optional(),
    category: z.string().optional(),
    topic: z.string().optional(),
    usecase: z.string().optional(),
    industry: z.array(z.string()).optional(),
    header: z.string().optional(),
    body: z.string().optional(),
    body_params: z.array(z.string()).optional(),
    body_param_types: z.array(z.string()).optional(),
    buttons: z.array(z.looseObject({})).optional(),
    id: z.string().optional(),
  })
  .meta({ id: 'LibraryTemplate', description: 'As Meta answers it.' })

const event = z.looseObject({
  at: instant,
  what: z
    .string()
    .nullable()
    .meta({ description: 'The field that changed, or what was asked for: `create`, `edit` …' }),
  by: z
    .looseObject({ kind: z.string(), id: z.string(), name: z.string() })
    .nullable()
    .meta({ description: 'null: Meta told it.' }),
  text: z.string(),
  field: z.string(),
  was: z.string().nullable(),
  now: z.string().nullable(),
  detail: z.unknown(),
})

export const templateView = z
  .looseObject({
    id: z.string(),
    waba_id: z.string(),
    name: z.string(),
    language: z.string(),
    category: z.string(),
    components: z.array(z.looseObject({})).optional(),
    status: z.string().meta({ description: 'As messages find it: also what a refusal of Meta proved.' }),
    meta_status: z.string().optional().meta({ description: 'What Meta says itself, by its listing and webhooks.' }),
    quality: z.string().nullable(),
    hidden: z.boolean(),
    held_for_category: z
      .boolean()
      .optional()
      .meta({ description: 'Meta changed its category, and what would use it waits until `unpause`.' }),
    synced_at: instant,
    category_change: z.looseObject({ at: instant.nullable(), to: z.string() }).nullable(),
  })
  .meta({ id: 'Template', description: "Meta's own members, and ours." })

export const templateInFullView = templateView
  .extend({
    preview: templatePreviewView,
    quality_history: z.array(z.looseObject({ at: instant, score: z.string().nullable() })),
    used_by: z.looseObject({
      waiting: z.int().meta({ description: 'Messages that wait for it.' }),
      campaigns: z
        .array(z.looseObject({ id: z.string(), name: z.string(), state: z.string() }))
        .meta({ description: 'Campaigns that are not over and name it.' }),
      flows: z
        .array(z.looseObject({ name: z.string(), state: z.string(), version: z.int() }))
        .meta({ description: 'Flows whose newest version names it, perhaps in the language of each person.' }),
    }),
    last_30_days: z
      .looseObject({ sent: z.int(), delivered: z.int(), read: z.int(), failed: z.int(), stopped: z.int() })
      .meta({
        description:
          'Its messages of the last 30 days. `sent`: accepted and not failed; `delivered` contains `read`. `stopped`: people whose newest template in a week it was when they opted out of marketing.',
      }),
    history: z.array(event).meta({ description: 'The oldest first.' }),
  })
  .meta({ id: 'TemplateInFull' })

const finding = z.looseObject({
  path: z.string(),
  message: z.string().meta({ description: 'In English; it continues what the path begins.' }),
  code: z.string().meta({
    description: `What is said, for pages in other languages: ${Object.keys(LINT_SENTENCES).join(', ')}. More may come.`,
  }),
  values: saidValues.meta({ description: 'What is filled in, by name.' }),
})

export const lintView = z.looseObject({ problems: z.array(finding), warnings: z.array(finding) }).meta({
  examples: [
    {
      problems: [
        {
          path: 'name',
          message: 'is to be 1 to 512 lower-case letters, digits and underscores',
          code: 'name_form',
          values: {},
        },
      ],
      warnings: [],
    },
  ],
})
