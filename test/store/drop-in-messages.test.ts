import { afterAll, beforeAll, expect, it } from 'vitest'
import { DEFAULT_WORKSPACE, type Wamid, type WorkspaceId } from '../../src/domain/ids.ts'
import { findDropInMessages } from '../../src/store/passing/drop-in-messages.ts'
import { createRows, type Rows } from '../support/rows.ts'

let rows: Rows
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())

it('tells those who ask together each of their own workspace and of what they named', async () => {
  const sender = await rows.linkSender()
  const { id: conversation } = await rows.conversation(sender)
  const wamids = ['wamid.one', 'wamid.two'] as Wamid[]
  for (const wamid of wamids) {
    const id = await rows.intent(sender, conversation)
    await rows.postgres.pool.query(`update intents set created_by = '{"via":"drop_in"}' where id = $1`, [id])
    await rows.attempt(sender, id, { event: 'accept' }, wamid)
  }
  const stranger = 'another' as WorkspaceId
  const [mine, foreign, other] = await findDropInMessages(rows.postgres.db, [
    { workspace: DEFAULT_WORKSPACE, wamids: ['wamid.one' as Wamid], intents: [] },
    { workspace: stranger, wamids, intents: [] },
    { workspace: DEFAULT_WORKSPACE, wamids: ['wamid.two' as Wamid], intents: [] },
  ])
  expect([...(mine?.wamids.keys() ?? [])]).toEqual(['wamid.one'])
  expect(foreign?.wamids.size).toBe(0)
  expect([...(other?.wamids.keys() ?? [])]).toEqual(['wamid.two'])
})
