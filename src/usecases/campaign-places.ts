import type { Decision, DecisionSettings, DispatchFacts } from '../domain/decision.ts'
import type { ContactId } from '../domain/ids.ts'
import type { IntentContent } from '../domain/intent.ts'
import { isWindowOpen } from '../domain/window.ts'
import type { Places } from '../store/campaigns/places.ts'

/*
 * The messaging limit of a portfolio, as a campaign is handed over: to nobody for whom there is no place. Else thousands would be handed over, and
 * each put off.
 */

export interface PlacesIo {
  /**
   * Places that the campaigns of a portfolio have left, and nobody else takes them until the transaction ends; `wanted` or more where that is
   * certain. Null: unlimited.
   */
  freePlaces(portfolioId: string, wanted: number): Promise<Places | null>
  /** Who has one already. */
  withPlace(portfolioId: string, contacts: ContactId[]): Promise<ReadonlySet<ContactId>>
}

export interface Verdict {
  intent: Pick<IntentContent, 'template'>
  facts: DispatchFacts
  decision: Decision
}

/** What goes by this decision, at once or once a limit lets it. */
export function goingOf(
  { intent: { template }, facts, decision }: Verdict,
  { windowMarginMs }: Pick<DecisionSettings, 'windowMarginMs'>,
): 'free_form' | 'template' {
  if (template !== null) return 'template'
  if (decision.kind === 'send') return 'free_form'
  return isWindowOpen(facts.conversation.window, facts.now, windowMarginMs) ? 'free_form' : 'template'
}

/** Somebody gets a template outside an open window: whoever has no place yet takes one. */
export function needsPlace(verdict: Verdict, settings: Pick<DecisionSettings, 'windowMarginMs'>): boolean {
  const { facts, decision } = verdict
  const goes =
    decision.kind === 'send' ||
    decision.kind === 'downgrade' ||
    decision.kind === 'defer' ||
    decision.kind === 'follow_up'
  if (!goes || goingOf(verdict, settings) !== 'template') return false
  return !isWindowOpen(facts.conversation.window, facts.now, settings.windowMarginMs)
}

export interface WithinPlaces {
  /** The first so many have one, or need none. */
  count: number
  places: Places | null
}

/** @param people in the order of the list */
export async function withinPlaces(
  io: PlacesIo,
  portfolioId: string,
  people: readonly { contact: ContactId; needsPlace: boolean }[],
): Promise<WithinPlaces> {
  const asking = people.filter((one) => one.needsPlace)
  const all = { count: people.length, places: null }
  if (asking.length === 0) return all
  const places = await io.freePlaces(portfolioId, asking.length)
  if (places === null || places.free >= asking.length) return all
  const placed = await io.withPlace(
    portfolioId,
    asking.map(({ contact }) => contact),
  )
  let left = places.free
  const cut = people.findIndex(({ contact, needsPlace }) => {
    if (!needsPlace || placed.has(contact)) return false
    left -= 1
    return left < 0
  })
  return { count: cut === -1 ? people.length : cut, places }
}
