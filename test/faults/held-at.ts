import type { Postgres } from '../../src/store/pg/postgres.ts'
import { eventually } from '../support/signals.ts'
import { faultyPostgres } from './faulty-postgres.ts'

/**
 * Does one work, and after its `nth` statement another, which goes on until it is done or waits for a lock that the first holds. Answers whether the
 * first had so many statements.
 */
export async function heldAt(
  postgres: Postgres,
  nth: number,
  work: (postgres: Postgres) => Promise<unknown>,
  meanwhile: () => Promise<unknown>,
): Promise<boolean> {
  let statements = 0
  let other: Promise<unknown> | null = null
  const held = faultyPostgres(postgres, async (run) => {
    const answer = await run()
    statements += 1
    if (statements !== nth) return answer
    const begun = meanwhile()
    other = begun
    let isOver = false
    begun.finally(() => (isOver = true)).catch(() => {})
    await eventually(async () => isOver || (await isSomebodyBlocked(postgres)))
    return answer
  })
  await work(held)
  await other
  return other !== null
}

/** Does one work whose session ends with its `nth` statement, done or not, and does it again. Answers whether it had so many. */
export async function diesAt(
  postgres: Postgres,
  nth: number,
  isDone: boolean,
  work: (postgres: Postgres) => Promise<unknown>,
): Promise<boolean> {
  let statements = 0
  const dying = faultyPostgres(postgres, async (run) => {
    statements += 1
    if (statements !== nth) return run()
    if (isDone) await run()
    throw Object.assign(new Error('Connection terminated unexpectedly'), { code: '57P01' })
  })
  await work(dying).catch(() => {})
  if (statements >= nth) await work(postgres)
  return statements >= nth
}

async function isSomebodyBlocked({ pool }: Postgres): Promise<boolean> {
  const { rows } = await pool.query(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  )
  return rows.length > 0
}

/** A database of a process that dies with its `nth` statement, done or not: nothing that it asks for later comes there. */
export function deadFrom(
  postgres: Postgres,
  nth: number,
  isDone: boolean,
): { postgres: Postgres; wasMet: () => boolean } {
  let statements = 0
  const dying = faultyPostgres(postgres, async (run) => {
    statements += 1
    if (statements < nth) return run()
    if (statements === nth && isDone) await run()
    // No error of those after which one tries again.
    throw new Error('this process is dead')
  })
  return { postgres: dying, wasMet: () => statements >= nth }
}
