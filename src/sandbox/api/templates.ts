import { GraphError } from '../graph-error.ts'
import type { Json, TemplateRecord, WabaRecord } from '../records.ts'
import { checkComponents, readComponents, readDraft, refuse, type TemplateDraft } from '../rules/template-create.ts'
import { announceTemplate, reviewLater } from '../template-life.ts'
import { bodyOf, fieldsOf, type GraphCall, pick, queryOf } from './call.ts'
import { libraryComponents } from './library.ts'

const DEFAULT_FIELDS = ['name', 'parameter_format', 'components', 'language', 'status', 'category', 'id']

/** Templates per WABA of an unverified business. Source: Meta, templates/overview (read 2026-11). */
const TEMPLATE_LIMIT = 250

export function templateNode(template: TemplateRecord): Json {
  return {
    id: template.id,
    name: template.name,
    language: template.language,
    status: template.status,
    category: template.category,
    previous_category: template.previousCategory ?? undefined,
    correct_category: template.correctCategory ?? undefined,
    parameter_format: template.parameterFormat,
    components: template.components,
    quality_score: { score: template.quality, date: Math.floor(template.updatedAt / 1000) },
    rejected_reason: template.rejectedReason,
    message_send_ttl_seconds: template.ttlSeconds ?? undefined,
    last_updated_time: new Date(template.updatedAt).toISOString().replace(/\.\d+Z$/, '+0000'),
    source: 'USER_CREATED',
  }
}

/** `GET /{waba}/message_templates`: filters, fields, cursors and, when asked, a summary. */
export function listTemplates(call: GraphCall, waba: WabaRecord): Json {
  const query = queryOf(call.request)
  const fields = fieldsOf(query) ?? DEFAULT_FIELDS
  const all = call.world.ledger.templatesOf(waba.id)
  const matching = all.filter((template) => matches(template, query))
  const limit = Math.min(Math.max(Number(query.limit) || 25, 1), 1_000)
  const after = query.after ? matching.findIndex((template) => cursorOf(template) === query.after) + 1 : 0
  const before = query.before ? matching.findIndex((template) => cursorOf(template) === query.before) : -1
  const start = before >= 0 ? Math.max(0, before - limit) : after
  const page = matching.slice(start, before >= 0 ? before : start + limit)
  return {
    data: page.map((template) => pick(templateNode(template), fields)),
    ...(page.length > 0 ? { paging: pagingOf(call, page, start > 0, start + page.length < matching.length) } : {}),
    ...(query.summary === undefined ? {} : { summary: summaryOf(matching.length, all.length, query.summary) }),
  }
}

function matches(template: TemplateRecord, query: Record<string, string>): boolean {
  const content = JSON.stringify(template.components).toLowerCase()
  return (
    (query.name === undefined || template.name.includes(query.name)) &&
    (query.name_or_content === undefined ||
      `${template.name} ${content}`.includes(query.name_or_content.toLowerCase())) &&
    isAmong(query.status, template.status) &&
    isAmong(query.category, template.category) &&
    isAmong(query.language, template.language) &&
    isAmong(query.quality_score, template.quality) &&
    isAmong(query.source, 'USER_CREATED')
  )
}

/** A filter is one value, or a JSON list of them; case does not matter. */
function isAmong(filter: string | undefined, value: string): boolean {
  if (filter === undefined || filter === '') return true
  const wanted = filter
    .replace(/[[\]"\s]/g, '')
    .toLowerCase()
    .split(',')
  return wanted.includes(value.toLowerCase())
}

function cursorOf(template: TemplateRecord): string {
  return Buffer.from(template.id).toString('base64url')
}

function pagingOf(call: GraphCall, page: TemplateRecord[], hasPrevious: boolean, hasNext: boolean): Json {
  const before = cursorOf(page[0] as TemplateRecord)
  const after = cursorOf(page.at(-1) as TemplateRecord)
  const link = (direction: 'before' | 'after', cursor: string) => {
    const url = new URL(call.request.originalUrl, `${call.request.protocol}://${call.request.host}`)
    url.searchParams.delete('before')
    url.searchParams.delete('after')
    url.searchParams.set(direction, cursor)
    // Meta puts the caller's token into these links.
    url.searchParams.set('access_token', call.token.token)
    return url.href
  }
  return {
    cursors: { before, after },
    ...(hasNext ? { next: link('after', after) } : {}),
    ...(hasPrevious ? { previous: link('before', before) } : {}),
  }
}

function summaryOf(matching: number, total: number, asked: string): Json {
  const all: Json = {
    total_count: matching,
    message_template_count: total,
    message_template_limit: TEMPLATE_LIMIT,
    are_translations_complete: true,
  }
  const names = asked.split(',').filter((name) => all[name] !== undefined)
  return names.length === 0 ? all : Object.fromEntries(names.map((name) => [name, all[name]]))
}

/** `POST /{waba}/message_templates`: PENDING at first, reviewed after `templateApprovalMs`. */
export function createTemplate(call: GraphCall, waba: WabaRecord): Json {
  const { world } = call
  const given = { ...queryOf(call.request), ...bodyOf(call.request) }
  const ofLibrary = given.library_template_name !== undefined
  const draft = readDraft(ofLibrary ? { ...given, components: libraryComponents(given) } : given)
  expectMayCreate(call, waba, draft)
  if (world.ledger.findTemplate(waba.id, draft.name, draft.language)) {
    throw refuse(2388024, 'There is already content in this language for a template of this name')
  }
  if (world.ledger.templatesOf(waba.id).length >= TEMPLATE_LIMIT) {
    throw refuse(2388019, `This account has reached its limit of ${TEMPLATE_LIMIT} templates`)
  }
  const template = world.ledger.addTemplate(
    { ...draft, wabaId: waba.id, status: ofLibrary ? 'APPROVED' : 'PENDING' },
    world.ids,
    world.clock.now(),
  )
  template.ttlSeconds = draft.ttlSeconds
  if (ofLibrary) announceTemplate(world, template, 'status')
  else reviewLater(world, template)
  return { id: template.id, status: template.status, category: template.category }
}

/** Names that Meta keeps for its own samples. Source: captured answers of Meta to template calls (2023-2026). */
const SAMPLE_NAMES = /^(hello_world|sample_)/

function expectMayCreate({ world }: GraphCall, waba: WabaRecord, draft: TemplateDraft): void {
  const { ledger, clock } = world
  if (ledger.portfolios.get(waba.portfolioId) === 'reviewed') {
    throw refuse(null, 'The business portfolio may not create templates while it is reviewed')
  }
  if (SAMPLE_NAMES.test(draft.name)) throw refuse(2388155, `${draft.name} is the name of a sample of Meta's`)
  if ((ledger.lockedNames.get(lockOf(waba.id, draft)) ?? 0) > clock.now()) {
    throw refuse(2388023, 'The content in this language is being deleted. Try again in 4 weeks, or take another name')
  }
  const other = ledger
    .templatesOf(waba.id)
    .find(({ name, category }) => name === draft.name && category !== draft.category)
  if (other) throw refuse(null, `All languages of ${draft.name} must have the category ${other.category}`)
}

function lockOf(wabaId: string, { name, language }: { name: string; language: string }): string {
  return `${wabaId} ${name} ${language}`
}

const DAY_MS = 24 * 60 * 60 * 1000

/** Of the content of an approved one: once a day and ten times in 30 days. Source: Meta, templates/template-management (read 2026-11). */
function expectMayEdit(template: TemplateRecord, now: number): void {
  const edits = (template.editedAt ?? []).filter((at) => at > now - 30 * DAY_MS)
  if (edits.length >= 10 || edits.some((at) => at > now - DAY_MS)) {
    throw refuse(null, 'An approved template can be edited once in 24 hours and 10 times in 30 days')
  }
  template.editedAt = [...edits, now]
}

/** `POST /{template_id}`: new components, category or time to live, reviewed like a new template. */
export function editTemplate(call: GraphCall, template: TemplateRecord): Json {
  const { world } = call
  const body = bodyOf(call.request)
  if (!['APPROVED', 'REJECTED', 'PAUSED'].includes(template.status)) {
    throw refuse(2388039, `A template that is ${template.status} cannot be edited`)
  }
  if (body.category !== undefined && template.status === 'APPROVED' && body.category !== template.category) {
    throw refuse(2388039, 'The category of an approved template cannot be changed')
  }
  if (body.components !== undefined) {
    const components = readComponents(body.components)
    checkComponents({ ...template, components })
    if (template.status === 'APPROVED') expectMayEdit(template, world.clock.now())
    template.components = components
    announceTemplate(world, template, 'components')
  }
  if (typeof body.category === 'string') template.category = body.category.toUpperCase() as TemplateRecord['category']
  if (typeof body.message_send_ttl_seconds === 'number') template.ttlSeconds = body.message_send_ttl_seconds
  template.status = 'PENDING'
  reviewLater(world, template)
  return { success: true }
}

/** `DELETE /{waba}/message_templates?name=…` takes every language; `hsm_id` or `hsm_ids` takes the ones named. */
export function deleteTemplates(call: GraphCall, waba: WabaRecord): Json {
  const given: Json = { ...queryOf(call.request), ...bodyOf(call.request) }
  const ids = idsOf(given)
  const doomed = call.world.ledger
    .templatesOf(waba.id)
    .filter((template) =>
      ids.length > 0
        ? ids.includes(template.id) && (given.name === undefined || template.name === given.name)
        : template.name === given.name,
    )
  if (doomed.length === 0) {
    throw new GraphError(100, '', {
      subcode: 2593002,
      message: 'Invalid parameter',
      userTitle: 'Message template not found',
      userMessage: 'The message template you are trying to delete was not found.',
    })
  }
  for (const template of doomed) {
    if (template.status === 'APPROVED') {
      call.world.ledger.lockedNames.set(lockOf(waba.id, template), call.world.clock.now() + 30 * DAY_MS)
    }
    template.status = 'DELETED'
    announceTemplate(call.world, template, 'status')
    call.world.ledger.templates.delete(template.id)
  }
  return { success: true }
}

function idsOf(given: Json): string[] {
  const { hsm_id, hsm_ids } = given
  if (typeof hsm_ids === 'string') return hsm_ids.replace(/[[\]"\s]/g, '').split(',')
  if (Array.isArray(hsm_ids)) return hsm_ids.map(String)
  return hsm_id === undefined ? [] : [String(hsm_id)]
}

/**
 * `POST /{waba}/message_templates/archive` and `…/unarchive`, of up to 100 ids with commas between them. Source: captured calls (2026).
 */
export function moveTemplates(call: GraphCall, waba: WabaRecord, to: 'archive' | 'unarchive'): Json {
  const ids = String(bodyOf(call.request).hsm_ids ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter(Boolean)
  if (ids.length === 0 || ids.length > 100) throw refuse(null, 'hsm_ids must be 1 to 100 ids with commas between them')
  const moved: string[] = []
  const failed: Json = {}
  for (const id of ids) {
    const template = call.world.ledger.templates.get(id)
    if (!template || template.wabaId !== waba.id) failed[id] = 'The template does not exist.'
    else if ((template.status === 'ARCHIVED') === (to === 'archive')) failed[id] = `The template is ${template.status}.`
    else {
      template.status = to === 'archive' ? 'ARCHIVED' : 'APPROVED'
      announceTemplate(call.world, template, 'status', to === 'archive' ? {} : { event: 'UNARCHIVED' })
      moved.push(id)
    }
  }
  return { [to === 'archive' ? 'archived_templates' : 'unarchived_templates']: moved, failed_templates: failed }
}

/** `POST /{template_id}/unpause`, for a pause by pacing. */
export function unpauseTemplate(call: GraphCall, template: TemplateRecord): Json {
  if (template.status !== 'PAUSED') return { success: false, reason: 'The template is not paused.' }
  if (template.pausedUntil) return { success: false, reason: 'The pause for low quality ends by itself.' }
  template.status = 'APPROVED'
  announceTemplate(call.world, template, 'status', { title: 'UNPAUSE' })
  return { success: true }
}

export function readTemplate(call: GraphCall, template: TemplateRecord): Json {
  return pick(templateNode(template), fieldsOf(queryOf(call.request)) ?? DEFAULT_FIELDS)
}
