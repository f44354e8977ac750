import { type RawBuilder, sql } from 'kysely'
import type { WorkspaceId } from '../../domain/ids.ts'
import type { Budget } from '../../domain/money/budget.ts'
import type { Instant } from '../../domain/time.ts'
import type { WordsByLanguage } from '../../domain/words.ts'
import type { Db } from '../pg/postgres.ts'

export interface WorkspaceRead {
  id: WorkspaceId
  name: string
  /** Null: the words that are known of every language. */
  stop_words: WordsByLanguage | null
  start_words: WordsByLanguage | null
  stop_buttons: string[]
  stop_reply: Record<string, string> | null
  require_totp: boolean
  on_category_change: 'go_on' | 'hold'
  budget: Budget | null
  created_at: Instant
}

/** Undefined keeps a value, null forgets it. */
export interface WorkspacePatch {
  name?: string | undefined
  stop_words?: WordsByLanguage | null | undefined
  start_words?: WordsByLanguage | null | undefined
  stop_buttons?: string[] | null | undefined
  stop_reply?: Record<string, string> | null | undefined
  require_totp?: boolean | undefined
  on_category_change?: 'go_on' | 'hold' | undefined
  budget?: Budget | null | undefined
}

const columns = sql`id, name, stop_words, start_words, stop_buttons, stop_reply, require_totp, on_category_change, budget, created_at`

/** Null when there is one of this id. */
export async function createWorkspace(db: Db, id: string, name: string): Promise<WorkspaceRead | null> {
  const { rows } = await sql<WorkspaceRead>`
    insert into workspaces (id, name) values (${id}, ${name}) on conflict (id) do nothing returning ${columns}`.execute(
    db,
  )
  return rows[0] ?? null
}

/** The oldest first. */
export async function listWorkspaces(db: Db): Promise<WorkspaceRead[]> {
  const { rows } = await sql<WorkspaceRead>`select ${columns} from workspaces order by created_at, id`.execute(db)
  return rows
}

export async function readWorkspace(db: Db, id: string): Promise<WorkspaceRead | null> {
  const { rows } = await sql<WorkspaceRead>`select ${columns} from workspaces where id = ${id}`.execute(db)
  return rows[0] ?? null
}

/** Null when there is none. */
export async function updateWorkspace(db: Db, id: WorkspaceId, patch: WorkspacePatch): Promise<WorkspaceRead | null> {
  const { rows } = await sql<WorkspaceRead>`
    update workspaces set
      name = coalesce(${patch.name ?? null}, name),
      stop_words = ${changed('stop_words', patch.stop_words)},
      start_words = ${changed('start_words', patch.start_words)},
      stop_buttons = ${patch.stop_buttons === null ? sql`default` : changed('stop_buttons', patch.stop_buttons)},
      stop_reply = ${changed('stop_reply', patch.stop_reply)},
      budget = ${changed('budget', patch.budget)},
      require_totp = coalesce(${patch.require_totp ?? null}::boolean, require_totp),
      on_category_change = coalesce(${patch.on_category_change ?? null}::text, on_category_change)
    where id = ${id} returning ${columns}`.execute(db)
  // Who waits for one of them is found by asking whether they still have to.
  if (patch.on_category_change === 'go_on') {
    await sql`
      update templates set category_held_at = null
      where category_held_at is not null and waba_id in (select w.id from wabas w where w.workspace = ${id})`.execute(
      db,
    )
  }
  return rows[0] ?? null
}

function changed(column: string, value: unknown): RawBuilder<unknown> {
  if (value === undefined) return sql.ref(column) as unknown as RawBuilder<unknown>
  return sql`${value === null ? null : JSON.stringify(value)}::jsonb`
}
