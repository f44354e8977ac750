import { expect, it } from 'vitest'
import { createRollingMinute } from '../../src/domain/rolling-minute.ts'

it('counts the last minute of each, and forgets what is older', () => {
  let now = 5_000
  const minute = createRollingMinute<string>(() => now)
  for (const key of ['a', 'a', 'b']) minute.note(key)
  now += 59_000
  minute.note('a')
  expect([...minute.counts()]).toEqual([
    ['a', 3],
    ['b', 1],
  ])
  now += 1_000
  expect([...minute.counts()]).toEqual([['a', 1]])
  now += 60_000
  expect(minute.counts().size).toBe(0)
})
