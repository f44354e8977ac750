import type { CountryCode } from 'libphonenumber-js/max'
import type { Purview } from '../domain/access.ts'
import type { Doer } from '../domain/audit.ts'
import { type ImportError, INTERRUPTED, type UploadFailure } from '../domain/campaign/import-error.ts'
import { lineFault } from '../domain/campaign/line-faults.ts'
import { type ListHeader, readHeader } from '../domain/campaign/list-header.ts'
import { readLine } from '../domain/campaign/list-line.ts'
import { MOST_RECIPIENTS, type SeenKeys, seenKeys } from '../domain/campaign/seen-keys.ts'
import type { Said } from '../domain/said.ts'
import type { BegunUpload, Leftovers, Upload, UploadCounts, UploadShape } from '../store/campaigns/audience.ts'
import { type Answer, done, invalid, refused } from './answer.ts'
import { inUtf8, NotText } from './audience/decode.ts'
import { type JsonRows, jsonRecords } from './audience/read-json.ts'
import { csvRecords } from './audience/read-records.ts'
import { notDraft, unknownCampaign } from './manage-campaigns.ts'

/* A list comes in: read as it streams, written a batch at a time, seen by nobody before all of it is there. */

/** Lines on their way to the database. */
export interface ListBatch {
  readonly accepted: number
  readonly size: number
  readonly bytes: number
  accept(line: number, key: string, cells: string): void
  refuse(error: ImportError): void
  clear(): void
}

export interface ImportAudienceIo {
  /** @param copied it is made of who is known here */
  begin(purview: Purview, id: string, copied: boolean): Promise<BegunUpload>
  clear(leftovers: Leftovers): Promise<void>
  keys(upload: Upload): AsyncIterable<string[]>
  newBatch(): ListBatch
  append(upload: Upload, first: number, batch: ListBatch): Promise<void>
  renew(upload: Upload): Promise<void>
  finish(doer: Doer, upload: Upload, counts: UploadCounts, shape: UploadShape): Promise<void>
  fail(upload: Upload, why: UploadFailure): Promise<void>
  errors(upload: Upload, limit: number): Promise<ImportError[]>
  isLeaseLost(error: unknown): boolean
  /** What became of a stream that was cut: a refusal, or null where it is none. */
  cutOf(error: unknown): Answer<never> | null
}

export interface ListFile {
  bytes: AsyncIterable<Buffer>
  /** Null: what the file says itself, or UTF-8. */
  charset: string | null
  /** Null: that of the campaign. */
  home: CountryCode | null
  format: ListFormat
}

/** JSON is an array of objects, or an object a line. */
export type ListFormat = 'csv' | JsonRows

export interface Imported extends UploadCounts {
  errors: ImportError[]
  errors_truncated: boolean
}

const ERRORS_SHOWN = 1_000
const ROWS_AT_ONCE = 10_000
const BYTES_AT_ONCE = 4 * 1024 * 1024
/** While a sender dawdles; well within the lease. */
const RENEW_EVERY_MS = 10_000
/** A campaign whose uploads fail one after the other has this many to clear before a new one. */
const MOST_LEFTOVERS = 100

export async function importAudience(
  io: ImportAudienceIo,
  caller: Doer,
  id: string,
  file: ListFile,
): Promise<Answer<Imported>> {
  const begun = await beginUpload(io, caller, id, false)
  if (!begun.ok) return begun
  const upload = begun.value
  try {
    const home = file.home ?? (upload.campaign.document.default_country as CountryCode | undefined) ?? null
    const read = await load(io, upload, { ...file, home })
    if (!read.ok) {
      await io.fail(upload, failureOf(read))
      return read
    }
    const { counts, header } = read.value
    await io.finish(caller, upload, counts, { columns: header.columns, to: header.to, home })
    return done(await told(io, upload, counts))
  } catch (error) {
    const refusal = refusalOf(io, error)
    await io.fail(upload, failureOf(refusal))
    if (refusal === null) throw error
    return refusal
  }
}

/** With the first lines of which there is something to say. */
export async function told(
  io: Pick<ImportAudienceIo, 'errors'>,
  upload: Upload,
  counts: UploadCounts,
): Promise<Imported> {
  const errors = await io.errors(upload, ERRORS_SHOWN + 1)
  return { ...counts, errors: errors.slice(0, ERRORS_SHOWN), errors_truncated: errors.length > ERRORS_SHOWN }
}

/** A lease of the campaign's list, once what failed before is gone. */
export async function beginUpload(
  io: Pick<ImportAudienceIo, 'begin' | 'clear'>,
  purview: Purview,
  id: string,
  copied: boolean,
): Promise<Answer<Upload>> {
  for (let round = 0; round <= MOST_LEFTOVERS; round += 1) {
    const begun = await io.begin(purview, id, copied)
    switch (begun.kind) {
      case 'begun':
        return done(begun.upload)
      case 'unknown':
        return unknownCampaign(id)
      case 'not_draft':
        return notDraft(begun.campaign)
      case 'running':
        return running(`expected one upload of campaign ${id} at a time, got a second one`)
      case 'busy':
        return tooManyCopies()
      case 'leftovers':
        await io.clear(begun.leftovers)
        break
      default:
        return begun satisfies never
    }
  }
  return running(`expected the uploads of campaign ${id} that failed to be cleared; try again`)
}

export function tooManyCopies<T>(): Answer<T> {
  const message = 'expected fewer lists of the workspace to be copied at once; wait for the end of one'
  return refused({ status: 503, code: 'busy', message })
}

/** @param answer null: a fault of ours */
export function failureOf(answer: Answer<unknown> | null): UploadFailure {
  if (answer === null || answer.ok) {
    return {
      code: 'internal',
      text: 'Something failed that should not have. Nothing of it is on the list: ask for it again.',
    }
  }
  const { code, message: text } = answer.refusal
  return code === 'upload_running' ? INTERRUPTED : { code, text }
}

function running<T>(message: string): Answer<T> {
  return refused({ status: 409, code: 'upload_running', message })
}

async function load(
  io: ImportAudienceIo,
  upload: Upload,
  { bytes, charset, home, format }: ListFile,
): Promise<Answer<{ counts: UploadCounts; header: ListHeader }>> {
  const seen = seenKeys()
  for await (const keys of io.keys(upload)) for (const key of keys) seen.add(key)
  const writer = writerOf(io, upload)
  const counts = { rows: 0, accepted: 0, duplicates: 0, invalid: 0 }
  let header: ListHeader | null = null
  const renewing = setInterval(() => writer.renew(), RENEW_EVERY_MS)
  try {
    const text = inUtf8(bytes, charset)
    for await (const run of format === 'csv' ? csvRecords(text) : jsonRecords(text, format)) {
      for (const { cells, line, wrong } of run) {
        if (header === null) {
          if (cells.every((cell) => cell.trim() === '')) continue
          const read = readHeader(cells)
          if (!read.ok) return invalid('to', read.message)
          header = read.header
        } else {
          const read = wrong === undefined ? readLine(header, cells, home) : { kind: 'refused' as const, ...wrong }
          take(read, line, writer.batch(), seen, counts)
        }
      }
      if (seen.size > MOST_RECIPIENTS) return tooMany()
      await writer.room()
    }
    if (header === null) return noHeader(format)
    await writer.finish()
    return done({ counts, header })
  } finally {
    clearInterval(renewing)
    await writer.settled()
  }
}

function noHeader<T>(format: ListFormat): Answer<T> {
  const first = format === 'csv' ? 'a first line that names the columns, "to" among them' : 'rows with "to" in them'
  return invalid('to', `expected ${first}, got none`)
}

/** Puts a line where it belongs, and counts it. */
export function take(
  read: ReturnType<typeof readLine>,
  line: number,
  batch: ListBatch,
  seen: SeenKeys,
  counts: UploadCounts,
): void {
  if (read.kind === 'empty') return
  counts.rows += 1
  if (read.kind === 'refused') {
    counts.invalid += 1
    batch.refuse({ line, to: read.to, code: read.code, ...reasonOf(read.reason) })
  } else if (seen.add(read.key)) {
    counts.accepted += 1
    batch.accept(line, read.key, read.cells)
  } else {
    counts.duplicates += 1
    const to = /^\d/.test(read.key) ? `+${read.key}` : read.key
    batch.refuse({ line, to, code: 'duplicate', ...reasonOf(lineFault('same_person')) })
  }
}

function reasonOf({ text, code, values }: Said): Pick<ImportError, 'reason' | 'reason_code' | 'reason_values'> {
  return { reason: text, reason_code: code, reason_values: values }
}

/** Two batches: while one is being written, the next is filled. What fails is told to whoever waits for room. */
function writerOf(io: ImportAudienceIo, upload: Upload) {
  let [filling, written] = [io.newBatch(), io.newBatch()]
  let position = upload.before + 1
  let writing: Promise<void> = Promise.resolve()
  let failure: unknown = null
  const failed = (error: unknown) => {
    failure ??= error
  }

  async function flush(): Promise<void> {
    await writing
    if (failure !== null) throw failure
    if (filling.size === 0) return
    const first = position
    position += filling.accepted
    ;[filling, written] = [written, filling]
    const full = written
    writing = io.append(upload, first, full).then(() => full.clear(), failed)
  }

  return {
    batch: () => filling,
    async room(): Promise<void> {
      if (failure !== null) throw failure
      if (filling.size >= ROWS_AT_ONCE || filling.bytes >= BYTES_AT_ONCE) await flush()
    },
    renew: () => void io.renew(upload).catch(failed),
    async finish(): Promise<void> {
      await flush()
      await flush()
    },
    settled: () => writing,
  }
}

export function tooMany<T>(): Answer<T> {
  const message = `expected at most ${MOST_RECIPIENTS} recipients of a campaign, got more`
  return refused({ status: 413, code: 'too_large', message, field: 'body' })
}

/** What came of it in words; null where it is a fault. */
export function refusalOf(io: Pick<ImportAudienceIo, 'isLeaseLost' | 'cutOf'>, error: unknown): Answer<never> | null {
  if (error instanceof NotText) return invalid('body', error.message)
  if (io.isLeaseLost(error)) {
    return running('expected the upload to keep its lease, got one that was given up; send the list again')
  }
  return io.cutOf(error)
}
