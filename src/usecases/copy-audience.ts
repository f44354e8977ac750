import type { Doer } from '../domain/audit.ts'
import type { AudienceSource } from '../domain/campaign/audience-source.ts'
import { lineFault } from '../domain/campaign/line-faults.ts'
import { type ListHeader, readHeader } from '../domain/campaign/list-header.ts'
import { readLine } from '../domain/campaign/list-line.ts'
import { MOST_RECIPIENTS, seenKeys } from '../domain/campaign/seen-keys.ts'
import type { Upload } from '../store/campaigns/audience.ts'
import { type Answer, done, invalid } from './answer.ts'
import {
  beginUpload,
  failureOf,
  type ImportAudienceIo,
  type Imported,
  type ListBatch,
  refusalOf,
  take,
  told,
  tooMany,
} from './import-audience.ts'

/*
 * A list is made of who is known here. As one that comes in: under a lease, a page at a time, seen by nobody before all of it is there. A page is
 * read in the transaction that writes it, so that an erasure finds whoever is copied, or was there before.
 */

/** What a source is, once it was found: its columns, `to` the first, and where its pages are. */
export interface OpenSource {
  columns: readonly string[]
  /** Of a campaign or of contacts: the io's own. */
  at: unknown
}

export interface Page {
  /** Where the next one begins; null at the end. */
  next: unknown
  accepted: number
}

export interface CopyAudienceIo
  extends Pick<
    ImportAudienceIo,
    'begin' | 'clear' | 'keys' | 'renew' | 'finish' | 'fail' | 'errors' | 'isLeaseLost' | 'cutOf'
  > {
  open(doer: Doer, source: AudienceSource): Promise<Answer<OpenSource>>
  /** @param first position in the list; @param sort puts each line where it belongs */
  copyPage(
    upload: Upload,
    source: OpenSource,
    place: unknown,
    first: number,
    sort: (lines: string[][], batch: ListBatch) => void,
  ): Promise<Page>
}

/** A copy that has the lease of the campaign's list. */
export interface BegunCopy {
  upload: number
  /** Does all of it. */
  run(): Promise<Answer<Imported>>
}

export async function beginCopy(
  io: CopyAudienceIo,
  caller: Doer,
  id: string,
  given: AudienceSource,
): Promise<Answer<BegunCopy>> {
  const opened = await io.open(caller, given)
  if (!opened.ok) return opened
  const source = opened.value
  const read = readHeader(source.columns)
  if (!read.ok) return invalid(`from_${given.kind}`, read.message)
  const begun = await beginUpload(io, caller, id, true)
  if (!begun.ok) return begun
  const upload = begun.value
  return done({ upload: upload.id, run: () => run(io, caller, upload, source, read.header) })
}

async function run(
  io: CopyAudienceIo,
  caller: Doer,
  upload: Upload,
  source: OpenSource,
  header: ListHeader,
): Promise<Answer<Imported>> {
  try {
    const counts = await copy(io, upload, source, header)
    if (counts === null) {
      const refusal = tooMany<never>()
      await io.fail(upload, failureOf(refusal))
      return refusal
    }
    await io.finish(caller, upload, counts, { columns: header.columns, to: header.to, home: null })
    return done(await told(io, upload, counts))
  } catch (error) {
    const refusal = refusalOf(io, error)
    await io.fail(upload, failureOf(refusal))
    if (refusal === null) throw error
    return refusal
  }
}

/** A BSUID is of one portfolio. */
const NOT_REACHED = {
  kind: 'refused' as const,
  code: 'invalid' as const,
  to: null,
  reason: lineFault('not_reached'),
}

/** Null where there are too many. */
async function copy(io: CopyAudienceIo, upload: Upload, source: OpenSource, header: ListHeader) {
  const seen = seenKeys()
  for await (const keys of io.keys(upload)) {
    for (const key of keys) seen.add(key)
    await io.renew(upload)
  }
  const counts = { rows: 0, accepted: 0, duplicates: 0, invalid: 0 }
  const sort = (lines: string[][], batch: ListBatch) => {
    // As in a file, whose first line is the header.
    for (const cells of lines) {
      const read = cells[header.to] === '' ? NOT_REACHED : readLine(header, cells, null)
      take(read, counts.rows + 2, batch, seen, counts)
    }
  }
  let position = upload.before + 1
  for (let place: unknown = source.at; place !== null; ) {
    const page = await io.copyPage(upload, source, place, position, sort)
    if (seen.size > MOST_RECIPIENTS) return null
    position += page.accepted
    place = page.next
  }
  return counts
}
