import { useFormatter } from 'use-intl'
import { isOnlyDay } from './durations.ts'
import { serverNow } from './server-clock.ts'
import { useTicking } from './ticker.ts'
import { dayKey, offsetName, useZone } from './zones.ts'

/** An instant in the zone of the page: the time of today, the weekday of what was lately or is tomorrow, else the date. Exactly, with its zone, on hover. */
export function When({ at, full = false }: { at: string | null | undefined; full?: boolean }) {
  const words = useWhen()
  if (!at) return <>–</>
  return (
    <time dateTime={at} title={words.exact(at)}>
      {full ? words.full(at) : words.short(at)}
    </time>
  )
}

export function useWhen() {
  const format = useFormatter()
  const zone = useZone()
  // Midnight and a clock that is moved turn `02:37` into `Mon 02:37` on an open page.
  const today = useTicking((now) => dayKey(new Date(now), zone))
  const time = (at: Date) => format.dateTime(at, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const day = (at: Date) => format.dateTime(at, { weekday: 'short', day: 'numeric', month: 'short' })

  return {
    short(iso: string): string {
      const at = new Date(iso)
      if (dayKey(at, zone) === today) return time(at)
      const ahead = at.getTime() - serverNow()
      if (isOnlyDay(ahead)) return `${format.dateTime(at, { weekday: 'short' })} ${time(at)}`
      // Of a day to come the weekday is what one plans by.
      return `${ahead > 0 ? day(at) : format.dateTime(at, { day: 'numeric', month: 'short' })} ${time(at)}`
    },
    time: (iso: string) => time(new Date(iso)),
    day: (iso: string) => day(new Date(iso)),
    full: (iso: string) => `${day(new Date(iso))} ${time(new Date(iso))}`,
    exact(iso: string): string {
      const at = new Date(iso)
      const local = format.dateTime(at, { dateStyle: 'full', timeStyle: 'medium', hourCycle: 'h23' })
      return `${local} (${offsetName(zone, at.getTime())})\n${iso}`
    },
    dayKey: (iso: string) => dayKey(new Date(iso), zone),
    /** The clock of somebody elsewhere. */
    clockIn: (timeZone: string, at: number) =>
      format.dateTime(new Date(at), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone }),
  }
}
