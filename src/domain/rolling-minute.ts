/** Counts what happened to each of many within the last minute, in memory that grows with those that something happened to. */
export interface RollingMinute<K> {
  note(key: K): void
  /** Of the last minute, to the second; who had nothing is not in it. */
  counts(): Map<K, number>
}

const SECONDS = 60

/** @param elapsed milliseconds, of a clock that only goes forward */
export function createRollingMinute<K>(elapsed: () => number): RollingMinute<K> {
  const bySecond = new Map<number, Map<K, number>>()
  const forgetOld = (second: number) => {
    for (const one of bySecond.keys()) if (one <= second - SECONDS) bySecond.delete(one)
  }
  return {
    note(key) {
      const second = Math.floor(elapsed() / 1_000)
      const counts = bySecond.get(second) ?? new Map<K, number>()
      if (counts.size === 0) forgetOld(second)
      bySecond.set(second, counts)
      counts.set(key, (counts.get(key) ?? 0) + 1)
    },
    counts() {
      forgetOld(Math.floor(elapsed() / 1_000))
      const sums = new Map<K, number>()
      for (const counts of bySecond.values()) {
        for (const [key, count] of counts) sums.set(key, (sums.get(key) ?? 0) + count)
      }
      return sums
    },
  }
}
