import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API_KEY, type Harness, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { text } from './fixtures.ts'

interface Heard {
  event: string
  data: { event?: string; data?: Record<string, unknown> | null }
}

describe('a page that shows conversations', () => {
  let casement: Harness

  beforeAll(async () => {
    casement = await startHarness(lanesOnPostgres)
  })
  afterAll(() => casement.close())

  /** As a browser reads it. */
  async function look(query = '', key = API_KEY) {
    const gone = new AbortController()
    const answer = await fetch(`${casement.url}/v1/events${query}`, {
      headers: { authorization: `Bearer ${key}` },
      signal: gone.signal,
    })
    const heard: Heard[] = []
    let changed = Promise.withResolvers<void>()
    const note = () => {
      changed.resolve()
      changed = Promise.withResolvers()
    }
    let ended = false
    const reading = (async () => {
      let rest = ''
      for await (const chunk of answer.body ?? []) {
        rest += Buffer.from(chunk).toString('utf8')
        const blocks = rest.split('\n\n')
        rest = blocks.pop() ?? ''
        for (const block of blocks) {
          const event = /^event: (.*)$/m.exec(block)?.[1]
          const data = /^data: (.*)$/m.exec(block)?.[1]
          if (event && data) heard.push({ event, data: JSON.parse(data) })
        }
        note()
      }
    })()
      .catch(() => {})
      .finally(() => {
        ended = true
        note()
      })
    async function until(isThere: () => boolean): Promise<void> {
      while (!isThere()) await changed.promise
    }
    const of = (event: string) => heard.filter((one) => one.event === event)
    return {
      status: answer.status,
      heard,
      of,
      until,
      ended: () => ended,
      async leave() {
        gone.abort()
        await reading
      },
    }
  }

  it('hears each thing that a customer writes, and what becomes of the answer', async () => {
    const { until, of, leave } = await look()
    await until(() => of('hello').length > 0)
    const customer = casement.stranger()
    for (let i = 0; i < 10; i++) {
      const before = of('message').length
      casement.sandbox.customers.say(customer, { text: `Hi ${i}` })
      await until(() => of('message').length > before)
    }
    expect(of('message').at(-1)?.data.data).toMatchObject({
      direction: 'inbound',
      text: 'Hi 9',
      sender: casement.sender,
    })
    const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hello') })
    await until(() => of('intent').some(({ data }) => data.event === 'intent.sent' && data.data?.id === id))
    await until(() => of('message').some(({ data }) => data.event === 'message.delivered' && data.data?.intent === id))
    await leave()
  })

  it('hears no more once its key is revoked', async () => {
    const made = await casement.api<{ id: string; key: string }>('POST', '/v1/api-keys', {
      name: 'page',
      scopes: ['read'],
    })
    const { until, of, ended } = await look('?types=sender', made.body.key)
    await until(() => of('hello').length > 0)
    await casement.api('DELETE', `/v1/api-keys/${made.body.id}`)
    await until(ended)
    expect((await look('', made.body.key)).status).toBe(401)
  })

  it('is one of nine hundred, who hear the same, and of a thousand there is room for other workspaces', async () => {
    const pages: Awaited<ReturnType<typeof look>>[] = []
    for (let i = 0; i < 9; i++)
      pages.push(...(await Promise.all(Array.from({ length: 100 }, () => look('?types=message')))))
    expect(pages.filter(({ status }) => status !== 200)).toEqual([])
    expect((await look()).status).toBe(503)
    casement.sandbox.customers.say(casement.stranger(), { text: 'Is anybody there?' })
    for (const { until, of } of pages) await until(() => of('message').length > 0)
    await Promise.all(pages.map(({ leave }) => leave()))
    await expect.poll(async () => (await look()).status, { timeout: 30_000 }).toBe(200)
  })
})
