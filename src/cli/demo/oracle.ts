import type { DemoContact, Situation } from './contacts.ts'
import { type PlannedIntent, type Policy, SUBSTITUTE } from './plan.ts'

/*
 * What has to become of every intent, written from the rules as they are documented and not from the code that decides:
 *
 *   situation        customer service window        free entry point
 *   wrote, called    open                           none
 *   ad               closing within the margin      open: answered by a template in time
 *   ad_unanswered    closed                         none: nobody answered within 24 h
 *   about_to_close   closing within the margin      none
 *   wrote_long_ago   closed                         none
 *   silent           never was open                 none
 *
 * Open: the text goes. Closed, or closing within the margin, by the intent's policy: fail; hold; the substitute goes; an invitation
 * goes and the text waits. `when_free` counts only with an open free entry point, else its `otherwise`. All that wait in one
 * conversation share one invitation, and the customer's answer is for all: "Yes" lets them go, "No" ends those that name it as a
 * decline and lets the others go (who taps has opened the window), silence leaves them, until their own time is over.
 */

export interface Expected {
  readonly state: 'sent' | 'held' | 'failed' | 'cancelled' | 'expired'
  /** Null where the state says all. */
  readonly reason: string | null
  /** What the customer's phone gets for it: the text, the substitute, or nothing. */
  readonly arrives: 'text' | typeof SUBSTITUTE | null
  /** It waited first, and left after the customer's answer. */
  readonly released: boolean
}

interface Clocks {
  readonly window: 'open' | 'closed'
  readonly freeEntryPoint: 'open' | 'none'
}

const CLOCKS: Readonly<Record<Situation, Clocks>> = {
  wrote: { window: 'open', freeEntryPoint: 'none' },
  called: { window: 'open', freeEntryPoint: 'none' },
  ad: { window: 'closed', freeEntryPoint: 'open' },
  ad_unanswered: { window: 'closed', freeEntryPoint: 'none' },
  about_to_close: { window: 'closed', freeEntryPoint: 'none' },
  wrote_long_ago: { window: 'closed', freeEntryPoint: 'none' },
  silent: { window: 'closed', freeEntryPoint: 'none' },
}

type Fate = 'goes' | 'fails' | 'waits' | 'is_replaced' | 'invites_and_waits'

const FATES: Readonly<Record<Policy, Readonly<Record<Clocks['freeEntryPoint'], Exclude<Fate, 'goes'>>>>> = {
  fail: { open: 'fails', none: 'fails' },
  hold: { open: 'waits', none: 'waits' },
  downgrade: { open: 'is_replaced', none: 'is_replaced' },
  follow_up: { open: 'invites_and_waits', none: 'invites_and_waits' },
  when_free_downgrade: { open: 'is_replaced', none: 'waits' },
  when_free_follow_up: { open: 'invites_and_waits', none: 'fails' },
}

function fateOf(contact: DemoContact, policy: Policy): Fate {
  const { window, freeEntryPoint } = CLOCKS[contact.situation]
  return window === 'open' ? 'goes' : FATES[policy][freeEntryPoint]
}

/** How often the customer is invited to answer: once, however many messages wait. */
export function expectedInvitations(contact: DemoContact): 0 | 1 {
  return CLOCKS[contact.situation].window === 'closed' ? 1 : 0
}

export function expectedOutcome({ contact, policy, shortLived }: PlannedIntent): Expected {
  const fate = fateOf(contact, policy)
  switch (fate) {
    case 'goes':
      return { state: 'sent', reason: null, arrives: 'text', released: false }
    case 'fails':
      return { state: 'failed', reason: 'window_closed', arrives: null, released: false }
    case 'is_replaced':
      return { state: 'sent', reason: null, arrives: SUBSTITUTE, released: false }
    case 'waits':
    case 'invites_and_waits':
      return afterAnswer(contact, fate === 'invites_and_waits', shortLived)
  }
}

function afterAnswer({ answer }: DemoContact, namesDecline: boolean, shortLived: boolean): Expected {
  if (answer === 'no' && namesDecline) {
    return { state: 'cancelled', reason: 'declined', arrives: null, released: false }
  }
  if (answer !== 'never') return { state: 'sent', reason: null, arrives: 'text', released: true }
  if (shortLived) return { state: 'expired', reason: 'expired', arrives: null, released: false }
  const reason = namesDecline ? 'awaiting_answer' : 'awaiting_window'
  return { state: 'held', reason, arrives: null, released: false }
}
