import type { CountryCode } from 'libphonenumber-js/max'
import { type Filler, fillersOf } from '../domain/campaign/fill.ts'
import { readListed } from '../domain/campaign/listed-recipient.ts'
import { type CampaignSender, sendersOf } from '../domain/campaign/senders.ts'
import { validForMs } from '../domain/campaign/timing.ts'
import { type Turns, turnsOf } from '../domain/campaign/turns.ts'
import { type Choose, chooserOf, versionsOf } from '../domain/campaign/versions.ts'
import { releaseOf, type TemplateReference, templateOfMessage, templatesOf } from '../domain/content.ts'
import type { FrequencyUse, TemplateFacts } from '../domain/decision.ts'
import { type Identity, identityOfBsuid, identityOfNumber } from '../domain/identity.ts'
import type { ContactId, IntentId, PhoneNumberId, WorkspaceId } from '../domain/ids.ts'
import { type Instant, plus } from '../domain/time.ts'
import type { FeedException, FeedingCampaign, ListedLine, ListShape } from '../store/campaigns/feeding.ts'
import type { ConversationState } from '../store/conversations/ensure.ts'
import type { IntentRecord, SenderForEnqueue } from '../store/intents/enqueue.ts'
import type { EnqueueIo } from './enqueue-intent.ts'
import { NOBODY } from './stranger.ts'

/* A piece of a campaign's list on its way to intents: who its lines are for, and what is said to them. The estimate goes the same way. */

export interface RoundIo extends Pick<EnqueueIo, 'readProfiles' | 'readTemplates' | 'templateKey'> {
  /** By `<scope> <key>`. */
  findOwners(workspace: WorkspaceId, ids: Identity[]): Promise<Map<string, ContactId>>
  /** How many marketing messages each got in so many days, in the order asked. */
  countMarketing(asked: { contactId: ContactId; days: number }[]): Promise<number[]>
}

/** What a round needs of its campaign. */
export type RoundCampaign = Pick<FeedingCampaign, 'row' | 'id' | 'workspace' | 'name' | 'document' | 'salt' | 'beganAt'>

/** A number that writes to some of the list. */
export interface RoundSender extends SenderForEnqueue, CampaignSender {
  sender: PhoneNumberId
  turns: Turns
}

export interface Round {
  campaign: RoundCampaign
  /** Those that may write; one at least. */
  senders: readonly RoundSender[]
  shapes: Map<number, ListShape>
  /** Of each version of its message. */
  fill: Filler[]
  choose: Choose
  /** Somebody's language makes a difference. */
  speaks: boolean
  now: Instant
  /** Who ends here. */
  ends: FeedException[]
}

export function roundOf(
  campaign: RoundCampaign,
  senders: readonly SenderForEnqueue[],
  shapes: ListShape[],
  now: Instant,
): Round {
  const { document, beganAt } = campaign
  return {
    campaign,
    senders: sendersOf(document).flatMap(({ sender, weight }) => {
      const found = senders.find((one) => one.sender === sender)
      return found ? [{ ...found, weight, turns: turnsOf(document, beganAt, found.timeZone) }] : []
    }),
    shapes: new Map(shapes.map((shape) => [shape.upload, shape])),
    fill: fillersOf(campaign.document),
    choose: chooserOf(campaign.document, campaign.salt),
    speaks: versionsOf(campaign.document).some(({ language }) => language !== null),
    now,
    ends: [],
  }
}

/** Of who was erased: nobody knows which message they would have got. */
export const NO_VERSION = -1

export function end(
  round: Round,
  position: number,
  variant: number,
  what: Pick<FeedException, 'state' | 'code' | 'text'>,
) {
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
  io: Pick<RoundIo, 'findOwners' | 'readProfiles'>,
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
  io: Pick<RoundIo, 'findOwners' | 'readProfiles'>,
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
  /** Who writes to them. */
  sender: RoundSender
  contact: ContactId
  conversation: ConversationState
  listedZone: string | null
}

/** As it was written in the line, for that is what is dialled when they are new. All numbers are of one portfolio. */
export function identityOf({ shapes, senders }: Round, { upload, cells, recipient }: ListedLine) {
  const { to, home } = shapes.get(upload) as ListShape
  const read = readListed(cells[to] ?? '', home as CountryCode | null)
  const id = read.ok ? read.id : recipient
  return /^\d/.test(id)
    ? identityOfNumber(id as Parameters<typeof identityOfNumber>[0])
    : identityOfBsuid(id as Parameters<typeof identityOfBsuid>[0], (senders[0] as RoundSender).portfolioId)
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
  { campaign, now, fill }: Round,
  { line, version, said, sender, conversation, listedZone }: Person,
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
  trx: Pick<RoundIo, 'templateKey' | 'readTemplates'>,
  people: readonly Person[],
  records: readonly IntentRecord[],
): Promise<(sender: SenderForEnqueue, reference: TemplateReference) => TemplateFacts | null> {
  const keys = records.flatMap(({ message, whenClosed }, i) => {
    const { wabaId } = (people[i] as Person).sender
    const references = message.type === 'template' ? [templateOfMessage(message)] : templatesOf(whenClosed)
    return references.map((reference) => ({ wabaId, reference }))
  })
  const once = new Map(keys.map((key) => [trx.templateKey(key.wabaId, key.reference), key]))
  const found = await trx.readTemplates([...once.values()])
  return ({ wabaId }, reference) => found.get(trx.templateKey(wabaId, reference)) ?? null
}

/** What a campaign's cap says of these, in their order; of each null where it has none. */
export async function frequencyOf(
  io: Pick<RoundIo, 'countMarketing'>,
  { campaign: { document } }: Pick<Round, 'campaign'>,
  contacts: readonly ContactId[],
): Promise<(FrequencyUse | null)[]> {
  const cap = document.frequency_cap
  if (cap === undefined) return contacts.map(() => null)
  const known = contacts.filter((contact) => contact !== NOBODY)
  const counts = await io.countMarketing(known.map((contactId) => ({ contactId, days: cap.days })))
  const used = new Map(known.map((contact, i) => [contact, counts[i] as number]))
  return contacts.map((contact) => ({ ...cap, used: used.get(contact) ?? 0 }))
}
