import { describe, expect, it } from 'vitest'
import { judgeBeginning, judgeNews, judgePayloads } from './listeners.ts'
import type { StoredIntent } from './verdict.ts'

/* What the oracle of those who listen finds. */

const stored = (id: string, payload: string, receivedAt: number) => ({ id, payload, receivedAt })
const came = (...bodies: string[]) => bodies.map((body) => ({ id: null, body }))

describe('webhooks', () => {
  const inbox = [stored('1', 'a', 0), stored('2', 'b', 10_000), stored('3', 'a', 15_000), stored('4', 'c', 20_000)]

  it('may come again, at any time', () => {
    expect(judgePayloads(inbox, came('a', 'b', 'a', 'c', 'b'))).toEqual({ untold: [], disordered: [] })
  })

  it('have to come', () => {
    expect(judgePayloads(inbox, came('a', 'c'))).toEqual({ untold: ['webhook 2'], disordered: [] })
  })

  it('have to come first in the order in which they were stored', () => {
    expect(judgePayloads(inbox, came('b', 'a', 'c'))).toEqual({ untold: [], disordered: ['webhook 2 before 1'] })
    const together = [stored('1', 'a', 0), stored('2', 'b', 1_000)]
    expect(judgePayloads(together, came('b', 'a'))).toEqual({ untold: [], disordered: [] })
  })
})

it('may be told some of it, but nothing may be left out', () => {
  const inbox = [stored('1', 'a', 0), stored('2', 'b', 10_000), stored('3', 'c', 20_000), stored('4', 'a', 30_000)]
  const good = { untold: [], disordered: [] }
  expect(judgeBeginning(inbox, [])).toEqual(good)
  expect(judgeBeginning(inbox, came('a', 'b', 'b'))).toEqual(good)
  expect(judgeBeginning(inbox, came('a', 'c'))).toEqual({ untold: ['webhook 2'], disordered: [] })
})

describe('news', () => {
  const intent = (id: string, state: string) => ({ id, state }) as StoredIntent
  const event = (id: number, type: string, of: string) => ({
    id: `evt_${id}`,
    body: JSON.stringify({ type: `intent.${type}`, data: { id: of } }),
  })

  it('tells how each intent ended, in its order', () => {
    const told = [event(1, 'scheduled', 'i'), event(3, 'sent', 'i'), event(1, 'scheduled', 'i'), event(2, 'held', 'j')]
    expect(judgeNews([intent('i', 'sent')], told)).toEqual({ untold: [], disordered: [] })
    expect(judgeNews([intent('i', 'sent'), intent('j', 'failed')], told).untold).toEqual(['intent j failed'])
    const turned = [event(3, 'sent', 'i'), event(1, 'scheduled', 'i')]
    expect(judgeNews([intent('i', 'sent')], turned).disordered).toEqual(['intent i: 3 intent.sent, 1 intent.scheduled'])
  })
})
