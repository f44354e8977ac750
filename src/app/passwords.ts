import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/*
 * Passwords are kept as argon2id, from Node's own OpenSSL (node:crypto, since Node 24.7), in the PHC string format, so that the numbers may
 * grow without making the old ones worthless. 19 MiB, two passes, one lane: OWASP, Password Storage Cheat Sheet (read 2026-11-29).
 */

const COST = { memory: 19_456, passes: 2, parallelism: 1 }
const SALT_BYTES = 16
const HASH_BYTES = 32
/** At once in a process: a hash takes a thread of four for some ten milliseconds, and 19 MiB. */
const MOST_AT_ONCE = 2

const derive = promisify(argon2)
const pass = gate(MOST_AT_ONCE)

/** Keyboards compose letters differently, and what somebody types is the same password on each. */
const composed = (password: string) => password.normalize('NFC')

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await pass(() =>
    derive('argon2id', { ...COST, message: composed(password), nonce: salt, tagLength: HASH_BYTES }),
  )
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${plain(salt)}$${plain(hash)}`
}

const FORMAT = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/
let nobodys: Promise<string> | null = null

/** @param kept null, of nobody: it costs the same, so that the time does not tell who exists */
export async function isPassword(password: string, kept: string | null): Promise<boolean> {
  nobodys ??= hashPassword(randomBytes(SALT_BYTES).toString('hex'))
  const [, memory, passes, parallelism, salt, hash] = FORMAT.exec(kept ?? (await nobodys)) ?? []
  if (salt === undefined || hash === undefined) return false
  const expected = Buffer.from(hash, 'base64')
  const given = await pass(() =>
    derive('argon2id', {
      memory: Number(memory),
      passes: Number(passes),
      parallelism: Number(parallelism),
      message: composed(password),
      nonce: Buffer.from(salt, 'base64'),
      tagLength: expected.length,
    }),
  )
  return timingSafeEqual(given, expected) && kept !== null
}

function plain(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}

function gate(most: number): <T>(act: () => Promise<T>) => Promise<T> {
  const line: (() => void)[] = []
  let inside = 0
  return async (act) => {
    if (inside >= most) await new Promise<void>((resolve) => line.push(resolve))
    else inside += 1
    try {
      return await act()
    } finally {
      const next = line.shift()
      if (next) next()
      else inside -= 1
    }
  }
}
