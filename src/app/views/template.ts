import {
  compileTemplate,
  normaliseLanguage,
  type RawTemplate,
  type RenderedTemplate,
  renderTemplate,
} from '../../domain/template.ts'
import { toIso } from '../../domain/time.ts'
import type { TemplateRow } from '../../store/pg/schema.ts'
import type { TemplateEvent } from '../../store/templates/reads.ts'
import type { TemplateInFull } from '../../usecases/read-templates.ts'

/** Meta's own members come first, so that ours, which webhooks keep fresh between two syncs, win. */
export function viewOfTemplate(row: TemplateRow): Record<string, unknown> {
  return {
    ...(row.document as object),
    id: row.id,
    waba_id: row.waba_id,
    name: row.name,
    language: row.language,
    category: row.category,
    status: row.status,
    meta_status: row.meta_status ?? row.status,
    quality: row.quality,
    hidden: row.hidden_at !== null,
    held_for_category: row.category_held_at !== null,
    synced_at: toIso(row.synced_at),
    category_change:
      row.next_category === null
        ? null
        : { at: row.next_category_from === null ? null : toIso(row.next_category_from), to: row.next_category },
  }
}

/** With all that was told of it, oldest first, what it looks like, and who needs it. */
export function viewOfTemplateInFull({ row, history, waiting, counts, campaigns, flows }: TemplateInFull) {
  const quality = history.filter((event) => event.field === 'quality')
  const { name, language, category } = row
  const definition = compileTemplate({ ...(row.document as RawTemplate), name, language, category })
  return {
    ...viewOfTemplate(row),
    preview: viewOfPreview(renderTemplate(definition, [])),
    quality_history: quality.map(({ at, now }) => ({ at, score: now })),
    used_by: {
      waiting,
      campaigns: campaigns
        .filter(({ document }) => namesTemplate(document, row))
        .map(({ id, name, state }) => ({ id, name, state })),
      flows: flows
        .filter(({ document }) => namesTemplate(document, row))
        .map(({ name, state, version }) => ({ name, state, version })),
    },
    last_30_days: { ...counts },
    history: history.map(viewOfEvent),
  }
}

/**
 * Whether a reference somewhere in a document is one to this template: `language` is a code, or the Cloud API's object of one. Where that is
 * another for each person, it may be this one.
 */
export function namesTemplate(document: unknown, template: { name: string; language: string }): boolean {
  if (Array.isArray(document)) return document.some((item) => namesTemplate(item, template))
  if (typeof document !== 'object' || document === null) return false
  const { name, language } = document as { name?: unknown; language?: unknown }
  const code = typeof language === 'object' && language !== null ? (language as { code?: unknown }).code : language
  const isItsLanguage =
    typeof code === 'string' && (code.includes('{{') || normaliseLanguage(code) === template.language)
  if (name === template.name && isItsLanguage) return true
  return Object.values(document).some((value) => namesTemplate(value, template))
}

/** As a phone shows it. A header of a file is its kind in brackets: `[image]`. */
export function viewOfPreview({ header, footer, cards, ...parts }: RenderedTemplate) {
  return {
    header: header ?? null,
    body: parts.body,
    footer: footer ?? null,
    buttons: parts.buttons.map(viewOfButton),
    ...(cards
      ? {
          cards: cards.map((card) => ({
            header: card.header ?? null,
            body: card.body,
            buttons: card.buttons.map(viewOfButton),
          })),
        }
      : {}),
  }
}

function viewOfButton({ type, label, url }: RenderedTemplate['buttons'][number]) {
  return { type, text: label, ...(url === undefined ? {} : { url }) }
}

interface CommandDetail {
  by?: { kind: string; id: string; name: string }
}

/** `by` null: Meta told it. */
function viewOfEvent({ at, field, was, now, detail }: TemplateEvent) {
  if (field !== 'command') {
    return { at, what: field, by: null, text: textOfChange(field, was, now), field, was, now, detail }
  }
  const { by = null } = (detail ?? {}) as CommandDetail
  const who = by === null ? 'somebody' : by.name
  return { at, what: now, by, text: `${COMMANDS[now ?? ''] ?? 'changed'} by ${who}`, field, was, now, detail }
}

function textOfChange(field: string, was: string | null, now: string | null): string {
  switch (field) {
    case 'next_category':
      return `Meta announced the category ${now}`
    case 'components':
      return `the text is another one: ${now}`
    default:
      return was === null ? `${field} is ${now}` : `${field} was ${was} and is ${now}`
  }
}

const COMMANDS: Readonly<Record<string, string>> = {
  create: 'created',
  edit: 'edited',
  delete: 'deleted',
  unpause: 'unpaused',
  archive: 'archived',
  unarchive: 'taken out of the archive',
  hide: 'hidden from lists',
  unhide: 'shown in lists again',
}
