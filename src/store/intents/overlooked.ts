import type { TemplateReference } from '../../domain/content.ts'
import type { ConversationId, IntentId, WabaId } from '../../domain/ids.ts'
import { normaliseLanguage, templateStatusClass } from '../../domain/template.ts'
import type { Instant } from '../../domain/time.ts'
import { isWindowOpen } from '../../domain/window.ts'
import { coalesce } from '../pg/batch.ts'
import { type Db, isPassingDatabaseError, type Postgres, prepared, retryingPassing } from '../pg/postgres.ts'
import { notifyDue } from './enqueue.ts'
import { releaseByIds } from './waiting.ts'

/*
 * What was put aside in the moment its event came. A decision's facts are read without locks, so a customer's message may be applied
 * between the reading and the holding: its transaction looks for who waits and finds nobody, and the intent then waits for something that
 * has been. So the condition of every hold is looked at once more, after the hold is committed and behind the lock that such a transaction
 * keeps until its end. Whoever comes after that sees the held row.
 */

interface Held {
  intentId: IntentId
  conversationId: ConversationId
}

interface WindowRow {
  id: ConversationId
  now: Instant
  window_opened_at: Instant | null
  last_inbound_at: Instant | null
  window_refuted_at: Instant | null
}

const lockWindows = prepared<WindowRow>(
  'lock_windows',
  `select id, casement_now() as now, window_opened_at, last_inbound_at, window_refuted_at from conversations
   where id = any ($1::bigint[]) order by id for share`,
)

export function overlookedStore({ pool, db }: Pick<Postgres, 'pool' | 'db'>, windowMarginMs: number) {
  return {
    /** Lets a held intent go after all when the window of its conversation has opened meanwhile. */
    releaseIfWindowOpened: coalesce<Held, null>({
      maxItems: 500,
      maxFlights: 2,
      isPassing: isPassingDatabaseError,
      async run(held) {
        const windows = await retryingPassing(() => lockWindows(pool, [held.map((one) => one.conversationId)]))
        const opened = new Set(windows.filter((row) => isOpen(row, windowMarginMs)).map((row) => row.id))
        await release(
          db,
          held.filter((one) => opened.has(one.conversationId)).map((one) => one.intentId),
        )
        return held.map(() => null)
      },
    }),

    /** The same for a template that it waits for and that Meta has decided about meanwhile. */
    async releaseIfTemplateSettled(
      intentId: IntentId,
      wabaId: WabaId,
      { name, language }: TemplateReference,
    ): Promise<void> {
      const row = await retryingPassing(() =>
        db
          .selectFrom('templates')
          .select('status')
          .where('waba_id', '=', wabaId)
          .where('name', '=', name)
          .where('language', '=', normaliseLanguage(language))
          .forShare()
          .executeTakeFirst(),
      )
      if (row && templateStatusClass(row.status) !== 'waiting') await release(db, [intentId])
    },
  }
}

function isOpen(row: WindowRow, marginMs: number): boolean {
  const window = {
    openedAt: row.window_opened_at,
    lastInboundAt: row.last_inbound_at,
    refutedAt: row.window_refuted_at,
  }
  return isWindowOpen(window, row.now, marginMs)
}

async function release(db: Db, ids: IntentId[]): Promise<void> {
  if (ids.length === 0) return
  await retryingPassing(() => releaseByIds(db, ids))
  await notifyDue(db)
}
