import * as z from 'zod'
import { ATTRIBUTE_NAME } from '../domain/attributes.ts'
import { languageCodeSchema, unstorableJson } from '../domain/content.ts'
import { line, page, timeZone } from './schemas.ts'

/* What requests about contacts carry. */

const ATTRIBUTE = 'attribute.'

export const contactsQuery = z
  .looseObject({
    q: line(200).optional().meta({ description: 'Part of a name, username, number or BSUID.' }),
    language: line(16).optional().meta({ description: 'As it was set, such as pt_BR.' }),
    marketing: z.enum(['in', 'out', 'unknown']).optional(),
    'attribute.segment': line(1_024)
      .optional()
      .meta({ description: 'Any attribute, by its name behind `attribute.`; several of them all have to fit.' }),
    ...page,
  })
  .check((ctx) => {
    for (const [name, value] of Object.entries(ctx.value)) {
      if (KNOWN.has(name)) continue
      const wrong = (message: string) =>
        ctx.issues.push({ code: 'custom', path: [name], message, input: value, continue: true })
      if (!name.startsWith(ATTRIBUTE)) {
        ctx.issues.push({ code: 'unrecognized_keys', keys: [name], path: [], input: ctx.value, continue: true })
      } else if (!ATTRIBUTE_NAME.test(name.slice(ATTRIBUTE.length))) {
        wrong('to name an attribute of lower-case letters, digits and underscores')
      } else if (typeof value !== 'string' || value.length > 1_024 || unstorableJson(value)) {
        wrong('to be given once, as at most 1024 characters')
      }
    }
  })

const KNOWN: ReadonlySet<string> = new Set(['q', 'language', 'marketing', ...Object.keys(page)])

/** Those asked for, by name. */
export function attributesIn(query: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) =>
      name.startsWith(ATTRIBUTE) && typeof value === 'string' ? [[name.slice(ATTRIBUTE.length), value]] : [],
    ),
  )
}

const attributes = z
  .record(
    z.string().regex(ATTRIBUTE_NAME, 'to be 1 to 64 lower-case letters, digits and underscores'),
    z
      .union([z.string().max(4_096), z.number(), z.boolean()], { error: 'to be a text, a number, true, false or null' })
      .nullable(),
  )
  .check((ctx) => {
    const found = unstorableJson(ctx.value)
    if (found) ctx.issues.push({ code: 'custom', input: ctx.value, path: [...found.path], message: found.message })
  })
  .meta({
    description: 'A flat object, at most 4 KiB of JSON in all; null removes one.',
    examples: [{ segment: 'b2b', visits: 3 }],
  })

const profile = {
  name: line(256).nullable().optional(),
  language: languageCodeSchema.nullable().optional(),
  time_zone: timeZone.nullable().optional(),
  attributes: attributes.optional(),
}

/** `attributes` are merged, name by name. */
export const contactPatchBody = z.strictObject({
  ...profile,
  unreachable: z.null().optional().meta({ description: 'null: they can be reached again.' }),
})

/** `attributes`, where given, are all of them. */
export const contactPutBody = z.strictObject(profile)
