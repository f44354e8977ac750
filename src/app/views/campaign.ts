import type { CampaignDocument } from '../../domain/campaign/document.ts'
import type { CampaignState } from '../../domain/campaign/lifecycle.ts'
import { type Version, versionsOf } from '../../domain/campaign/versions.ts'
import { formatAmount } from '../../domain/money/amount.ts'
import { SHOWN_STATES, type ShownState } from '../../domain/shown-state.ts'
import { type Instant, toIso } from '../../domain/time.ts'
import type { CampaignRead } from '../../store/campaigns/campaigns.ts'
import type { Counted } from '../../store/campaigns/counts.ts'

export type CampaignCounts = { total: number } & Record<ShownState, number>

export function viewOfCampaign(campaign: CampaignRead) {
  const { id, name, document, state, audience_version, created_by, created_at } = campaign
  return {
    id,
    name,
    state,
    reason: campaign.reason,
    ...document,
    ...viewOfVersions(campaign),
    audience_version,
    parent: campaign.parent,
    counts: countsOf(campaign),
    delivery: deliveryOf(campaign.counted),
    ...(campaign.minutes === undefined
      ? {}
      : { progress: { per_minute: campaign.minutes.map((one) => ({ ...one, at: toIso(one.at) })) } }),
    cost: costOf(campaign),
    begins_at: isoOrNull(campaign.send_at),
    started_at: isoOrNull(campaign.started_at),
    ended_at: isoOrNull(campaign.over_at),
    created_at: toIso(created_at),
    created_by,
  }
}

/**
 * Every recipient in exactly one, as it is shown. Who was not handed over yet is still to come, or was cancelled with the campaign; what is
 * scheduled and due is queued, or held where the campaign or their number is paused.
 */
export function countsOf({
  total,
  fed,
  later,
  state,
  counted,
  due,
}: Pick<CampaignRead, 'total' | 'fed' | 'later' | 'counted' | 'due'> & {
  state: CampaignState
}): CampaignCounts {
  const counts = { total, ...Object.fromEntries(SHOWN_STATES.map((shown) => [shown, 0])) } as CampaignCounts
  for (const { key, n } of counted) {
    const shown = stateOf(key)
    if (shown !== null) counts[shown] += n
  }
  for (const { n, sends } of due) {
    // What is due may have become so in the same moment: never more than is scheduled.
    const dueNow = Math.min(n, counts.scheduled)
    counts.scheduled -= dueNow
    counts[state === 'paused' || !sends ? 'held' : 'queued'] += dueNow
  }
  counts[state === 'cancelled' ? 'cancelled' : 'scheduled'] += total - fed + later
  return counts
}

/** Inside of `sent`: what was read was delivered too, and what was tapped or stopped by a message was answered. */
function deliveryOf(counted: readonly Counted[]) {
  const of = (status: string) => counted.reduce((sum, { key, n }) => (key === `delivery:${status}` ? sum + n : sum), 0)
  const [read, replied, tapped, stopped] = ['read', 'replied', 'tapped', 'stopped'].map(of) as [
    number,
    number,
    number,
    number,
  ]
  return { delivered: of('delivered') + read, read, replied, tapped, stopped }
}

/** What was spent: what Meta told, and where it has not yet, what was expected. Null where nothing is known of money. */
function costOf({ counted, document: { budget } }: CampaignRead): { so_far: string; currency: string } | null {
  const costs = counted.filter(({ key }) => key.startsWith(COST))
  // An account is charged in one currency; after a change of it what is spent in the last one is shown.
  const currency = budget?.currency ?? costs.at(-1)?.key.slice(COST.length)
  if (currency === undefined) return null
  const micros = costs.reduce((sum, { key, n }) => (key === `${COST}${currency}` ? sum + n : sum), 0)
  return { so_far: formatAmount(BigInt(micros)), currency }
}

const COST = 'cost:'

/** The messages of a campaign that has several, as in its document, each with what became of those whom it was for. */
function viewOfVersions(campaign: CampaignRead): Partial<Pick<CampaignDocument, 'languages' | 'variants'>> {
  const { languages, variants } = campaign.document
  const versions = versionsOf(campaign.document)
  const countsOf = (belongs: (version: Version) => boolean) =>
    outcomeOf(campaign, new Set(versions.flatMap((version, i) => (belongs(version) ? [i] : []))))
  const viewOf = (variant: string | null, texts: NonNullable<CampaignDocument['languages']>) =>
    Object.fromEntries(
      Object.entries(texts).map(([language, text]) => [
        language,
        { ...text, ...countsOf((version) => version.variant === variant && version.language === language) },
      ]),
    )
  return {
    ...(languages === undefined ? {} : { languages: viewOf(null, languages) }),
    ...(variants === undefined
      ? {}
      : {
          variants: variants.map((one) => ({
            ...one,
            ...(one.languages === undefined ? {} : { languages: viewOf(one.name, one.languages) }),
            ...countsOf(({ variant }) => variant === one.name),
          })),
        }),
  }
}

/** Of these versions: those whose turn has come. */
function outcomeOf({ state, ...campaign }: CampaignRead, versions: ReadonlySet<number>) {
  const counted = campaign.counted.filter(({ variant }) => versions.has(variant))
  const due = campaign.due.filter(({ variant }) => versions.has(variant))
  const total = counted.reduce((sum, { key, n }) => (stateOf(key) === null ? sum : sum + n), 0)
  return {
    counts: countsOf({ total, fed: total, later: 0, state, counted, due }),
    delivery: deliveryOf(counted),
  }
}

/** Null: a key of something else that is counted. */
function stateOf(key: Counted['key']): ShownState | null {
  const state = key.split(':', 1)[0] as ShownState
  return SHOWN_STATES.includes(state) ? state : null
}

function isoOrNull(at: Instant | null): string | null {
  return at === null ? null : toIso(at)
}
