import { defineConfig } from 'vitest/config'
import { findChromium } from './test/console/e2e/chromium.ts'

/** Pictures are taken, of the README (`pictures`) or of every page (`matrix`), and nothing is tested. */
const pictures = process.env.CONSOLE_PICTURES
const files = pictures === undefined ? ['test/console/e2e/**/*.test.ts'] : [`tools/console-${pictures}.ts`]

/** People in front of Chromium, and a whole Casement behind it. */
export default defineConfig({
  test: {
    include: findChromium() === null ? [] : files,
    passWithNoTests: true,
    globalSetup: ['test/console/e2e/global-setup.ts'],
    pool: 'forks',
    // As in vitest.config.ts: a process serves one file after another, each of which closes what it opened.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 90_000,
  },
})
