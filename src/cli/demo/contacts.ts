import { readFile } from 'node:fs/promises'
import { CsvError, parse } from 'csv-parse/sync'
import { z } from 'zod'
import { CommandFailed, messageOf } from '../failure.ts'

/** What happened between the customer and the business before the demo begins; the stamps are in situations.ts. */
export const SITUATIONS = [
  'wrote',
  'called',
  'ad',
  'ad_unanswered',
  'silent',
  'about_to_close',
  'wrote_long_ago',
] as const
export type Situation = (typeof SITUATIONS)[number]

/** What the customer does when invited to go on: taps "Yes, please!", taps "No, thanks!", or nothing. */
export const ANSWERS = ['yes', 'no', 'never'] as const
export type Answer = (typeof ANSWERS)[number]

export interface DemoContact {
  /** Line in the file; the header is line 1. */
  readonly line: number
  /** E.164, as a person would dial it. */
  readonly to: string
  /** What WhatsApp calls them: the digits of `to`, or their other spelling in Brazil, Mexico or Argentina. */
  readonly waId: string
  readonly name: string
  readonly language: string
  readonly situation: Situation
  readonly answer: Answer
}

const row = z.object({
  to: z.string().regex(/^\+\d{7,15}$/, 'expected an E.164 number with +'),
  wa_id: z.string().regex(/^(\d{7,15})?$/, 'expected digits, or nothing'),
  name: z.string().min(1, 'expected a name').max(60),
  language: z.string().regex(/^[a-z]{2}(_[A-Z]{2})?$/, 'expected a language such as pt_BR'),
  situation: z.enum(SITUATIONS),
  answer: z.enum(ANSWERS),
})

/**
 * The people of a demo. Those of examples/contacts.csv do not exist: Germany, Britain, France, Sweden, Australia and the
 * United States keep numbers for fiction; Brazil, Mexico, Argentina and India do not, so theirs have area codes or
 * prefixes that no operator was given. Throws `CommandFailed` with every bad line.
 */
export async function readContacts(path: string): Promise<DemoContact[]> {
  const rows = parseCsv(path, await readText(path))
  const problems: { path: string; message: string }[] = []
  const contacts: DemoContact[] = []
  const seen = new Set<string>()
  rows.forEach((raw, index) => {
    const line = index + 2
    const parsed = row.safeParse(raw)
    if (!parsed.success) {
      const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
      problems.push({ path: `line ${line}`, message: issues.join('; ') })
      return
    }
    const { to, wa_id, ...person } = parsed.data
    const waId = wa_id || to.slice(1)
    if (seen.has(to) || seen.has(waId))
      problems.push({ path: `line ${line}`, message: 'the number stands above already' })
    seen.add(to).add(waId)
    contacts.push({ line, to, waId, ...person })
  })
  if (problems.length > 0) throw new CommandFailed(`${path} has ${problems.length} bad lines`, { problems })
  if (contacts.length === 0) throw new CommandFailed(`expected contacts in ${path}, found none`)
  return contacts
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new CommandFailed(`cannot read the contacts: ${messageOf(cause)}`, { cause })
  }
}

function parseCsv(path: string, text: string): unknown[] {
  try {
    return parse(text, { columns: true, bom: true, skip_empty_lines: true, trim: true })
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause
    throw new CommandFailed(`${path} is no table with a header row: ${cause.message}`, { cause })
  }
}
