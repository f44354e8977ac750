import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { closeServer } from '../../src/app/close-server.ts'

it('answers what is under way and does not wait for its connection to be given up', async () => {
  const arrived = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const server = createServer(async (_request, response) => {
    arrived.resolve()
    await release.promise
    response.end('answered')
  })
  server.keepAliveTimeout = 10 * 60_000
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const answer = fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  await arrived.promise

  const closed = closeServer({ server, close: () => new Promise((resolve) => server.close(resolve)) })
  release.resolve()
  expect(await (await answer).text()).toBe('answered')
  await closed
})
