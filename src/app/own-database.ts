import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from '../embedded/postgres.ts'

export interface OwnDatabase {
  readonly url: string
  /** Resolves when the server ended and could not be brought back. */
  readonly lost: Promise<Error>
  stop(): Promise<void>
}

/** A server that keeps ending has a trouble that starting it again does not cure. */
const MOST_RESTARTS = 5

/** An embedded PostgreSQL that is started again, on the same port, when it ends by itself: everybody reconnects. */
export async function startOwnDatabase(options: EmbeddedPostgresOptions): Promise<OwnDatabase> {
  const { log } = options
  const { promise: lost, resolve: giveUp } = Promise.withResolvers<Error>()
  let server = await startEmbeddedPostgres(options)
  const { url, port } = server
  let restarting: Promise<void> = Promise.resolve()
  let stopping = false
  let restarts = 0

  async function bringBack(cause: Error): Promise<void> {
    if (stopping) return
    restarts += 1
    if (restarts > MOST_RESTARTS) return giveUp(cause)
    log.error({ err: cause, restarts }, 'the embedded PostgreSQL ended; starting it again')
    try {
      server = await startEmbeddedPostgres({ ...options, port })
    } catch (error) {
      return giveUp(new Error('the embedded PostgreSQL ended and does not start again', { cause: error }))
    }
    if (server.port !== port) return giveUp(new Error(`port ${port} of the embedded PostgreSQL was taken meanwhile`))
    watch(server)
  }

  function watch(running: EmbeddedPostgres): void {
    void running.crashed.then((cause) => {
      restarting = bringBack(cause)
    })
  }

  watch(server)
  return {
    url,
    lost,
    async stop() {
      stopping = true
      await restarting
      await server.stop()
    },
  }
}
