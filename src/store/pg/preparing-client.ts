import type { EventEmitter } from 'node:events'
import pg from 'pg'
import { withoutName } from './unnaming-client.ts'

/*
 * A statement without a name is parsed and planned every time. Of an inbound message, which asks some thirty small ones, that is half of all
 * that it costs (docs/benchmarks.md). So what comes again is given a name, and planned once per connection.
 *
 * For pools whose statements go by an index whatever their values are (`HOT_PATH_SETTINGS`): a plan that is kept knows no values.
 */

/** A text that comes again is worth a plan. Those that are made anew each time, of lists as long as what they are about, are not. */
const NAMED_AT = 3
/** Plans of a connection; each takes some ten kilobytes of the server's memory. */
const MAX_NAMES = 250
/** Texts whose coming is counted. */
const MAX_COUNTED = 1_000

export interface StatementNames {
  /** Undefined: it goes without. */
  nameOf(text: string): string | undefined
}

/** Of one process: what one connection calls a statement, all do. */
export function statementNames(): StatementNames {
  const names = new Map<string, string>()
  const counts = new Map<string, number>()
  return {
    nameOf(text) {
      const known = names.get(text)
      if (known !== undefined || names.size >= MAX_NAMES) return known
      const count = (counts.get(text) ?? 0) + 1
      if (count < NAMED_AT) {
        if (counts.size >= MAX_COUNTED) counts.clear()
        counts.set(text, count)
        return undefined
      }
      counts.delete(text)
      const name = `again_${names.size}`
      names.set(text, name)
      return name
    },
  }
}

/** Where PostgreSQL finds that a plan it keeps answers with other columns than when it was made. Unlike its words, this is in no language. */
const STALE_PLAN_ROUTINE = 'RevalidateCachedQuery'

/** A table has other columns by now, and the connection a plan that tells all of them. */
export function isStalePlan(error: unknown): boolean {
  return (error as { routine?: unknown }).routine === STALE_PLAN_ROUTINE
}

/**
 * Keeps the plans of statements that have a name. One that a migration made stale fails whenever it comes, as long as the connection lives; so
 * after the first such failure this one keeps none any more.
 */
export class NamingClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config)
    let isStale = false
    const { connection } = this as unknown as { connection: EventEmitter }
    connection.on('errorMessage', (error) => {
      if (isStalePlan(error)) isStale = true
    })
    const send = this.query.bind(this) as (...args: unknown[]) => unknown
    const query = (statement: unknown, values: unknown, ...rest: unknown[]) => {
      if (isStale) return send(withoutName(statement), values, ...rest)
      const name = this.nameOf(statement, values)
      return name === undefined ? send(statement, values, ...rest) : send({ name, text: statement, values }, ...rest)
    }
    this.query = query as typeof this.query
  }

  /** Of a statement that comes without one. */
  protected nameOf(_statement: unknown, _values: unknown): string | undefined {
    return undefined
  }
}

const shared = statementNames()

export class PreparingClient extends NamingClient {
  protected override nameOf(statement: unknown, values: unknown): string | undefined {
    return typeof statement === 'string' && Array.isArray(values) ? shared.nameOf(statement) : undefined
  }
}
