import { randomBytes } from 'node:crypto'
import { userInfo } from 'node:os'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rotateSecret } from '../../src/app/at-the-machine.ts'
import { readSigningSecret, replaceSigningSecret } from '../../src/store/access/signing-secrets.ts'
import { senderStore } from '../../src/store/accounts/senders.ts'
import { createTokenVault, ofWorkspace } from '../../src/store/accounts/token-vault.ts'
import { endpointStore } from '../../src/store/passing/endpoints.ts'
import { OptOutsUnreadable, optOutBook } from '../../src/store/people/opt-outs.ts'
import { runCli } from '../cli/support.ts'
import { CALLER, HERE } from '../support/access.ts'
import { createEmptyDatabase } from '../support/database.ts'
import { createRows, type Rows } from '../support/rows.ts'

const NEW = randomBytes(32)

describe('casement migrate', () => {
  it('is on record by the name of whoever ran it, and once', async () => {
    const database = await createEmptyDatabase()
    const env = { DATABASE_URL: database.url, REDIS_URL: 'redis://127.0.0.1:1' }
    for (let times = 0; times < 2; times++) expect(await runCli(['migrate'], env)).toMatchObject({ code: 0 })
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    const { rows } = await client.query('select actor_kind, actor_name, action, outcome from audit_events')
    await client.end()
    await database.drop()
    const actor_name = userInfo().username
    expect(rows).toEqual([{ actor_kind: 'cli', actor_name, action: 'schema.migrate', outcome: 'done' }])
  })
})

describe('rotating the secret', () => {
  let rows: Rows
  beforeAll(async () => {
    rows = await createRows()
  })
  afterAll(() => rows.close())

  const sealed = async () =>
    (
      await sql<{ sealed: string }>`select sealed_access_token as sealed from senders order by phone_number_id`.execute(
        rows.postgres.db,
      )
    ).rows
  const audited = async () =>
    (
      await sql<{
        actor_kind: string
        detail: object
      }>`select actor_kind, detail from audit_events where action = 'secret.rotate' order by id`.execute(
        rows.postgres.db,
      )
    ).rows
  const book = (...keys: Buffer[]) => optOutBook(createTokenVault(keys))

  it('seals every token and the key of the opt-outs for the new key alone, and they stay the same', async () => {
    const { db } = rows.postgres
    const [one, two] = [await rows.linkSender({ token: 'token-1' }), await rows.linkSender({ token: 'token-2' })]
    const person = { ids: [{ scope: '', key: '5511987654321' }], optedOut: ['marketing' as const] }
    await rows.optOuts.keep(db, HERE.workspace, person)
    const versions = await db.selectFrom('senders').select('updated_at').execute()
    await expect(book(NEW).check(db)).rejects.toThrow(OptOutsUnreadable)

    const { sealed: count, unreadable, opt_outs } = await rotateSecret(rows.databaseUrl, [NEW, rows.secretKey])
    expect({ count, unreadable, opt_outs }).toEqual({ count: 2, unreadable: [], opt_outs: 'sealed' })

    const after = senderStore(db, createTokenVault([NEW]))
    expect(await after.tokenOfNumber(one)).toBe('token-1')
    expect(await after.tokenOfNumber(two)).toBe('token-2')
    await expect(senderStore(db, createTokenVault([rows.secretKey])).tokenOfNumber(one)).rejects.toThrow(
      'expected the key',
    )
    expect(await db.selectFrom('senders').select('updated_at').execute()).toEqual(versions)

    await book(NEW).check(db)
    await expect(book(rows.secretKey).check(db)).rejects.toThrow(OptOutsUnreadable)
    const { id } = await db
      .insertInto('contacts')
      .values({ workspace: 'default', wa_id: '5511987654321' })
      .returning('id')
      .executeTakeFirstOrThrow()
    await book(NEW).consult(db, HERE.workspace, [{ contactId: id as never, scope: '', key: '5511987654321' }])
    expect(await db.selectFrom('contacts').select('marketing').where('id', '=', id).executeTakeFirst()).toEqual({
      marketing: 'out',
    })
    expect(await audited()).toEqual([
      {
        actor_kind: 'cli',
        detail: {
          sealed: 2,
          totps_unreadable: 0,
          endpoints_unreadable: 0,
          signing_unreadable: 0,
          unreadable: 0,
          opt_outs: 'sealed',
        },
      },
    ])
  })

  it('leaves alone what none of the keys opens, and says so', async () => {
    const before = await sealed()
    const stranger = randomBytes(32)
    const rotated = await rotateSecret(rows.databaseUrl, [stranger])
    expect(rotated).toMatchObject({ sealed: 0, opt_outs: 'unreadable' })
    expect(rotated.unreadable).toHaveLength(2)
    expect(await sealed()).toEqual(before)
  })

  it('seals what calls of flows are signed with, and tells where it cannot', async () => {
    const { db, pool } = rows.postgres
    const old = randomBytes(32)
    const own = ofWorkspace(HERE.workspace)
    await replaceSigningSecret(db, HERE.workspace, createTokenVault([old]).seal('whsec_c2VjcmV0', own))
    const opened = async (key: Buffer) =>
      createTokenVault([key]).open((await readSigningSecret(db, HERE.workspace)) as string, own)
    expect(await rotateSecret(rows.databaseUrl, [NEW])).toMatchObject({ signing_unreadable: 1 })
    expect(await opened(old)).toBe('whsec_c2VjcmV0')
    expect(await rotateSecret(rows.databaseUrl, [NEW, old])).toMatchObject({ signing_unreadable: 0 })
    expect(await opened(NEW)).toBe('whsec_c2VjcmV0')
    await pool.query('delete from signing_secrets')
  })

  it('seals what endpoints are signed and asked with, and tells of those that it cannot', async () => {
    const { db, pool } = rows.postgres
    const old = randomBytes(32)
    const made = await endpointStore(db, createTokenVault([old])).create({
      ...{
        workspace: HERE.workspace,
        url: 'https://bot.example/',
        kind: 'meta',
        senders: null,
        events: null,
        ids: 'meta',
      },
      ...{ secret: 'the-secret-of-an-endpoint', verifyToken: 'hello-bot', createdBy: CALLER.actor },
    })
    const events = await endpointStore(db, createTokenVault([old])).create({
      ...{ workspace: HERE.workspace, url: 'https://shop.example/', kind: 'events', senders: null, events: null },
      ...{ ids: 'casement', secret: 'whsec_c2VjcmV0', verifyToken: null, createdBy: CALLER.actor },
    })
    expect(await rotateSecret(rows.databaseUrl, [NEW])).toMatchObject({ endpoints_unreadable: 2 })
    const keys = (key: Buffer, id: string) => endpointStore(db, createTokenVault([key])).keysOf(HERE, id)
    expect(await keys(old, made.id)).toMatchObject({ secret: 'the-secret-of-an-endpoint' })

    expect(await rotateSecret(rows.databaseUrl, [NEW, old])).toMatchObject({ endpoints_unreadable: 0 })
    expect(await keys(NEW, made.id)).toMatchObject({ secret: 'the-secret-of-an-endpoint', verifyToken: 'hello-bot' })
    expect(await keys(NEW, events.id)).toMatchObject({ secret: 'whsec_c2VjcmV0', verifyToken: null })
    await expect(keys(old, made.id)).rejects.toThrow('expected the key')
    await pool.query('delete from webhook_endpoints')
  })

  it('is a command, which fails while the old key must stay', async () => {
    const env = { DATABASE_URL: rows.databaseUrl }
    const secret = (...keys: Buffer[]) => keys.map((key) => key.toString('hex')).join(',')
    const next = randomBytes(32)
    const done = await runCli(['secret', 'rotate'], { ...env, CASEMENT_SECRET: secret(next, NEW) })
    expect(done).toMatchObject({ code: 0, stdout: 'sealed 2 access tokens and the key of the opt-outs anew' })
    const failed = await runCli(['secret', 'rotate', '--json'], { ...env, CASEMENT_SECRET: secret(NEW) })
    expect(failed.code).toBe(1)
    expect(failed.stderr).toContain('keep the old key')
    expect(JSON.parse(failed.stdout)).toMatchObject({ sealed: 0, opt_outs: 'unreadable' })
    const without = await runCli(['secret', 'rotate'], env)
    expect(without).toMatchObject({ code: 1, stderr: expect.stringContaining('CASEMENT_SECRET') })
    const nowhere = await runCli(['secret', 'rotate'])
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('DATABASE_URL') })
  })
})
