import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ContactId, ConversationId, PhoneNumberId, Wamid } from '../../src/domain/ids.ts'
import { DAY_MS, HOUR_MS, type Instant, plus, toDate } from '../../src/domain/time.ts'
import { NO_FREE_ENTRY_POINT } from '../../src/domain/window.ts'
import { insertInbound, saveFreeEntryPoint, saveWindow } from '../../src/store/conversations/conversations.ts'
import { foldStatuses, type MessageUpdate } from '../../src/store/intents/statuses.ts'
import { beginReading, endReading } from '../../src/store/outbox/outbox.ts'
import { recordConsent, resumeMarketing, stopMarketing } from '../../src/store/people/consents.ts'
import { lockAlone, mergeContacts } from '../../src/store/people/merge.ts'
import { liftOptOut, recordOptOut } from '../../src/store/people/wishes.ts'
import { type Db, inTransaction } from '../../src/store/pg/postgres.ts'
import { changeTemplate } from '../../src/store/templates/changes.ts'
import { endTemplateSync, storeListedTemplates } from '../../src/store/templates/sync.ts'
import { HERE } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

/* What is told when something becomes true, and that it is not told when it was true before. */

let rows: Rows
let db: Db
let sender: PhoneNumberId
let now: Instant
beforeAll(async () => {
  rows = await createRows()
  db = rows.postgres.db
  sender = await rows.linkSender()
})
afterAll(() => rows.close())
beforeEach(async () => {
  now = await rows.now()
  await rows.postgres.pool.query('truncate outbox, news_readers')
})

async function told(): Promise<[string, string, Record<string, unknown>][]> {
  const { rows: found } = await rows.postgres.pool.query('delete from outbox returning *')
  return found
    .toSorted((a, b) => Number(a.id) - Number(b.id))
    .map(({ kind, subject, payload }) => [kind, subject, payload])
}

async function kinds(): Promise<string[]> {
  return (await told()).map(([kind]) => kind)
}

async function listening<T>(run: () => Promise<T>): Promise<T> {
  const reader = randomUUID()
  await beginReading(rows.postgres, reader, ['message'])
  try {
    return await run()
  } finally {
    await endReading(rows.postgres, reader)
  }
}

describe('a number', () => {
  it('tells whatever changes it, and nothing where nothing does', async () => {
    const waba = rows.digits()
    const mine = await rows.linkSender({ waba })
    await rows.linkSender({ waba })
    await told()
    await rows.senders.update(HERE, mine, { throughputMps: 100 })
    await rows.senders.pause(HERE, mine)
    await rows.senders.pause(HERE, mine)
    await rows.senders.resume(HERE, mine)
    await rows.senders.restrict(mine, { code: 'sender_account', text: 'Refused.' }, true)
    await rows.senders.update(HERE, mine, { accessToken: 'token-2' })
    await rows.senders.unlink(HERE, mine)
    await rows.senders.unlink(HERE, mine)
    expect(await told()).toEqual([
      ['sender.changed', mine, { sender: mine }],
      ['sender.paused', mine, { sender: mine, reason: 'sender_paused' }],
      ['sender.resumed', mine, { sender: mine }],
      ['sender.restricted', mine, { sender: mine, reason: 'sender_account' }],
      ['sender.resumed', mine, { sender: mine }],
      ['sender.unlinked', mine, { sender: mine, reason: 'sender_paused' }],
    ])
  })

  it('is told as linked once', async () => {
    const mine = await rows.linkSender()
    expect(await told()).toEqual([['sender.linked', mine, { sender: mine }]])
  })
})

describe('a contact', () => {
  async function somebody(): Promise<ContactId> {
    return (await rows.conversation(sender)).contactId
  }
  const wish = (run: (trx: Db) => Promise<unknown>) => inTransaction(rows.postgres.pool, (trx) => run(trx))

  it('tells what they want now, whoever recorded it', async () => {
    const id = await somebody()
    await wish((trx) => recordConsent(trx, id, { category: 'marketing', state: 'in' }, 'api'))
    await wish((trx) => recordOptOut(trx, id, 'word', plus(now, HOUR_MS), null))
    await wish((trx) => liftOptOut(trx, id, plus(now, HOUR_MS), null))
    await wish((trx) => stopMarketing(trx, id, toDate(now)))
    await wish((trx) => stopMarketing(trx, id, toDate(now)))
    await wish((trx) => resumeMarketing(trx, id, toDate(now)))
    await wish((trx) => recordConsent(trx, id, { category: 'utility', state: 'out' }, 'api'))
    const of = (category: string, source: string) => ({ contact: id, category, source })
    expect(await told()).toEqual([
      ['contact.opted_in', id, of('marketing', 'api')],
      ['contact.opted_out', id, of('marketing', 'word')],
      ['contact.opted_in', id, of('marketing', 'word')],
      ['contact.opted_out', id, of('marketing', 'whatsapp')],
      ['contact.opted_in', id, of('marketing', 'whatsapp')],
      ['contact.opted_out', id, of('utility', 'api')],
    ])
  })

  it('tells nothing of a word that is older than the newest', async () => {
    const id = await somebody()
    await wish((trx) => recordConsent(trx, id, { category: 'marketing', state: 'in' }, 'api'))
    await told()
    await wish((trx) => recordOptOut(trx, id, 'word', plus(now, -DAY_MS), null))
    expect(await told()).toEqual([])
  })

  it('tells who is who', async () => {
    const [kept, gone] = [await somebody(), await somebody()]
    await wish(async (trx) => {
      await lockAlone(trx, [kept, gone])
      await mergeContacts(trx, kept, gone)
    })
    expect(await told()).toEqual([['contact.merged', kept, { contact: kept, merged: gone }]])
  })
})

describe('a conversation', () => {
  const wrote = (at: Instant, openedAt = at) => ({ openedAt, lastInboundAt: at, refutedAt: null })

  it('is told as opened once for each time that it was closed before', async () => {
    const { id } = await rows.conversation(sender)
    await saveWindow(db, id, wrote(plus(now, -2 * HOUR_MS)))
    await saveWindow(db, id, wrote(plus(now, -HOUR_MS), plus(now, -2 * HOUR_MS)))
    expect(await told()).toEqual([['conversation.opened', id, { sender, conversation: id }]])
    await saveWindow(db, id, wrote(now))
    expect(await kinds()).toEqual(['conversation.opened'])
  })

  it('is told when a free entry point opens, and not again while it is known better', async () => {
    const { id } = await rows.conversation(sender)
    const entered = { ...NO_FREE_ENTRY_POINT, state: 'possible', enteredAt: now } as const
    const opened = { ...entered, state: 'estimated', openedAt: now, expiresAt: plus(now, DAY_MS) } as const
    await saveFreeEntryPoint(db, id, entered)
    expect(await told()).toEqual([])
    await saveFreeEntryPoint(db, id, opened)
    await saveFreeEntryPoint(db, id, { ...opened, state: 'confirmed' })
    expect(await told()).toEqual([['conversation.entry_opened', id, { sender, conversation: id }]])
  })

  it('is not told as opened by a message that came when its time was over', async () => {
    const { id } = await rows.conversation(sender)
    await saveWindow(db, id, wrote(plus(now, -DAY_MS)))
    expect(await told()).toEqual([])
  })
})

describe('a message', () => {
  const inbound = (conversationId: ConversationId, wamid: string) =>
    insertInbound(db, { wamid: wamid as Wamid, conversationId, type: 'text', at: now, body: {} })

  it('is told as received once', async () => {
    const { id } = await rows.conversation(sender)
    await listening(async () => {
      await inbound(id, 'wamid.in.1')
      await inbound(id, 'wamid.in.1')
      expect(await told()).toEqual([['message.received', 'wamid.in.1', { sender, conversation: id, type: 'text' }]])
    })
  })

  async function fold(wamid: string, conversationId: ConversationId, status: MessageUpdate['status']): Promise<void> {
    const update: MessageUpdate = {
      wamid: wamid as Wamid,
      intentId: randomUUID() as MessageUpdate['intentId'],
      attempt: 1,
      conversationId,
      sentAs: 'free_form',
      status,
      sentAt: null,
      deliveredAt: null,
      readAt: null,
      failedAt: null,
      error: null,
      errorAt: null,
      pricing: null,
      pricingAt: null,
    }
    await inTransaction(rows.postgres.pool, (_trx, client) => foldStatuses(client, [update]))
  }

  it('is told as delivered and read, each once and never backwards', async () => {
    const { id } = await rows.conversation(sender)
    await listening(async () => {
      for (const status of ['sent', 'delivered', 'delivered', 'read', 'delivered', 'sent'] as const) {
        await fold('wamid.1', id, status)
      }
      const all = await told()
      expect(all.map(([kind, subject]) => [kind, subject])).toEqual([
        ['message.delivered', 'wamid.1'],
        ['message.read', 'wamid.1'],
      ])
      expect(all[0]?.[2]).toEqual({ sender, conversation: id, intent: expect.any(String) })
    })
  })

  it('is told to nobody while nobody listens', async () => {
    const { id } = await rows.conversation(sender)
    await inbound(id, 'wamid.in.2')
    await fold('wamid.2', id, 'delivered')
    expect(await told()).toEqual([])
  })
})

describe('a template', () => {
  const template = (id: string, status: string) => ({
    id,
    name: 'keep_helping',
    language: 'en',
    category: 'UTILITY',
    status,
    quality: null,
    document: {},
  })

  it('is told once when it comes, and then field by field', async () => {
    const waba = await rows.wabaOf(sender)
    const id = rows.digits()
    await storeListedTemplates(db, waba, [template(id, 'PENDING')], now)
    await storeListedTemplates(db, waba, [template(id, 'PENDING')], await rows.now())
    await changeTemplate(db, id, 'status', 'APPROVED', null)
    await changeTemplate(db, id, 'status', 'APPROVED', null)
    await changeTemplate(db, id, 'quality', 'GREEN', null)
    await endTemplateSync(db, waba, [], await rows.now())
    const of = (was: string | null, now: string) => ({ waba, name: 'keep_helping', language: 'en', was, now })
    const all = await told()
    expect(all.slice(0, 2)).toEqual([
      ['template.created', id, of(null, 'PENDING')],
      ['template.status', id, of('PENDING', 'APPROVED')],
    ])
    expect(all.at(-1)).toEqual(['template.status', id, of('APPROVED', 'DELETED')])
  })
})
