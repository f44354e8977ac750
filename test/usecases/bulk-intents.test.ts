import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bulkServices } from '../../src/app/bulk.ts'
import { JOBS, jobRunner } from '../../src/app/jobs.ts'
import { managementIo } from '../../src/app/management-io.ts'
import type { IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { INTENT_STATES } from '../../src/domain/lifecycle.ts'
import { HOUR_MS, plus } from '../../src/domain/time.ts'
import type { BulkServices } from '../../src/http/bulk-services.ts'
import { readJob } from '../../src/store/jobs/jobs.ts'
import type { BulkRequest } from '../../src/usecases/bulk-intents.ts'
import { listJobItems, type ReadJobItemsIo } from '../../src/usecases/read-jobs.ts'
import { runJobs } from '../../src/usecases/run-jobs.ts'
import { CALLER, STRANGER } from '../support/access.ts'
import { fakeGraph } from '../support/management.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { standIn } from '../support/standing.ts'

describe('many intents at once', () => {
  let rows: Rows
  let bulk: BulkServices
  let jobs: ReadJobItemsIo
  let sender: PhoneNumberId
  beforeAll(async () => {
    rows = await createRows()
    await sql`insert into workspaces (id, name) values ('another', 'Another')`.execute(rows.postgres.db)
    const io = managementIo(rows.postgres, rows.senders, fakeGraph(), rows.optOuts)
    bulk = bulkServices(rows.postgres, io.intents)
    jobs = io.jobs
  })
  afterAll(() => rows.close())

  let intents: Record<string, IntentId>
  beforeEach(async () => {
    sender = await rows.linkSender()
    intents = { later: await one({ sendAt: plus(await rows.now(), HOUR_MS) }) }
    for (const state of INTENT_STATES) {
      const id = await one()
      intents[state] = id
      if (state !== 'scheduled') await standIn(rows.postgres.db, id, state)
    }
  })

  async function one(overrides: { sendAt?: ReturnType<typeof plus> } = {}): Promise<IntentId> {
    const { id } = await rows.conversation(sender)
    const times = overrides.sendAt ? { ...overrides, expiresAt: plus(overrides.sendAt, HOUR_MS) } : {}
    return rows.intent(sender, id, times)
  }

  const mine = (request: object, filter: object = {}) =>
    ({ ...request, filter: { sender, ...filter } }) as unknown as BulkRequest

  async function count(request: BulkRequest, caller = CALLER) {
    const answer = await bulk.countBulk(caller, request)
    if (!answer.ok) throw new Error(answer.refusal.message)
    return answer.value as { matches: number; by_reason: Record<string, number> }
  }

  /** Runs it to its end; answers its result. */
  async function run(request: BulkRequest, caller = CALLER): Promise<unknown> {
    return (await runJob(request, caller)).result
  }

  async function runJob(request: BulkRequest, caller = CALLER): Promise<{ id: string; result: unknown }> {
    const started = await bulk.startBulk(caller, request)
    if (!started.ok) throw new Error(started.refusal.message)
    const runner = jobRunner({
      postgres: rows.postgres,
      optOuts: rows.optOuts,
      onFailed: (details) => {
        throw (details as { err: Error }).err
      },
    })
    while (await runJobs(runner, JOBS));
    const job = await readJob(rows.postgres.db, caller.workspace, started.value.id)
    expect(job).toMatchObject({ state: 'done', kind: 'bulk_intents' })
    return { id: started.value.id, result: job?.result }
  }

  /** What a job has changed, by the names that they have here, as pages of two tell it. */
  async function itemsOf(job: string): Promise<{ name: string; state: string; wished: boolean }[]> {
    const items: { name: string; state: string; wished: boolean }[] = []
    const names = new Map(Object.entries(intents).map(([name, id]) => [id, name]))
    let cursor: string | undefined
    do {
      const answer = await listJobItems(jobs, CALLER, job, { cursor, limit: 2 })
      if (!answer.ok) throw new Error(answer.refusal.message)
      const { data, next_cursor } = answer.value
      expect(data.length).toBeGreaterThan(0)
      items.push(
        ...data.map(({ id, state, cancel_requested_at }) => ({
          name: names.get(id) as string,
          state,
          wished: cancel_requested_at !== null,
        })),
      )
      cursor = next_cursor ?? undefined
    } while (cursor !== undefined)
    return items
  }

  /** Which is where, by the name it has here. */
  async function states(): Promise<Record<string, string>> {
    const { rows: found } = await sql<{ id: IntentId; state: string; wished: boolean }>`
      select id, state, cancel_requested_at is not null as wished from intents where phone_number_id = ${sender}`.execute(
      rows.postgres.db,
    )
    const of = new Map(found.map(({ id, state, wished }) => [id, wished ? `${state}, wished` : state]))
    return Object.fromEntries(Object.entries(intents).map(([name, id]) => [name, of.get(id) as string]))
  }

  it('are counted with their reasons, and nothing is done', async () => {
    const before = await states()
    expect(await count(mine({ action: 'cancel' }))).toEqual({
      matches: 5,
      by_reason: { awaiting_window: 1 },
    })
    expect((await count(mine({ action: 'replay' }))).matches).toBe(3)
    expect((await count(mine({ action: 'replay' }, { state: 'failed' }))).matches).toBe(1)
    expect((await count(mine({ action: 'settle', outcome: 'sent' }))).matches).toBe(1)
    expect(await count(mine({ action: 'cancel' }), STRANGER)).toEqual({ matches: 0, by_reason: {} })
    expect(await states()).toEqual(before)
  })

  it('are cancelled where they have not left, and the wish is kept where they may have', async () => {
    const before = await states()
    expect(await run(mine({ action: 'cancel' }))).toEqual({ changed: 5, requested: 2 })
    expect(await states()).toEqual({
      ...before,
      later: 'cancelled',
      scheduled: 'cancelled',
      held: 'cancelled',
      dispatching: 'dispatching, wished',
      in_doubt: 'in_doubt, wished',
    })
    const { rows: told } = await sql<{ facts: object }>`
      select facts from decisions where intent_id = ${intents.later} and kind = 'cancel'`.execute(rows.postgres.db)
    expect(told).toEqual([{ facts: { by: 'ops', job: expect.any(String) } }])
  })

  it('tell of each what came of it, newest first', async () => {
    const cancelled = await runJob(mine({ action: 'cancel' }, { state: 'held' }))
    expect(await itemsOf(cancelled.id)).toEqual([{ name: 'held', state: 'cancelled', wished: false }])
    const settled = await runJob(mine({ action: 'settle', outcome: 'sent' }))
    expect(await itemsOf(settled.id)).toEqual([{ name: 'in_doubt', state: 'sent', wished: false }])
    const replayed = await runJob(mine({ action: 'replay' }))
    const items = await itemsOf(replayed.id)
    expect(items.map(({ name }) => name)).toEqual(['cancelled', 'expired', 'failed', 'held'].toSorted(byAge))
    const rest = await runJob(mine({ action: 'cancel' }))
    expect((await itemsOf(rest.id)).filter(({ wished }) => wished)).toEqual([
      { name: 'dispatching', state: 'dispatching', wished: true },
    ])
    expect(await listJobItems(jobs, STRANGER, rest.id, { limit: 2 })).toMatchObject({
      ok: false,
      refusal: { code: 'job_unknown' },
    })
    const narrow = { ...CALLER, senders: ['1' as PhoneNumberId] }
    expect(await listJobItems(jobs, narrow, rest.id, { limit: 2 })).toEqual({
      ok: true,
      value: { data: [], next_cursor: null },
    })
  })

  const byAge = (a: string, b: string) => ((intents[a] as string) < (intents[b] as string) ? 1 : -1)

  it('of another workspace, or of numbers that are not the caller’s, stay as they are', async () => {
    const before = await states()
    expect(await run(mine({ action: 'cancel' }), STRANGER)).toEqual({ changed: 0, requested: 0 })
    const narrow = { ...CALLER, senders: ['1' as PhoneNumberId] }
    expect(await run(mine({ action: 'cancel' }), narrow)).toEqual({ changed: 0, requested: 0 })
    expect(await states()).toEqual(before)
  })

  it('are replayed once, and what fails again meanwhile is not tried again', async () => {
    const started = await bulk.startBulk(CALLER, mine({ action: 'replay' }, { state: 'failed' }))
    if (!started.ok) throw new Error(started.refusal.message)
    const late = await one()
    await standIn(rows.postgres.db, late, 'failed')
    await sql`update intents set created_at = created_at - interval '1 minute' where id = ${late}`.execute(
      rows.postgres.db,
    )
    const before = await states()
    intents.late = late
    expect(await run(mine({ action: 'replay' }, { state: 'failed' }))).toEqual({ changed: 1 })
    expect(await states()).toEqual({ ...before, failed: 'scheduled', late: 'failed' })
  })

  it('are settled as an operator says', async () => {
    const before = await states()
    expect(await run(mine({ action: 'settle', outcome: 'sent' }))).toEqual({ changed: 1 })
    expect(await states()).toEqual({ ...before, in_doubt: 'sent' })
  })

  it('are one job while it runs, and one row in the audit log', async () => {
    const request = mine({ action: 'cancel' }, { state: 'held' })
    const [first, second] = [await bulk.startBulk(CALLER, request), await bulk.startBulk(CALLER, request)]
    expect(second).toEqual(first)
    expect(await run(request)).toEqual({ changed: 1, requested: 0 })
    const { rows: told } = await sql<{ detail: object }>`
      select detail from audit_events where action = 'intent.bulk' order by id desc limit 1`.execute(rows.postgres.db)
    expect(told[0]?.detail).toEqual({ action: 'cancel', states: ['held'], matches: 1 })
  })

  it('come in any number, page by page', async () => {
    const { id } = await rows.conversation(sender)
    await Promise.all(Array.from({ length: 510 }, () => rows.intent(sender, id)))
    expect(await count(mine({ action: 'cancel' }, { state: 'queued' }))).toMatchObject({ matches: 511 })
    expect(await run(mine({ action: 'cancel' }, { state: 'queued' }))).toEqual({ changed: 511, requested: 0 })
    expect(await count(mine({ action: 'cancel' }, { state: 'queued' }))).toMatchObject({ matches: 0 })
  })

  it('refuse what makes no sense, by the name of the member', async () => {
    const refused = await bulk.startBulk(CALLER, mine({ action: 'replay' }, { state: 'held' }))
    expect(refused).toMatchObject({ ok: false, refusal: { status: 400, field: 'filter.state' } })
    const badTo = await bulk.countBulk(CALLER, mine({ action: 'replay' }, { to: 'nobody at all' }))
    expect(badTo).toMatchObject({ ok: false, refusal: { status: 400, field: 'filter.to' } })
  })

  it('are counted by state', async () => {
    const answer = await bulk.countIntents(CALLER, { sender })
    expect(answer).toEqual({
      ok: true,
      value: {
        counts: {
          ...Object.fromEntries(INTENT_STATES.map((state) => [state, 1])),
          queued: 1,
        },
        at_most: 10_000,
      },
    })
  })
})
