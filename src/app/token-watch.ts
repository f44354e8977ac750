import { randomUUID } from 'node:crypto'
import type { PhoneNumberId } from '../domain/ids.ts'
import type { Reason } from '../domain/intent.ts'
import { startStopwatch } from '../domain/stopwatch.ts'
import type { Instant } from '../domain/time.ts'
import type { SenderStore } from '../store/accounts/senders.ts'
import { ofSender, type TokenVault } from '../store/accounts/token-vault.ts'
import {
  beat,
  forgetLostProcesses,
  leave,
  readLinkedTokens,
  readSealedTokens,
  readTokenNews,
} from '../store/accounts/worker-processes.ts'
import { DUE_CHANNEL } from '../store/intents/enqueue.ts'
import type { Postgres } from '../store/pg/postgres.ts'
import { startLoop } from '../worker/loop.ts'
import type { Metrics } from './metrics.ts'
import { PROCESS_CLOCKS } from './process-clocks.ts'

export interface TokenWatchDeps {
  postgres: Postgres
  senders: Pick<SenderStore, 'restrict' | 'resumeFrom'>
  vault: TokenVault
  metrics: Pick<Metrics, 'unreadableTokens'>
  /** Null: this process sends nothing, and only knows what it could not open. */
  worker: { tryLead(): Promise<boolean> } | null
  /** How often a worker says that it lives; milliseconds. One that was silent for three of these is gone. */
  beatMs: number
  log: Record<'info' | 'warn', (details: object, message: string) => void>
  onError(error: Error): void
}

export interface TokenWatch {
  /**
   * Whether this process may consume the number's lane. One it has not looked at yet may be tried; and of one that stands still anybody
   * may put aside what is in its lane.
   */
  mayConsume(sender: PhoneNumberId): boolean
  /** A dispatch has met a token that cannot be opened. */
  lockedOut(sender: PhoneNumberId): void
  /** Called for a number whose token this process cannot open any more. */
  onLockedOut(hear: (sender: PhoneNumberId) => void): void
  /** Looks, and beats, now. */
  look(): void
  /** One sentence, or null where this process can open some linked token or none is linked. */
  unready(): string | null
  stop(): Promise<void>
}

interface Known {
  version: Instant
  /** How the sealed token begins: other after it was sealed anew, which moves no version. */
  head: string
  opens: boolean
  /** It has the key, and could not open it all the same. */
  damaged: boolean
  standsStill: boolean
}

export const TOKEN_BEAT_MS = 5_000
/** Beats of silence after which a worker is gone, and beats for which a number must have been unreadable before it is restricted. */
const SILENT_BEATS = 3
const PATIENT_BEATS = 2

/** How long after its last beat a worker counts as alive; milliseconds. */
export function aliveMs(beatMs: number): number {
  return SILENT_BEATS * beatMs
}

const UNREADABLE: Reason = {
  code: 'token_unreadable',
  text: 'No running worker can open its access token: give the workers the key that sealed it (CASEMENT_SECRET), or set the token again.',
}

/**
 * Keeps apart who can open which token. A process whose secret does not fit leaves the lanes of those numbers to others, instead of taking
 * their messages and failing at each. A number that no live worker can open is restricted by whoever leads, so that its messages wait; it
 * comes back by a new token, or by a worker that can open it. Looked at by level and not by event: secrets change with processes.
 */
export async function startTokenWatch(deps: TokenWatchDeps): Promise<TokenWatch> {
  const { vault, metrics, worker, beatMs, log } = deps
  const { db, signals } = deps.postgres
  const id = randomUUID()
  const hearers: ((sender: PhoneNumberId) => void)[] = []
  const tokens = new Map<PhoneNumberId, Known>()
  const unreadableFor = new Map<PhoneNumberId, () => number>()

  async function look(): Promise<void> {
    const linked = await readLinkedTokens(db)
    const ours = new Set(vault.keyIds)
    const isNew = ({ sender, version, head }: (typeof linked)[number]) => {
      const known = tokens.get(sender)
      return known?.version !== version || known.head !== head
    }
    const changed = linked.filter((one) => isNew(one) && one.keyId !== null && ours.has(one.keyId))
    const sealed = await readSealedTokens(
      db,
      changed.map(({ sender }) => sender),
    )
    const gone = new Set(tokens.keys())
    for (const one of linked) {
      gone.delete(one.sender)
      if (!isNew(one)) continue
      const hasKey = one.keyId !== null && ours.has(one.keyId)
      const opens = hasKey && canBeOpened(vault, one.sender, sealed.get(one.sender))
      const { version, head, standsStill } = one
      tokens.set(one.sender, { version, head, opens, damaged: hasKey && !opens, standsStill })
      if (!opens && !standsStill) tellLockedOut(one.sender)
    }
    for (const sender of gone) tokens.delete(sender)
    metrics.unreadableTokens.set([...tokens.values()].filter(({ opens }) => !opens).length)
  }

  function tellLockedOut(sender: PhoneNumberId): void {
    log.warn({ sender }, 'this process cannot open the access token of the number and leaves it to others')
    for (const hear of hearers) hear(sender)
  }

  async function judge(): Promise<void> {
    const { unreadable, readable } = await readTokenNews(db, aliveMs(beatMs))
    for (const sender of [...unreadableFor.keys()]) if (!unreadable.includes(sender)) unreadableFor.delete(sender)
    for (const sender of unreadable) {
      const since = unreadableFor.get(sender) ?? startStopwatch(PROCESS_CLOCKS)
      unreadableFor.set(sender, since)
      // Whoever starts a moment later, or beats by a clock that was just moved, has its time to be heard.
      if (since() < PATIENT_BEATS * beatMs) continue
      if (await deps.senders.restrict(sender, UNREADABLE, true)) log.warn({ sender }, 'no worker can open the token')
    }
    for (const sender of readable) {
      if (!(await deps.senders.resumeFrom(sender, 'token_unreadable'))) continue
      log.info({ sender }, 'a worker can open the token of the number again')
      // What was due while the number stood still may leave.
      signals.send(DUE_CHANNEL)
    }
    await forgetLostProcesses(db)
  }

  async function round(): Promise<number> {
    await look()
    if (worker) {
      const damaged = [...tokens].filter(([, token]) => token.damaged).map(([sender]) => sender)
      await beat(db, { id, keyIds: vault.keyIds, damaged })
      if (await worker.tryLead()) await judge()
      else unreadableFor.clear()
    }
    return beatMs
  }

  await look()
  const loop = startLoop(round, deps.onError)
  return {
    mayConsume(sender) {
      const known = tokens.get(sender)
      return known === undefined || known.opens || known.standsStill
    },
    lockedOut(sender) {
      // Of no version: it is looked at anew, so that it is known whether the key or the token is at fault.
      tokens.set(sender, { version: 0 as Instant, head: '', opens: false, damaged: false, standsStill: false })
      for (const hear of hearers) hear(sender)
      loop.wake()
    },
    onLockedOut: (hear) => void hearers.push(hear),
    look: loop.wake,
    unready() {
      const known = [...tokens.values()]
      if (known.length === 0 || known.some(({ opens }) => opens)) return null
      return 'none of the linked access tokens can be opened with the keys of CASEMENT_SECRET'
    },
    async stop() {
      await loop.stop()
      if (worker) await leave(db, id)
    },
  }
}

function canBeOpened(vault: TokenVault, sender: PhoneNumberId, sealed: string | undefined): boolean {
  if (sealed === undefined) return true
  try {
    vault.open(sealed, ofSender(sender))
    return true
  } catch {
    return false
  }
}
