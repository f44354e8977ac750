import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { apiKeyStore, ensureBootstrapKey } from '../../src/store/access/api-keys.ts'
import { createRows, type Rows } from '../support/rows.ts'

describe('API keys', () => {
  let rows: Rows
  beforeAll(async () => {
    rows = await createRows()
  })
  afterAll(() => rows.close())
  beforeEach(() => rows.postgres.db.deleteFrom('api_keys').execute())

  it('let the configured key in as an admin of the default workspace', async () => {
    await ensureBootstrapKey(rows.postgres.db, 'casement_one')
    const keys = apiKeyStore(rows.postgres.db)
    expect(await keys.authenticate('casement_one')).toEqual({
      workspace: 'default',
      senders: null,
      actor: { kind: 'key', id: expect.any(String), name: 'bootstrap' },
      scopes: ['admin'],
    })
  })

  it('let nobody else in', async () => {
    await ensureBootstrapKey(rows.postgres.db, 'casement_one')
    const keys = apiKeyStore(rows.postgres.db)
    for (const key of ['', 'casement_On', 'casement_one ']) expect(await keys.authenticate(key)).toBeNull()
  })

  it('are not stored in the clear', async () => {
    await ensureBootstrapKey(rows.postgres.db, 'casement_one')
    const stored = await rows.postgres.db.selectFrom('api_keys').selectAll().execute()
    expect(JSON.stringify(stored)).not.toContain('casement_one')
  })

  it('are made once, however many processes start', async () => {
    await Promise.all([1, 2, 3].map(() => ensureBootstrapKey(rows.postgres.db, 'casement_one')))
    expect(await rows.postgres.db.selectFrom('api_keys').selectAll().execute()).toHaveLength(1)
  })

  it('stop working when the configuration replaces them, and work again when it goes back', async () => {
    await ensureBootstrapKey(rows.postgres.db, 'casement_one')
    await ensureBootstrapKey(rows.postgres.db, 'casement_two')
    expect(await apiKeyStore(rows.postgres.db).authenticate('casement_one')).toBeNull()
    expect(await apiKeyStore(rows.postgres.db).authenticate('casement_two')).not.toBeNull()
    await ensureBootstrapKey(rows.postgres.db, 'casement_one')
    expect(await apiKeyStore(rows.postgres.db).authenticate('casement_one')).not.toBeNull()
  })

  it('are seen revoked after 30 seconds at the latest', async () => {
    let elapsedMs = 0
    const keys = apiKeyStore(rows.postgres.db, () => elapsedMs)
    await ensureBootstrapKey(rows.postgres.db, 'casement_one')
    await keys.authenticate('casement_one')
    await rows.postgres.db.updateTable('api_keys').set({ revoked_at: new Date() }).execute()
    elapsedMs = 29_999
    expect(await keys.authenticate('casement_one')).not.toBeNull()
    elapsedMs = 30_000
    expect(await keys.authenticate('casement_one')).toBeNull()
  })
})
