import { randomUUID } from 'node:crypto'
import { type Readable, Readable as Streams } from 'node:stream'
import type { CountryCode } from 'libphonenumber-js/max'
import type { Purview } from '../domain/access.ts'
import { csvLine } from '../domain/campaign/csv-text.ts'
import type { ImportError } from '../domain/campaign/import-error.ts'
import { toIso } from '../domain/time.ts'
import { guarded, StreamCut } from '../graph/guarded-stream.ts'
import type { CampaignServices } from '../http/campaign-services.ts'
import * as audience from '../store/campaigns/audience.ts'
import { appendBatch, Batch, isSummarizeDue, summarizeLists } from '../store/campaigns/audience-lines.ts'
import { readCampaign } from '../store/campaigns/campaigns.ts'
import { listUploads } from '../store/campaigns/copying.ts'
import { FIRST_ERROR, listErrors } from '../store/campaigns/import-errors.ts'
import { inTransaction, type Postgres, retryingPassing } from '../store/pg/postgres.ts'
import { type Answer, done, invalid, refused } from '../usecases/answer.ts'
import { type ImportAudienceIo, importAudience } from '../usecases/import-audience.ts'
import { unknownCampaign } from '../usecases/manage-campaigns.ts'
import { campaignDeed } from './campaigns.ts'
import { deedsOn } from './deeds.ts'

const GIB = 1024 * 1024 * 1024
const LIMITS = { idleMs: 30_000, totalMs: 60 * 60_000, maxBytes: GIB }
const ERRORS_AT_ONCE = 5_000

/** Lists of campaigns, as they come in. */
export function audienceServices(
  postgres: Postgres,
): Pick<CampaignServices, 'importAudience' | 'listAudience' | 'audienceErrors'> {
  const io = importIo(postgres)
  return {
    importAudience: async (caller, id, { stream, charset, defaultCountry, format = 'csv' }) => {
      const bytes = guarded(stream, LIMITS)
      try {
        const home = (defaultCountry ?? null) as CountryCode | null
        const imported = await importAudience(io, caller, id, { bytes, charset, home, format })
        return imported.ok ? done({ ...imported.value }) : imported
      } finally {
        bytes.destroy()
      }
    },
    listAudience: async (caller, id) => {
      const campaign = await readCampaign(postgres.db, caller, id)
      if (campaign === null) return unknownCampaign(id)
      const uploads = await listUploads(postgres.db, campaign.row)
      return done({ data: uploads.map(({ created_at, ...one }) => ({ ...one, created_at: toIso(created_at) })) })
    },
    audienceErrors: (caller, id) => errorsOf(postgres, caller, id),
  }
}

/** Of lists, whatever they are made of. */
export function importIo(postgres: Postgres): ImportAudienceIo {
  const { db, pool } = postgres
  const deeds = deedsOn(postgres)
  return {
    begin: (purview, id, copied) =>
      retryingPassing(() => inTransaction(pool, (trx) => audience.beginUpload(trx, purview, id, randomUUID(), copied))),
    clear: (leftovers) => audience.clearLeftovers(db, leftovers),
    keys: (upload) => audience.listedKeys(db, upload),
    newBatch: () => new Batch(),
    append: async (upload, first, batch) => {
      const { accepted } = batch
      await appendBatch(pool, upload, first, batch as Batch)
      if (isSummarizeDue(first, accepted)) await summarizeLists(pool)
    },
    renew: (upload) => audience.renewUpload(pool, upload),
    finish: async (doer, upload, counts, shape) => {
      await summarizeLists(pool)
      await deeds(
        doer,
        (trx) => audience.finishUpload(trx, doer, upload, counts, shape),
        () => campaignDeed('import', upload.campaign.id, { ...counts }),
      )
    },
    // Where the database is away too, whoever uploads next clears it.
    fail: async (upload, why) => {
      const leftovers = await audience.failUpload(db, upload, why).catch(() => null)
      if (leftovers !== null) await audience.clearLeftovers(db, leftovers).catch(() => {})
    },
    errors: async ({ campaign, id }, limit) => {
      const rows = await listErrors(db, campaign.row, { upload: id, line: 0, code: '' }, limit)
      return rows.map(({ upload: _upload, ...error }) => error)
    },
    isLeaseLost: (error) => error instanceof audience.LeaseLost,
    cutOf,
  }
}

function cutOf(error: unknown): Answer<never> | null {
  if (error instanceof StreamCut) {
    if (error.why === 'too_large') {
      return refused({ status: 413, code: 'too_large', message: 'expected a list of at most 1 GiB', field: 'body' })
    }
    return refused({ status: 408, code: 'timeout', message: 'expected the list to keep arriving', field: 'body' })
  }
  const { code } = (error ?? {}) as { code?: unknown }
  if (code !== 'ERR_STREAM_PREMATURE_CLOSE' && code !== 'ECONNRESET' && code !== 'ABORT_ERR') return null
  return invalid('body', 'expected the whole list, got a part')
}

async function errorsOf(postgres: Postgres, purview: Purview, id: string): Promise<Answer<Readable>> {
  const campaign = await readCampaign(postgres.db, purview, id)
  return campaign === null ? unknownCampaign(id) : done(Streams.from(errorLines(postgres, campaign.row)))
}

function csvOf({ line, to, code, reason, reason_code, reason_values }: ImportError): string {
  return csvLine([line, to, code, reason, reason_code, JSON.stringify(reason_values)])
}

/** A page of lines at a time, so that a million of them fill no memory. */
async function* errorLines({ db }: Postgres, row: number): AsyncGenerator<string> {
  yield csvLine(['line', 'to', 'code', 'reason', 'reason_code', 'reason_values'])
  for (let after = FIRST_ERROR; ; ) {
    const page = await listErrors(db, row, after, ERRORS_AT_ONCE)
    const last = page.at(-1)
    if (last === undefined) return
    yield page.map(csvOf).join('')
    after = last
  }
}
