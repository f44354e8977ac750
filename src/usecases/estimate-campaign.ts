import { setImmediate as breathe } from 'node:timers/promises'
import { allOf } from '../domain/access.ts'
import { type BlockerFacts, cheapBlockers } from '../domain/campaign/blockers.ts'
import type { Pace, ToSend } from '../domain/campaign/duration.ts'
import {
  countFate,
  type MovingMoney,
  movingMoney,
  noFates,
  type Surroundings,
  type Tally,
} from '../domain/campaign/estimate.ts'
import { seenKeys } from '../domain/campaign/seen-keys.ts'
import { numbersOf } from '../domain/campaign/senders.ts'
import { versionsOf } from '../domain/campaign/versions.ts'
import type { TemplateReference } from '../domain/content.ts'
import type { Decision, DecisionKind, DecisionSettings, DispatchFacts, FrequencyUse } from '../domain/decision.ts'
import type { Identity } from '../domain/identity.ts'
import type { ContactId, IntentId, PhoneNumberId, WabaId, WaId, WorkspaceId } from '../domain/ids.ts'
import { destinationOf } from '../domain/money/destination.ts'
import { type Money, priceOf } from '../domain/money/price.ts'
import { priceOfDecision } from '../domain/money/price-decision.ts'
import { usesContact } from '../domain/template.ts'
import { type Instant, latest } from '../domain/time.ts'
import type { CampaignRead } from '../store/campaigns/campaigns.ts'
import type { ListedLine, ListShape } from '../store/campaigns/feeding.ts'
import type { ConversationState } from '../store/conversations/ensure.ts'
import type { SenderForEnqueue } from '../store/intents/enqueue.ts'
import { type SendersIo, whoWrites } from './campaign-people.ts'
import { goingOf, needsPlace } from './campaign-places.ts'
import {
  type Addressed,
  addressed,
  frequencyOf,
  identityOf,
  NO_VERSION,
  OF_TEMPLATES,
  type Person,
  type Round,
  type RoundSender,
  roundOf,
  templatesFor,
  toRecord,
} from './campaign-round.ts'
import { listedZoneOf, TOO_LATE, whereaboutsOf } from './campaign-turns.ts'
import { verdictOf } from './enqueue/forecast.ts'
import type { EnqueueIo } from './enqueue-intent.ts'
import { type Estimate, summary, withoutNumber } from './estimate-summary.ts'
import { NOBODY, stateOfStranger } from './stranger.ts'

/*
 * What a campaign will come to, counted before it starts: its list is read a piece at a time, and of every line is asked what the run will ask,
 * with the same functions. Nobody is made and nothing is locked.
 */

export interface EstimateIo
  extends SendersIo,
    Pick<EnqueueIo, 'now' | 'findSenders' | 'readProfiles' | 'readTemplates' | 'templateKey' | 'money'> {
  shapes(row: number): Promise<ListShape[]>
  lines(row: number, after: number, limit: number): Promise<ListedLine[]>
  /** By `<scope> <key>`. */
  findOwners(workspace: WorkspaceId, ids: Identity[]): Promise<Map<string, ContactId>>
  countMarketing(asked: { contactId: ContactId; days: number }[]): Promise<number[]>
  findOptedOut(workspace: WorkspaceId, ids: Identity[]): Promise<Map<string, ReadonlySet<'marketing' | 'utility'>>>
  /** By `<sender> <contact>`. */
  states(pairs: { sender: PhoneNumberId; contactId: ContactId }[]): Promise<Map<string, ConversationState>>
  /** Who has a place of the messaging limit already. */
  withPlace(portfolioId: string, contacts: ContactId[]): Promise<ReadonlySet<ContactId>>
  blockerFacts(campaign: CampaignRead): Promise<BlockerFacts>
  pace(sender: PhoneNumberId): Promise<{ mps: number; limit: Pace['limit'] }>
  /** Of its lists, as they came. */
  lists(row: number): Promise<{ rows: number; invalid: number }>
  templateHealth(sender: SenderForEnqueue, references: TemplateReference[]): Promise<Surroundings['templates']>
}

const LINES_AT_ONCE = 2_000
/** Then whoever else is served by this process has their turn. */
const BREATH_EVERY = 200

/**
 * @param told after each piece, how many lines were read; false: it is wanted no more
 * @returns null where it was given up
 */
export async function estimateCampaign(
  io: EstimateIo,
  settings: DecisionSettings,
  campaign: CampaignRead,
  told: (done: number) => Promise<boolean>,
): Promise<Estimate | null> {
  const now = await io.now()
  const found = await io.findSenders(allOf(campaign.workspace), numbersOf(campaign.document))
  const able = [...found.values()].filter(({ state }) => state === 'active')
  // Where none may send it is counted as if they could, and all of it waits.
  const senders = able.length > 0 ? able : [...found.values()]
  const cheap = cheapBlockers(await io.blockerFacts(campaign)).map(({ code, text }) => ({ code, text }))
  if (senders.length === 0) return withoutNumber(campaign, cheap, now)
  const walk = await walkOf(io, settings, campaign, senders, now)
  for (let after = 0; after < campaign.total; after += LINES_AT_ONCE) {
    const lines = await io.lines(campaign.row, after, Math.min(LINES_AT_ONCE, campaign.total - after))
    await countLines(walk, lines)
    if (!(await told(after + lines.length))) return null
  }
  return summary(walk, cheap)
}

export interface Walk {
  io: EstimateIo
  settings: DecisionSettings
  campaign: CampaignRead
  round: Round
  now: Instant
  /** When it would begin. */
  begins: Instant
  /** Of each account of which it is known. */
  money: Map<WabaId, MovingMoney>
  /** By number: those who have their turns together, and how much is to be sent to them. */
  parts: Map<PhoneNumberId, Map<string, ToSend>>
  /** Who was written to by a line before. */
  seen: ReturnType<typeof seenKeys>
  tally: Tally
}

async function walkOf(
  io: EstimateIo,
  settings: DecisionSettings,
  campaign: CampaignRead,
  senders: SenderForEnqueue[],
  now: Instant,
): Promise<Walk> {
  const known = await io.money(senders.map(({ sender }) => sender))
  const moving = senders.flatMap(({ sender, wabaId }): [WabaId, MovingMoney][] => {
    const money = known.get(sender)
    return money ? [[wabaId, movingMoney(money)]] : []
  })
  const currencies = new Set([...known.values()].map(({ currency }) => currency))
  const begins = campaign.send_at !== null ? latest(campaign.send_at, now) : now
  return {
    io,
    settings,
    campaign,
    round: roundOf({ ...campaign, beganAt: begins }, senders, await io.shapes(campaign.row), begins),
    now,
    begins,
    // In two currencies nothing adds up.
    money: new Map(currencies.size === 1 ? moving : []),
    parts: new Map(),
    seen: seenKeys(),
    tally: {
      recipients: campaign.total,
      fates: noFates(),
      neverWrote: 0,
      zonesApart: 0,
      versions: versionsOf(campaign.document).map(() => 0),
      senders: new Map(senders.map(({ sender }) => [sender, 0])),
      cost: { currency: currencies.size === 1 ? ([...currencies][0] ?? null) : null, min: 0n, max: 0n, unpriced: 0 },
    },
  }
}

async function countLines(walk: Walk, lines: ListedLine[]): Promise<void> {
  const { io, round, tally } = walk
  const some = await addressed(io, round, lines)
  for (const { version } of some) tally.versions[version] = (tally.versions[version] ?? 0) + 1
  for (const { state, code, variant } of round.ends) {
    if (variant !== NO_VERSION) tally.versions[variant] = (tally.versions[variant] ?? 0) + 1
    if (state === 'cancelled') tally.fates.erased += 1
    else countFate(tally.fates, state === 'failed' ? 'fail' : 'suppress', code, 'template')
  }
  round.ends = []
  const people = await peopleOf(walk, some)
  const records = people.map((one) => toRecord(round, one, '' as IntentId, one.turn))
  const lookUp = await templatesFor(io, people, records)
  const filled = people.flatMap(({ contact }, i) => {
    const { message, whenClosed } = records[i] as (typeof records)[number]
    return contact !== NOBODY && usesContact(message, whenClosed) ? [contact] : []
  })
  const profiles = filled.length === 0 ? new Map() : await io.readProfiles(filled)
  const known = [...new Set(people.map(({ contact }) => contact))].filter((contact) => contact !== NOBODY)
  const placed = await io.withPlace((round.senders[0] as RoundSender).portfolioId, known)
  const frequency = await frequencyOf(
    io,
    round,
    people.map(({ contact }) => contact),
  )
  for (const [i, person] of people.entries()) {
    if (i % BREATH_EVERY === BREATH_EVERY - 1) await breathe()
    const record = records[i] as (typeof records)[number]
    const verdict = verdictOf(
      record,
      person.sender,
      person.conversation,
      walk.settings,
      walk.begins,
      (reference) => lookUp(person.sender, reference),
      {
        money: walk.money.get(person.sender.wabaId)?.likely ?? null,
        profile: profiles.get(person.contact) ?? null,
        frequencyCap: frequency[i] as FrequencyUse | null,
      },
    )
    countVerdict(walk, person, verdict, placed.has(person.contact))
  }
}

/** Somebody, and when their turn is. */
interface Turned extends Person {
  turn: Instant
}

/** Finds who they are and makes nobody. Who is written to by an earlier line already is counted, and left out. */
async function peopleOf(walk: Walk, some: Addressed[]): Promise<Turned[]> {
  const { io, round, campaign, tally } = walk
  const identities = some.map(({ line }) => identityOf(round, line))
  const owners = await io.findOwners(campaign.workspace, identities)
  const nameOf = ({ scope, key }: Identity) => `${scope} ${key}`
  const unknown = identities.filter((id) => !owners.has(nameOf(id)))
  const optedOut = await io.findOptedOut(campaign.workspace, unknown)
  const first = some.flatMap((one, i) => {
    const identity = identities[i] as Identity
    const contact = owners.get(nameOf(identity)) ?? NOBODY
    if (contact === NOBODY || walk.seen.add(contact)) return [{ ...one, identity, contact }]
    tally.fates.duplicate += 1
    return []
  })
  const all = await whoWrites(io, round, first, walk.settings.windowMarginMs)
  const pairs = all.map(({ sender, contact }) => ({ sender: sender.sender, contactId: contact }))
  const states = await io.states(pairs.filter(({ contactId }) => contactId !== NOBODY))
  return all.flatMap(({ identity, ...one }) => {
    const known = states.get(`${one.sender.sender} ${one.contact}`)
    const conversation = known ?? strangerOf(identity, optedOut.get(nameOf(identity)))
    const listedZone = listedZoneOf(round.shapes.get(one.line.upload) as ListShape, one.line)
    const person = { ...one, conversation, listedZone }
    const turn = one.sender.turns.of(whereaboutsOf(person), walk.begins)
    if (turn !== null) return [{ ...person, turn }]
    countFate(tally.fates, 'suppress', TOO_LATE.code, 'template')
    return []
  })
}

function strangerOf({ value }: Identity, out: ReadonlySet<'marketing' | 'utility'> | undefined): ConversationState {
  const isNumber = /^\d/.test(value)
  const stranger = stateOfStranger({ waId: isNumber ? (value as WaId) : null, bsuid: isNumber ? null : value })
  return {
    ...stranger,
    marketing: out?.has('marketing') ? 'out' : 'unknown',
    utility: out?.has('utility') ? 'out' : 'unknown',
  }
}

function countVerdict(
  walk: Walk,
  person: Person,
  {
    intent,
    facts,
    decision,
  }: { intent: Parameters<typeof priceOfDecision>[0]; facts: DispatchFacts; decision: Decision },
  hasPlace: boolean,
): void {
  const { tally, settings } = walk
  const { conversation } = person
  const going = goingOf({ intent, facts, decision }, settings)
  // The run stops there, and goes on when somebody says so.
  const kind = OF_TEMPLATES.has(decision.reason.code) ? 'hold' : decision.kind
  countFate(tally.fates, kind, decision.reason.code, going)
  const { sender } = person.sender
  if (hasMessage(kind)) tally.senders.set(sender, (tally.senders.get(sender) ?? 0) + 1)
  if (hasMessage(kind) && person.sender.turns.zonesOf(whereaboutsOf(person), walk.begins).apart) tally.zonesApart += 1
  const leaves = kind === 'send' || kind === 'downgrade' || kind === 'defer'
  if (leaves && facts.conversation.window.lastInboundAt === null) tally.neverWrote += 1
  const takesPlace = kind === decision.kind && needsPlace({ intent, facts, decision }, settings) && !hasPlace
  if (takesPlace) partOf(walk, person).limited += 1
  else if (leaves) partOf(walk, person).free += 1
  const money = walk.money.get(person.sender.wabaId)
  const waits = kind === 'hold' || kind === 'follow_up'
  if (money) countCost(tally, money, intent, facts, decision, destinationOf(conversation), waits)
}

/** Nothing ends them as they are handed over. */
function hasMessage(kind: DecisionKind): boolean {
  return kind === 'send' || kind === 'downgrade' || kind === 'defer' || kind === 'hold' || kind === 'follow_up'
}

function partOf({ parts }: Walk, person: Person): ToSend {
  const { sender, turns } = person.sender
  const who = whereaboutsOf(person)
  const ofNumber = parts.get(sender) ?? new Map<string, ToSend>()
  parts.set(sender, ofNumber)
  const group = turns.groupOf(who)
  const known = ofNumber.get(group)
  if (known !== undefined) return known
  const part = { free: 0, limited: 0, opensAt: turns.gateOf(who) }
  ofNumber.set(group, part)
  return part
}

function countCost(
  tally: Tally,
  money: MovingMoney,
  intent: Parameters<typeof priceOfDecision>[0],
  facts: DispatchFacts,
  decision: Decision,
  to: ReturnType<typeof destinationOf>,
  waits: boolean,
): void {
  const priced = priceOfDecision(intent, decision, facts, to)
  money.spend(priced)
  if (priced !== null) {
    const worst = priceOfDecision(intent, decision, { ...facts, money: money.worst }, to)
    if (priced.amount === null) tally.cost.unpriced += 1
    tally.cost.min += priced.amount ?? 0n
    tally.cost.max += worst?.amount ?? 0n
  }
  if (!waits || intent.template !== null) return
  // What waits goes as it was written once the customer writes, or never.
  const question = {
    category: 'service' as const,
    reaction: false,
    at: facts.now,
    windowOpen: true,
    freeEntryPointOpen: false,
    to,
  }
  tally.cost.max += priceOf(question, money.worst as Money).amount ?? 0n
}
