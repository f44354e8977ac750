import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Logger } from '../log.ts'

/** Of `bin/build-console.js --check`: the sources are newer than the build. */
const STALE = 3
const PAGE = 'index.html'

/**
 * Where the built console lies: null in a checkout where nobody built it, which is no reason not to start. Says in the log what to do
 * where it is missing, or older than its sources.
 */
export function findConsole(log: Logger): string | null {
  const root = join(import.meta.dirname, '..', '..')
  const isCheckout = existsSync(join(root, 'src', 'console'))
  // This file lies in src/app of a checkout, and in dist/src/app of a package.
  const folder = isCheckout ? join(root, 'dist', 'console') : join(root, 'console')
  if (!existsSync(join(folder, PAGE))) {
    log.warn({ folder }, 'the console is not built: npm run build')
    return null
  }
  if (isCheckout) sayWhenStale(join(root, 'bin', 'build-console.js'), log)
  return folder
}

const execute = promisify(execFile)
/** Far beyond what a build takes, on a small machine that is busy. */
const BUILD_WITHIN_MS = 180_000

/**
 * In a checkout, builds the console anew where its sources are not those of the build, as after a pull. Never throws: without Vite, or where
 * nothing may be written, what is there is served, and `tell` says so.
 */
export async function refreshConsole(tell: (words: string) => void): Promise<void> {
  const root = join(import.meta.dirname, '..', '..')
  const script = join(root, 'bin', 'build-console.js')
  if (!existsSync(join(root, 'src', 'console')) || !existsSync(script)) return
  if (!(await isStale(script))) return
  tell('building the console anew, its sources have changed')
  try {
    const { stdout, stderr } = await execute(process.execPath, [script], { timeout: BUILD_WITHIN_MS })
    const words = `${stdout}\n${stderr}`.split('\n').find((line) => line.startsWith('console '))
    if (words) tell(words)
  } catch (error) {
    tell(`console not built: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function isStale(script: string): Promise<boolean> {
  try {
    await execute(process.execPath, [script, '--check'])
    return false
  } catch (error) {
    return (error as { code?: unknown }).code === STALE
  }
}

function sayWhenStale(script: string, log: Logger): void {
  const child = execFile(process.execPath, [script, '--check'], (error) => {
    if (error?.code === STALE) log.warn('the console is older than its sources: npm run build')
  })
  child.unref()
}
