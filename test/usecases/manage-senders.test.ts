import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { managementIo } from '../../src/app/management-io.ts'
import { viewOfSender } from '../../src/app/views/sender.ts'
import type { IntentId, PhoneNumberId, WabaId } from '../../src/domain/ids.ts'
import { linkSender } from '../../src/usecases/link-sender.ts'
import { pauseSender, resumeSender, unlinkSender, updateSender } from '../../src/usecases/manage-senders.ts'
import { CALLER, HERE } from '../support/access.ts'
import { fakeGraph } from '../support/management.ts'
import { createRows, type Rows } from '../support/rows.ts'

const refusedToken = { code: 'sender_account', text: 'The access token was refused.', graphCode: 190 } as const

describe('an operator and a sender', () => {
  let rows: Rows
  let io: ReturnType<typeof managementIo>['senders']
  const synced: WabaId[] = []
  beforeAll(async () => {
    rows = await createRows()
    io = managementIo(rows.postgres, rows.senders, fakeGraph(), rows.optOuts).senders
  })
  afterAll(() => rows.close())

  function link(phoneNumberId: PhoneNumberId, wabaId: WabaId) {
    const linkIo = { ...io, startTemplateSync: (waba: WabaId) => void synced.push(waba) }
    return linkSender(linkIo, CALLER, { workspace: HERE.workspace, phoneNumberId, wabaId, accessToken: 'token-1' })
  }

  async function dueFor(sender: PhoneNumberId): Promise<IntentId> {
    const { id } = await rows.conversation(sender)
    return rows.intent(sender, id)
  }

  async function heldFor(sender: PhoneNumberId): Promise<IntentId> {
    const intent = await dueFor(sender)
    await rows.hold(intent)
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

  it('links a number and starts a sync of its templates', async () => {
    const [id, waba] = [rows.digits() as PhoneNumberId, rows.digits() as WabaId]
    expect(await link(id, waba)).toMatchObject({ ok: true, value: { created: true } })
    expect(await link(id, waba)).toMatchObject({ ok: true, value: { created: false } })
    expect(synced.filter((one) => one === waba)).toHaveLength(2)
  })

  it('cannot move a number to another account in passing', async () => {
    const id = await rows.linkSender()
    expect(await link(id, rows.digits() as WabaId)).toMatchObject({
      ok: false,
      refusal: { status: 409, field: 'waba_id' },
    })
  })

  it('pauses it, twice without a change', async () => {
    const id = await rows.linkSender()
    const first = await pauseSender(io, CALLER, id)
    expect(first).toMatchObject({ ok: true, value: { state: 'paused', reason: { code: 'sender_paused' } } })
    expect(await pauseSender(io, CALLER, id)).toEqual(first)
  })

  it('writes nothing to what is due when it is paused and resumed, and wakes the relay', async () => {
    const id = await rows.linkSender()
    const intents = [await dueFor(id), await dueFor(id)]
    const versions = () =>
      sql`select id, xmin::text from intents where phone_number_id = ${id} order by id`.execute(rows.postgres.db)
    const before = await versions()
    await pauseSender(io, CALLER, id)
    const notifyDue = vi.fn(async () => {})
    const waking = { ...io, notifyDue }
    expect(await resumeSender(waking, CALLER, id)).toMatchObject({ ok: true, value: { state: 'active', reason: null } })
    expect((await versions()).rows).toEqual(before.rows)
    expect(notifyDue).toHaveBeenCalledTimes(1)
    expect(await Promise.all(intents.map(stateOf))).toEqual(['scheduled', 'scheduled'])
  })

  it('wakes the relay when a new token cures it, and not when a change cures nothing', async () => {
    const id = await rows.linkSender()
    await rows.senders.restrict(id, refusedToken, true)
    const notifyDue = vi.fn(async () => {})
    const waking = { ...io, notifyDue }
    await updateSender(waking, CALLER, id, { throughputMps: 100 })
    expect(notifyDue).not.toHaveBeenCalled()
    expect(await updateSender(waking, CALLER, id, { accessToken: 'token-2' })).toMatchObject({
      ok: true,
      value: { state: 'active' },
    })
    expect(notifyDue).toHaveBeenCalledTimes(1)
  })

  it('cancels what has not left when it unlinks it, and leaves what is on its way', async () => {
    const id = await rows.linkSender()
    const held = await heldFor(id)
    const { id: conversation } = await rows.conversation(id)
    const onItsWay = await rows.intent(id, conversation)
    await rows.open(id, onItsWay)
    const { id: elsewhere } = await rows.conversation(id)
    const scheduled = await rows.intent(id, elsewhere)
    expect(await unlinkSender(io, CALLER, id)).toEqual({ ok: true, value: null })
    expect(await Promise.all([held, scheduled, onItsWay].map(stateOf))).toEqual([
      'cancelled',
      'cancelled',
      'dispatching',
    ])
  })

  it('goes on cancelling what an interrupted unlinking left, also when the number is linked again', async () => {
    const [id, waba] = [rows.digits() as PhoneNumberId, rows.digits() as WabaId]
    await link(id, waba)
    const left = [await heldFor(id), await dueFor(id)]
    await rows.senders.unlink(HERE, id)
    await link(id, waba)
    expect(await Promise.all(left.map(stateOf))).toEqual(['cancelled', 'cancelled'])
  })

  it('is told when there is no such sender', async () => {
    const id = '999' as PhoneNumberId
    const answers = await Promise.all([
      pauseSender(io, CALLER, id),
      resumeSender(io, CALLER, id),
      updateSender(io, CALLER, id, {}),
      unlinkSender(io, CALLER, id),
    ])
    for (const answer of answers) expect(answer).toMatchObject({ ok: false, refusal: { status: 404 } })
  })

  it('never sees the token', async () => {
    const id = await rows.linkSender({ token: 'EAAG-very-secret' })
    const sender = await rows.senders.get(HERE, id)
    expect(JSON.stringify(sender && viewOfSender(sender))).not.toMatch(/secret|token/)
  })
})
