import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createInbox } from '../../src/app/inbox.ts'
import { createReceiver } from '../../src/app/receiving.ts'
import type { PhoneNumberId, WabaId, WorkspaceId } from '../../src/domain/ids.ts'
import { DAY_MS } from '../../src/domain/time.ts'
import { replayWebhookEvent } from '../../src/store/webhooks/event-reads.ts'
import { applyWebhooks } from '../../src/usecases/apply-webhook.ts'
import { ANOTHER, HERE } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

/* A number and its account that one workspace has let go and another has linked. What either was told is its own. */

let rows: Rows
let sender: PhoneNumberId
let waba: WabaId
let next = 0

beforeAll(async () => {
  rows = await createRows()
  await rows.postgres.db.insertInto('workspaces').values({ id: ANOTHER.workspace, name: 'Another' }).execute()
})
afterAll(() => rows.close())
beforeEach(async () => {
  sender = await rows.linkSender()
  waba = await rows.wabaOf(sender)
})

const inbox = () =>
  createInbox({
    postgres: rows.postgres,
    optOuts: rows.optOuts,
    recipientReviewMs: DAY_MS,
    log: { info() {}, warn() {} },
  })
const apply = () => applyWebhooks(inbox(), { payloads: 10, bytes: 1e6 })

async function moveAway(): Promise<void> {
  await rows.senders.unlink(HERE, sender)
  await rows.senders.link({
    workspace: ANOTHER.workspace,
    phoneNumberId: sender,
    wabaId: waba,
    accessToken: 'another',
    portfolioId: undefined,
  })
}

async function payloadOf(from: string): Promise<string> {
  const timestamp = String(Math.floor((await rows.now()) / 1_000))
  const messages = [{ id: `wamid.${++next}`, from, timestamp, type: 'text', text: { body: 'STOP' } }]
  const value = { metadata: { phone_number_id: sender }, messages }
  return JSON.stringify({ entry: [{ id: waba, changes: [{ field: 'messages', value }] }] })
}

const newest = async () => {
  const { rows: found } = await sql<{ id: string; workspace: WorkspaceId; state: string }>`
    select id::text as id, workspace, state from webhook_events order by id desc limit 1`.execute(rows.postgres.db)
  return found[0]
}
const knownIn = async (key: string) => {
  const { rows: found } = await sql<{ workspace: string }>`
    select workspace from contact_identities where key = ${key} order by 1`.execute(rows.postgres.db)
  return found.map(({ workspace }) => workspace)
}

describe('a number that went to another workspace', () => {
  it("is the other's from then on, also for a process that had it in mind", async () => {
    const receive = createReceiver(rows.postgres)
    await receive(await payloadOf(rows.digits()))
    expect((await newest())?.workspace).toBe(HERE.workspace)
    await moveAway()
    await receive(await payloadOf(rows.digits()))
    expect((await newest())?.workspace).toBe(ANOTHER.workspace)
  })

  it.each(['failed', 'applied', 'pending'])('takes nothing of what was told before, and is %s', async (state) => {
    const waId = rows.digits()
    await createReceiver(rows.postgres)(await payloadOf(waId))
    const event = await newest()
    await sql`update webhook_events set state = ${state} where id = ${event?.id}`.execute(rows.postgres.db)
    await moveAway()
    if (state !== 'pending') expect(await replayWebhookEvent(rows.postgres.db, HERE, event?.id ?? '')).not.toBeNull()
    await apply()
    expect(await knownIn(waId)).toEqual([])
    expect((await newest())?.state).toBe('failed')
  })

  it('takes what is told after', async () => {
    await moveAway()
    const waId = rows.digits()
    await createReceiver(rows.postgres)(await payloadOf(waId))
    await apply()
    expect(await knownIn(waId)).toEqual([ANOTHER.workspace])
  })
})
