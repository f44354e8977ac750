import type { FastifyInstance } from 'fastify'
import type { HttpServerOptions } from '../http/server.ts'
import { closeServer } from './close-server.ts'
import { namingPort, type Place } from './ports.ts'
import type { ResolvedConfig } from './settings.ts'

export interface Doors {
  /** Of the API; null where this process does not serve it. */
  url: string | null
  /** Of the way in for webhooks alone; null where there is none of its own. */
  webhookUrl: string | null
}

/**
 * Opens what the process listens on: the API, and beside it the port for the internet; or of a worker its health and metrics. Only what is
 * opened is loaded: the routes of the API and their schemas are half of all that there is to load.
 *
 * @param onOpen how to close each of them again, as soon as it is there
 */
export async function openDoors(
  config: ResolvedConfig,
  isApi: boolean,
  options: Pick<HttpServerOptions, 'services' | 'logger' | 'version' | 'sandboxUrl' | 'queuesPlugin' | 'consoleFolder'>,
  onOpen: (close: () => Promise<void>) => void,
): Promise<Doors> {
  const { host, port, webhookPort, workerPort, trustProxy, metricsKey, docs, publicUrl } = config
  const { services, logger } = options

  function open(door: FastifyInstance, place: Omit<Place, 'host'>): Promise<string> {
    onOpen(() => closeServer(door))
    return namingPort({ host, ...place }, door.listen({ host, port: place.port }))
  }

  if (!isApi) {
    if (workerPort !== null) {
      const { createOperationsServer } = await import('../http/operations-server.ts')
      await open(await createOperationsServer({ services, logger, metricsKey }), {
        port: workerPort,
        setting: 'WORKER_PORT',
      })
    }
    return { url: null, webhookUrl: null }
  }
  const { createHttpServer } = await import('../http/server.ts')
  const url = await open(await createHttpServer({ ...options, trustProxy, metricsKey, docs, publicUrl }), {
    port,
    setting: 'PORT',
  })
  if (webhookPort === null) return { url, webhookUrl: null }
  const { createWebhookServer } = await import('../http/webhook-server.ts')
  const door = await createWebhookServer({ services, logger, trustProxy })
  return { url, webhookUrl: await open(door, { port: webhookPort, setting: 'WEBHOOK_PORT' }) }
}
