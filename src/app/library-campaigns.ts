import { Readable } from 'node:stream'
import { NO_ORIGIN } from '../domain/audit.ts'
import type { CampaignState } from '../domain/campaign/lifecycle.ts'
import { formatZodIssue } from '../domain/content.ts'
import { sourceBody, sourceOf } from '../http/audience-schemas.ts'
import type { Postgres } from '../store/pg/postgres.ts'
import type { Answer, Refusal } from '../usecases/answer.ts'
import type { Producer } from '../usecases/enqueue-intent.ts'
import { audienceServices } from './audience.ts'
import { copyWhole } from './audience-copying.ts'
import { campaignReportServices } from './campaign-report.ts'
import { campaignRunServices } from './campaign-run.ts'
import { campaignServices } from './campaigns.ts'

/** What `POST /v1/campaigns` takes. */
export interface CampaignRequest {
  name: string
  /** A linked number. */
  sender?: string
  /** Instead: of one portfolio; one of them writes to each recipient. */
  senders?: { sender: string; weight?: number }[]
  /** The Cloud API's own message object; texts may have `{{column}}` and `{{column | default}}`. */
  message?: Record<string, unknown>
  /** The same for those who have one of these languages. */
  languages?: Record<string, { message: Record<string, unknown> }>
  /** Instead of `message`: each recipient gets one of them, by weight. */
  variants?: {
    name: string
    weight?: number
    message: Record<string, unknown>
    languages?: Record<string, { message: Record<string, unknown> }>
  }[]
  when_closed?: unknown
  default_country?: string
  send_at?: string | { local: string; time_zone: string }
  late?: 'send_now' | 'tomorrow' | 'skip'
  start_within?: string
  valid_for?: string
  max_mps?: number
  quiet_hours?: { from: string; to: string; zone?: string }
  frequency_cap?: { messages: number; days: number }
  skip_invalid?: boolean
  budget?: { amount: string; currency: string }
  pause_when?: { share?: number; after?: number }
}

/** What `POST /v1/campaigns/{id}/audience` takes as JSON. */
export type AudienceRequest = { from_contacts: FromContacts } | { from_campaign: FromCampaign }

export interface FromContacts {
  q?: string
  language?: string
  marketing?: 'in' | 'out' | 'unknown'
  attribute?: Record<string, string>
  /** Who has a conversation with this number. */
  sender?: string
  /** Of the list: `name`, `language`, `time_zone`, or attributes. Default: `name`. */
  columns?: string[]
}

export interface FromCampaign {
  id: string
  states?: ('sent' | 'failed' | 'expired' | 'cancelled' | 'suppressed')[]
  reasons?: string[]
  delivered?: boolean
  read?: boolean
}

/** What `GET /v1/campaigns/{id}` answers. */
export interface CampaignAnswer {
  id: string
  state: CampaignState
  reason: { code: string; text: string } | null
  counts: Record<string, number> & { total: number }
  /** Of messages inside of `counts.sent`. */
  delivery: { delivered: number; read: number; replied: number; tapped: number; stopped: number }
  /** The newest minutes in which something came about; where it is read by itself. */
  progress?: { per_minute: { at: string; sent: number; failed: number }[] }
  [member: string]: unknown
}

export interface AudienceAnswer {
  rows: number
  accepted: number
  duplicates: number
  invalid: number
  errors: { line: number; to: string | null; code: string; reason: string }[]
  errors_truncated: boolean
}

/** Campaigns by the library: the same as over HTTP, each throwing `CasementError` where HTTP answers with an error. */
export interface LibraryCampaigns {
  /** A draft. */
  create(campaign: CampaignRequest): Promise<CampaignAnswer>
  /**
   * A list as it streams; nothing of one that is refused is kept.
   *
   * @param rows CSV with a header, or as `format` says: JSON, an array of objects (`array`) or an object a line (`lines`)
   */
  import(
    id: string,
    rows: Readable | string | Uint8Array,
    options?: { charset?: string; defaultCountry?: string; format?: 'csv' | 'array' | 'lines' },
  ): Promise<AudienceAnswer>
  /** A list of who is known here, people or recipients of another campaign. Resolves once all of it is there. */
  importFrom(id: string, source: AudienceRequest): Promise<AudienceAnswer>
  get(id: string): Promise<CampaignAnswer>
  start(id: string, options?: { estimateVersion?: number }): Promise<{ state: CampaignState; checked: boolean }>
  pause(id: string): Promise<{ state: CampaignState }>
  resume(id: string): Promise<{ state: CampaignState }>
  cancel(id: string): Promise<{ state: CampaignState }>
  /** What became of everybody, as lines of JSON or CSV. */
  recipients(id: string, format?: 'ndjson' | 'csv'): Promise<Readable>
  /** A draft for those who were not reached for one of these reasons. */
  retry(id: string, options: { reasons: string[]; includeUnconfirmed?: boolean }): Promise<CampaignAnswer>
}

/** @param refuse makes of a refusal what is thrown */
export function libraryCampaigns(
  postgres: Postgres,
  { workspace, senders, actor }: Producer,
  refuse: (refusal: Refusal) => Error,
): LibraryCampaigns {
  const services = {
    ...campaignServices(postgres),
    ...audienceServices(postgres),
    ...campaignRunServices(postgres),
    ...campaignReportServices(postgres),
  }
  const caller = { workspace, senders, actor, origin: NO_ORIGIN, scopes: ['campaigns'], allowQuery: false }

  async function told<T>(asked: Promise<Answer<unknown>>): Promise<T> {
    const answer = await asked
    if (!answer.ok) throw refuse(answer.refusal)
    return answer.value as T
  }

  function checked(source: AudienceRequest) {
    const read = sourceBody.safeParse(source, { reportInput: true })
    if (read.success) return sourceOf(read.data)
    const { field, message } = formatZodIssue(read.error, { input: source })
    throw refuse({ status: 400, code: 'invalid', message, field: field || 'source' })
  }

  return {
    create: (campaign) => told(services.createCampaign(caller, { ...campaign })),
    import: (id, rows, { charset, defaultCountry, format = 'csv' } = {}) => {
      const stream = rows instanceof Readable ? rows : Readable.from([Buffer.from(rows as string)])
      return told(services.importAudience(caller, id, { stream, charset: charset ?? null, defaultCountry, format }))
    },
    importFrom: async (id, source) => told(copyWhole(postgres, caller, id, checked(source))),
    get: (id) => told(services.getCampaign(caller, id)),
    start: (id, options = {}) => told(services.commandCampaign(caller, id, 'start', options)),
    pause: (id) => told(services.commandCampaign(caller, id, 'pause', {})),
    resume: (id) => told(services.commandCampaign(caller, id, 'resume', {})),
    cancel: (id) => told(services.commandCampaign(caller, id, 'cancel', {})),
    recipients: (id, format = 'ndjson') => told(services.campaignRecipients(caller, id, format)),
    retry: (id, { reasons, includeUnconfirmed = false }) =>
      told(services.retryCampaign(caller, id, { reasons, includeUnconfirmed })),
  }
}
