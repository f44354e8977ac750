import { describe, expect, it } from 'vitest'
import { parseWebhook } from '../../src/graph/webhook.ts'

/* Every shape in which Meta tells of a template, under whatever field: the members of the value say what it is. */

const REF = { message_template_id: 806312974732579, message_template_name: 'ask', message_template_language: 'pt-BR' }
const HEAD = { wabaId: '7001', templateId: '806312974732579', name: 'ask', language: 'pt_BR', at: 1_795_000_000_000 }

function read(field: string, value: object, beside: object = {}) {
  const changes = [{ field, value, ...beside }]
  return parseWebhook({ entry: [{ id: '7001', time: 1_795_000_000, changes }] })
}

describe('a webhook about a template', () => {
  it.each(['message_template_status_update', 'message_template_quality_update'])(
    'is of its quality, under %s',
    (field) => {
      const value = { previous_quality_score: 'GREEN', new_quality_score: 'YELLOW', ...REF }
      expect(read(field, value)).toMatchObject([
        { kind: 'template_quality', ...HEAD, quality: 'YELLOW', previousQuality: 'GREEN' },
      ])
    },
  )

  it('is of its status, with the details of a rejection, within the value or beside it', () => {
    const value = { event: 'REJECTED', reason: 'INVALID_FORMAT', message_template_category: 'MARKETING', ...REF }
    const rejection_info = { reason: 'Braces.', recommendation: 'Close them.' }
    const expected = {
      kind: 'template_status',
      ...HEAD,
      status: 'REJECTED',
      category: 'MARKETING',
      body: { rejection_info },
    }
    expect(read('message_template_status_update', { ...value, rejection_info })).toMatchObject([expected])
    expect(read('message_template_status_update', value, { rejection_info })).toMatchObject([expected])
  })

  it('is of its status with the least that Meta sends', () => {
    const value = {
      event: 'PAUSED',
      message_template_id: 1,
      message_template_name: 'a',
      message_template_language: 'en',
    }
    expect(read('message_template_status_update', value)).toMatchObject([
      { kind: 'template_status', status: 'PAUSED', templateId: '1', category: null, title: null },
    ])
  })

  it('announces a category, with the day from which it counts', () => {
    const value = {
      new_category: 'UTILITY',
      correct_category: 'MARKETING',
      category_update_timestamp: 1746169200,
      ...REF,
    }
    expect(read('template_category_update', value)).toMatchObject([
      {
        kind: 'template_category',
        ...HEAD,
        category: 'UTILITY',
        upcomingCategory: 'MARKETING',
        upcomingFrom: 1_746_169_200_000,
      },
    ])
  })

  it.each([
    ['with what it was', { previous_category: 'UTILITY' }, 'UTILITY'],
    ['alone', {}, null],
    ['with nothing announced', { correct_category: '' }, null],
    ['with null announced', { correct_category: null }, null],
  ])('tells of a category that is another now, %s', (_what, more, previous) => {
    expect(read('template_category_update', { new_category: 'MARKETING', ...more, ...REF })).toMatchObject([
      { kind: 'template_category', category: 'MARKETING', previousCategory: previous, upcomingCategory: null },
    ])
  })

  it('tells of an edit', () => {
    const value = { message_template_element: 'Shall we go on, {{1}}?', ...REF }
    expect(read('message_template_components_update', value)).toMatchObject([{ kind: 'template_components', ...HEAD }])
    const buttons = { message_template_buttons: [{ message_template_button_type: 'QUICK_REPLY' }] }
    expect(read('message_template_components_update', { ...buttons, ...REF })).toMatchObject([
      { kind: 'template_components' },
    ])
  })

  it('only remarks that a category is wrong', () => {
    const value = { category: 'UTILITY', correct_category: 'MARKETING', ...REF }
    expect(read('template_correct_category_detection', value)).toMatchObject([
      { kind: 'template_misfiled', ...HEAD, category: 'UTILITY', correctCategory: 'MARKETING' },
    ])
  })

  it.each([
    'message_template_status_update',
    'message_template_quality_update',
    'message_template_components_update',
    'template_category_update',
  ])('that says nothing, under %s, is kept as one that cannot be read', (field) => {
    expect(read(field, REF)).toMatchObject([{ kind: 'malformed' }])
  })
})
