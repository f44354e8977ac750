import type { CampaignDocument } from '../domain/campaign/document.ts'
import { durationOf, type OfNumber, type Pace } from '../domain/campaign/duration.ts'
import {
  blockersOf,
  type Fates,
  type Finding,
  noFates,
  type Surroundings,
  sumOf,
  type Tally,
  warningsOf,
} from '../domain/campaign/estimate.ts'
import { numbersOf } from '../domain/campaign/senders.ts'
import { referencesOf, type Version, versionsOf } from '../domain/campaign/versions.ts'
import { formatAmount } from '../domain/money/amount.ts'
import { type Instant, plus, toIso } from '../domain/time.ts'
import type { CampaignRead } from '../store/campaigns/campaigns.ts'
import type { Round } from './campaign-round.ts'
import type { EstimateIo, Walk } from './estimate-campaign.ts'

/* What was counted of a list, as it is shown. */

/** As it is kept, and shown. */
export interface Estimate {
  recipients: number
  fates: Fates
  blockers: Finding[]
  warnings: Finding[]
  duration_s: number | null
  ends_at: string | null
  cost: { currency: string; min: string; max: string } | null
  /** Who gets which of its messages, where there are several; erased people get none. */
  versions: { variant: string | null; language: string | null; recipients: number }[]
  /** Of each number, where there are several: whom it writes to, or would as soon as it may. */
  senders: { sender: string; recipients: number }[]
  at: string
}

export async function summary(
  { io, round, campaign, tally, parts, now, begins }: Walk,
  cheap: Finding[],
): Promise<Estimate> {
  const { document } = campaign
  const numbers: OfNumber[] = []
  let limit: Pace['limit'] = null
  for (const { sender } of round.senders) {
    const pace = await io.pace(sender)
    numbers.push({ mps: pace.mps, parts: [...(parts.get(sender)?.values() ?? [])] })
    limit = pace.limit
  }
  const { fates, cost } = tally
  if (sumOf(fates) !== campaign.total) throw new Error(`expected ${campaign.total} fates, got ${sumOf(fates)}`)
  const durationS = durationOf(numbers, { now: begins, maxMps: document.max_mps ?? null, limit })
  const around: Surroundings = {
    durationS,
    ...(await io.lists(campaign.row)),
    templates: await templateHealth(io, round, document),
    silent: numbersOf(document).filter((number) => !round.senders.some(({ sender }) => sender === number)),
    skipInvalid: document.skip_invalid ?? false,
    budget: document.budget ?? null,
  }
  return {
    recipients: campaign.total,
    fates,
    blockers: [...cheap, ...blockersOf(tally, around)],
    warnings: warningsOf(tally, around),
    duration_s: durationS,
    ends_at: durationS === null ? null : toIso(plus(begins, durationS * 1_000)),
    cost:
      cost.currency === null
        ? null
        : { currency: cost.currency, min: formatAmount(cost.min), max: formatAmount(cost.max) },
    versions: countedVersions(versionsOf(document), tally),
    senders:
      document.senders === undefined ? [] : [...tally.senders].map(([sender, recipients]) => ({ sender, recipients })),
    at: toIso(now),
  }
}

/** Of each account that its numbers are of. */
async function templateHealth(
  io: EstimateIo,
  { senders }: Round,
  document: CampaignDocument,
): Promise<Surroundings['templates']> {
  const accounts = new Map(senders.map((sender) => [sender.wabaId, sender]))
  const all: Surroundings['templates'][number][] = []
  for (const sender of accounts.values()) {
    const named = referencesOf(document, sender.defaultWhenClosed).flatMap(({ references }) => references)
    all.push(...(await io.templateHealth(sender, named)))
  }
  return all
}

function countedVersions(versions: Version[], tally: Tally): Estimate['versions'] {
  if (versions.length === 1) return []
  return versions.map(({ variant, language }, i) => ({ variant, language, recipients: tally.versions[i] ?? 0 }))
}

/** There is nothing to count with: everybody waits. */
export function withoutNumber({ total }: CampaignRead, blockers: Finding[], now: Instant): Estimate {
  const fates = { ...noFates(), held: total }
  return {
    recipients: total,
    fates,
    blockers,
    warnings: [],
    duration_s: null,
    ends_at: null,
    cost: null,
    versions: [],
    senders: [],
    at: toIso(now),
  }
}
