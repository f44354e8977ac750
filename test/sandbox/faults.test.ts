import { describe, expect, it } from 'vitest'
import type { FaultInput, Sandbox } from '../../src/sandbox/sandbox.ts'
import { ANA, call, codeOf, NUMBER, sendTemplate, startHook, startSandbox, TOKEN, WABA } from './support.ts'

/** Sends and says how it ended for the caller, and whether the sandbox has the message. */
async function struck(
  sandbox: Sandbox,
  fault: FaultInput,
): Promise<[string | number, 'accepted' | 'refused' | undefined]> {
  sandbox.addFault(fault)
  const caller = await sendTemplate(sandbox).then(
    (answer) => answer.status,
    () => 'broken off',
  )
  return [caller, sandbox.ledger().at(-1)?.outcome]
}

describe('a scripted fault', () => {
  it.each<[FaultInput, string | number, 'accepted' | 'refused']>([
    [{ kind: 'http_500' }, 500, 'refused'],
    [{ kind: 'http_503' }, 503, 'refused'],
    [{ kind: 'http_429' }, 429, 'refused'],
    [{ kind: 'graph_error', code: 131016 }, 500, 'refused'],
    [{ kind: 'html_502' }, 502, 'refused'],
    [{ kind: 'html_502', accept: true }, 502, 'accepted'],
    [{ kind: 'empty_200' }, 200, 'accepted'],
    [{ kind: 'empty_200', accept: false }, 200, 'refused'],
    [{ kind: 'reset_before_accept' }, 'broken off', 'refused'],
    [{ kind: 'reset_after_accept' }, 'broken off', 'accepted'],
    [{ kind: 'latency', ms: 1 }, 200, 'accepted'],
    [{ kind: 'usage_limit' }, 400, 'refused'],
    [{ kind: 'failed_status', code: 131049 }, 200, 'accepted'],
  ])('%j ends as %s for the caller, %s', async (fault, caller, outcome) => {
    const sandbox = await startSandbox()
    expect(await struck(sandbox, fault)).toEqual([caller, outcome])
    expect(sandbox.ledger().at(-1)?.fault).toBe(fault.kind)
  })

  it('names the time until an account may call again', async () => {
    const sandbox = await startSandbox()
    sandbox.addFault({ kind: 'usage_limit', code: 80008, regain_minutes: 12, usage_type: 'whatsapp' })
    const answer = await sendTemplate(sandbox)
    expect(codeOf(answer)).toBe(80008)
    const usage = JSON.parse(answer.headers.get('x-business-use-case-usage') ?? '')
    expect(usage).toEqual({
      [WABA]: [expect.objectContaining({ type: 'whatsapp', call_count: 100, estimated_time_to_regain_access: 12 })],
    })
  })

  it('accepts a message and reports it as failed', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    sandbox.addFault({ kind: 'failed_status', code: 132015 })
    expect((await sendTemplate(sandbox)).status).toBe(200)
    await sandbox.settled()
    expect(hook.statuses()).toMatchObject([{ status: 'failed', errors: [{ code: 132015 }] }])
  })

  it('reports the statuses of a message whose answer was lost', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    sandbox.addFault({ kind: 'reset_after_accept' })
    await expect(sendTemplate(sandbox, 'hello_world', { biz_opaque_callback_data: 'attempt.1' })).rejects.toThrow()
    await sandbox.settled()
    expect(hook.statuses()[0]).toMatchObject({ status: 'sent', biz_opaque_callback_data: 'attempt.1' })
  })

  it('leaves the caller waiting after acceptance until it gives up', async () => {
    const sandbox = await startSandbox()
    sandbox.addFault({ kind: 'timeout_after_accept' })
    const giveUp = new AbortController()
    const template = { name: 'hello_world', language: { code: 'en_US' } }
    const arrived = sandbox.nextSend()
    const waiting = fetch(`${sandbox.url}/${NUMBER}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ messaging_product: 'whatsapp', to: ANA, type: 'template', template }),
      signal: giveUp.signal,
    })
    await arrived
    giveUp.abort()
    await expect(waiting).rejects.toThrow()
    expect(sandbox.ledger()).toMatchObject([{ outcome: 'accepted', fault: 'timeout_after_accept' }])
  })

  it('does not outlive the sandbox it hangs in', async () => {
    const sandbox = await startSandbox()
    sandbox.addFault({ kind: 'timeout_before_accept' })
    const arrived = sandbox.nextSend()
    const waiting = sendTemplate(sandbox)
    await arrived
    await Promise.all([sandbox.close(), expect(waiting).rejects.toThrow()])
  })

  it('says when to come back', async () => {
    const sandbox = await startSandbox()
    sandbox.addFault({ kind: 'http_429', retry_after_s: 7 })
    const answer = await sendTemplate(sandbox)
    expect([answer.headers.get('retry-after'), answer.text]).toEqual(['7', 'Too Many Requests'])
  })

  it('carries the code, subcode, message and status it was given', async () => {
    const sandbox = await startSandbox()
    sandbox.addFault({ kind: 'graph_error', code: 131047, subcode: 2494055, message: 'closed', http: 403 })
    const answer = await sendTemplate(sandbox)
    expect(answer.status).toBe(403)
    expect(answer.body.error).toMatchObject({ code: 131047, error_subcode: 2494055, message: 'closed' })
  })

  it('strikes as often as it was told, in the order given', async () => {
    const sandbox = await startSandbox()
    sandbox.addFault({ kind: 'http_500', times: 2 })
    sandbox.addFault({ kind: 'http_503' })
    const statuses: number[] = []
    for (let sent = 0; sent < 4; sent += 1) statuses.push((await sendTemplate(sandbox)).status)
    expect(statuses).toEqual([500, 500, 503, 200])
    expect(sandbox.faults()).toEqual([])
  })

  it('strikes without end until it is cleared', async () => {
    const sandbox = await startSandbox()
    sandbox.addFault({ kind: 'http_500', times: null })
    for (let sent = 0; sent < 3; sent += 1) expect((await sendTemplate(sandbox)).status).toBe(500)
    sandbox.clearFaults()
    expect((await sendTemplate(sandbox)).status).toBe(200)
  })

  it('waits for the recipient or the number it is meant for', async () => {
    const sandbox = await startSandbox()
    sandbox.addFault({ kind: 'http_500', match: { to: '447911123456' } })
    sandbox.addFault({ kind: 'http_503', match: { phone_number_id: 'another' } })
    expect((await sendTemplate(sandbox)).status).toBe(200)
    expect((await sendTemplate(sandbox, 'hello_world', { to: '+44 7911 123456' })).status).toBe(500)
  })

  it('spares everything but sends, unless it names an edge', async () => {
    const sandbox = await startSandbox()
    sandbox.addFault({ kind: 'http_500' })
    sandbox.addFault({ kind: 'graph_error', code: 80008, match: { edge: 'message_templates' } })
    expect(codeOf(await call(sandbox, 'GET', `/${WABA}/message_templates`))).toBe(80008)
    expect((await call(sandbox, 'GET', `/${WABA}/message_templates`)).status).toBe(200)
    expect((await sendTemplate(sandbox)).status).toBe(500)
  })

  it('strikes with its probability, the same calls for the same seed', async () => {
    const run = async () => {
      const sandbox = await startSandbox({ knobs: { randomSeed: 3, throughputMps: 1_000 } })
      sandbox.addFault({ kind: 'http_500', times: null, probability: 0.4 })
      const statuses: number[] = []
      for (let sent = 0; sent < 30; sent += 1) statuses.push((await sendTemplate(sandbox)).status)
      return statuses
    }
    const first = await run()
    expect(new Set(first)).toEqual(new Set([200, 500]))
    expect(await run()).toEqual(first)
  })
})
