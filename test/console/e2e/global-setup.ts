import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../../../src/embedded/postgres.ts'
import { createLogger } from '../../../src/log.ts'
import { findChromium } from './chromium.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the one Chromium of the run, for Playwright. */
    chromiumEndpoint: string
  }
}

/** What is tested is what is here: the console is built first, unless it is. One PostgreSQL and one Chromium for the whole run. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const executablePath = findChromium()
  if (executablePath === null) {
    const message = 'NO CHROMIUM in PATH: the console was not tested (apt-get install chromium)'
    if (process.env.CI === 'true') throw new Error(message)
    console.log(`\n*** ${message} ***\n`)
    return
  }
  execFileSync(process.execPath, ['bin/build-console.js'], { stdio: 'inherit' })

  await using started = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'casement-console-'))
  started.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }))
  await chmod(directory, 0o711) // as root the server runs as somebody else, who must get in
  process.env.NODE_COMPILE_CACHE ??= join(directory, 'compiled')

  const dataDir = join(directory, 'postgres')
  const postgres = await startEmbeddedPostgres({ dataDir, log: createLogger({ level: 'warn' }), ephemeral: true })
  started.defer(() => postgres.stop())
  project.provide('postgresUrl', postgres.url)

  const browser = await chromium.launchServer({ executablePath, args: ['--no-sandbox'] })
  started.defer(() => browser.close())
  project.provide('chromiumEndpoint', browser.wsEndpoint())

  const untilTeardown = started.move()
  return () => untilTeardown.disposeAsync()
}
