import type pg from 'pg'

/*
 * Notifications of our own, outside of what they tell of. PostgreSQL puts a commit with a NOTIFY in it behind a lock of the whole server
 * until its WAL is on disk, so that commits no longer share a flush: measured, eight clients made a third of the commits per second.
 * So nothing that is written in volume notifies. After the commit the process does, at most so often however much it wrote, in a
 * transaction that waits for no disk. What is lost by it (a crash between the two, a database that is away) costs the time until whoever
 * listens looks by itself.
 */

export interface Signals {
  /** Tells every listener of the channel, now or within the pause. What is said again meanwhile is said once. Never throws. */
  send(channel: string, payload?: string): void
  /** What is still to be said is said, if the database answers. */
  close(): Promise<void>
}

/** Between two notifications of a channel; milliseconds. A person notices a tenth of a second. */
const PAUSE_MS = 50

interface Channel {
  /** Not said yet. */
  payloads: Set<string>
  /** The pause after the last time. */
  timer: NodeJS.Timeout | null
}

/** Committed without waiting: what it leads to is looked for anyway. */
const NOTIFY = `
  select set_config('synchronous_commit', 'off', true), pg_notify(said.channel, said.payload)
  from unnest($1::text[], $2::text[]) as said (channel, payload)`

/** One connection of the pool at a time, and none while nothing is said. */
export function createSignals(pool: Pick<pg.Pool, 'query'>, pauseMs = PAUSE_MS): Signals {
  const channels = new Map<string, Channel>()
  let flight: Promise<void> | null = null
  let closed = false

  function channelOf(name: string): Channel {
    const known = channels.get(name) ?? { payloads: new Set<string>(), timer: null }
    channels.set(name, known)
    return known
  }

  /** Everything whose pause is over, in one statement; what comes while it is on its way follows it. */
  function flush(): void {
    if (flight) return
    const names: string[] = []
    const payloads: string[] = []
    for (const [name, channel] of channels) {
      if (channel.payloads.size === 0 || (channel.timer !== null && !closed)) continue
      for (const payload of channel.payloads) {
        names.push(name)
        payloads.push(payload)
      }
      channel.payloads.clear()
      channel.timer = pause(channel)
    }
    if (names.length === 0) return
    flight = pool
      .query(NOTIFY, [names, payloads])
      .then(
        () => {},
        () => {},
      )
      .then(() => {
        flight = null
        flush()
      })
  }

  function pause(channel: Channel): NodeJS.Timeout | null {
    if (closed) return null
    return setTimeout(() => {
      channel.timer = null
      flush()
    }, pauseMs)
  }

  return {
    send(name, payload = '') {
      if (closed) return
      channelOf(name).payloads.add(payload)
      flush()
    },
    async close() {
      closed = true
      for (const channel of channels.values()) if (channel.timer) clearTimeout(channel.timer)
      do {
        await flight
        flush()
      } while (flight)
    },
  }
}
