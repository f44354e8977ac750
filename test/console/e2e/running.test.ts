import { afterAll, beforeAll, expect, it } from 'vitest'
import { complaintsOf, openWorld, type World } from './world.ts'

/* What goes to many, and what goes by itself. */

let world: World

beforeAll(async () => {
  world = await openWorld()
  for (const customer of ['5511900000021', '5511900000022'])
    await world.sandbox('POST', `customers/${customer}/say`, { text: 'Hi!' })
}, 90_000)
afterAll(() => world[Symbol.asyncDispose]())

interface Campaign {
  id: string
  state: string
  counts: Record<string, number>
}

const campaigns = async () => (await world.api<{ data: Campaign[] }>('GET', '/v1/campaigns')).data

it('a campaign is written, its list comes in line by line, it is counted, and starts once', async () => {
  const page = await world.signedIn()
  await page.getByRole('link', { name: 'Campaigns' }).click()
  await page.getByText('No campaigns yet').waitFor()
  await page.getByRole('link', { name: 'New campaign' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Spring')
  await page.getByRole('radio', { name: 'Free text' }).check()
  await page.getByRole('textbox', { name: 'Text' }).fill('Hello {{name}}')
  await page.getByRole('combobox', { name: 'Where the session is closed' }).click()
  await page.getByRole('option', { name: 'wait until they write' }).click()

  await page.reload()
  expect(await page.getByRole('textbox', { name: 'Text' }).inputValue()).toBe('Hello {{name}}')
  await page.getByRole('button', { name: 'Make a draft' }).click()
  await page.waitForURL(/id=/)
  await page.getByText('Bring a list first').waitFor()

  const lines = [
    'to,name',
    '+5511900000021,Ana',
    '+55 11 90000-0022,Bo',
    '12,Cy',
    '5511900000021,Di',
    '+5511900000023,',
  ]
  await page.locator('input[type=file]').setInputFiles({
    name: 'spring.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`\uFEFF${lines.join('\r\n')}\r\n`),
  })
  await page.getByText('3 people are on the list.').waitFor()
  // Who wrote before is known here: the same two, and nobody twice.
  await page.getByRole('radio', { name: 'People known here' }).check()
  await page.getByRole('button', { name: 'Add all who fit' }).click()
  await page.getByText('2 lists').click()
  await page.getByRole('row', { name: /^2 there .* 0 2 0 to, name/ }).waitFor()
  await page.getByRole('row', { name: /^4 12 no number The \+ and the country code are missing/ }).waitFor()
  await page.getByText('Hello Ana').waitFor()

  // Two messages, to see which does better, and nobody at night.
  await page.getByRole('button', { name: 'another variant' }).click()
  await page.getByRole('textbox', { name: 'Text · B' }).fill('Good day {{name}}')
  await page.getByRole('textbox', { name: 'Weight' }).first().fill('3')
  await page.getByText('75% of the people').waitFor()
  await page.getByText('get A').waitFor()
  await page.getByRole('button', { name: 'Remove this variant' }).last().click()
  await page.getByText('get A').waitFor({ state: 'detached' })

  // One line has no name: a grey button says so, and a default mends it.
  await page.getByText('1 line does not fill the text').waitFor()
  await page.getByText('Something stands in the way').waitFor()
  // The network is away at that moment: what was written is saved once it is back.
  await page.route('**/v1/campaigns/*', (route) => route.abort())
  await page.getByRole('textbox', { name: 'Text' }).fill('Hello {{name | there}}')
  await page.getByText('not saved yet').waitFor()
  await page.unroute('**/v1/campaigns/*')
  await page.getByText('wait for an answer').waitFor()
  await page.getByRole('button', { name: 'Start' }).click()
  const dialog = page.getByRole('dialog', { name: 'Start for 3 people?' })
  await dialog.getByRole('button', { name: 'Start' }).dblclick()
  await page.getByText('2 of 3 done').waitFor()

  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByText('Somebody paused it. 1 person waits.').waitFor()
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Go on' }).click()
  await page.getByText('running').waitFor()

  // What a colleague does is told, and not asked for: nobody answers that.
  const { id } = (await campaigns())[0] as Campaign
  const itself = `**/v1/campaigns/${id}`
  await page.route(itself, () => {})
  await world.api('POST', `/v1/campaigns/${id}/pause`)
  await page.getByText('Somebody paused it. 1 person waits.').waitFor()
  await world.api('POST', `/v1/campaigns/${id}/resume`)
  await page.getByText('running').waitFor()
  await page.unroute(itself)

  await page.getByRole('button', { name: 'Cancel' }).click()
  await page
    .getByRole('dialog', { name: 'Cancel it for 1 person' })
    .getByRole('button', { name: 'Cancel for good' })
    .click()
  await page.getByText('3 of 3 done').waitFor()
  const [only, ...others] = await campaigns()
  expect(others).toEqual([])
  expect(only).toMatchObject({ state: 'cancelled', counts: { total: 3, sent: 2, cancelled: 1 } })
  expect(await complaintsOf(page)).toEqual([])
})

it('whom a campaign did not reach stands there with the reason, and may be tried again in a draft', async () => {
  const { id } = await world.api<{ id: string }>('POST', '/v1/campaigns', {
    name: 'Autumn',
    sender: world.sender,
    message: { text: { body: 'Hi' } },
    when_closed: 'fail',
  })
  await world.api(
    'POST',
    `/v1/campaigns/${id}/audience`,
    new Blob(['to\n+5511900000021\n+5511900000031\n+5511900000032\n']),
  )
  await world.api('POST', `/v1/campaigns/${id}/start`)
  const page = await world.signedIn({ width: 390 })
  await page.goto(`${world.url}/campaigns?id=${id}`)
  await page.getByText('3 of 3 done').waitFor()
  await page.getByRole('row', { name: /the session had ended 2 They had not written/ }).waitFor()
  const [report] = await Promise.all([
    page.waitForEvent('download'),
    page
      .getByRole('button', { name: 'Download' })
      .click()
      .then(() => page.getByRole('menuitem', { name: /CSV/ }).click()),
  ])
  expect(report.suggestedFilename()).toBe('recipients.csv')
  await page.getByRole('button', { name: 'Try 2 again' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Make the draft' }).click()
  await page.getByText('2 people are on the list.').waitFor()
  await page.getByText('tries again for an earlier one').waitFor()
  const [child] = await campaigns()
  expect(child).toMatchObject({ state: 'draft', parent: id })

  const viewer = await world.signedInAs('viewer')
  await viewer.goto(`${world.url}/campaigns?id=${id}`)
  await viewer.getByText('the session had ended').waitFor()
  expect(await viewer.getByRole('button', { name: /Try|Pause|Cancel/ }).count()).toBe(0)
  await viewer.getByRole('link', { name: '1', exact: true }).click()
  await viewer.waitForURL(/intents\?campaign=.*&state=sent/)
  await viewer.getByRole('button', { name: 'of one campaign' }).waitFor()
  await viewer.getByRole('row', { name: /\+5511900000021/ }).waitFor()
  expect(await viewer.getByRole('row', { name: /\+55119000000/ }).count()).toBe(1)
})

it('a flow is written, told what is wrong by line, played through, put to work, and hands over', async () => {
  const page = await world.signedIn()
  await page.getByRole('link', { name: 'Flows' }).click()
  await page.getByRole('link', { name: 'New flow' }).click()
  const document = page.getByRole('textbox', { name: 'Document' })
  const written = await document.inputValue()
  await document.fill(written.replace('purpose: service', 'purpose: servce'))
  await page.getByText('Did you mean “service”?').waitFor()
  await page.getByRole('button', { name: 'line 2' }).click()
  expect(
    await page.evaluate(
      'getSelection().toString() || document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)',
    ),
  ).toContain('servce')
  await page.getByText('1 problem to mend first').waitFor()
  await document.fill(written)
  await page.getByText('It ends: handed over.').waitFor()
  await page.getByRole('list', { name: 'What would happen' }).getByText('“Hi Ana! What can we do for you?”').waitFor()
  await page.getByRole('button', { name: 'Put to work' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Put to work' }).click()
  await page.getByText('version 1', { exact: true }).waitFor()

  await world.sandbox('POST', 'customers/5511900000041/say', { text: 'hello' })
  await page.getByRole('row', { name: /5511900000041 waiting answer/ }).waitFor()
  const drawing = page.getByRole('region', { name: 'The flow as a drawing' })
  await drawing.locator('.graph-box', { hasText: 'answer' }).first().getByText('Waiting 1').waitFor()
  await drawing.getByText('Began 1').waitFor()
  await page.getByRole('button', { name: '+5511900000041' }).click()
  const way = page.getByRole('dialog', { name: 'The way of one person' })
  await way.getByText('for an answer, until').waitFor()
  await world.sandbox('POST', 'customers/5511900000041/say', { text: 'Do you sell cacti?' })
  await way.getByText('desk: Do you sell cacti?').waitFor()
  await way.getByRole('link', { name: '+5511900000041' }).click()
  await page.getByText('Handed over to desk').waitFor()
  await page.locator('.row', { hasText: 'for desk' }).waitFor()
  await page.getByRole('button', { name: 'Take' }).click()
  await page.getByText('Handed over to desk').waitFor({ state: 'detached' })

  await world.sandbox('POST', 'customers/5511900000042/say', { text: 'hi' })
  await page.goto(`${world.url}/flows?name=hello&runs=waiting`)
  await page.getByRole('button', { name: '+5511900000042' }).click()
  await way.getByRole('button', { name: 'Stop' }).click()
  await page.getByRole('dialog', { name: 'Stop this run?' }).getByRole('button', { name: 'Stop it' }).click()
  await way.getByText('stopped by hand').first().waitFor()
  expect(await complaintsOf(page)).toEqual([])
})

it('a flow that is changed says which steps vanish under whom, and where they go is chosen and written into it', async () => {
  const source =
    'flow: moves\npurpose: service\ntriggers: [ api ]\nsteps:\n  - { id: rest, wait: 9d }\n  - { id: pause, wait: 9d }\n'
  await world.api('PUT', '/v1/flows/moves', {
    flow: 'moves',
    purpose: 'service',
    triggers: ['api'],
    steps: [
      { id: 'rest', wait: '9d' },
      { id: 'pause', wait: '9d' },
    ],
  })
  for (const to of ['+5511900000051', '+5511900000052'])
    await world.api('POST', '/v1/flows/moves/runs', { sender: world.sender, to })
  const page = await world.signedIn()
  await page.goto(`${world.url}/flows?name=moves&edit=document`)
  const document = page.getByRole('textbox', { name: 'Document' })
  await document.fill(source.replace('id: rest', 'id: idle'))
  await page.getByRole('button', { name: 'Put to work as version 2' }).click()
  const dialog = page.getByRole('dialog', { name: 'Put moves to work as version 2?' })
  const go = dialog.getByRole('button', { name: 'Put to work' })
  await dialog.getByRole('radio', { name: 'they go over to the new version' }).check()
  await dialog.getByRole('row', { name: /^rest 2/ }).waitFor()
  expect(await go.isDisabled()).toBe(true)
  await dialog.getByRole('combobox', { name: 'People in a step that is gone' }).click()
  await page.getByRole('option', { name: 'go on in pause' }).click()
  await dialog.getByRole('combobox', { name: 'rest is now' }).click()
  await page.getByRole('option', { name: 'idle' }).click()
  await expect.poll(() => document.inputValue()).toContain('moved: { rest: idle }\nremoved: pause\nsteps:')
  await go.click()
  await page.getByText('version 2', { exact: true }).waitFor()
  await page.getByRole('row', { name: /5511900000051 waiting idle .* 2$/ }).waitFor()
  await page.getByRole('row', { name: /5511900000052 waiting idle .* 2$/ }).waitFor()
  expect(await complaintsOf(page)).toEqual([])
})
