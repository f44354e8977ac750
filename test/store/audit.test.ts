import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { deedsOn } from '../../src/app/deeds.ts'
import { refusedSignIns } from '../../src/app/refused-sign-ins.ts'
import type { Doer } from '../../src/domain/audit.ts'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import { type AuditSelection, listAudit, recordDeed } from '../../src/store/access/audit.ts'
import { createWorkspace, readWorkspace } from '../../src/store/access/workspaces.ts'
import { ANOTHER, CALLER, HERE, STRANGER } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

const deed = (action: string, kind = 'sender', id: string | null = '106540352242922') => ({
  action,
  object: { kind, id },
})

describe('the audit log', () => {
  let rows: Rows
  beforeAll(async () => {
    rows = await createRows()
  })
  afterAll(() => rows.close())

  const list = (selection: Partial<AuditSelection> = {}) =>
    listAudit(rows.postgres.db, {
      purview: HERE,
      who: null,
      action: null,
      object: null,
      since: null,
      until: null,
      before: null,
      limit: 100,
      ...selection,
    })

  it('keeps who did what to which object, from where and under which request', async () => {
    const doer: Doer = { ...CALLER, origin: { address: '203.0.113.7', requestId: 'r-1' } }
    await recordDeed(rows.postgres.db, doer, { ...deed('sender.pause'), detail: { members: [] } }, 'done')
    expect(await list({ limit: 1 })).toEqual([
      {
        id: expect.any(String),
        at: expect.any(Number),
        workspace: 'default',
        actor: CALLER.actor,
        address: '203.0.113.7',
        action: 'sender.pause',
        object: { kind: 'sender', id: '106540352242922' },
        outcome: 'done',
        request_id: 'r-1',
        detail: { members: [] },
      },
    ])
  })

  it.each(['update audit_events set outcome = outcome', 'delete from audit_events', 'truncate audit_events'])(
    'takes no "%s", not even of its owner, nor of nothing',
    async (statement) => {
      await expect(sql.raw(statement).execute(rows.postgres.db)).rejects.toThrow('append-only')
      await expect(sql.raw(`${statement} where false`).execute(rows.postgres.db)).rejects.toThrow()
    },
  )

  it('is there with the deed, and only with it', async () => {
    const deeds = deedsOn(rows.postgres)
    const make = (id: string, then: () => void) =>
      deeds(
        CALLER,
        async (trx) => {
          await createWorkspace(trx, id, id)
          then()
        },
        () => deed('workspace.create', 'workspace', id),
      )
    await make('kept', () => {})
    await expect(
      make('broken', () => {
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    const made = await list({ object: { kind: 'workspace', ids: null } })
    expect(made.map(({ object }) => object.id)).toEqual(['kept'])
    expect(await readWorkspace(rows.postgres.db, 'broken')).toBeNull()
  })

  it('undoes the deed when it cannot be written', async () => {
    const nameless = { ...deed('no action', 'workspace', 'unrecorded') }
    const make = deedsOn(rows.postgres)(
      CALLER,
      (trx) => createWorkspace(trx, 'unrecorded', 'x'),
      () => nameless,
    )
    await expect(make).rejects.toThrow('audit_events')
    expect(await readWorkspace(rows.postgres.db, 'unrecorded')).toBeNull()
  })

  it('shows a workspace its own, and of some numbers only what was done to those', async () => {
    const db = rows.postgres.db
    await recordDeed(db, STRANGER, deed('sender.link', 'sender', '1'), 'done')
    await recordDeed(db, STRANGER, deed('sender.link', 'sender', '2'), 'done')
    await recordDeed(db, STRANGER, deed('key.create', 'key', '7'), 'done')
    const objects = async (purview = ANOTHER) => (await list({ purview })).map(({ object }) => object.id)
    expect(await objects()).toEqual(['7', '2', '1'])
    expect(await objects({ ...ANOTHER, senders: ['2' as PhoneNumberId] })).toEqual(['2'])
    expect((await list()).every(({ workspace }) => workspace === 'default')).toBe(true)
  })

  it('is asked by actor, action, object and time, page by page', async () => {
    const purview = ANOTHER
    const actions = async (selection: Partial<AuditSelection>) =>
      (await list({ purview, ...selection })).map(({ action, object }) => `${action} ${object.id}`)
    expect(await actions({ action: 'sender.*' })).toEqual(['sender.link 2', 'sender.link 1'])
    expect(await actions({ action: 'sender.l' })).toEqual([])
    expect(await actions({ action: 'key.create' })).toEqual(['key.create 7'])
    expect(await actions({ object: { kind: 'sender', ids: ['1', '3'] } })).toEqual(['sender.link 1'])
    expect(await actions({ object: { kind: 'sender', ids: [] } })).toEqual([])
    expect(await actions({ who: 'nobody' })).toEqual([])
    expect(await actions({ who: STRANGER.actor.id })).toHaveLength(3)
    const [first] = await list({ purview, limit: 1 })
    expect(await actions({ before: first?.id ?? '' })).toEqual(['sender.link 2', 'sender.link 1'])
    expect(await actions({ since: await rows.now() })).toEqual([])
    expect(await actions({ until: await rows.now() })).toHaveLength(3)
  })
})

describe('refused keys', () => {
  it('are a row at once, and then one a minute and address with their number', async () => {
    vi.useFakeTimers()
    try {
      const written: [address: string | null, attempts: number][] = []
      const refusals = refusedSignIns(
        async ({ origin }, attempts) => void written.push([origin.address, attempts]),
        () => {},
      )
      const guess = (address: string) => refusals.refused({ address, requestId: 'r' })
      await guess('203.0.113.7')
      for (let i = 0; i < 200; i++) await guess('203.0.113.7')
      await guess('203.0.113.8')
      expect(written).toEqual([
        ['203.0.113.7', 1],
        ['203.0.113.8', 1],
      ])
      await vi.advanceTimersByTimeAsync(60_000)
      expect(written.slice(2)).toEqual([['203.0.113.7', 200]])
      await guess('203.0.113.7')
      await guess('203.0.113.7')
      await refusals.stop()
      expect(written.slice(3)).toEqual([
        ['203.0.113.7', 1],
        ['203.0.113.7', 1],
      ])
    } finally {
      vi.useRealTimers()
    }
  })

  it('are counted together where they come from more addresses than are told apart', async () => {
    let written = 0
    const refusals = refusedSignIns(
      async () => {
        written += 1
      },
      () => {},
    )
    for (let i = 0; i < 3_000; i++) await refusals.refused({ address: `10.0.${i >> 8}.${i & 255}`, requestId: 'r' })
    expect(written).toBe(1_001)
    await refusals.stop()
    expect(written).toBe(1_002)
  })
})
