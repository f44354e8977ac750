import { describe, expect, it, onTestFinished } from 'vitest'
import { joinClocks } from '../../src/app/sandbox-clock.ts'
import { startApp } from '../../src/app.ts'
import { createLogger } from '../../src/log.ts'
import { createSandbox, type Sandbox, SandboxActionError } from '../../src/sandbox/sandbox.ts'
import { clockAheadMs } from '../../src/store/pg/clock.ts'
import { moveClock } from '../../src/store/pg/move-clock.ts'
import { openPostgres } from '../../src/store/pg/postgres.ts'
import { createTestDatabase } from '../support/database.ts'
import { resolvedConfig } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { runCasement } from '../support/process.ts'

const DAY_MS = 86_400_000

async function database(): Promise<{ url: string; aheadMs(): Promise<number> }> {
  const { url, drop } = await createTestDatabase()
  onTestFinished(drop)
  const postgres = openPostgres({ url, max: 1, applicationName: 'test', onError: () => {} })
  onTestFinished(postgres.close)
  return { url, aheadMs: () => clockAheadMs(postgres.db) }
}

async function sandbox(moveFirst?: (aheadMs: number) => Promise<void>): Promise<Sandbox> {
  const created = await createSandbox({
    appSecret: 'secret',
    verifyToken: 'token',
    ...(moveFirst ? { moveFirst } : {}),
  })
  onTestFinished(created.close)
  return created
}

describe('at the start with the built-in sandbox', () => {
  it('the database follows a sandbox that was kept with its clock ahead', async () => {
    const { url, aheadMs } = await database()
    const kept = await sandbox()
    await kept.advance(DAY_MS)
    await joinClocks(url, kept)
    expect(await aheadMs()).toBe(DAY_MS)
  })

  it('a sandbox that was made anew follows the database', async () => {
    const { url, aheadMs } = await database()
    await moveClock(url, DAY_MS)
    const fresh = await sandbox()
    await joinClocks(url, fresh)
    expect(fresh.clockOffsetMs()).toBe(DAY_MS)
    expect(await aheadMs()).toBe(DAY_MS)
  })
})

describe('a move of the sandbox', () => {
  it('does not happen where the database did not move, and says why', async () => {
    const alone = await sandbox(async () => {
      throw new Error('the database is away')
    })
    const moving = alone.advance(DAY_MS)
    await expect(moving).rejects.toThrow(SandboxActionError)
    await expect(moving).rejects.toThrow('the clock was not moved: the database is away')
    expect(alone.clockOffsetMs()).toBe(0)
  })
})

describe('a Graph API other than the built-in sandbox', () => {
  const start = async (url: string) => {
    const lanes = await lanesOnPostgres.open(url)
    onTestFinished(lanes.close)
    return startApp({
      config: resolvedConfig({
        ...lanes.env,
        PORT: '0',
        GRAPH_API_URL: 'https://graph.example.com',
        CASEMENT_SECRET: '0'.repeat(64),
        CASEMENT_API_KEY: 'test-admin-key-of-32-characters-or-more',
        META_APP_SECRET: 'test-app-secret',
        META_VERIFY_TOKEN: 'test-verify-token',
      }),
      roles: ['api', 'worker'],
      logger: createLogger({ level: 'silent' }),
      version: 'test',
    })
  }

  it('is not served on a clock that was moved, until somebody sets it back', async () => {
    const { url, aheadMs } = await database()
    await moveClock(url, DAY_MS)
    await expect(start(url)).rejects.toThrow(/npx casement migrate --reset-clock/)
    const reset = await runCasement(['migrate', '--reset-clock'], { env: { DATABASE_URL: url } })
    expect(reset).toMatchObject({ code: 0, stdout: `the clock was set back by ${DAY_MS} ms` })
    expect(await aheadMs()).toBe(0)
    const app = await start(url)
    await app.stop()
  })

  it('keeps a sandbox from moving the clock as long as it runs', async () => {
    const { url } = await database()
    const app = await start(url)
    await expect(moveClock(url, DAY_MS)).rejects.toThrow('cannot be moved')
    await app.stop()
    await moveClock(url, DAY_MS)
  })
})
