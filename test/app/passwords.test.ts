import { expect, it } from 'vitest'
import { hashPassword, isPassword } from '../../src/app/passwords.ts'
import { newTotp, stepOfCode } from '../../src/app/totp.ts'
import { instant } from '../../src/domain/time.ts'

it('a password is kept as argon2id with a salt of its own', async () => {
  const [one, two] = await Promise.all([hashPassword('a long password'), hashPassword('a long password')])
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  expect(one).not.toBe(two)
  expect(await isPassword('a long password', one)).toBe(true)
  expect(await isPassword('a long passwore', one)).toBe(false)
  expect(await isPassword('a long password', null)).toBe(false)
  expect(await isPassword('a long password', 'nonsense')).toBe(false)
})

it('reads what others have written: the test vector of argon2’s reference implementation', async () => {
  // phc-winner-argon2, test.c: version 0x13, argon2id, t=2, m=2^16, p=1, "password", "somesalt" (read 2026-11-29)
  const vector = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
  expect(await isPassword('password', vector)).toBe(true)
  expect(await isPassword('passwore', vector)).toBe(false)
})

it('a code is of a time step, and of those beside it', () => {
  // RFC 6238, appendix B: 59 s is step 1, with the secret "12345678901234567890"
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
  expect(stepOfCode(secret, '287082', instant(59_000))).toBe(1)
  expect(stepOfCode(secret, '287082', instant(89_000))).toBe(1)
  expect(stepOfCode(secret, '287082', instant(120_000))).toBeNull()
  expect(newTotp('ana@example.com').secret).toMatch(/^[A-Z2-7]{32}$/)
})
