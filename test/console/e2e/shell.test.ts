import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CUSTOMER, complaintsOf, draftIn, openWorld, type World } from './world.ts'

const PAGES = [
  '/whatsapp',
  '/templates',
  '/intents',
  '/senders',
  '/costs',
  '/setup',
  '/settings',
  '/settings?section=people',
  '/settings?section=keys',
  '/settings?section=endpoints',
  '/settings?section=workspace',
  '/settings?section=audit',
  '/templates?edit=new',
  '/campaigns',
  '/campaigns?edit=new',
  '/campaigns?id=DRAFT',
  '/flows',
  '/flows?name=hello',
  '/flows?edit=document',
]

/** What is opened over a page, or beside it. */
const OVER_A_PAGE = ['/flows?name=hello&run=RUN', '/intents?id=INTENT', '/templates?id=TEMPLATE', '/whatsapp?chat=CHAT']

/** Where a phone leaves columns or panes out. */
const MORE_ON_A_DESK = ['/whatsapp', '/intents', '/campaigns?id=DRAFT', '/flows?name=hello', '/settings?section=audit']

const FLOW = `{"flow":"hello","purpose":"service","triggers":["api"],"steps":[{"id":"bye","send":{"text":"Hi"},"when_closed":"fail"}]}`

let world: World
/** What stands in for the words in capitals. */
let places: Record<string, string>

beforeAll(async () => {
  world = await openWorld()
  await world.sandbox('POST', `customers/${CUSTOMER}/say`, { text: 'Hi!' })
  await world.sandbox('POST', 'customers/447911123456/arrive-from-ad', {})
  await world.api('PUT', '/v1/flows/hello', JSON.parse(FLOW))
  places = await placesOf(world)
}, 90_000)
afterAll(() => world[Symbol.asyncDispose]())

async function placesOf({ api, sender }: World): Promise<Record<string, string>> {
  const to = `+${CUSTOMER}`
  const message = { type: 'text', text: { body: 'Hi' } }
  const { data } = await api<{ data: { id: string }[] }>('GET', '/v1/templates')
  return {
    DRAFT: await draftIn(world),
    RUN: (await api<{ id: string }>('POST', '/v1/flows/hello/runs', { to, sender })).id,
    INTENT: (await api<{ id: string }>('POST', '/v1/intents', { to, sender, message })).id,
    TEMPLATE: data[0]?.id ?? '',
    CHAT: `${sender}/${CUSTOMER}`,
  }
}

const tab = (page: Page) => page.getByRole('link', { name: 'WhatsApp Meta', exact: true })

/** What axe finds that keeps people from using the page. */
async function obstacles(page: Page, options: axe.RunOptions = {}): Promise<string[]> {
  // Half a megabyte, which stays until the page is loaded anew.
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source)
  const { violations } = (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as axe.AxeResults
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, any }) => `${html} ${any[0]?.message ?? ''}`).join('\n')}`)
}

/** Words that are wider than the button, chip or head they stand in. */
const CUT_OFF = `[...document.querySelectorAll('button, .chip, .filter, th, label, h1, h2, .hint, .mantine-NavLink-label')]
  .filter((node) => node.checkVisibility() && !node.closest('.for-readers, .scroll-x'))
  .filter((node) => node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 0 && getComputedStyle(node).overflow !== 'visible')
  .map((node) => node.textContent)`

async function open(page: Page, path: string): Promise<void> {
  await page.goto(`${world.url}${path.replace(/[A-Z]{3,}/, (name) => places[name] ?? name)}`)
  await page.locator('.top').waitFor()
  await page.locator('.skeleton-row, .mantine-Skeleton-root').first().waitFor({ state: 'detached' })
}

/** Whatever is asked for there waits until it is let go. */
async function held(page: Page, url: string): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  await page.route(url, async (route) => {
    await promise
    await route.continue()
  })
  return resolve
}

it('who looks for somebody and goes elsewhere at once is not taken back', async () => {
  const page = await world.signedIn()
  await page.clock.install()
  await open(page, '/whatsapp')
  const letPageCome = await held(page, '**/assets/flows-*.js')
  await page.getByRole('searchbox').fill('Ana')
  await page.getByRole('link', { name: 'Flows' }).click()
  // Longer than typing rests before it is looked for.
  await page.clock.fastForward(1_000)
  letPageCome()
  await page.getByRole('link', { name: 'New flow' }).waitFor()
  expect(page.url()).toBe(`${world.url}/flows`)
})

it('who chooses a page while the first one is still on its way comes to the chosen one', async () => {
  const page = await world.signedIn()
  const [letNumbersCome, letPageCome] = [await held(page, '**/v1/senders'), await held(page, '**/assets/flows-*.js')]
  await page.goto(world.url)
  await page.getByRole('link', { name: 'Flows' }).click()
  letNumbersCome()
  // The tab is there, so the numbers are known, by which the bare address goes on.
  await page.getByRole('link', { name: 'WhatsApp Meta' }).waitFor()
  letPageCome()
  await page.getByRole('link', { name: 'New flow' }).waitFor()
  expect(page.url()).toBe(`${world.url}/flows`)
})

describe('the tab of WhatsApp', () => {
  it('comes and goes with the number, in a browser that is open, without a reload', async () => {
    const page = await world.signedIn()
    await tab(page).waitFor()
    await page.evaluate('window.isTheSamePage = true')

    await page.getByRole('link', { name: 'Senders' }).click()
    await page.getByRole('button', { name: 'Unlink' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Unlink' }).click()
    await tab(page).waitFor({ state: 'detached' })

    const other = await world.signedIn()
    expect(await tab(other).count()).toBe(0)
    await other.getByRole('button', { name: /^Link Lucky Shrub/ }).click()
    await tab(other).waitFor()
    await tab(page).waitFor({ timeout: 15_000 })
    expect(await page.evaluate('window.isTheSamePage')).toBe(true)
    expect([...(await complaintsOf(page)), ...(await complaintsOf(other))]).toEqual([])
  })
})

it('every page, light and dark, has nothing in the way of anybody and breaks no rule of its own', async () => {
  const page = await world.signedIn()
  for (const path of [...PAGES, ...OVER_A_PAGE]) {
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 1280, height: 860 })
    await open(page, path)
    expect(await obstacles(page), path).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.locator('html[data-mantine-color-scheme=dark]').waitFor()
    await page.evaluate('Promise.all(document.getAnimations().map(({ finished }) => finished))')
    if (MORE_ON_A_DESK.includes(path)) {
      // The rest is the same in the dark.
      const colours = await obstacles(page, { runOnly: ['color-contrast', 'link-in-text-block'] })
      expect(colours, `${path} in the dark`).toEqual([])
    }
    await page.setViewportSize({ width: 390, height: 844 })
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
    expect(overflow, `${path} is wider than the screen`).toBeLessThanOrEqual(0)
    // Still in the dark.
    expect(await obstacles(page), `${path} on a phone`).toEqual([])
    expect(await complaintsOf(page), path).toEqual([])
  }
}, 180_000)

describe('the language', () => {
  it.each([
    ['pt-BR', 'Números', 'pt'],
    ['es-MX', 'Números', 'es'],
    ['ja-JP', 'Senders', 'en'],
  ])('of a browser in %s is spoken', async (locale, senders, lang) => {
    const page = await world.signedIn({ locale })
    await page.getByRole('link', { name: senders }).waitFor()
    expect(await page.evaluate('document.documentElement.lang')).toBe(lang)
    // A key that nobody translated would be shown as it is.
    expect(await page.locator('body').innerText()).not.toMatch(/\b[a-z]+\.[a-z]+[A-Z]?\w*\b/)
  })

  it.each(['pt-BR', 'es-MX'])('in %s is cut off nowhere, on a desk and on a phone', async (locale) => {
    const page = await world.signedIn({ locale })
    for (const path of PAGES) {
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 860 })
        if (width === 1280) await open(page, path)
        expect(await page.evaluate(CUT_OFF), `${path} at ${width} px`).toEqual([])
      }
    }
  })

  it('is chosen, and remembered', async () => {
    const page = await world.signedIn()
    await page.getByRole('button', { name: /^Language/ }).click()
    await page.getByRole('menuitem', { name: 'Português' }).click()
    await page.getByRole('link', { name: 'Números' }).waitFor()
    await page.reload()
    await page.getByRole('link', { name: 'Números' }).waitFor()
  })
})

describe('a session', () => {
  it('ends by signing out, and its page is gone', async () => {
    const page = await world.signedIn()
    await page.getByRole('button', { name: /^You:/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByLabel('E-mail').waitFor()
    await page.reload()
    await page.getByLabel('E-mail').waitFor()
  })

  it('of a viewer may look and nothing else', async () => {
    const page = await world.signedInAs('viewer')
    await page.locator('.row', { hasText: 'Ana' }).click()
    await page.getByText('your role is viewer').waitFor()
    expect(await page.getByRole('textbox', { name: 'Message' }).count()).toBe(0)
    expect(await page.getByRole('link', { name: 'Set up' }).count()).toBe(0)
    await page.getByRole('link', { name: 'Senders' }).click()
    await page.getByText('Lucky Shrub').first().waitFor()
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0)
  })

  it.each(['viewer', 'operator'] as const)('of a %s is asked for nothing that they may not see', async (role) => {
    const page = await world.signedInAs(role)
    const refused: string[] = []
    let pending = 0
    page.on('request', () => (pending += 1))
    page.on('requestfailed', () => (pending -= 1))
    page.on('requestfinished', () => (pending -= 1))
    page.on('response', (answer) => {
      if (answer.status() >= 400) refused.push(`${answer.status()} ${answer.url()}`)
    })
    // An operator sees what a viewer does, and where something is written.
    const others = PAGES.filter((path) => role === 'viewer' || path.includes('edit=') || path.includes('DRAFT'))
    for (const path of ['/whatsapp', ...others]) {
      pending = 0
      await open(page, path)
      // All but the stream, which stays.
      await expect.poll(() => pending).toBeLessThanOrEqual(1)
    }
    expect(refused).toEqual([])
  })

  it('that a wrong password does not begin says so', async () => {
    const page = await world.signedInAs('operator')
    await page.getByRole('button', { name: /^You:/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByLabel('E-mail').fill('person1@example.com')
    await page.locator('input[type=password]').fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').getByText('That is not right').waitFor()
  })
})
