import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createManagement, type Management } from '../../src/app/management.ts'
import { managementIo } from '../../src/app/management-io.ts'
import { createTemplateSync } from '../../src/app/template-sync.ts'
import type { WabaId } from '../../src/domain/ids.ts'
import { GraphCallError } from '../../src/graph/client.ts'
import { createLogger } from '../../src/log.ts'
import { fakeGraph, wireTemplate } from '../support/management.ts'
import { createRows, type Rows } from '../support/rows.ts'

const logger = createLogger({ level: 'silent' })

describe('the management behind the API', () => {
  let rows: Rows
  let graph: ReturnType<typeof fakeGraph>
  let management: Management
  beforeAll(async () => {
    rows = await createRows()
    graph = fakeGraph()
    management = await createManagement({
      postgres: rows.postgres,
      senders: rows.senders,
      graph,
      logger,
      bootstrapKey: 'casement_one',
    })
  })
  afterAll(async () => {
    await management.templateSync.settled()
    await rows.close()
  })

  it('knows the configured key', async () => {
    expect(await management.authenticate('casement_one')).toMatchObject({ workspace: 'default' })
    expect(await management.authenticate('casement_two')).toBeNull()
  })

  it('links a sender, answers its view and syncs its templates by itself', async () => {
    const [phone_number_id, waba_id] = [rows.digits(), rows.digits()]
    graph.templates = [wireTemplate({ id: rows.digits() })]
    const answer = await management.linkSender({
      phone_number_id,
      waba_id,
      access_token: 'token-1',
      messaging_limit: 250,
    })
    expect(answer).toMatchObject({
      ok: true,
      value: { created: true, sender: { phone_number_id, waba_id, messaging_limit: 250 } },
    })
    await management.templateSync.settled()
    expect(await management.listTemplates({ waba_id, limit: 10 })).toMatchObject({
      ok: true,
      value: { data: [{ name: 'keep_helping', components: [{ type: 'BODY' }] }], next_cursor: null },
    })
  })

  it('links a sender although Meta refuses to list its templates', async () => {
    const refusing = fakeGraph()
    const error = {
      code: 190,
      subcode: null,
      isTransient: false,
      httpStatus: 401,
      details: 'Expired.',
      via: 'sync',
    } as const
    refusing.listTemplates = async function* () {
      yield* []
      throw new GraphCallError('list templates', { kind: 'refused', error, httpStatus: 401 })
    }
    const other = await createManagement({
      postgres: rows.postgres,
      senders: rows.senders,
      graph: refusing,
      logger,
      bootstrapKey: null,
    })
    const waba_id = rows.digits()
    const linked = await other.linkSender({ phone_number_id: rows.digits(), waba_id, access_token: 'token-1' })
    expect(linked).toMatchObject({ ok: true })
    await other.templateSync.settled()
    expect(await other.syncTemplates(waba_id)).toMatchObject({
      ok: false,
      refusal: { status: 502, code: 'graph_refused' },
    })
  })

  it('answers a cancelled intent as it is now', async () => {
    const caller = { workspace: 'default', keyName: 'ops', scopes: ['admin'] }
    const sender = await rows.linkSender()
    const id = await rows.intent(sender, (await rows.conversation(sender)).id)
    expect(await management.cancelIntent(caller, id)).toMatchObject({ ok: true, value: { id, state: 'cancelled' } })
    expect(await management.replayIntent(caller, id)).toMatchObject({ ok: true, value: { id, state: 'scheduled' } })
  })

  it('shows a template with its history', async () => {
    const sender = await rows.linkSender()
    const id = rows.digits()
    graph.templates = [wireTemplate({ id })]
    await management.syncTemplates(await rows.wabaOf(sender))
    expect(await management.getTemplate(id)).toMatchObject({
      ok: true,
      value: {
        id,
        status: 'APPROVED',
        history: [{ field: 'status', was: null, now: 'APPROVED' }, { field: 'category' }],
      },
    })
  })

  it('knows no account without a linked sender', async () => {
    expect(await management.syncTemplates('999')).toMatchObject({ ok: false, refusal: { status: 404 } })
    expect(await management.createTemplate('999', {})).toMatchObject({ ok: false, refusal: { status: 404 } })
  })

  describe('a sync that messages ask for', () => {
    it('runs once in a while, however many ask', async () => {
      let elapsedMs = 0
      let lists = 0
      const counting = fakeGraph({
        async *listTemplates() {
          lists += 1
          yield* []
        },
      })
      const io = managementIo(rows.postgres, rows.senders, counting).templates
      const sync = createTemplateSync(io, logger, () => elapsedMs)
      const waba = (await rows.wabaOf(await rows.linkSender())) as WabaId
      for (let i = 0; i < 5; i++) sync.soon(waba)
      await sync.settled()
      sync.soon(waba)
      await sync.settled()
      expect(lists).toBe(1)
      elapsedMs = 60_000
      sync.soon(waba)
      await sync.settled()
      expect(lists).toBe(2)
    })
  })
})
