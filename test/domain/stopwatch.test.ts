import { describe, expect, it } from 'vitest'
import { startStopwatch } from '../../src/domain/stopwatch.ts'

describe('a stopwatch', () => {
  const started = () => {
    const now = { monotonic: 500, wall: 1_000_000 }
    return { now, age: startStopwatch({ monotonic: () => now.monotonic, wall: () => now.wall }) }
  }

  it('counts from where it started', () => {
    const { now, age } = started()
    now.monotonic += 40
    now.wall += 40
    expect(age()).toBe(40)
  })

  it('knows of the time in which the machine was suspended, when the monotonic clock stood still', () => {
    const { now, age } = started()
    now.wall += 3_600_000
    expect(age()).toBe(3_600_000)
  })

  it('is not made younger by a wall clock that is set back', () => {
    const { now, age } = started()
    now.monotonic += 9_000
    now.wall -= 3_600_000
    expect(age()).toBe(9_000)
  })
})
