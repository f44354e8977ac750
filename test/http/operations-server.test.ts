import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { createOperationsServer } from '../../src/http/operations-server.ts'
import { createHttpServer } from '../../src/http/server.ts'
import { createWebhookServer } from '../../src/http/webhook-server.ts'
import { createLogger } from '../../src/log.ts'
import { fakeServices } from './fake-services.ts'

it('a process without an API answers /healthz, /readyz and /metrics', async () => {
  const server = await createOperationsServer({
    services: fakeServices().services,
    logger: createLogger({ level: 'silent' }),
  })
  try {
    await server.listen({ host: '127.0.0.1', port: 0 })
    const { port } = server.server.address() as AddressInfo
    const statusOf = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status
    expect(await Promise.all(['/healthz', '/readyz', '/metrics'].map(statusOf))).toEqual([200, 200, 200])
  } finally {
    await server.close()
  }
})

it('holds no connection for ever, on any port', async () => {
  const options = { services: fakeServices().services, logger: createLogger({ level: 'silent' }) }
  for (const create of [createHttpServer, createWebhookServer, createOperationsServer]) {
    const app = await create(options)
    const { timeout, requestTimeout, headersTimeout, keepAliveTimeout, maxConnections } = app.server
    await app.close()
    // `timeout`: nothing moves, in either direction. Zero would be without end.
    for (const limit of [timeout, requestTimeout, headersTimeout, keepAliveTimeout]) {
      expect(limit, create.name).toBeGreaterThan(0)
      expect(limit, create.name).toBeLessThanOrEqual(330_000)
    }
    expect(maxConnections, create.name).toBeGreaterThan(0)
  }
})

it('answers in the shape of the API what it does not do, and lets nobody guess the key of the metrics', async () => {
  const server = await createOperationsServer({
    services: fakeServices().services,
    logger: createLogger({ level: 'silent' }),
    metricsKey: 'only-for-metrics',
  })
  try {
    const ask = async (url: string, key: string, method: 'GET' | 'POST' = 'GET') => {
      const answer = await server.inject({ method, url, headers: { authorization: `Bearer ${key}` } })
      return [answer.statusCode, answer.statusCode === 200 ? '' : answer.json().error.code]
    }
    expect(await ask('/v1/me', 'x')).toEqual([404, 'not_found'])
    expect(await ask('/metrics', 'x', 'POST')).toEqual([404, 'not_found'])
    for (let n = 0; n < 20; n++) expect(await ask('/metrics', `wrong-${n}`)).toEqual([401, 'unauthorized'])
    expect(await ask('/metrics', 'wrong-again')).toEqual([429, 'rate_limited'])
    expect(await ask('/metrics', 'only-for-metrics')).toEqual([200, ''])
  } finally {
    await server.close()
  }
})
