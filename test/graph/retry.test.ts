import { describe, expect, it, vi } from 'vitest'
import { retryUnreachable } from '../../src/graph/retry.ts'

const UNREACHABLE = { kind: 'unreachable' } as const
const ACCEPTED = { kind: 'accepted' } as const

function answering(...answers: { kind: string }[]) {
  return vi.fn(async () => answers.shift() ?? UNREACHABLE)
}

describe('retryUnreachable', () => {
  it('calls once when the answer is an answer', async () => {
    const call = answering(ACCEPTED)
    expect(await retryUnreachable(call)).toEqual(ACCEPTED)
    expect(call).toHaveBeenCalledTimes(1)
  })

  it.each(['refused', 'throttled', 'uncertain'])('does not repeat what was %s', async (kind) => {
    const call = answering({ kind }, ACCEPTED)
    expect(await retryUnreachable(call, { baseMs: 1 })).toEqual({ kind })
    expect(call).toHaveBeenCalledTimes(1)
  })

  it('repeats what surely was not sent', async () => {
    const call = answering(UNREACHABLE, UNREACHABLE, ACCEPTED)
    expect(await retryUnreachable(call, { baseMs: 1 })).toEqual(ACCEPTED)
    expect(call).toHaveBeenCalledTimes(3)
  })

  it('stops repeating at an answer that is not unreachable', async () => {
    const call = answering(UNREACHABLE, { kind: 'uncertain' }, ACCEPTED)
    expect(await retryUnreachable(call, { baseMs: 1 })).toEqual({ kind: 'uncertain' })
    expect(call).toHaveBeenCalledTimes(2)
  })

  it('gives the last answer back after two retries', async () => {
    const call = answering()
    expect(await retryUnreachable(call, { baseMs: 1 })).toEqual(UNREACHABLE)
    expect(call).toHaveBeenCalledTimes(3)
  })

  it('can be told not to retry', async () => {
    const call = answering()
    await retryUnreachable(call, { retries: 0 })
    expect(call).toHaveBeenCalledTimes(1)
  })

  it('starts no retry once its time is over', async () => {
    const call = answering()
    await retryUnreachable(call, { baseMs: 1, totalMs: 0 })
    expect(call).toHaveBeenCalledTimes(1)
  })

  it('starts no retry of what may not leave any more, and keeps the answer', async () => {
    const call = answering()
    expect(await retryUnreachable(call, { baseMs: 1, mayRetry: () => false })).toEqual(UNREACHABLE)
    expect(call).toHaveBeenCalledTimes(1)
  })

  it('asks again before each retry', async () => {
    const call = answering()
    let asked = 0
    await retryUnreachable(call, { baseMs: 1, mayRetry: () => ++asked < 3 })
    expect(call).toHaveBeenCalledTimes(2)
  })

  it('stops waiting when the signal fires', async () => {
    const stop = new AbortController()
    const call = vi.fn(async () => {
      queueMicrotask(() => stop.abort())
      return UNREACHABLE
    })
    expect(await retryUnreachable(call, { baseMs: 60_000, signal: stop.signal })).toEqual(UNREACHABLE)
    expect(call).toHaveBeenCalledTimes(1)
  })

  it('keeps an answer that arrived although the signal fired meanwhile', async () => {
    const stop = new AbortController()
    let calls = 0
    const call = async () => {
      calls += 1
      if (calls === 1) return UNREACHABLE
      stop.abort()
      return ACCEPTED
    }
    expect(await retryUnreachable<{ kind: string }>(call, { baseMs: 1, signal: stop.signal })).toEqual(ACCEPTED)
  })

  it('lets a bug through', async () => {
    let calls = 0
    const call = async () => {
      calls += 1
      if (calls > 1) throw new Error('bug')
      return UNREACHABLE
    }
    await expect(retryUnreachable(call, { baseMs: 1 })).rejects.toThrow('bug')
    expect(calls).toBe(2)
  })
})
