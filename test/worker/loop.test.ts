import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Loop, startLoop } from '../../src/worker/loop.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A loop whose steps are answered one after another; the last answer counts for all that follow. */
function loopOf(...answers: (number | Error)[]) {
  const errors: Error[] = []
  let steps = 0
  const loop: Loop = startLoop(
    async () => {
      const answer = answers[Math.min(steps, answers.length - 1)]
      steps += 1
      if (answer instanceof Error) throw answer
      return answer as number
    },
    (error) => errors.push(error),
  )
  return { loop, errors, steps: () => steps }
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

describe('a loop', () => {
  it('takes its first step at once', async () => {
    const { loop, steps } = loopOf(1_000)
    await pass(0)
    expect(steps()).toBe(1)
    await loop.stop()
  })

  it('waits as long as the step said', async () => {
    const { loop, steps } = loopOf(1_000)
    await pass(999)
    expect(steps()).toBe(1)
    await pass(1)
    expect(steps()).toBe(2)
    await loop.stop()
  })

  it('goes on at once while there is more', async () => {
    const { loop, steps } = loopOf(0, 0, 0, 1_000)
    await pass(0)
    expect(steps()).toBe(4)
    await loop.stop()
  })

  it('looks earlier when it is woken', async () => {
    const { loop, steps } = loopOf(60_000)
    await pass(10)
    loop.wake()
    await pass(0)
    expect(steps()).toBe(2)
    await loop.stop()
  })

  it('does not miss a wake that comes during a step', async () => {
    const step = Promise.withResolvers<void>()
    let steps = 0
    const loop = startLoop(
      async () => {
        steps += 1
        if (steps === 1) await step.promise
        return 60_000
      },
      () => {},
    )
    loop.wake()
    step.resolve()
    await pass(0)
    expect(steps).toBe(2)
    await loop.stop()
  })

  it('takes one step at a time, however often it is woken', async () => {
    let running = 0
    let most = 0
    const loop = startLoop(
      async () => {
        running += 1
        most = Math.max(most, running)
        await new Promise((resolve) => setTimeout(resolve, 5))
        running -= 1
        return 60_000
      },
      () => {},
    )
    for (let woken = 0; woken < 20; woken++) {
      loop.wake()
      await pass(2)
    }
    expect(most).toBe(1)
    const stopped = loop.stop()
    await pass(10)
    await stopped
  })

  it('reports a step that failed and tries again after a growing pause, even when woken', async () => {
    const { loop, errors, steps } = loopOf(new Error('away'))
    await pass(0)
    expect(errors).toHaveLength(1)
    await pass(199)
    expect(steps()).toBe(1)
    await pass(1)
    expect(steps()).toBe(2)
    await pass(399)
    expect(steps()).toBe(2)
    await pass(1)
    expect(steps()).toBe(3)
    await pass(60_000)
    expect(steps()).toBeGreaterThan(12)
    await loop.stop()
  })

  it('has its short pause back after a step that went well', async () => {
    const { loop, steps } = loopOf(new Error('1'), new Error('2'), 0, new Error('3'), 60_000)
    await pass(200)
    await pass(400)
    expect(steps()).toBe(4)
    await pass(200)
    expect(steps()).toBe(5)
    await loop.stop()
  })

  it('stops when the step under way is done, and takes no other', async () => {
    const step = Promise.withResolvers<number>()
    let steps = 0
    const loop = startLoop(
      () => {
        steps += 1
        return step.promise
      },
      () => {},
    )
    let stopped = false
    const stopping = loop.stop().then(() => {
      stopped = true
    })
    await pass(10)
    expect(stopped).toBe(false)
    step.resolve(0)
    await stopping
    await pass(1_000)
    expect(steps).toBe(1)
  })

  it('stops at once while it waits', async () => {
    const { loop, steps } = loopOf(60_000)
    await pass(0)
    await loop.stop()
    loop.wake()
    await pass(120_000)
    expect(steps()).toBe(1)
  })
})
