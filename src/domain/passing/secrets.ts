import * as z from 'zod'

/** Of kind `meta`: the string is the key, as an app secret is at Meta. Long enough that nobody guesses it. */
export const metaSecretSchema = z
  .string()
  .regex(/^[\x21-\x7e]{16,256}$/, 'to be 16 to 256 letters, digits and signs, without spaces')

/** Of kind `events`: 24 to 64 bytes, in base64. Source: Standard Webhooks, specification, secret serialization (read 2026-11). */
export const standardSecretSchema = z
  .string()
  .refine(isStandardSecret, 'to be whsec_ and the base64 of 24 to 64 random bytes')

function isStandardSecret(secret: string): boolean {
  const [, letters = '', padding = ''] = /^whsec_([A-Za-z0-9+/]+)(={0,2})$/.exec(secret) ?? []
  const bytes = Math.floor((letters.length * 3) / 4)
  return (letters.length + padding.length) % 4 === 0 && bytes >= 24 && bytes <= 64
}
