import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createManagement, type Management } from '../../src/app/management.ts'
import { managementIo } from '../../src/app/management-io.ts'
import { createTemplateSync } from '../../src/app/template-sync.ts'
import type { WabaId } from '../../src/domain/ids.ts'
import { GraphCallError } from '../../src/graph/client.ts'
import { createLogger } from '../../src/log.ts'
import { pauseManagement } from '../../src/store/accounts/pace.ts'
import { createTokenVault } from '../../src/store/accounts/token-vault.ts'
import { CALLER } from '../support/access.ts'
import { SETTINGS } from '../support/builders.ts'
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
      optOuts: rows.optOuts,
      vault: createTokenVault([rows.secretKey]),
      settings: SETTINGS,
      pricing: { of: async () => new Map() },
      bootstrapKeys: ['casement_one'],
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

  it('says of a message that waits what will become of it, where it is looked at by itself', async () => {
    const sender = await rows.linkSender()
    const { id: conversation } = await rows.conversation(sender)
    const id = await rows.intent(sender, conversation, { whenClosed: 'fail' })
    const text = expect.stringMatching(/^The customer never wrote .*: it will fail\. To go as it is, it would take/)
    expect(await management.getIntent(CALLER, id)).toMatchObject({ value: { forecast: { kind: 'fail', text } } })
    const changed = await management.changeIntent(CALLER, id, { when_closed: 'hold' })
    expect(changed).toMatchObject({ value: { forecast: { kind: 'hold' } } })
    const cancelled = await management.cancelIntent(CALLER, id)
    expect(cancelled).toMatchObject({ value: { intent: { state: 'cancelled', forecast: null } } })
    const listed = await management.listIntents(CALLER, { sender, limit: 10 })
    expect(listed.ok && listed.value.data).toEqual([expect.not.objectContaining({ forecast: expect.anything() })])
  })

  it('links a sender, answers its view and syncs its templates by itself', async () => {
    const [phone_number_id, waba_id] = [rows.digits(), rows.digits()]
    graph.templates = [wireTemplate({ id: rows.digits() })]
    const answer = await management.linkSender(CALLER, {
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
    expect(await management.listTemplates(CALLER, { waba_id, limit: 10 })).toMatchObject({
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
      optOuts: rows.optOuts,
      vault: createTokenVault([rows.secretKey]),
      settings: SETTINGS,
      pricing: { of: async () => new Map() },
      bootstrapKeys: [],
    })
    const waba_id = rows.digits()
    const linked = await other.linkSender(CALLER, { phone_number_id: rows.digits(), waba_id, access_token: 'token-1' })
    expect(linked).toMatchObject({ ok: true })
    await other.templateSync.settled()
    expect(await other.syncTemplates(CALLER, waba_id)).toMatchObject({
      ok: false,
      refusal: { status: 502, code: 'graph_refused' },
    })
  })

  it('answers a cancelled intent as it is now', async () => {
    const sender = await rows.linkSender()
    const id = await rows.intent(sender, (await rows.conversation(sender)).id)
    expect(await management.cancelIntent(CALLER, id)).toMatchObject({
      ok: true,
      value: { requested: false, intent: { id, state: 'cancelled' } },
    })
    expect(await management.replayIntent(CALLER, id)).toMatchObject({ ok: true, value: { id, state: 'queued' } })
  })

  it('shows a template with its history', async () => {
    const sender = await rows.linkSender()
    const id = rows.digits()
    graph.templates = [wireTemplate({ id })]
    await management.syncTemplates(CALLER, await rows.wabaOf(sender))
    expect(await management.getTemplate(CALLER, id)).toMatchObject({
      ok: true,
      value: {
        id,
        status: 'APPROVED',
        history: [{ field: 'status', was: null, now: 'APPROVED' }, { field: 'category' }],
      },
    })
  })

  it('knows no account without a linked sender', async () => {
    expect(await management.syncTemplates(CALLER, '999')).toMatchObject({ ok: false, refusal: { status: 404 } })
    expect(await management.createTemplate(CALLER, '999', {})).toMatchObject({ ok: false, refusal: { status: 404 } })
  })

  describe('a sync in the background', () => {
    const error = {
      code: 80008,
      subcode: null,
      isTransient: false,
      httpStatus: 400,
      details: null,
      via: 'sync',
    } as const
    const refused = { kind: 'refused', error: { ...error, code: 190 }, httpStatus: 401 } as const
    const throttled = { kind: 'throttled', error, httpStatus: 400, retryAfterS: 600 } as const
    let waba: WabaId
    beforeEach(async () => {
      waba = await rows.wabaOf(await rows.linkSender())
    })

    /** Syncs against a Meta that answers like this; counts how often it was asked. */
    function syncing(answer: typeof refused | typeof throttled | null) {
      const asked = { lists: 0 }
      const graph = fakeGraph({
        async *listTemplates() {
          asked.lists += 1
          yield* []
          if (answer) throw new GraphCallError('list templates', answer)
        },
      })
      const io = managementIo(rows.postgres, rows.senders, graph, rows.optOuts).templates
      return { asked, io, sync: createTemplateSync(io, logger) }
    }

    const account = () =>
      rows.postgres.db.selectFrom('wabas').selectAll().where('id', '=', waba).executeTakeFirstOrThrow()

    it('is one, however many ask for it', async () => {
      const { asked, sync } = syncing(null)
      for (let i = 0; i < 5; i++) sync.start(waba)
      await sync.settled()
      expect(asked.lists).toBe(1)
    })

    it('grants the wish for it', async () => {
      const { io, sync } = syncing(null)
      await io.wantTemplates(waba)
      sync.start(waba)
      await sync.settled()
      expect(await account()).toMatchObject({ templates_wanted_at: null, templates_synced_at: expect.any(Number) })
    })

    it('leaves a wish when Meta asks to slow down, and asks nobody until then', async () => {
      const { asked, sync } = syncing(throttled)
      sync.start(waba)
      await sync.settled()
      const { templates_wanted_at, management_paused_until, calls_paused_until } = await account()
      expect(templates_wanted_at).not.toBeNull()
      expect(calls_paused_until).toBeNull()
      const now = await rows.now()
      expect(management_paused_until).toBeGreaterThan(now + 590_000)
      expect(management_paused_until).toBeLessThan(now + 670_000)
      await expect(sync.run(waba)).rejects.toMatchObject({ answer: { kind: 'throttled' } })
      expect(asked.lists).toBe(1)
    })

    it('leaves none when Meta refuses, for it would refuse again', async () => {
      const { io, sync } = syncing(refused)
      await io.wantTemplates(waba)
      sync.start(waba)
      await sync.settled()
      expect((await account()).templates_wanted_at).toBeNull()
    })

    it('keeps a wish that came while it was under way', async () => {
      const { io, sync } = syncing(null)
      const before = io.endSync
      io.endSync = async (...listed) => {
        await io.wantTemplates(waba)
        return before(...listed)
      }
      sync.start(waba)
      await sync.settled()
      expect((await account()).templates_wanted_at).not.toBeNull()
    })
  })

  it('creates no template while Meta asks to slow down', async () => {
    const waba = await rows.wabaOf(await rows.linkSender())
    await pauseManagement(rows.postgres.db, waba, 60_000)
    const document = {
      name: 'late',
      language: 'en',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'Hello.' }],
    }
    expect(await management.createTemplate(CALLER, waba, document)).toMatchObject({
      ok: false,
      refusal: { status: 503, code: 'graph_throttled', message: expect.stringMatching(/in (59|60) s/) },
    })
  })
})
