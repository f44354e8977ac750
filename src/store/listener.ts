import pg from 'pg'

/*
 * One connection per process that listens, and that holds the relay's lead while this process has it. Both are tied to the session, so it
 * must be a direct connection where everything else may go through a pooler. A notification is only a hint: whoever waits for one also
 * looks by timer, so a lost one costs time and nothing else.
 */

/** Advisory lock of the relay's lead; the number is arbitrary and only has to be ours. */
const LEAD_LOCK = 4_711_012_026

export interface Listener {
  /** Called on every notification of the channel, and after every reconnect, when something may have been missed. */
  on(channel: string, hear: (payload: string) => void): void
  /** Takes the lead if nobody has it. True while this process has it. */
  tryLead(): Promise<boolean>
  close(): Promise<void>
}

export interface ListenerOptions {
  url: string
  channels: readonly string[]
  onError(error: Error): void
}

/** The connection is mostly silent, so only a question tells whether somebody is still there. */
const ASK_EVERY_MS = 10_000
const ANSWER_WITHIN_MS = 5_000
const FIRST_RETRY_MS = 200
const LONGEST_RETRY_MS = 5_000

export async function openListener({ url, channels, onError }: ListenerOptions): Promise<Listener> {
  const hearers = new Map<string, ((payload: string) => void)[]>()
  let client: pg.Client | null = null
  let leads = false
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
    // A leader whose machine vanished must lose the lead in seconds, not after the two hours of the system's default.
    await next.query('set tcp_keepalives_idle = 3; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 2')
    for (const channel of channels) await next.query(`listen ${channel}`)
    // Closed while it was connecting: nobody else knows of this client.
    if (closed) return next.end()
    client = next
    retryMs = FIRST_RETRY_MS
    for (const channel of channels) hear(channel, '')
  }

  function hear(channel: string, payload: string): void {
    for (const hearer of hearers.get(channel) ?? []) hearer(payload)
  }

  function lost(which: pg.Client, error: Error | null): void {
    if (error) onError(error)
    if (which !== client && client !== null) return
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

  const asking = setInterval(() => {
    const asked = client
    asked?.query('select 1').catch((error: Error) => lost(asked, error))
  }, ASK_EVERY_MS)
  asking.unref()

  await connect()

  return {
    on(channel, hearer) {
      hearers.set(channel, [...(hearers.get(channel) ?? []), hearer])
    },
    async tryLead() {
      if (leads || client === null) return leads
      const asked = client
      const { rows } = await asked.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [LEAD_LOCK])
      leads = asked === client && rows[0]?.got === true
      return leads
    },
    async close() {
      closed = true
      clearInterval(asking)
      if (retryTimer) clearTimeout(retryTimer)
      await client?.end()
    },
  }
}
