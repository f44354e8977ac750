/*
 * Who is on a list already. Exact, and in memory: 16 to 32 bytes a number, where a Set of texts takes a hundred. Keys are canonical, so the
 * same person is known again in whatever spelling.
 */

/** Beyond it the table alone would be a quarter of a gigabyte. */
export const MOST_RECIPIENTS = 10_000_000

const FIRST_SLOTS = 1 << 12
/** Whole numbers up to here are exact as a double: all of E.164 are. */
const EXACT_DIGITS = 15

export interface SeenKeys {
  /** True the first time. */
  add(key: string): boolean
  has(key: string): boolean
  readonly size: number
}

export function seenKeys(): SeenKeys {
  const others = new Set<string>()
  let slots = new Float64Array(FIRST_SLOTS)
  let numbers = 0

  function grow(): void {
    const old = slots
    slots = new Float64Array(old.length * 2)
    for (const number of old) if (number !== 0) slots[placeOf(slots, number)] = number
  }

  return {
    get size() {
      return numbers + others.size
    },
    add(key) {
      if (!isNumber(key)) return others.size < others.add(key).size
      const number = Number(key)
      const place = placeOf(slots, number)
      if (slots[place] === number) return false
      slots[place] = number
      numbers += 1
      if (numbers * 2 > slots.length) grow()
      return true
    },
    has(key) {
      if (!isNumber(key)) return others.has(key)
      const number = Number(key)
      return slots[placeOf(slots, number)] === number
    },
  }
}

/** One that is told from others by its value. */
function isNumber(key: string): boolean {
  return key.length <= EXACT_DIGITS && isDigit(key.charCodeAt(0)) && key.charCodeAt(0) !== 48
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

/** Where it stands, or would stand. There is always a free slot. */
function placeOf(slots: Float64Array, number: number): number {
  const mask = slots.length - 1
  // Numbers of a list follow each other, so their bits are mixed first.
  const high = Math.floor(number / 4_294_967_296)
  let hash = Math.imul((number % 4_294_967_296) ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35)
  let place = (hash ^ (hash >>> 13)) & mask
  while (slots[place] !== 0 && slots[place] !== number) place = (place + 1) & mask
  return place
}
