import { describe, expect, it } from 'vitest'
import { runCli, startFakeApi } from './support.ts'

const BUDGET = { amount: '500', currency: 'USD', warn_at: 0.8, hold: ['marketing'] }

const fakeApi = (budget: object | null) =>
  startFakeApi(({ path }) => ({ body: path === '/v1/me' ? { workspace: 'shrub' } : { budget } }))

describe('budget', () => {
  it('show and set speak of the workspace of the key', async () => {
    const { url, calls } = await fakeApi(BUDGET)
    const shown = await runCli(['budget', 'show', '--url', url])
    expect(shown).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^budget +500 USD a month\nwarns at +80 %\n/),
    })
    await runCli(['budget', 'set', '500', 'USD', '--url', url])
    expect(calls.filter(({ path }) => path !== '/v1/me')).toMatchObject([
      { method: 'GET', path: '/v1/workspaces/shrub' },
      { method: 'PATCH', path: '/v1/workspaces/shrub', body: { budget: { amount: '500', currency: 'USD' } } },
    ])
  })

  it('set and remove speak of a number where one is named', async () => {
    const { url, calls } = await fakeApi(null)
    const more = ['--sender', '106', '--warn-at', '0.9', '--hold', 'marketing, service']
    await runCli(['budget', 'set', '100.00', 'EUR', ...more, '--url', url])
    const removed = await runCli(['budget', 'remove', '--sender', '106', '--url', url])
    expect(removed.stdout).toBe('there is no budget')
    expect(calls).toMatchObject([
      {
        method: 'PATCH',
        path: '/v1/senders/106',
        body: { budget: { amount: '100.00', currency: 'EUR', warn_at: 0.9, hold: ['marketing', 'service'] } },
      },
      { method: 'PATCH', path: '/v1/senders/106', body: { budget: null } },
    ])
  })

  it('set wants a share for the warning', async () => {
    for (const share of ['0', '80', '-1', 'much', '']) {
      const refused = await runCli(['budget', 'set', '1', 'USD', '--warn-at', share])
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('expected --warn-at to be a share') })
    }
  })
})

describe('the price', () => {
  const PRICE = { amount: '0.006800', currency: 'USD', category: 'utility', market: 'Brazil', free_because: null }

  it('is shown before and after', async () => {
    const { url } = await startFakeApi(({ method }) => ({
      status: method === 'POST' ? 202 : 200,
      body: {
        ...{ id: 'i', state: 'scheduled', sender: '1', to: { wa_id: '55' }, when_closed: 'hold', priority: 'reply' },
        forecast: { at: null, kind: 'send', reason: null, price: PRICE },
        cost: {
          ...{ category: 'utility', type: 'free_entry_point', billable: false, expected: PRICE },
          actual: { ...PRICE, amount: '0.000000', free_because: 'free_entry_point' },
        },
      },
    }))
    const sent = await runCli(['send', '1', '+5511987654321', 'Hello', '--url', url])
    expect(sent.stdout).toMatch(/price +0\.006800 USD, utility in Brazil$/m)
    const shown = await runCli(['intent', 'show', 'i', '--url', url])
    expect(shown.stdout).toMatch(
      /expected +0\.006800 USD, utility in Brazil\nactual +0\.000000 USD, utility in Brazil \(free entry point\)/,
    )
  })
})
