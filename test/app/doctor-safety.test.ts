import { describe, expect, it } from 'vitest'
import { checkListening, checkSecrets, checkTransport } from '../../src/app/doctor-safety.ts'
import type { ResolvedConfig } from '../../src/app/settings.ts'

const config = (overrides: Partial<ResolvedConfig>) => overrides as ResolvedConfig

describe('the doctor warns', () => {
  it.each([
    ['http://graph.facebook.com', true],
    ['http://203.0.113.7:8081', true],
    ['https://graph.facebook.com', undefined],
    ['http://127.0.0.1:8081', undefined],
    ['http://sandbox:8081', undefined],
    ['http://10.1.2.3', undefined],
    ['http://[fd00::1]:80', undefined],
  ])('of tokens in clear text where Graph is asked at %s: %s', (graphApiUrl, warning) => {
    expect(checkTransport(config({ graphApiUrl }))).toMatchObject({ ok: true, ...(warning ? { warning } : {}) })
    expect(checkTransport(config({ graphApiUrl })).warning).toBe(warning)
  })

  it('of an API that is open to the network as a whole', () => {
    const warned = (host: string, webhookPort: number | null) =>
      checkListening(config({ host, port: 8080, webhookPort })).warning === true
    expect([warned('127.0.0.1', null), warned('localhost', null), warned('0.0.0.0', 8082)]).toEqual([
      false,
      false,
      false,
    ])
    expect(warned('0.0.0.0', null)).toBe(true)
  })

  it('of secrets that might be guessed, and does not say them', () => {
    const long = { metaAppSecrets: ['a'.repeat(32)], metaVerifyToken: 'b'.repeat(16), metricsKey: null }
    expect(checkSecrets(config(long)).warning).toBeUndefined()
    const short = checkSecrets(config({ ...long, metaAppSecrets: ['a'.repeat(32), 'hunter2'], metricsKey: 'hunter3' }))
    expect(short).toMatchObject({ ok: true, warning: true })
    expect(short.detail).toContain('META_APP_SECRET')
    expect(short.detail).toContain('METRICS_KEY')
    expect(short.detail).not.toContain('hunter')
  })
})
