import pg from 'pg'
import { type Clocks, startStopwatch } from '../../domain/stopwatch.ts'
import type { Queryable } from './postgres.ts'

/*
 * One connection per process that listens, and that holds the relay's lead while this process has it. Both are tied to the session, so it
 * must be a direct connection where everything else may go through a pooler. A notification is only a hint: whoever waits for one also
 * looks by timer, so a lost one costs time and nothing else.
 *
 * The lead is an advisory lock with a lease: the server itself ends a session that has asked for the lead and then says nothing. A process
 * that was killed loses the lock with its connection, at once. One that is frozen, or cut off, keeps a connection that looks sound for
 * minutes or for ever, and loses it with the lease. No table and no clock is involved that could disagree.
 */

/** Advisory lock of the relay's lead; the number is arbitrary and only has to be ours. */
const LEAD_LOCK = 4_711_012_026

export interface Listener {
  /** Called on every notification of the channel, and after every reconnect, when something may have been missed. */
  on(channel: string, hear: (payload: string) => void): void
  /**
   * Takes the lead if nobody has it. True while this process has it, and never after it could have passed to another. Whoever cannot be asked
   * gives none.
   */
  tryLead(): Promise<boolean>
  /** What `tryLead` answered last, if that still holds. */
  leads(): boolean
  close(): Promise<void>
}

export interface ListenerOptions {
  url: string
  channels: readonly string[]
  /** Of every session, before it listens; a session that it rejects is given up. */
  prepare?(session: Queryable): Promise<void>
  onError(error: Error): void
}

/** The connection is mostly silent, so only a question tells either side whether somebody is still there. */
const ASK_EVERY_MS = 1_500
const ANSWER_WITHIN_MS = 5_000
/** Silence after which the server ends the session of whoever asked for the lead: room for three questions. */
const LEASE_MS = 5_000
/** Whoever has the lock gets it again. */
const TAKE_LEAD = `select pg_try_advisory_lock(${LEAD_LOCK}) as got, set_config('idle_session_timeout', '${LEASE_MS}', false)`
const PROCESS_CLOCKS: Clocks = { monotonic: () => performance.now(), wall: () => Date.now() }
const FIRST_RETRY_MS = 200
const LONGEST_RETRY_MS = 5_000

export async function openListener({ url, channels, prepare, onError }: ListenerOptions): Promise<Listener> {
  const hearers = new Map<string, ((payload: string) => void)[]>()
  let client: pg.Client | null = null
  let leads = false
  /** Milliseconds since the lease began; by two clocks, since one of them stands still while the machine is suspended. */
  let leaseAge = () => Number.POSITIVE_INFINITY
  let answering: Promise<unknown> | null = null
  let closed = false
  let retryMs = FIRST_RETRY_MS
  let retryTimer: NodeJS.Timeout | null = null

  async function connect(): Promise<void> {
    const next = new pg.Client({
      connectionString: url,
      application_name: 'casement listener',
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
      query_timeout: ANSWER_WITHIN_MS,
    })
    next.on('error', (error) => lost(next, error))
    next.on('end', () => lost(next, null))
    next.on('notification', ({ channel, payload }) => hear(channel, payload ?? ''))
    await next.connect()
    try {
      await makeReady(next)
    } catch (error) {
      next.removeAllListeners('end') // whoever asked for this session hears of the error
      next.end().catch(() => {})
      throw error
    }
    // Closed while it was connecting: nobody else knows of this client.
    if (closed) return next.end()
    client = next
    retryMs = FIRST_RETRY_MS
    for (const channel of channels) hear(channel, '')
  }

  async function makeReady(next: pg.Client): Promise<void> {
    // A session whose client vanished ends in seconds, not after the two hours of the system's default; also while it is told something.
    await next.query(
      `set tcp_keepalives_idle = 3; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 2; set tcp_user_timeout = ${LEASE_MS}`,
    )
    await prepare?.(next)
    for (const channel of channels) await next.query(`listen ${channel}`)
  }

  function hear(channel: string, payload: string): void {
    for (const hearer of hearers.get(channel) ?? []) hearer(payload)
  }

  /** Told once of each session: whatever was asked of it fails by the same. Of one that never was ours, whoever opens it hears. */
  function lost(which: pg.Client, error: Error | null): void {
    if (which !== client) return
    if (error) onError(error)
    client = null
    leads = false
    which.end().catch(() => {})
    if (!closed) reconnectLater()
  }

  function reconnectLater(): void {
    if (retryTimer) return
    retryTimer = setTimeout(() => {
      retryTimer = null
      connect().catch((error: Error) => {
        onError(error)
        if (!closed) reconnectLater()
      })
    }, retryMs)
    retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS)
  }

  /** One question at a time. The lease begins anew when the server hears it, so counting from before never trusts too long. */
  async function ask<Row extends pg.QueryResultRow>(asked: pg.Client, question: string): Promise<Row | undefined> {
    while (answering) await answering
    const sinceAsked = startStopwatch(PROCESS_CLOCKS)
    const answer = asked.query<Row>(question)
    answering = Promise.allSettled([answer])
    try {
      const { rows } = await answer
      if (asked === client) leaseAge = sinceAsked
      return rows[0]
    } finally {
      answering = null
    }
  }

  const leadsStill = () => leads && leaseAge() < LEASE_MS

  const asking = setInterval(() => {
    const asked = client
    if (asked && !answering) ask(asked, 'select 1').catch((error: Error) => lost(asked, error))
  }, ASK_EVERY_MS)
  asking.unref()

  await connect().catch((error: Error) => {
    closed = true
    clearInterval(asking)
    throw error
  })

  return {
    on(channel, hearer) {
      hearers.set(channel, [...(hearers.get(channel) ?? []), hearer])
    },
    async tryLead() {
      const asked = client
      if (asked === null) return false
      if (leadsStill()) return true
      const answer = await ask<{ got: boolean }>(asked, TAKE_LEAD).catch((error: Error) => lost(asked, error))
      leads = asked === client && answer?.got === true
      return leads
    },
    leads: leadsStill,
    async close() {
      closed = true
      clearInterval(asking)
      if (retryTimer) clearTimeout(retryTimer)
      await client?.end()
    },
  }
}
