import { describe, expect, it } from 'vitest'
import { doneOf, PARTS, rateOf, sharesOf, withSample } from '../../src/console/campaigns/counting.ts'
import { readDocument } from '../../src/console/campaigns/draft/document.ts'
import {
  type CampaignForm,
  type Document,
  documentIn,
  documentOf,
  EMPTY_FORM,
  fillIn,
  formOf,
  patchOf,
} from '../../src/console/campaigns/draft/form.ts'
import { badLinesIn, linesIn } from '../../src/console/campaigns/draft/lines.ts'
import type { Template } from '../../src/console/templates/template.ts'
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

const FORM: CampaignForm = {
  ...EMPTY_FORM,
  name: 'Spring',
  sender: '1',
  kind: 'text',
  text: 'Hi {{name}}',
  template: {
    name: 'offer',
    language: 'en',
    values: { 'body:1': '{{name | there}}', 'body:2': '10 %', 'button0:1': '{{code}}' },
    declines: null,
  },
  home: 'BR',
  sendAt: '2026-12-01T12:00:00.000Z',
  skipInvalid: true,
}

describe('a campaign as a form', () => {
  it.each([
    ['a template', { kind: 'template' as const, text: '' }],
    ['free text with a template instead', { ifClosed: 'template' as const }],
    ['free text with an invitation', { ifClosed: 'invite' as const, template: { ...FORM.template, declines: ['No'] } }],
    ['free text that waits', { ifClosed: 'hold' as const, template: null }],
    ['free text by the rule of the number', { ifClosed: 'default' as const, template: null }],
    ['free text that is not sent', { ifClosed: 'fail' as const, template: null }],
  ])('of %s is the document it was made of', (_, change) => {
    const form = { ...FORM, ...change } as CampaignForm
    const document = documentOf(form, form.template && OFFER, ['No']) as Document
    const read = formOf(JSON.parse(JSON.stringify(document)))
    expect(documentOf(read as CampaignForm, form.template && OFFER, ['No'])).toEqual(document)
    expect(read).toEqual({ ...form, ifClosed: form.kind === 'template' ? 'template' : form.ifClosed })
  })

  it('reads the short parameters that people write by hand', () => {
    const downgrade = { name: 'offer', language: 'en', parameters: ['{{name}}', '25%'] }
    const read = formOf({ name: 'x', sender: '1', message: { text: { body: 'y' } }, when_closed: { downgrade } })
    expect(read?.template?.values).toEqual({ 'body:1': '{{name}}', 'body:2': '25%' })
  })

  it.each([
    [{ message: { type: 'image', image: { link: 'https://a.example/{{x}}' } }, when_closed: 'hold' }],
    [{ message: { text: { body: 'y', preview_url: true } }, when_closed: 'hold' }],
    [{ variants: [{ name: 'a', message: { text: { body: 'y' } } }] }],
    [{ message: { text: { body: 'y' } }, languages: { pt: { message: { text: { body: 'z' } } } } }],
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
    expect(documentOf({ ...FORM, name: ' ' }, OFFER, [])).toBeNull()
    expect(documentOf({ ...FORM, text: '' }, OFFER, [])).toBeNull()
    expect(documentOf(FORM, null, [])).toBeNull()
    expect(documentOf({ ...FORM, ifClosed: 'hold' }, null, [])).not.toBeNull()
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

  it('takes out what is not named any more, and leaves what the form has no fields for', () => {
    const before = { name: 'x', sender: '1', when_closed: 'hold', send_at: '2026-12-01T00:00:00Z', max_mps: 5 }
    const now = { name: 'x', sender: '1', when_closed: 'fail' }
    expect(patchOf(now, before, true)).toEqual({ ...now, send_at: null })
    expect(patchOf(now, before, false)).toEqual({ ...now, send_at: null, max_mps: null })
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

describe('lines of a list', () => {
  const CSV = 'line,to,code,reason\r\n4,"a ""b"", c",invalid,"no\nnumber"\r\n9,,duplicate,again'

  it('are read with quotes, commas and line ends in them', () => {
    expect(badLinesIn(CSV, true)).toEqual([
      { line: '4', to: 'a "b", c', code: 'invalid', reason: 'no\nnumber' },
      { line: '9', to: '', code: 'duplicate', reason: 'again' },
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

describe('progress', () => {
  const none = Object.fromEntries(PARTS.map((part) => [part, 0])) as Record<(typeof PARTS)[number], number>
  const counts = { ...none, total: 10, sent: 4, failed: 1, held: 2, scheduled: 3 }

  it('is who nothing is to come of any more, and the bar is all of them', () => {
    expect(doneOf(counts)).toBe(5)
    expect(sharesOf(counts).reduce((sum, { width }) => sum + width, 0)).toBe(100)
    expect(sharesOf({ ...none, total: 0 })).toEqual([])
  })

  it('has a rate once that can be told, and none from before a clock was set', () => {
    const at = (seconds: number, done: number) => ({ at: seconds * 1000, done })
    const seen = [at(0, 0), at(2, 100), at(10, 500)].reduce(withSample, [] as readonly { at: number; done: number }[])
    expect(rateOf(seen)).toBe(50)
    expect(rateOf(withSample(seen, at(5, 600)))).toBeNull()
    expect(rateOf(withSample(seen, at(86_400, 600)))).toBeNull()
    expect(rateOf([at(0, 5), at(30, 5)])).toBeNull()
  })
})

it('a wall clock and its instant are the same in every zone', () => {
  for (const zone of ['America/Sao_Paulo', 'Asia/Kolkata', 'UTC', 'Pacific/Auckland'])
    for (const wall of ['2026-11-30T17:30', '2026-06-01T00:00']) expect(wallIn(zone, instantIn(zone, wall))).toBe(wall)
})
