import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { waitUntilGone } from '../../src/embedded/processes.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Says who it is, then ends with code 3; with `wait`, after a signal with code 4. */
const MAIN = `
export async function main(argv) {
  const wait = argv[2] === 'wait' ? setInterval(() => {}, 1_000) : undefined
  if (wait) process.once('SIGTERM', () => { console.log('SIGTERM'); clearInterval(wait) })
  const names = Object.keys(process.env).filter((name) => name.startsWith('CASEMENT_'))
  console.log(JSON.stringify({ args: argv.slice(2), pid: process.pid, names, from: import.meta.filename }))
  return wait ? 4 : 3
}`

let directory: string

beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'casement-bin-')))
})
afterEach(async () => {
  await rm(directory, { recursive: true, force: true })
})

/** A package with the real launcher and the `main` above in the given places. */
async function packageAt(packageDir: string, ...mains: string[]): Promise<string> {
  for (const path of ['bin/casement.js', ...mains]) await mkdir(join(packageDir, path, '..'), { recursive: true })
  await copyFile(join(root, 'bin', 'casement.js'), join(packageDir, 'bin', 'casement.js'))
  await writeFile(join(packageDir, 'package.json'), '{"type":"module"}')
  for (const path of mains) await writeFile(join(packageDir, path), MAIN)
  return join(packageDir, 'bin', 'casement.js')
}

function run(launcher: string, ...args: string[]): { child: ChildProcess; lines: AsyncIterator<string> } {
  const child = spawn(process.execPath, [launcher, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() }
}

interface Greeting {
  args: string[]
  pid: number
  names: string[]
  from: string
}

async function greeting(lines: AsyncIterator<string>): Promise<Greeting> {
  return JSON.parse((await lines.next()).value)
}

describe('the launcher', () => {
  test('runs the sources of a checkout, built or not, in the same process', async () => {
    const { child, lines } = run(await packageAt(directory, 'src/cli/main.ts', 'dist/src/cli/main.js'), 'a', '--b')
    const { args, pid, from } = await greeting(lines)
    expect({ args, pid, from }).toEqual({
      args: ['a', '--b'],
      pid: child.pid,
      from: join(directory, 'src', 'cli', 'main.ts'),
    })
    expect(await once(child, 'close')).toEqual([3, null])
  })

  test('runs the build of an installed package, even when sources lie beside it', async () => {
    const installed = join(directory, 'node_modules', 'casement')
    const { child, lines } = run(await packageAt(installed, 'src/cli/main.ts', 'dist/src/cli/main.js'))
    expect((await greeting(lines)).from).toBe(join(installed, 'dist', 'src', 'cli', 'main.js'))
    expect(await once(child, 'close')).toEqual([3, null])
  })

  test('says so when there is nothing to run', async () => {
    const { child } = run(await packageAt(directory))
    const [message] = await once(child.stderr as NonNullable<ChildProcess['stderr']>, 'data')
    expect(String(message)).toMatch(/not built.*npm run build/)
    expect(await once(child, 'close')).toEqual([1, null])
  })
})

describe('on an old Node, the launcher', () => {
  /** As an old Node would see it: too old, until it was started by itself. */
  async function oldNodePackage(): Promise<string> {
    const launcher = await packageAt(directory, 'src/cli/main.ts')
    const source = await readFile(launcher, 'utf8')
    const condition = 'isOlder(process.versions.node)'
    expect(source).toContain(condition)
    await writeFile(launcher, source.replace(condition, '!process.env[STARTED_BY_US]'))
    return launcher
  }

  async function withOwnNode(): Promise<string> {
    const launcher = await oldNodePackage()
    await symlink(join(root, 'node_modules'), join(directory, 'node_modules'))
    return launcher
  }

  test('goes on in the Node of the npm package, with its arguments and its exit code', async () => {
    const { child, lines } = run(await withOwnNode(), 'a', '--b')
    const { args, pid, names } = await greeting(lines)
    expect({ args, names }).toEqual({ args: ['a', '--b'], names: [] })
    expect(pid).not.toBe(child.pid)
    expect(await once(child, 'close')).toEqual([3, null])
  })

  test('passes signals on', async () => {
    const { child, lines } = run(await withOwnNode(), 'wait')
    await greeting(lines)
    child.kill('SIGTERM')
    expect((await lines.next()).value).toBe('SIGTERM')
    expect(await once(child, 'close')).toEqual([4, null])
  })

  test('takes Casement along when it is killed', async () => {
    const { child, lines } = run(await withOwnNode(), 'wait')
    const { pid } = await greeting(lines)
    child.kill('SIGKILL')
    expect(await waitUntilGone(pid, 10_000)).toBe(true)
  })

  test('says what is missing when that package is not there', async () => {
    const { child } = run(await oldNodePackage())
    const [message] = await once(child.stderr as NonNullable<ChildProcess['stderr']>, 'data')
    expect(String(message)).toMatch(/needs Node.js 24.7 or newer/)
    expect(await once(child, 'close')).toEqual([1, null])
  })
})
