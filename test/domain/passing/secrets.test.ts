import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { metaSecretSchema, standardSecretSchema } from '../../../src/domain/passing.ts'
import { newMetaSecret, newStandardSecret } from '../../../src/outbound/signing.ts'

const ofBytes = (bytes: number) => `whsec_${randomBytes(bytes).toString('base64')}`

describe('the secret of an endpoint', () => {
  it('may be what Casement makes itself', () => {
    expect(metaSecretSchema.safeParse(newMetaSecret()).success).toBe(true)
    expect(standardSecretSchema.safeParse(newStandardSecret()).success).toBe(true)
  })

  it('has 24 to 64 bytes where it is that of a standard webhook', () => {
    const lengths = Array.from({ length: 70 }, (_, bytes) => bytes)
    const taken = lengths.filter((bytes) => standardSecretSchema.safeParse(ofBytes(bytes)).success)
    expect([taken[0], taken.at(-1), taken.length]).toEqual([24, 64, 41])
  })

  it.each([
    ['no prefix', randomBytes(32).toString('base64')],
    ['no base64', `whsec_${'é'.repeat(40)}`],
    ['no padding', `whsec_${'A'.repeat(43)}`],
  ])('may not be one with %s', (_what, secret) => {
    const { error } = standardSecretSchema.safeParse(secret)
    expect(error?.issues[0]?.message).toBe('to be whsec_ and the base64 of 24 to 64 random bytes')
  })

  it.each(['', 'short', 'has a space in the middle', 'Ã©'.repeat(20), 'a'.repeat(257)])(
    'may not be "%s" for Meta’s way of signing',
    (secret) => {
      expect(metaSecretSchema.safeParse(secret).success).toBe(false)
    },
  )
})
