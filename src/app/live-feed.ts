import { randomUUID } from 'node:crypto'
import { isInPurview } from '../domain/access.ts'
import type { WorkspaceId } from '../domain/ids.ts'
import type { LiveChange, LiveType } from '../domain/live.ts'
import { TOPICS } from '../domain/news.ts'
import { instant, toIso } from '../domain/time.ts'
import type { Caller, LiveStream } from '../http/services.ts'
import { areKeysIn, areSessionsIn } from '../store/access/still-in.ts'
import { endOfNews, readNewsOf } from '../store/outbox/live.ts'
import { beginReading, endReading, keepReading, NEWS_CHANNEL, READER_BEAT_MS } from '../store/outbox/outbox.ts'
import { databaseNow } from '../store/pg/clock.ts'
import type { Listener } from '../store/pg/listener.ts'
import { CLOCK_CHANNEL } from '../store/pg/move-clock.ts'
import type { Postgres } from '../store/pg/postgres.ts'
import { type Answer, done, refused } from '../usecases/answer.ts'
import { startLoop } from '../worker/loop.ts'
import { createLiveCampaigns } from './live-campaigns.ts'
import { changesBy } from './live-data.ts'

/*
 * What happens, told to everybody who looks, as it happens. One reader of the news per process, however many look, and none while nobody
 * does. Who begins to look hears `hello` once whatever happens from then on will be told, so what they load after it and what they are told
 * leave no gap. Nothing is replayed: where something was missed, or is too much, they are told to read again what they show.
 */

export interface LiveFeed {
  /** Answers once the stream has said hello. The stream is told until it is left. */
  join(caller: Caller, types: ReadonlySet<LiveType> | null, stream: LiveStream): Promise<Answer<() => void>>
  close(): Promise<void>
}

export interface LiveFeedOptions {
  postgres: Postgres
  listener: Listener
  windowMarginMs: number
  /** Shown in `hello`. */
  version: string
  onError(error: Error): void
  /** Streams at once; default: 1,000. The last tenth is for workspaces that have less than a tenth, so that nobody takes all. */
  most?: number
}

interface Looking {
  caller: Caller
  types: ReadonlySet<LiveType> | null
  stream: LiveStream
  /** Until when it is told nothing, since it has been told to read everything: milliseconds of the process's clock. */
  restsUntil: number
}

export const MOST_STREAMS = 1_000
const NEWS_AT_ONCE = 2_000
const LOOK_EVERY_MS = 1_000
/** Between two looks: of what happens to one object within it only the end is told. */
const PAUSE_MS = 100
const PING_EVERY_MS = 15_000
const CHECK_EVERY_MS = 2_000
/** Nobody looks: a page that is loaded again comes back within that time. */
const LINGER_MS = 10_000
/** Where more happens than can be shown, everything is read again so often. */
const REST_MS = 3_000
/** The news is kept for ten minutes; a process that slept for longer than this has read too late, by whichever of its clocks. */
const GAP_MS = 60_000

export function createLiveFeed(options: LiveFeedOptions): LiveFeed {
  const { postgres, listener, windowMarginMs, version, onError, most = MOST_STREAMS } = options
  const { db, pool } = postgres
  const reader = randomUUID()
  const looking = new Set<Looking>()
  const campaigns = createLiveCampaigns(db)
  /** Of whom; not yet among those who look. */
  const joining: WorkspaceId[] = []
  let last: string | null = null
  let beginning = Promise.withResolvers<void>()
  let leftAt = 0
  let beatAt = 0
  let lookedAt = { monotonic: 0, wall: 0 }
  let closed = false
  beginning.promise.catch(() => {})

  const loop = startLoop(step, (error) => {
    onError(error)
    beginning.reject(error)
    beginning = Promise.withResolvers()
    beginning.promise.catch(() => {})
  })
  const pings = setInterval(() => {
    for (const one of looking) one.stream.ping()
  }, PING_EVERY_MS)
  const checks = startLoop(async () => {
    await endThoseWhoAreOut()
    return CHECK_EVERY_MS
  }, onError)
  pings.unref()
  listener.on(NEWS_CHANNEL, () => {
    if (looking.size > 0) loop.wake()
  })
  listener.on(CLOCK_CHANNEL, () => {
    if (looking.size > 0) void greetAll()
  })

  async function step(): Promise<number> {
    if (looking.size === 0 && joining.length === 0) return rest()
    if (last === null) {
      last = await beginReading(postgres, reader, TOPICS)
      beatAt = performance.now()
      note()
      beginning.resolve()
    }
    if (performance.now() - beatAt >= READER_BEAT_MS) {
      await keepReading(postgres, reader, TOPICS)
      beatAt = performance.now()
    }
    const isLate = performance.now() - lookedAt.monotonic > GAP_MS || Date.now() - lookedAt.wall > GAP_MS
    const began = performance.now()
    const more = isLate ? await readAgain() : await tellNews()
    note()
    // A wake does not shorten it.
    const pause = PAUSE_MS - (performance.now() - began)
    if (pause > 0 && looking.size > 0) await new Promise((resolve) => setTimeout(resolve, pause).unref())
    return more ? 0 : Math.min(LOOK_EVERY_MS, campaigns.dueInMs())
  }

  function note(): void {
    lookedAt = { monotonic: performance.now(), wall: Date.now() }
  }

  /** Nobody looks: soon nothing is written for us any more. */
  async function rest(): Promise<number> {
    if (last === null) return LOOK_EVERY_MS * 60
    const left = LINGER_MS - (performance.now() - leftAt)
    if (left > 0) return left
    last = null
    beginning = Promise.withResolvers()
    beginning.promise.catch(() => {})
    await endReading(postgres, reader)
    return 0
  }

  async function readAgain(): Promise<boolean> {
    last = await endOfNews(db)
    for (const one of looking) tellToReadAgain(one)
    return false
  }

  async function tellNews(): Promise<boolean> {
    const workspaces = [...new Set([...looking].map(({ caller }) => caller.workspace))]
    const { news, last: end, more } = await readNewsOf(db, workspaces, TOPICS, last as string, NEWS_AT_ONCE)
    for (const [workspace, mine] of Map.groupBy(news, (one) => one.workspace)) {
      const changes = await changesBy(db, workspace, mine, windowMarginMs)
      for (const one of [...looking].filter(({ caller }) => caller.workspace === workspace)) {
        if (changes === null) tellToReadAgain(one)
      }
      for (const change of changes ?? []) tellAll(workspace, change)
      // People are no longer two: whatever shows the former of them is read again.
      if (mine.some(({ kind }) => kind === 'contact.merged')) {
        for (const one of looking) if (one.caller.workspace === workspace) tellToReadAgain(one)
      }
    }
    last = end
    campaigns.note(news)
    const takers = [...looking].filter(({ types }) => types?.has('campaign') ?? true)
    const workspacesOfTakers = [...new Set(takers.map(({ caller }) => caller.workspace))]
    for (const change of await campaigns.changes(workspacesOfTakers)) tellAll(change.workspace, change)
    return more
  }

  function tellAll(workspace: WorkspaceId, { type, id, event, at, data, senders }: LiveChange): void {
    let text: string | null = null
    for (const { caller, types, stream } of looking) {
      if (caller.workspace !== workspace || (types !== null && !types.has(type))) continue
      const isSeen = (sender: string) => isInPurview(caller, sender)
      if (!(type === 'campaign' ? senders.every(isSeen) : senders.some(isSeen))) continue
      text ??= JSON.stringify({ type, at, event, id, data })
      stream.send(type, text)
    }
  }

  function tellToReadAgain(one: Looking): void {
    if (performance.now() < one.restsUntil) {
      again.add(one)
      return
    }
    one.restsUntil = performance.now() + REST_MS
    again.delete(one)
    one.stream.resync()
  }

  /** Those who have to read again once they have rested. */
  const again = new Set<Looking>()
  const resting = setInterval(() => {
    for (const one of again) tellToReadAgain(one)
  }, REST_MS / 3)
  resting.unref()

  async function greetAll(): Promise<void> {
    try {
      const text = await greeting()
      for (const one of looking) one.stream.send('hello', text)
    } catch (error) {
      onError(error as Error)
    }
  }

  async function greeting(): Promise<string> {
    return JSON.stringify({ server: version, now: toIso(await databaseNow(db)) })
  }

  /** Signed out, revoked, over, or with another role by now. Keys of the process's own environment end with it. */
  async function endThoseWhoAreOut(): Promise<void> {
    const people = [...looking].filter(({ caller }) => caller.signedIn !== undefined)
    const keys = [...looking].filter(
      ({ caller }) => caller.signedIn === undefined && /^\d+$/.test(caller.actor.id ?? ''),
    )
    const sessions = people.map(({ caller: { signedIn, workspace } }) => ({
      session: signedIn?.session.id as string,
      workspace,
      role: signedIn?.membership.role as 'viewer',
    }))
    const now = instant(Date.now())
    const [peopleIn, keysIn] = await Promise.all([
      areSessionsIn(db, sessions, now),
      areKeysIn(
        db,
        keys.map(({ caller }) => caller.actor.id as string),
      ),
    ])
    for (const one of people.filter((_, i) => peopleIn[i] === false)) leave(one, true)
    for (const one of keys.filter((_, i) => keysIn[i] === false)) leave(one, true)
  }

  function streamsOf(workspace: WorkspaceId): number {
    const theirs = [...looking].map(({ caller }) => caller.workspace).concat(joining)
    return theirs.filter((one) => one === workspace).length
  }

  function leave(one: Looking, isOut: boolean): void {
    if (!looking.delete(one)) return
    again.delete(one)
    leftAt = performance.now()
    if (isOut) one.stream.end()
    if (looking.size === 0) loop.wake()
  }

  return {
    async join(caller, types, stream) {
      if (closed || looking.size + joining.length >= most) return tooMany(`${most} streams of one process`)
      const kept = Math.floor(most / 10)
      if (looking.size + joining.length >= most - kept && streamsOf(caller.workspace) >= kept) {
        return tooMany(`${most - kept} streams of one process, or fewer than ${kept} of one workspace`)
      }
      joining.push(caller.workspace)
      try {
        loop.wake()
        if (last === null) await beginning.promise
        const hello = await greeting()
        const one: Looking = { caller, types, stream, restsUntil: 0 }
        looking.add(one)
        stream.send('hello', hello)
        loop.wake()
        return done(() => leave(one, false))
      } finally {
        joining.splice(joining.indexOf(caller.workspace), 1)
      }
    },
    async close() {
      closed = true
      clearInterval(pings)
      clearInterval(resting)
      for (const one of [...looking]) leave(one, true)
      await checks.stop()
      await loop.stop()
      if (last !== null) await endReading({ pool }, reader).catch(() => {})
    },
  }
}

function tooMany(what: string): Answer<never> {
  const message = `expected fewer than ${what}; close some, or try again`
  return refused({ status: 503, code: 'too_many_streams', message })
}
