import { describe, expect, it } from 'vitest'
import { ANA, call, codeOf, DAY_MS, sendTemplate, sendText, startSandbox, withOpenWindow } from './support.ts'

describe('limits', () => {
  it('refuse the message beyond a number of messages per second with 130429, for that second', async () => {
    const sandbox = await withOpenWindow({ knobs: { throughputMps: 5, pairBurst: 45 } })
    sandbox.advance(1_000)
    for (let sent = 0; sent < 5; sent += 1) expect((await sendText(sandbox)).status).toBe(200)
    const refused = await sendText(sandbox)
    expect([codeOf(refused), refused.status]).toEqual([130429, 429])
    sandbox.advance(1_000)
    expect((await sendText(sandbox)).status).toBe(200)
  })

  it('count inbound messages towards the throughput', async () => {
    const sandbox = await startSandbox({ knobs: { throughputMps: 2 } })
    sandbox.customers.say(ANA, { text: 'one' })
    sandbox.customers.say(ANA, { text: 'two' })
    expect(codeOf(await sendText(sandbox))).toBe(130429)
  })

  it('leave another number its own throughput', async () => {
    const sandbox = await startSandbox({ knobs: { throughputMps: 1 } })
    sandbox.addSender({ id: '999', waba_id: '888', display_phone_number: '4930123456', throughput_mps: 3 })
    sandbox.customers.say(ANA, { text: 'hi', phone_number_id: '999' })
    const post = () =>
      call(sandbox, 'POST', '/999/messages', { messaging_product: 'whatsapp', to: ANA, text: { body: 'x' } })
    expect((await post()).status).toBe(200)
    expect((await post()).status).toBe(200)
    expect(codeOf(await post())).toBe(130429)
  })

  it('refuse the 46th message of a burst to one user with 131056, and give one back every six seconds', async () => {
    const sandbox = await withOpenWindow({ knobs: { throughputMps: 1_000 } })
    for (let sent = 0; sent < 45; sent += 1) expect((await sendText(sandbox)).status).toBe(200)
    expect(codeOf(await sendText(sandbox))).toBe(131056)
    expect((await sendTemplate(sandbox, 'hello_world', { to: '+447911123456' })).status).toBe(200)
    sandbox.advance(6_000)
    expect((await sendText(sandbox)).status).toBe(200)
    expect(codeOf(await sendText(sandbox))).toBe(131056)
  })

  it('refuse new users beyond the messaging limit of the portfolio, for 24 hours', async () => {
    const sandbox = await startSandbox({ knobs: { messagingLimit: 2 } })
    const to = (number: number) => sendTemplate(sandbox, 'hello_world', { to: `+4930000000${number}` })
    expect((await to(1)).status).toBe(200)
    expect((await to(2)).status).toBe(200)
    expect(codeOf(await to(3))).toBe(131048)
    expect((await to(2)).status).toBe(200)
    sandbox.advance(DAY_MS)
    expect((await to(3)).status).toBe(200)
  })

  it('do not count templates inside an open window towards the messaging limit', async () => {
    const sandbox = await withOpenWindow({ knobs: { messagingLimit: 1 } })
    expect((await sendTemplate(sandbox)).status).toBe(200)
    expect((await sendTemplate(sandbox, 'hello_world', { to: '+447911123456' })).status).toBe(200)
  })

  it('are not spent by refused messages', async () => {
    const sandbox = await startSandbox({ knobs: { pairBurst: 1 } })
    expect(codeOf(await sendText(sandbox))).toBe(131047)
    expect((await sendTemplate(sandbox)).status).toBe(200)
  })
})
