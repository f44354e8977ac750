import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CUSTOMER, complaintsOf, openWorld, type World } from './world.ts'

/* One conversation: what goes out of it, what does not, and reading back in it. */

let world: World

beforeAll(async () => {
  world = await openWorld()
  for (let n = 1; n <= 20; n++) await say(`line ${n}.`)
}, 90_000)
afterAll(() => world[Symbol.asyncDispose]())

const say = (text: string) => world.sandbox('POST', `customers/${CUSTOMER}/say`, { text })
const field = (page: Page) => page.getByRole('textbox', { name: 'Message' })
/** An expression about the box that the messages scroll in. */
const ofLog = (page: Page, what: string) => page.evaluate(`((log) => ${what})(document.querySelector('[role=log]'))`)
const isAtEnd = (page: Page) => ofLog(page, 'log.scrollHeight - log.scrollTop - log.clientHeight < 2')

async function openChat(page: Page): Promise<void> {
  await page.goto(`${world.url}/whatsapp?chat=${encodeURIComponent(`${world.sender}/${CUSTOMER}`)}`)
  await page.getByText('line 20.', { exact: true }).last().waitFor()
}

interface Summary {
  data: { unread: number }[]
}
const unread = async () => (await world.api<Summary>('GET', '/v1/conversations')).data[0]?.unread

it('reading back is not interrupted: what is new is counted, and read only when it is seen', async () => {
  const page = await world.signedIn()
  await openChat(page)
  await expect.poll(unread).toBe(0)
  await expect.poll(() => isAtEnd(page)).toBe(true)
  await ofLog(page, '{ log.scrollTop = 0 }')
  await say('new one.')
  await say('new two.')
  await page.getByRole('button', { name: '2 new ↓' }).waitFor()
  expect(await ofLog(page, 'log.scrollTop')).toBe(0)
  expect(await unread()).toBe(2)
  await page.getByRole('button', { name: '2 new ↓' }).click()
  await expect.poll(unread).toBe(0)
  expect(await isAtEnd(page)).toBe(true)
})

it('a file goes with its words, and is seen where it went', async () => {
  const page = await world.signedIn()
  await openChat(page)
  const picture = "document.createElement('canvas').toDataURL('image/png').split(',')[1]"
  const bytes = await page.evaluate(picture)
  const buffer = Buffer.from(String(bytes), 'base64')
  await page.locator('input[type=file]').setInputFiles({ name: 'blue.png', mimeType: 'image/png', buffer })
  await page.locator('.attached', { hasText: 'blue.png' }).waitFor()
  await field(page).fill('Here it is')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  const bubble = page.locator('.bubble-ours', { hasText: 'Here it is' })
  await bubble.locator('.ticks-delivered').waitFor()
  expect(await bubble.locator('img').count()).toBe(1)
  expect(await page.locator('.attached').count()).toBe(0)
  expect(await complaintsOf(page)).toEqual([])
})

it('what Meta refuses stays in the thread with the reason, and goes when it is sent again', async () => {
  await world.sandbox('POST', 'faults', { kind: 'graph_error', code: 131009, http: 400 })
  const page = await world.signedIn()
  await openChat(page)
  await field(page).fill('Will be refused')
  await page.keyboard.press('Control+Enter')
  const refused = page.locator('.bubble-over', { hasText: 'Will be refused' })
  await refused.getByText('Meta refused it').waitFor()
  await refused.getByRole('button', { name: 'Send again' }).click()
  await page.locator('.bubble-ours', { hasText: 'Will be refused' }).locator('.ticks-delivered').waitFor()
  expect(await refused.count()).toBe(0)
})

it('what is reported as failed says why in words, and another attempt stands beside it', async () => {
  await world.sandbox('POST', 'faults', { kind: 'failed_status', code: 131026 })
  const page = await world.signedIn()
  await openChat(page)
  await field(page).fill('Will not arrive')
  await page.keyboard.press('Control+Enter')
  const bubble = page.locator('.bubble-ours', { hasText: 'Will not arrive' })
  await bubble.getByText('no WhatsApp there, or too old an app').waitFor()
  await bubble.getByRole('button', { name: 'Send again' }).click()
  await bubble.locator('.ticks-delivered').waitFor()
  await bubble.first().getByRole('link', { name: 'Whole story' }).click()
  const story = page.getByRole('dialog', { name: 'The whole story' })
  await expect.poll(() => story.getByText(/^attempt:/).count()).toBe(2)
})

it('text for later says how the session will be then, may have a template for that case, and is changed before it leaves', async () => {
  const page = await world.signedIn()
  await openChat(page)
  await field(page).fill('Pick-up closes at 6')
  await page.getByRole('button', { name: 'Later' }).click()
  const { now } = await world.sandbox<{ now: string }>('GET', 'clock')
  const later = new Date(Date.parse(now) + 45 * 3_600_000).toISOString().slice(0, 16)
  await page.getByLabel(/^Send later/).fill(later)
  await page.getByLabel('If the session ends first').selectOption('if it closes first: a template instead')
  await page.getByRole('textbox', { name: 'company' }).fill('Lucky Shrub')
  await page
    .locator('.forecast', { hasText: 'goes as the template keep_helping instead · the session closes' })
    .waitFor()
  await page.getByRole('button', { name: 'Send later' }).click()
  const bubble = page.locator('.bubble-waiting', { hasText: 'Pick-up closes at' })
  await bubble.getByText('scheduled').waitFor()
  await bubble.getByRole('button', { name: 'Edit' }).click()
  await bubble.getByRole('textbox', { name: 'Text of the message' }).fill('Pick-up closes at 7')
  const sooner = new Date(Date.parse(now) + 4 * 3_600_000).toISOString().slice(0, 16)
  await bubble.getByLabel(/^When/).fill(sooner)
  await bubble.locator('.forecast', { hasText: 'goes as it is · the session is open then' }).waitFor()
  await bubble.getByRole('button', { name: 'Save' }).click()
  await bubble.getByText('Pick-up closes at 7').waitFor()
  await bubble.getByText('scheduled').waitFor()
})
