import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { Problems } from '../../src/domain/flow/problem.ts'
import { checkTemplates } from '../../src/domain/flow/template-check.ts'
import { compileDocument } from '../../src/usecases/preview-template.ts'
import { readFlow } from '../../src/usecases/read-flow.ts'
import { simulateFlow } from '../../src/usecases/simulate-flow.ts'

/* The ten flows do what their scripts say, with the templates that ship, and are free of warnings. */

const folder = (name: string) => fileURLToPath(new URL(`../../examples/${name}/`, import.meta.url))
const readOf = (of: string, name: string) => readFileSync(folder(of) + name, 'utf8')
const templates = readdirSync(folder('templates')).map((name) => parse(readOf('templates', name)))
const names = readdirSync(folder('flows')).filter((name) => !name.endsWith('.script.yaml'))

describe('the examples', () => {
  it('are ten', () => {
    expect(names).toHaveLength(10)
  })

  it.each(names)('%s has no problems and no warnings', (name) => {
    const { problems, warnings, compiled } = readFlow(readOf('flows', name))
    expect({ problems, warnings }).toEqual({ problems: [], warnings: [] })
    expect(compiled?.ok && `${compiled.program.name}.yaml`).toBe(name)
  })

  it.each(names)('%s may be written where the templates that ship are there', (name) => {
    const read = readFlow(readOf('flows', name))
    const problems = new Problems()
    const variants = templates.map((document) => {
      const { name, language, category } = document
      return {
        waba: '1',
        name,
        language,
        category,
        status: 'APPROVED',
        quality: null,
        definition: compileDocument(document),
      }
    })
    if (read.compiled?.ok) checkTemplates(read.compiled.program, { wabas: ['1'], variants }, problems)
    expect(problems.all.map(read.locate)).toEqual([])
  })

  it.each(names)('%s does what its script expects', (name) => {
    const simulated = simulateFlow(
      readOf('flows', name),
      readOf('flows', name.replace('.yaml', '.script.yaml')),
      templates,
    )
    expect(simulated).toMatchObject({ ok: true, value: { expect: { met: true, diff: [] } } })
  })

  it.each(names)('%s ends by itself when the customer never says a word', (name) => {
    const script = parse(readOf('flows', name.replace('.yaml', '.script.yaml')))
    const simulated = simulateFlow(
      readOf('flows', name),
      { start: { ...script.start, delivered_after: '2s' } },
      templates,
    )
    expect(simulated.ok && simulated.value.ended?.outcome).toMatch(/^[a-z_]+$/)
  })
})

describe('docs/flows.md', () => {
  it('shows a flow and a script that do what it says', () => {
    const text = readFileSync(fileURLToPath(new URL('../../docs/flows.md', import.meta.url)), 'utf8')
    const [flow, script] = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block]) => block as string)
    expect(readFlow(flow as string)).toMatchObject({ problems: [], warnings: [] })
    expect(simulateFlow(flow, script, null)).toMatchObject({ ok: true, value: { expect: { met: true, diff: [] } } })
  })
})
