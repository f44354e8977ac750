import type { z } from 'zod'
import type { WabaId } from '../domain/ids.ts'
import type { GraphAnswer } from './answer.ts'
import { GraphCallError } from './call-error.ts'
import {
  type Archived,
  archived,
  type CreatedTemplate,
  createdTemplate,
  type LibraryPage,
  libraryPage,
  type Success,
  success,
  templatePage,
  type WireTemplate,
  wireTemplate,
} from './wire.ts'

/** Every method but `listTemplates` returns its answer. */
export interface TemplateClient {
  /**
   * Page by page, and none is asked for before it is wanted; entries without id, name, language or status are left out. Throws
   * `GraphCallError`.
   */
  listTemplates(wabaId: WabaId, accessToken: string): AsyncGenerator<WireTemplate[], void, void>
  getTemplate(templateId: string, accessToken: string): Promise<GraphAnswer<WireTemplate>>
  /** Not retried by anybody: Meta may have taken it when the answer is `uncertain`. */
  createTemplate(wabaId: WabaId, accessToken: string, document: object): Promise<GraphAnswer<CreatedTemplate>>
  /** Its components whole, or its time to live. */
  editTemplate(id: string, accessToken: string, patch: object): Promise<GraphAnswer<Success>>
  /** One language of it: by its name alone Meta would delete all. */
  deleteTemplate(
    wabaId: WabaId,
    accessToken: string,
    template: { id: string; name: string },
  ): Promise<GraphAnswer<Success>>
  /** Answers `success: false` with a reason where there is no pause that this ends. */
  unpauseTemplate(id: string, accessToken: string): Promise<GraphAnswer<Success>>
  /** Into the archive or out of it. What Meta did not move is among `failed_templates`, with a reason. */
  archiveTemplate(
    wabaId: WabaId,
    accessToken: string,
    id: string,
    to: 'archive' | 'unarchive',
  ): Promise<GraphAnswer<Archived>>
  /** A page of Meta's ready-made templates. */
  templateLibrary(accessToken: string, query: Record<string, string>): Promise<GraphAnswer<LibraryPage>>
}

/** One call of the Graph API that is neither a message nor handed on. */
export type Call = <T>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  accessToken: string,
  parse: (json: unknown) => T | null,
  options?: {
    query?: Record<string, string>
    body?: object
    wabaId?: WabaId | null
    /** On the host of what has no version yet. */
    unversioned?: boolean
  },
) => Promise<GraphAnswer<T>>

const PAGE_SIZE = 100
/** Far above Meta's 6,000 templates per account: only a cursor that runs in circles gets here. */
const MAX_PAGES = 1_000

const TEMPLATE_FIELDS = [
  'id',
  'name',
  'language',
  'status',
  'category',
  'correct_category',
  'previous_category',
  'sub_category',
  'parameter_format',
  'components',
  'quality_score',
  'rejected_reason',
  'message_send_ttl_seconds',
].join(',')

export function templateClient(call: Call): TemplateClient {
  return {
    async *listTemplates(wabaId, accessToken) {
      let after: string | null = null
      for (let page = 0; page < MAX_PAGES; page++) {
        const query: Record<string, string> = { fields: TEMPLATE_FIELDS, limit: String(PAGE_SIZE) }
        if (after !== null) query.after = after
        const answer = await call('GET', templatesOf(wabaId), accessToken, by(templatePage), { query, wabaId })
        if (answer.kind !== 'ok') throw new GraphCallError('list templates', answer)
        yield answer.value.data.flatMap((item) => wireTemplate.safeParse(item).data ?? [])
        // `next` is an absolute address that may carry a token: its presence is believed, its host is not.
        const next: string | null = answer.value.paging?.next ? (answer.value.paging.cursors?.after ?? null) : null
        if (next === null || next === after) return
        after = next
      }
    },

    getTemplate: (templateId, accessToken) =>
      call('GET', `/${encodeURIComponent(templateId)}`, accessToken, by(wireTemplate), {
        query: { fields: TEMPLATE_FIELDS },
      }),

    createTemplate: (wabaId, accessToken, document) =>
      call('POST', templatesOf(wabaId), accessToken, by(createdTemplate), { body: document, wabaId }),

    editTemplate: (id, accessToken, patch) =>
      call('POST', `/${encodeURIComponent(id)}`, accessToken, by(success), { body: patch }),

    deleteTemplate: (wabaId, accessToken, { id, name }) =>
      call('DELETE', templatesOf(wabaId), accessToken, by(success), { query: { name, hsm_id: id }, wabaId }),

    unpauseTemplate: (id, accessToken) => call('POST', `/${encodeURIComponent(id)}/unpause`, accessToken, by(success)),

    archiveTemplate: (wabaId, accessToken, id, to) =>
      call('POST', `${templatesOf(wabaId)}/${to}`, accessToken, by(archived), {
        body: { hsm_ids: id },
        wabaId,
        unversioned: true,
      }),

    templateLibrary: (accessToken, query) =>
      call('GET', '/message_template_library', accessToken, by(libraryPage), { query }),
  }
}

function templatesOf(wabaId: WabaId): string {
  return `/${encodeURIComponent(wabaId)}/message_templates`
}

export function by<T>(schema: z.ZodType<T>): (json: unknown) => T | null {
  return (json) => schema.safeParse(json).data ?? null
}
