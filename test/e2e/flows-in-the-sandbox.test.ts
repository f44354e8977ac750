import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import { runCli } from '../cli/support.ts'
import { createEmptyDatabase, type TestDatabase } from '../support/database.ts'
import { API_KEY } from '../support/harness.ts'
import { describeEachLaneEngine, type TestLanes } from '../support/lane-engines.ts'
import { type CasementProcess, startCasement } from '../support/process.ts'
import { type AtTheSandbox, playInSandbox } from '../support/sandbox-player.ts'
import { eventually } from '../support/signals.ts'

/*
 * The examples on `casement start`, as somebody tries them: templates and flows by the command line, the customer on the sandbox's phone, its
 * clock moved by hand. What is told is what the simulator tells.
 */

const folder = (name: string) => fileURLToPath(new URL(`../../examples/${name}/`, import.meta.url))
const read = (of: string, name: string) => readFileSync(folder(of) + name, 'utf8')
const templateFiles = readdirSync(folder('templates'))
const templates = templateFiles.map((name) => parse(read('templates', name)))
const ALL = readdirSync(folder('flows')).flatMap((name) =>
  name.endsWith('.script.yaml') ? [] : [name.replace('.yaml', '')],
)
/** What lanes have a part in is the same in all. */
const SOME = ['abandoned_quote', 'keep_window_open']
const WABA = '102290129340398'

describeEachLaneEngine('an example in the sandbox', (engine) => {
  const home = mkdtempSync(join(tmpdir(), 'casement-flows-'))
  let database: TestDatabase
  let lanes: TestLanes
  let running: CasementProcess
  let casement: AtTheSandbox
  let strangers = 0

  beforeAll(async () => {
    database = await createEmptyDatabase()
    lanes = await engine.open(database.url)
    const env = {
      ...lanes.env,
      GRAPH_API_URL: 'sandbox',
      CASEMENT_DATA_DIR: home,
      PORT: '0',
      SANDBOX_PORT: '0',
      LOG_LEVEL: 'silent',
      CASEMENT_SECRET: '0'.repeat(64),
      CASEMENT_API_KEY: API_KEY,
    }
    running = startCasement(['start', '--json'], { env })
    await running.line(/^\}$/, 60_000)
    const { url, sender } = JSON.parse(running.stdout.join('\n')) as { url: string; sender: string }
    casement = {
      sender,
      async api(method, path, body) {
        const response = await fetch(`${url}${path}`, {
          method,
          headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        })
        const answer = (await response.json()) as never
        if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`)
        return answer
      },
      async cli(...args) {
        const { code, stdout, stderr } = await runCli([...args, '--json', '--url', url], {
          CASEMENT_DATA_DIR: home,
          CASEMENT_API_KEY: API_KEY,
        })
        if (code !== 0) throw new Error(`casement ${args.join(' ')}: ${stdout} ${stderr}`)
        return JSON.parse(stdout)
      },
    }
    // Reviews take seconds of the sandbox, which pass when its clock is moved.
    const documents = templateFiles.filter((name) => name.endsWith('.yaml'))
    for (const name of documents) {
      await casement.cli('template', 'create', WABA, folder('templates') + name, '--no-wait')
    }
    await casement.api('POST', '/v1/sandbox/clock', { advance_ms: 60_000 })
    await eventually(async () => {
      const { data } = await casement.api<{ data: { status: string }[] }>('GET', '/v1/templates?status=PENDING')
      return data.length === 0
    })
  }, 180_000)
  afterAll(async () => {
    await running.kill('SIGTERM')
    await lanes.close()
    await database.drop()
    rmSync(home, { recursive: true, force: true })
  })

  it.each(engine.kind === 'postgres' ? ALL : SOME)(
    '%s goes as it is simulated',
    async (name) => {
      const file = `${folder('flows')}${name}.yaml`
      const { simulated, played } = await playInSandbox(casement, {
        name,
        file,
        document: read('flows', `${name}.yaml`),
        script: read('flows', `${name}.script.yaml`),
        customer: `5511900${String(++strangers).padStart(6, '0')}`,
        templates,
      })
      expect(played).toEqual(simulated)
    },
    120_000,
  )

  it('one that calls programs goes as it is simulated', async () => {
    await using program = await startProgram()
    const document = CALLING.replaceAll('https://book.example.com', program.url)
    const file = join(home, 'booking.yaml')
    writeFileSync(file, document)
    const customer = `5511900${String(++strangers).padStart(6, '0')}`
    const script = CALLING_SCRIPT
    const { simulated, played } = await playInSandbox(casement, {
      name: 'booking',
      file,
      document,
      script,
      customer,
      templates,
      program,
    })
    expect(played.filter(({ what }) => what === 'called')).toHaveLength(2)
    expect(played).toEqual(simulated)
  }, 120_000)
})

const CALLING = `
flow: booking
purpose: service
triggers: [ inbound: { text: [ book ] } ]
steps:
  - id: ask
    call: { url: "https://book.example.com/free", body: { by: "{{contact.name}}" }, save: call.free }
    otherwise: busy
  - { id: offer, if: has(call.free.time), send: { text: "Is {{call.free.time}} fine?" }, when_closed: fail }
  - { id: answer, wait: { for: reply, up_to: 2h }, otherwise: busy }
  - id: book
    call: { url: "https://book.example.com/book/{{call.free.time | none}}", body: { said: "{{reply.text}}" } }
    otherwise: busy
  - { id: done, send: { text: "Booked." }, when_closed: fail, end: booked }
  - { id: busy, hand_over: { team: desk }, end: busy }
`
const CALLING_SCRIPT = `
start: { at: "2026-11-23T10:00:00Z", zone: UTC, contact: { name: Ana }, inbound: { text: book } }
events:
  - { after: 1s, answered: ask, with: { time: "10:00" } }
  - { after: 5m, reply: "Yes" }
  - { after: 1s, answered: book }
`

/** Answers when it is told to, whoever has called by then or does soon. */
async function startProgram() {
  const waiting: ServerResponse[] = []
  const server = createServer((request, response) => {
    request.resume().on('end', () => waiting.push(response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async answer(body: object) {
      const response = await eventually(() => waiting.shift() ?? false)
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
