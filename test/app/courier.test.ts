import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, it } from 'vitest'
import { createCourier } from '../../src/app/courier.ts'
import { recorder } from '../support/signals.ts'

/* Many endpoints, of many owners, may be at one host: there are services that take webhooks for everybody. */

const arrived = recorder<string>()
const server = createServer((request, response) => {
  request.resume()
  if (request.url === '/well') response.end()
  else arrived.record(request.url ?? '')
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

it('keeps no endpoint waiting for another of the same host that does not answer', async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const courier = createCourier(['127.0.0.1'])
  const deliver = (path: string) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
    return courier.deliver({ url, kind: 'meta', secret: 'a-secret-of-an-endpoint' }, { id: '1', body: '{}' })
  }
  // As many as a process delivers at once.
  const hanging = Array.from({ length: 64 }, () => deliver('/hangs'))
  for (let count = 0; count < hanging.length; count += 1) await arrived.next()
  expect(await deliver('/well')).toMatchObject({ status: 200 })
  await courier.close()
  for (const one of await Promise.all(hanging)) expect(one).toMatchObject({ status: null })
})
