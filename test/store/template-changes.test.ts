import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { WabaId } from '../../src/domain/ids.ts'
import { type Instant, instant, MINUTE_MS, plus, SECOND_MS } from '../../src/domain/time.ts'
import { changeTemplate } from '../../src/store/templates/changes.ts'
import type { SyncedTemplate } from '../../src/store/templates/placing.ts'
import { readTemplate } from '../../src/store/templates/reads.ts'
import { refuseTemplate } from '../../src/store/templates/refusals.ts'
import { endTemplateSync, storeListedTemplates, upsertTemplates } from '../../src/store/templates/sync.ts'
import { HERE } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

let rows: Rows
let waba: WabaId
let id: string
/** A whole second, as Meta stamps them, some time ago. */
let noon: Instant
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())
beforeEach(async () => {
  waba = await rows.wabaOf(await rows.linkSender())
  id = rows.digits()
  noon = instant(Math.floor((await rows.now()) / SECOND_MS) * SECOND_MS - 10 * MINUTE_MS)
  await upsertTemplates(db(), waba, [listed('APPROVED')], plus(noon, -MINUTE_MS))
})

const db = () => rows.postgres.db
const REFERENCE = { name: 'notice', language: 'en-US' }

function listed(status: string): SyncedTemplate {
  const shown = { name: 'notice', language: 'en_US', status, category: 'UTILITY' }
  return { id, ...shown, quality: 'GREEN', document: shown }
}

const refused = (at: Instant, status: 'PAUSED' | 'DISABLED' = 'PAUSED') =>
  db()
    .transaction()
    .execute((trx) => refuseTemplate(trx, waba, REFERENCE, status, at))
const told = (status: string, at: Instant | null) => changeTemplate(db(), id, 'status', status, {}, at)
const synced = async (status: string, askedAt: Instant) =>
  (await storeListedTemplates(db(), waba, [listed(status)], askedAt)).changes
const unlisted = (askedAt: Instant) => endTemplateSync(db(), waba, [], askedAt)
const read = async () => (await readTemplate(db(), HERE, id)) ?? expect.fail('expected the template')
const status = async () => (await read()).row.status

describe('a template that Meta refuses to send', () => {
  it.each(['PAUSED', 'DISABLED'] as const)('is %s for everybody, with the time in its history', async (to) => {
    expect(await refused(noon, to)).toBe(true)
    const { row, history } = await read()
    expect(row.status).toBe(to)
    expect(history).toMatchObject([
      { field: 'status', was: 'APPROVED', now: to, detail: { refused_at: expect.any(String) } },
    ])
  })

  it('is so once, however many messages meet it', async () => {
    const news = []
    for (let second = 0; second < 5; second++) news.push(await refused(plus(noon, second * SECOND_MS)))
    expect(news).toEqual([true, false, false, false, false])
    expect((await read()).history).toHaveLength(1)
  })

  it('is none that is unknown here', async () => {
    await sql`delete from templates where id = ${id}`.execute(db())
    expect(await refused(noon)).toBe(false)
  })

  it.each([
    ['a webhook', (at: Instant) => told('APPROVED', at)],
    ['a sync', (at: Instant) => synced('APPROVED', at)],
  ])('can go again when %s says so', async (_what, says) => {
    await refused(noon)
    await says(plus(noon, MINUTE_MS))
    expect(await status()).toBe('APPROVED')
  })

  it.each([
    ['a webhook', (at: Instant) => told('APPROVED', at)],
    ['a sync', (at: Instant) => synced('APPROVED', at)],
  ])('is not paused again by an older attempt that is reported after %s resumed it', async (_what, says) => {
    await refused(noon)
    await says(plus(noon, MINUTE_MS))
    expect(await refused(plus(noon, 30 * SECOND_MS))).toBe(false)
    expect(await refused(noon)).toBe(false)
    expect(await status()).toBe('APPROVED')
    expect(await refused(plus(noon, 2 * MINUTE_MS))).toBe(true)
  })

  it('stays so when an older webhook or listing says otherwise', async () => {
    await refused(noon)
    expect(await told('APPROVED', plus(noon, -SECOND_MS))).toBe('older')
    await synced('APPROVED', plus(noon, -SECOND_MS))
    expect(await status()).toBe('PAUSED')
  })

  it('is resumed by a stamp of the same second, which may be the newer', async () => {
    await refused(plus(noon, 700))
    await told('APPROVED', noon)
    expect(await status()).toBe('APPROVED')
    expect(await refused(plus(noon, 700))).toBe(false)
  })
})

describe('news of a template (P4)', () => {
  it('ends alike in any order', async () => {
    const news = [
      ['APPROVED', plus(noon, 3 * SECOND_MS)],
      ['PAUSED', plus(noon, 2 * SECOND_MS)],
      ['REJECTED', plus(noon, SECOND_MS)],
    ] as const
    for (const [to, at] of news) await told(to, at)
    expect(await status()).toBe('APPROVED')
    for (const [to, at] of news.toReversed()) await told(to, at)
    expect(await status()).toBe('APPROVED')
  })

  it('without a stamp is of now', async () => {
    await told('PAUSED', null)
    expect(await told('APPROVED', noon)).toBe('older')
    expect(await status()).toBe('PAUSED')
  })

  it('with a stamp that lies ahead does not outlive the next', async () => {
    await told('PAUSED', plus(await rows.now(), 90 * SECOND_MS))
    await told('APPROVED', await rows.now())
    expect(await status()).toBe('APPROVED')
  })

  it('of one field says nothing about the others', async () => {
    await changeTemplate(db(), id, 'quality', 'RED', {}, plus(noon, MINUTE_MS))
    await told('PAUSED', noon)
    await changeTemplate(db(), id, 'quality', 'YELLOW', {}, noon)
    expect((await read()).row).toMatchObject({ status: 'PAUSED', quality: 'RED' })
  })

  it('that came while a listing was on its way is newer than the listing', async () => {
    await told('PAUSED', plus(noon, MINUTE_MS))
    await changeTemplate(db(), id, 'category', 'MARKETING', {}, plus(noon, MINUTE_MS))
    expect(await synced('APPROVED', noon)).toEqual([])
    expect((await read()).row).toMatchObject({ status: 'PAUSED', category: 'MARKETING' })
    await unlisted(noon)
    expect(await status()).toBe('PAUSED')
    await unlisted(plus(noon, 2 * MINUTE_MS))
    expect(await status()).toBe('DELETED')
  })
})
