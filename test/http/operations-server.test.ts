import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { createOperationsServer } from '../../src/http/operations-server.ts'
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
