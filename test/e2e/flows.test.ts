import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import { API_KEY, type Harness, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'
import { HOUR_MS, text } from './fixtures.ts'

interface RunJson {
  id: string
  state: string
  outcome: string | null
  step: string
  version: number
  due_at: string | null
  history: { kind: string; step: string | null; detail: { text: string } }[]
}

describeEachLaneEngine('a flow', (engine) => {
  let casement: Harness

  beforeAll(async () => {
    casement = await startHarness(engine)
  })
  afterAll(() => casement.close())

  async function put(name: string, text: string, query = '') {
    const response = await fetch(`${casement.url}/v1/flows/${name}${query}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/yaml' },
      body: text,
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  async function check(text: string) {
    const response = await fetch(`${casement.url}/v1/flows/check`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/yaml' },
      body: text,
    })
    return (await response.json()) as { problems: unknown[]; warnings: unknown[] }
  }

  async function deploy(name: string, text: string) {
    const answer = await put(name, text)
    expect(answer.body).toMatchObject({ version: expect.any(Number) })
    return answer.body
  }

  async function start(name: string, customer: string, data: object = {}): Promise<string> {
    const answer = await casement.api<{ id: string }>('POST', `/v1/flows/${name}/runs`, {
      sender: casement.sender,
      to: `+${customer}`,
      data,
    })
    expect(answer).toMatchObject({ status: 202 })
    return answer.body.id
  }

  const run = async (id: string) => (await casement.api<RunJson>('GET', `/v1/flow-runs/${id}`)).body

  async function runThat(id: string, matches: (seen: RunJson) => boolean): Promise<RunJson> {
    let seen: RunJson | null = null
    return eventually(async () => {
      seen = await run(id)
      return matches(seen) ? seen : false
    }).catch((error: Error) => {
      throw new Error(`the run is ${JSON.stringify(seen, null, 1)}`, { cause: error })
    })
  }

  async function runsOf(name: string): Promise<RunJson[]> {
    return (await casement.api<{ data: RunJson[] }>('GET', `/v1/flows/${name}/runs`)).body.data
  }

  const onlyRun = (name: string) =>
    eventually(async () => {
      const runs = await runsOf(name)
      return runs.length === 1 ? (runs[0] as RunJson) : false
    })

  const advance = (ms: number) => casement.api('POST', '/v1/sandbox/clock', { advance_ms: ms })

  it('greets, waits for an answer and hands over', async () => {
    await deploy(
      'hello',
      `
flow: hello
purpose: service
triggers:
  - inbound: { text: [ hello flow ] }
stop: [ person_took_over ]
steps:
  - id: greet
    send: { text: "Hi {{contact.name | there}}!" }
    when_closed: fail
  - id: answer
    wait: { for: reply, until: window.closes - 1h }
    then: hand
    otherwise: nothing
  - { id: nothing, end: no_answer }
  - { id: hand, hand_over: { team: desk, note: "{{reply.text | no text}}" }, end: handed_over }
`,
    )
    const customer = casement.stranger()
    await casement.writes(customer, undefined, 'Hello, flow!')
    const { id } = await onlyRun('hello')
    await runThat(id, ({ step }) => step === 'answer')
    expect(casement.received(customer)).toHaveLength(1)
    await casement.writes(customer, undefined, 'Cacti?')
    expect(await runThat(id, ({ state }) => state === 'ended')).toMatchObject({ outcome: 'handed_over' })
    expect(await casement.conversation(customer)).toMatchObject({ handed_over: { team: 'desk', note: 'Cacti?' } })
    await casement.api('POST', `/v1/conversations/${casement.sender}/${customer}/take`)
    expect(await casement.conversation(customer)).toMatchObject({ handed_over: null })
  })

  it('begins by a template that went in place of a message, and by a tap on it', async () => {
    const steps = `
stop: [ person_took_over ]
steps:
  - id: answered
    send: { text: "Glad to hear it." }
    when_closed: fail
    then: done
  - { id: done, end: done }
`
    await deploy(
      'by_tap',
      `flow: by_tap\npurpose: service\ntriggers:\n  - tapped: { template: keep_helping, button: "Yes, please!" }${steps}`,
    )
    await deploy(
      'unheard',
      `flow: unheard\npurpose: service\ntriggers:\n  - unanswered: { of: { template: keep_helping }, after: 1h }${steps}`,
    )
    const parameters = ['Ana', 'Sam', 'Lucky Shrub'].map((text, i) => ({
      type: 'text',
      parameter_name: ['user', 'your_name', 'company'][i],
      text,
    }))
    const downgrade = { name: 'keep_helping', language: 'en', components: [{ type: 'body', parameters }] }
    const customer = casement.stranger()
    const { id } = await casement.enqueue({
      to: `+${customer}`,
      message: text('Still there?'),
      when_closed: { downgrade },
    })
    expect(await casement.intentIn(id, 'sent')).toMatchObject({ sent_as: 'template' })
    // Until it is delivered nothing waits for an answer.
    await eventually(async () =>
      (await casement.conversation(customer)).messages.some(({ status }) => status === 'delivered'),
    )
    await advance(HOUR_MS)
    await onlyRun('unheard')
    casement.sandbox.customers.tap(customer, { label: 'Yes, please!' })
    await casement.told()
    await onlyRun('by_tap')
  })

  it('holds what it has asked for while it is paused, and lets it go once it is resumed', async () => {
    const asks = (name: string) => `
flow: ${name}
purpose: service
triggers: [api]
steps:
  - { id: ask, send: { text: "Still there?" }, when_closed: fail }
  - { id: rest, wait: 1d }
`
    await deploy('pauses', asks('pauses'))
    const sender = `/v1/senders/${casement.sender}`
    await casement.api('POST', `${sender}/pause`)
    const asked: { run: string; intent: string }[] = []
    for (const customer of [casement.stranger(), casement.stranger()]) {
      await casement.writes(customer, undefined, 'Here I am')
      const run = await start('pauses', customer)
      await runThat(run, ({ history }) => history.some(({ kind }) => kind === 'sends'))
      const { body } = await casement.api<{ data: { id: string }[] }>('GET', '/v1/intents?flow=pauses')
      asked.push({ run, intent: body.data[0]?.id as string })
    }
    const [first, second] = asked as [(typeof asked)[0], (typeof asked)[0]]
    await casement.api('POST', `/v1/flow-runs/${first.run}/pause`)
    await casement.api('POST', '/v1/flows/pauses/pause')
    await casement.api('POST', `${sender}/resume`)
    for (const { intent } of asked) {
      await eventually(async () => {
        const { reason } = await casement.intentIn(intent, 'held', 'sent')
        return reason?.code === 'flow_paused'
      })
    }
    await casement.api('POST', '/v1/flows/pauses/resume')
    await casement.intentIn(second.intent, 'sent')
    expect(await casement.intentIn(first.intent, 'held', 'sent')).toMatchObject({
      state: 'held',
      reason: { code: 'flow_paused' },
    })
    await casement.api('POST', `/v1/flow-runs/${first.run}/resume`)
    await casement.intentIn(first.intent, 'sent')
  })

  it('of a quote that was abandoned goes on when its time has come, and ends when the customer answers', async () => {
    const text = await readFile('examples/flows/abandoned_quote.yaml', 'utf8')
    expect(await put('abandoned_quote', text)).toMatchObject({ status: 422 })
    const missing = { path: expect.stringContaining('template'), line: expect.any(Number) }
    expect((await check(text)).problems).toEqual(expect.arrayContaining([expect.objectContaining(missing)]))
    for (const name of ['quote_reminder', 'quote_last_call']) {
      const document = parse(await readFile(`examples/templates/${name}.yaml`, 'utf8'))
      const made = await casement.api('POST', '/v1/templates', { waba_id: '102290129340398', ...document })
      expect(made).toMatchObject({ status: 201 })
    }
    expect((await check(text)).problems).toEqual([])
    await deploy('abandoned_quote', text)
    const customer = casement.stranger()
    const data = { quote: 'Q-1', product: 'cactus', valid_until: new Date(Date.now() + 200 * HOUR_MS).toISOString() }
    const id = await start('abandoned_quote', customer, data)
    await runThat(id, ({ step }) => step === 'let_them_think')
    await advance(22 * HOUR_MS)
    await runThat(id, ({ step }) => step !== 'let_them_think')
    await casement.writes(customer, undefined, 'I thought about it')
    expect(await runThat(id, ({ state }) => state === 'ended')).toMatchObject({ outcome: 'answered' })
  })
})
