import { createStore, useStore } from '../api/store.ts'

/* The zone that every time on the page is shown in: that of the browser unless another was chosen, which is remembered. */

const KEY = 'casement-zone'

export const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone

export const zoneStore = createStore(rememberedZone() ?? browserZone)

function rememberedZone(): string | null {
  const zone = typeof localStorage === 'undefined' ? null : localStorage.getItem(KEY)
  return zone !== null && isZone(zone) ? zone : null
}

export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

export function chooseZone(zone: string): void {
  localStorage.setItem(KEY, zone)
  zoneStore.set(zone)
}

export function useZone(): string {
  return useStore(zoneStore)
}

/** `UTC-03:00` as it is now, in the short form that people know: `UTC−3`. */
export function offsetName(zone: string, at: number): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(at)
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
  return name.replace('GMT', 'UTC').replace('-', '−')
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Such as `2026-11-30`. */
export function dayKey(at: Date, timeZone: string): string {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' })
  formats.set(timeZone, format) // making one takes far longer than using it, and each time on the page asks every second
  return format.format(at)
}

/**
 * What a clock on a wall in `timeZone` shows, as an instant. An hour that is not there in spring is taken as the one after it; of one that
 * is there twice in autumn, the first.
 *
 * @param local such as `2026-11-30T17:30`, which is what a field for date and time has
 * @returns ISO 8601, in UTC
 */
export function instantIn(timeZone: string, local: string): string {
  const wall = Date.parse(`${local}Z`)
  const offsets = [wall - DAY_MS, wall + DAY_MS].map((at) => offsetAt(timeZone, at))
  const instants = offsets.map((offset) => wall - offset)
  const fitting = instants.filter((at) => at + offsetAt(timeZone, at) === wall)
  return new Date(Math.min(...(fitting.length > 0 ? fitting : [Math.max(...instants)]))).toISOString()
}

/** The inverse: what a clock on a wall there shows, to the minute, as a field for date and time has it. */
export function wallIn(timeZone: string, iso: string): string {
  const at = Date.parse(iso)
  return new Date(at + offsetAt(timeZone, at)).toISOString().slice(0, 16)
}

const DAY_MS = 24 * 3_600_000

/** Milliseconds that a zone is ahead of UTC. */
function offsetAt(timeZone: string, at: number): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(at)
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign, hours = '0', minutes = '0'] = /([+-])(\d\d):(\d\d)/.exec(name) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}

/** `America/Sao_Paulo` → `Sao Paulo`. */
export function cityOf(zone: string): string {
  return (zone.split('/').at(-1) as string).replaceAll('_', ' ')
}
