import { fanOutEvents, forgetOldNews, NEWS_CHANNEL } from '../store/outbox/outbox.ts'
import { passEvents } from '../store/passing/fan-out.ts'
import type { Listener } from '../store/pg/listener.ts'
import type { Postgres } from '../store/pg/postgres.ts'
import { type Loop, startLoop } from '../worker/loop.ts'
import { PASSING_CHANNEL } from './passing-on.ts'

export interface FanOutDeps {
  postgres: Postgres
  listener: Listener
  onError(error: Error): void
}

const EVENTS_AT_ONCE = 2_000
/** A person who watches notices a fifth of a second; an empty look is one probe of an empty table. */
const LOOK_EVERY_MS = 200
const STANDBY_WAIT_MS = 2_000
const TIDY_EVERY_MS = 60_000

/** Whoever leads empties the outbox and tells who asked. */
export function startFanOut({ postgres, listener, onError }: FanOutDeps): Loop {
  let tidiedAtMs = 0
  return startLoop(async () => {
    if (!(await listener.tryLead())) return STANDBY_WAIT_MS
    const { taken, heard, passed } = await fanOutEvents(postgres.pool, EVENTS_AT_ONCE, passEvents)
    if (taken > 0 && heard) postgres.signals.send(NEWS_CHANNEL)
    if (passed > 0) postgres.signals.send(PASSING_CHANNEL)
    if (performance.now() - tidiedAtMs > TIDY_EVERY_MS) {
      await forgetOldNews(postgres.pool)
      tidiedAtMs = performance.now()
    }
    return taken === EVENTS_AT_ONCE ? 0 : LOOK_EVERY_MS
  }, onError)
}
