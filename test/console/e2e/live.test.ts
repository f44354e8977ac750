import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CUSTOMER, openWorld, type World } from './world.ts'

/* What happens is on the screen as it happens, and after a gap what is on the screen is what is. */

let world: World

beforeAll(async () => {
  world = await openWorld()
  await world.sandbox('POST', `customers/${CUSTOMER}/say`, { text: 'Hi!' })
}, 90_000)
afterAll(() => world[Symbol.asyncDispose]())

async function openChat(page: Page): Promise<void> {
  await page.goto(`${world.url}/whatsapp?chat=${encodeURIComponent(`${world.sender}/${CUSTOMER}`)}`)
  await page.locator('.live-live').waitFor()
  await page.getByRole('log').waitFor()
}

const said = (page: Page, text: string) => page.getByRole('log').getByText(text)

const MESSAGES = 100

it('what a customer writes is on the screen within a second', async () => {
  const page = await world.signedIn()
  await openChat(page)
  const took: number[] = []
  for (let n = 1; n <= MESSAGES; n++) {
    const at = performance.now()
    await world.sandbox('POST', `customers/${CUSTOMER}/say`, { text: `message ${n}.` })
    await said(page, `message ${n}.`).waitFor()
    took.push(performance.now() - at)
  }
  const sorted = took.toSorted((a, b) => a - b)
  const [median, p95, most] = [0.5, 0.95, 1].map((share) =>
    Math.round(sorted[Math.ceil(share * MESSAGES) - 1] as number),
  )
  console.log(`inbound to screen over ${MESSAGES}: median ${median} ms, p95 ${p95} ms, most ${most} ms`)
  expect(p95).toBeLessThanOrEqual(1_000)
}, 240_000)

it('a lost connection is seen, and what happened meanwhile is there when it is back', async () => {
  const page = await world.signedIn()
  await openChat(page)
  await page.context().setOffline(true)
  await page.locator('.live-lost').waitFor()
  await world.sandbox('POST', `customers/${CUSTOMER}/say`, { text: 'said meanwhile' })
  await world.sandbox('POST', 'customers/34612345678/say', { text: 'somebody new' })
  await page.context().setOffline(false)
  await said(page, 'said meanwhile').waitFor()
  await page.locator('.row', { hasText: 'somebody new' }).waitFor()
})

it('eight tabs of one browser all load, and all hear', async () => {
  const first = await world.signedIn()
  await openChat(first)
  const tabs = [first]
  while (tabs.length < 8) {
    const tab = await first.context().newPage()
    await openChat(tab)
    tabs.push(tab)
  }
  await world.sandbox('POST', `customers/${CUSTOMER}/say`, { text: 'to all of you' })
  for (const tab of tabs) await said(tab, 'to all of you').waitFor()
})
