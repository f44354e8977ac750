import { DAY_MS, type Instant, plus } from '../../time.ts'
import type { Program } from '../program.ts'
import type { Occasion } from '../start.ts'
import type { Script } from './script.ts'
import type { World } from './world.ts'

/* What of a script begins the run. */

/** Longer than any flow waits for an answer. */
const LONG_AGO_MS = 400 * DAY_MS

/** What the customer says to begin it is recorded, as any message is. */
export function occasionOf(start: Script['start'], program: Program, world: World, now: Instant): Occasion {
  if (start.inbound) {
    const { text, payload, ad } = start.inbound
    const tap = payload === undefined ? null : { payload, label: text, of: null }
    return { kind: 'inbound', inbound: world.hear({ kind: 'text', text, tap }, now, ad !== undefined), ad: ad ?? null }
  }
  if (start.event) {
    const event = { order: world.next(), at: now, name: start.event.name, data: start.event.data ?? {} }
    return { kind: 'event', event }
  }
  if (start.campaign !== undefined) return { kind: 'campaign', campaign: start.campaign }
  if (start.attribute) return { kind: 'attribute', name: start.attribute.name, value: start.attribute.value }
  if (start.tapped) {
    const { button } = start.tapped
    world.hear({ kind: 'button', text: button, tap: { payload: button, label: button, of: null } }, now)
    return { kind: 'tapped', ...start.tapped }
  }
  if (start.unanswered) {
    const of = Object.fromEntries(Object.entries(start.unanswered).filter(([, name]) => name !== undefined))
    return { kind: 'unanswered', of, deliveredAt: plus(now, -LONG_AGO_MS), answered: false }
  }
  return program.triggers.some(({ kind }) => kind === 'window_closing') ? { kind: 'window' } : { kind: 'api' }
}

/** What the run knows of it, beside its kind. */
export function detailsOf({ inbound, tapped, campaign, unanswered, event }: Script['start']): Record<string, unknown> {
  return {
    ...(inbound ? { text: inbound.text } : {}),
    ...(inbound?.ad ? { ad: inbound.ad } : {}),
    ...(tapped ? { text: tapped.button } : {}),
    ...(campaign === undefined ? {} : { campaign }),
    ...(unanswered ?? {}),
    ...(event?.data ?? {}),
  }
}
