import { describe, expect, it } from 'vitest'
import { runCli, startFakeApi } from './support.ts'

const KEY = {
  id: '7',
  prefix: 'casement_abcd',
  name: 'shop',
  scopes: ['send'],
  workspace: 'default',
  senders: null,
  allow_query: false,
  expires_at: null,
  last_used_at: null,
  created_at: '2026-11-29T12:00:00.000Z',
  created_by: { kind: 'key', id: '1', name: 'ops' },
}

describe('workspace', () => {
  const WORKSPACE = { id: 'lucky-shrub', name: 'Lucky Shrub', created_at: '2026-11-29T12:00:00.000Z' }

  it('create makes one, with an id where one is given', async () => {
    const { url, calls } = await startFakeApi(() => ({ status: 201, body: WORKSPACE }))
    const made = await runCli(['workspace', 'create', 'Lucky Shrub', '--url', url])
    expect(made).toMatchObject({ code: 0, stdout: 'workspace lucky-shrub' })
    const named = await runCli(['workspace', 'create', 'Lucky Shrub', '--id', 'shrub', '--json', '--url', url])
    expect(JSON.parse(named.stdout)).toEqual(WORKSPACE)
    expect(calls).toMatchObject([
      { method: 'POST', path: '/v1/workspaces', body: { name: 'Lucky Shrub' } },
      { method: 'POST', path: '/v1/workspaces', body: { name: 'Lucky Shrub', id: 'shrub' } },
    ])
  })

  it('list shows all', async () => {
    const { url } = await startFakeApi(() => ({ body: { data: [WORKSPACE], next_cursor: null } }))
    const { stdout } = await runCli(['workspace', 'list', '--url', url])
    expect(stdout).toMatch(/WORKSPACE +NAME +SINCE\nlucky-shrub +Lucky Shrub +2026-11-29T12:00:00.000Z/)
  })

  it('create says why not', async () => {
    const error = {
      code: 'workspace_exists',
      message: 'expected id to be new, there is a workspace "shrub"',
      field: 'id',
    }
    const { url } = await startFakeApi(() => ({ status: 409, body: { error } }))
    const refused = await runCli(['workspace', 'create', 'Shrub', '--url', url])
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: `error: ${error.message}` })
  })
})

describe('key', () => {
  it('create sends what is asked for and nothing else, and shows the key', async () => {
    const { url, calls } = await startFakeApi(() => ({ status: 201, body: { ...KEY, key: 'casement_abcd-secret' } }))
    const plain = await runCli(['key', 'create', 'shop', '--scopes', 'send', '--url', url])
    expect(plain).toMatchObject({ code: 0, stdout: expect.stringMatching(/^key +casement_abcd-secret\nid +7\n/) })
    const all = ['--senders', '1, 2', '--expires', '2027-01-01T00:00:00Z', '--allow-query', '--workspace', 'shrub']
    await runCli(['key', 'create', 'partner', '--scopes', 'send,templates', ...all, '--url', url])
    expect(calls).toMatchObject([
      { method: 'POST', path: '/v1/api-keys' },
      { method: 'POST', path: '/v1/api-keys' },
    ])
    expect(calls.map(({ body }) => body)).toEqual([
      { name: 'shop', scopes: ['send'] },
      {
        name: 'partner',
        scopes: ['send', 'templates'],
        senders: ['1', '2'],
        expires_at: '2027-01-01T00:00:00.000Z',
        allow_query: true,
        workspace: 'shrub',
      },
    ])
  })

  it.each([
    ['no scope', ['key', 'create', 'shop']],
    ['nothing between the commas', ['key', 'create', 'shop', '--scopes', ' , ']],
    ['a time that is none', ['key', 'create', 'shop', '--scopes', 'send', '--expires', 'soon']],
  ])('create with %s is wrong usage', async (_, args) => {
    expect((await runCli(args)).code).toBe(2)
  })

  it('list shows keys by their beginning', async () => {
    const partner = { ...KEY, id: '8', name: 'partner', senders: ['1', '2'], expires_at: '2027-01-01T00:00:00.000Z' }
    const { url, calls } = await startFakeApi(() => ({ body: { data: [KEY, partner], next_cursor: null } }))
    const { stdout } = await runCli(['key', 'list', '--workspace', 'shrub', '--url', url])
    expect(calls[0]?.path).toBe('/v1/api-keys?workspace=shrub')
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['ID', 'NAME', 'BEGINS', 'SCOPES', 'SENDERS', 'EXPIRES', 'LAST USED'],
      ['7', 'shop', 'casement_abcd', 'send', '-', '-', '-'],
      ['8', 'partner', 'casement_abcd', 'send', '1,2', '2027-01-01T00:00:00.000Z', '-'],
    ])
  })

  it('revoke ends one', async () => {
    const { url, calls } = await startFakeApi(() => ({ status: 200, body: '' }))
    const revoked = await runCli(['key', 'revoke', '7', '--workspace', 'shrub', '--url', url])
    expect(revoked).toMatchObject({ code: 0, stdout: 'key 7 is revoked' })
    expect(calls).toMatchObject([{ method: 'DELETE', path: '/v1/api-keys/7?workspace=shrub' }])
  })
})

describe('audit', () => {
  it('asks for what is wanted, and shows it', async () => {
    const event = {
      id: '1',
      at: '2026-11-29T12:00:00.000Z',
      actor: { kind: 'key', id: '7', name: 'shop' },
      address: '203.0.113.7',
      action: 'sender.pause',
      object: { kind: 'sender', id: '106540352242922' },
      outcome: 'done',
    }
    const nobody = {
      ...event,
      actor: { kind: 'cli', id: null, name: 'ana' },
      address: null,
      object: { kind: 'secret', id: null },
    }
    const { url, calls } = await startFakeApi(() => ({ body: { data: [event, nobody], next_cursor: null } }))
    const asked = [
      '--who',
      '7',
      '--action',
      'sender.*',
      '--object',
      'sender:1',
      '--since',
      '2026-11-01T00:00:00Z',
      '--limit',
      '5',
    ]
    const { code, stdout } = await runCli(['audit', ...asked, '--url', url])
    expect(code).toBe(0)
    expect(calls[0]?.path).toBe(
      '/v1/audit?who=7&action=sender.*&object=sender%3A1&since=2026-11-01T00%3A00%3A00.000Z&limit=5',
    )
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['AT', 'WHO', 'FROM', 'DID', 'TO', 'OUTCOME'],
      ['2026-11-29T12:00:00.000Z', 'shop (key 7)', '203.0.113.7', 'sender.pause', 'sender:106540352242922', 'done'],
      ['2026-11-29T12:00:00.000Z', 'ana (cli)', '-', 'sender.pause', 'secret', 'done'],
    ])
  })
})
