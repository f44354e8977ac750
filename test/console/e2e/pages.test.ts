import { afterAll, beforeAll, expect, it } from 'vitest'
import { complaintsOf, openWorld, type World } from './world.ts'

/* The pages beside the conversations, each by what one comes for. */

let world: World

beforeAll(async () => {
  world = await openWorld()
}, 90_000)
afterAll(() => world[Symbol.asyncDispose]())

it('the story of the window plays from the phone beside the page', async () => {
  const page = await world.signedIn()
  await page.getByRole('button', { name: 'Sandbox phone' }).click()
  const phone = page.getByRole('region', { name: /Customer's phone/ })
  await phone.getByRole('textbox', { name: 'Write as the customer' }).fill('Is the blue one there?')
  await phone.getByRole('button', { name: 'Send' }).click()
  await page.locator('.row').first().click()
  await page.getByRole('log', { name: 'Messages' }).getByText('Is the blue one there?').waitFor()
  await page.locator('.composer textarea').first().fill('Yes!')

  await phone.getByRole('button', { name: '+24 h' }).click()
  await page.locator('.notice-title', { hasText: 'WhatsApp session ended.' }).waitFor()
  // The phone takes of the thread's room: what stands there goes below each other.
  const beyond = "document.querySelector('.composer').scrollWidth - document.querySelector('.composer').clientWidth"
  expect(await page.evaluate(beyond)).toBe(0)
  await page.getByRole('radio', { name: /^Hold and invite/ }).check()
  await page.getByRole('textbox', { name: 'company' }).fill('Lucky Shrub')
  await page.getByRole('button', { name: 'Hold and invite' }).click()
  await phone.getByRole('button', { name: 'Yes, please!' }).click()
  await phone.locator('.bubble-theirs', { hasText: /^Yes!/ }).waitFor()
  await page.getByRole('textbox', { name: 'Message' }).waitFor()
  expect(await complaintsOf(page)).toEqual([])
})

it('an intent is found by its key, and tells its whole story', async () => {
  const { id } = await world.api<{ id: string }>('POST', '/v1/intents', {
    sender: world.sender,
    to: '+5511900000001',
    message: { type: 'text', text: { body: 'Your order is ready' } },
    when_closed: 'hold',
    idempotency_key: 'order-17',
  })
  const page = await world.signedIn()
  await page.getByRole('link', { name: 'Intents' }).click()
  await page.getByRole('searchbox', { name: 'Exact id, wamid, key or number' }).fill('order-17')
  await page.keyboard.press('Enter')
  await page.getByRole('cell', { name: 'Your order is ready', exact: true }).waitFor()
  await page.locator('tbody .table-button').first().click()
  const story = page.getByRole('dialog', { name: 'The whole story' })
  await story.getByText(id).first().waitFor()
  await story.getByText('waits for the customer to write').first().waitFor()
  expect(page.url()).toContain(`id=${id}`)
  await story.getByRole('button', { name: 'Cancel' }).click()
  await story.getByText('cancelled by hand').first().waitFor()
})

it('intents are cut by reason and state in the address, back returns, and what is new is announced', async () => {
  const ask = (key: string) =>
    world.api('POST', '/v1/intents', {
      sender: world.sender,
      to: '+5511900000002',
      message: { type: 'text', text: { body: `Held ${key}` } },
      when_closed: 'hold',
      idempotency_key: key,
    })
  await ask('order-18')
  const page = await world.signedIn({ locale: 'pt-BR' })
  await page.goto(`${world.url}/intents`)
  await page.getByRole('button', { name: 'Guardados' }).click()
  await page.waitForURL(/state=held/)
  await page.getByRole('cell', { name: 'Held order-18', exact: true }).hover()
  await ask('order-19')
  await page.getByRole('button', { name: /^1 novo/ }).waitFor()
  expect(await page.getByRole('cell', { name: 'Held order-19', exact: true }).count()).toBe(0)
  await page.getByRole('button', { name: /^1 novo/ }).click()
  await page.getByRole('cell', { name: 'Held order-19', exact: true }).waitFor()
  await page.locator('tbody .table-button').first().click()
  await page.getByRole('dialog').getByText('decidido: guardar').waitFor()
  await page.goBack()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.goBack()
  await page.waitForURL(/intents$/)
})

it('some are marked and all that match are counted, and cancelled, with what came of them', async () => {
  for (const key of ['bulk-0', 'bulk-1', 'bulk-2', 'bulk-3'])
    await world.api('POST', '/v1/intents', {
      sender: world.sender,
      to: '+5511900000003',
      message: { type: 'text', text: { body: key } },
      when_closed: 'hold',
      idempotency_key: key,
    })
  const page = await world.signedIn()
  await page.goto(`${world.url}/intents?q=5511900000003&state=held`)
  const mark = (key: string) => page.getByRole('checkbox', { name: `Choose +5511900000003, ${key}` })
  await mark('bulk-0').check()
  await mark('bulk-3').check()
  // A colleague was faster, and while rows are marked the list rests.
  const { data } = await world.api<{ data: { id: string }[] }>('GET', '/v1/intents?q=bulk-3')
  await world.api('POST', `/v1/intents/${data[0]?.id}/cancel`)
  await page.getByText('2 chosen').waitFor()
  await page.getByRole('button', { name: 'Cancel these' }).click()
  await page.getByText(/1 done · 1 refused|2 done/).waitFor()
  await page.getByRole('button', { name: 'Choose none' }).click()
  await mark('bulk-0').waitFor({ state: 'detached' })

  await page.getByRole('button', { name: 'Cancel all that match' }).click()
  const dialog = page.getByRole('dialog', { name: 'Cancel all that match' })
  await dialog.getByText('2 match, on every page').waitFor()
  await dialog.getByText('waits for the customer to write').waitFor()
  await dialog.getByRole('button', { name: 'Cancel 2' }).click()
  await page.getByText('Done: 2.').waitFor()
  expect(page.url()).toContain('job=')
  await page.getByText('Nothing fits').waitFor()
  await page.getByRole('button', { name: 'What came of each' }).click()
  const items = page.getByRole('region', { name: 'What came of each' })
  await items
    .getByRole('row', { name: /bulk-[23] cancelled cancelled by hand/ })
    .first()
    .waitFor()
  expect(await items.getByRole('row', { name: /bulk-/ }).count()).toBe(2)
})

it('a template shows what it looks like', async () => {
  const page = await world.signedIn()
  await page.getByRole('link', { name: 'Templates' }).click()
  await page.getByRole('button', { name: 'keep_helping' }).click()
  await page.getByRole('dialog').getByText('I would like to keep helping you').waitFor()
})

it('a template is written beside the phone that shows it, checked as it is typed, and comes to the list', async () => {
  const page = await world.signedIn()
  await page.goto(`${world.url}/templates`)
  await page.getByRole('button', { name: 'New template' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('New Hours')
  await page.getByRole('textbox', { name: 'Text' }).fill('Hello, {{user}}! We open at {{hour}}')
  await page.getByText('It ends with a place to fill in').waitFor()
  const submit = page.getByRole('button', { name: 'Submit to Meta' })
  await page.getByRole('button', { name: 'Button', exact: true }).click()
  expect(await page.getByText('Nothing is written here yet.').count()).toBe(0)
  await submit.click()
  await page.getByText('Nothing is written here yet.').waitFor()
  await page.getByRole('button', { name: 'Remove button' }).click()
  await page
    .getByRole('textbox', { name: 'Text' })
    .fill('Hello, {{user}}! From today on we open at {{hour}}, see you then.')
  await page.getByRole('textbox', { name: 'Example for user' }).fill('Ana')
  await page.getByRole('textbox', { name: 'Example for hour' }).fill('ten')
  await page.locator('.phone', { hasText: 'Hello, Ana! From today on we open at ten' }).waitFor()
  await page.getByRole('button', { name: 'Button', exact: true }).click()
  await page.getByRole('textbox', { name: 'Label' }).fill('No, thanks!')
  await page.getByText('counts as a no').waitFor()

  await page.reload()
  expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('new_hours')
  await submit.click()
  await page.getByRole('button', { name: 'new_hours' }).waitFor()
  expect(page.url()).toMatch(/templates$/)
  expect(await complaintsOf(page)).toEqual([])
})

it('what was sent is in the costs', async () => {
  const { id } = await world.api<{ id: string }>('POST', '/v1/intents', {
    sender: world.sender,
    to: '+447911123456',
    message: { type: 'template', template: { name: 'hello_world', language: { code: 'en_US' } } },
  })
  const state = async () => (await world.api<{ state: string }>('GET', `/v1/intents/${id}`)).state
  await expect.poll(state, { timeout: 20_000 }).toBe('sent')
  const page = await world.signedIn()
  await page.getByRole('link', { name: 'Costs' }).click()
  await page
    .getByRole('row', { name: /^Total/ })
    .first()
    .waitFor()
  await page.locator('.cost-chart canvas').waitFor()
  await page.getByText('1 day; the dearest was').waitFor()
  await page.locator('input[type=file]').setInputFiles({
    name: 'rates.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('Market,Currency,Marketing\nAtlantis,$US,0.1\n'),
  })
  await page.getByRole('alert').waitFor()
  expect(await complaintsOf(page)).toEqual([])
})

it('a number is looked at and subscribed, and one that is pasted is looked at before it is linked', async () => {
  const page = await world.signedIn()
  await page.goto(`${world.url}/senders`)
  await page.getByText(/^\d[\d,]* this month$/).waitFor()
  await page.getByRole('button', { name: 'Check now' }).click()
  await page.getByText('The token is valid').waitFor()
  await page.getByRole('button', { name: 'Subscribe' }).click()
  await page.getByText('The app is subscribed').waitFor()

  await page.goto(`${world.url}/setup`)
  await page.getByLabel('Phone number id').fill('123456789')
  await page.getByLabel('Account id (WABA)').fill('987654321')
  await page.locator('input[type=password]').fill('EAAnotatoken')
  await page.locator('.check-fail', { hasText: 'Token' }).waitFor()
})

it('the words that stop are changed, and a budget is set', async () => {
  const page = await world.signedIn()
  await page.goto(`${world.url}/settings?section=workspace`)
  await page.getByLabel('Words that stop').fill('en: enough\npt_BR: chega, basta')
  await page.getByRole('button', { name: 'Save' }).click()
  const { workspace } = await world.api<{ workspace: string }>('GET', '/v1/me')
  interface Rules {
    stop_words: Record<string, string[]>
    budget: { amount: string } | null
  }
  const rules = () => world.api<Rules>('GET', `/v1/workspaces/${workspace}`)
  await expect.poll(async () => (await rules()).stop_words).toEqual({ en: ['enough'], pt_BR: ['chega', 'basta'] })
  await page.getByLabel('A month').fill('250.00')
  await page.getByRole('button', { name: 'Set the budget' }).click()
  await expect.poll(async () => Number((await rules()).budget?.amount)).toBe(250)
  await page.getByRole('button', { name: 'As they were shipped' }).click()
  await expect.poll(async () => (await rules()).stop_words.en).toContain('stop')
})

it('a program is told what happens, with a secret that is shown once, and is told nothing any more', async () => {
  const page = await world.signedIn()
  await page.goto(`${world.url}/settings?section=endpoints`)
  await page.getByText('No program is told of anything yet.').waitFor()
  await page.getByRole('textbox', { name: 'URL' }).fill(`${world.url}/healthz`)
  await page.getByRole('textbox', { name: 'Only of these' }).fill('intent.*, message.read')
  await page.getByRole('button', { name: 'Add it' }).click()
  await page.getByText('which is not shown again').waitFor()
  const row = page.getByRole('row', { name: /healthz/ })
  await row.getByText('intent.*, message.read').waitFor()
  await row.getByRole('button', { name: 'Deliveries' }).click()
  await page.getByText('It was told nothing yet.').waitFor()
  await page.keyboard.press('Escape')
  await row.getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
  await row.waitFor({ state: 'detached' })
})

it('somebody is invited by a link that is shown once, and what was done stands in the audit log', async () => {
  const page = await world.signedIn()
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'People' }).click()
  await page.getByLabel('E-mail').fill('ana@example.com')
  await page.getByRole('textbox', { name: 'Name' }).fill('Ana')
  await page.getByRole('button', { name: 'Invite' }).click()
  await page.getByText('It signs in once').waitFor()
  await page.getByRole('button', { name: 'Audit' }).click()
  await page.getByRole('cell', { name: 'user.invite' }).first().waitFor()
})

it('a password is set, and signs in', async () => {
  const page = await world.signedIn()
  const { user } = (await page.evaluate('fetch("/v1/session").then((answer) => answer.json())')) as {
    user: { email: string }
  }
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.locator('input[autocomplete=new-password]').fill('a long password of hers')
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByText('The password is set.').waitFor()
  await page.getByRole('button', { name: /^You:/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByLabel('E-mail').fill(user.email)
  await page.locator('input[type=password]').fill('a long password of hers')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('link', { name: 'WhatsApp Meta' }).waitFor()
})

it('a number that nobody wrote to is written to', async () => {
  const page = await world.signedIn()
  await page.getByRole('link', { name: 'WhatsApp Meta' }).click()
  await page.getByRole('button', { name: 'New message' }).click()
  const refused: string[] = []
  page.on('response', (answer) => answer.status() >= 400 && refused.push(answer.url()))
  await page.getByLabel('Number, with country code').fill('+55 2')
  await page.getByRole('dialog').getByRole('heading').click()
  await page.getByText('has 7 to 15 digits').waitFor()
  expect(await page.getByRole('dialog').getByRole('button', { name: 'Open' }).isDisabled()).toBe(true)
  await page.getByLabel('Number, with country code').fill('+55 21 91234-5678')
  await page.getByRole('dialog').getByRole('button', { name: 'Open' }).click()
  await page.getByText('has never written to this number').waitFor()
  await page.getByRole('textbox', { name: 'user' }).fill('Rui')
  await page.getByRole('textbox', { name: 'company' }).fill('Lucky Shrub')
  await page.getByRole('button', { name: 'Send template' }).click()
  await page.locator('.bubble-ours', { hasText: 'Hello, Rui!' }).waitFor()
  await page.getByRole('button', { name: /^Never wrote \d+$/ }).waitFor()
  expect(refused).toEqual([])
})
