import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bootstrapKeys } from '../../src/app/bootstrap-keys.ts'
import type { Scope } from '../../src/domain/access.ts'
import { instant, toDate } from '../../src/domain/time.ts'
import { apiKeyStore } from '../../src/store/access/api-keys.ts'
import { openPostgres } from '../../src/store/pg/postgres.ts'
import { ANOTHER, CALLER, HERE } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { eventually } from '../support/signals.ts'

describe('API keys', () => {
  let rows: Rows
  let keys: ReturnType<typeof apiKeyStore>
  beforeAll(async () => {
    rows = await createRows()
    keys = apiKeyStore(rows.postgres.db)
  })
  afterAll(() => rows.close())

  const make = (overrides: Partial<Parameters<typeof keys.create>[0]> = {}) =>
    keys.create({
      workspace: HERE.workspace,
      name: 'shop',
      scopes: ['send'] as Scope[],
      senders: null,
      allowQuery: false,
      expiresAt: null,
      createdBy: CALLER.actor,
      ...overrides,
    })
  const stored = async (id: string) =>
    rows.postgres.db.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

  it('let their holder in with the scopes, the workspace and the numbers they were made for', async () => {
    const { id, key } = await make({ senders: ['1', '2'] })
    expect(await keys.authenticate(key)).toEqual({
      ...HERE,
      senders: ['1', '2'],
      actor: { kind: 'key', id, name: 'shop' },
      scopes: ['send'],
      allowQuery: false,
    })
    const inQuery = await make({ allowQuery: true })
    expect(await keys.authenticate(inQuery.key)).toMatchObject({ allowQuery: true })
  })

  it('are kept as a hash, with the beginning to tell them apart by', async () => {
    const { id, key, prefix } = await make()
    const row = await stored(id)
    expect(key.startsWith(prefix)).toBe(true)
    expect(key.length).toBeGreaterThanOrEqual(32 + prefix.length)
    expect(JSON.stringify(row)).not.toContain(key.slice(prefix.length))
  })

  it('are unknown when nobody made them', async () => {
    expect(await keys.authenticate(`casement_${'x'.repeat(43)}`)).toBeNull()
  })

  it('end when their time is over', async () => {
    const { key, id } = await make({ expiresAt: instant(Date.now() + 3_600_000) })
    expect(await keys.authenticate(key)).not.toBeNull()
    await rows.postgres.db
      .updateTable('api_keys')
      .set({ expires_at: toDate(await rows.now()) })
      .where('id', '=', id)
      .execute()
    expect(await keys.authenticate(key)).toBeNull()
  })

  it('are refused by another process in the moment after one has revoked them', async () => {
    const elsewhere = openPostgres({ url: rows.databaseUrl, max: 1, applicationName: 'other', onError: () => {} })
    const { id, key } = await make()
    expect(await apiKeyStore(elsewhere.db).authenticate(key)).not.toBeNull()
    const other = apiKeyStore(elsewhere.db)
    expect(await other.authenticate(key)).not.toBeNull()
    expect(await keys.revoke(HERE, id)).toBe(true)
    expect(await other.authenticate(key)).toBeNull()
    await elsewhere.close()
  })

  it('are revoked once, and by nobody of another workspace', async () => {
    const { id } = await make()
    expect(await keys.revoke(ANOTHER, id)).toBe(false)
    expect(await keys.revoke({ ...HERE, senders: [] }, id)).toBe(false)
    expect(await keys.revoke(HERE, id)).toBe(true)
    expect(await keys.revoke(HERE, id)).toBe(false)
  })

  it('are listed until they are revoked, to their workspace only', async () => {
    const { id } = await make()
    const listed = async (purview = HERE) => (await keys.list(purview)).map((key) => key.id)
    expect(await listed()).toContain(id)
    expect(await listed(ANOTHER)).toEqual([])
    await keys.revoke(HERE, id)
    expect(await listed()).not.toContain(id)
  })

  it('remember when they were used last, without a write for every request', async () => {
    const { id, key } = await make()
    await keys.authenticate(key)
    const used = await eventually(async () => (await stored(id)).last_used_at ?? false)
    await keys.authenticate(key)
    await keys.list(HERE)
    expect((await stored(id)).last_used_at).toBe(used)
  })
})

describe('bootstrap keys', () => {
  const [one, two] = ['1'.repeat(32), '2'.repeat(32)]

  it('may do everything, and are of the process whose environment names them', () => {
    const holderOf = bootstrapKeys([one, two])
    expect(holderOf(one)).toMatchObject({ workspace: 'default', senders: null, scopes: ['system'], allowQuery: false })
    expect(holderOf(two)).toEqual(holderOf(one))
    expect(bootstrapKeys([two])(one)).toBeNull()
    expect(bootstrapKeys([])('')).toBeNull()
  })
})
