import { afterAll, beforeAll, expect, it } from 'vitest'
import { openWorld, type World } from './world.ts'

/* A hundred thousand conversations in the list. The API's own speed at a million has its bench; here it is played, and the page is real. */

const MANY = 100_000
const MOST_NODES = 300
const MOST_HEAP_BYTES = 200_000_000

let world: World

beforeAll(async () => {
  world = await openWorld()
}, 90_000)
afterAll(() => world[Symbol.asyncDispose]())

function summary(index: number): Record<string, unknown> {
  const at = new Date(Date.now() - index * 1_000)
  const expires_at = new Date(at.getTime() + 24 * 3_600_000).toISOString()
  return {
    sender: '106540352242922',
    contact: {
      wa_id: String(5511900000000 + index),
      user_id: null,
      username: null,
      name: `Customer ${index}`,
      language: 'pt_BR',
      time_zone: 'America/Sao_Paulo',
      marketing: 'unknown',
    },
    customer_service_window: { open: true, opened_at: at.toISOString(), expires_at },
    free_entry_point: {
      state: 'none',
      open: false,
      entered_at: null,
      reply_by: null,
      opened_at: null,
      expires_at: null,
    },
    free_form_until: expires_at,
    last_message: {
      id: `wamid.${index}`,
      direction: 'inbound',
      type: 'text',
      text: `What was said last, number ${index}`,
      at: at.toISOString(),
      status: null,
    },
    unread: index % 3,
    waiting_count: 0,
    handed_over: null,
  }
}

/** In the page, so that what is timed is the page. */
const PLAYED = `
  const summary = ${summary.toString()}
  const ask = window.fetch
  window.fetch = async (request, options) => {
    const url = new URL(request.url ?? request, location.origin)
    if (url.pathname !== '/v1/conversations') return ask(request, options)
    const isCut = url.searchParams.has('window')
    const start = Number(url.searchParams.get('cursor') ?? 0)
    const end = Math.min(start + Number(url.searchParams.get('limit')), isCut ? 60 : ${MANY})
    const data = Array.from({ length: end - start }, (_, n) => summary(start + n))
    return Response.json({ data, next_cursor: isCut || end === ${MANY} ? null : String(end) })
  }`

it('are scrolled to the end with few nodes and little memory, and are where they were after a filter and back', async () => {
  const page = await world.signedIn()
  await page.addInitScript(PLAYED)
  await page.goto(`${world.url}/whatsapp`)
  const opened = performance.now()
  await page.getByText('Customer 0', { exact: true }).waitFor()
  const firstRowsMs = performance.now() - opened

  const last = page.getByText(`Customer ${MANY - 1}`, { exact: true })
  const toEnd = `(() => { const rows = document.querySelector('.list-rows'); rows.scrollTop = rows.scrollHeight })()`
  const begun = performance.now()
  while ((await last.count()) === 0) await page.evaluate(toEnd)
  const scrolledMs = performance.now() - begun
  const nodes = Number(await page.evaluate("document.querySelectorAll('.list-rows *').length"))

  const devtools = await page.context().newCDPSession(page)
  await devtools.send('HeapProfiler.collectGarbage')
  await devtools.send('Performance.enable')
  const { metrics } = await devtools.send('Performance.getMetrics')
  const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.POSITIVE_INFINITY
  console.log(
    `${MANY} conversations: first rows after ${Math.round(firstRowsMs)} ms, at the end after ${Math.round(scrolledMs)} ms, ` +
      `${nodes} nodes, heap ${Math.round(heap / 1e6)} MB`,
  )
  expect(nodes).toBeLessThan(MOST_NODES)
  expect(heap).toBeLessThan(MOST_HEAP_BYTES)

  await page.getByRole('button', { name: 'Ended', exact: true }).click()
  await page.getByText('Customer 0', { exact: true }).waitFor()
  await page.goBack()
  await last.waitFor()
}, 180_000)
