import pg from 'pg'

/**
 * For a pool behind a pooler in transaction mode. A named statement is prepared in the session of this transaction; the next one misses it
 * in another session, or finds one of that name that somebody else prepared. Some poolers follow names from session to session (PgBouncer
 * since 1.21, when it is told to), many do not.
 */
export class UnnamingClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config)
    const send = this.query.bind(this) as (...args: unknown[]) => unknown
    const query = (statement: unknown, ...rest: unknown[]) => send(withoutName(statement), ...rest)
    this.query = query as typeof this.query
  }
}

/** The statement, to be planned for this once. */
export function withoutName(statement: unknown): unknown {
  const named = typeof statement === 'object' && statement !== null && 'name' in statement && 'text' in statement
  return named ? { ...statement, name: undefined } : statement
}
