import { describe, expect, it } from 'vitest'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { ANA, bodyParameters, codeOf, type Hook, NUMBER, sendTemplate, startHook, startSandbox } from './support.ts'

describe('a message that cannot be delivered', () => {
  async function failureOf(sandbox: Sandbox, hook: Hook, message: () => Promise<unknown>) {
    await message()
    await sandbox.settled()
    return hook.statuses()
  }

  it('fails with 131026 when the number has no WhatsApp', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    sandbox.addCustomer({ wa_id: '4930111', has_whatsapp: false })
    const statuses = await failureOf(sandbox, hook, () => sendTemplate(sandbox, 'hello_world', { to: '+4930111' }))
    expect(statuses).toMatchObject([{ status: 'failed', errors: [{ code: 131026 }] }])
  })

  it('fails with 131026 when nobody has the BSUID', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    const statuses = await failureOf(sandbox, hook, () => sendTemplate(sandbox, 'hello_world', { recipient: 'US.404' }))
    expect(statuses).toMatchObject([{ status: 'failed', recipient_user_id: 'US.404', errors: [{ code: 131026 }] }])
  })

  it('fails with 131050 when it is marketing and the user stopped that', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    sandbox.customers.stopMarketing(ANA)
    const statuses = await failureOf(sandbox, hook, () =>
      sendTemplate(sandbox, 'spring_offer', {}, bodyParameters('Ana', '5%')),
    )
    expect(statuses).toMatchObject([{ status: 'failed', errors: [{ code: 131050 }] }])
  })

  it('is still delivered when it is a utility template and the user stopped marketing', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    sandbox.customers.stopMarketing(ANA)
    await sendTemplate(sandbox)
    await sandbox.settled()
    expect(hook.statuses().map((status) => status.status)).toEqual(['sent', 'delivered'])
  })

  it('fails with 131049 when it is marketing to the United States, and not to Canada', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    const offer = bodyParameters('Sam', '5%')
    await sendTemplate(sandbox, 'spring_offer', { to: '+12125550123' }, offer)
    await sandbox.settled()
    expect(hook.statuses()).toMatchObject([{ status: 'failed', errors: [{ code: 131049 }] }])
    await sendTemplate(sandbox, 'spring_offer', { to: '+14165550123' }, offer)
    await sandbox.settled()
    expect(hook.statuses().at(-1)).toMatchObject({ status: 'delivered' })
  })

  it('waits at sent while the phone is off', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    sandbox.changeCustomer(ANA, { online: false })
    await sendTemplate(sandbox)
    await sandbox.settled()
    expect(hook.statuses().map((status) => status.status)).toEqual(['sent'])
    sandbox.changeCustomer(ANA, { online: true })
    await sandbox.settled()
    expect(hook.statuses().map((status) => status.status)).toEqual(['sent', 'delivered'])
  })
})

describe('a sender in trouble', () => {
  it.each([131031, 368, 131042, 131048, 131057, 133010])(
    'refuses every send with %i until it is cured',
    async (code) => {
      const sandbox = await startSandbox()
      sandbox.changeSender(NUMBER, { refuse_with: code })
      expect(codeOf(await sendTemplate(sandbox))).toBe(code)
      sandbox.changeSender(NUMBER, { refuse_with: null })
      expect((await sendTemplate(sandbox)).status).toBe(200)
    },
  )
})
