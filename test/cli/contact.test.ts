import { describe, expect, it } from 'vitest'
import { runCli, startFakeApi } from './support.ts'

describe('contact', () => {
  const CONTACT = { wa_id: '5511987654321', user_id: null, name: 'Ana', marketing: 'out', utility: 'unknown' }

  it('show names the person and their consents', async () => {
    const consents = [
      { category: 'marketing', state: 'out', source: 'word', at: '2026-11-29T12:00:00.000Z', evidence: null },
    ]
    const { url, calls } = await startFakeApi(() => ({ body: { ...CONTACT, consents } }))
    const { stdout } = await runCli(['contact', 'show', '+55 11 98765-4321', '--url', url])
    expect(calls[0]).toMatchObject({ method: 'GET', path: '/v1/contacts/5511987654321' })
    expect(stdout).toMatch(/^wa_id +5511987654321\nname +Ana\nmarketing +out\n/)
    expect(stdout).toMatch(/2026-11-29T12:00:00.000Z +marketing +out +word$/)
  })

  it('set makes the person and keeps what is given, numbers as such', async () => {
    const { url, calls } = await startFakeApi(() => ({
      body: { ...CONTACT, attributes: { segment: 'b2b', visits: 3 } },
    }))
    const pairs = ['segment=b2b', 'visits=3', 'vip=true', 'code=007', 'old=']
    const args = ['contact', 'set', '+5511987654321', '--name', 'Ana', '--language', '', '--attribute', ...pairs]
    const { code, stdout } = await runCli([...args, '--url', url])
    expect(code).toBe(0)
    const attributes = { segment: 'b2b', visits: 3, vip: true, code: '007', old: null }
    expect(calls).toMatchObject([
      { method: 'PUT', path: '/v1/contacts/5511987654321', body: {} },
      { method: 'PATCH', path: '/v1/contacts/5511987654321', body: { name: 'Ana', language: null, attributes } },
    ])
    expect(stdout).toMatch(/segment +b2b\nvisits +3/)
  })

  it('list asks for attributes by their names', async () => {
    const { url, calls } = await startFakeApi(() => ({ body: { data: [CONTACT], next_cursor: null } }))
    const args = ['contact', 'list', 'ana', '--marketing', 'in', '--attribute', 'segment=b2b', '--url', url]
    expect((await runCli(args)).stdout).toContain('5511987654321')
    expect(calls[0]?.path).toBe('/v1/contacts?q=ana&marketing=in&attribute.segment=b2b&limit=100')
  })

  it('export prints the answer as it came', async () => {
    const answer = { contact: CONTACT, conversations: [], added_later: 1 }
    const { url, calls } = await startFakeApi(() => ({ body: answer }))
    const { stdout } = await runCli(['contact', 'export', '5511987654321', '--url', url])
    expect(calls[0]).toMatchObject({ method: 'GET', path: '/v1/contacts/5511987654321/export' })
    expect(JSON.parse(stdout)).toEqual(answer)
  })

  it('erase asks for it and names the job', async () => {
    const { url, calls } = await startFakeApi(() => ({ status: 202, body: { job: 'j-1' } }))
    const { stdout } = await runCli(['contact', 'erase', '5511987654321', '--url', url])
    expect(calls[0]).toMatchObject({ method: 'DELETE', path: '/v1/contacts/5511987654321' })
    expect(stdout).toContain('/v1/jobs/j-1')
  })
})
