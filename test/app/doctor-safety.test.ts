import { describe, expect, it, onTestFinished } from 'vitest'
import {
  checkListening,
  checkOutbound,
  checkPublicUrl,
  checkSandbox,
  checkSecrets,
  checkTransport,
} from '../../src/app/doctor-safety.ts'
import type { ResolvedConfig } from '../../src/app/settings.ts'
import { createWorkspace } from '../../src/store/access/workspaces.ts'
import { openPostgres } from '../../src/store/pg/postgres.ts'
import { createTestDatabase } from '../support/database.ts'

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

  it('of an address that people and Meta reach without TLS', () => {
    const warned = (publicUrl: string | null) => checkPublicUrl(config({ publicUrl })).warning === true
    expect([null, 'https://casement.example', 'http://localhost:8080', 'http://[::1]'].filter(warned)).toEqual([])
    const open = ['http://casement.example', 'http://10.0.0.7:8080']
    expect(open.filter(warned)).toEqual(open)
  })

  it('of a sandbox that others reach', () => {
    expect(checkSandbox(config({ sandboxHost: '127.0.0.1' })).warning).toBeUndefined()
    expect(checkSandbox(config({ sandboxHost: '0.0.0.0' })).warning).toBe(true)
  })

  it('of hosts inside, which several workspaces may have called', async () => {
    const database = await createTestDatabase()
    const postgres = openPostgres({
      url: database.url,
      max: 1,
      applicationName: 'test',
      onError: () => {},
    })
    onTestFinished(async () => {
      await postgres.close()
      await database.drop()
    })
    const outbound = (...outboundHosts: string[]) => checkOutbound(config({ outboundHosts }), postgres.db)

    expect((await outbound('127.0.0.1', 'localhost')).warning).toBeUndefined()
    await createWorkspace(postgres.db, 'second', 'Second')
    expect((await outbound('hooks.example.com', '203.0.113.7')).warning).toBeUndefined()
    expect((await outbound()).warning).toBeUndefined()
    for (const host of ['127.0.0.1', 'localhost', '::1', '10.1.2.3', '169.254.169.254', 'hooks.internal', 'fd00::1']) {
      expect(await outbound('hooks.example.com', host)).toMatchObject({
        warning: true,
        detail: expect.stringMatching(host),
      })
    }
  })

  it('of secrets that might be guessed, and does not say them', () => {
    const mixed = 'f3a91c07d5e8b264'
    const long = {
      secretKeys: [Buffer.from(`${mixed}${mixed}`)],
      apiKeys: [`${mixed}${mixed}`],
      metaAppSecrets: [`${mixed}${mixed}`],
      metaVerifyToken: mixed,
      metricsKey: null,
      sandboxAppSecret: null,
    }
    expect(checkSecrets(config(long)).warning).toBeUndefined()
    const short = checkSecrets(
      config({
        ...{ ...long, metaAppSecrets: [`${mixed}${mixed}`, 'hunter2'], metricsKey: 'hunter3' },
        ...{ apiKeys: ['k'.repeat(40)], secretKeys: [Buffer.alloc(32)] },
      }),
    )
    expect(short).toMatchObject({ ok: true, warning: true })
    for (const name of ['META_APP_SECRET', 'METRICS_KEY', 'CASEMENT_API_KEY', 'CASEMENT_SECRET']) {
      expect(short.detail).toContain(name)
    }
    expect(short.detail).not.toContain('META_VERIFY_TOKEN')
    expect(short.detail).not.toMatch(/hunter|kkk/)
  })
})
