import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CUSTOMER, complaintsOf, openWorld, type World } from './world.ts'

/* Without a mouse, and without looking. */

let world: World

beforeAll(async () => {
  world = await openWorld()
  await world.sandbox('POST', `customers/${CUSTOMER}/say`, { text: 'Hi!' })
  await world.sandbox('POST', 'customers/34612345678/say', { text: 'Hola' })
}, 90_000)
afterAll(() => world[Symbol.asyncDispose]())

const focused = (page: Page) => page.evaluate('document.activeElement.textContent')

it('a conversation is found, answered and left, and a template is sent, by keys alone', async () => {
  const page = await world.signedIn()
  await page.locator('.row', { hasText: 'Pablo' }).waitFor()
  await page.keyboard.press('j')
  await expect.poll(() => focused(page)).toContain('Pablo')
  await page.keyboard.press('j')
  await expect.poll(() => focused(page)).toContain('Ana')
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Message' }).waitFor()
  await page.keyboard.press('r')
  // What is typed is no command, whatever its letters are.
  await page.keyboard.type('jk gw? /r')
  await page.keyboard.press('Control+Enter')
  await page.locator('.bubble-ours', { hasText: 'jk gw? /r' }).waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.getByText('Choose a conversation').waitFor()

  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Find anything' }).pressSequentially('pablo')
  await page.getByRole('option', { name: /Pablo/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Pablo Morales' }).waitFor()
  const mode = page.getByRole('button', { name: 'Template', exact: true })
  for (let n = 0; n < 40 && !(await mode.evaluate('document.activeElement.textContent === "Template"')); n++)
    await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  const company = page.getByRole('textbox', { name: 'company' })
  await company.waitFor()
  for (
    let n = 0;
    n < 40 && !(await company.evaluate('document.activeElement.closest(".template-fields") !== null'));
    n++
  )
    await page.keyboard.press('Tab')
  await company.focus()
  await page.keyboard.type('Lucky Shrub')
  await page.keyboard.press('Enter')
  await page.locator('.bubble-ours', { hasText: 'from Lucky Shrub' }).waitFor()
  expect(await complaintsOf(page)).toEqual([])
})

it('places have keys, and a sheet says which', async () => {
  const page = await world.signedIn()
  await page.locator('.row').first().waitFor()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.keyboard.press('g')
  await page.keyboard.press('t')
  await page.getByRole('heading', { name: 'Templates' }).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('keep')
  await expect.poll(() => page.url()).toContain('name=keep')
})

it('who closes a dialog or a drawer is where they were', async () => {
  await world.api('POST', '/v1/intents', {
    sender: world.sender,
    to: `+${CUSTOMER}`,
    message: { type: 'text', text: { body: 'Back again' } },
    when_closed: 'hold',
  })
  const page = await world.signedIn()
  await page.getByRole('button', { name: 'New message' }).focus()
  await page.keyboard.press('Enter')
  await page.getByLabel('Number, with country code').waitFor()
  await page.keyboard.press('Escape')
  const label = 'document.activeElement.getAttribute("aria-label")'
  await expect.poll(() => page.evaluate(label)).toBe('New message')

  await page.goto(`${world.url}/intents`)
  const first = page.locator('tbody .table-button').first()
  await first.focus()
  const opener = await focused(page)
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'The whole story' }).waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => focused(page)).toBe(opener)
})

it('what a customer writes while nobody looks is told by the browser, once', async () => {
  const page = await world.signedIn()
  await page.context().grantPermissions(['notifications'])
  await page.locator('.live-live').waitFor()
  await page.evaluate(`
    window.told = []
    window.Notification = class {
      static permission = 'granted'
      static requestPermission = async () => 'granted'
      constructor(title, { body }) { window.told.push(title + ': ' + body) }
    }`)
  await page.getByRole('button', { name: /^You:/ }).click()
  await page.getByRole('menuitem', { name: 'Tell me what customers write' }).click()
  await page.evaluate("Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })")
  await world.sandbox('POST', `customers/${CUSTOMER}/say`, { text: 'Anybody there?' })
  await expect.poll(() => page.evaluate('window.told')).toEqual(['Ana Souza: Anybody there?'])
})

it('an answer that says no cancels what waited for it', async () => {
  const page = await world.signedIn()
  await page.goto(`${world.url}/whatsapp?chat=${encodeURIComponent(`${world.sender}/5521912345678`)}`)
  await page.getByRole('radio', { name: /^Hold and invite/ }).check()
  await page.getByRole('textbox', { name: 'Your text' }).fill('We have it in blue.')
  await page.getByRole('textbox', { name: 'user' }).fill('Rui')
  await page.getByRole('textbox', { name: 'company' }).fill('Lucky Shrub')
  await page.getByRole('button', { name: 'Hold and invite' }).click()
  await page.locator('.bubble-waiting', { hasText: 'waits for the answer' }).waitFor()
  await page.locator('.bubble-ours', { hasText: 'Hello, Rui!' }).locator('.ticks-delivered').waitFor()
  await world.sandbox('POST', 'customers/5521912345678/tap', { label: 'No, thanks!' })
  await page.locator('.bubble-waiting').waitFor({ state: 'detached' })
  await page.locator('.bubble-theirs', { hasText: 'No, thanks!' }).waitFor()
  expect(await page.locator('.bubble-ours', { hasText: 'We have it in blue.' }).count()).toBe(0)
})
