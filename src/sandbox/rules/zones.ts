/*
 * Some of Meta's numbers for time zones, enough to play accounts on both sides of the world. Source: Meta, marketing-api/reference/ad-account
 * /timezone-ids (read 2026-11).
 */
const ZONES: Readonly<Record<string, string>> = {
  '1': 'America/Los_Angeles',
  '7': 'America/New_York',
  '8': 'Asia/Dubai',
  '15': 'Australia/Sydney',
  '25': 'America/Sao_Paulo',
  '42': 'Asia/Shanghai',
  '47': 'Europe/Berlin',
}

/** What an account has unless it is told otherwise. */
export const USUAL_ZONE = '1'

/** The day at an instant, such as `2026-10-01`, in the zone of that number. Of a zone that is not known here: in UTC. */
export function dayIn(at: number, timezoneId: string = USUAL_ZONE): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: ZONES[timezoneId] ?? 'UTC',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(at)
  const of = (type: string) => parts.find((part) => part.type === type)?.value
  return `${of('year')}-${of('month')}-${of('day')}`
}
