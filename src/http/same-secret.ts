import { createHash, timingSafeEqual } from 'node:crypto'

/** Whether two secrets are one. The time that it takes says nothing of how much of one is right. */
export function sameSecret(given: string, own: string): boolean {
  return timingSafeEqual(digestOf(given), digestOf(own))
}

/** All digests have one length, as the comparison wants it. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
