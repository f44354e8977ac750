import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readDocument } from '../../src/cli/template-document.ts'
import { compileTemplate, renderTemplate } from '../../src/domain/template.ts'
import { lintTemplate } from '../../src/domain/template-lint.ts'
import { DEFAULT_SEED } from '../../src/sandbox/seed.ts'
import { call, startSandbox, WABA } from '../sandbox/support.ts'

const FOLDER = fileURLToPath(new URL('../../examples/templates/', import.meta.url))
const FILES = readdirSync(FOLDER).toSorted()

const NAMES = [
  'ad_offer',
  'after_sales_check',
  'appointment_reminder',
  'delivery_update',
  'feedback_request',
  'keep_helping',
  'payment_reminder',
  'quote_last_call',
  'quote_reminder',
  'win_back',
]

describe('the templates that come along', () => {
  it('are ten, each in a file of its name', async () => {
    expect(FILES.map((file) => file.replace(/\.\w+$/, ''))).toEqual(NAMES)
    for (const file of FILES) expect((await readDocument(FOLDER + file)).name).toBe(file.replace(/\.\w+$/, ''))
  })

  it.each(FILES)('%s has nothing that the linter would remark', async (file) => {
    expect(lintTemplate(await readDocument(FOLDER + file))).toEqual({ problems: [], warnings: [] })
  })

  it('keep_helping is the one that the sandbox is born with', async () => {
    const { name, language, category, components } = await readDocument(`${FOLDER}keep_helping.json`)
    const seed = DEFAULT_SEED.templates.find((template) => template.name === 'keep_helping')
    expect(seed).toMatchObject({ name, language, category, components })
  })

  it('are taken and approved by the sandbox', async () => {
    const seed = { ...DEFAULT_SEED, templates: [] }
    const sandbox = await startSandbox({ seed, knobs: { templateApprovalMs: 60_000 } })
    for (const file of FILES) {
      const { status, body } = await call(
        sandbox,
        'POST',
        `/v25.0/${WABA}/message_templates`,
        await readDocument(FOLDER + file),
      )
      expect([file, status, body]).toEqual([file, 200, expect.objectContaining({ status: 'PENDING' })])
    }
    await sandbox.advance(60_000)
    const { body } = await call(sandbox, 'GET', `/v25.0/${WABA}/message_templates?fields=name,status`)
    const listed = body.data as { name: string; status: string }[]
    expect(listed.map(({ name, status }) => `${name} ${status}`).toSorted()).toEqual(
      NAMES.map((name) => `${name} APPROVED`),
    )
  })

  it.each(FILES)('%s shows all of its variables', async (file) => {
    const document = await readDocument(FOLDER + file)
    const { body, buttons } = renderTemplate(compileTemplate(document as never), [])
    const text = (document.components as { type: string; text: string }[]).find(({ type }) => type === 'BODY')?.text
    expect(body).toBe(text)
    expect(buttons.length).toBeGreaterThan(0)
  })
})
