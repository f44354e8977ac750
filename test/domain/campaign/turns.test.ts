import { describe, expect, it } from 'vitest'
import { beginBy, beginsAt, type CampaignTiming } from '../../../src/domain/campaign/timing.ts'
import { hasTurns, turnsOf } from '../../../src/domain/campaign/turns.ts'
import { HOUR_MS, type Instant, instant, MINUTE_MS, plus, toIso } from '../../../src/domain/time.ts'

const when = (iso: string) => instant(Date.parse(iso))
const somebody = (zone: string) => ({ contact: zone, listed: null, id: '' })
const at10 = (date: string, more: Partial<CampaignTiming> = {}): CampaignTiming => ({
  send_at: { local: `${date}T10:00`, time_zone: 'recipient' },
  ...more,
})

/** By another library than the code: what a clock there shows. */
const shown = (at: Instant, timeZone: string) =>
  new Date(at).toLocaleString('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })

describe('the turn of a recipient', () => {
  it('is at the time of the campaign on their own wall, wherever they are and whatever is done to the clocks that day', () => {
    const wrong: string[] = []
    // Two Sundays on which clocks are changed, and a day on which hardly any are.
    for (const date of ['2027-03-28', '2027-10-31', '2027-06-15']) {
      const began = when(`${date}T00:00:00Z`)
      const turns = turnsOf(at10(date), plus(began, -14 * HOUR_MS), null)
      for (const zone of Intl.supportedValuesOf('timeZone')) {
        const turn = turns.of(somebody(zone), plus(began, -14 * HOUR_MS)) as Instant
        if (shown(turn, zone) !== `${date} 10:00`) wrong.push(`${zone} ${toIso(turn)}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('is at the end of an hour that is skipped, and in the first of one that comes twice', () => {
    const midnight = { send_at: { local: '2027-09-05T00:00', time_zone: 'recipient' } }
    const santiago = turnsOf(midnight, when('2027-09-01T00:00:00Z'), null)
    const turn = santiago.of(somebody('America/Santiago'), when('2027-09-01T00:00:00Z')) as Instant
    expect(shown(turn, 'America/Santiago')).toBe('2027-09-05 01:00')
    const twice = { send_at: { local: '2027-11-07T01:30', time_zone: 'recipient' } }
    const york = turnsOf(twice, when('2027-11-01T00:00:00Z'), null)
    expect(toIso(york.of(somebody('America/New_York'), when('2027-11-01T00:00:00Z')) as Instant)).toBe(
      '2027-11-07T05:30:00.000Z',
    )
  })

  it('of whom it was over for follows what the campaign says of the late, quiet hours first', () => {
    const began = when('2026-12-01T20:00:00Z')
    const tokyo = somebody('Asia/Tokyo')
    const turn = (more: Partial<CampaignTiming>) => turnsOf(at10('2026-12-01', more), began, null).of(tokyo, began)
    expect(turn({})).toBe(began)
    expect(turn({ late: 'skip' })).toBe(null)
    expect(toIso(turn({ late: 'tomorrow' }) as Instant)).toBe('2026-12-02T01:00:00.000Z')
    const night = { quiet_hours: { from: '21:00', to: '08:00' } }
    expect(toIso(turn(night) as Instant)).toBe('2026-12-01T23:00:00.000Z')
    expect(toIso(turn({ ...night, late: 'tomorrow' }) as Instant)).toBe('2026-12-02T01:00:00.000Z')
  })

  it('of a number alone is by its likely zone for a time, and by all of its country for quiet hours', () => {
    const began = when('2026-12-01T00:00:00Z')
    const brazil = { contact: null, listed: null, id: '5511987654321' }
    const turns = turnsOf(at10('2026-12-01'), began, null)
    expect(toIso(turns.of(brazil, began) as Instant)).toBe('2026-12-01T13:00:00.000Z')
    expect(toIso(turnsOf(at10('2026-12-01'), began, 'America/Manaus').of(brazil, began) as Instant)).toBe(
      '2026-12-01T14:00:00.000Z',
    )
    // At nine in Sao Paulo it is seven in Acre.
    const night = turnsOf({ quiet_hours: { from: '21:00', to: '08:00' } }, began, null)
    expect(toIso(night.of(brazil, when('2026-12-01T12:00:00Z')) as Instant)).toBe('2026-12-01T13:00:00.000Z')
  })

  it('of nobody of whom anything is known is by the zone of the hours, else of the account, else UTC', () => {
    const nobody = { contact: null, listed: 'somewhere', id: '88161234567' }
    const at = when('2026-12-01T03:00:00Z')
    const of = (zone: string | undefined, account: string | null) =>
      toIso(
        turnsOf({ quiet_hours: { from: '21:00', to: '08:00', ...(zone ? { zone } : {}) } }, at, account).of(
          nobody,
          at,
        ) as Instant,
      )
    expect(of('Asia/Tokyo', 'America/Sao_Paulo')).toBe(toIso(at))
    expect(of(undefined, 'America/Sao_Paulo')).toBe('2026-12-01T11:00:00.000Z')
    expect(of(undefined, null)).toBe('2026-12-01T08:00:00.000Z')
  })

  it('of those in one group is the same, and a gate says it minute by minute', () => {
    const began = when('2026-12-01T00:00:00Z')
    const turns = turnsOf(at10('2026-12-01', { quiet_hours: { from: '21:00', to: '11:30' } }), began, null)
    const [lisbon, tokyo] = [somebody('Europe/Lisbon'), somebody('Asia/Tokyo')]
    expect(turns.groupOf(lisbon)).toBe(turns.groupOf({ ...lisbon, id: '5511' }))
    expect(turns.groupOf(lisbon)).not.toBe(turns.groupOf(tokyo))
    const gate = turns.gateOf(tokyo)
    for (let minute = 0; minute < 3 * 1_440; minute += 13) {
      const at = plus(began, minute * MINUTE_MS)
      expect(gate(at)).toBe(turns.of(tokyo, at))
    }
  })
})

describe('the begin of a campaign', () => {
  it('is its instant, that of its zone, or where it is that time first', () => {
    expect(beginsAt({})).toBe(null)
    expect(beginsAt({ send_at: '2026-12-01T10:00:00.000Z' })).toBe('2026-12-01T10:00:00.000Z')
    const local = '2026-12-01T10:00'
    expect(beginsAt({ send_at: { local, time_zone: 'America/Sao_Paulo' } })).toBe('2026-12-01T13:00:00.000Z')
    expect(beginsAt({ send_at: { local, time_zone: 'recipient' } })).toBe('2026-11-30T20:00:00.000Z')
    expect(hasTurns({ send_at: { local, time_zone: 'America/Sao_Paulo' } })).toBe(false)
  })

  it('is not by itself any more once it was missed by so much', () => {
    const begins = { send_at: '2026-12-01T10:00:00.000Z' }
    expect(beginBy(begins)).toBe('2026-12-01T16:00:00.000Z')
    expect(beginBy({ ...begins, start_within: '1d' })).toBe('2026-12-02T10:00:00.000Z')
  })
})
