import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
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

function sayWhenStale(script: string, log: Logger): void {
  const child = execFile(process.execPath, [script, '--check'], (error) => {
    if (error?.code === STALE) log.warn('the console is older than its sources: npm run build')
  })
  child.unref()
}
