import { describe, expect, inject, it } from 'vitest'
import { DEFAULT_LINK, type SendRecord } from '../../src/sandbox/sandbox.ts'
import { openPostgres, type Postgres } from '../../src/store/pg/postgres.ts'
import { campaignsOn } from '../support/lists.ts'
import { startCasement } from '../support/process.ts'
import { type Engine, type Fleet, startFleet } from './fleet.ts'
import { repeat } from './repeat.ts'

/*
 * Every process of a fleet goes by a clock that is five minutes off, before or behind: what a campaign does goes by that of the database, and
 * the doctor says what is wrong.
 */

const FIVE_MINUTES_MS = 5 * 60_000
const PEOPLE = 40
const MAX_MPS = 20
const message = {
  type: 'template',
  template: {
    name: 'order_update',
    language: { code: 'en' },
    components: [
      {
        type: 'body',
        parameters: [
          { type: 'text', text: '{{name}}' },
          { type: 'text', text: '1' },
        ],
      },
    ],
  },
}

function wrongClock(offMs: number): Record<string, string> {
  return {
    NODE_OPTIONS: `--import ${new URL('./wrong-clock.ts', import.meta.url).href}`,
    WRONG_CLOCK_MS: String(offMs),
  }
}

async function run(engine: Engine, offMs: number): Promise<void> {
  const fleet = await startFleet({ engine, throughputMps: 100, env: wrongClock(offMs) })
  const postgres = openPostgres({ url: fleet.databaseUrl, max: 2, applicationName: 'fault suite', onError: () => {} })
  try {
    await link(fleet)
    const csv = `to,name\n${Array.from({ length: PEOPLE }, (_, i) => `+551198${String(i).padStart(7, '0')},Ana`).join('\n')}\n`
    const begins = await inSeconds(postgres, 4)
    const given = {
      sender: fleet.sender,
      message,
      send_at: begins,
      max_mps: MAX_MPS,
      // As long as it takes, and no longer than the clocks are wrong.
      valid_for: '2m',
    }
    const { id, row } = await campaignsOn(postgres).listed(given, csv)
    expect(await fleet.api('POST', `/v1/campaigns/${id}/start`)).toMatchObject({
      status: 200,
      body: { state: 'scheduled' },
    })
    await repeat(async () => (await read(fleet, id)).state === 'finished', 60_000, 200)
    expect(await read(fleet, id)).toMatchObject({ counts: { total: PEOPLE, sent: PEOPLE } })
    const { data } = (await fleet.sandbox('GET', '/sandbox/ledger')) as { data: SendRecord[] }
    const sends = data.filter(({ outcome }) => outcome === 'accepted').map(({ at }) => Date.parse(String(at)))
    expect(sends).toHaveLength(PEOPLE)
    expect(Math.min(...sends)).toBeGreaterThanOrEqual(Date.parse(begins))
    const { rows } = await postgres.pool.query(
      `select min(gap) >= interval '49 milliseconds' as paced from (
         select due.at - lag(due.at) over (order by due.at) as gap from (
           select send_at as at from intents where campaign_id = $1) due) g`,
      [row],
    )
    expect(rows).toEqual([{ paced: true }])
    await expectWarned(fleet, offMs)
    expect(fleet.died).toEqual([])
  } finally {
    await postgres.close()
    await fleet.close()
  }
}

async function link(fleet: Fleet): Promise<void> {
  const { wabaId, accessToken } = DEFAULT_LINK
  const body = { phone_number_id: fleet.sender, waba_id: wabaId, access_token: accessToken, throughput_mps: 100 }
  expect((await fleet.api('POST', '/v1/senders', body)).status).toBe(201)
  expect((await fleet.api('POST', '/v1/templates/sync', { waba_id: wabaId })).status).toBe(200)
}

async function inSeconds({ pool }: Postgres, seconds: number): Promise<string> {
  const { rows } = await pool.query<{ at: Date }>(`select casement_now() + $1 * interval '1 second' as at`, [seconds])
  return new Date(rows[0]?.at as Date).toISOString()
}

async function read(fleet: Fleet, id: string): Promise<{ state: string; counts: Record<string, number> }> {
  return (await fleet.api('GET', `/v1/campaigns/${id}`)).body as never
}

async function expectWarned({ databaseUrl, sandboxUrl }: Fleet, offMs: number): Promise<void> {
  await using doctor = startCasement(['doctor'], {
    env: {
      ...wrongClock(offMs),
      DATABASE_URL: databaseUrl,
      GRAPH_API_URL: sandboxUrl,
      CASEMENT_SECRET: '0'.repeat(64),
      META_APP_SECRET: 'fault-suite-app-secret',
      META_VERIFY_TOKEN: 'fault-suite-verify-token',
    },
  })
  const [line] = await doctor.line(/.*the database is \d+ ms.*/)
  const [, ms, direction] = /(\d+) ms (behind|ahead of)/.exec(line) ?? []
  expect(direction).toBe(offMs > 0 ? 'behind' : 'ahead of')
  expect(Math.abs(Number(ms) - Math.abs(offMs))).toBeLessThan(10_000)
  expect((await doctor.exited).code).not.toBe(0)
}

describe('a campaign whose processes have a wrong clock', { timeout: 200_000 }, () => {
  it('goes by the clock of the database, with lanes on PostgreSQL and clocks that are ahead', () =>
    run('postgres', FIVE_MINUTES_MS))

  it.skipIf(inject('redisUrl') === null)('the same with lanes on Redis and clocks that are behind', () =>
    run('redis', -FIVE_MINUTES_MS),
  )
})
