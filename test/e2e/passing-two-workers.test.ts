import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningApp, startApp } from '../../src/app.ts'
import { type Harness, quietLogger, resolvedConfig, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { recorder } from '../support/signals.ts'

/* Two workers, and two endpoints at one host, of which one takes its time: nobody gets anything twice or early, and nobody waits for it. */

interface Asked {
  path: string
  body: string
}

describe('two workers with a slow endpoint', () => {
  let casement: Harness
  let second: RunningApp
  const asked = recorder<Asked>()
  const waiting = new Set<ServerResponse>()
  let most = 0
  let isSlow = true
  const host = createServer(async (request, response) => {
    const one = { path: request.url ?? '', body: await text(request) }
    if (one.path === '/slow') {
      waiting.add(response)
      response.on('close', () => waiting.delete(response))
      most = Math.max(most, waiting.size)
    }
    if (one.path === '/well' || !isSlow) response.end()
    asked.record(one)
  })

  beforeAll(async () => {
    let env: Record<string, string> = {}
    const reach = async (given: Record<string, string>) => {
      env = given
      return given
    }
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
    casement = await startHarness(lanesOnPostgres, { reach, env: { OUTBOUND_HOSTS: '127.0.0.1' } })
    const { PORT, ...rest } = env
    second = await startApp({
      config: resolvedConfig(rest),
      roles: ['worker'],
      logger: quietLogger(),
      version: 'test',
    })
    for (const path of ['/slow', '/well']) {
      const url = `http://127.0.0.1:${(host.address() as AddressInfo).port}${path}`
      const endpoint = { url, kind: 'meta', events: ['messages'] }
      expect((await casement.api('POST', '/v1/webhook-endpoints', endpoint)).status).toBe(201)
    }
  })
  afterAll(async () => {
    host.closeAllConnections()
    await second.stop()
    await casement.close()
    host.close()
  })

  const of = (path: string) => asked.all.filter((one) => one.path === path)
  const said = ({ body }: Asked) => [...body.matchAll(/"body":"(\d+)"/g)].map(([, word]) => word as string)

  it('keeps the order of both, and lets the other wait for nothing', async () => {
    const customer = casement.stranger()
    const words = Array.from({ length: 12 }, (_, index) => String(index))
    for (const word of words) await casement.writes(customer, undefined, word)
    await asked.next((one) => one.path === '/well' && said(one).includes('11'))
    expect(of('/well').flatMap(said)).toEqual(words)
    // Whether it is still the first time or one after ten seconds: nothing overtakes.
    expect(new Set(of('/slow').flatMap(said))).toEqual(new Set(['0']))

    isSlow = false
    for (const response of waiting) response.end()
    await asked.next((one) => one.path === '/slow' && said(one).includes('11'))
    expect([...new Set(of('/slow').flatMap(said))]).toEqual(words)
    expect(most).toBe(1)
  })
})
