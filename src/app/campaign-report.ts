import { Readable } from 'node:stream'
import type { Purview } from '../domain/access.ts'
import { csvLine } from '../domain/campaign/csv-text.ts'
import { failureOf } from '../domain/campaign/failures.ts'
import { numbersOf } from '../domain/campaign/senders.ts'
import { nameOfVersion, versionsOf } from '../domain/campaign/versions.ts'
import { formatAmount } from '../domain/money/amount.ts'
import { type Instant, toIso } from '../domain/time.ts'
import type { CampaignServices } from '../http/campaign-services.ts'
import { isRoomForCopy, LeaseLost } from '../store/campaigns/audience.ts'
import { summarizeLists } from '../store/campaigns/audience-lines.ts'
import { type CampaignRead, lockCampaign, readCampaign } from '../store/campaigns/campaigns.ts'
import type { Counted } from '../store/campaigns/counts.ts'
import { type ListShape, readShapes } from '../store/campaigns/feeding.ts'
import { type RecipientRead, readRecipients } from '../store/campaigns/report.ts'
import * as retrying from '../store/campaigns/retrying.ts'
import { cancelCampaign } from '../store/campaigns/run.ts'
import { type Db, inTransaction, type Postgres, retryingUncommitted } from '../store/pg/postgres.ts'
import { type Answer, done } from '../usecases/answer.ts'
import { tooManyCopies } from '../usecases/import-audience.ts'
import { unknownCampaign } from '../usecases/manage-campaigns.ts'
import { beginRetry, type RetryIo } from '../usecases/retry-campaign.ts'
import { tellsZones, zonesTold } from './campaign-report-zones.ts'
import { campaignDeed } from './campaigns.ts'
import { deedsOn } from './deeds.ts'
import { ENDLESS, type Patience } from './patience.ts'
import { viewOfCampaign } from './views/campaign.ts'

const RECIPIENTS_AT_ONCE = 1_000

const COLUMNS = [
  ...([
    'line',
    'to',
    'state',
    'reason_code',
    'reason',
    'sent_as',
    'wamid',
    'sent_at',
    'delivered_at',
    'read_at',
  ] as const),
  'cost',
  'replied_at',
  'tapped_at',
  'stopped_at',
] as const
type Column = (typeof COLUMNS)[number] | 'variant' | 'sender' | 'zones'
type Line = Partial<Record<Column, string | number | null>>

/** What became of campaigns, and once more for those who were not reached; of very many the draft is there before its list is. */
export function campaignReportServices(
  postgres: Postgres,
  patience: Patience = ENDLESS,
): Pick<CampaignServices, 'campaignRecipients' | 'campaignFailures' | 'retryCampaign'> {
  const { db } = postgres
  const io = retryIo(postgres, patience.isStopped)

  async function found<T>(caller: Purview, id: string, use: (campaign: CampaignRead) => T): Promise<Answer<T>> {
    const campaign = await readCampaign(db, caller, id)
    return campaign === null ? unknownCampaign(id) : done(use(campaign))
  }

  return {
    campaignRecipients: (caller, id, format) =>
      found(caller, id, (campaign) =>
        Readable.from(format === 'csv' ? csvOf(postgres, campaign) : ndjsonOf(postgres, campaign)),
      ),
    campaignFailures: (caller, id) => found(caller, id, ({ counted }) => ({ data: failuresOf(counted) })),
    retryCampaign: async (caller, id, wish) => {
      const begun = await beginRetry(io, caller, id, wish)
      if (!begun.ok) return begun
      const { child } = begun.value
      await patience.wait(begun.value.run(), `copying the list of campaign ${child}, a retry of ${id}`)
      return found(caller, child, viewOfCampaign)
    },
  }
}

/** Which message they got, by which number, and by whose clocks, is told where it differs. */
function columnsOf(campaign: CampaignRead): Column[] {
  const { document } = campaign
  const of = (column: Column, isTold: boolean) => (isTold ? [column] : [])
  return [
    ...COLUMNS,
    ...of('variant', versionsOf(document).length > 1),
    ...of('sender', numbersOf(document).length > 1),
    ...of('zones', tellsZones(campaign)),
  ]
}

async function* csvOf(postgres: Postgres, campaign: CampaignRead): AsyncGenerator<string> {
  const shapes = await readShapes(postgres.db, campaign.row)
  const own = ownColumns(shapes)
  const columns = columnsOf(campaign)
  yield csvLine([...columns, ...titlesOf(own, columns)])
  for await (const page of pagesOf(postgres, campaign, shapes)) {
    yield page
      .map((one) => {
        const line = lineOf(one, campaign)
        const cells = cellsOf(one.read, shapes)
        return csvLine([
          ...columns.map((column) => line[column] ?? null),
          ...own.map((column) => cells.get(column) ?? null),
        ])
      })
      .join('')
  }
}

async function* ndjsonOf(postgres: Postgres, campaign: CampaignRead): AsyncGenerator<string> {
  const shapes = await readShapes(postgres.db, campaign.row)
  for await (const page of pagesOf(postgres, campaign, shapes)) {
    yield page
      .map((one) => {
        const columns = Object.fromEntries(cellsOf(one.read, shapes))
        return `${JSON.stringify({ ...lineOf(one, campaign), columns })}\n`
      })
      .join('')
  }
}

/** A page at a time, each as it stands then: a million of them fill no memory, and hold no snapshot for minutes. */
async function* pagesOf({ db }: Postgres, campaign: CampaignRead, shapes: ListShape[]): AsyncGenerator<Told[]> {
  const { row, total } = campaign
  const zonesOf = tellsZones(campaign) ? await zonesTold(db, campaign, shapes) : null
  for (let after = 0; after < total; after += RECIPIENTS_AT_ONCE) {
    const page = await readRecipients(db, row, after, Math.min(RECIPIENTS_AT_ONCE, total - after))
    const zones = zonesOf === null ? null : await zonesOf(page)
    yield page.map((read, nth) => ({ read, zones: zones?.[nth] ?? null }))
  }
}

interface Told {
  read: RecipientRead
  /** By whose clocks they are written to. */
  zones: string | null
}

function lineOf({ read: one, zones }: Told, { document }: CampaignRead): Line {
  const { line, recipient, variant } = one
  const versions = versionsOf(document)
  const version = variant === null ? undefined : versions[variant]
  const { state, code, text } = fateOf(one)
  return {
    line,
    to: /^\d/.test(recipient) ? `+${recipient}` : recipient,
    state,
    reason_code: code,
    reason: text,
    sent_as: one.sent_as,
    wamid: one.wamid,
    sent_at: isoOrNull(one.sent_at),
    delivered_at: isoOrNull(one.delivered_at),
    read_at: isoOrNull(one.read_at),
    cost: one.cost === null ? null : formatAmount(BigInt(one.cost)),
    replied_at: isoOrNull(one.replied_at),
    tapped_at: isoOrNull(one.tapped_at),
    stopped_at: isoOrNull(one.stopped_at),
    ...(versions.length === 1 ? {} : { variant: version ? nameOfVersion(version) : null }),
    ...(numbersOf(document).length === 1 ? {} : { sender: one.sender }),
    ...(zones === null ? {} : { zones }),
  }
}

/** In words, of everybody: also of whom nothing has happened to yet, who is counted as the campaign counts them. */
function fateOf({ recipient, state, reason_code, reason_text, had_message, campaign_state }: RecipientRead) {
  if (state !== null) return { state, code: reason_code, text: reason_text ?? SAID[reason_code ?? state] ?? null }
  const isErased = recipient === ''
  if (had_message) {
    return { state, code: isErased ? 'erased' : null, text: SAID[isErased ? 'erased' : 'not_kept'] as string }
  }
  const isCancelled = campaign_state === 'cancelled'
  const code = isErased ? 'erased' : isCancelled ? 'campaign_cancelled' : null
  return { state: isCancelled ? 'cancelled' : 'scheduled', code, text: SAID[code ?? 'not_yet'] as string }
}

const SAID: Record<string, string> = {
  campaign_cancelled: 'Its campaign was cancelled.',
  erased: 'They were erased.',
  campaign_paused: 'Its campaign is paused.',
  sender_paused: 'The number is paused.',
  sender_account: 'The number is restricted.',
  not_yet: 'Its turn has not come yet.',
  not_kept: 'Their message is not kept any more.',
  scheduled: 'It waits for its time.',
  queued: 'It leaves as soon as there is room.',
  dispatching: 'It is on its way to Meta.',
  in_doubt: 'Nobody knows yet whether Meta has it.',
  sent: 'Meta has taken it.',
}

/** All columns of all uploads but the number, each once. */
export function ownColumns(shapes: ListShape[]): string[] {
  return [...new Set(shapes.flatMap(({ columns, to }) => columns.filter((name, i) => i !== to && name !== '')))]
}

/** Their own columns may be called like ours: most programs keep one of two of a name, and an import refuses them. */
function titlesOf(own: readonly string[], ours: readonly string[]): string[] {
  const taken = new Set([...ours, ...own])
  return own.map((name) => {
    if (!ours.includes(name)) return name
    let title = `${name} (list)`
    while (taken.has(title)) title += '*'
    taken.add(title)
    return title
  })
}

function cellsOf({ upload, cells }: RecipientRead, shapes: ListShape[]): Map<string, string> {
  const shape = shapes.find((one) => one.upload === upload)
  return new Map(
    shape?.columns.flatMap((name, i) => {
      const cell = cells[i]
      return i === shape.to || name === '' || cell === undefined ? [] : [[name, cell] as const]
    }),
  )
}

/** Most first. */
function failuresOf(counted: readonly Counted[]) {
  const groups = new Map<string, number>()
  for (const { key, n } of counted) if (/^(failed|expired):/.test(key)) groups.set(key, (groups.get(key) ?? 0) + n)
  return [...groups]
    .filter(([, n]) => n > 0)
    .sort((a, b) => b[1] - a[1])
    .map(([key, count]) => {
      const [, reason = '', graphCode] = key.split(':')
      return { reason, graph_code: graphCode === undefined ? null : Number(graphCode), count, ...failureOf(reason) }
    })
}

function retryIo(postgres: Postgres, isStopped: () => boolean): RetryIo {
  const { db, pool } = postgres
  const deeds = deedsOn(postgres)
  const within = <T>(work: (trx: Db) => Promise<T>) => retryingUncommitted(() => inTransaction(pool, work))
  const goOn = () => {
    if (isStopped()) throw new LeaseLost('the process ends')
  }
  return {
    begin: (doer, id, check) =>
      deeds(
        doer,
        async (trx) => {
          const parent = await lockCampaign(trx, doer, id)
          if (parent === null) return null
          const checked = check(parent, await retrying.relativeUnderWay(trx, parent))
          if (!checked.ok) return checked
          if (!(await isRoomForCopy(trx, parent.workspace))) return tooManyCopies()
          const child = await retrying.createChild(trx, parent, doer.actor)
          const lists = await retrying.readLists(trx, parent.row)
          const [first] = lists
          const copying = first === undefined ? null : await retrying.beginCopy(trx, child.row, first, null)
          return done({ parent, child, lists, copying })
        },
        (begun) => (begun?.ok ? campaignDeed('retry', id, { child: begun.value.child.id }) : null),
      ),
    relatives: (parent) => retrying.relativesOf(db, parent),
    reached: (row, range, unless) => retrying.reachedOf(db, row, range, unless),
    renew: (child, copying) => {
      goOn()
      return retrying.renewCopy(db, child, copying, 0)
    },
    beginCopy: (child, list, before) => within((trx) => retrying.beginCopy(trx, child, list, before)),
    copyRange: ({ parent, child, copying }, range, reasons, isChosen) =>
      within(async (trx) => {
        goOn()
        const lines = await retrying.retriedLines(trx, { parent, upload: copying.upload }, range, reasons)
        const positions = lines.filter(isChosen).map(({ position }) => position)
        await retrying.copyLines(trx, { parent, child, copying }, range, positions)
        return positions.length
      }),
    finish: async (child, copying) => {
      await summarizeLists(pool)
      await within((trx) => retrying.finishCopy(trx, child, copying))
    },
    // Where the database is away too it stays, a draft with nobody on it.
    giveUp: async (child, { lease }) => {
      const cancelled = inTransaction(pool, async (trx) => {
        if (await retrying.isAbandoned(trx, child, lease)) await cancelCampaign(trx, child)
      })
      await cancelled.catch(() => {})
    },
  }
}

function isoOrNull(at: Instant | null): string | null {
  return at === null ? null : toIso(at)
}
