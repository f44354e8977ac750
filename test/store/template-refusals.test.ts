import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { IntentId, PhoneNumberId, WabaId } from '../../src/domain/ids.ts'
import { HOUR_MS, type Instant, MINUTE_MS, plus } from '../../src/domain/time.ts'
import { waitForTemplate } from '../../src/domain/wait.ts'
import { releaseByIds } from '../../src/store/intents/waiting.ts'
import { changeTemplate } from '../../src/store/templates/changes.ts'
import { readTemplate } from '../../src/store/templates/reads.ts'
import {
  chooseProbe,
  endProvenRefusals,
  endRefusal,
  judgePortfolios,
  refuseTemplate,
  templatesToProbe,
} from '../../src/store/templates/refusals.ts'
import { endTemplateSync, storeListedTemplates, upsertTemplates } from '../../src/store/templates/sync.ts'
import { factsFor, readTemplates, templateKey } from '../../src/store/templates/templates.ts'
import { HERE } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

let rows: Rows
let sender: PhoneNumberId
let waba: WabaId
let id: string
/** The minutes of a story that ended a while ago, so that nothing in it lies ahead. */
let start: Instant
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())
beforeEach(async () => {
  sender = await rows.linkSender()
  waba = await rows.wabaOf(sender)
  start = plus(await rows.now(), -HOUR_MS)
  id = await approved('notice')
})

const db = () => rows.postgres.db
const at = (minute: number) => plus(start, minute * MINUTE_MS)
const listed = (template: string, status: string, name: string) => {
  const shown = { name, language: 'en', status, category: 'UTILITY' }
  return { id: template, ...shown, quality: null, document: shown }
}
async function approved(name: string): Promise<string> {
  const made = rows.digits()
  await upsertTemplates(db(), waba, [listed(made, 'APPROVED', name)], at(0))
  return made
}
const refused = (minute: number, name = 'notice') =>
  db()
    .transaction()
    .execute((trx) => refuseTemplate(trx, waba, { name, language: 'en' }, 'PAUSED', at(minute)))
const synced = (status: string, minute: number, template = id, name = 'notice') =>
  storeListedTemplates(db(), waba, [listed(template, status, name)], at(minute))
const told = (status: string, minute: number) => changeTemplate(db(), id, 'status', status, {}, at(minute))
const read = async (template = id) =>
  ((await readTemplate(db(), HERE, template)) ?? expect.fail('expected the template')).row
const shown = async (template = id) => {
  const { status, meta_status, probe_at } = await read(template)
  return { status, atMeta: meta_status ?? status, review: probe_at !== null }
}
const RESUMED = { status: 'APPROVED', atMeta: 'APPROVED', review: false }
const UNDER_REVIEW = { status: 'PAUSED', atMeta: 'APPROVED', review: true }

async function contradicted(template = id, name = 'notice'): Promise<void> {
  await refused(1, name)
  await synced('APPROVED', 2, template, name)
  await refused(3, name)
}

async function waiting(name = 'notice'): Promise<IntentId> {
  const { id: conversation } = await rows.conversation(sender)
  const intent = await rows.intent(sender, conversation)
  await rows.hold(intent, waitForTemplate({ name, language: 'en' }))
  return intent
}
const due = (minutesFromNow: number) =>
  db()
    .updateTable('templates')
    .set({ probe_at: new Date(Date.now() + minutesFromNow * MINUTE_MS) })
    .where('id', '=', id)
    .execute()
async function probe(): Promise<(IntentId | null)[]> {
  const chosen = []
  for (const template of await templatesToProbe(db())) {
    if (template.wabaId !== waba) continue
    chosen.push(
      await db()
        .transaction()
        .execute((trx) => chooseProbe(trx, template)),
    )
  }
  return chosen
}
const factsOf = async (intent: IntentId, name = 'notice') => {
  const reference = { name, language: 'en' }
  const found = await readTemplates(rows.postgres.pool, [{ wabaId: waba, reference }])
  return factsFor(intent, found.get(templateKey(waba, reference)))
}

describe('a template that Meta refuses and lists as approved', () => {
  it('is believed to be resumed once, and not when it is refused again', async () => {
    await refused(1)
    expect(await shown()).toEqual({ status: 'PAUSED', atMeta: 'APPROVED', review: false })
    await synced('APPROVED', 2)
    expect(await shown()).toEqual(RESUMED)
    await refused(3)
    expect(await shown()).toEqual(UNDER_REVIEW)
    for (const minute of [4, 5, 6]) expect(await synced('APPROVED', minute)).toEqual({ changes: [], unclear: [] })
    expect(await shown()).toEqual(UNDER_REVIEW)
  })

  it('is no contradiction of a refusal that was a day ago', async () => {
    start = plus(start, -25 * HOUR_MS)
    const old = await approved('old')
    await refused(1, 'old')
    await synced('APPROVED', 2, old, 'old')
    await refused(25 * 60, 'old')
    expect(await shown(old)).toEqual({ status: 'PAUSED', atMeta: 'APPROVED', review: false })
  })

  it.each([
    ['a listing that says paused', () => synced('PAUSED', 4), { status: 'PAUSED', atMeta: 'PAUSED', review: false }],
    [
      'a listing that says rejected',
      () => synced('REJECTED', 4),
      { status: 'REJECTED', atMeta: 'REJECTED', review: false },
    ],
    [
      'a listing without it',
      () => endTemplateSync(db(), waba, [], at(4)),
      { status: 'DELETED', atMeta: 'DELETED', review: false },
    ],
    ['news that it is approved', () => told('APPROVED', 4), RESUMED],
    ['news that it is paused', () => told('PAUSED', 4), { status: 'PAUSED', atMeta: 'PAUSED', review: false }],
    ['somebody who wants it tried', () => endRefusal(db(), id), RESUMED],
  ])('is over by %s', async (_what, happens, after) => {
    await contradicted()
    await happens()
    expect(await shown()).toEqual(after)
    // and the story begins anew
    expect(await templatesToProbe(db())).toEqual([])
  })

  it.each([
    ['a listing', () => synced('PAUSED', 2)],
    ['news', () => told('PAUSED', 2)],
  ])('is not over by %s of before the refusal', async (_what, happens) => {
    await contradicted()
    await happens()
    expect(await shown()).toEqual(UNDER_REVIEW)
  })

  it('stays so while two processes read the account at once', async () => {
    await contradicted()
    const read = async (minute: number) => {
      await synced('APPROVED', minute)
      await endTemplateSync(db(), waba, [id], at(minute))
    }
    await Promise.all([read(4), read(4), read(5), read(5)])
    expect(await shown()).toEqual(UNDER_REVIEW)
    const { history } = (await readTemplate(db(), HERE, id)) ?? expect.fail('expected the template')
    expect(history).toHaveLength(3)
  })

  it('is told of once, however often it is refused', async () => {
    await contradicted()
    for (let second = 1; second < 4; second++) await refused(3 + second / 60)
    const { history } = (await readTemplate(db(), HERE, id)) ?? expect.fail('expected the template')
    expect(history.map(({ now }) => now)).toEqual(['PAUSED', 'APPROVED', 'PAUSED'])
  })
})

describe('a message that tries it', () => {
  it('is one, the oldest, and for the others the template stays paused', async () => {
    await contradicted()
    const [first, second] = [await waiting(), await waiting()]
    expect(await probe()).toEqual([])
    await due(0)
    expect(await probe()).toEqual([first])
    expect(await factsOf(first)).toMatchObject({ status: 'APPROVED', refusedThoughListed: false })
    expect(await factsOf(second)).toMatchObject({ status: 'PAUSED', refusedThoughListed: true })
    // not before a quarter of an hour
    await releaseByIds(db(), [first])
    expect(await probe()).toEqual([])
  })

  it('is one where two processes lead for a moment', async () => {
    await contradicted()
    const waiters = [await waiting(), await waiting(), await waiting()]
    await due(0)
    await Promise.all([probe(), probe(), probe()])
    const tries = await Promise.all(waiters.map(async (intent) => (await factsOf(intent))?.status === 'APPROVED'))
    expect(tries.filter(Boolean)).toHaveLength(1)
  })

  it('is the next one where the first waits for something else', async () => {
    await contradicted()
    const first = await waiting()
    await due(0)
    await probe()
    await rows.postgres.pool.query(
      `update intents set waits_kind = 'window', waits_template = null, waits_language = null where id = $1`,
      [first],
    )
    const second = await waiting()
    expect(await probe()).toEqual([second])
  })

  it('is of a number that sends', async () => {
    await contradicted()
    await waiting()
    await due(0)
    await db()
      .updateTable('senders')
      .set({ state: 'paused', reason_code: 'sender_paused' })
      .where('phone_number_id', '=', sender)
      .execute()
    expect(await probe()).toEqual([null])
    expect(await shown()).toEqual(RESUMED)
  })

  it('ends the refusal once it was sent, and not by being accepted', async () => {
    await contradicted()
    const intent = await waiting()
    await due(0)
    await probe()
    await releaseByIds(db(), [intent])
    const wamid = `wamid.${rows.digits()}`
    await rows.attempt(sender, intent, { event: 'accept' }, wamid)
    await db()
      .updateTable('messages')
      .set({ sent_as: 'template' } as never)
      .where('wamid', '=', wamid)
      .execute()
    const proven = async () => (await endProvenRefusals(db())).filter((one) => one.id === id)
    expect(await proven()).toEqual([])
    await db().updateTable('messages').set({ status: 'failed' }).where('wamid', '=', wamid).execute()
    expect(await proven()).toEqual([])
    await db().updateTable('messages').set({ status: 'sent' }).where('wamid', '=', wamid).execute()
    expect(await proven()).toMatchObject([{ id, name: 'notice' }])
    expect(await shown()).toEqual(RESUMED)
    expect(await proven()).toEqual([])
  })

  it('that was refused leaves it paused for the next', async () => {
    await contradicted()
    const intent = await waiting()
    await due(0)
    await probe()
    await refused(50)
    expect(await shown()).toEqual(UNDER_REVIEW)
    expect(await factsOf(intent)).toMatchObject({ status: 'PAUSED' })
    expect((await read()).probe_at).toBeGreaterThan(plus(await rows.now(), 14 * MINUTE_MS))
  })
})

describe('a template under review', () => {
  const reviewedBefore = async (name: string) => (await factsOf(await waiting(name), name))?.reviewedBefore

  it('is so again where it could be sent before, by news and by a listing, and not where it never could', async () => {
    await told('PENDING', 1)
    expect(await reviewedBefore('notice')).toBe(true)
    const other = await approved('other')
    await synced('PENDING', 1, other, 'other')
    expect(await reviewedBefore('other')).toBe(true)
    const fresh = rows.digits()
    await synced('PENDING', 1, fresh, 'fresh')
    expect(await reviewedBefore('fresh')).toBe(false)
    await synced('REJECTED', 2, fresh, 'fresh')
    await synced('PENDING', 3, fresh, 'fresh')
    expect(await reviewedBefore('fresh')).toBe(false)
  })
})

describe('a portfolio', () => {
  it('is reviewed while two of its templates are refused, which stops the third', async () => {
    const other = await approved('other')
    await approved('third')
    const intent = await waiting('third')
    const judged = async () => (await judgePortfolios(db())).map(({ reviewed }) => reviewed)
    await contradicted()
    expect(await judged()).toEqual([])
    expect(await factsOf(intent, 'third')).toMatchObject({ portfolioReviewed: false })
    await contradicted(other, 'other')
    expect(await judged()).toEqual([true])
    expect(await judged()).toEqual([])
    expect(await factsOf(intent, 'third')).toMatchObject({ status: 'APPROVED', portfolioReviewed: true })
    await told('APPROVED', 4)
    expect(await judged()).toEqual([false])
    expect(await factsOf(intent, 'third')).toMatchObject({ portfolioReviewed: false })
    await db().updateTable('templates').set({ probe_at: null }).where('id', '=', other).execute()
  })
})
