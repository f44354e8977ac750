import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { ANSWERS, SITUATIONS } from '../../src/cli/demo/contacts.ts'
import { createEmptyDatabase } from '../support/database.ts'
import { type CasementProcess, runCasement, startCasement } from '../support/process.ts'
import { eventually } from '../support/signals.ts'
import { emptyDirectory } from './support.ts'

const START_MS = 30_000
const CUSTOMER = '+5511987654321'

/** Port 0 everywhere: nothing of this collides with what runs on the machine. */
function environment(dataDir: string): Record<string, string> {
  return { CASEMENT_DATA_DIR: dataDir, PORT: '0', SANDBOX_PORT: '0', LOG_LEVEL: 'silent' }
}

interface Started {
  url: string
  api_key: string
  sandbox_url: string
  sign_in_link: string
  sender: string
}

async function started(running: CasementProcess): Promise<Started> {
  await running.line(/^\}$/, START_MS)
  return JSON.parse(running.stdout.join('\n'))
}

describe('casement start', () => {
  const parent = mkdtempSync(join(tmpdir(), 'casement-start-'))
  const dataDir = join(parent, 'data')
  const env = environment(dataDir)
  let running: CasementProcess
  let first: Started

  const casement = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCasement([...args, '--json'], { env })
    return { code, answer: stdout === '' ? null : JSON.parse(stdout), stderr }
  }

  beforeAll(async () => {
    running = startCasement(['start', '--json'], { env })
    first = await started(running)
  }, START_MS + 10_000)
  afterAll(async () => {
    await running.kill('SIGTERM') // not at once: its database must be gone before its files are
    rmSync(parent, { recursive: true, force: true })
  })

  it('links the number of its sandbox, and the first template leaves at once', async () => {
    const values = ['user=Ana', 'your_name=Sam', 'company=Lucky Shrub']
    const template = ['--template', 'keep_helping', '--param', ...values]
    const { code, answer } = await casement('send', first.sender, CUSTOMER, ...template, '--wait')
    expect(answer).toMatchObject({ state: 'sent', sent_as: 'template' })
    expect(code).toBe(0)
  })

  it('signs in by its link, once, and needs nothing else', async () => {
    const code = first.sign_in_link.replace(`${first.url}/#code=`, '')
    const enter = () =>
      fetch(`${first.url}/v1/session`, {
        method: 'POST',
        body: JSON.stringify({ link: code }),
        headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      })
    const answer = await enter()
    expect(answer.status).toBe(200)
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] as string
    expect(cookie).toMatch(new RegExp(`^casement_${new URL(first.url).port}=`))
    const senders = await fetch(`${first.url}/v1/senders`, { headers: { cookie } })
    expect(await senders.json()).toMatchObject({ data: [{ phone_number_id: first.sender }] })
    expect((await enter()).status).toBe(401)
    expect((await casement('user', 'list')).answer.data).toMatchObject([{ memberships: [{ role: 'admin' }] }])
    expect((await casement('user', 'link', 'admin@localhost')).answer.link).toContain(`${first.url}/#code=`)
  })

  it('holds a text until the customer has written on the phone', async () => {
    const held = await casement('send', first.sender, CUSTOMER, 'Your order is ready', '--wait', '--timeout', '1')
    expect(held).toMatchObject({ code: 1, answer: { state: 'held', reason: { code: 'awaiting_window' } } })
    const say = `${first.sandbox_url}/sandbox/customers/${CUSTOMER.slice(1)}/say`
    await fetch(say, { method: 'POST', body: '{"text":"Hello!"}', headers: { 'content-type': 'application/json' } })
    const reply = await casement('send', first.sender, CUSTOMER, 'Thank you', '--wait')
    expect(reply.answer).toMatchObject({ state: 'sent', sent_as: 'free_form' })
    const { answer } = await casement('intent', 'show', held.answer.id)
    expect(answer).toMatchObject({ state: 'sent', sent_as: 'free_form' })
    expect((await casement('window', first.sender, CUSTOMER)).answer).toMatchObject({
      customer_service_window: { open: true },
    })
  })

  it('passes the doctor', async () => {
    const { code, answer } = await casement('doctor')
    expect(answer.checks.filter((check: { ok: boolean }) => !check.ok)).toEqual([])
    expect(code).toBe(0)
  })

  it('refuses a second one on the same data directory and says where the first is', async () => {
    const { code, answer } = await casement('start')
    expect(code).toBe(1)
    expect(answer.error).toMatchObject({ code: 'already_running', message: expect.stringContaining(first.url) })
  })

  it(
    'stops at a signal, and goes on after a restart with its key, sender and messages',
    async () => {
      expect(await running.kill('SIGTERM')).toEqual({ code: 0, signal: null })
      expect(existsSync(join(dataDir, 'running.json'))).toBe(false)
      running = startCasement(['start', '--json'], { env })
      const again = await started(running)
      expect(again).toMatchObject({ api_key: first.api_key, sender: first.sender })
      expect((await casement('intent', 'list', '--state', 'sent')).answer.data).toHaveLength(3)
    },
    START_MS,
  )

  it(
    'starts again after kill -9',
    async () => {
      await running.kill('SIGKILL')
      running = startCasement(['start', '--json'], { env })
      expect(await started(running)).toMatchObject({ sender: first.sender })
    },
    START_MS,
  )
})

describe('casement api and worker', () => {
  it.each(['api', 'worker'])('%s refuses a database that was not migrated', async (role) => {
    const database = await createEmptyDatabase()
    onTestFinished(() => database.drop())
    const env = {
      ...environment(emptyDirectory()),
      DATABASE_URL: database.url,
      CASEMENT_SECRET: '00'.repeat(32),
      META_APP_SECRET: 'secret',
      META_VERIFY_TOKEN: 'token',
    }
    const { code, stderr } = await runCasement([role], { env })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error: the database lacks \d+ migration.*npx casement migrate$/m)
  })

  it('migrate brings it up to date, and has nothing to do the second time', async () => {
    const database = await createEmptyDatabase()
    onTestFinished(() => database.drop())
    const env = { ...environment(emptyDirectory()), DATABASE_URL: database.url }
    const first = await runCasement(['migrate', '--json'], { env })
    expect(JSON.parse(first.stdout).applied).not.toEqual([])
    expect((await runCasement(['migrate'], { env })).stdout).toBe('nothing to do')
  })

  it('say in one line that the database is away', async () => {
    const env = { ...environment(emptyDirectory()), DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }
    const { code, stderr } = await runCasement(['migrate'], { env })
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'error: connect ECONNREFUSED 127.0.0.1:1' })
  })
})

describe('casement sandbox', () => {
  it('has kept what it compiled when it is killed', async () => {
    const compiled = emptyDirectory()
    const files = () => readdirSync(compiled, { recursive: true, encoding: 'utf8' })
    await using running = startCasement(['sandbox'], {
      env: { ...environment(emptyDirectory()), NODE_COMPILE_CACHE: compiled },
    })
    await running.line(/^sandbox/)
    await eventually(() => files().length > 100)
    await running.kill('SIGKILL')
  })
})

describe('casement demo', () => {
  it('plays every situation and answer, and every outcome is as the rules say', async () => {
    const directory = emptyDirectory()
    mkdirSync(directory, { recursive: true })
    const contacts = join(directory, 'contacts.csv')
    const cases = SITUATIONS.flatMap((situation) => ANSWERS.map((answer) => `${situation},${answer}`))
    const rows = cases.map((one, index) => `+4477009001${String(index).padStart(2, '0')},,Ruby Kershaw,en,${one}`)
    writeFileSync(contacts, ['to,wa_id,name,language,situation,answer', ...rows].join('\n'))
    const { code, stdout, stderr } = await runCasement(['demo', '--json', '--contacts', contacts])
    expect(stderr).toContain('releasing, declining, expiring')
    const report = JSON.parse(stdout)
    expect(report.mismatches).toEqual([])
    expect(report).toMatchObject({ ok: true, contacts: 21, intents: 126, ledger: { outside_window: 0 } })
    expect(code).toBe(0)
  }, 90_000)
})
