import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ContactId, type ConversationId, DEFAULT_WORKSPACE } from '../../src/domain/ids.ts'
import { plus, SECOND_MS } from '../../src/domain/time.ts'
import { heedAnswer } from '../../src/store/campaigns/answers.ts'
import { lockWaitingForConversation } from '../../src/store/intents/waiting.ts'
import { markUnreachable } from '../../src/store/people/reachability.ts'
import { recognisePerson } from '../../src/store/people/recognise.ts'
import { type Db, HOT_PATH_SETTINGS, openPostgres, type Postgres } from '../../src/store/pg/postgres.ts'
import { readOf } from '../support/many-intents.ts'
import { createRows, type Rows } from '../support/rows.ts'

/* What a webhook leads to asks about one person, however many there are: on the pool whose plans know no values. */

const PEOPLE = 5_000
const FEW = 100

let rows: Rows
let inbox: Postgres
let contact: ContactId
let conversation: ConversationId
beforeAll(async () => {
  rows = await createRows()
  const { connectionString: url } = rows.postgres.pool.options as { connectionString: string }
  inbox = openPostgres({
    url,
    max: 1,
    applicationName: 'inbox test',
    settings: HOT_PATH_SETTINGS,
    prepares: true,
    onError: () => {},
  })
  const sender = await rows.linkSender({})
  await rows.postgres.pool.query(
    `with people as (
       insert into contacts (workspace, wa_id) select $1, (15000000000 + n)::text from generate_series(1, $3::integer) n returning id, wa_id
     ), known as (
       insert into contact_identities (workspace, key, value, contact_id) select $1, wa_id, wa_id, id from people
     ), talks as (
       insert into conversations (workspace, phone_number_id, contact_id) select $1, $2, id from people returning id
     )
     insert into inbound_messages (wamid, conversation_id, type, at, body)
     select 'in.' || id || '.' || n, id, 'text', casement_now() - n * interval '1 hour', '{}' from talks cross join generate_series(1, 3) n`,
    [DEFAULT_WORKSPACE, sender, PEOPLE],
  )
  await rows.postgres.pool.query('analyze')
  const { rows: found } = await rows.postgres.pool.query<{ contact: ContactId; conversation: ConversationId }>(
    `select c.id::text as contact, v.id::text as conversation from contacts c join conversations v on v.contact_id = c.id
     where c.wa_id = '15000000007'`,
  )
  ;[{ contact, conversation }] = found as [{ contact: ContactId; conversation: ConversationId }]
})
afterAll(async () => {
  await inbox.close()
  await rows.close()
})

const TABLES = ['contacts', 'contact_identities', 'conversations', 'inbound_messages', 'messages']

/** Rows that were read of each table, once the statements are planned for good. */
async function readBy(deed: (trx: Db) => Promise<unknown>): Promise<Record<string, number>> {
  for (let n = 0; n < 4; n += 1) await inbox.db.transaction().execute(deed)
  return inbox.db.transaction().execute(async (trx) => {
    await deed(trx)
    return Object.fromEntries(
      await Promise.all(TABLES.map(async (table) => [table, (await readOf(trx, table)).read] as const)),
    )
  })
}

const few = () => Object.fromEntries(TABLES.map((table) => [table, expect.toSatisfy((read: number) => read < FEW)]))

it.each([
  ['who speaks', (trx: Db) => recognisePerson(trx, DEFAULT_WORKSPACE, [], contact, rows.optOuts)],
  [
    'which campaign is answered',
    async (trx: Db) => {
      const said = { at: await rows.now(), quoted: null, replied: true, tapped: false, stopped: false }
      await heedAnswer(trx, { conversationId: conversation, ...said })
    },
  ],
  ['what waits for an answer', (trx: Db) => lockWaitingForConversation(trx, conversation)],
  [
    'whether somebody can be reached',
    async (trx: Db) => markUnreachable(trx, conversation, plus(await rows.now(), -SECOND_MS), SECOND_MS),
  ],
])('%s is asked of one person and not of all', async (_what, deed) => {
  expect(await readBy(deed)).toEqual(few())
})
