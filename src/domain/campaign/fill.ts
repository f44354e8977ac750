import type * as z from 'zod'
import { formatZodIssue, type Message, messageInputSchema, type WhenClosed, whenClosedSchema } from '../content.ts'
import { isBlank, withoutContactValues } from '../template.ts'
import type { CampaignDocument } from './document.ts'
import { fillPlaceholders, mapTexts, placeholdersOf, textsOf } from './placeholders.ts'
import { versionsOf } from './versions.ts'

/* What a campaign says to one recipient: its texts with what stands in their line. */

export type Filled =
  | { ok: true; message: Message; whenClosed: WhenClosed | undefined }
  /** In words for an operator: what their line lacks, or what does not fit. Never with what stands there. */
  | { ok: false; text: string }

/** @param cell what stands in a column of a line; undefined: there is no such column */
export type Filler = (cell: (column: string) => string | undefined) => Filled

/** One for each of its versions. Reads the document once: what names no column is the same for everybody. */
export function fillersOf({ when_closed: whenClosed, ...document }: CampaignDocument): Filler[] {
  const fillPolicy = whenClosed === undefined ? null : fillPart(whenClosed, whenClosedSchema, 'when_closed')
  return versionsOf(document).map(({ message, path }) => {
    const fillMessage = fillPart(message, messageInputSchema, path)
    return fillerOf(fillMessage, fillPolicy)
  })
}

type FillPart = ReturnType<typeof fillPart>

function fillerOf(fillMessage: FillPart, fillPolicy: FillPart | null): Filler {
  return (cell) => {
    const said = fillMessage(cell)
    if (!said.ok) return said
    const policy = fillPolicy?.(cell)
    if (policy && !policy.ok) return policy
    return { ok: true, message: said.value as Message, whenClosed: policy?.value as WhenClosed | undefined }
  }
}

type FilledPart = { ok: true; value: unknown } | { ok: false; text: string }

function fillPart(value: unknown, schema: z.ZodType, root: string): (cell: Parameters<Filler>[0]) => FilledPart {
  const names = [...textsOf(value)].some(({ text, fillable }) => fillable && placeholdersOf(text).length > 0)
  if (!names) {
    const same = parse(value, schema, root)
    return () => same
  }
  return (cell) => {
    let missing: string | null = null
    const filled = mapTexts(value, ({ path, text }) => {
      const shown = fillPlaceholders(text, ({ column, fallback }) => {
        const found = cell(column)?.trim()
        if (found !== undefined && !isBlank(found)) return found
        if (fallback !== null) return fallback
        missing ??= column
        return ''
      })
      // Values of the contact are put into templates as they leave: none of a list is read for them.
      return root === 'when_closed' || path.includes('template') ? withoutContactValues(shown) : shown
    })
    if (missing !== null) return { ok: false, text: `Nothing stands in column "${missing}" of their line.` }
    return parse(filled, schema, root)
  }
}

function parse(value: unknown, schema: z.ZodType, root: string): FilledPart {
  const parsed = schema.safeParse(value, { reportInput: true })
  if (parsed.success) return { ok: true, value: parsed.data }
  // What came is a person's: only what was expected is told.
  const { message } = formatZodIssue(parsed.error, { input: value, root })
  return { ok: false, text: `With what stands in their line: ${message.replace(/, got .*$/s, '')}.` }
}
