import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { managementIo } from '../../src/app/management-io.ts'
import type { WabaId } from '../../src/domain/ids.ts'
import { upsertTemplates } from '../../src/store/templates/sync.ts'
import {
  deleteTemplate,
  editTemplate,
  type ManageTemplatesIo,
  unpauseTemplate,
} from '../../src/usecases/manage-templates.ts'
import { CALLER, HERE } from '../support/access.ts'
import { fakeGraph } from '../support/management.ts'
import { createRows, type Rows } from '../support/rows.ts'

let rows: Rows
let graph: ReturnType<typeof fakeGraph>
let io: ManageTemplatesIo
let waba: WabaId
let id: string
/** What Meta was asked, and what was looked at again. */
let asked: unknown[]
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())
beforeEach(async () => {
  asked = []
  const ok = async (...args: unknown[]) => {
    asked.push(args.filter((arg) => typeof arg !== 'string' || !arg.startsWith('token')))
    return { kind: 'ok', value: { success: true } } as const
  }
  graph = fakeGraph({ editTemplate: ok, deleteTemplate: ok, unpauseTemplate: ok })
  waba = await rows.wabaOf(await rows.linkSender({ token: 'token of the account' }))
  io = {
    ...managementIo(rows.postgres, rows.senders, graph, rows.optOuts).templates,
    readAgain: async (_waba, again) => void asked.push(`read ${again}`),
    letGo: async () => {},
    forgotten: async (_waba, gone) => void asked.push(`gone ${gone}`),
  }
  id = rows.digits()
  await known('APPROVED')
})

async function known(status: string) {
  const document = { parameter_format: 'POSITIONAL', components: [{ type: 'BODY', text: 'Shall we go on?' }] }
  const shown = { id, name: 'ask', language: 'en', status, category: 'UTILITY', quality: null, document }
  await upsertTemplates(rows.postgres.db, waba, [shown])
}
const components = [{ type: 'BODY', text: 'Shall we begin?' }]
const edit = (patch: object = { components }) => editTemplate(io, CALLER, id, patch)
const history = async () => (await io.readTemplate(HERE, id)) as { history: { field: string; now: string }[] } | null
const commands = async () =>
  ((await history())?.history ?? []).filter(({ field }) => field === 'command').map(({ now }) => now)

describe('an edit of a template', () => {
  it('goes to Meta, is remembered, and read again', async () => {
    expect(await edit()).toEqual({ ok: true, value: null })
    expect(asked).toEqual([[id, { components }], `read ${id}`])
    expect(await commands()).toEqual(['edit'])
  })

  it('is one a day of an approved one, with the time of the next', async () => {
    await edit()
    const again = await edit()
    expect(again).toMatchObject({ ok: false, refusal: { status: 409, code: 'edit_limit' } })
    const hours = (Date.parse((again.ok ? '' : again.refusal.retryAt) ?? '') - (await rows.now())) / 3_600_000
    expect(hours).toBeGreaterThan(23.9)
    expect(hours).toBeLessThanOrEqual(24)
  })

  it('is ten in thirty days of an approved one', async () => {
    for (let day = 2; day <= 11; day++) {
      await rows.postgres.pool.query(
        `insert into template_history (template_id, field, now, at)
         values ($1, 'command', 'edit', now() - make_interval(days => $2))`,
        [id, 13 - day],
      )
    }
    expect(await edit()).toMatchObject({ refusal: { code: 'edit_limit', retryAt: expect.any(String) } })
  })

  it.each(['REJECTED', 'PAUSED', 'DISABLED'])('is free of one that is %s', async (status) => {
    await known(status)
    for (let n = 0; n < 3; n++) expect(await edit()).toMatchObject({ ok: true })
  })

  it.each(['PENDING', 'IN_APPEAL', 'DELETED', 'ARCHIVED'])('is none of one that is %s', async (status) => {
    await known(status)
    expect(await edit()).toMatchObject({ ok: false, refusal: { status: 409, code: 'wrong_state' } })
    expect(asked).toEqual([])
  })

  it('is never one of the category', async () => {
    expect(await edit({ category: 'MARKETING', components })).toMatchObject({
      refusal: { status: 400, field: 'category' },
    })
    expect(await edit({ category: 'utility', components })).toMatchObject({ ok: true })
    expect(asked[0]).toEqual([id, { components }])
  })

  it('of nothing is refused', async () => {
    expect(await edit({})).toMatchObject({ refusal: { status: 400, field: 'components' } })
  })

  it.each([
    [{ components: [{ type: 'FOOTER', text: 'Bye' }] }, 'components'],
    [{ message_send_ttl_seconds: 5 }, 'message_send_ttl_seconds'],
  ])('that Meta would refuse is refused here: %j', async (patch, path) => {
    expect(await edit(patch)).toMatchObject({ refusal: { status: 422, problems: [{ path }] } })
    expect(asked).toEqual([])
  })

  it.each([
    [2388039, 'wait until Meta has decided'],
    [2388299, 'put words around it'],
  ])('that Meta refuses by %d says what to do', async (subcode, advice) => {
    const error = { code: 100, subcode, isTransient: false, httpStatus: 400, details: 'Nein.', via: 'sync' } as const
    graph.editTemplate = async () => ({ kind: 'refused', error, httpStatus: 400 })
    const answer = await edit()
    expect(answer).toMatchObject({ ok: false, refusal: { status: 422, code: 'graph_refused' } })
    expect(answer.ok ? '' : answer.refusal.message).toMatch(new RegExp(`Nein\\..*${advice}`))
    expect(await commands()).toEqual([])
  })
})

describe('a template', () => {
  it('is deleted in its language only', async () => {
    expect(await deleteTemplate(io, CALLER, id)).toEqual({ ok: true, value: null })
    expect(asked).toEqual([[waba, expect.objectContaining({ id, name: 'ask' })], `gone ${id}`])
  })

  it('that is disabled is not deleted by Meta', async () => {
    await known('DISABLED')
    expect(await deleteTemplate(io, CALLER, id)).toMatchObject({ refusal: { status: 409 } })
    expect(asked).toEqual([])
  })

  it('goes on after a pause, or says why not', async () => {
    expect(await unpauseTemplate(io, CALLER, id)).toEqual({ ok: true, value: null })
    expect(asked).toEqual([[id], `read ${id}`])
    graph.unpauseTemplate = async () => ({ kind: 'ok', value: { success: false, reason: 'It is not paused.' } })
    expect(await unpauseTemplate(io, CALLER, id)).toMatchObject({
      refusal: { status: 409, message: expect.stringContaining('It is not paused.') },
    })
  })

  it.each([
    ['edited', () => editTemplate(io, CALLER, '1', { components })],
    ['deleted', () => deleteTemplate(io, CALLER, '1')],
    ['unpaused', () => unpauseTemplate(io, CALLER, '1')],
  ])('that does not exist here is not %s', async (_what, act) => {
    expect(await act()).toMatchObject({ refusal: { status: 404, code: 'template_unknown' } })
  })
})
