import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { WabaId } from '../../src/domain/ids.ts'
import { type Instant, instant, MINUTE_MS, plus, SECOND_MS } from '../../src/domain/time.ts'
import { parseWebhook } from '../../src/graph/webhook.ts'
import type { TemplateEvent } from '../../src/graph/webhook-event.ts'
import { announceCategory, changeTemplate } from '../../src/store/templates/changes.ts'
import { readTemplate } from '../../src/store/templates/reads.ts'
import { noteDeletion, upsertTemplates } from '../../src/store/templates/sync.ts'
import { wantTemplate } from '../../src/store/templates/upkeep.ts'
import { wishedTemplates } from '../../src/store/templates/wishes.ts'
import { applyTemplateEvent, type TemplateNewsIo } from '../../src/usecases/apply-template.ts'
import { HERE } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

let rows: Rows
let waba: WabaId
let id: string
/** A whole second, as Meta stamps them, some time ago. */
let noon: Instant
let released: string[]
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())
beforeEach(async () => {
  waba = await rows.wabaOf(await rows.linkSender())
  id = rows.digits()
  released = []
  noon = instant(Math.floor((await rows.now()) / SECOND_MS) * SECOND_MS - 10 * MINUTE_MS)
  const shown = { name: 'ask', language: 'en', status: 'PENDING', category: 'UTILITY' }
  await upsertTemplates(db(), waba, [{ id, ...shown, quality: null, document: shown }], plus(noon, -MINUTE_MS))
  await db().deleteFrom('template_wishes').execute()
})

const db = () => rows.postgres.db
const wished = async () => (await wishedTemplates(db(), 10)).map((wish) => wish.templateId)
const row = async () => ((await readTemplate(db(), HERE, id)) ?? expect.fail('expected the template')).row
const fields = async () =>
  ((await readTemplate(db(), HERE, id))?.history ?? []).map(({ field, now }) => `${field} ${now}`)

function io(): TemplateNewsIo {
  return {
    templates: {
      change: (...told) => changeTemplate(db(), ...told),
      announceCategory: (...told) => announceCategory(db(), ...told),
      noteDeletion: (...told) => noteDeletion(db(), ...told),
      look: (...told) => wantTemplate(db(), ...told),
    },
    intents: {
      async releaseForTemplate(_waba, name) {
        released.push(name)
        return 1
      },
    },
  }
}

async function told(value: object, at = noon, templateId = id): Promise<boolean> {
  const changes = [{ field: 'message_template_status_update', value: { message_template_id: templateId, ...value } }]
  const events = parseWebhook({ entry: [{ id: waba, time: at / SECOND_MS, changes }] }) as TemplateEvent[]
  let due = false
  for (const event of events) if (await applyTemplateEvent(io(), event)) due = true
  return due
}

describe('news of a template', () => {
  it.each([
    ['its approval', { event: 'APPROVED' }],
    ['its quality', { new_quality_score: 'GREEN' }],
    ['its category', { new_category: 'MARKETING' }],
    ['a category that was announced', { new_category: 'UTILITY', correct_category: 'MARKETING' }],
    ['its text', { message_template_element: 'Hello.' }],
  ])('that was made elsewhere has it read, by %s', async (_what, value) => {
    expect(await told(value, noon, '7999')).toBe(false)
    expect(await wished()).toEqual(['7999'])
  })

  it.each(['DELETED', 'PENDING_DELETION'])('that is %s and was never known has nothing read', async (event) => {
    await told({ event }, noon, '7999')
    expect(await wished()).toEqual([])
  })

  it('of an edit has it read, and changes nothing by itself', async () => {
    await told({ message_template_element: 'Hello.' })
    expect(await wished()).toEqual([id])
    expect(await fields()).toEqual([])
  })

  it('of an approval lets go who waits, and has it read, for it may have been edited', async () => {
    expect(await told({ event: 'APPROVED' })).toBe(true)
    expect(released).toEqual(['ask'])
    expect(await wished()).toEqual([id])
  })

  it('of one that could go already has nothing read', async () => {
    await told({ event: 'APPROVED' })
    await db().deleteFrom('template_wishes').execute()
    await told({ event: 'FLAGGED' }, plus(noon, MINUTE_MS))
    expect(await wished()).toEqual([])
  })

  it.each(['REINSTATED', 'UNARCHIVED'])('that is %s is approved', async (event) => {
    expect(await told({ event })).toBe(true)
    expect(await row()).toMatchObject({ status: 'APPROVED' })
  })

  it('that is LOCKED says nothing against sending it', async () => {
    await told({ event: 'APPROVED' })
    await db().deleteFrom('template_wishes').execute()
    await told({ event: 'LOCKED', other_info: { title: 'LOCKED' } }, plus(noon, MINUTE_MS))
    expect(await row()).toMatchObject({ status: 'APPROVED' })
    expect(await wished()).toEqual([id])
  })

  it('takes the category that an approval names', async () => {
    await told({ event: 'APPROVED', message_template_category: 'MARKETING' })
    expect(await row()).toMatchObject({ status: 'APPROVED', category: 'MARKETING' })
  })

  it('announces a category, which changes when it is told to have changed', async () => {
    const announced = {
      new_category: 'UTILITY',
      correct_category: 'MARKETING',
      category_update_timestamp: 1_795_086_400,
    }
    await told(announced)
    await told(announced, plus(noon, MINUTE_MS))
    expect(await row()).toMatchObject({
      category: 'UTILITY',
      next_category: 'MARKETING',
      next_category_from: 1_795_086_400_000,
    })
    await told({ previous_category: 'UTILITY', new_category: 'MARKETING' }, plus(noon, 2 * MINUTE_MS))
    expect(await row()).toMatchObject({ category: 'MARKETING', next_category: null, next_category_from: null })
    expect(await fields()).toEqual(['next_category MARKETING', 'category MARKETING'])
  })

  it('hears an announcement late', async () => {
    await told({ previous_category: 'UTILITY', new_category: 'MARKETING' }, plus(noon, 2 * MINUTE_MS))
    await told({ new_category: 'UTILITY', correct_category: 'MARKETING' })
    expect(await row()).toMatchObject({ category: 'MARKETING', next_category: null })
  })
})
