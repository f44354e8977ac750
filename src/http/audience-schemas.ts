import * as z from 'zod'
import { ATTRIBUTE_NAME } from '../domain/attributes.ts'
import { type AudienceSource, COPIED_STATES, PROFILE_COLUMNS } from '../domain/campaign/audience-source.ts'
import { unstorableJson } from '../domain/content.ts'
import { campaignPath, graphId, line } from './schemas.ts'
import { instant } from './views.ts'

/* Lists that are made of who is known here. */

const MOST_COLUMNS = 100

const attributeName = z.string().regex(ATTRIBUTE_NAME, 'to be 1 to 64 lower-case letters, digits and underscores')
const column = attributeName.refine((name) => name !== 'to', 'to be another than to, which is there anyway')

const fromContacts = z.strictObject({
  q: line(200).optional().meta({ description: 'Part of a name, username, number or BSUID.' }),
  language: line(16).optional().meta({ description: 'As it was set, such as pt_BR.' }),
  marketing: z.enum(['in', 'out', 'unknown']).optional(),
  attribute: z
    .record(attributeName, z.string().max(1_024))
    .optional()
    .meta({ description: 'All of them have to fit; "3" and "true" stand for the number and the truth too.' }),
  sender: graphId.optional().meta({ description: 'Who has a conversation with this number.' }),
  columns: z
    .array(column)
    .max(MOST_COLUMNS)
    .refine((names) => new Set(names).size === names.length, 'to name each column once')
    .default(['name'])
    .meta({ description: `Of the list, beside \`to\`: ${PROFILE_COLUMNS.join(', ')}, or attributes by their names.` }),
})

const fromCampaign = z.strictObject({
  id: campaignPath.shape.id,
  states: z.array(z.enum(COPIED_STATES)).min(1).optional().meta({ description: 'Whose message came to one of these.' }),
  reasons: z.array(line(64)).min(1).max(100).optional().meta({ description: '`reason_code` of the report.' }),
  delivered: z.boolean().optional().meta({ description: 'What was read was delivered.' }),
  read: z.boolean().optional(),
})

export const sourceBody = z
  .strictObject({ from_contacts: fromContacts.optional(), from_campaign: fromCampaign.optional() })
  .check((ctx) => {
    const { from_contacts: contacts, from_campaign: campaign } = ctx.value
    if ((contacts === undefined) === (campaign === undefined)) {
      const message = 'to have one of from_contacts and from_campaign'
      ctx.issues.push({ code: 'custom', path: [], message, input: ctx.value })
    }
    const found = unstorableJson(ctx.value)
    if (found) ctx.issues.push({ code: 'custom', input: ctx.value, path: [...found.path], message: found.message })
  })
  .meta({
    id: 'AudienceSource',
    examples: [{ from_contacts: { attribute: { segment: 'b2b' }, columns: ['name', 'city'] } }],
  })

const row = z
  .looseObject({ to: z.string().meta({ description: 'The number, or a BSUID.' }) })
  .meta({ description: 'Members that the first row has are columns: texts, numbers, true, false or null.' })

/** Of a file, rows, or a source; what streams is not read as a whole. */
export const audienceBody = z.union([z.string(), z.array(row), sourceBody])

export function sourceOf({
  from_contacts: contacts,
  from_campaign: campaign,
}: z.infer<typeof sourceBody>): AudienceSource {
  if (contacts !== undefined) {
    const { q, language, marketing, attribute, sender, columns } = contacts
    return {
      kind: 'contacts',
      text: q ?? null,
      language: language ?? null,
      marketing: marketing ?? null,
      attributes: attribute ?? {},
      sender: sender ?? null,
      columns,
    }
  }
  const { id, states, reasons, delivered, read } = campaign as z.infer<typeof fromCampaign>
  return {
    kind: 'campaign',
    id,
    states: states ?? null,
    reasons: reasons ?? null,
    delivered: delivered ?? null,
    read: read ?? null,
  }
}

export const copyingView = z
  .looseObject({ upload: z.int(), state: z.literal('loading') })
  .meta({ id: 'CopyingAudience' })

export const uploadsView = z
  .looseObject({
    data: z.array(
      z.looseObject({
        upload: z.int(),
        state: z.enum(['loading', 'ready', 'failed']).meta({
          description: 'Only what is `ready` is on the list. `failed`: refused, broken off, or its process died.',
        }),
        columns: z.array(z.string()),
        rows: z.int(),
        accepted: z.int().meta({ description: 'While it loads: how many are written so far.' }),
        duplicates: z.int(),
        invalid: z.int(),
        reason: z.looseObject({ code: z.string(), text: z.string() }).nullable().meta({
          description:
            'Why it failed: the code of the refusal; `interrupted`: its process ended; `internal`: a fault of ours.',
        }),
        created_at: instant,
      }),
    ),
  })
  .meta({ id: 'AudienceUploads' })
