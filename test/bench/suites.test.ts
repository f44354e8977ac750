import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, inject, it } from 'vitest'

/*
 * The short form of `npm run bench`: every suite still runs and measures something. How much it is says nothing here; that is for a quiet
 * machine and longer runs.
 */

const SCRIPT = fileURLToPath(new URL('../../bench/run.ts', import.meta.url))
const SHORT = ['--messages', '60', '--rounds', '1', '--seconds', '1', '--rate', '30', '--json']
const LONGEST_MS = 120_000

describe.skipIf(inject('redisUrl') === null)('the benchmark', () => {
  it.each([
    ['throughput', ['--only', 'casement'], ['messages/s', 'worker CPU ms/message']],
    ['scale-out', ['--only', 'redis'], ['messages/s', '× 1 worker']],
    ['replies', ['--only', 'redis'], ['replies', 'p99 ms']],
    ['webhooks', [], ['events/s', '× row at a time', 'p99 ms']],
    ['appliers', ['--only', 'mixed'], ['seconds', '× 1 process']],
    ['passing-on', ['--only', 'two'], ['p99 ms', 'delivered/s', 'delivered after p50 ms']],
    ['enqueue', [], ['commits/s', '× without NOTIFY']],
    ['lists', ['--only', 'state=failed'], ['p50 ms', '× by its id']],
    ['templates', [], ['first s', 'heap KiB']],
    ['footprint', ['--only', 'redis'], ['WAL bytes, enqueueing', 'WAL bytes, sending', 'intents bytes']],
  ])('%s measures', { timeout: LONGEST_MS }, async (suite, options, columns) => {
    const child = spawn(process.execPath, [SCRIPT, suite, ...SHORT, ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const printed = JSON.parse(await text(child.stdout)) as { suite: string; rows: Record<string, unknown>[] }
    expect(printed.suite).toBe(suite)
    expect(printed.rows.length).toBeGreaterThan(0)
    for (const row of printed.rows) {
      for (const column of columns) expect(row[column], column).toBeGreaterThan(0)
    }
  })

  it('says which suites there are', { timeout: LONGEST_MS }, async () => {
    const child = spawn(process.execPath, [SCRIPT, 'speed'], { stdio: ['ignore', 'ignore', 'pipe'] })
    expect(await text(child.stderr)).toContain(
      'throughput, scale-out, webhooks, appliers, passing-on, replies, enqueue, footprint, lists, templates',
    )
  })
})
