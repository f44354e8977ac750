import { randomUUID } from 'node:crypto'
import type { Topic } from '../domain/news.ts'
import {
  beginReading,
  endReading,
  keepReading,
  NEWS_CHANNEL,
  type News,
  READER_BEAT_MS,
  readNews,
} from '../store/outbox/outbox.ts'
import { type Listener, openListener } from '../store/pg/listener.ts'
import type { Postgres } from '../store/pg/postgres.ts'
import { startLoop } from '../worker/loop.ts'

export interface HearingOptions {
  postgres: Postgres
  /** Past the pooler, where there is one: what listens is tied to its session. */
  directUrl: string
  workspace: string
  topics: readonly Topic[]
  hear(news: News): void
}

export interface Hearing {
  /**
   * Resolves once whatever begins from now on will be heard, or when the first try to get there failed: whoever does something next waits
   * for it, and meets the database's trouble themselves.
   */
  registered: Promise<void>
  /** Resolves once everything that happens from now on will be heard; tries until it can. */
  begun: Promise<void>
  close(): Promise<void>
}

const NEWS_AT_ONCE = 1_000
/** A notification is a hint; one that was lost costs this long. */
const LOOK_EVERY_MS = 1_000

/** Hears a workspace's news from now on, over lost connections: what was missed meanwhile is read when they are back. */
export function startHearing({ postgres, directUrl, workspace, topics, hear }: HearingOptions): Hearing {
  const reader = randomUUID()
  let last: string | null = null
  let saidAtMs = Number.NEGATIVE_INFINITY
  let listener: Listener | null = null
  let closed = false
  const { promise: begun, resolve } = Promise.withResolvers<void>()
  const { promise: registered, resolve: register } = Promise.withResolvers<void>()

  const loop = startLoop(
    async () => {
      if (last === null) {
        last = await beginReading(postgres, reader, topics, register)
        saidAtMs = performance.now()
        resolve()
      }
      if (performance.now() - saidAtMs >= READER_BEAT_MS) {
        await keepReading(postgres, reader, topics)
        saidAtMs = performance.now()
      }
      if (listener === null && !closed) {
        listener = await openListener({ url: directUrl, channels: [NEWS_CHANNEL], onError: () => {} })
        listener.on(NEWS_CHANNEL, () => loop.wake())
      }
      const news = await readNews(postgres, workspace, topics, last, NEWS_AT_ONCE)
      for (const one of news) {
        last = one.id
        hear(one)
      }
      return news.length === NEWS_AT_ONCE ? 0 : LOOK_EVERY_MS
    },
    // The database is away: what happened meanwhile is kept, and read later.
    () => register(),
  )

  return {
    begun,
    registered,
    async close() {
      closed = true
      await loop.stop()
      await listener?.close()
      await endReading(postgres, reader).catch(() => {})
    },
  }
}
