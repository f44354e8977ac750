import { expect, it } from 'vitest'
import { runCli, startFakeApi } from './support.ts'

const ID = '0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a12'
const ENDPOINT = { id: ID, url: 'https://shop.example/hooks', kind: 'events', state: 'active', secret: 'whsec_once' }
const DELIVERY = { id: '7', state: 'failed', type: 'intent.sent', numbers: ['1055'], attempts: [{ status: 500 }] }

async function asked(args: string[], body: unknown) {
  const api = await startFakeApi(() => ({ body }))
  const run = await runCli(['endpoint', ...args, '--url', api.url, '--key', 'k'])
  return { ...run, calls: api.calls.map(({ method, path, body: sent }) => [method, path, sent]) }
}

it('adds an endpoint with what it is to hear of, and shows the secret', async () => {
  const args = ['add', ENDPOINT.url, '--kind', 'events', '--events', 'intent.*, message.read', '--senders', '1055']
  const { code, stdout, calls } = await asked(args, ENDPOINT)
  const sent = { url: ENDPOINT.url, kind: 'events', events: ['intent.*', 'message.read'], senders: ['1055'] }
  expect(calls).toEqual([['POST', '/v1/webhook-endpoints', sent]])
  expect({ code, secret: stdout.includes('whsec_once') }).toEqual({ code: 0, secret: true })
})

it('fails where a test is not delivered, and says why', async () => {
  const { code, stdout } = await asked(['test', ID], { delivered: false, status: null, ms: 3, error: 'ECONNREFUSED' })
  expect({ code, stdout }).toEqual({ code: 1, stdout: 'not delivered: ECONNREFUSED, 3 ms' })
})

it('lists deliveries, with how often they were tried', async () => {
  const { stdout, calls } = await asked(['deliveries', ID, '--state', 'failed'], {
    data: [DELIVERY],
    next_cursor: null,
  })
  expect(calls).toEqual([['GET', `/v1/webhook-endpoints/${ID}/deliveries?state=failed`, undefined]])
  expect(stdout).toMatch(/7\s+failed\s+intent\.sent\s+1055\s+.*1\s+500/)
})

it.each([
  [['--delivery', '7'], `/v1/webhook-endpoints/${ID}/deliveries/7/replay`, DELIVERY],
  [
    ['--from', '2026-11-22T09:00:00Z', '--to', '2026-11-22T10:00:00Z'],
    `/v1/webhook-endpoints/${ID}/replay`,
    { job: 'j' },
  ],
] as const)('replays %j', async (args, path, body) => {
  const { code, calls } = await asked(['replay', ID, ...args], body)
  expect({ code, path: calls[0]?.[1] }).toEqual({ code: 0, path })
})

it.each([[[]], [['--from', '2026-11-22T09:00:00Z']], [['--delivery', '7', '--to', '2026-11-22T09:00:00Z']]])(
  'refuses a replay of %j',
  async (args) => {
    const { code, stderr, calls } = await asked(['replay', ID, ...args], {})
    expect({ code, calls }).toEqual({ code: 2, calls: [] })
    expect(stderr).toContain('expected either --delivery, or --from and --to')
  },
)

it.each([
  ['test', ID, [], 'POST'],
  ['pause', ID, [], 'POST'],
  ['resume', ID, [], 'POST'],
  ['remove', ID, [], 'DELETE'],
  ['deliveries', ID, [], 'GET'],
  ['replay', ID, ['--delivery', '7'], 'POST'],
  ['skip', ID, ['7'], 'POST'],
])('%s is of the one with this URL', async (command, id, more, method) => {
  const other = { ...ENDPOINT, id: id.replace('a12', 'a13'), url: 'https://shop.example/other' }
  const data = [ENDPOINT, other].map((one) => ({ ...DELIVERY, ...one }))
  const { code, calls } = await asked([command, ENDPOINT.url, ...more], {
    ...data[0],
    delivered: true,
    ms: 3,
    status: 200,
    data,
  })
  expect(code).toBe(0)
  expect(calls.map(([how, path]) => [how, path])).toEqual([
    ['GET', '/v1/webhook-endpoints'],
    [method, expect.stringContaining(`/v1/webhook-endpoints/${id}`)],
  ])
  const none = await asked([command, 'https://shop.example/none', ...more], { data: [ENDPOINT, other] })
  expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('casement endpoint list') })
  expect(none.calls).toHaveLength(1)
})
