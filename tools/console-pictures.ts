import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { it } from 'vitest'
import { openWorld, type World } from '../test/console/e2e/world.ts'

/*
 * Takes the pictures of the README from the console itself: a Casement of its own with its sandbox, and somebody in front of Chromium. Numbers
 * are of ranges that nobody has. Run: npm run console:pictures
 */

const FOLDER = fileURLToPath(new URL('../docs', import.meta.url))
const QUALITY = 48
const ANA = '5511900000010'
const BRUNO = '5521900000011'
const LEAD = '447700900123'
const DAY_MS = 24 * 3_600_000

async function take(page: Page, name: string): Promise<void> {
  // What moves into place has come to rest, and nothing blinks.
  await page.evaluate('Promise.all(document.getAnimations().map((one) => one.finished))')
  await page.screenshot({ path: join(FOLDER, `console-${name}.jpg`), type: 'jpeg', quality: QUALITY, caret: 'hide' })
}

async function conversations(world: World, page: Page): Promise<void> {
  const names = { [ANA]: 'Ana Souza', [BRUNO]: 'Bruno Lima' }
  for (const [wa_id, name] of Object.entries(names)) {
    await world.sandbox('POST', 'customers', { wa_id, name })
    await world.sandbox('POST', `customers/${wa_id}/say`, { text: 'Hi, is the blue sofa still there?' })
  }
  await world.sandbox('POST', `customers/${LEAD}/arrive-from-ad`, {})
  await page.goto(`${world.url}/whatsapp?chat=${world.sender}/${ANA}`)
  const field = page.getByRole('textbox', { name: 'Message' })
  await field.fill('Yes! Shall I keep one for you?')
  await page.keyboard.press('Control+Enter')
  await page.locator('.ticks-delivered').first().waitFor()
  await world.sandbox('POST', `customers/${ANA}/say`, { text: 'Thanks! And which sizes are there?' })
  await page.getByRole('log').getByText('which sizes').waitFor()
  await field.fill('Sizes M and L are there, shall I put one aside for tomorrow?')
  await page.locator('.forecast', { hasText: 'goes now' }).waitFor()
  await take(page, 'open')

  await world.sandbox('POST', 'clock', { advance_ms: DAY_MS })
  await page.locator('.notice-title', { hasText: 'WhatsApp session ended.' }).waitFor()
  await page.getByRole('textbox', { name: 'company' }).fill('Lucky Shrub')
  await page.locator('.forecast', { hasText: 'goes first' }).waitFor()
  await take(page, 'ended')
}

const PEOPLE = 1_200

async function campaign(world: World, page: Page): Promise<void> {
  const { id } = await world.api<{ id: string }>('POST', '/v1/campaigns', {
    name: 'Spring sale',
    sender: world.sender,
    message: { text: { body: 'Hello {{name | there}}! Spring is here. Your code is {{coupon}}.' } },
    when_closed: {
      downgrade: { name: 'spring_offer', language: 'en', parameters: ['{{name | there}}', '25%'] },
    },
    skip_invalid: true,
  })
  const lines = Array.from({ length: PEOPLE }, (_, n) => `+55119${String(10_000_000 + n)},Ana,SPRING${n}`)
  await world.api('POST', `/v1/campaigns/${id}/audience`, new Blob([`to,name,coupon\n${lines.join('\n')}\n`]))
  await world.sandbox('POST', 'faults', {
    kind: 'graph_error',
    code: 131026,
    http: 400,
    probability: 0.03,
    times: null,
  })
  await world.api('POST', `/v1/campaigns/${id}/start`)
  await page.goto(`${world.url}/campaigns?id=${id}`)
  await page.getByText('a second,').waitFor()
  await page.getByText('Who was not reached, and why').waitFor()
  await take(page, 'campaign')
  await world.api('POST', `/v1/campaigns/${id}/cancel`)
}

async function flow(world: World, page: Page): Promise<void> {
  await page.goto(`${world.url}/flows?edit=document`)
  await page.getByText('It ends: handed over.').waitFor()
  await take(page, 'flow')
}

const PATIENCE_MS = 300_000

it(
  'the pictures of the README',
  async () => {
    await using world = await openWorld()
    const page = await world.signedIn()
    await page.setViewportSize({ width: 1280, height: 800 })
    await conversations(world, page)
    await campaign(world, page)
    await flow(world, page)
  },
  PATIENCE_MS,
)
