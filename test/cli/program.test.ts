import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { createCli } from '../../src/cli/cli.ts'
import { createProgram } from '../../src/cli/program.ts'
import { emptyDirectory, runCli, startFakeApi } from './support.ts'

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function leavesOf(command: Command): Command[] {
  const inner = command.commands.filter((one) => one.name() !== 'help')
  return inner.length === 0 ? [command] : inner.flatMap(leavesOf)
}

describe('every command', () => {
  const terminal = { print() {}, note() {}, async write() {}, colors: {}, noteColors: {}, live: () => null }
  const program = createProgram(createCli({ terminal: terminal as never }, '0.0.0'))

  it.each(leavesOf(program).map((command) => [command.name(), command] as const))('%s takes --json', (_, command) => {
    expect(command.options.map((option) => option.long)).toContain('--json')
  })

  it.each(leavesOf(program).map((command) => [command.name(), command] as const))('%s has an example', (_, command) => {
    const help: string[] = []
    command.configureOutput({ writeOut: (text) => void help.push(text) })
    command.outputHelp()
    expect(help.join('')).toMatch(/Examples?:\n {2}\$ casement /)
  })
})

describe('wrong usage ends with exit code 2', () => {
  it.each([
    ['no command at all', []],
    ['an unknown command', ['sned']],
    ['a group without a command', ['sender']],
    ['an unknown option', ['intent', 'list', '--colour']],
    ['a missing argument', ['send', '106540352242922']],
    ['a message without content', ['send', '106540352242922', '+5511987654321']],
    ['a text and a template', ['send', '1', '+5511987654321', 'Hi', '--template', 'hello_world']],
    ['parameters without a template', ['send', '1', '+5511987654321', 'Hi', '--param', 'user=Ana']],
    ['a parameter without a value', ['send', '1', '+5511987654321', '--template', 'x', '--param', 'user']],
    ['a recipient that is none', ['send', '1', 'Ana', 'Hi']],
    ['a policy that is no JSON', ['send', '1', '+5511987654321', 'Hi', '--when-closed', '{hold']],
    ['an unknown priority', ['send', '1', '+5511987654321', 'Hi', '--priority', 'urgent']],
    ['a time that is none', ['send', '1', '+5511987654321', 'Hi', '--send-at', 'tomorrow']],
    ['a limit that is none', ['intent', 'list', '--limit', '0']],
    ['a change of nothing', ['intent', 'change', '0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a10']],
    ['a settlement without an outcome', ['intent', 'settle', '0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a10']],
    ['a wamid of what was not sent', ['intent', 'settle', 'x', '--not-sent', '--wamid', 'wamid.X']],
    ['a sender without an account', ['sender', 'link', '106540352242922', '--access-token', 'EAAG']],
    ['a sender without a token', ['sender', 'link', '106540352242922', '--waba', '102290129340398']],
    ['a demo both here and there', ['demo', '--url', 'http://127.0.0.1:1', '--data-dir', 'x']],
  ])('for %s', async (_, args) => {
    const { code, stdout, stderr } = await runCli(args)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).not.toBe('')
  })
})

describe('help and version', () => {
  it('go to standard output with exit code 0', async () => {
    expect(await runCli(['send', '--help'])).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('Example'),
    })
    expect(await runCli(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+/) })
  })
})

describe('a configuration with mistakes', () => {
  const env = { PORT: 'eighty', LOG_LEVEL: 'loud', GRAPH_TIMEOUT_MS: '-1' }

  it('is refused with all of them', async () => {
    const { code, stderr } = await runCli(['start'], env)
    expect(code).toBe(1)
    for (const name of Object.keys(env)) expect(stderr).toContain(`expected ${name} to be `)
  })

  it('is refused in JSON where JSON is asked for', async () => {
    const { code, stdout } = await runCli(['sender', 'list', '--json'], env)
    expect(code).toBe(1)
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'configuration', problems: { length: 3 } })
  })

  it.each(['api', 'worker'])('is refused by %s when it has no database', async (role) => {
    const { code, stderr } = await runCli([role])
    expect(code).toBe(1)
    expect(stderr).toContain(`expected DATABASE_URL to be set for '${role}'`)
  })

  it('is refused by migrate when it has no database', async () => {
    expect(await runCli(['migrate'])).toMatchObject({ code: 1, stderr: expect.stringContaining('DATABASE_URL') })
  })

  it('may hold unknown names of ours, with a warning', async () => {
    const { stderr } = await runCli(['doctor'], { CASEMENT_DATADIR: 'x' })
    expect(stderr).toContain('warning: CASEMENT_DATADIR is not a variable of Casement')
  })
})

describe('an API that does not answer', () => {
  it.each([
    ['send', ['send', '106540352242922', '+5511987654321', 'Hi']],
    ['window', ['window', '106540352242922', '5511987654321']],
    ['intent list', ['intent', 'list']],
    ['sender list', ['sender', 'list']],
    ['template list', ['template', 'list']],
  ])('makes %s fail and say how to start one', async (_, args) => {
    const url = `http://127.0.0.1:${await closedPort()}`
    const { code, stderr } = await runCli([...args, '--url', url])
    expect(code).toBe(1)
    expect(stderr).toBe(`error: no Casement answers at ${url} (connection refused); start one with: npx casement start`)
  })

  it('is looked for where HOST and PORT say', async () => {
    const port = await closedPort()
    const { stderr } = await runCli(['sender', 'list'], { HOST: '0.0.0.0', PORT: String(port) })
    expect(stderr).toContain(`http://127.0.0.1:${port}`)
  })

  it('makes doctor fail and say so', async () => {
    const dataDir = emptyDirectory()
    const { code, stdout } = await runCli(['doctor', '--json'], { CASEMENT_DATA_DIR: dataDir })
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, checks: [{ name: 'database', ok: false }] })
  })
})

describe('an API that says no', () => {
  it('is quoted with its field and problems, in JSON too', async () => {
    const error = { code: 'invalid', message: 'expected "to" to start with "+"', field: 'to' }
    const { url } = await startFakeApi(() => ({ status: 400, body: { error } }))
    const args = ['send', '1', '+5511987654321', 'Hi', '--url', url]
    expect(await runCli(args)).toMatchObject({ code: 1, stderr: `error: ${error.message}` })
    expect(JSON.parse((await runCli([...args, '--json'])).stdout)).toEqual({ error })
  })

  it('for the key is told how to give another one', async () => {
    const body = { error: { code: 'unauthorized', message: 'expected an API key' } }
    const { url } = await startFakeApi(() => ({ status: 401, body }))
    const { code, stderr } = await runCli(['sender', 'list', '--url', url])
    expect(code).toBe(1)
    expect(stderr).toContain('--key')
  })

  it('in another tongue is recognised as something else', async () => {
    const { url } = await startFakeApi(() => ({ status: 502, body: '<html>Bad gateway</html>' }))
    const { code, stderr } = await runCli(['sender', 'list', '--url', url])
    expect(code).toBe(1)
    expect(stderr).toContain('something else than a Casement')
  })
})
