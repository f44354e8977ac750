import pg from 'pg'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openWorld, type World } from './world.ts'

/* Ten thousand conversations in the database of a real server: what is scrolled to, counted, found and told is what is there. */

const MANY = 10_000
const MOST_NODES = 300
/** Of each hundred so many wrote within a day, wrote before it, or never wrote. */
const OPEN = 50
const ENDED = 45

let world: World

beforeAll(async () => {
  world = await openWorld()
  const client = new pg.Client({ connectionString: world.database })
  await client.connect()
  await client.query(SEED, [world.sender, MANY, OPEN, OPEN + ENDED])
  await client.end()
}, 90_000)
afterAll(() => world[Symbol.asyncDispose]())

/** Customer n wrote n seconds ago, or so many days and seconds; the last of each hundred never did. */
const SEED = `
  with people as (
    insert into contacts (workspace, wa_id, name)
    select 'default', (5521900000000 + n)::text, 'Customer ' || lpad(n::text, 5, '0') from generate_series(0, $2::int - 1) n
    returning id, wa_id, (wa_id::bigint - 5521900000000)::int as n
  ), named as (
    insert into contact_identities (workspace, key, value, contact_id) select 'default', wa_id, wa_id, id from people
  ), timed as (
    select id, case when n % 100 < $3 then casement_now() - n * interval '1 second'
      when n % 100 < $4 then casement_now() - interval '2 days' - n * interval '1 second' end as at
    from people
  ), talks as (
    insert into conversations (workspace, phone_number_id, contact_id, window_opened_at, last_inbound_at)
    select 'default', $1, id, at, at from timed returning id, last_inbound_at as at
  )
  insert into inbound_messages (wamid, conversation_id, type, at, body)
  select 'wamid.seeded' || id, id, 'text', at, '{"text":{"body":"What was said last"}}' from talks where at is not null`

const rows = (page: Page) => page.locator('.list-rows')
const nodes = async (page: Page) => Number(await page.evaluate("document.querySelectorAll('.list-rows *').length"))

/** Down to where nothing more comes, never with more nodes than a screen needs. @returns how many rows there are */
async function scrolledThrough(page: Page, last: string): Promise<number> {
  const end = page.getByText(last, { exact: true })
  while ((await end.count()) === 0) {
    await page.evaluate(
      "(() => { const list = document.querySelector('.list-rows'); list.scrollTop = list.scrollHeight })()",
    )
    expect(await nodes(page)).toBeLessThan(MOST_NODES)
  }
  return Number(
    await page.evaluate(
      "document.querySelector('.list-rows > div').offsetHeight / document.querySelector('.list-rows > div > div').offsetHeight",
    ),
  )
}

it('are scrolled to their end, found by a filter and by name, and a row that has news is where it is until it is asked for', async () => {
  const page = await world.signedIn()
  await page.goto(`${world.url}/whatsapp`)
  await page.getByText('Customer 00000', { exact: true }).waitFor()
  // Who never wrote stands last; of those the newest first.
  expect(await scrolledThrough(page, 'Customer 00095')).toBe(MANY)

  // What comes in meanwhile is announced, and moves nothing.
  const before = await rows(page).evaluate('(list) => list.scrollTop')
  await world.sandbox('POST', 'customers/5521900000095/say', { text: 'the first word' })
  const news = page.getByRole('button', { name: '1 conversation has news' })
  await news.waitFor()
  expect(await rows(page).evaluate('(list) => list.scrollTop')).toBe(before)
  await news.click()
  await page.locator('.row', { hasText: 'the first word' }).waitFor()

  // Each filter tells how many it has, as far as they are counted.
  const cut = async (name: string) => page.getByRole('button', { name: new RegExp(`^${name}\\s*1,000\\+`) }).click()
  await cut('Open')
  await page.waitForURL(/filter=open/)
  await page.locator('.row', { hasText: 'the first word' }).waitFor()
  expect(await scrolledThrough(page, `Customer 0${MANY - 100 + OPEN - 1}`)).toBe((MANY * OPEN) / 100 + 1)
  await cut('Ended')
  await page.waitForURL(/filter=ended/)
  await page.getByText('Customer 00050', { exact: true }).waitFor()
  expect(await scrolledThrough(page, `Customer 0${MANY - 100 + OPEN + ENDED - 1}`)).toBe((MANY * ENDED) / 100)
  await page.getByRole('searchbox', { name: 'Search name or number' }).fill('customer 07777')
  await page.getByText('Customer 07777', { exact: true }).waitFor()
  expect(await page.locator('.row').count()).toBe(1)
}, 120_000)
