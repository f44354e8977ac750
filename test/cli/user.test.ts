import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { runCli, startFakeApi } from './support.ts'

const USER = {
  id: '7d3f4a52-6f0e-4c1e-9a4b-0c7d5a1e2f30',
  email: 'ana@example.com',
  name: 'Ana',
  memberships: [{ workspace: 'default', role: 'operator' }],
  disabled: false,
  has_password: true,
  has_totp: false,
  created_at: '2026-11-29T12:00:00.000Z',
  last_seen_at: null,
}

describe('user', () => {
  it('invite shows the link, and whose it is', async () => {
    const link = 'http://127.0.0.1:8080/#code=abc'
    const made = { ...USER, link, link_expires_at: '2026-12-02T12:00:00.000Z' }
    const { url, calls } = await startFakeApi(() => ({ status: 201, body: made }))
    const shown = await runCli(['user', 'invite', 'ana@example.com', '--role', 'operator', '--url', url])
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining(`link   ${link}`) })
    expect(shown.stdout).toContain('operator of default')
    await runCli([
      'user',
      'invite',
      'b@example.com',
      '--role',
      'admin',
      '--name',
      'B',
      '--workspace',
      'shrub',
      '--url',
      url,
    ])
    expect(calls.map(({ path, body }) => ({ path, body }))).toEqual([
      { path: '/v1/users', body: { email: 'ana@example.com', name: 'ana', role: 'operator' } },
      { path: '/v1/users', body: { email: 'b@example.com', name: 'B', role: 'admin', workspace: 'shrub' } },
    ])
  })

  it('invite says so where somebody is known, and asks for the role', async () => {
    const known = { ...USER, link: null, link_expires_at: null }
    const { url } = await startFakeApi(() => ({ status: 201, body: known }))
    const shown = await runCli(['user', 'invite', 'ana@example.com', '--role', 'viewer', '--url', url])
    expect(shown.stdout).toContain('none: they are known')
    expect(await runCli(['user', 'invite', 'ana@example.com', '--url', url])).toMatchObject({ code: 2 })
  })

  it('list shows who is in, and who is not any more', async () => {
    const gone = { ...USER, email: 'sam@example.com', disabled: true }
    const { url } = await startFakeApi(() => ({ body: { data: [USER, gone], next_cursor: null } }))
    const { stdout } = await runCli(['user', 'list', '--url', url])
    expect(stdout).toMatch(/ana@example.com +Ana +operator +no/)
    expect(stdout).toMatch(/sam@example.com +Ana +disabled/)
  })

  it('disable takes an e-mail address or an id', async () => {
    const { url, calls } = await startFakeApi(({ method }) => ({
      body: method === 'GET' ? { data: [USER], next_cursor: null } : USER,
    }))
    for (const given of ['Ana@Example.com', USER.id]) {
      const done = await runCli(['user', 'disable', given, '--url', url])
      expect(done).toMatchObject({ code: 0, stdout: 'ana@example.com is disabled' })
    }
    const patches = calls.filter(({ method }) => method === 'PATCH')
    expect(patches).toMatchObject([
      { path: `/v1/users/${USER.id}`, body: { disabled: true } },
      { path: `/v1/users/${USER.id}`, body: { disabled: true } },
    ])
    const unknown = await runCli(['user', 'disable', 'sam@example.com', '--url', url])
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('sam@example.com') })
  })
})

describe('user link', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createTestDatabase()
  })
  afterAll(() => database.drop())

  it('makes the first admin of an empty installation, and then knows who was invited only', async () => {
    const env = { DATABASE_URL: database.url, CASEMENT_PUBLIC_URL: 'https://casement.example.com' }
    const first = await runCli(['user', 'link', 'Ana@Example.com'], env)
    expect(first).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^https:\/\/casement.example.com\/#code=[\w-]{43}$/),
    })
    const again = await runCli(['user', 'link', 'ana@example.com', '--reset', '--json'], env)
    expect(JSON.parse(again.stdout).link).not.toBe(first.stdout)
    const unknown = await runCli(['user', 'link', 'sam@example.com', '--json'], env)
    expect(unknown.code).toBe(1)
    expect(JSON.parse(unknown.stdout).error).toMatchObject({ code: 'user_unknown', field: 'email' })
  })
})
