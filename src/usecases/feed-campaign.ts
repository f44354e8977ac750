import { randomInt } from 'node:crypto'
import type { CountryCode } from 'libphonenumber-js/max'
import { v7 as uuidv7 } from 'uuid'
import { allOf } from '../domain/access.ts'
import { feedRoom } from '../domain/campaign/feed-pace.ts'
import { type Filler, fillersOf } from '../domain/campaign/fill.ts'
import type { CampaignReason } from '../domain/campaign/lifecycle.ts'
import { readListed } from '../domain/campaign/listed-recipient.ts'
import { validForMs } from '../domain/campaign/timing.ts'
import { hasTurns, type Turns, turnsOf } from '../domain/campaign/turns.ts'
import { type Choose, chooserOf, versionsOf } from '../domain/campaign/versions.ts'
import { releaseOf, type TemplateReference, templateOfMessage, templatesOf } from '../domain/content.ts'
import type { DecisionSettings, TemplateFacts } from '../domain/decision.ts'
import { type Identity, identityOfBsuid, identityOfNumber } from '../domain/identity.ts'
import type { ContactId, IntentId, WorkspaceId } from '../domain/ids.ts'
import { destinationOf } from '../domain/money/destination.ts'
import { type ContactProfile, usesContact } from '../domain/template.ts'
import { type Instant, plus } from '../domain/time.ts'
import type { Reservation } from '../store/campaigns/budget.ts'
import type { Advanced, FeedException, FeedingCampaign, ListedLine, ListShape } from '../store/campaigns/feeding.ts'
import type { ConversationState } from '../store/conversations/ensure.ts'
import type { IntentRecord, SenderForEnqueue } from '../store/intents/enqueue.ts'
import { type Allowance, allowanceOf, type BudgetIo, spentReason, withinBudget } from './campaign-budget.ts'
import { listedZoneOf, TOO_LATE, turnsAt } from './campaign-turns.ts'
import { forecastOf } from './enqueue/forecast.ts'
import type { EnqueueIo } from './enqueue-intent.ts'

/*
 * A round of handing over: the next lines of a campaign's list become intents, or ends, in one transaction with the place up to which the list
 * was handed over. So whatever breaks at whatever moment, nobody is passed by and nobody is written to twice.
 */

/** The reads and writes of one transaction. */
export interface FeedTrx
  extends BudgetIo,
    Pick<
      EnqueueIo,
      | 'now'
      | 'findSenders'
      | 'resolveContacts'
      | 'ensureConversations'
      | 'readProfiles'
      | 'readTemplates'
      | 'templateKey'
      | 'insertIntents'
    > {
  /** By `<scope> <key>`. */
  findOwners(workspace: WorkspaceId, ids: Identity[]): Promise<Map<string, ContactId>>
  lock(row: number): Promise<FeedingCampaign | null>
  /** How many of it were handed over and are not on their way yet. */
  outstanding(row: number): Promise<number>
  shapes(row: number): Promise<ListShape[]>
  lines(row: number, after: number, limit: number): Promise<ListedLine[]>
  alreadyLinked(row: number, contacts: ContactId[]): Promise<Set<ContactId>>
  insertExceptions(row: number, ends: FeedException[]): Promise<void>
  /** Lines that were put off and whose turn has come. */
  readLater(row: number, limit: number): Promise<ListedLine[]>
  dropLater(row: number, lines: readonly ListedLine[]): Promise<void>
  putLater(row: number, ones: readonly { position: number; at: Instant }[]): Promise<void>
  /** How many of the outstanding wait for the end of quiet hours. */
  putOff(campaign: FeedingCampaign): Promise<number>
  advance(row: number, to: Advanced): Promise<void>
  pause(row: number, reason: CampaignReason): Promise<void>
}

export interface Fed {
  /** Positions that were handed over. */
  positions: number
  intents: number
}

const NOTHING: Fed = { positions: 0, intents: 0 }
/** Until there may be room again. */
const LOOK_AGAIN_MS = 200

export async function feedCampaign(trx: FeedTrx, settings: DecisionSettings, row: number): Promise<Fed> {
  const campaign = await trx.lock(row)
  if (campaign === null) return NOTHING
  const unread = campaign.total - campaign.fed
  const left = unread + campaign.later
  const putOff = hasTurns(campaign.document) ? await trx.putOff(campaign) : 0
  const room = feedRoom({ ...campaign, outstanding: (await trx.outstanding(row)) - putOff, left })
  const purview = allOf(campaign.workspace)
  const sender = (await trx.findSenders(purview, [campaign.sender])).get(campaign.sender)
  if (room === 0 || sender === undefined) {
    await trx.advance(row, { fed: campaign.fed, later: 0, inMs: LOOK_AGAIN_MS })
    return NOTHING
  }
  const allowance = await allowanceOf(trx, campaign)
  if (allowance !== null && !('budget' in allowance)) {
    if ('stop' in allowance) await trx.pause(row, allowance.stop)
    else await trx.advance(row, { fed: campaign.fed, later: 0, inMs: ROOM_AGAIN_MS })
    return NOTHING
  }
  const come = campaign.later > 0 ? await trx.readLater(row, room) : []
  const asked = Math.min(room - come.length, unread)
  const read = asked > 0 ? await trx.lines(row, campaign.fed, asked) : []
  if (read.length !== asked) throw new Error(`the list of campaign ${campaign.id} lacks lines after ${campaign.fed}`)
  const lines = [...come, ...read]
  const round = roundOf(campaign, sender, await trx.shapes(row), await trx.now())
  const turns = turnsAt(round.turns, await whoTheyAre(trx, round, lines), round.now)
  for (const { line, version } of turns.never) end(round, line.position, version, TOO_LATE)
  const verdicts = await decideAll(trx, settings, round, turns.now)
  if (verdicts.stop) {
    await trx.pause(row, verdicts.stop)
    return NOTHING
  }
  const given = await handedOver(trx, campaign, allowance, verdicts, lines)
  if (given.stop) {
    await trx.pause(row, given.stop)
    return NOTHING
  }
  const passed = new Set(lines.slice(0, given.lines).map(({ position }) => position))
  const isPassed = ({ position }: { position: number }) => passed.has(position)
  const later = turns.later.filter(isPassed)
  const came = come.filter(isPassed)
  await trx.insertIntents(given.records)
  await trx.reserve(row, given.reservations)
  await trx.insertExceptions(row, round.ends.filter(isPassed))
  await trx.dropLater(row, came)
  await trx.putLater(row, later)
  const inMs = given.lines < lines.length ? ROOM_AGAIN_MS : lines.length < left ? 0 : LOOK_AGAIN_MS
  await trx.advance(row, {
    fed: campaign.fed + given.lines - came.length,
    later: later.length - came.length,
    inMs,
  })
  return { positions: given.lines, intents: given.records.length }
}

/** Until something of a budget may have been given back. */
const ROOM_AGAIN_MS = 1_000

interface HandedOver {
  records: IntentRecord[]
  reservations: Reservation[]
  /** Of the lines, the first so many. */
  lines: number
  stop: CampaignReason | null
}

/** As many of them as the budget, where there is one, has room for. */
async function handedOver(
  trx: FeedTrx,
  campaign: FeedingCampaign,
  allowance: Allowance | null,
  { records, conversations, template }: Verdicts,
  lines: readonly ListedLine[],
): Promise<HandedOver> {
  if (allowance === null) return { records, reservations: [], lines: lines.length, stop: null }
  const categoryOf = (reference: TemplateReference) => template(reference)?.category ?? null
  const { cut, reservations, unpriced } = withinBudget(allowance, records, conversations, categoryOf)
  const count = cut === null ? lines.length : lines.findIndex(({ position }) => position === cut)
  const isStuck = count === 0 && lines.length > 0
  if (isStuck) await trx.markShort(campaign.row)
  return {
    records: records.slice(0, reservations.length),
    reservations,
    lines: count,
    stop: isStuck ? spentReason(allowance, campaign, unpriced) : null,
  }
}

export interface Round {
  campaign: FeedingCampaign
  sender: SenderForEnqueue
  shapes: Map<number, ListShape>
  /** Of each version of its message. */
  fill: Filler[]
  choose: Choose
  /** Somebody's language makes a difference. */
  speaks: boolean
  turns: Turns
  now: Instant
  /** Who ends here. */
  ends: FeedException[]
}

export function roundOf(campaign: FeedingCampaign, sender: SenderForEnqueue, shapes: ListShape[], now: Instant): Round {
  return {
    campaign,
    sender,
    shapes: new Map(shapes.map((shape) => [shape.upload, shape])),
    fill: fillersOf(campaign.document),
    choose: chooserOf(campaign.document, campaign.salt),
    speaks: versionsOf(campaign.document).some(({ language }) => language !== null),
    turns: turnsOf(campaign.document, campaign.beganAt, sender.timeZone),
    now,
    ends: [],
  }
}

/** Of who was erased: nobody knows which message they would have got. */
export const NO_VERSION = -1

function end(round: Round, position: number, variant: number, what: Pick<FeedException, 'state' | 'code' | 'text'>) {
  round.ends.push({ position, variant, ...what })
}

/** One line, and what is said to them. */
export interface Addressed {
  line: ListedLine
  /** Which of the campaign's messages. */
  version: number
  said: Extract<ReturnType<Filler>, { ok: true }>
}

export async function addressed(
  io: Pick<FeedTrx, 'findOwners' | 'readProfiles'>,
  round: Round,
  lines: ListedLine[],
): Promise<Addressed[]> {
  const languages = round.speaks ? await languagesOf(io, round, lines) : null
  return lines.flatMap((line) => {
    if (line.recipient === '') {
      end(round, line.position, NO_VERSION, { state: 'cancelled', code: 'erased', text: 'They were erased.' })
      return []
    }
    const { columns } = round.shapes.get(line.upload) as ListShape
    const cell = (column: string) => line.cells[columns.indexOf(column)]
    const version = round.choose(line.recipient, languages?.get(line.position) ?? null)
    const said = (round.fill[version] as Filler)(cell)
    if (said.ok) return [{ line, version, said }]
    end(round, line.position, version, { state: 'failed', code: 'template_parameters', text: said.text })
    return []
  })
}

/** Column of a list that says in which language somebody is written to. */
const LANGUAGE_COLUMN = 'language'

/** By position, of those of whom it is known: as their line says, else as they are known. Makes nobody. */
async function languagesOf(
  io: Pick<FeedTrx, 'findOwners' | 'readProfiles'>,
  round: Round,
  lines: ListedLine[],
): Promise<Map<number, string>> {
  const languages = new Map<number, string>()
  const asked: { position: number; identity: Identity }[] = []
  for (const line of lines) {
    const { columns } = round.shapes.get(line.upload) as ListShape
    const cell = line.cells[columns.indexOf(LANGUAGE_COLUMN)]?.trim()
    if (cell) languages.set(line.position, cell)
    else if (line.recipient !== '') asked.push({ position: line.position, identity: identityOf(round, line) })
  }
  const owners = await io.findOwners(
    round.campaign.workspace,
    asked.map(({ identity }) => identity),
  )
  const profiles = owners.size === 0 ? new Map() : await io.readProfiles([...new Set(owners.values())])
  for (const { position, identity } of asked) {
    const language = profiles.get(owners.get(`${identity.scope} ${identity.key}`) as ContactId)?.language
    if (language) languages.set(position, language)
  }
  return languages
}

export interface Person extends Addressed {
  contact: ContactId
  conversation: ConversationState
  listedZone: string | null
}

/** Finds or makes the people of these lines. Who is written to under another id of theirs is left out. */
async function whoTheyAre(trx: FeedTrx, round: Round, lines: ListedLine[]): Promise<Person[]> {
  const { campaign, sender } = round
  const some = await addressed(trx, round, lines)
  const identities = some.map(({ line }) => identityOf(round, line))
  const contacts = await trx.resolveContacts(campaign.workspace, identities)
  const linked = await trx.alreadyLinked(campaign.row, [...new Set(contacts)])
  const first = some.flatMap((one, i) => {
    const contact = contacts[i] as ContactId
    if (!linked.has(contact)) {
      linked.add(contact)
      return [{ ...one, contact }]
    }
    const text = 'The campaign writes to them under another line of its list already.'
    end(round, one.line.position, one.version, { state: 'suppressed', code: 'duplicate', text })
    return []
  })
  const pairs = first.map(({ contact }) => ({ sender: sender.sender, contactId: contact }))
  const conversations = await trx.ensureConversations(campaign.workspace, pairs)
  return first.map((one) => ({
    ...one,
    conversation: conversations.get(`${sender.sender} ${one.contact}`) as ConversationState,
    listedZone: listedZoneOf(round.shapes.get(one.line.upload) as ListShape, one.line),
  }))
}

/** As it was written in the line, for that is what is dialled when they are new. */
export function identityOf({ shapes, sender }: Round, { upload, cells, recipient }: ListedLine) {
  const { to, home } = shapes.get(upload) as ListShape
  const read = readListed(cells[to] ?? '', home as CountryCode | null)
  const id = read.ok ? read.id : recipient
  return /^\d/.test(id)
    ? identityOfNumber(id as Parameters<typeof identityOfNumber>[0])
    : identityOfBsuid(id as Parameters<typeof identityOfBsuid>[0], sender.portfolioId)
}

interface Verdicts {
  records: IntentRecord[]
  /** Of each of them. */
  conversations: ConversationState[]
  template(reference: TemplateReference): TemplateFacts | null
  stop: CampaignReason | null
}

/** Who gets an intent. Whose message could not leave as things stand, whatever happens meanwhile, ends here and takes no place of others. */
async function decideAll(trx: FeedTrx, settings: DecisionSettings, round: Round, people: Person[]): Promise<Verdicts> {
  const { sender, now } = round
  const firstSeq = randomInt(2 ** 31)
  const records = people.map((one, i) => toRecord(round, one, uuidv7({ msecs: now, seq: firstSeq + i }) as IntentId))
  const templates = await templatesFor(trx, sender, records)
  const lookUp = (reference: TemplateReference): TemplateFacts | null =>
    templates.get(trx.templateKey(sender.wabaId, reference)) ?? null
  const filled = people.flatMap(({ contact }, i) => {
    const { message, whenClosed } = records[i] as IntentRecord
    return usesContact(message, whenClosed) ? [contact] : []
  })
  const profiles: Map<ContactId, ContactProfile> = filled.length === 0 ? new Map() : await trx.readProfiles(filled)
  const going: IntentRecord[] = []
  const conversations: ConversationState[] = []
  for (const [i, { line, version, conversation, contact }] of people.entries()) {
    const record = records[i] as IntentRecord
    const { kind, reason } = forecastOf(record, sender, conversation, settings, now, lookUp, {
      money: null,
      to: destinationOf(conversation),
      profile: profiles.get(contact) ?? null,
    })
    if (OF_TEMPLATES.has(reason.code) && sender.templatesSynced) {
      return { records: [], conversations: [], template: lookUp, stop: reason }
    }
    const isEnd = (kind === 'suppress' || kind === 'fail') && !OF_TEMPLATES.has(reason.code)
    if (!isEnd) {
      going.push(record)
      conversations.push(conversation)
    } else {
      const state = kind === 'suppress' ? ('suppressed' as const) : ('failed' as const)
      end(round, line.position, version, { state, code: reason.code, text: reason.text })
    }
  }
  return { records: going, conversations, template: lookUp, stop: null }
}

/** A template that cannot go is nobody's fault on the list: the campaign stops, and goes on when somebody says so. */
export const OF_TEMPLATES: ReadonlySet<string> = new Set([
  'template_unknown',
  'template_disabled',
  'template_pending',
  'template_paused',
  'template_review',
  'portfolio_review',
  'category_changed',
])

export function toRecord(
  { campaign, sender, now, fill }: Round,
  { line, version, said, conversation, listedZone }: Person,
  id: IntentId,
  at: Instant = now,
): IntentRecord {
  const whenClosed = said.whenClosed ?? sender.defaultWhenClosed
  return {
    id,
    workspace: campaign.workspace,
    sender: sender.sender,
    conversationId: conversation.id,
    message: said.message,
    whenClosed,
    release: releaseOf(whenClosed),
    priority: 'campaign',
    delivery: 'at_most_once',
    sendAt: at,
    expiresAt: plus(at, validForMs(campaign.document)),
    idempotencyKey: null,
    requestHash: null,
    metadata: null,
    followUpOf: null,
    createdBy: { kind: 'campaign', id: campaign.id, name: campaign.name },
    campaign: { row: campaign.row, position: line.position, variant: fill.length === 1 ? null : version, listedZone },
  }
}

/** Each that is named is read once: which one goes is no matter of the line. */
export async function templatesFor(
  trx: Pick<FeedTrx, 'templateKey' | 'readTemplates'>,
  { wabaId }: SenderForEnqueue,
  records: IntentRecord[],
) {
  const references = records.flatMap(({ message, whenClosed }) =>
    message.type === 'template' ? [templateOfMessage(message)] : templatesOf(whenClosed),
  )
  const once = new Map(references.map((reference) => [trx.templateKey(wabaId, reference), reference]))
  return trx.readTemplates([...once.values()].map((reference) => ({ wabaId, reference })))
}
