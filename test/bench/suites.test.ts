import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Lab, openLab } from '../../bench/lab.ts'
import type { Options, Row } from '../../bench/suite.ts'
import { SUITES } from '../../bench/suites.ts'

/*
 * The short form of `npm run bench`: every suite still runs and measures something. How much it is says nothing here; that is for a quiet
 * machine and longer runs, in which each suite has a lab of its own.
 */

const SCRIPT = fileURLToPath(new URL('../../bench/run.ts', import.meta.url))
const SHORT = { messages: 60, rounds: 1, seconds: 1, warmUp: 0.2, rate: 30, processes: 1 }
const LONGEST_MS = 300_000

/** What each measures, and which part of it is enough here. */
const MEASURED: Record<string, { only?: string; columns: string[] }> = {
  throughput: { only: 'casement on', columns: ['messages/s', 'worker CPU ms/message'] },
  'scale-out': { only: 'redis', columns: ['messages/s', '× 1 worker'] },
  replies: { only: 'redis 1000', columns: ['replies', 'p99 ms'] },
  webhooks: { only: 'casement', columns: ['events/s', 'p99 ms'] },
  appliers: { only: 'mixed', columns: ['seconds', '× 1 process'] },
  'passing-on': { only: 'two', columns: ['p99 ms', 'delivered/s', 'delivered after p50 ms'] },
  enqueue: { only: '{trx', columns: ['commits/s', '× without NOTIFY'] },
  import: { columns: ['lines/s', '× COPY'] },
  lists: { only: 'state=failed', columns: ['p50 ms', '× by its id'] },
  campaigns: { columns: ['messages/s', 'CPU ms/message', 'worker RSS MiB'] },
  flows: { only: 'due', columns: ['seconds', 'process CPU s', 'replies p99 ms'] },
  costs: { columns: ['p50 ms', '× faster'] },
  templates: { columns: ['first s', 'heap KiB'] },
  footprint: { only: 'redis', columns: ['WAL bytes, enqueueing', 'WAL bytes, sending', 'intents bytes'] },
}

describe.skipIf(inject('redisUrl') === null)('the benchmark', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await openLab({ ephemeral: true })
  })
  afterAll(() => lab[Symbol.asyncDispose]())

  it.each(Object.entries(SUITES))('%s measures', { timeout: LONGEST_MS }, async (name, { suite, defaults }) => {
    const { only, columns } = MEASURED[name] ?? { columns: ['a row of its own in this test'] }
    const options: Options = { ...defaults, ...SHORT, only }
    expect(suite.title(options)).not.toBe('')
    const rows: Row[] = await suite.run(lab, options, () => {})
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) {
      for (const column of columns) expect(row[column], column).toBeGreaterThan(0)
    }
  })

  it('prints what it measured, as a line of JSON where it is told to', { timeout: LONGEST_MS }, async () => {
    const options = ['templates', '--messages', '6', '--json']
    const child = spawn(process.execPath, [SCRIPT, ...options], { stdio: ['ignore', 'pipe', 'ignore'] })
    const printed = JSON.parse(await text(child.stdout)) as { suite: string; messages: number; rows: Row[] }
    expect(printed).toMatchObject({ suite: 'templates', messages: 6, rounds: 3 })
    expect(printed.rows.length).toBeGreaterThan(0)
  })

  it('says which suites there are, and which options', { timeout: LONGEST_MS }, async () => {
    const told = async (...given: string[]) => {
      const child = spawn(process.execPath, [SCRIPT, ...given], { stdio: ['ignore', 'ignore', 'pipe'] })
      return text(child.stderr)
    }
    expect(await told('speed')).toContain(Object.keys(SUITES).join(', '))
    expect(await told('templates', '--rounds', 'none')).toContain('expected --rounds to be a positive number, got none')
  })
})
