/**
 * Coalesces single calls into set-based ones. The jobs in flight each ask for one row; while a batch is on its way to Postgres, the
 * calls that arrive form the next one, so a lone call waits for nothing and two hundred cost one round trip.
 *
 * Measured on the development machine: claim, attempt and result row by row carry a third of the messages of the coalesced form
 * (docs/benchmarks.md).
 *
 * When a batch fails because of what is in it, its items run one by one, so that a poison row fails alone and stops nobody. When it
 * failed because the database is away, one by one would only be slower: every caller gets the error.
 */
export interface BatchOptions<In, Out> {
  /** Answers in the order of the items. */
  run(items: In[]): Promise<Out[]>
  /** Most items in one statement. */
  maxItems: number
  /** Most batches on their way at once. */
  maxFlights: number
  /** Is this error about the database and not about an item? */
  isPassing(error: unknown): boolean
}

interface Call<In, Out> {
  item: In
  resolve(value: Out): void
  reject(error: unknown): void
}

export function coalesce<In, Out>(options: BatchOptions<In, Out>): (item: In) => Promise<Out> {
  let waiting: Call<In, Out>[] = []
  let flights = 0
  let scheduled = false

  return (item) =>
    new Promise<Out>((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      schedule()
    })

  /** One turn of the event loop gathers the calls that answers of the same moment cause. */
  function schedule(): void {
    if (scheduled || flights >= options.maxFlights) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      while (waiting.length > 0 && flights < options.maxFlights) void fly()
    })
  }

  async function fly(): Promise<void> {
    const calls = waiting.slice(0, options.maxItems)
    waiting = waiting.slice(options.maxItems)
    flights += 1
    try {
      await settle(calls)
    } finally {
      flights -= 1
      if (waiting.length > 0) schedule()
    }
  }

  async function settle(calls: Call<In, Out>[]): Promise<void> {
    try {
      const answers = await options.run(calls.map((call) => call.item))
      if (answers.length !== calls.length)
        throw new Error(`expected ${calls.length} answers of a batch, got ${answers.length}`)
      calls.forEach((call, index) => {
        call.resolve(answers[index] as Out)
      })
    } catch (error) {
      const alone = calls.length === 1
      if (alone || options.isPassing(error)) for (const call of calls) call.reject(error)
      else for (const call of calls) await settle([call])
    }
  }
}
