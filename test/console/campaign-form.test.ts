import { describe, expect, it } from 'vitest'
import {
  doneOf,
  minutesOf,
  PARTS,
  rateOf,
  sharesOf,
  versionsTold,
  withSample,
} from '../../src/console/campaigns/counting.ts'
import { readDocument } from '../../src/console/campaigns/draft/document.ts'
import {
  type CampaignForm,
  type Document,
  documentIn,
  documentOf,
  EMPTY_FORM,
  formOf,
  isChangedElsewhere,
  patchOf,
} from '../../src/console/campaigns/draft/form.ts'
import { attributesIn, badLinesIn, linesIn, namesIn } from '../../src/console/campaigns/draft/lines.ts'
import { EMPTY_VERSION, shareOf, withAnother, without } from '../../src/console/campaigns/draft/versions.ts'
import { drawnOf, fillIn } from '../../src/console/campaigns/draft/words.ts'
import { draw, referenceTo, type Template, templateMessage } from '../../src/console/templates/template.ts'
import { instantIn, wallIn } from '../../src/console/time/zones.ts'

const OFFER: Template = {
  id: '1',
  waba_id: '2',
  name: 'offer',
  language: 'en',
  category: 'MARKETING',
  status: 'APPROVED',
  parameter_format: 'POSITIONAL',
  components: [
    { type: 'BODY', text: 'Hi {{1}}, {{2}} off.' },
    { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Shop', url: 'https://shop.example/{{1}}' }] },
  ],
}

const NAMED = {
  name: 'offer',
  language: 'en',
  values: { 'body:1': '{{name | there}}', 'body:2': '10 %', 'button0:1': '{{code}}' },
  declines: null,
}

const HI = { ...EMPTY_VERSION, text: 'Hi {{name}}' }

const FORM: CampaignForm = {
  ...EMPTY_FORM,
  name: 'Spring',
  senders: [{ sender: '1', weight: 1 }],
  kind: 'text',
  versions: [HI],
  instead: NAMED,
  home: 'BR',
  sendAt: { local: '2026-12-01T12:00', time_zone: 'recipient' },
  skipInvalid: true,
  more: {
    quiet_hours: { from: '21:00', to: '08:00' },
    late: 'tomorrow',
    max_mps: 5,
    frequency_cap: { messages: 2, days: 7 },
    budget: { amount: '250.00', currency: 'USD' },
    pause_when: { share: 0.1 },
  },
}

const find = ({ name }: { name: string }) => (name === 'offer' ? OFFER : null)

describe('a campaign as a form', () => {
  const ofTemplate = { kind: 'template' as const, instead: null }
  it.each<[string, Partial<CampaignForm>]>([
    ['a template', { ...ofTemplate, versions: [{ ...EMPTY_VERSION, template: NAMED }] }],
    ['free text with a template instead', { ifClosed: 'template' }],
    ['free text with an invitation', { ifClosed: 'invite', instead: { ...NAMED, declines: ['No'] } }],
    ['free text that waits', { ifClosed: 'hold', instead: null }],
    ['free text by the rule of the number', { ifClosed: 'default', instead: null }],
    ['free text that is not sent', { ifClosed: 'fail', instead: null }],
    [
      'free text from two numbers',
      {
        senders: [
          { sender: '1', weight: 3 },
          { sender: '2', weight: 1 },
        ],
      },
    ],
    ['free text at an instant', { sendAt: '2026-12-01T12:00:00.000Z' }],
    [
      'free text in two languages',
      { versions: [{ ...HI, languages: [{ language: 'pt', text: 'Oi', template: null }] }] },
    ],
    [
      'two variants, one of them in two languages',
      {
        ...ofTemplate,
        versions: [
          { ...EMPTY_VERSION, name: 'A', weight: 3, template: NAMED },
          {
            ...EMPTY_VERSION,
            name: 'B',
            template: NAMED,
            languages: [{ language: 'pt_BR', text: '', template: NAMED }],
          },
        ],
      },
    ],
  ])('of %s is the document it was made of', (_, change) => {
    const form = { ...FORM, ...change }
    const document = documentOf(form, find) as Document
    const read = formOf(JSON.parse(JSON.stringify(document)))
    expect(documentOf(read as CampaignForm, find)).toEqual(document)
    expect(read).toEqual(form)
  })

  it('reads the short parameters that people write by hand', () => {
    const downgrade = { name: 'offer', language: 'en', parameters: ['{{name}}', '25%'] }
    const read = formOf({ name: 'x', sender: '1', message: { text: { body: 'y' } }, when_closed: { downgrade } })
    expect(read?.instead?.values).toEqual({ 'body:1': '{{name}}', 'body:2': '25%' })
  })

  it.each([
    [{ message: { type: 'image', image: { link: 'https://a.example/{{x}}' } }, when_closed: 'hold' }],
    [{ message: { text: { body: 'y', preview_url: true } }, when_closed: 'hold' }],
    [{ variants: [{ name: 'a', message: { text: { body: 'y', preview_url: true } } }] }],
    [{ message: { text: { body: 'y' } }, languages: { pt: { message: { template: { name: 'a', language: 'pt' } } } } }],
    [{ message: { text: { body: 'y' } }, when_closed: { downgrade: [{ name: 'a', language: 'en' }] } }],
    [
      {
        message: { text: { body: 'y' } },
        when_closed: { downgrade: { name: 'a', language: 'en' }, release: 'latest' },
      },
    ],
    [
      {
        message: {
          template: {
            name: 'a',
            language: 'en',
            components: [{ type: 'header', parameters: [{ type: 'image', image: { id: '1' } }] }],
          },
        },
      },
    ],
  ])('has no fields for %j, and loses nothing of it', (content) => {
    expect(formOf({ name: 'x', sender: '1', ...content })).toBeNull()
  })

  it('is no document while something is missing', () => {
    const B = { ...HI, name: 'B' }
    expect(documentOf({ ...FORM, name: ' ' }, find)).toBeNull()
    expect(documentOf({ ...FORM, versions: [EMPTY_VERSION] }, find)).toBeNull()
    expect(documentOf({ ...FORM, versions: [HI, B] }, find)).toBeNull()
    expect(documentOf({ ...FORM, versions: [{ ...B, name: 'A' }, B] }, find)).not.toBeNull()
    const languages = [{ language: '', text: 'Oi', template: null }]
    expect(documentOf({ ...FORM, versions: [{ ...HI, languages }] }, find)).toBeNull()
    expect(documentOf(FORM, () => null)).toBeNull()
    expect(documentOf({ ...FORM, instead: { ...NAMED, values: {} } }, find)).toBeNull()
    expect(documentOf({ ...FORM, ifClosed: 'hold' }, () => null)).not.toBeNull()
  })

  it('has another message beside the first, and a share of the people for each', () => {
    const [first, second] = withAnother([HI])
    expect([first?.name, second?.name, first?.text]).toEqual(['A', 'B', HI.text])
    const versions = [
      { ...HI, name: 'B', weight: 3 },
      { ...HI, name: 'X' },
    ]
    expect(withAnother(versions).map(({ name }) => name)).toEqual(['B', 'X', 'A'])
    expect(versions.map((version) => shareOf(version, versions))).toEqual([75, 25])
    expect(without(versions, 1)).toEqual([{ ...HI, name: '', weight: 1 }])
  })

  it('of the API is what somebody wrote, without what became of it', () => {
    const counts = { total: 3 }
    const variants = [{ name: 'a', message: { text: { body: 'y' } }, counts, delivery: { read: 1 } }]
    const campaign = { id: '7', counts, state: 'draft', name: 'x', sender: '1', variants, parent: null }
    expect(documentIn(campaign)).toEqual({
      name: 'x',
      sender: '1',
      variants: [{ name: 'a', message: { text: { body: 'y' } } }],
    })
  })

  it('takes out what is not named any more', () => {
    const before = { name: 'x', sender: '1', when_closed: 'hold', max_mps: 5, frequency_cap: { messages: 2, days: 7 } }
    const now = { name: 'x', sender: '1', when_closed: 'fail' }
    expect(patchOf(now, before)).toEqual({ when_closed: 'fail', max_mps: null, frequency_cap: null })
  })

  it('with half of a cap is no document yet', () => {
    const half = { ...FORM, more: { frequency_cap: { messages: 2 } } }
    expect(documentOf(half, find)).toBeNull()
  })

  it('knows what somebody else changed from what was changed here', () => {
    const before = { name: 'x', sender: '1', max_mps: 5 }
    expect(isChangedElsewhere(before, { ...before, name: 'y' }, ['name'])).toBe(false)
    expect(isChangedElsewhere(before, { name: 'y', sender: '1' }, ['name'])).toBe(true)
    expect(isChangedElsewhere(before, { ...before, valid_for: '2d' }, [])).toBe(true)
  })

  it('fills in a line as the run will, once', () => {
    expect(fillIn('{{name | there}} {{ code }} {{city}}', { name: '', code: '{{name}}' })).toBe(
      'there {{name}} {{city}}',
    )
  })

  it('says why a text is no document', () => {
    expect(readDocument('{"a":').problem).not.toBeNull()
    expect(readDocument('[]').document).toBeNull()
    expect(readDocument('{"name":"x"}')).toEqual({ document: { name: 'x' }, problem: null })
  })
})

it('a campaign with a template shows its words, and not only what is filled in', () => {
  const message = templateMessage(referenceTo(OFFER, { 'body:1': '{{name}}' }))
  const { body } = draw(OFFER, { 'body:1': '{{name}}' })
  expect(body).not.toBe('{{name}}')
  expect(drawnOf(message, () => OFFER)?.body).toBe(body)
  expect(drawnOf(message, () => null)).toBeNull()
})

describe('lines of a list', () => {
  const CSV = 'line,to,code,reason\r\n4,"a ""b"", c",invalid,"no\nnumber"\r\n9,,duplicate,again,same_person,"{""n"":1}"'

  it('are read with quotes, commas and line ends in them', () => {
    expect(badLinesIn(CSV, true)).toEqual([
      { line: '4', to: 'a "b", c', code: 'invalid', reason: 'no\nnumber', reasonCode: '', reasonValues: {} },
      { line: '9', to: '', code: 'duplicate', reason: 'again', reasonCode: 'same_person', reasonValues: { n: 1 } },
    ])
  })

  it('are left out where they may be cut off', () => {
    for (let cut = 0; cut < CSV.length; cut++) {
      const whole = badLinesIn(CSV.slice(0, cut), false)
      expect(badLinesIn(CSV, true).slice(0, whole.length), `cut after ${cut}`).toEqual(whole)
    }
    expect(linesIn('{"line":2,"to":"a","columns":{}}\n{"line":3,"to')).toEqual([{ line: 2, to: 'a', columns: {} }])
  })
})

describe('what is written of a list', () => {
  it('is a name and a value on each line, or none at all', () => {
    expect(attributesIn(' segment = b2b \n\ncity=São Paulo')).toEqual({ segment: 'b2b', city: 'São Paulo' })
    expect(attributesIn('')).toEqual({})
    expect(attributesIn('segment=b2b\ncity')).toBeNull()
    expect(namesIn(' name, city;name ')).toEqual(['name', 'city'])
  })
})

describe('progress', () => {
  const none = Object.fromEntries(PARTS.map((part) => [part, 0])) as Record<(typeof PARTS)[number], number>
  const counts = { ...none, total: 10, sent: 4, failed: 1, held: 2, scheduled: 3 }

  it('is who nothing is to come of any more, and the bar is all of them', () => {
    expect(doneOf(counts)).toBe(5)
    expect(sharesOf(counts).reduce((sum, { width }) => sum + width, 0)).toBe(100)
    expect(sharesOf({ ...none, total: 0 })).toEqual([])
  })

  it('of several messages is told of each, and of one of none', () => {
    const told = { message: { text: { body: 'Hi' } }, counts, delivery: { delivered: 2, read: 1 } }
    const rows = (campaign: object) =>
      versionsTold(campaign as never).map(({ variant, language }) => [variant, language].filter(Boolean).join(' '))
    expect(rows(told)).toEqual([])
    expect(rows({ ...told, languages: { pt: told } })).toEqual(['pt'])
    expect(rows({ variants: [{ name: 'A', ...told, languages: { pt: told } }] })).toEqual(['A', 'A pt'])
  })

  it('has a rate once that can be told, and none from before a clock was set', () => {
    const at = (seconds: number, done: number) => ({ at: seconds * 1000, done })
    const seen = [at(0, 0), at(2, 100), at(10, 500)].reduce(withSample, [] as readonly { at: number; done: number }[])
    expect(rateOf(seen)).toBe(50)
    expect(rateOf(withSample(seen, at(5, 600)))).toBeNull()
    expect(rateOf(withSample(seen, at(86_400, 600)))).toBeNull()
    expect(rateOf([at(0, 5), at(30, 5)])).toBeNull()
  })

  it('has minutes in which nothing came about between those in which something did, an hour of them at most', () => {
    const told = (minute: number) => ({ at: new Date(minute * 60_000).toISOString(), sent: minute, failed: 0 })
    expect(minutesOf([])).toEqual([])
    expect(minutesOf([told(3), told(5)])).toEqual([
      { at: 180_000, sent: 3, failed: 0 },
      { at: 240_000, sent: 0, failed: 0 },
      { at: 300_000, sent: 5, failed: 0 },
    ])
    const far = minutesOf([told(3), told(500)])
    expect([far.length, far[0]?.sent, far.at(-1)?.sent]).toEqual([60, 0, 500])
  })
})

it('a wall clock and its instant are the same in every zone', () => {
  for (const zone of ['America/Sao_Paulo', 'Asia/Kolkata', 'UTC', 'Pacific/Auckland'])
    for (const wall of ['2026-11-30T17:30', '2026-06-01T00:00']) expect(wallIn(zone, instantIn(zone, wall))).toBe(wall)
})
