import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CUSTOMER, complaintsOf, openWorld, type World } from './world.ts'

/* The story of the 24-hour window, as an operator sees it. */

const DAY_MS = 24 * 3_600_000
const ENDED = 'WhatsApp session ended.'
/** Long enough to open the page in. */
const SHORT_MS = 14_000

let world: World

beforeAll(async () => {
  world = await openWorld()
}, 90_000)
afterAll(() => world[Symbol.asyncDispose]())

interface Thread {
  data?: unknown
  threads: { messages: { direction: string; text: string | null; wamid: string }[] }[]
}

/** What is on the customer's phone, oldest first. */
async function received(who: string): Promise<string[]> {
  const { threads } = await world.sandbox<Thread>('GET', `customers/${who}`)
  return threads.flatMap(({ messages }) =>
    messages.filter(({ direction }) => direction === 'out').map(({ text }) => text ?? ''),
  )
}

async function openChat(page: Page, who: string): Promise<void> {
  const chat = encodeURIComponent(`${world.sender}/${who}`)
  await page.goto(`${world.url}/whatsapp?chat=${chat}`)
  await page.getByRole('log').waitFor()
}

const notice = (page: Page) => page.locator('.notice-title', { hasText: ENDED })
const yourText = (page: Page) => page.getByRole('textbox', { name: 'Your text' })

describe('a session', () => {
  it('ticks, ends on the page by itself, and keeps what was being typed', async () => {
    const now = (await world.sandbox<{ now: string }>('GET', 'clock')).now
    const sent_at_ms = Date.parse(now) - DAY_MS + SHORT_MS
    await world.sandbox('POST', `customers/${CUSTOMER}/say`, { text: 'Hi!', sent_at_ms })
    const page = await world.signedIn()
    await openChat(page, CUSTOMER)
    await page.evaluate('window.isTheSamePage = true')
    const chip = page.locator('.thread-clocks .countdown').first()
    const before = await chip.innerText()
    expect(before).toMatch(/^00:[01]\d$/)
    await page.locator('.composer textarea').first().fill('Size M and L are there')
    await expect.poll(() => chip.innerText()).not.toBe(before)

    await notice(page).waitFor({ timeout: 60_000 })
    expect(await notice(page).innerText()).toBe(ENDED)
    expect(await page.locator('.line-ended').innerText()).toContain(ENDED)
    expect(await page.locator('.row', { hasText: 'Ana' }).innerText()).toContain('session ended')
    expect(await page.getByRole('status').filter({ hasText: ENDED }).count()).toBe(1)
    expect(await yourText(page).inputValue()).toBe('Size M and L are there')
    expect(await page.evaluate('window.isTheSamePage')).toBe(true)
    expect(await complaintsOf(page)).toEqual([])
  })

  it('that ended: the text is held, the template invites, a tap lets it go once', async () => {
    const page = await world.signedIn()
    await openChat(page, CUSTOMER)
    await page.getByRole('radio', { name: /^Hold and invite/ }).check()
    await yourText(page).fill('Shall I keep one for you?')
    await page.getByText('Fill in company').waitFor()
    const go = page.getByRole('button', { name: 'Hold and invite' })
    expect(await go.isDisabled()).toBe(true)
    await page.getByRole('textbox', { name: 'company' }).fill('Lucky Shrub')
    await page.locator('.phone', { hasText: 'from Lucky Shrub' }).waitFor()
    await go.dblclick()
    await page.locator('.bubble-waiting', { hasText: 'waits for the answer' }).waitFor()
    await expect.poll(() => received(CUSTOMER)).toHaveLength(1)
    expect(await yourText(page).inputValue()).toBe('')

    await world.sandbox('POST', `customers/${CUSTOMER}/tap`, { label: 'Yes, please!' })
    await notice(page).waitFor({ state: 'detached' })
    await page.locator('.bubble-ours', { hasText: 'Shall I keep one for you?' }).locator('.bubble-foot').waitFor()
    expect((await received(CUSTOMER)).filter((text) => text === 'Shall I keep one for you?')).toHaveLength(1)
    expect(await page.locator('.bubble-waiting').count()).toBe(0)
  })

  it('is answered in free text, once, with how far it came', async () => {
    const page = await world.signedIn()
    await openChat(page, CUSTOMER)
    await page.getByRole('textbox', { name: 'Message' }).fill('It is yours.')
    await page.keyboard.press('Control+Enter')
    await page.locator('.bubble-ours', { hasText: 'It is yours.' }).locator('.ticks-delivered').waitFor()
    expect((await received(CUSTOMER)).filter((text) => text === 'It is yours.')).toHaveLength(1)
    expect(await page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('')
  })

  it('of an ad shows both clocks', async () => {
    await world.sandbox('POST', 'customers/447911123456/arrive-from-ad', {})
    const page = await world.signedIn()
    await openChat(page, '447911123456')
    await page.locator('.thread-clocks', { hasText: 'reply within' }).waitFor()
    await page.getByRole('textbox', { name: 'Message' }).fill('Hello!')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.locator('.thread-clocks', { hasText: 'free for' }).waitFor()
    expect(await page.locator('.thread-clocks').innerText()).toMatch(/23 h 59 min/)
  })
})

it('a draft stays with its person', async () => {
  const page = await world.signedIn()
  await world.sandbox('POST', 'customers/34612345678/say', { text: 'Hola' })
  await openChat(page, '34612345678')
  await page.getByRole('textbox', { name: 'Message' }).fill('for Pablo')
  await page.locator('.row', { hasText: 'Sheena' }).click()
  await page.getByRole('heading', { name: 'Sheena Nelson' }).waitFor()
  expect(await page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('')
  await page.locator('.row', { hasText: 'Pablo' }).click()
  await page.getByRole('heading', { name: 'Pablo Morales' }).waitFor()
  expect(await page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('for Pablo')
})

it('a session that ends behind the page asks for the sign-in over it, and loses nothing', async () => {
  const page = await world.signedInAs('operator')
  await openChat(page, '34612345678')
  await page.getByRole('textbox', { name: 'Message' }).fill('half a sentence')
  await page.context().clearCookies()
  await page.getByRole('dialog', { name: 'Sign in again' }).waitFor()
  expect(await page.locator('.composer textarea').first().inputValue()).toBe('half a sentence')
})

it('somebody who never wrote is told apart, and a template may go', async () => {
  const page = await world.signedIn()
  await openChat(page, '5521912345678')
  await page.getByText('has never written to this number').waitFor()
  await page.getByRole('radio', { name: /^Template/ }).waitFor()
})
