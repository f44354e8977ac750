import { z } from 'zod'
import { fields, table } from './table.ts'
import type { Colors } from './terminal.ts'
import { read } from './views.ts'

/* What the command line reads of campaigns. */

const outcome = {
  counts: z.record(z.string(), z.number()),
  delivery: z.record(z.string(), z.number()).nullish(),
}
const languagesView = z.record(z.string(), z.looseObject(outcome))

export const campaignView = z.looseObject({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  reason: z.looseObject({ code: z.string(), text: z.string() }).nullish(),
  sender: z.string().nullish(),
  senders: z.array(z.looseObject({ sender: z.string(), weight: z.number() })).nullish(),
  parent: z.string().nullish(),
  audience_version: z.number().nullish(),
  ...outcome,
  languages: languagesView.nullish(),
  variants: z.array(z.looseObject({ name: z.string(), languages: languagesView.nullish(), ...outcome })).nullish(),
  budget: z.looseObject({ amount: z.string(), currency: z.string() }).nullish(),
  progress: z
    .looseObject({ per_minute: z.array(z.looseObject({ at: z.string(), sent: z.number(), failed: z.number() })) })
    .nullish(),
  cost: z.looseObject({ so_far: z.string(), currency: z.string() }).nullish(),
  created_at: z.string().nullish(),
})

/** Where it stands. Only counts that are not zero are shown, in the order of the API. */
export function showCampaign(colors: Colors, answer: unknown): string {
  const campaign = read(campaignView, answer)
  const { id, name, state, reason, sender, senders, parent, counts, delivery, progress, budget, cost, created_at } =
    campaign
  const { total, ...parts } = counts
  const numbers = Object.entries({ ...parts, ...delivery }).filter(([, count]) => count > 0)
  const whole = fields(colors, [
    ['id', id],
    ['name', name],
    ['state', state],
    ['reason', reason && `${reason.code}: ${reason.text}`],
    ['sender', sender],
    ['senders', senders?.map((one) => `${one.sender} (${one.weight})`).join(', ')],
    ['parent', parent],
    ['created at', created_at],
    ['cost so far', cost && `${cost.so_far} ${cost.currency}${budget ? ` of ${budget.amount}` : ''}`],
    ['recipients', String(total ?? 0)],
    ...numbers.map(([what, count]): [string, string] => [what, String(count)]),
    ...lastMinutes(progress?.per_minute ?? []),
  ])
  const versions = versionsIn(campaign)
  return versions.length === 0 ? whole : `${whole}\n\n${sideBySide(colors, versions)}`
}

const MINUTES_SHOWN = 10

/** How it went lately, oldest first. */
function lastMinutes(minutes: readonly { at: string; sent: number; failed: number }[]): [string, string][] {
  const last = minutes.slice(-MINUTES_SHOWN)
  const [from, to] = [last[0]?.at, last.at(-1)?.at]
  if (from === undefined || to === undefined) return []
  const line = (what: 'sent' | 'failed') => last.map((one) => one[what]).join(' ')
  return [
    ['sent a minute', `${line('sent')} (${clock(from)} to ${clock(to)} UTC)`],
    ...(last.some(({ failed }) => failed > 0) ? ([['failed a minute', line('failed')]] as [string, string][]) : []),
  ]
}

/** `14:05`, of an ISO instant in UTC. */
function clock(at: string): string {
  return at.slice(11, 16)
}

type Version = { name: string; counts: Record<string, number>; delivery?: Record<string, number> | null | undefined }

function versionsIn({ languages, variants }: z.infer<typeof campaignView>): Version[] {
  const named = (texts: typeof languages, prefix: string) =>
    Object.entries(texts ?? {}).map(([language, one]) => ({ ...one, name: `${prefix}${language}` }))
  return [
    ...named(languages, ''),
    ...(variants ?? []).flatMap((variant) => [variant, ...named(variant.languages, `${variant.name} `)]),
  ]
}

/** A row for each message; columns that are zero in all of them are left out. */
function sideBySide(colors: Colors, versions: readonly Version[]): string {
  const figures = versions.map(({ counts: { total, ...parts }, delivery }) => ({ ...parts, ...delivery }))
  const columns = Object.keys(figures[0] ?? {}).filter((column) => figures.some((one) => (one[column] ?? 0) > 0))
  const rows = versions.map(({ name, counts }, i) => [
    name,
    counts.total ?? 0,
    ...columns.map((column) => figures[i]?.[column] ?? 0),
  ])
  return table(
    colors,
    ['VARIANT', 'TOTAL', ...columns.map((column) => column.toUpperCase().replaceAll('_', ' '))],
    rows,
  )
}

export function showCampaigns(colors: Colors, campaigns: readonly z.infer<typeof campaignView>[]): string {
  const rows = campaigns.map(({ id, name, state, counts, created_at }) => [
    id,
    name,
    state,
    counts.total ?? 0,
    counts.sent ?? 0,
    created_at,
  ])
  return table(colors, ['ID', 'NAME', 'STATE', 'RECIPIENTS', 'SENT', 'CREATED AT'], rows)
}

export const importView = z.looseObject({
  rows: z.number(),
  accepted: z.number(),
  duplicates: z.number(),
  invalid: z.number(),
  errors: z.array(z.looseObject({ line: z.number(), to: z.string().nullish(), code: z.string(), reason: z.string() })),
  errors_truncated: z.boolean(),
})

const ERRORS_SHOWN = 20

export function showImport(colors: Colors, answer: unknown, id: string): string {
  const { rows, accepted, duplicates, invalid, errors, errors_truncated: isCut } = read(importView, answer)
  const counts = fields(colors, [
    ['rows', String(rows)],
    ['accepted', String(accepted)],
    ['duplicates', String(duplicates)],
    ['invalid', String(invalid)],
  ])
  if (errors.length === 0) return counts
  const shown = errors.slice(0, ERRORS_SHOWN).map(({ line, to, code, reason }) => [line, to, code, reason])
  const rest = errors.length > ERRORS_SHOWN || isCut ? `\nall of them: casement campaign errors ${id}` : ''
  return `${counts}\n\n${table(colors, ['LINE', 'TO', 'CODE', 'REASON'], shown)}${rest}`
}

const finding = z.looseObject({ code: z.string(), text: z.string() })
const estimateView = z.looseObject({
  version: z.number(),
  recipients: z.number(),
  fates: z.record(z.string(), z.union([z.number(), z.record(z.string(), z.number())])),
  blockers: z.array(finding),
  warnings: z.array(finding),
  duration_s: z.number().nullish(),
  ends_at: z.string().nullish(),
  cost: z.looseObject({ currency: z.string(), min: z.string(), max: z.string() }).nullish(),
  versions: z
    .array(z.looseObject({ variant: z.string().nullable(), language: z.string().nullable(), recipients: z.number() }))
    .nullish(),
  senders: z.array(z.looseObject({ sender: z.string(), recipients: z.number() })).nullish(),
})

/** Fates that are nobody's are left out. */
export function showEstimate(colors: Colors, answer: unknown): string {
  const { version, recipients, fates, blockers, warnings, duration_s, ends_at, cost, versions, senders } = read(
    estimateView,
    answer,
  )
  const counted = Object.entries(fates).flatMap(([fate, count]) =>
    typeof count === 'number'
      ? [[fate, count] as const]
      : Object.entries(count).map(([why, n]) => [`${fate}: ${why}`, n] as const),
  )
  const lines = fields(colors, [
    ['version', String(version)],
    ['recipients', String(recipients)],
    ...counted.filter(([, n]) => n > 0).map(([what, n]): [string, string] => [what, String(n)]),
    ...(versions ?? []).map((one): [string, string] => [
      `gets ${[one.variant, one.language].filter(Boolean).join(' ') || 'the message itself'}`,
      String(one.recipients),
    ]),
    ...(senders ?? []).map((one): [string, string] => [`from ${one.sender}`, String(one.recipients)]),
    ['cost', cost && `${cost.min === cost.max ? cost.min : `${cost.min} to ${cost.max}`} ${cost.currency}`],
    ['takes', duration_s === null || duration_s === undefined ? null : `${duration_s} s`],
    ['ends at', ends_at],
  ])
  const found = [
    ...blockers.map(({ code, text }) => `${colors.red('in the way:')} ${code}: ${text}`),
    ...warnings.map(({ code, text }) => `${colors.yellow('warning:')} ${code}: ${text}`),
  ]
  return [lines, ...(found.length > 0 ? ['', ...found] : [])].join('\n')
}
