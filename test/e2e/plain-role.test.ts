import { readFileSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { migrateAll } from '../../src/app.ts'
import { runCli } from '../cli/support.ts'
import { type Harness, startHarness } from '../support/harness.ts'
import { lanesOnRedis } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'
import { type SuperuserServer, startSuperuserServer } from '../support/superuser-server.ts'
import { KEEP_HELPING, ORDER_UPDATE, templateMessage, text } from './fixtures.ts'

/* The roles of the compose file: the owner migrates, and everything else is done by one that can read and write rows and no more. */

const PASSWORDS: Record<string, string> = { owner_password: 'owner-of-the-tables', app_password: 'plain-app' }

describe.skipIf(inject('redisUrl') === null)('a role that owns nothing', { timeout: 120_000 }, () => {
  let server: SuperuserServer
  let casement: Harness
  let appUrl: string
  beforeAll(async () => {
    server = await startSuperuserServer()
    await makeRoles(server.url)
    await migrateAll(as('casement_owner', 'owner_password'), { kind: 'redis', mode: 'single', urls: [] })
    appUrl = as('casement_app', 'app_password')
    casement = await startHarness(lanesOnRedis, { database: { url: appUrl, drop: async () => {} } })
  })
  afterAll(async () => {
    await casement.close()
    await server.stop()
  })

  function as(role: string, password: string): string {
    const url = new URL(server.url)
    Object.assign(url, { username: role, password: PASSWORDS[password], pathname: '/casement' })
    return url.href
  }

  it('is enough to take, send, hold, let go, cancel, export and erase', async () => {
    const customer = casement.stranger()
    await casement.writes(customer)
    const sent = await casement.enqueue({ to: `+${customer}`, message: text('Hi') })
    await casement.intentIn(sent.id, 'sent')
    const template = await casement.enqueue({ to: `+${casement.stranger()}`, message: templateMessage(ORDER_UPDATE) })
    await casement.intentIn(template.id, 'sent')

    const stranger = casement.stranger()
    const waits = { to: `+${stranger}`, message: text('Later'), when_closed: { follow_up: KEEP_HELPING } }
    const held = await casement.enqueue(waits)
    await casement.intentIn(held.id, 'held')
    await casement.writes(stranger)
    await casement.intentIn(held.id, 'sent')
    const cancelled = await casement.enqueue({
      to: `+${casement.stranger()}`,
      message: text('No'),
      when_closed: 'hold',
    })
    expect((await casement.api('POST', `/v1/intents/${cancelled.id}/cancel`)).status).toBe(200)

    expect((await casement.api('GET', `/v1/contacts/${customer}/export`)).status).toBe(200)
    const { body } = await casement.api<{ job: string }>('DELETE', `/v1/contacts/${customer}`)
    await eventually(
      async () => (await casement.api<{ state: string }>('GET', `/v1/jobs/${body.job}`)).body.state === 'done',
      { timeoutMs: 20_000 },
    )
    expect((await casement.api<{ data: unknown[] }>('GET', '/v1/audit')).body.data.length).toBeGreaterThan(2)
    const doctor = await runCli(['doctor', '--json'], {
      DATABASE_URL: appUrl,
      CASEMENT_SECRET: '0'.repeat(64),
      REDIS_URL: inject('redisUrl') as string,
      GRAPH_API_URL: casement.sandbox.url,
    })
    const checks = JSON.parse(doctor.stdout).checks as { name: string; ok: boolean }[]
    expect(checks).toContainEqual(expect.objectContaining({ name: 'database role', ok: true }))
  })

  it.each([
    ['update audit_events set outcome = outcome', 'append-only'],
    ['delete from audit_events', 'append-only'],
    ['truncate audit_events', 'permission denied'],
    ['alter table audit_events disable trigger all', 'must be owner'],
    ['drop table intents', 'must be owner'],
    ['create table mine (id int)', 'permission denied'],
    ['create role mine', 'permission denied'],
    [`copy intents to program 'cat'`, 'permission denied'],
  ])('cannot "%s"', async (statement, why) => {
    await expect(casement.query(statement)).rejects.toThrow(why)
  })
})

/** As psql would, which is no part of what comes from npm. */
async function makeRoles(url: string): Promise<void> {
  const script = readFileSync(new URL('../../compose/roles.sql', import.meta.url), 'utf8')
  const [before = '', after = ''] = script.split('\\connect casement\n')
  const filled = (sql: string) => sql.replace(/:'(\w+)'/g, (_all, name: string) => `'${PASSWORDS[name]}'`)
  const inPostgres = new URL(url)
  inPostgres.pathname = '/postgres'
  await withClient(inPostgres.href, async (client) => {
    // The embedded server has these names already.
    await client.query('alter database casement rename to spare')
    for (const statement of filled(before).split(/;\n/)) if (statement.trim() !== '') await client.query(statement)
  })
  inPostgres.pathname = '/casement'
  await withClient(inPostgres.href, (client) => client.query(filled(after)))
}

async function withClient(url: string, run: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await run(client)
  } finally {
    await client.end()
  }
}
