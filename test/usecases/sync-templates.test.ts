import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { managementIo } from '../../src/app/management-io.ts'
import type { IntentId, PhoneNumberId, WabaId } from '../../src/domain/ids.ts'
import { createTemplate } from '../../src/usecases/create-template.ts'
import { getTemplate, listTemplates } from '../../src/usecases/read-templates.ts'
import { syncTemplates } from '../../src/usecases/sync-templates.ts'
import { CALLER, HERE } from '../support/access.ts'
import { fakeGraph, wireTemplate } from '../support/management.ts'
import { createRows, type Rows } from '../support/rows.ts'

describe('templates', () => {
  let rows: Rows
  let graph: ReturnType<typeof fakeGraph>
  let io: ReturnType<typeof managementIo>['templates']
  let sender: PhoneNumberId
  let waba: WabaId
  beforeAll(async () => {
    rows = await createRows()
  })
  afterAll(() => rows.close())
  beforeEach(async () => {
    graph = fakeGraph()
    io = managementIo(rows.postgres, rows.senders, graph, rows.optOuts).templates
    sender = await rows.linkSender()
    waba = await rows.wabaOf(sender)
  })

  async function waitingFor(name: string): Promise<IntentId> {
    const { id } = await rows.conversation(sender)
    const intent = await rows.intent(sender, id)
    await rows.hold(intent, { kind: 'template', template: { name, language: 'en_US' } })
    return intent
  }

  async function stateOf(id: IntentId) {
    const row = await rows.postgres.db
      .selectFrom('intents')
      .select('state')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    return row.state
  }

  const readRow = (id: string) =>
    rows.postgres.db.selectFrom('templates').selectAll().where('id', '=', id).executeTakeFirst()

  function listed(status: string, id = rows.digits()) {
    return wireTemplate({ id, language: 'en-US', status, quality_score: { score: 'GREEN' } })
  }

  describe('a sync', () => {
    it('stores what Meta lists, languages spelled as its API spells them', async () => {
      graph.templates = [listed('APPROVED', '7100'), wireTemplate({ id: '7101', name: 'other', category: null })]
      expect(await syncTemplates(io, waba)).toEqual({ synced: 2 })
      const answer = await listTemplates(io, HERE, { waba_id: waba, limit: 10 })
      expect(answer).toMatchObject({
        ok: true,
        value: {
          data: [
            { name: 'keep_helping', language: 'en_US', status: 'APPROVED', quality: 'GREEN', category: 'UTILITY' },
            { name: 'other', category: 'UNKNOWN' },
          ],
        },
      })
    })

    it('writes changes into the history and marks what is gone', async () => {
      const id = rows.digits()
      graph.templates = [listed('PENDING', id)]
      await syncTemplates(io, waba)
      graph.templates = [listed('APPROVED', id)]
      await syncTemplates(io, waba)
      graph.templates = []
      await syncTemplates(io, waba)
      const answer = await getTemplate(io, HERE, id)
      if (!answer.ok) throw new Error(answer.refusal.message)
      expect(answer.value.row.status).toBe('DELETED')
      const statuses = answer.value.history.filter((event) => event.field === 'status')
      expect(statuses.map((event) => [event.was, event.now])).toEqual([
        [null, 'PENDING'],
        ['PENDING', 'APPROVED'],
        ['APPROVED', 'DELETED'],
      ])
    })

    it('lets go what waited for a template that can be sent now', async () => {
      const id = rows.digits()
      graph.templates = [listed('PENDING', id)]
      await syncTemplates(io, waba)
      const intent = await waitingFor('keep_helping')
      graph.templates = [listed('APPROVED', id)]
      await syncTemplates(io, waba)
      expect(await stateOf(intent)).toBe('scheduled')
    })

    it('lets go what waited for a template that never will be, to fail with a reason', async () => {
      const id = rows.digits()
      graph.templates = [listed('PAUSED', id)]
      await syncTemplates(io, waba)
      const intent = await waitingFor('keep_helping')
      graph.templates = [listed('DISABLED', id)]
      await syncTemplates(io, waba)
      expect(await stateOf(intent)).toBe('scheduled')
    })

    it('lets nothing go while a template still waits, or when nothing changed', async () => {
      const id = rows.digits()
      graph.templates = [listed('PENDING', id)]
      await syncTemplates(io, waba)
      const pending = await waitingFor('keep_helping')
      graph.templates = [listed('IN_APPEAL', id)]
      await syncTemplates(io, waba)
      expect(await stateOf(pending)).toBe('held')

      graph.templates = [listed('APPROVED', id)]
      await syncTemplates(io, waba)
      const { id: conversation } = await rows.conversation(sender)
      const refusedAllTheSame = await rows.intent(sender, conversation)
      await rows.attempt(sender, refusedAllTheSame, {
        event: 'hold',
        wait: { kind: 'template', template: { name: 'keep_helping', language: 'en_US' } },
        reason: { code: 'template_paused', text: 'Meta says so.' },
      })
      await syncTemplates(io, waba)
      expect(await stateOf(refusedAllTheSame)).toBe('held')
    })

    it('decides again who waited for one that was edited meanwhile', async () => {
      const id = rows.digits()
      graph.templates = [listed('PAUSED', id)]
      await syncTemplates(io, waba)
      const intent = await waitingFor('keep_helping')
      const components = [{ type: 'BODY', text: 'Shall we go on, {{1}}?' }]
      graph.templates = [{ ...listed('PAUSED', id), components }]
      await syncTemplates(io, waba)
      expect(await stateOf(intent)).toBe('scheduled')
      const answer = await getTemplate(io, HERE, id)
      expect(answer.ok && answer.value.history.at(-1)).toMatchObject({
        field: 'components',
        was: 'Shall we go on?',
        now: 'Shall we go on, {{1}}?',
      })
    })

    it('takes an example with another address for no edit', async () => {
      const id = rows.digits()
      const header = (handle: string) => ({ type: 'HEADER', format: 'IMAGE', example: { header_handle: [handle] } })
      const withHeader = (handle: string) => ({
        ...listed('APPROVED', id),
        components: [header(handle), { type: 'BODY', text: 'Shall we go on?' }],
      })
      graph.templates = [withHeader('https://scontent.whatsapp.net/a?oe=1')]
      await syncTemplates(io, waba)
      graph.templates = [withHeader('https://scontent.whatsapp.net/a?oe=2')]
      await syncTemplates(io, waba)
      const answer = await getTemplate(io, HERE, id)
      expect(answer.ok && answer.value.history.map((event) => event.field)).not.toContain('components')
    })

    it('learns of a category that Meta announced', async () => {
      const id = rows.digits()
      graph.templates = [{ ...listed('APPROVED', id), correct_category: 'UTILITY' }]
      await syncTemplates(io, waba)
      expect((await readRow(id))?.next_category).toBeNull()
      graph.templates = [{ ...listed('APPROVED', id), correct_category: 'MARKETING' }]
      await syncTemplates(io, waba)
      expect((await readRow(id))?.next_category).toBe('MARKETING')
    })

    it('goes page by page, whatever their number, and marks what was on none', async () => {
      const names = Array.from({ length: 250 }, (_, n) => wireTemplate({ id: rows.digits(), name: `many_${n}` }))
      graph.templates = names
      expect(await syncTemplates(io, waba)).toEqual({ synced: 250 })
      graph.templates = names.slice(0, 249)
      await syncTemplates(io, waba)
      const answer = await listTemplates(io, HERE, { waba_id: waba, status: 'APPROVED', limit: 1_000 })
      expect(answer.ok && answer.value.data).toHaveLength(249)
    })

    it('takes the last of two under one name', async () => {
      const [gone, made] = [rows.digits(), rows.digits()]
      graph.templates = [listed('PENDING_DELETION', gone), listed('APPROVED', made)]
      await syncTemplates(io, waba)
      const answer = await listTemplates(io, HERE, { waba_id: waba, limit: 10 })
      expect(answer.ok && answer.value.data).toMatchObject([{ id: made, status: 'APPROVED' }])
    })

    it('that breaks off deletes nothing', async () => {
      graph.templates = [listed('APPROVED')]
      await syncTemplates(io, waba)
      graph.listTemplates = async function* () {
        yield [listed('APPROVED')]
        throw new Error('the second page did not come')
      }
      await expect(syncTemplates(io, waba)).rejects.toThrow('second page')
      const answer = await listTemplates(io, HERE, { waba_id: waba, limit: 10 })
      expect(answer.ok && answer.value.data.map((row) => row.status)).toEqual(['APPROVED'])
    })
  })

  describe('the list', () => {
    it('goes page by page, by name and language, and filters', async () => {
      graph.templates = ['b', 'a', 'c'].map((name) => wireTemplate({ id: rows.digits(), name }))
      await syncTemplates(io, waba)
      const names: string[] = []
      let cursor: string | undefined
      do {
        const page = await listTemplates(io, HERE, { waba_id: waba, limit: 2, cursor })
        if (!page.ok) throw new Error(page.refusal.message)
        names.push(...page.value.data.map((row) => row.name))
        cursor = page.value.next_cursor ?? undefined
      } while (cursor)
      expect(names).toEqual(['a', 'b', 'c'])
      const named = await listTemplates(io, HERE, { waba_id: waba, name: 'b', status: 'APPROVED', limit: 10 })
      expect(named.ok && named.value.data).toHaveLength(1)
      const paused = await listTemplates(io, HERE, { waba_id: waba, status: 'PAUSED', limit: 10 })
      expect(paused.ok && paused.value.data).toEqual([])
    })
  })

  describe('creating', () => {
    const document = {
      name: 'keep_helping',
      language: 'en',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'Shall we go on?' }],
    }

    it('stores the template as Meta answered', async () => {
      const id = rows.digits()
      graph.createTemplate = async () => ({ kind: 'ok', value: { id, status: 'PENDING', category: 'MARKETING' } })
      expect(await createTemplate(io, CALLER, waba, document)).toEqual({ ok: true, value: id })
      const answer = await getTemplate(io, HERE, id)
      expect(answer).toMatchObject({
        ok: true,
        value: { row: { status: 'PENDING', category: 'MARKETING', name: 'keep_helping' } },
      })
    })

    it('takes the place of one that was deleted under the same name', async () => {
      graph.templates = [wireTemplate({ id: rows.digits() })]
      await syncTemplates(io, waba)
      graph.templates = []
      await syncTemplates(io, waba)
      const id = rows.digits()
      graph.createTemplate = async () => ({ kind: 'ok', value: { id, status: 'PENDING', category: 'UTILITY' } })
      await createTemplate(io, CALLER, waba, document)
      expect(await getTemplate(io, HERE, id)).toMatchObject({ ok: true, value: { row: { status: 'PENDING' } } })
    })

    it('does not ask Meta for what cannot be right', async () => {
      const answer = await createTemplate(io, CALLER, waba, { ...document, name: 'Keep Helping' })
      expect(answer).toMatchObject({ ok: false, refusal: { status: 422, problems: [{ path: 'name' }] } })
    })

    const error = {
      code: 100,
      subcode: null,
      isTransient: false,
      httpStatus: 400,
      details: 'No.',
      via: 'sync',
    } as const
    it.each([
      ['a refusal as a problem of the document', { kind: 'refused', error, httpStatus: 400 }, 422],
      [
        'a name that is taken as a conflict',
        { kind: 'refused', error: { ...error, subcode: 2388024 }, httpStatus: 400 },
        409,
      ],
      [
        'a refused token as our gateway’s trouble',
        { kind: 'refused', error: { ...error, code: 190 }, httpStatus: 401 },
        502,
      ],
      ['a throttle as temporary', { kind: 'throttled', error, httpStatus: 429, retryAfterS: null }, 503],
      ['silence as unreachable', { kind: 'unreachable', cause: 'ECONNREFUSED' }, 502],
      ['a lost answer as unclear', { kind: 'uncertain', why: 'reset', httpStatus: null }, 502],
    ] as const)('reports %s', async (_what, answer, status) => {
      graph.createTemplate = async () => answer
      expect(await createTemplate(io, CALLER, waba, document)).toMatchObject({ ok: false, refusal: { status } })
    })
  })
})
