import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { managementIo } from '../../src/app/management-io.ts'
import { createTemplateSync, type TemplateSync } from '../../src/app/template-sync.ts'
import { templateWrites } from '../../src/app/template-writes.ts'
import type { WabaId } from '../../src/domain/ids.ts'
import { MINUTE_MS, SECOND_MS } from '../../src/domain/time.ts'
import { parseWebhook } from '../../src/graph/webhook.ts'
import type { TemplateEvent } from '../../src/graph/webhook-event.ts'
import type { WireTemplate } from '../../src/graph/wire.ts'
import { announceCategory, changeTemplate } from '../../src/store/templates/changes.ts'
import { noteDeletion } from '../../src/store/templates/sync.ts'
import { wantTemplate } from '../../src/store/templates/upkeep.ts'
import { wishedTemplates } from '../../src/store/templates/wishes.ts'
import { applyTemplateEvent } from '../../src/usecases/apply-template.ts'
import { createTemplate } from '../../src/usecases/create-template.ts'
import { CALLER } from '../support/access.ts'
import { type FakeGraph, fakeGraph, wireTemplate } from '../support/management.ts'
import { createRows, type Rows } from '../support/rows.ts'

/*
 * What is known of a template comes by listings, by readings of one, by webhooks and by what we did ourselves. Here each of them is held
 * back in the moment in which it is about to be too late: Meta has answered, or stamped, and another one is stored first.
 */

let rows: Rows
let graph: FakeGraph
let io: ReturnType<typeof managementIo>['templates']
let sync: TemplateSync
let written: ReturnType<typeof templateWrites>
let waba: WabaId
/** What Meta has. */
let meta: Map<string, WireTemplate>
/** What its next answers wait for, once they are made up. */
let held: Promise<void> | null
/** Resolves when Meta has made up an answer that is held back. */
let made: () => void

const silent = { info() {}, warn() {} }

beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())
beforeEach(async () => {
  meta = new Map()
  held = null
  made = () => {}
  waba = await rows.wabaOf(await rows.linkSender())
  await rows.postgres.db.deleteFrom('template_wishes').execute()
  graph = fakeGraph({
    async *listTemplates() {
      const page = [...meta.values()]
      await answered()
      yield page
    },
    async getTemplate(id) {
      const template = meta.get(id)
      await answered()
      if (template) return { kind: 'ok', value: template }
      const error = { code: 100, subcode: 33, isTransient: false, httpStatus: 400, details: null, via: 'sync' } as const
      return { kind: 'refused', error, httpStatus: 400 }
    },
    async createTemplate() {
      const template = wireTemplate({ id: rows.digits(), status: 'PENDING' })
      meta.set(template.id, template)
      await answered()
      return { kind: 'ok', value: { id: template.id, status: 'PENDING', category: 'UTILITY' } }
    },
  })
  io = managementIo(rows.postgres, rows.senders, graph, rows.optOuts).templates
  sync = createTemplateSync(io, silent)
  written = templateWrites(io, sync, silent)
})

async function answered(): Promise<void> {
  const until = held
  held = null
  made()
  await until
}

/** Begins this, and holds Meta's answer back until it is told to let it come. */
async function holding<T>(begin: () => Promise<T>): Promise<() => Promise<T>> {
  let letCome = () => {}
  held = new Promise((resolve) => {
    letCome = resolve
  })
  const ready = new Promise<void>((resolve) => {
    made = resolve
  })
  const outcome = begin()
  await Promise.race([ready, outcome])
  await nextMs()
  return async () => {
    letCome()
    const result = await outcome
    await sync.settled()
    return result
  }
}

/** Stamps of ours are of one millisecond, and so is what they can tell apart. */
async function nextMs(): Promise<void> {
  const now = await rows.now()
  while ((await rows.now()) <= now);
}

const db = () => rows.postgres.db
const row = (id: string) => db().selectFrom('templates').selectAll().where('id', '=', id).executeTakeFirst()
const statusOf = async (id: string) => (await row(id))?.status
const wished = async () => (await wishedTemplates(db(), 50)).map((wish) => wish.templateId)

/** Meta has it like this from now on. */
function has(overrides: Partial<WireTemplate>, id = '7001'): string {
  meta.set(id, { ...(meta.get(id) ?? wireTemplate({ id })), ...overrides })
  return id
}

/** A webhook with Meta's stamp: whole seconds. */
async function told(id: string, value: object, atMs?: number): Promise<void> {
  const at = atMs ?? (await rows.now())
  const change = { field: 'message_template_status_update', value: { message_template_id: id, ...value } }
  const payload = { entry: [{ id: waba, time: Math.floor(at / SECOND_MS), changes: [change] }] }
  for (const event of parseWebhook(payload) as TemplateEvent[]) {
    await applyTemplateEvent(
      {
        templates: {
          change: (...of) => changeTemplate(db(), ...of),
          announceCategory: (...of) => announceCategory(db(), ...of),
          noteDeletion: (...of) => noteDeletion(db(), ...of),
          look: (...of) => wantTemplate(db(), ...of),
        },
        intents: { releaseForTemplate: async () => 0 },
      },
      event,
    )
  }
}

/** Grants the wishes, as whoever leads does, until there is none. */
async function look(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    const wishes = await wishedTemplates(db(), 50)
    if (wishes.length === 0) return
    for (const { templateId } of wishes) {
      await db().deleteFrom('template_wishes').where('template_id', '=', templateId).execute()
      await sync.refresh(waba, templateId)
    }
  }
  expect.fail('expected the wishes to come to an end')
}

/** Somebody read it a while ago. */
async function known(overrides: Partial<WireTemplate> = {}): Promise<string> {
  const id = has(overrides, rows.digits())
  await sync.run(waba)
  await sql`
    update templates set status_at = now() - interval '1 hour', category_at = now() - interval '1 hour',
      quality_at = now() - interval '1 hour', document_at = now() - interval '1 hour' where id = ${id}`.execute(db())
  return id
}

const READINGS: [string, (id: string) => Promise<unknown>][] = [
  ['a listing', () => sync.run(waba)],
  ['a reading of it', (id) => sync.refresh(waba, id)],
]

describe.each(READINGS)('%s that Meta answered before', (_name, reading) => {
  it.each([
    ['a pause', 'PAUSED'],
    ['a deletion', 'DELETED'],
    ['its way into the archive', 'ARCHIVED'],
    ['the end of a pause', 'APPROVED', 'PAUSED'],
  ])('%s does not undo it', async (_what, event, before = 'APPROVED') => {
    const id = await known({ status: before })
    const letCome = await holding(() => reading(id))
    has({ status: event }, id)
    await told(id, { event })
    await letCome()
    expect(await statusOf(id)).toBe(event)
    await look()
    expect(await statusOf(id)).toBe(event)
  })

  it('another category, or its announcement, does not undo it', async () => {
    const [done, announced] = [await known(), has({ name: 'other' }, rows.digits())]
    await sync.run(waba)
    await sql`update templates set category_at = now() - interval '1 hour' where waba_id = ${waba}`.execute(db())
    const letCome = await holding(() => reading(done))
    has({ category: 'MARKETING' }, done)
    has({ correct_category: 'MARKETING' }, announced)
    await told(done, { previous_category: 'UTILITY', new_category: 'MARKETING' })
    await told(announced, { new_category: 'UTILITY', correct_category: 'MARKETING' })
    await letCome()
    expect(await row(done)).toMatchObject({ category: 'MARKETING' })
    expect(await row(announced)).toMatchObject({ next_category: 'MARKETING' })
  })

  it('another quality does not undo it', async () => {
    const id = await known({ quality_score: { score: 'GREEN' } })
    const letCome = await holding(() => reading(id))
    has({ quality_score: { score: 'RED' } }, id)
    await told(id, { previous_quality_score: 'GREEN', new_quality_score: 'RED' })
    await letCome()
    expect(await row(id)).toMatchObject({ quality: 'RED' })
  })

  it('an edit of ours or of a client does not undo its texts', async () => {
    const id = await known()
    const letCome = await holding(() => reading(id))
    has({ status: 'PENDING', components: [{ type: 'BODY', text: 'Shall we begin?' }] }, id)
    await written(waba, { kind: 'edited', id })
    await letCome()
    expect(await row(id)).toMatchObject({
      status: 'PENDING',
      document: { components: [{ type: 'BODY', text: 'Shall we begin?' }] },
    })
    await look()
    expect(await row(id)).toMatchObject({ status: 'PENDING' })
  })

  it.each([
    ['archive', 'APPROVED', 'ARCHIVED'],
    ['unarchive', 'ARCHIVED', 'APPROVED'],
    ['unpause', 'PAUSED', 'APPROVED'],
  ])('an %s of ours does not undo it', async (_what, before, after) => {
    const id = await known({ status: before })
    const letCome = await holding(() => reading(id))
    has({ status: after }, id)
    await written(waba, { kind: 'edited', id })
    await letCome()
    expect(await statusOf(id)).toBe(after)
    await look()
    expect(await statusOf(id)).toBe(after)
  })

  it('a deletion by a client does not bring it back', async () => {
    const id = await known()
    const letCome = await holding(() => reading(id))
    meta.delete(id)
    await written(waba, { kind: 'deleted', which: { ids: [id] } })
    await letCome()
    expect(await statusOf(id)).toBe('DELETED')
    await look()
    expect(await statusOf(id)).toBe('DELETED')
  })

  it.each([
    ['a client, by its name', (name: string) => written(waba, { kind: 'deleted', which: { name } })],
    ['a client, by its id', (_name: string, id: string) => written(waba, { kind: 'deleted', which: { ids: [id] } })],
    ['somebody elsewhere', (_name: string, id: string) => told(id, { event: 'DELETED' })],
  ])('the deletion of one that is unknown here, by %s, does not make it known', async (_who, remove) => {
    const id = has({ name: 'made_elsewhere' }, rows.digits())
    const letCome = await holding(() => reading(id))
    meta.delete(id)
    await remove('made_elsewhere', id)
    await letCome()
    expect([undefined, 'DELETED']).toContain(await statusOf(id))
    await look()
    expect([undefined, 'DELETED']).toContain(await statusOf(id))
  })

  it('one that is hidden meanwhile stays hidden', async () => {
    const id = await known()
    const letCome = await holding(() => reading(id))
    await io.setHidden(CALLER, id, true)
    await letCome()
    expect((await row(id))?.hidden_at).not.toBeNull()
    const again = await holding(() => reading(id))
    await io.setHidden(CALLER, id, false)
    await again()
    expect((await row(id))?.hidden_at).toBeNull()
  })

  it('a newer reading that was stored first does not undo that', async () => {
    const id = await known({ status: 'APPROVED' })
    const letCome = await holding(() => reading(id))
    has({ status: 'PAUSED', components: [{ type: 'BODY', text: 'Shall we begin?' }] }, id)
    // Another process.
    await createTemplateSync(io, silent).run(waba)
    await letCome()
    const now = { status: 'PAUSED', document: { components: [{ type: 'BODY', text: 'Shall we begin?' }] } }
    expect(await row(id)).toMatchObject(now)
    await look()
    expect(await row(id)).toMatchObject(now)
  })

  it('is corrected where it was the newer of two that overlapped', async () => {
    const id = await known({ status: 'PAUSED' })
    // Asked first, and answered last.
    let letCome = () => {}
    const asked = new Promise<void>((resolve) => {
      letCome = resolve
    })
    const slow = {
      ...io,
      async *listAtMeta() {
        await asked
        yield [...meta.values()]
      },
      async readAtMeta(_waba: WabaId, of: string) {
        await asked
        return { kind: 'ok', value: meta.get(of) as WireTemplate } as const
      },
    }
    const other = createTemplateSync(slow, silent)
    const outcome = _name === 'a listing' ? other.run(waba) : other.refresh(waba, id)
    await nextMs()
    await reading(id)
    has({ status: 'APPROVED' }, id)
    letCome()
    await outcome
    await look()
    expect(await statusOf(id)).toBe('APPROVED')
  })
})

describe('a webhook of the second in which we read the template ourselves', () => {
  it('does not undo what we did since: out of the archive again', async () => {
    const id = await known({ status: 'APPROVED' })
    const at = await rows.now()
    has({ status: 'APPROVED' }, id)
    await written(waba, { kind: 'edited', id })
    await told(id, { event: 'ARCHIVED' }, at)
    expect(await statusOf(id)).toBe('APPROVED')
    expect(await wished()).toEqual([id])
    await told(id, { event: 'UNARCHIVED' }, at)
    await look()
    expect(await statusOf(id)).toBe('APPROVED')
  })

  it.each([0, -5_000, -3_600_000])('is heard at once where it is its deletion (%i ms)', async (ms) => {
    const id = await known({ status: 'APPROVED' })
    await sync.refresh(waba, id)
    await told(id, { event: 'DELETED' }, (await rows.now()) + ms)
    expect(await statusOf(id)).toBe('DELETED')
    await told(id, { event: 'APPROVED' })
    expect(await statusOf(id)).toBe('DELETED')
  })

  it('that confirms what we undo just now does not make it the newer', async () => {
    const id = await known({ status: 'ARCHIVED' })
    await sync.refresh(waba, id)
    const at = await rows.now()
    const letCome = await holding(() => written(waba, { kind: 'edited', id: has({ status: 'APPROVED' }, id) }))
    await told(id, { event: 'ARCHIVED' }, at)
    await letCome()
    expect(await statusOf(id)).toBe('APPROVED')
  })

  it.each([
    ['archive', 'APPROVED', 'ARCHIVED'],
    ['unarchive', 'ARCHIVED', 'APPROVED'],
    ['unpause', 'PAUSED', 'APPROVED'],
  ])('and that comes while we read what an %s of ours made of it does not hide that', async (_what, before, after) => {
    const id = await known({ status: 'PENDING' })
    const at = await rows.now()
    const letCome = await holding(() => written(waba, { kind: 'edited', id: has({ status: after }, id) }))
    await told(id, { event: before }, at)
    expect(await statusOf(id)).toBe(before)
    await letCome()
    // Whoever asked for it is answered with this.
    expect(await statusOf(id)).toBe(after)
  })

  it('that is the newer is heard as soon as Meta was asked', async () => {
    const id = await known({ status: 'APPROVED' })
    await sync.refresh(waba, id)
    has({ status: 'PAUSED' }, id)
    await told(id, { event: 'PAUSED' })
    await look()
    expect(await statusOf(id)).toBe('PAUSED')
  })

  it.each([-5, 5])('may be stamped by a clock that stands %i seconds apart', async (seconds) => {
    const id = await known({ status: 'APPROVED' })
    await sync.refresh(waba, id)
    has({ status: 'PAUSED' }, id)
    await told(id, { event: 'PAUSED' }, (await rows.now()) + seconds * SECOND_MS)
    await look()
    expect(await statusOf(id)).toBe('PAUSED')
  })

  it('and that agrees has nothing read', async () => {
    const id = await known({ status: 'APPROVED' })
    await sync.refresh(waba, id)
    await told(id, { event: 'APPROVED' })
    expect(await wished()).toEqual([])
  })

  it('says nothing when it is a minute old', async () => {
    const id = await known({ status: 'APPROVED' })
    await sync.refresh(waba, id)
    await told(id, { event: 'PAUSED' }, (await rows.now()) - MINUTE_MS)
    expect(await statusOf(id)).toBe('APPROVED')
    expect(await wished()).toEqual([])
  })
})

describe('a template that we make', () => {
  const document = {
    name: 'keep_helping',
    language: 'en',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: 'Shall we go on?' }],
  }
  const make = () => createTemplate(io, CALLER, waba, document)
  const theOne = () => [...meta.keys()].at(-1) as string

  it('is approved though the listing that says so came before the answer', async () => {
    const letCome = await holding(make)
    has({ status: 'APPROVED' }, theOne())
    await sync.run(waba)
    await letCome()
    expect(await statusOf(theOne())).toBe('APPROVED')
  })

  it('is approved though the webhook that says so came before the answer', async () => {
    const letCome = await holding(make)
    has({ status: 'APPROVED' }, theOne())
    await told(theOne(), { event: 'APPROVED' })
    await letCome()
    await look()
    expect(await statusOf(theOne())).toBe('APPROVED')
  })

  it('is approved by the webhook of the same second', async () => {
    await make()
    has({ status: 'APPROVED' }, theOne())
    await told(theOne(), { event: 'APPROVED' })
    expect(await statusOf(theOne())).toBe('APPROVED')
  })

  it('is not deleted by a listing that began before', async () => {
    await known({ name: 'another' })
    const letCome = await holding(() => sync.run(waba))
    await make()
    await letCome()
    expect(await statusOf(theOne())).toBe('PENDING')
  })

  it('is not replaced by the one that had its name before, however late that is listed', async () => {
    const old = await known()
    const letCome = await holding(() => sync.run(waba))
    meta.delete(old)
    await written(waba, { kind: 'deleted', which: { ids: [old] } })
    await make()
    await letCome()
    expect(await row(theOne())).toMatchObject({ status: 'PENDING', name: 'keep_helping' })
    await look()
    expect(await row(theOne())).toMatchObject({ status: 'PENDING' })
  })

  it.each(['before', 'behind'])('keeps its place where Meta lists the old one %s it', async (where) => {
    const [old, young] = [rows.digits(), rows.digits()]
    const both = { [old]: 'PENDING_DELETION', [young]: 'APPROVED' }
    const order = where === 'before' ? [old, young] : [young, old]
    graph.listTemplates = async function* () {
      for (const id of order) yield [wireTemplate({ id, status: both[id] as string })]
    }
    await sync.run(waba)
    expect(await row(young)).toMatchObject({ status: 'APPROVED' })
    expect(await wished()).toEqual([])
  })
})

describe('a sync that is asked for while another one is under way', () => {
  it('reads what Meta has since', async () => {
    const id = await known({ status: 'APPROVED' })
    const letCome = await holding(() => sync.run(waba))
    has({ status: 'PAUSED' }, id)
    const asked = [sync.run(waba), sync.run(waba)]
    await letCome()
    await Promise.all(asked)
    expect(await statusOf(id)).toBe('PAUSED')
  })

  it('reads a page as it was asked for, however long ago the first one was', async () => {
    const id = await known({ status: 'APPROVED' })
    graph.listTemplates = async function* () {
      yield [wireTemplate({ id: rows.digits(), name: 'first_page' })]
      await nextMs()
      yield [meta.get(id) as WireTemplate]
    }
    const before = io.storeListed
    io.storeListed = async (...listed) => {
      const changes = await before(...listed)
      io.storeListed = before
      // Between the pages another process reads it, and it changes behind that.
      await createTemplateSync(
        {
          ...io,
          listAtMeta: async function* () {
            yield [...meta.values()]
          },
        },
        silent,
      ).refresh(waba, id)
      has({ status: 'PAUSED' }, id)
      return changes
    }
    await sync.run(waba)
    expect(await statusOf(id)).toBe('PAUSED')
  })

  it('is wanted again where the wish came behind its beginning, however soon', async () => {
    await io.wantTemplates(waba)
    const letCome = await holding(() => sync.run(waba))
    await io.wantTemplates(waba)
    await letCome()
    const account = await db().selectFrom('wabas').selectAll().where('id', '=', waba).executeTakeFirstOrThrow()
    expect(account.templates_wanted_at).not.toBeNull()
  })
})

describe('what a client wrote and Meta would not show', () => {
  it('is read later, whatever listing is under way', async () => {
    const id = await known()
    const letCome = await holding(() => sync.run(waba))
    has({ status: 'PENDING', components: [{ type: 'BODY', text: 'Shall we begin?' }] }, id)
    const answer = graph.getTemplate
    graph.getTemplate = async () => ({ kind: 'unreachable', cause: 'ECONNRESET' })
    await written(waba, { kind: 'edited', id })
    graph.getTemplate = answer
    await letCome()
    await look()
    expect(await row(id)).toMatchObject({
      status: 'PENDING',
      document: { components: [{ type: 'BODY', text: 'Shall we begin?' }] },
    })
  })
})
