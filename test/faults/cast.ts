/*
 * Who a kill run writes to, and what happens to them while everything else is killed. Most are one person under one number. Some are met
 * twice, by ids that nobody knows yet to be theirs, and turn out to be one; some do not want to be offered anything; some are erased.
 */

export interface Person {
  /** Wa_ids (digits) or BSUIDs under which the producer writes to them, in turn. */
  addresses: readonly [string, ...string[]]
  /** What the sandbox knows them by from the start. */
  phone: { wa_id: string; user_id?: string; phone_hidden?: boolean; aliases?: string[] }
  merge: Merge | null
  optOut: { round: number; how: 'by the producer' | 'by a word'; acknowledged: boolean } | null
  erasure: Erasure | null
}

export interface Merge {
  kind: 'shows their number' | 'changes their number'
  round: number
  /** Epoch milliseconds: the webhook left not before the one, and Casement knew not after the other. */
  toldAt: number
  seenAt: number
}

export interface Erasure {
  round: number
  /** When the job was done, epoch milliseconds. */
  endedAt: number
}

/** At least one of each kind for each round in which something can happen to them. */
const OF_EACH_KIND = 4

/**
 * @param plain how many are written to by turns, those that are merged among them; the erased come on top
 * @param rounds of killing. Nothing happens in the first, so that everybody has messages of before.
 */
export function castOf(plain: number, rounds: number): { regulars: Person[]; erased: Person[] } {
  const roundOf = (index: number) => Math.min(rounds - 1, 1 + (index % Math.max(1, rounds - 1)))
  const regulars = Array.from({ length: plain }, (_, index): Person => {
    const person = makers[index < OF_EACH_KIND * 3 ? index % 3 : 3]?.(index, roundOf(Math.floor(index / 3))) as Person
    const how = index % 2 === 0 ? 'by the producer' : 'by a word'
    return index % 4 < 2 && index < OF_EACH_KIND * 4
      ? { ...person, optOut: { round: Math.max(0, roundOf(index) - 1), how, acknowledged: false } }
      : person
  })
  const erased = Array.from({ length: OF_EACH_KIND }, (_, index): Person => {
    const round = roundOf(index)
    const optOut = { round: round - 1, how: 'by the producer', acknowledged: false } as const
    return {
      ...underOneNumber(plain + index, 0),
      erasure: { round, endedAt: 0 },
      optOut: index % 2 ? { ...optOut } : null,
    }
  })
  return { regulars, erased }
}

type Maker = (index: number, round: number) => Person

const NOTHING = { merge: null, optOut: null, erasure: null }
const numberOf = (index: number) => `5511${String(900_000_000 + index)}`

const underOneNumber: Maker = (index) => ({
  ...NOTHING,
  addresses: [numberOf(index)],
  phone: { wa_id: numberOf(index) },
})

/** Writes under a BSUID alone, and is written to under a number that is theirs, until they show it. */
const behindABsuid: Maker = (index, round) => {
  const [number, bsuid] = [numberOf(index), `BR.${String(77_001_122_334_000_000_000n + BigInt(index))}`]
  return {
    ...NOTHING,
    addresses: [bsuid, number],
    phone: { wa_id: number, user_id: bsuid, phone_hidden: true },
    merge: { kind: 'shows their number', round, toldAt: 0, seenAt: 0 },
  }
}

/** Has two numbers one after the other, both of which the producer knows. */
const withANewNumber: Maker = (index, round) => ({
  ...NOTHING,
  addresses: [numberOf(index), `5521${String(900_000_000 + index)}`],
  phone: { wa_id: numberOf(index) },
  merge: { kind: 'changes their number', round, toldAt: 0, seenAt: 0 },
})

/** Is written to with and without the ninth digit, which is one person from the first message. */
const inTwoSpellings: Maker = (index) => {
  const rest = `8${String(1_000_000 + index)}`
  const [short, long] = [`5551${rest}`, `55519${rest}`]
  return { ...NOTHING, addresses: [short, long], phone: { wa_id: short, aliases: [long] } }
}

const makers: readonly Maker[] = [behindABsuid, withANewNumber, inTwoSpellings, underOneNumber]
