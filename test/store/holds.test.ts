import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ContactId, ConversationId, IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { DAY_MS, toIso } from '../../src/domain/time.ts'
import type { Wait } from '../../src/domain/wait.ts'
import { changeIntent, lockChangeable } from '../../src/store/intents/change.ts'
import { claimHeads } from '../../src/store/intents/claim.ts'
import type { Claim } from '../../src/store/intents/dispatch-facts.ts'
import { followUpStore } from '../../src/store/intents/follow-ups.ts'
import { intentTransitions } from '../../src/store/intents/intents.ts'
import { lockAlone, mergeContacts } from '../../src/store/people/merge.ts'
import { type Db, inTransaction } from '../../src/store/pg/postgres.ts'
import { upsertTemplates } from '../../src/store/templates/sync.ts'
import { CALLER } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { eventually } from '../support/signals.ts'

/*
 * A hold is exact: between the reading of the facts and the holding the window may have been opened, the conversation merged, the template
 * approved. Each is tried when it is over, and while its transaction is in the middle.
 */

let rows: Rows
let sender: PhoneNumberId
let conversation: ConversationId
let contactId: ContactId
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())
beforeEach(async () => {
  sender = await rows.linkSender()
  const waba = await rows.wabaOf(sender)
  await upsertTemplates(rows.postgres.db, waba, [
    {
      id: rows.digits(),
      name: 'ask',
      language: 'en',
      status: 'PENDING',
      category: 'UTILITY',
      quality: null,
      document: { name: 'ask', language: 'en', status: 'PENDING', category: 'UTILITY', components: [] },
    },
  ])
  const person = await rows.conversation(sender)
  conversation = person.id
  contactId = person.contactId
})

const FOR_TEMPLATE: Wait = { kind: 'template', template: { name: 'ask', language: 'en' } }
const TEMPLATE = { type: 'template', template: { name: 'ask', language: { code: 'en' } } } as const
const VERDICT = { kind: 'hold', reason: { code: 'awaiting_answer', text: 'Asked.' }, facts: {} } as const
const MARGIN_MS = 30_000

const stateOf = async (id: IntentId) =>
  (await rows.postgres.db.selectFrom('intents').select('state').where('id', '=', id).executeTakeFirstOrThrow()).state

async function claimOf(id: IntentId): Promise<Claim> {
  const heads = await inTransaction(rows.postgres.pool, (_trx, client) =>
    claimHeads(client, [{ sender, look: 10 }], 10, []),
  )
  return heads.find((head) => head.intent.id === id) as Claim
}

/** Does it, and commits or goes back only when it is told to. */
async function slowly(work: (trx: Db) => Promise<unknown>) {
  const undone = new Error('undone')
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
  const { promise: gate, resolve: open } = Promise.withResolvers<boolean>()
  const ended = inTransaction(rows.postgres.pool, async (trx) => {
    await work(trx)
    reach()
    if (!(await gate)) throw undone
  }).catch((error: unknown) => {
    if (error !== undone) throw error
  })
  await Promise.race([reached, ended])
  return async (commits: boolean) => {
    open(commits)
    await ended
  }
}

const somebodyWaits = () =>
  eventually(async () => {
    const waiting = await rows.postgres.pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return waiting.rowCount === 1
  })

const theyWrite = (trx: Db) =>
  sql`update conversations set window_opened_at = now(), last_inbound_at = now() where id = ${conversation}::bigint`.execute(
    trx,
  )
const approve = (trx: Db) => sql`update templates set status = 'APPROVED'`.execute(trx)
/** With somebody who has written. */
async function turnOutToBeOne(trx: Db) {
  const other = await rows.conversation(sender)
  await sql`update conversations set last_inbound_at = now() where id = ${other.id}::bigint`.execute(rows.postgres.db)
  await lockAlone(trx, [other.contactId, contactId])
  await mergeContacts(trx, other.contactId, contactId)
}

const hold = (wait: Wait) => async (id: IntentId) => rows.hold(id, wait)
const followUps = () => followUpStore(rows.postgres, DAY_MS, MARGIN_MS)
const join = async (id: IntentId) => {
  const claim = await claimOf(id)
  return () => followUps().join(claim, VERDICT)
}
const ask = async (id: IntentId) => {
  const claim = await claimOf(id)
  return () => followUps().ask(claim, TEMPLATE, VERDICT)
}
const now = (how: (id: IntentId) => Promise<unknown>) => async (id: IntentId) => () => how(id)

const HOLDS: Record<string, (id: IntentId) => Promise<() => Promise<unknown>>> = {
  'for the window': now(hold({ kind: 'window' })),
  'for an answer': now(hold({ kind: 'answer' })),
  'for the template of a closed window': now(hold(FOR_TEMPLATE)),
  'behind an invitation that is out': join,
  'with an invitation': ask,
}

describe.each(Object.entries(HOLDS))('who is put aside %s', (_how, prepare) => {
  it.each([
    ['has written', theyWrite],
    ['turns out to be somebody who has', turnOutToBeOne],
  ])('stays due once the customer %s', async (_what, work) => {
    const before = await rows.intent(sender, conversation)
    const putAside = await prepare(before)
    const end = await slowly(work)
    await end(true)
    await putAside()
    expect(await stateOf(before)).toBe('scheduled')
  })

  it.each([
    ['writes', theyWrite],
    ['turns out to be somebody who has written', turnOutToBeOne],
  ])('waits for the end while the customer %s', async (_what, work) => {
    const id = await rows.intent(sender, conversation)
    const putAside = await prepare(id)
    const end = await slowly(work)
    const holding = putAside()
    await somebodyWaits()
    await end(true)
    await holding
    expect(await stateOf(id)).toBe('scheduled')
  })

  it('is put aside where nothing came of it', async () => {
    const id = await rows.intent(sender, conversation)
    const putAside = await prepare(id)
    const end = await slowly(theyWrite)
    const holding = putAside()
    await somebodyWaits()
    await end(false)
    await holding
    expect(await stateOf(id)).toBe('held')
  })
})

describe('who is put aside for a template', () => {
  it.each([
    ['its own', { message: TEMPLATE }],
    ['that of a closed window', {}],
  ])('stays due once Meta has decided about it: %s', async (_what, overrides) => {
    const id = await rows.intent(sender, conversation, overrides)
    const end = await slowly(approve)
    const holding = rows.hold(id, FOR_TEMPLATE)
    await somebodyWaits()
    await end(true)
    await holding
    expect(await stateOf(id)).toBe('scheduled')
  })

  it('waits for it, whatever window is open, where it is one', async () => {
    const id = await rows.intent(sender, conversation, { message: TEMPLATE })
    await theyWrite(rows.postgres.db)
    await rows.hold(id, FOR_TEMPLATE)
    expect(await stateOf(id)).toBe('held')
  })
})

it('one that is locked holds up no verdict that waits for nobody', async () => {
  const transitions = intentTransitions(rows.postgres.pool, MARGIN_MS)
  const [held, over] = [await rows.intent(sender, conversation), await rows.intent(sender, conversation)]
  const end = await slowly(theyWrite)
  const holding = transitions.hold(held, { kind: 'window' }, VERDICT)
  await somebodyWaits()
  expect(await transitions.close(over, 'fail', { ...VERDICT, kind: 'fail' })).toBe(true)
  await end(true)
  expect(await holding).toBe(false)
})

describe.each([
  ['asks the customer', 'ask'],
  ['waits behind an invitation', 'join'],
] as const)('a message that %s by a verdict about what it was', (_what, how) => {
  const byVerdict = async (id: IntentId) => {
    const claim = await claimOf(id)
    const verdict = { ...VERDICT, facts: { now: toIso(claim.facts.now) } }
    return () => (how === 'ask' ? followUps().ask(claim, TEMPLATE, verdict) : followUps().join(claim, verdict))
  }
  const change = (id: IntentId) => async (trx: Db) => {
    const key = { ...CALLER, id }
    const was = await lockChangeable(trx, key)
    if (was === null) throw new Error('expected it to be there')
    const to = { ...was, whenClosed: 'fail', priority: 'reply', cancelOn: [], dueAt: was.sendAt } as const
    const decision = { kind: 'change', reason: { code: 'by_request', text: 'Changed.' }, facts: {} } as const
    await changeIntent(
      trx,
      key,
      was,
      to,
      { anew: true, asksOtherwise: true, listens: false },
      await rows.now(),
      decision,
    )
  }
  const invitations = async (id: IntentId) => {
    const { rows: found } = await rows.postgres.pool.query('select id from intents where follow_up_of = $1', [id])
    const { rows: noted } = await rows.postgres.pool.query(
      'select follow_up_id, last_follow_up_at from conversations where id = $1',
      [conversation],
    )
    return { found, noted }
  }
  const NOBODY = { found: [], noted: [{ follow_up_id: null, last_follow_up_at: null }] }

  it('stays due once it was changed, and nobody is asked', async () => {
    const id = await rows.intent(sender, conversation)
    const putAside = await byVerdict(id)
    await inTransaction(rows.postgres.pool, change(id))
    expect(await putAside()).toBe(false)
    expect(await stateOf(id)).toBe('scheduled')
    expect(await invitations(id)).toEqual(NOBODY)
  })

  it('waits for the end of a change, and nobody is asked', async () => {
    const id = await rows.intent(sender, conversation)
    const putAside = await byVerdict(id)
    const end = await slowly(change(id))
    const holding = putAside()
    await somebodyWaits()
    await end(true)
    expect(await holding).toBe(false)
    expect(await stateOf(id)).toBe('scheduled')
    expect(await invitations(id)).toEqual(NOBODY)
  })

  it('is put aside by a verdict about what it is since', async () => {
    const id = await rows.intent(sender, conversation)
    await inTransaction(rows.postgres.pool, change(id))
    await sql`update intents set changed_at = changed_at - interval '1 second' where id = ${id}::uuid`.execute(
      rows.postgres.db,
    )
    const putAside = await byVerdict(id)
    expect(await putAside()).toBe(true)
    expect(await stateOf(id)).toBe('held')
  })
})
