import type { Purview } from '../domain/access.ts'
import type { Doer } from '../domain/audit.ts'
import {
  type AudienceSource,
  type CampaignSource,
  type ContactsSource,
  PROFILE_COLUMNS,
} from '../domain/campaign/audience-source.ts'
import { readListed } from '../domain/campaign/listed-recipient.ts'
import { numbersOf } from '../domain/campaign/senders.ts'
import type { ContactId, PhoneNumberId } from '../domain/ids.ts'
import type { CampaignServices } from '../http/campaign-services.ts'
import { LeaseLost } from '../store/campaigns/audience.ts'
import { appendLines, Batch, isSummarizeDue, summarizeLists } from '../store/campaigns/audience-lines.ts'
import { readCampaign } from '../store/campaigns/campaigns.ts'
import * as copying from '../store/campaigns/copying.ts'
import { type ListShape, readShapes } from '../store/campaigns/feeding.ts'
import { findSenders } from '../store/intents/enqueue.ts'
import { placeContacts } from '../store/people/list.ts'
import { type Db, inTransaction, type Postgres } from '../store/pg/postgres.ts'
import { type Answer, done, refused, unknown } from '../usecases/answer.ts'
import { type BegunCopy, beginCopy, type CopyAudienceIo } from '../usecases/copy-audience.ts'
import { unknownCampaign } from '../usecases/manage-campaigns.ts'
import { importIo } from './audience.ts'
import { ownColumns } from './campaign-report.ts'
import type { Patience } from './patience.ts'

const PEOPLE_AT_ONCE = 2_000
const LINES_AT_ONCE = 10_000
const BYTES_AT_ONCE = 4 * 1024 * 1024

/** A source that was found. Its pages begin at `at`: an id of a contact, or a position. */
type Opened = { columns: readonly string[]; at: unknown } & (
  | { kind: 'contacts'; purview: Purview; source: ContactsSource }
  | { kind: 'campaign'; row: number; total: number; shapes: ListShape[]; source: CampaignSource }
)

interface Lines {
  lines: string[][]
  next: unknown
}

/** Lists that are made of who is known here. A long one is copied on when its request was answered, and given up where the process ends. */
export function audienceCopying(postgres: Postgres, patience: Patience): Pick<CampaignServices, 'copyAudience'> {
  const io = copyIo(postgres, patience.isStopped)
  return {
    copyAudience: async (caller, id, source) => {
      const begun = await beginCopy(io, caller, id, source)
      if (!begun.ok) return begun
      const { upload } = begun.value
      const answer = await patience.wait(begun.value.run(), `copying list ${upload} of campaign ${id}`)
      if (answer === null) return done({ upload, state: 'loading' })
      return answer.ok ? done({ upload, state: 'ready', ...answer.value }) : answer
    },
  }
}

/** For whoever waits for all of it. */
export async function copyWhole(postgres: Postgres, caller: Doer, id: string, source: AudienceSource) {
  const begun: Answer<BegunCopy> = await beginCopy(
    copyIo(postgres, () => false),
    caller,
    id,
    source,
  )
  return begun.ok ? begun.value.run() : begun
}

function copyIo(postgres: Postgres, isStopped: () => boolean): CopyAudienceIo {
  const { db, pool } = postgres
  return {
    ...importIo(postgres),
    open: (doer, source) =>
      source.kind === 'contacts' ? openContacts(db, doer, source) : openCampaign(db, doer, source),
    copyPage: async (upload, opened, place, first, sort) => {
      if (isStopped()) throw new LeaseLost('the process ends')
      const page = await inTransaction(pool, async (trx, client) => {
        await copying.holdList(trx, upload.campaign.row)
        const { lines, next } = await pageOf(
          trx,
          opened as Opened,
          place,
          numbersOf(upload.campaign.document)[0] as string,
        )
        const batch = new Batch()
        sort(lines, batch)
        await appendLines(client, upload, first, batch)
        return { next, accepted: batch.accepted }
      })
      if (isSummarizeDue(first, page.accepted)) await summarizeLists(pool)
      return page
    },
  }
}

async function openContacts(db: Db, doer: Purview, source: ContactsSource): Promise<Answer<Opened>> {
  const { sender } = source
  if (sender !== null && !(await findSenders(db, doer, [sender as PhoneNumberId])).has(sender as PhoneNumberId)) {
    return unknown('sender_unknown', `sender ${sender}`)
  }
  const senders = sender === null ? doer.senders : [sender as PhoneNumberId]
  const purview = { workspace: doer.workspace, senders }
  return done({ kind: 'contacts', columns: ['to', ...source.columns], at: FROM_THE_NEWEST, purview, source })
}

async function openCampaign(db: Db, doer: Purview, source: CampaignSource): Promise<Answer<Opened>> {
  const campaign = await readCampaign(db, doer, source.id)
  if (campaign === null) return unknownCampaign(source.id)
  if (campaign.started_at === null) {
    const message = `expected campaign ${source.id} to have begun, got one that is ${campaign.state}`
    return refused({ status: 409, code: 'wrong_state', message })
  }
  const shapes = await readShapes(db, campaign.row)
  const { row, total } = campaign
  return done({ kind: 'campaign', columns: ['to', ...ownColumns(shapes)], at: 0, row, total, shapes, source })
}

const FROM_THE_NEWEST = 'newest'

function pageOf(trx: Db, opened: Opened, place: unknown, sender: string): Promise<Lines> {
  return opened.kind === 'contacts'
    ? pageOfContacts(trx, opened, place as string, sender)
    : pageOfCampaign(trx, opened, place as number, sender)
}

async function pageOfContacts(
  trx: Db,
  { purview, source }: Extract<Opened, { kind: 'contacts' }>,
  place: string,
  sender: string,
): Promise<Lines> {
  const { text, language, marketing, attributes, columns } = source
  const before = place === FROM_THE_NEWEST ? null : (place as ContactId)
  const selection = { purview, text, language, marketing, attributes, before, limit: PEOPLE_AT_ONCE }
  const { found, next } = await placeContacts(trx, selection)
  const people = await copying.readPeople(trx, found, sender)
  const lines = people.map((person) => [addressOf(person.address), ...columns.map((column) => cellOf(person, column))])
  return { lines, next }
}

function addressOf(id: string | null): string {
  return id === null ? '' : /^\d/.test(id) ? `+${id}` : id
}

function cellOf(person: copying.KnownPerson, column: string): string {
  if (isOfProfile(column)) return person[column] ?? ''
  // A column may be called like what every object has.
  return Object.hasOwn(person.attributes, column) ? String(person.attributes[column]) : ''
}

function isOfProfile(column: string): column is (typeof PROFILE_COLUMNS)[number] {
  return (PROFILE_COLUMNS as readonly string[]).includes(column)
}

async function pageOfCampaign(
  trx: Db,
  { row, total, shapes, columns, source }: Extract<Opened, { kind: 'campaign' }>,
  after: number,
  sender: string,
): Promise<Lines> {
  const most = Math.min(total, after + LINES_AT_ONCE)
  const upTo = await copying.endOfPage(trx, row, { after, upTo: most }, BYTES_AT_ONCE)
  const former = await copying.readFormer(trx, row, { after, upTo }, source, sender)
  const byUpload = new Map(shapes.map((shape) => [shape.upload, shape]))
  const lines = former.map(({ upload, recipient, cells, reached }) => {
    const shape = byUpload.get(upload)
    const [, ...own] = columns.map((name) => cells[shape?.columns.indexOf(name) ?? -1] ?? '')
    const read = readListed(shape === undefined ? '' : (cells[shape.to] ?? ''), (shape?.home ?? null) as never)
    return [reached ? addressOf(read.ok ? read.id : recipient) : '', ...own]
  })
  return { lines, next: upTo < total ? upTo : null }
}
