import { Secret, TOTP } from 'otpauth'
import type { Instant } from '../domain/time.ts'

/* One-time codes of authenticator apps (RFC 6238): six digits, a new one each 30 seconds, SHA-1, which is what all of them can. */

const PERIOD_S = 30
const SECRET_BYTES = 20
/** Steps before and after the present one: clocks of phones differ. */
const WINDOW = 1

/** @param label what the app shows beside the code */
export function newTotp(label: string): { secret: string; uri: string } {
  const totp = codesOf(new Secret({ size: SECRET_BYTES }), label)
  return { secret: totp.secret.base32, uri: totp.toString() }
}

/** The time step that the code is of, null where it is of none near now. Whether it was used before is for the caller to see. */
export function stepOfCode(secret: string, code: string, now: Instant): number | null {
  const delta = codesOf(Secret.fromBase32(secret)).validate({ token: code, timestamp: now, window: WINDOW })
  return delta === null ? null : Math.floor(now / 1_000 / PERIOD_S) + delta
}

function codesOf(secret: Secret, label?: string): TOTP {
  return new TOTP({ issuer: 'Casement', ...(label === undefined ? {} : { label }), secret, period: PERIOD_S })
}

/** What the secret of a second factor is sealed for: it opens as that person's and no other's. */
export function totpOf(userId: string): `secret:${string}` {
  return `secret:totp:${userId}`
}
