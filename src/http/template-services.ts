import type { Readable } from 'node:stream'
import type { TemplateLint } from '../domain/template-lint.ts'
import type { PreviewRequest } from '../usecases/preview-template.ts'
import type { LibraryQuery } from '../usecases/read-library.ts'
import type { Answer, Caller, Page, View } from './services.ts'

/** What the HTTP API asks about templates, see services.ts. */
export interface TemplateServices {
  listTemplates(
    caller: Caller,
    filter: {
      waba_id?: string | undefined
      name?: string | undefined
      status?: string | undefined
      hidden?: boolean | undefined
      cursor?: string | undefined
      limit: number
    },
  ): Promise<Answer<Page<View>>>
  getTemplate(caller: Caller, id: string): Promise<Answer<View>>
  syncTemplates(caller: Caller, wabaId: string): Promise<Answer<{ synced: number }>>
  createTemplate(caller: Caller, wabaId: string, document: Record<string, unknown>): Promise<Answer<View>>
  editTemplate(
    caller: Caller,
    id: string,
    patch: { components?: unknown; category?: string | undefined; message_send_ttl_seconds?: number | undefined },
  ): Promise<Answer<View>>
  deleteTemplate(caller: Caller, id: string): Promise<Answer<null>>
  unpauseTemplate(caller: Caller, id: string): Promise<Answer<View>>
  archiveTemplate(caller: Caller, id: string, to: 'archive' | 'unarchive'): Promise<Answer<View>>
  hideTemplate(caller: Caller, id: string, hidden: boolean): Promise<Answer<View>>
  /** What Meta would refuse in a template document, and what it may object to. Any JSON object may come in. */
  lintTemplate(document: Record<string, unknown>): Promise<TemplateLint>
  previewTemplate(caller: Caller, request: PreviewRequest): Promise<Answer<View>>
  /** Meta's ready-made templates. */
  templateLibrary(caller: Caller, query: LibraryQuery): Promise<Answer<Page<View>>>
  /** Answers the handle of a file that streams to Meta. */
  uploadSample(
    caller: Caller,
    wabaId: string,
    file: { type: string | undefined; bytes: number | null; stream: Readable },
  ): Promise<Answer<{ handle: string }>>
}
