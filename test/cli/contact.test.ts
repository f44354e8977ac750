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
