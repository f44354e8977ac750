import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { inject, onTestFinished } from 'vitest'
import { createTestDatabase } from '../../support/database.ts'
import { startCasement } from '../../support/process.ts'

/*
 * A real `casement start` with its sandbox, and people in front of Chromium. What people do they do on the page; the rest of the world
 * (customers, the clock, a second administrator) is moved over HTTP. The database is one of the run's server, and the browser the run's own.
 */

export const CUSTOMER = '5511987654321'
const START_MS = 60_000
const API_KEY = 'console-suite-admin-key-of-32-characters'

export interface World extends AsyncDisposable {
  url: string
  /** Of its database, for what there are too many of to ask for. */
  database: string
  /** Of the number that `start` links. */
  sender: string
  /** Calls the API with a key that may everything; answers the body. A `Blob` is a list, everything else JSON. */
  api<T = unknown>(method: string, path: string, body?: unknown): Promise<T>
  /** The sandbox's controls, such as `customers/…/say`. */
  sandbox<T = unknown>(method: string, path: string, body?: unknown): Promise<T>
  /** A browser of its own, signed in by the link of an administrator. It is closed when the test is over, which only a test can ask for. */
  signedIn(options?: Looks): Promise<Page>
  /** The same, signed in by a link of the invitation. */
  signedInAs(role: 'viewer' | 'operator', options?: Looks): Promise<Page>
}

export interface Looks {
  colorScheme?: 'light' | 'dark'
  width?: number
  locale?: string
}

interface Started {
  url: string
  sign_in_link: string
  sender: string
}

export async function openWorld(): Promise<World> {
  await using opened = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'casement-console-'))
  opened.defer(() => rmSync(folder, { recursive: true, force: true }))
  const database = await createTestDatabase()
  opened.defer(() => database.drop())
  const env = {
    DATABASE_URL: database.url,
    GRAPH_API_URL: 'sandbox',
    CASEMENT_SECRET: '0'.repeat(64),
    CASEMENT_API_KEY: API_KEY,
    CASEMENT_DATA_DIR: folder,
    PORT: '0',
    SANDBOX_PORT: '0',
    LOG_LEVEL: 'error',
    WINDOW_MARGIN_MS: '2000',
  }
  const running = startCasement(['start', '--json'], { env })
  opened.defer(async () => {
    await running.kill('SIGTERM')
  })
  await running.line(/^\}$/, START_MS)
  const { url, sign_in_link, sender } = JSON.parse(running.stdout.join('\n')) as Started
  const browser = await chromium.connect(inject('chromiumEndpoint'))
  opened.defer(() => browser.close())
  const api = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const type = body instanceof Blob ? 'text/csv' : 'application/json'
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${API_KEY}`, ...(body ? { 'content-type': type } : {}) },
      ...(body ? { body: body instanceof Blob ? body : JSON.stringify(body) } : {}),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return (text === '' ? null : JSON.parse(text)) as T
  }
  let link: string | null = sign_in_link
  let people = 0

  async function adminLink(): Promise<string> {
    const first = link
    link = null
    return first ?? invite('admin')
  }
  async function invite(role: string): Promise<string> {
    const email = `person${++people}@example.com`
    const made = await api<{ link: string }>('POST', '/v1/users', { email, name: `Person ${people}`, role })
    return `${url}/${made.link.slice(made.link.indexOf('#'))}`
  }
  async function enter(address: string, looks: Looks): Promise<Page> {
    const { colorScheme = 'light', width = 1280, locale = 'en-GB' } = looks
    const context = await browser.newContext({
      colorScheme,
      locale,
      timezoneId: 'America/Sao_Paulo',
      viewport: { width, height: width < 600 ? 844 : 860 },
    })
    onTestFinished(() => context.close())
    const page = await listening(context)
    await page.goto(address)
    await page.locator('.top').waitFor()
    return page
  }

  const untilClosed = opened.move()
  return {
    url,
    database: database.url,
    sender,
    api,
    sandbox: (method, path, body) => api(method, `/v1/sandbox/${path}`, body),
    signedIn: async (looks = {}) => enter(await adminLink(), looks),
    signedInAs: async (role, looks = {}) => enter(await invite(role), looks),
    [Symbol.asyncDispose]: () => untilClosed.disposeAsync(),
  }
}

/** A campaign of two people, one of whose lines is faulty. @returns its id */
export async function draftIn(world: World): Promise<string> {
  const message = { text: { body: 'Hello {{name | there}}!' } }
  const { id } = await world.api<{ id: string }>('POST', '/v1/campaigns', {
    name: 'Spring',
    sender: world.sender,
    message,
    when_closed: 'hold',
  })
  await world.api(
    'POST',
    `/v1/campaigns/${id}/audience`,
    new Blob(['to,name\n+5511900000010,Ana\n+5511900000011,\n12,Bo\n']),
  )
  return id
}

/** What the content security policy refused, and what the page threw, since it was opened. */
export async function complaintsOf(page: Page): Promise<string[]> {
  return [...(thrown.get(page) ?? []), ...((await page.evaluate('window.brokenRules')) as string[])]
}

/** In the page, as text: the tests know no browser's types. */
const COLLECT = `
  window.brokenRules = []
  document.addEventListener('securitypolicyviolation', (event) => {
    window.brokenRules.push(event.violatedDirective + ': ' + event.blockedURI + ' ' + event.sourceFile)
  })`

const thrown = new WeakMap<Page, string[]>()

async function listening(context: BrowserContext): Promise<Page> {
  await context.addInitScript(COLLECT)
  const page = await context.newPage()
  const errors: string[] = []
  thrown.set(page, errors)
  page.on('pageerror', (error) => errors.push(String(error)))
  return page
}
