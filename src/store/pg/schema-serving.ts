import type { ColumnType } from 'kysely'
import type { Instant } from '../../domain/time.ts'

/* The tables by which workers share numbers; small, and rewritten all the time. */

export interface TurnsTable {
  phone_number_id: string
  priority: number
  conversation_id: string
  intent_id: string
}

export interface NumberPaceTable {
  phone_number_id: string
  /** When its next message is due to leave. */
  next_at: ColumnType<Instant, Date | undefined, Date>
  paused_until: ColumnType<Instant | null, Date | null | undefined, Date | null>
}

export interface DesksTable {
  id: string
  at: ColumnType<Instant, Date, Date>
  serves: string[]
  behind: string[]
}
