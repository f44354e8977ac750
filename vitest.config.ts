import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/support/longest-first.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // `npm run test:console`: they need a browser.
    exclude: ['test/console/e2e/**'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/seed-properties.ts'],
    sequence: { sequencer: LongestFirst },
    pool: 'forks',
    // A process serves one file after another. To load all modules anew for each took more time than the tests of most; so a file leaves
    // nothing behind: no fake clock, no variable of the environment, no server, no stream that may still fail.
    isolate: false,
    // More than the cores of a small machine: a third of the time is spent waiting, for leases, timeouts and graces.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 90_000,
  },
})
