import { zoneOfContact } from '../contact-zone.ts'
import { isBsuid } from '../recipient.ts'
import { type Instant, latest } from '../time.ts'
import { isZone } from '../zoned-time.ts'
import {
  countryDigits,
  hoursOf,
  quietUntil,
  type Stretch,
  stretchOf,
  type Whereabouts,
  zonesHeeded,
  zonesOf,
} from './quiet-hours.ts'
import { type CampaignTiming, isLocalStart, RECIPIENT, wallInstant } from './timing.ts'

/* When the turn of a recipient is: by the wall time that a campaign is to begin at, and by its quiet hours. */

export interface Turns {
  /** The turn of somebody, not before `at`; null: never, the time on their wall was over when the campaign began. */
  of(who: Whereabouts, at: Instant): Instant | null
  /** Whoever is in the same group has the same turns. */
  groupOf(who: Whereabouts): string
  /** The first instant at or after `at` that is their turn, for whoever asks minute by minute; of somebody who has one. */
  gateOf(who: Whereabouts): (at: Instant) => Instant
  /** By whose clocks it is told: none where turns are alike. `apart`: by the campaign's, for the free hours of theirs never meet. */
  zonesOf(who: Whereabouts, at: Instant): { zones: readonly string[]; apart: boolean }
}

/**
 * @param beganAt when the campaign began: whose wall time was over then is late
 * @param senderZone of the number's account; null: nobody told
 */
export function turnsOf(timing: CampaignTiming, beganAt: Instant, senderZone: string | null): Turns {
  const wall = wallTurns(timing, beganAt, senderZone)
  const quiet = timing.quiet_hours === undefined ? null : hoursOf(timing.quiet_hours)
  return {
    zonesOf: (who, at) =>
      quiet !== null
        ? zonesHeeded(quiet, who, senderZone, at)
        : { zones: wall === null ? [] : [wall.zoneOf(who)], apart: false },
    of(who, at) {
      const begins = wall === null ? at : wall.of(who)
      if (begins === null) return null
      const turn = latest(begins, at)
      return (quiet && quietUntil(quiet, who, senderZone, turn)) ?? turn
    },
    gateOf(who) {
      const begins = wall?.of(who) ?? null
      let stretch: Stretch | null = null
      return (at) => {
        const turn = begins === null ? at : latest(begins, at)
        if (quiet === null) return turn
        if (stretch === null || turn < stretch.since || turn >= stretch.until) {
          stretch = stretchOf(quiet, who, senderZone, turn)
        }
        return stretch.free ?? turn
      }
    },
    groupOf: (who) =>
      `${wall === null ? '' : wall.zoneOf(who)} ${quiet === null ? '' : zonesOf(who, '').zones.join(' ')}`,
  }
}

/** Whether turns differ from one recipient to the next. */
export function hasTurns({ quiet_hours: quiet, send_at: sendAt }: CampaignTiming): boolean {
  return quiet !== undefined || (isLocalStart(sendAt) && sendAt.time_zone === RECIPIENT)
}

/** The furthest that a wall time is put off to find one that is still to come: nobody starts a campaign of the year before. */
const MOST_DAYS = 400

function wallTurns(
  { send_at: sendAt, late = 'send_now' }: CampaignTiming,
  beganAt: Instant,
  senderZone: string | null,
): { of(who: Whereabouts): Instant | null; zoneOf(who: Whereabouts): string } | null {
  if (!isLocalStart(sendAt) || sendAt.time_zone !== RECIPIENT) return null
  const { local } = sendAt
  const zoneOf = wallZones(senderZone)
  const known = new Map<string, Instant | null>()

  function inZone(zone: string): Instant | null {
    const at = wallInstant(local, zone)
    if (at >= beganAt || late === 'send_now') return at
    if (late === 'skip') return null
    for (let days = 1; days <= MOST_DAYS; days += 1) {
      const next = wallInstant(local, zone, days)
      if (next >= beganAt) return next
    }
    return at
  }

  return {
    zoneOf,
    of(who) {
      const zone = zoneOf(who)
      const kept = known.get(zone)
      if (kept !== undefined) return kept
      const at = inZone(zone)
      known.set(zone, at)
      return at
    },
  }
}

/** The one by whose clock somebody is written to: their own, that of their line, else the likely one of their number. */
function wallZones(senderZone: string | null): (who: Whereabouts) => string {
  const byNumber = new Map<string, string>()
  return ({ contact, listed, id }) => {
    if (contact !== null && isZone(contact)) return contact
    if (listed !== null && isZone(listed)) return listed
    const begin = countryDigits(id)
    const known = byNumber.get(begin)
    if (known !== undefined) return known
    const ids = isBsuid(id) ? { waId: null, bsuid: id } : { waId: id, bsuid: null }
    const zone = zoneOfContact({ contactZone: null, ...ids, senderZone })
    byNumber.set(begin, zone)
    return zone
  }
}
