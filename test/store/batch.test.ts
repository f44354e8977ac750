import { describe, expect, it } from 'vitest'
import { coalesce } from '../../src/store/pg/batch.ts'
import { recorder } from '../support/signals.ts'

/** A `run` that the test answers by hand, batch by batch. */
function byHand() {
  const flights = recorder<{ items: number[]; answer(answers: string[]): void; fail(error: Error): void }>()
  const run = (items: number[]) =>
    new Promise<string[]>((resolve, reject) => flights.record({ items, answer: resolve, fail: reject }))
  return { run, next: () => flights.next(), flights }
}

const options = { maxItems: 100, maxFlights: 1, isPassing: () => false }
const answersOf = (items: number[]) => items.map((item) => `answer ${item}`)

describe('coalesce', () => {
  it('sends a lone call at once', async () => {
    const { run, next } = byHand()
    const answer = coalesce({ ...options, run })(7)
    const flight = await next()
    expect(flight.items).toEqual([7])
    flight.answer(['seven'])
    expect(await answer).toBe('seven')
  })

  it('gathers the calls of one moment', async () => {
    const { run, next } = byHand()
    const call = coalesce({ ...options, run })
    const answers = Promise.all([1, 2, 3].map(call))
    const flight = await next()
    expect(flight.items).toEqual([1, 2, 3])
    flight.answer(answersOf(flight.items))
    expect(await answers).toEqual(['answer 1', 'answer 2', 'answer 3'])
  })

  it('gathers what comes while a batch is on its way', async () => {
    const { run, next } = byHand()
    const call = coalesce({ ...options, run })
    const first = call(1)
    const flight = await next()
    const later = Promise.all([call(2), call(3)])
    flight.answer(['answer 1'])
    await first
    const second = await next()
    expect(second.items).toEqual([2, 3])
    second.answer(answersOf(second.items))
    await later
  })

  it('puts no more into a batch than it may hold', async () => {
    const seen: number[][] = []
    const call = coalesce({
      ...options,
      maxItems: 2,
      run: async (items: number[]) => {
        seen.push(items)
        return answersOf(items)
      },
    })
    expect(await Promise.all([1, 2, 3, 4, 5].map(call))).toEqual(answersOf([1, 2, 3, 4, 5]))
    expect(seen).toEqual([[1, 2], [3, 4], [5]])
  })

  it('has no more batches on their way than allowed', async () => {
    const { run, next, flights } = byHand()
    const call = coalesce({ ...options, maxItems: 1, maxFlights: 2, run })
    const answers = Promise.all([1, 2, 3].map(call))
    const first = await next()
    const second = await next()
    expect(flights.all).toHaveLength(2)
    second.answer(['answer 2'])
    const third = await next()
    expect(third.items).toEqual([3])
    first.answer(['answer 1'])
    third.answer(['answer 3'])
    expect(await answers).toEqual(answersOf([1, 2, 3]))
  })

  it('lets a poison item fail alone', async () => {
    const poison = new Error('cannot be stored')
    const run = async (items: number[]) => {
      if (items.includes(2)) throw poison
      return answersOf(items)
    }
    const results = await Promise.allSettled([1, 2, 3].map(coalesce({ ...options, run })))
    expect(results).toEqual([
      { status: 'fulfilled', value: 'answer 1' },
      { status: 'rejected', reason: poison },
      { status: 'fulfilled', value: 'answer 3' },
    ])
  })

  it('tells all callers, once, when the database is away', async () => {
    let runs = 0
    const away = new Error('away')
    const run = async () => {
      runs += 1
      throw away
    }
    const call = coalesce<number, string>({ ...options, run, isPassing: (error) => error === away })
    const results = await Promise.allSettled([1, 2, 3].map(call))
    expect(results).toEqual([1, 2, 3].map(() => ({ status: 'rejected', reason: away })))
    expect(runs).toBe(1)
  })

  it('goes on after a batch that failed', async () => {
    let runs = 0
    const run = async (items: number[]) => {
      runs += 1
      if (runs === 1) throw new Error('away')
      return answersOf(items)
    }
    const call = coalesce({ ...options, run, isPassing: () => true })
    await expect(call(1)).rejects.toThrow('away')
    expect(await call(2)).toBe('answer 2')
  })

  it('refuses a batch that answers less than it was asked', async () => {
    const call = coalesce({ ...options, isPassing: () => true, run: async (_: number[]) => ['only one'] })
    await expect(Promise.all([call(1), call(2)])).rejects.toThrow('expected 2 answers of a batch, got 1')
  })
})
