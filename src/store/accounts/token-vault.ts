import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

/** Secrets at rest: AES-256-GCM, so what is sealed can be neither read nor altered without the key (P8). */
export interface TokenVault {
  /** Of the keys it opens with. */
  keyIds: readonly string[]
  /** @param of what the secret belongs to, such as `ofSender(id)`: it opens as that, and as nothing else */
  seal(secret: string, of: Belonging): string
  /** Throws `TokenVaultError` when no key fits, or the text was damaged or is another's. The message never holds the secret. */
  open(sealed: string, of: Belonging): string
}

/** Whoever writes to the database cannot give a number the token of another, for it is sealed to its owner. */
export type Belonging = `sender:${string}` | `secret:${string}` | `endpoint:${string}` | `workspace:${string}`

export function ofSender(phoneNumberId: string): Belonging {
  return `sender:${phoneNumberId}`
}

export function ofEndpoint(id: string): Belonging {
  return `endpoint:${id}`
}

export function ofWorkspace(id: string): Belonging {
  return `workspace:${id}`
}

export class TokenVaultError extends Error {
  override readonly name = 'TokenVaultError'
}

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * The first key seals, all keys open, so a key is rotated by putting the new one in front and sealing anew. A sealed token is
 * `v2.<key id>.<nonce, ciphertext and tag in base64url>`; the key's id and the owner are bound to it as associated data.
 */
export function createTokenVault(keys: readonly Buffer[]): TokenVault {
  const [first] = keys
  if (!first) throw new TokenVaultError('expected at least one key to seal access tokens with, got none')
  const byId = new Map(keys.map((key) => [keyId(key), key]))
  const sealingId = keyId(first)

  return {
    keyIds: [...byId.keys()],

    seal(secret, of) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', first, nonce, { authTagLength: TAG_BYTES })
      cipher.setAAD(associated(sealingId, of))
      const sealed = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `v2.${sealingId}.${sealed.toString('base64url')}`
    },

    open(sealed, of) {
      const [version, id, text, ...rest] = sealed.split('.')
      if (version !== 'v2' || id === undefined || text === undefined || rest.length > 0) {
        throw new TokenVaultError('expected a sealed token of the form v2.<key id>.<data>, got something else')
      }
      const key = byId.get(id)
      if (!key) {
        const known = [...byId.keys()].join(', ')
        throw new TokenVaultError(
          `expected the key ${id} that sealed this secret among the keys given (${known}); ` +
            'add the old key to CASEMENT_SECRET or set the secret anew',
        )
      }
      return decrypt(key, id, of, Buffer.from(text, 'base64url'))
    },
  }
}

/** The id of the key that sealed this, by its beginning; null when it is no sealed token. */
export function keyIdOf(sealed: string): string | null {
  return /^v2\.([0-9a-f]{8})\./.exec(sealed)?.[1] ?? null
}

function decrypt(key: Buffer, id: string, of: Belonging, data: Buffer): string {
  try {
    const nonce = data.subarray(0, NONCE_BYTES)
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(associated(id, of))
    decipher.setAuthTag(data.subarray(-TAG_BYTES))
    return decipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
  } catch (cause) {
    throw new TokenVaultError(`what was sealed with key ${id} was damaged, or belongs to another; set it anew`, {
      cause,
    })
  }
}

function associated(keyId: string, of: Belonging): Buffer {
  return Buffer.from(`v2\0${keyId}\0${of}`)
}

/** Tells keys apart without telling anything of them: they are 32 random bytes, and this is 4 bytes of a hash. */
function keyId(key: Buffer): string {
  if (key.length !== KEY_BYTES) throw new TokenVaultError(`expected keys of ${KEY_BYTES} bytes, got ${key.length}`)
  return createHash('sha256').update('casement token key\0').update(key).digest('hex').slice(0, 8)
}
