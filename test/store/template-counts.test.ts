import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { namesTemplate } from '../../src/app/views/template.ts'
import type { ContactId, ConversationId, IntentId, PhoneNumberId, Wamid } from '../../src/domain/ids.ts'
import { DAY_MS, type Instant, MINUTE_MS, plus } from '../../src/domain/time.ts'
import { foldStatuses, type MessageUpdate } from '../../src/store/intents/statuses.ts'
import { recordConsent, stopMarketing } from '../../src/store/people/consents.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { foldTemplateCounts, readTemplateCounts } from '../../src/store/templates/counts.ts'
import { createRows, type Rows } from '../support/rows.ts'

const TEMPLATES = ['7101', '7102', null] as const
type Template = (typeof TEMPLATES)[number]

let rows: Rows
let sender: PhoneNumberId
let now: Instant
beforeAll(async () => {
  rows = await createRows()
  sender = await rows.linkSender()
})
beforeEach(async () => {
  await sql`truncate template_days, template_deltas`.execute(rows.postgres.db)
  now = await rows.now()
})
afterAll(() => rows.close())

interface Sent {
  id: IntentId
  conversationId: ConversationId
  contactId: ContactId
  wamid: Wamid
  template: Template
}

async function sent(template: Template, day = new Date(now).toISOString().slice(0, 10)): Promise<Sent> {
  const { id: conversationId, contactId } = await rows.conversation(sender)
  const id = await rows.intent(sender, conversationId)
  await rows.open(sender, id)
  const price = { day, category: 'utility', market: 'Brazil', ...(template ? { template } : {}) }
  await sql`update attempts set decision = decision || ${JSON.stringify({ price })}::jsonb where intent_id = ${id}::uuid`.execute(
    rows.postgres.db,
  )
  await rows.closeAttempt(id, 1, { event: 'accept' })
  return { id, conversationId, contactId, template, wamid: `wamid.${id}` as Wamid }
}

type Status = NonNullable<MessageUpdate['status']>

function update({ wamid, id, conversationId }: Sent, status: Status): MessageUpdate {
  const at = (of: Status) => (status === of ? plus(now, MINUTE_MS) : null)
  return {
    wamid,
    intentId: id,
    attempt: 1,
    conversationId,
    sentAs: 'template',
    status,
    sentAt: at('sent'),
    deliveredAt: at('delivered'),
    readAt: at('read'),
    failedAt: at('failed'),
    error: status === 'failed' ? { code: 131026 } : null,
    errorAt: at('failed'),
    pricing: null,
    pricingAt: null,
  }
}

const tell = (...updates: MessageUpdate[]) =>
  inTransaction(rows.postgres.pool, (_trx, client) => foldStatuses(client, updates))
const counts = (template: string) => readTemplateCounts(rows.postgres.db, template)
const none = { sent: 0, delivered: 0, read: 0, failed: 0, stopped: 0 }

describe('what became of a template', () => {
  it('is what its messages say, in any order of statuses, doubled, folded or not, also when they were deleted', async () => {
    const step = fc.record({
      message: fc.nat(5),
      status: fc.constantFrom<Status>('sent', 'delivered', 'read', 'failed'),
      fold: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(2), { minLength: 6, maxLength: 6 }),
        fc.array(step, { maxLength: 10 }),
        async (templates, steps) => {
          await sql`truncate template_days, template_deltas`.execute(rows.postgres.db)
          const messages: Sent[] = []
          for (const index of templates) messages.push(await sent(TEMPLATES[index] as Template))
          for (const { message, status, fold } of steps) {
            const told = update(messages[message] as Sent, status)
            await Promise.all([tell(told), tell(told)])
            if (fold) await foldTemplateCounts(rows.postgres.db, 2)
          }
          const { rows: stored } = await sql<{ template_id: string; status: Status | null }>`
            select template_id, status from messages where wamid = any (${messages.map(({ wamid }) => wamid)}::text[])`.execute(
            rows.postgres.db,
          )
          for (const template of ['7101', '7102']) {
            const own = stored.filter((row) => row.template_id === template).map(({ status }) => status)
            const of = (...among: (Status | null)[]) => own.filter((status) => among.includes(status)).length
            const expected = {
              sent: of(null, 'sent', 'delivered', 'read'),
              delivered: of('delivered', 'read'),
              read: of('read'),
              failed: of('failed'),
              stopped: 0,
            }
            expect(await counts(template)).toEqual(expected)
            await sql`delete from messages where wamid = any (${messages.map(({ wamid }) => wamid)}::text[])`.execute(
              rows.postgres.db,
            )
            expect(await counts(template)).toEqual(expected)
          }
        },
      ),
      { numRuns: 12 },
    )
  }, 60_000)

  it('is of the last 30 days', async () => {
    for (const ago of [0, 29, 30, 90]) {
      await sent('7101', new Date(now - ago * DAY_MS).toISOString().slice(0, 10))
    }
    expect(await counts('7101')).toEqual({ ...none, sent: 2 })
    await foldTemplateCounts(rows.postgres.db, 100)
    await sent('7101')
    await foldTemplateCounts(rows.postgres.db, 100)
    const { rows: kept } = await sql<{ days: number }>`select count(*)::int as days from template_days`.execute(
      rows.postgres.db,
    )
    expect(kept).toEqual([{ days: 3 }])
  })

  it('has who opted out after it, once, of the newest that they got', async () => {
    const one = await sent('7101')
    const stop = (source: 'word' | 'button' | 'api', contact = one.contactId) =>
      rows.postgres.db
        .transaction()
        .execute((trx) => recordConsent(trx, contact, { category: 'marketing', state: 'out' }, source))
    await stop('word')
    await stop('button')
    await rows.postgres.db.transaction().execute((trx) => stopMarketing(trx, one.contactId, new Date(now)))
    expect(await counts('7101')).toMatchObject({ sent: 1, stopped: 1 })
    const other = await sent('7102')
    await stop('api', other.contactId)
    expect(await counts('7102')).toMatchObject({ stopped: 0 })
  })
})

describe('a document that names a template', () => {
  const template = { name: 'ask', language: 'en_US' }
  it.each([
    ['as the Cloud API does', { message: { template: { name: 'ask', language: { code: 'en-US' } } } }, true],
    ['as an alternate', { when_closed: { follow_up: [{ name: 'other', language: 'en' }, template] } }, true],
    ['in another language', { message: { template: { name: 'ask', language: { code: 'en' } } } }, false],
    ['as its own name', { name: 'ask', message: { type: 'text', text: { body: 'ask' } } }, false],
    ['nowhere', null, false],
  ])('%s', (_how, document, names) => {
    expect(namesTemplate(document, template)).toBe(names)
  })
})
