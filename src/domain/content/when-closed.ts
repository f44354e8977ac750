import * as z from 'zod'
import type { TemplateMessage } from './message.ts'
import { dropNulls } from './nulls.ts'
import {
  languageCodeSchema,
  normaliseComponents,
  normaliseLanguage,
  templateComponentsSchema,
  templateNameSchema,
} from './template-message.ts'
import { problem, text } from './text.ts'

const value = z.union([text(32_768, 0), z.number()])

export const templateValuesSchema = z
  .union([z.record(z.string(), value), z.array(value).max(256)])
  .meta({ description: 'Body values: an object for named variables, an array for positional ones.' })

/** The Cloud API's own `components`; checked like a message's, typed loosely because callers only carry them. */
const componentsSchema = z
  .array(z.unknown())
  .max(32)
  .check((ctx) => {
    const parsed = templateComponentsSchema.safeParse(normaliseComponents(dropNulls(ctx.value)))
    if (!parsed.success) ctx.issues.push(...parsed.error.issues.map((issue) => ({ ...issue, input: undefined })))
  })
  .meta({ description: "The Cloud API's template.components." })

export const templateReferenceSchema = z
  .strictObject({
    name: templateNameSchema,
    language: languageCodeSchema,
    parameters: templateValuesSchema.optional(),
    components: componentsSchema.optional(),
    decline: z
      .array(text(256))
      .max(20)
      .optional()
      .meta({ description: 'Quick-reply labels or payloads that cancel what was held.' }),
  })
  .check((ctx) => {
    if (ctx.value.parameters !== undefined && ctx.value.components !== undefined) {
      problem(ctx, 'to have either parameters or components, got both')
    }
  })

/** A template and its values, as a policy or a producer names it. */
export type TemplateReference = z.infer<typeof templateReferenceSchema>

const alternates = z.union([templateReferenceSchema, z.array(templateReferenceSchema).min(1).max(10)])
const release = z.enum(['all', 'latest']).optional()
const downgrade = z.strictObject({ downgrade: alternates, release })
const followUp = z.strictObject({ follow_up: alternates, release })
const whenFree = z.strictObject({
  when_free: z.union([downgrade, followUp]),
  otherwise: z.enum(['hold', 'fail']),
  release,
})

export const whenClosedSchema = z.union([z.enum(['fail', 'hold']), downgrade, followUp, whenFree])

/** What to do with a free-form message whose customer service window is closed. */
export type WhenClosed = z.infer<typeof whenClosedSchema>

/** The templates to try, in order; the first usable one goes. */
export function alternatesOf(alternates: TemplateReference | TemplateReference[]): TemplateReference[] {
  return Array.isArray(alternates) ? alternates : [alternates]
}

/** Every template a policy may use, in the order it would try them. */
export function templatesOf(policy: WhenClosed): TemplateReference[] {
  if (typeof policy === 'string') return []
  if ('when_free' in policy) return templatesOf(policy.when_free)
  return alternatesOf('downgrade' in policy ? policy.downgrade : policy.follow_up)
}

/** What a reopened window lets go of this conversation: every held intent in order (the default), or only the newest. */
export function releaseOf(policy: WhenClosed): 'all' | 'latest' {
  if (typeof policy === 'string') return 'all'
  if (policy.release) return policy.release
  return 'when_free' in policy ? releaseOf(policy.when_free) : 'all'
}

/** The reference a template message carries, its language spelled as Meta does. */
export function templateOfMessage(message: TemplateMessage): TemplateReference {
  const { name, language, components } = message.template
  return { name, language: normaliseLanguage(language.code), ...(components ? { components } : {}) }
}
