import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { it } from 'vitest'
import { draftIn, openWorld, type World } from '../test/console/e2e/world.ts'

/*
 * Takes every page of the console in each language, light and dark, on a desk and on a phone, to be looked at: nothing is compared. A sheet for
 * each page and language has them side by side. Run: npm run console:matrix; the folder is printed.
 */

const FOLDER = process.env.CONSOLE_PICTURES_TO ?? join(tmpdir(), 'casement-console-matrix')
const LOCALES = { pt: 'pt-BR', es: 'es-MX', en: 'en-GB' }
const SCHEMES = ['light', 'dark'] as const
/** Higher than most screens, so that more of a page is seen at once. */
const SIZES = { desk: { width: 1280, height: 960 }, phone: { width: 390, height: 1240 } }
const [ANA, BRUNO, LEAD, NOBODY] = ['5511900000010', '5521900000011', '447700900123', '5531900000012'] as const
const DAY_MS = 24 * 3_600_000
const QUIET_MS = 1_500
const PATIENCE_MS = 3_600_000

interface Sight {
  name: string
  path: string
  /** What is done there before it is looked at, in no language. */
  act?: (page: Page) => Promise<void>
}

const tap = (selector: string) => async (page: Page) => {
  await page.locator(selector).first().click({ timeout: 5_000 })
}

async function furnish(world: World): Promise<Sight[]> {
  const { sender } = world
  for (const [wa_id, name] of [
    [BRUNO, 'Bruno Lima'],
    [ANA, 'Ana Souza de Albuquerque Cavalcanti'],
  ]) {
    await world.sandbox('POST', 'customers', { wa_id, name })
    await world.sandbox('POST', `customers/${wa_id}/say`, { text: 'Oi, o sofá azul ainda está aí?' })
  }
  const ask = (to: string, key: string, more: object = {}) =>
    world.api<{ id: string }>('POST', '/v1/intents', {
      sender,
      to: `+${to}`,
      message: { type: 'text', text: { body: `Your order ${key} has left` } },
      when_closed: 'hold',
      idempotency_key: key,
      ...more,
    })
  await ask(BRUNO, 'order-16')
  const failing = await draftIn(world)
  await world.api('PATCH', `/v1/campaigns/${failing}`, { name: 'Autumn', when_closed: 'fail', skip_invalid: true })
  await world.api('POST', `/v1/campaigns/${failing}/start`)
  await world.api('PUT', '/v1/flows/hello', {
    flow: 'hello',
    purpose: 'service',
    triggers: ['api'],
    steps: [
      { id: 'greet', send: { text: 'Hi' }, when_closed: 'fail' },
      { id: 'rest', wait: '2d' },
    ],
  })
  await world.sandbox('POST', 'clock', { advance_ms: DAY_MS - 1_800_000 })
  await world.sandbox('POST', `customers/${ANA}/say`, { text: 'E tem em verde?' })
  await world.sandbox('POST', `customers/${LEAD}/arrive-from-ad`, {})
  await world.sandbox('POST', 'clock', { advance_ms: 3_600_000 })
  const held = await ask(BRUNO, 'order-17')
  await ask(NOBODY, 'order-18')
  await ask(ANA, 'order-19', { send_at: new Date(Date.now() + 2 * DAY_MS).toISOString() })
  await ask(ANA, 'order-20', { when_closed: 'fail' })
  await ask(NOBODY, 'order-21', { when_closed: 'fail' })
  await world.api('POST', '/v1/intents', {
    sender,
    to: `+${LEAD}`,
    message: { type: 'template', template: { name: 'hello_world', language: { code: 'en_US' } } },
  })
  const draft = await draftIn(world)
  const run = await world.api<{ id: string }>('POST', '/v1/flows/hello/runs', { to: `+${ANA}`, sender })
  await world.api('POST', '/v1/webhook-endpoints', {
    url: `${world.url}/healthz`,
    kind: 'events',
    events: ['intent.*'],
  })
  await world.api('POST', '/v1/api-keys', { name: 'shop', scopes: ['send'] })
  const templates = await world.api<{ data: { id: string; name: string }[] }>('GET', '/v1/templates')
  const helping = templates.data.find(({ name }) => name === 'keep_helping')?.id ?? ''
  return [
    { name: 'list', path: '/whatsapp' },
    { name: 'list-nothing', path: '/whatsapp?q=zzzz' },
    { name: 'thread-open', path: `/whatsapp?chat=${sender}/${ANA}` },
    { name: 'thread-open-template', path: `/whatsapp?chat=${sender}/${ANA}`, act: tap('.composer button >> nth=1') },
    { name: 'thread-ended', path: `/whatsapp?chat=${sender}/${BRUNO}` },
    { name: 'thread-never', path: `/whatsapp?chat=${sender}/${NOBODY}` },
    { name: 'thread-lead', path: `/whatsapp?chat=${sender}/${LEAD}` },
    { name: 'templates', path: '/templates' },
    { name: 'template', path: `/templates?id=${helping}` },
    { name: 'template-new', path: '/templates?edit=new' },
    { name: 'template-change', path: `/templates?edit=${helping}` },
    { name: 'campaigns', path: '/campaigns' },
    { name: 'campaign-new', path: '/campaigns?edit=new' },
    { name: 'campaign-draft', path: `/campaigns?id=${draft}` },
    { name: 'campaign-done', path: `/campaigns?id=${failing}` },
    { name: 'flows', path: '/flows' },
    { name: 'flow', path: '/flows?name=hello' },
    { name: 'flow-run', path: `/flows?name=hello&run=${run.id}` },
    { name: 'flow-new', path: '/flows?edit=document' },
    { name: 'intents', path: '/intents' },
    { name: 'intents-nothing', path: '/intents?q=zzzz' },
    { name: 'intent', path: `/intents?id=${held.id}` },
    { name: 'senders', path: '/senders', act: tap('.card-actions button >> nth=0') },
    { name: 'costs', path: '/costs' },
    { name: 'setup', path: '/setup' },
    ...['you', 'people', 'keys', 'endpoints', 'workspace', 'audit'].map((section) => ({
      name: `settings-${section}`,
      path: `/settings?section=${section}`,
    })),
    { name: 'keys', path: '/whatsapp', act: (page) => page.keyboard.press('?') },
    { name: 'palette', path: '/whatsapp', act: (page) => page.keyboard.press('Control+k') },
  ]
}

const AT_REST = 'Promise.allSettled(document.getAnimations().map(({ finished }) => finished)).then(() => null)'

async function settled(page: Page): Promise<void> {
  await page.locator('.top').waitFor()
  await page.locator('.skeleton-row, .mantine-Skeleton-root').first().waitFor({ state: 'detached' })
  // The stream stays: there is no end of it to wait for.
  await page.waitForLoadState('networkidle', { timeout: QUIET_MS }).catch(() => null)
}

/** Of one page, which is loaded once. */
async function take(page: Page, name: string): Promise<void> {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme })
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor()
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport)
      await page.evaluate(AT_REST)
      await page.screenshot({ path: join(FOLDER, `${name}.${colorScheme}.${size}.png`), caret: 'hide' })
    }
  }
  await page.setViewportSize(SIZES.desk)
}

/** A desk in the light beside a phone in the dark, and the other way round. */
async function lay(page: Page, name: string): Promise<void> {
  const image = (file: string, width: number) => `<img src="${name}.${file}.png" width="${width}">`
  const row = (desk: string, phone: string) => `<p>${image(`${desk}.desk`, 1100)} ${image(`${phone}.phone`, 370)}</p>`
  const sheet = join(FOLDER, `${name}.html`)
  writeFileSync(sheet, row('light', 'dark') + row('dark', 'light'))
  await page.setViewportSize({ width: 1500, height: 1180 })
  await page.goto(`file://${sheet}`)
  await page.screenshot({ path: join(FOLDER, `${name}.sheet.png`), fullPage: true })
}

it(
  'every page',
  async () => {
    mkdirSync(FOLDER, { recursive: true })
    console.log(FOLDER)
    await using world = await openWorld()
    const sights = await furnish(world)
    for (const [language, locale] of Object.entries(LOCALES)) {
      const page = await world.signedIn({ locale })
      await page.setViewportSize(SIZES.desk)
      for (const { name, path, act } of sights) {
        await page.goto(`${world.url}${path}`)
        await settled(page)
        await act?.(page)
        if (act) await settled(page)
        await take(page, `${name}.${language}`)
      }
      for (const { name } of sights) await lay(page, `${name}.${language}`)
    }
  },
  PATIENCE_MS,
)
