/**
 * Chance that does not depend on order: every roll is a hash of (seed, key), so a run with the same seed and the same
 * events loses, doubles and delays the same ones even when the network interleaves them differently. A stateful
 * generator would hand the rolls out in arrival order.
 */

/** A number in [0, 1), the same for the same seed and key. */
export function roll(seed: number, key: string): number {
  return hash32(seed, key) / 0x1_0000_0000
}

/** True for about `probability` of all keys. */
export function chance(probability: number, seed: number, key: string): boolean {
  return probability > 0 && roll(seed, key) < probability
}

/** `length` upper-case hexadecimal digits, the same for the same seed and key. */
export function hexDigits(length: number, seed: number, key: string): string {
  let digits = ''
  for (let part = 0; digits.length < length; part += 1) {
    digits += hash32(seed, `${key}/${part}`).toString(16).padStart(8, '0')
  }
  return digits.slice(0, length).toUpperCase()
}

/** FNV-1a over the key, then the finaliser of MurmurHash3 so that neighbouring keys land far apart. */
export function hash32(seed: number, key: string): number {
  let h = 0x811c9dc5 ^ seed
  for (let i = 0; i < key.length; i += 1) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
