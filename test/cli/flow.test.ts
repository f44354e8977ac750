import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli, startFakeApi } from './support.ts'

const FLOW = 'examples/flows/keep_window_open.yaml'
const SCRIPT = 'examples/flows/keep_window_open.script.yaml'

function fileWith(name: string, text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'casement-flow-')), name)
  writeFileSync(file, text)
  return file
}

describe('flow', () => {
  it('check says that nothing is wrong, and what was not looked at', async () => {
    const { code, stdout, stderr } = await runCli(['flow', 'check', FLOW])
    expect({ code, stdout: stdout.trim() }).toEqual({ code: 0, stdout: 'no problems' })
    expect(stderr).toContain('without a server')
  })

  it('check names file, line and column of a mistake, and what was meant', async () => {
    const file = fileWith('a.yaml', 'flow: a\npurpose: utilty\ntriggers: [ api ]\nsteps:\n  - { id: a, end: b }\n')
    const { code, stdout } = await runCli(['flow', 'check', file])
    expect(code).toBe(1)
    expect(stdout).toMatch(/a\.yaml:2:1: purpose: expected purpose to be .*did you mean "utility"/)
  })

  it('check asks a running Casement where it is told of one', async () => {
    const problem = { path: 'steps[0].send.template', line: 7, column: 3, message: 'expected a template, found none' }
    const { url, calls } = await startFakeApi(() => ({ body: { problems: [problem], warnings: [] } }))
    const { code, stdout, stderr } = await runCli(['flow', 'check', FLOW, '--url', url])
    expect(code).toBe(1)
    expect(stdout).toContain(`${FLOW}:7:3: steps[0].send.template: expected a template`)
    expect(stderr).not.toContain('without a server')
    expect(calls).toMatchObject([{ method: 'POST', path: '/v1/flows/check' }])
  })

  it('simulate plays a flow and says that all came as expected', async () => {
    const { code, stdout } = await runCli([
      'flow',
      'simulate',
      FLOW,
      '--script',
      SCRIPT,
      '--templates',
      'examples/templates',
    ])
    expect(code).toBe(0)
    expect(stdout).toMatch(/ask {2}sent \(free_form, free\) "Shall we keep your request open\?"[\s\S]*as expected/)
  })

  it('simulate ends with 1 and a difference when something else comes', async () => {
    const script = fileWith(
      's.yaml',
      'start: { at: "2026-11-23T10:00:00Z", last_inbound: "2026-11-22T10:30:00Z" }\nexpect: [ { sent: ask }, { end: kept } ]\n',
    )
    const { code, stderr } = await runCli(['flow', 'simulate', FLOW, '--script', script])
    expect(code).toBe(1)
    expect(stderr).toMatch(/end":"kept[\s\S]*end: no_answer/)
  })

  it('simulate names the line of a mistake in the script', async () => {
    const script = fileWith('s.yaml', 'start:\n  at: yesterday\n')
    const { code, stderr } = await runCli(['flow', 'simulate', FLOW, '--script', script])
    expect(code).toBe(1)
    expect(stderr).toMatch(/s\.yaml:2:3: start\.at: expected a time/)
  })

  it('simulate refuses a script that lasts for thousands of years', async () => {
    const script = fileWith(
      's.yaml',
      'start: { at: "2026-11-23T10:00:00Z" }\nevents:\n  - { after: 999999d999999d, reply: hi }\n',
    )
    const { code, stderr } = await runCli(['flow', 'simulate', FLOW, '--script', script])
    expect(code).toBe(1)
    expect(stderr).toContain('at most 365d')
  })

  it('schema prints a JSON Schema', async () => {
    const { stdout } = await runCli(['flow', 'schema'])
    expect(JSON.parse(stdout)).toMatchObject({ type: 'object', properties: { steps: { type: 'array' } } })
  })
})
