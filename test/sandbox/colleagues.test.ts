import { describe, expect, it } from 'vitest'
import { ANA, call, codeOf, NOON, NUMBER, sendTemplate, sendText, startHook, startSandbox } from './support.ts'

async function withHook() {
  const hook = await startHook()
  const sandbox = await startSandbox({ webhookUrl: hook.url })
  const fields = async () => {
    await sandbox.settled()
    return hook.changes().map((change) => (change as unknown as { field: string }).field)
  }
  const last = async () => {
    await sandbox.settled()
    return hook.changes().at(-1)?.value as Record<string, unknown>
  }
  return { sandbox, fields, last }
}

describe('a colleague with the phone app', () => {
  it('writes to the customer without a window, and Meta tells what', async () => {
    const { sandbox, last } = await withHook()
    const { wamid } = sandbox.colleagues.writes(ANA, { text: 'Hi, Sam here.' })
    expect(await last()).toMatchObject({
      metadata: { phone_number_id: NUMBER },
      message_echoes: [
        {
          from: '15550783881',
          to: ANA,
          id: wamid,
          timestamp: String(NOON / 1000),
          type: 'text',
          text: { body: 'Hi, Sam here.' },
        },
      ],
    })
    expect(codeOf(await sendText(sandbox))).toBe(131047)
  })

  it('uses the pair limit', async () => {
    const { sandbox } = await withHook()
    sandbox.turn({ pairBurst: 1 })
    sandbox.customers.say(ANA, { text: 'hi' })
    sandbox.colleagues.writes(ANA, { text: 'Hi.' })
    expect(codeOf(await sendText(sandbox))).toBe(131056)
  })
})

describe('another responder that has the customer', () => {
  it('refuses service messages and no templates, until it hands back', async () => {
    const { sandbox, fields } = await withHook()
    sandbox.customers.say(ANA, { text: 'hi' })
    sandbox.colleagues.takeOver(ANA)
    expect(codeOf(await sendText(sandbox))).toBe(131070)
    expect(codeOf(await sendTemplate(sandbox))).toBeNull()
    sandbox.customers.say(ANA, { text: 'anybody there?' })
    sandbox.colleagues.handBack(ANA)
    expect(codeOf(await sendText(sandbox))).toBeNull()
    expect((await fields()).filter((field) => field !== 'messages')).toEqual([
      'messaging_handovers',
      'standby',
      'messaging_handovers',
    ])
  })

  it('is told of by whose number and whose customer it is', async () => {
    const { sandbox, last } = await withHook()
    sandbox.colleagues.takeOver(ANA)
    expect(await last()).toMatchObject({
      type: 'control_taken',
      recipient: { phone_number_id: NUMBER },
      sender: { phone_number: ANA },
      timestamp: String(NOON / 1000),
    })
    sandbox.colleagues.handBack(ANA, { silently: true })
    expect(await last()).toMatchObject({ type: 'control_taken' })
  })
})

describe('a number', () => {
  it('goes to somebody else without a word: same wa_id, another BSUID', async () => {
    const { sandbox } = await withHook()
    const before = { ...sandbox.customers.customer(ANA) }
    const after = sandbox.recycle(ANA, { name: 'Bea' })
    expect(after).toMatchObject({ waId: ANA, name: 'Bea' })
    expect(after.userId).not.toBe(before.userId)
    expect(after.userId.slice(0, 3)).toBe('BR.')
    expect(sandbox.customers.customer(before.userId)).toMatchObject({ waId: null, name: before.name })
    expect(sandbox.customers.customer(ANA).key).toBe(after.key)
  })

  it.each([
    ['2250768123456', '22568123456'],
    ['2290168123456', '22968123456'],
  ])('that was renumbered is dialled as %s and answered as %s', async (dialled, former) => {
    const { sandbox, last } = await withHook()
    sandbox.addCustomer({ wa_id: dialled, renumbered: true })
    const answer = await sendTemplate(sandbox, 'hello_world', { to: `+${dialled}` })
    expect(answer.body).toMatchObject({ contacts: [{ input: `+${dialled}`, wa_id: former }] })
    await sandbox.settled()
    sandbox.customers.say(dialled, { text: 'hi' })
    expect(await last()).toMatchObject({ messages: [{ from: former }] })
  })

  it('that is for tests writes to the spellings on its list alone', async () => {
    const { sandbox } = await withHook()
    sandbox.changeSender(NUMBER, { allowed_to: ['541123456789'] })
    const to = (digits: string) => sendTemplate(sandbox, 'hello_world', { to: `+${digits}` })
    expect(codeOf(await to('5491123456789'))).toBe(131030)
    expect(codeOf(await to('541123456789'))).toBeNull()
  })

  it('has these controls over HTTP', async () => {
    const { sandbox } = await withHook()
    const post = (path: string, body: object) => call(sandbox, 'POST', `/sandbox/customers/${ANA}/${path}`, body)
    expect((await post('colleague-writes', { text: 'Hi.' })).status).toBe(200)
    expect((await post('colleague-writes', {})).status).toBe(400)
    expect((await post('other-responder-takes-over', {})).body).toEqual({ other_responder: true })
    expect((await post('other-responder-hands-back', { silently: true })).body).toEqual({ other_responder: false })
    expect((await post('recycle-number', {})).body).toMatchObject({ wa_id: ANA })
  })
})
