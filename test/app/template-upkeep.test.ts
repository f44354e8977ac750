import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { TemplateSync } from '../../src/app/template-sync.ts'
import { startTemplateUpkeep } from '../../src/app/template-upkeep.ts'
import type { PhoneNumberId, WabaId } from '../../src/domain/ids.ts'
import { pauseCalls, pauseManagement } from '../../src/store/accounts/pace.ts'
import { waitedTemplates } from '../../src/store/intents/waits.ts'
import { type Listener, openListener } from '../../src/store/pg/listener.ts'
import { upsertTemplates } from '../../src/store/templates/sync.ts'
import {
  TEMPLATES_CHANNEL,
  wantedTemplates,
  wantTemplate,
  wantTemplates,
  wantUndecided,
} from '../../src/store/templates/upkeep.ts'
import { wishedTemplates } from '../../src/store/templates/wishes.ts'
import type { Loop } from '../../src/worker/loop.ts'
import { HERE } from '../support/access.ts'
import { wireTemplate } from '../support/management.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { eventually, recorder } from '../support/signals.ts'

const MINUTE_MS = 60_000
const NEVER_MS = 24 * 60 * MINUTE_MS

let rows: Rows
let listener: Listener
let sender: PhoneNumberId
let waba: WabaId
let loop: Loop | null = null
beforeAll(async () => {
  rows = await createRows()
  listener = await openListener({ url: rows.databaseUrl, channels: [TEMPLATES_CHANNEL], onError: () => {} })
})
afterAll(async () => {
  await listener.close()
  await rows.close()
})
beforeEach(async () => {
  await sql`update wabas set templates_wanted_at = null`.execute(rows.postgres.db)
  sender = await rows.linkSender()
  waba = await rows.wabaOf(sender)
})
afterEach(async () => {
  await loop?.stop()
  loop = null
})

const db = () => rows.postgres.db
const wanted = (quietMs = MINUTE_MS) => wantedTemplates(db(), quietMs)
const syncedAgo = (ms: number) =>
  sql`update wabas set templates_synced_at = now() - ${ms} * interval '1 millisecond' where id = ${waba}`.execute(db())

const noReading: TemplateSync['refresh'] = async () => expect.fail('expected no single template to be read')

/** Answers what it starts to sync. */
function looking(checkEveryMs = NEVER_MS, refresh: TemplateSync['refresh'] = noReading) {
  const started = recorder<WabaId>()
  loop = startTemplateUpkeep({
    postgres: rows.postgres,
    listener,
    startSync: started.record,
    refresh,
    checkEveryMs,
    onError: (error) => {
      throw error
    },
  })
  return started
}

/** A message that waits for a template of this status. */
async function waiter(status: string, name = 'notice') {
  const templateId = rows.digits()
  const becomes = (status: string) => {
    const shown = { name, language: 'en', status, category: 'UTILITY' }
    return upsertTemplates(db(), waba, [{ id: templateId, ...shown, quality: null, document: shown }])
  }
  await becomes('PENDING')
  const { id } = await rows.conversation(sender)
  const intent = await rows.intent(sender, id)
  const template = { name, language: 'en' }
  await rows.hold(intent, { kind: 'template', template })
  await becomes(status)
  return { intent, template }
}

describe('a wish for templates to be read again', () => {
  it('is granted at once, also when another process had it', async () => {
    const started = looking()
    await wantTemplates(db(), waba)
    expect(await started.next()).toBe(waba)
  })

  it('is put off until a while after the last reading, and not dropped', async () => {
    await syncedAgo(MINUTE_MS - 5_000)
    await wantTemplates(db(), waba)
    expect(await wanted()).toEqual([])
    await syncedAgo(MINUTE_MS)
    expect(await wanted()).toEqual([waba])
  })

  it.each([
    ['management calls', pauseManagement],
    ['all calls', pauseCalls],
  ])('waits while Meta pauses %s of the account', async (_what, pause) => {
    await wantTemplates(db(), waba)
    await pause(db(), waba, MINUTE_MS)
    expect(await wanted()).toEqual([])
    await sql`
      update wabas set management_paused_until = now(), calls_paused_until = now() where id = ${waba}`.execute(db())
    expect(await wanted()).toEqual([waba])
  })

  it('means nothing without a linked number', async () => {
    await wantTemplates(db(), waba)
    await rows.senders.unlink(HERE, sender)
    expect(await wanted()).toEqual([])
  })

  it('that cannot be granted is not tried again at once', async () => {
    const started = looking()
    await wantTemplates(db(), waba)
    await started.next()
    loop?.wake()
    const other = await rows.wabaOf(await rows.linkSender())
    await wantTemplates(db(), other)
    expect(await started.next()).toBe(other)
    expect(started.all).toEqual([waba, other])
  })
})

describe('a wish for one template', () => {
  type Answer = Awaited<ReturnType<TemplateSync['refresh']>>['answer']
  const error = { code: 100, subcode: 33, isTransient: false, httpStatus: 400, details: null, via: 'sync' } as const

  /** Reads them with this answer, and says which. */
  function reading(answer: Answer) {
    const read = recorder<string>()
    const refresh: TemplateSync['refresh'] = async (_waba, id) => {
      const askedAt = await rows.now()
      read.record(id)
      return { stored: answer.kind === 'ok', askedAt, answer }
    }
    return { read, refresh }
  }
  const left = async () =>
    (await db().selectFrom('template_wishes').select('template_id').execute()).map((row) => row.template_id)
  beforeEach(() => db().deleteFrom('template_wishes').execute())

  it('is granted once, however often it was told, though the account was read a moment ago', async () => {
    await syncedAgo(0)
    for (let n = 0; n < 3; n++) await wantTemplate(db(), waba, '7001')
    const { read, refresh } = reading({ kind: 'ok', value: wireTemplate({ id: '7001' }) })
    looking(NEVER_MS, refresh)
    expect(await read.next()).toBe('7001')
    await eventually(async () => expect(await left()).toEqual([]))
    expect(read.all).toEqual(['7001'])
  })

  it('means nothing of an account that is none of ours', async () => {
    await wantTemplate(db(), '1' as WabaId, '7001')
    expect(await left()).toEqual([])
  })

  it.each([
    ['of one that Meta does not have', { kind: 'refused', error, httpStatus: 400 }],
    [
      'of one that Meta calls unknown',
      { kind: 'refused', error: { ...error, code: 803, subcode: null }, httpStatus: 404 },
    ],
  ] as [string, Answer][])('%s ends', async (_what, answer) => {
    await wantTemplate(db(), waba, '7001')
    const { read, refresh } = reading(answer)
    looking(NEVER_MS, refresh)
    await read.next()
    await eventually(async () => expect(await left()).toEqual([]))
  })

  it.each([
    ['when Meta is away', { kind: 'unreachable', cause: 'ECONNREFUSED' }],
    ['when the token may not', { kind: 'refused', error: { ...error, code: 190, subcode: null }, httpStatus: 401 }],
  ] as [string, Answer][])('is put off %s', async (_what, answer) => {
    await wantTemplate(db(), waba, '7001')
    const { read, refresh } = reading(answer)
    looking(NEVER_MS, refresh)
    await read.next()
    await eventually(async () => expect(await wishedTemplates(db(), 10)).toEqual([]))
    expect(await left()).toEqual(['7001'])
  })

  it('keeps while Meta asks to wait', async () => {
    await wantTemplate(db(), waba, '7001')
    await pauseManagement(db(), waba, MINUTE_MS)
    expect(await wishedTemplates(db(), 10)).toEqual([])
    expect(await left()).toEqual(['7001'])
  })

  it('is made for one that is under review, and was not read for a while', async () => {
    const known = (status: string, name: string) => {
      const shown = { name, language: 'en', status, category: 'UTILITY', quality: null, document: {} }
      const id = rows.digits()
      return upsertTemplates(db(), waba, [{ id, ...shown }]).then(() => id)
    }
    const [reviewed, fresh, decided] = [
      await known('PENDING', 'reviewed'),
      await known('PENDING', 'fresh'),
      await known('APPROVED', 'decided'),
    ]
    await sql`update templates set synced_at = now() - interval '20 minutes' where id in (${reviewed}, ${decided})`.execute(
      db(),
    )
    await wantUndecided(db(), 15 * MINUTE_MS)
    await wantUndecided(db(), 15 * MINUTE_MS)
    const wishes = (await wishedTemplates(db(), 10)).map(({ templateId }) => templateId)
    expect(wishes).toContain(reviewed)
    expect(wishes).not.toContain(fresh)
    expect(wishes).not.toContain(decided)
    await sql`delete from templates where waba_id = ${waba}`.execute(db())
    await sql`delete from template_wishes where waba_id = ${waba}`.execute(db())
  })

  it('of very many is a wish for all', async () => {
    for (let n = 0; n < 21; n++) await wantTemplate(db(), waba, String(7_000 + n))
    const started = looking(NEVER_MS)
    expect(await started.next()).toBe(waba)
  })
})

describe('messages that wait for a template whose webhook was lost', () => {
  it('have it read again after a while', async () => {
    await waiter('PAUSED')
    await syncedAgo(1_000)
    const started = looking(500)
    expect(await started.next()).toBe(waba)
  })

  it('have it read no sooner', async () => {
    await waiter('PAUSED', 'read_just_now')
    await syncedAgo(MINUTE_MS)
    const other = await rows.linkSender()
    const otherWaba = await rows.wabaOf(other)
    await sql`update wabas set templates_synced_at = null where id = ${otherWaba}`.execute(db())
    ;[sender, waba] = [other, otherWaba]
    await waiter('PENDING', 'never_read')
    const started = looking(15 * MINUTE_MS)
    expect(await started.next()).toBe(otherWaba)
    expect(started.all).toEqual([otherWaba])
  })

  it('are found by template, however many wait, and with what Meta has now', async () => {
    await sql`
      update intents set waits_kind = 'window', waits_template = null, waits_language = null where waits_kind is not null`.execute(
      db(),
    )
    const paused = await waiter('PAUSED', 'a')
    const { id } = await rows.conversation(sender)
    await rows.hold(await rows.intent(sender, id), { kind: 'template', template: paused.template })
    const approved = await waiter('APPROVED', 'b')
    const gone = await waiter('PAUSED', 'c')
    await sql`delete from templates where name = 'c'`.execute(db())
    const { id: another } = await rows.conversation(sender)
    await rows.hold(await rows.intent(sender, another))
    const waited = await waitedTemplates(rows.postgres.pool)
    expect(waited.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { wabaId: waba, ...paused.template, status: 'PAUSED', held: false },
      { wabaId: waba, ...approved.template, status: 'APPROVED', held: false },
      { wabaId: waba, ...gone.template, status: null, held: false },
    ])
  })
})
