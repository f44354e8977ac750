import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createTokenVault, ofSender, TokenVaultError } from '../../src/store/accounts/token-vault.ts'

const OWNER = ofSender('106540352242922')

describe('the token vault', () => {
  const [first, second, third] = [randomBytes(32), randomBytes(32), randomBytes(32)]

  it('opens what it sealed', () => {
    const vault = createTokenVault([first])
    expect(vault.open(vault.seal('EAAG-token', OWNER), OWNER)).toBe('EAAG-token')
  })

  it('never seals the same token alike', () => {
    const vault = createTokenVault([first])
    expect(vault.seal('EAAG-token', OWNER)).not.toBe(vault.seal('EAAG-token', OWNER))
  })

  it('opens with any of its keys what an older first key sealed', () => {
    const sealed = createTokenVault([first]).seal('EAAG-token', OWNER)
    expect(createTokenVault([second, first]).open(sealed, OWNER)).toBe('EAAG-token')
  })

  it('seals with the first key', () => {
    const sealed = createTokenVault([second, first]).seal('EAAG-token', OWNER)
    expect(createTokenVault([second]).open(sealed, OWNER)).toBe('EAAG-token')
  })

  it('names the key it lacks, and not the token', () => {
    const sealed = createTokenVault([first]).seal('EAAG-token', OWNER)
    const open = () => createTokenVault([second, third]).open(sealed, OWNER)
    expect(open).toThrow(TokenVaultError)
    expect(open).toThrow(sealed.split('.')[1])
  })

  it('refuses a sealed token that was altered', () => {
    const vault = createTokenVault([first])
    const sealed = vault.seal('EAAG-token', OWNER)
    const [version, key, data = ''] = sealed.split('.')
    const altered = Buffer.from(data, 'base64url')
    altered[14] = (altered[14] as number) ^ 1
    expect(() => vault.open(`${version}.${key}.${altered.toString('base64url')}`, OWNER)).toThrow('damaged')
  })

  it('refuses a sealed token that was cut short', () => {
    const vault = createTokenVault([first])
    expect(() => vault.open(vault.seal('EAAG-token', OWNER).slice(0, 30), OWNER)).toThrow('damaged')
  })

  it('opens for its owner only, so that numbers cannot be given one another’s tokens', () => {
    const vault = createTokenVault([first])
    const sealed = vault.seal('EAAG-token', OWNER)
    expect(() => vault.open(sealed, ofSender('106540352242923'))).toThrow('belongs to another')
    expect(() => vault.open(sealed, 'secret:106540352242922')).toThrow('belongs to another')
  })

  it('refuses what was never sealed', () => {
    expect(() => createTokenVault([first]).open('EAAG-token', OWNER)).toThrow(TokenVaultError)
  })

  it.each([[[]], [[randomBytes(16)]]])('refuses to work without a key of 32 bytes', (keys) => {
    expect(() => createTokenVault(keys)).toThrow(TokenVaultError)
  })
})
