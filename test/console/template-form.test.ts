import { describe, expect, it } from 'vitest'
import { linesOf, repliesIn, wordsIn } from '../../src/console/settings/words.ts'
import { documentOf, EMPTY_FORM, fieldAt, formOf, type TemplateForm } from '../../src/console/templates/editor/form.ts'
import type { Template } from '../../src/console/templates/template.ts'

/* What is filled in, and the document of the Cloud API that comes of it. */

const FORM: TemplateForm = {
  ...EMPTY_FORM,
  name: 'new_hours',
  header: { kind: 'TEXT', text: 'For {{user}}', handle: '', fileName: '' },
  body: 'We open at {{hour}} from now on.',
  footer: 'Lucky Shrub',
  buttons: [
    { key: 'a', type: 'QUICK_REPLY', text: 'Fine', target: '', example: '' },
    { key: 'b', type: 'URL', text: 'Map', target: 'https://shop.example/{{1}}', example: 'https://shop.example/map' },
    { key: 'c', type: 'PHONE_NUMBER', text: 'Call', target: '+5511987654321', example: '' },
  ],
  examples: { 'header:user': 'Ana', 'body:hour': 'ten' },
}

describe('a template that is written', () => {
  it('is a document with named places, an example for each, and its buttons', () => {
    expect(documentOf(FORM)).toEqual({
      name: 'new_hours',
      language: 'en',
      category: 'UTILITY',
      parameter_format: 'NAMED',
      components: [
        {
          type: 'HEADER',
          format: 'TEXT',
          text: 'For {{user}}',
          example: { header_text_named_params: [{ param_name: 'user', example: 'Ana' }] },
        },
        {
          type: 'BODY',
          text: 'We open at {{hour}} from now on.',
          example: { body_text_named_params: [{ param_name: 'hour', example: 'ten' }] },
        },
        { type: 'FOOTER', text: 'Lucky Shrub' },
        {
          type: 'BUTTONS',
          buttons: [
            { type: 'QUICK_REPLY', text: 'Fine' },
            {
              type: 'URL',
              text: 'Map',
              url: 'https://shop.example/{{1}}',
              example: ['https://shop.example/map'],
            },
            { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+5511987654321' },
          ],
        },
      ],
    })
  })

  it('has its examples in order where the places are numbers', () => {
    const form = { ...EMPTY_FORM, body: '{{2}} and {{1}}.', examples: { 'body:1': 'one', 'body:2': 'two' } }
    expect(documentOf(form)).toMatchObject({
      parameter_format: 'POSITIONAL',
      components: [{ example: { body_text: [['one', 'two']] } }],
    })
  })

  it('is told of a problem at the field that has it', () => {
    const at = (path: string) => fieldAt(FORM, path)
    expect(at('name')).toBe('name')
    expect(at('components.1.text')).toBe('body')
    expect(at('components.3.buttons.2.phone_number')).toBe('buttons.2')
    expect(fieldAt(EMPTY_FORM, 'components.0.text')).toBe('body')
  })

  it('can be opened again, unless it has parts that there are no fields for', () => {
    const template = { ...documentOf(FORM), id: '1', waba_id: '2', status: 'APPROVED' } as unknown as Template
    const again = formOf(template)
    expect(again && documentOf(again)).toEqual(documentOf(FORM))
    expect(formOf({ ...template, components: [{ type: 'CAROUSEL' }] })).toBeNull()
    expect(formOf({ ...template, category: 'AUTHENTICATION' })).toBeNull()
  })
})

describe('words by language', () => {
  it('are a line for each, and come back as they were', () => {
    const words = { en: ['stop', 'opt out'], pt_BR: ['parar'] }
    expect(linesOf(words)).toBe('en: stop, opt out\npt_BR: parar')
    expect(wordsIn(linesOf(words))).toEqual(words)
    expect(wordsIn(' stop ,\n\n')).toEqual({ en: ['stop'] })
    expect(repliesIn('es: Hasta luego: adiós')).toEqual({ es: 'Hasta luego: adiós' })
  })
})
