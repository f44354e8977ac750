import { isIPv6 } from 'node:net'

/* What limits on guessing are made of: in memory, of a process, with a bound on what is remembered. */

/** Who has one address of an IPv6 network (a /64) has all of it. Null: all who come from nobody knows where. */
export function networkOf(address: string | null): string {
  if (address === null) return 'unknown'
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  if (!isIPv6(plain)) return plain
  const [head = '', tail] = plain.split('%')[0]?.split('::') ?? []
  const groups = head === '' ? [] : head.split(':')
  // `::` stands for as many zeros as are missing.
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  const all = [...groups, ...Array<string>(Math.max(0, missing)).fill('0'), ...(tail ?? '').split(':')]
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}

/** So many tries at once, and another one each `everyMs`; milliseconds of a clock that only goes forward. */
export class Bucket {
  readonly #burst: number
  readonly #everyMs: number
  #taken = 0
  #at = 0

  constructor({ burst, everyMs }: { burst: number; everyMs: number }) {
    this.#burst = burst
    this.#everyMs = everyMs
  }

  /** Until there is a try, 0 when there is one. */
  waitMs(now: number): number {
    this.#taken = Math.max(0, this.#taken - (now - this.#at) / this.#everyMs)
    this.#at = now
    return Math.max(0, this.#taken + 1 - this.#burst) * this.#everyMs
  }

  /** Answers how to give it back. */
  take(now: number): () => void {
    this.waitMs(now)
    this.#taken += 1
    return () => {
      this.#taken = Math.max(0, this.#taken - 1)
    }
  }
}

/** The newest of them, each in constant time. */
export class Remembered<V> {
  readonly #max: number
  readonly #entries = new Map<string, V>()

  constructor(max: number) {
    this.#max = max
  }

  get(key: string): V | undefined {
    return this.#entries.get(key)
  }

  getOr(key: string, make: () => V): V {
    const value = this.#entries.get(key) ?? make()
    this.set(key, value)
    return value
  }

  set(key: string, value: V): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > this.#max && oldest !== undefined) this.#entries.delete(oldest)
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }
}
