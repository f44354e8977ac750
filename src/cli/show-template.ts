import { colorState } from './show-intent.ts'
import { fields } from './table.ts'
import type { Colors } from './terminal.ts'
import type { PreviewView, TemplateView } from './views.ts'

/** One template: what it is, what it looks like, who needs it, and what was told of it. */
export function showTemplate(colors: Colors, template: TemplateView): string {
  const { category_change: change, history, preview, used_by: used, last_30_days: counts } = template
  const told = (history ?? []).map(({ at, text, field, was, now }) =>
    text ? `${at}  ${text}` : `${at}  ${field}: ${was === null ? '' : `${was} → `}${now}`,
  )
  const rows: [string, string | null | undefined][] = [
    ['template', template.id],
    ['name', `${template.name} (${template.language})`],
    ['status', colorState(colors, template.status)],
    ['at Meta', template.meta_status && template.meta_status !== template.status ? template.meta_status : null],
    ['why', reasonOf(template)],
    [
      'category',
      change ? `${template.category}, ${change.to} from ${change.at ?? 'a day not told'}` : template.category,
    ],
    ['quality', template.quality],
    ['waiting', used ? String(used.waiting) : null],
    ['campaigns', used?.campaigns?.map(({ name }) => name).join(', ') || null],
    ['flows', used?.flows?.map(({ name }) => name).join(', ') || null],
    ['30 days', counts ? countsOf(counts) : null],
    ['lists', template.hidden ? 'left out' : null],
  ]
  const parts = [fields(colors, rows), ...(preview ? [showPreview(colors, preview)] : []), told.join('\n')]
  return parts.filter((part) => part !== '').join('\n\n')
}

function countsOf({ sent, delivered, read, failed, stopped }: NonNullable<TemplateView['last_30_days']>): string {
  return `${sent} sent, ${delivered} delivered, ${read} read, ${failed} failed, ${stopped} opted out`
}

/** In Meta's word, where it gave one. */
function reasonOf({ status, rejected_reason: reason }: TemplateView): string | null {
  return status === 'REJECTED' && reason && reason !== 'NONE' ? reason : null
}

/** As a phone shows it. */
export function showPreview(colors: Colors, preview: PreviewView): string {
  const buttons = preview.buttons.map((button) => `[ ${button.text} ]${button.url ? ` ${colors.dim(button.url)}` : ''}`)
  const cards = (preview.cards ?? []).map((card, index) => `${colors.dim(`card ${index + 1}`)}\n${card.body}`)
  const header = preview.header ? [colors.bold(preview.header)] : []
  const footer = preview.footer ? [colors.dim(preview.footer)] : []
  return [...header, preview.body, ...footer, ...buttons, ...cards].join('\n')
}
