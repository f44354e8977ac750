import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { campaignServices } from '../../src/app/campaigns.ts'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import { CALLER, STRANGER } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

const message = { type: 'text', text: { body: 'Hello {{name | there}}' } }
const NOWHERE = '0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a99'

describe('a campaign as a draft', () => {
  let rows: Rows
  let campaigns: ReturnType<typeof campaignServices>
  let sender: PhoneNumberId
  let other: PhoneNumberId
  beforeAll(async () => {
    rows = await createRows()
    campaigns = campaignServices(rows.postgres)
    sender = await rows.linkSender()
    other = await rows.linkSender()
  })
  afterAll(() => rows.close())

  async function draft(given: Record<string, unknown> = {}) {
    const made = await campaigns.createCampaign(CALLER, { name: 'Spring', sender, message, ...given })
    if (!made.ok) throw new Error(made.refusal.message)
    return made.value as { id: string }
  }

  it('is what was asked for', async () => {
    const { id } = await draft({ when_closed: 'hold', default_country: 'BR' })
    expect(await campaigns.getCampaign(CALLER, id)).toMatchObject({
      ok: true,
      value: {
        id,
        name: 'Spring',
        state: 'draft',
        sender,
        message,
        when_closed: 'hold',
        default_country: 'BR',
        audience_version: 0,
        counts: { total: 0, scheduled: 0 },
      },
    })
  })

  it('is changed member by member, and checked as a whole', async () => {
    const { id } = await draft({ default_country: 'BR' })
    const changed = await campaigns.updateCampaign(CALLER, id, { name: 'Late spring', default_country: null })
    expect(changed).toMatchObject({ ok: true, value: { name: 'Late spring', message } })
    expect(changed.ok && 'default_country' in changed.value).toBe(false)
    const wrong = { message: { type: 'text', text: { body: '{{' } } }
    expect(await campaigns.updateCampaign(CALLER, id, wrong)).toMatchObject({
      ok: false,
      refusal: { status: 400, field: 'message.text.body' },
    })
    expect(await campaigns.updateCampaign(CALLER, id, { message: null })).toMatchObject({
      ok: false,
      refusal: { status: 400, field: 'message' },
    })
    expect(await campaigns.getCampaign(CALLER, id)).toMatchObject({ ok: true, value: { name: 'Late spring', message } })
  })

  it('is changed by nobody once it is no draft', async () => {
    const { id } = await draft()
    await rows.postgres.pool.query(`update campaigns set state = 'running' where public_id = $1`, [id])
    expect(await campaigns.updateCampaign(CALLER, id, { name: 'Late' })).toMatchObject({
      ok: false,
      refusal: { status: 409, code: 'wrong_state' },
    })
  })

  it('is of a linked number, and of one that the key is for', async () => {
    const unlinked = await campaigns.createCampaign(CALLER, { name: 'Spring', sender: '1', message })
    expect(unlinked).toMatchObject({ ok: false, refusal: { status: 400, field: 'sender' } })
    const narrow = { ...CALLER, senders: [other] }
    expect(await campaigns.createCampaign(narrow, { name: 'Spring', sender, message })).toMatchObject({ ok: false })
    const { id } = await draft()
    for (const caller of [narrow, STRANGER]) {
      expect(await campaigns.getCampaign(caller, id)).toMatchObject({ ok: false, refusal: { status: 404 } })
      expect(await campaigns.updateCampaign(caller, id, { name: 'Taken' })).toMatchObject({
        ok: false,
        refusal: { status: 404 },
      })
    }
    // It would be theirs no more.
    const taken = await campaigns.updateCampaign({ ...CALLER, senders: [sender] }, id, { sender: other })
    expect(taken).toMatchObject({ ok: false, refusal: { status: 400, field: 'sender' } })
    expect(await campaigns.getCampaign(CALLER, NOWHERE)).toMatchObject({ ok: false, refusal: { status: 404 } })
  })

  it('stands in lists of whoever sees its number, newest first, page by page', async () => {
    const made = [(await draft({ sender: other })).id, (await draft({ sender: other })).id]
    const narrow = { ...CALLER, senders: [other] }
    const first = await campaigns.listCampaigns(narrow, { limit: 1 })
    if (!first.ok) throw new Error(first.refusal.message)
    const second = await campaigns.listCampaigns(narrow, { limit: 5, cursor: first.value.next_cursor ?? undefined })
    if (!second.ok) throw new Error(second.refusal.message)
    expect([...first.value.data, ...second.value.data].map(({ id }) => id)).toEqual(made.reverse())
    expect(second.value.next_cursor).toBeNull()
    expect(await campaigns.listCampaigns(STRANGER, { limit: 5 })).toMatchObject({ ok: true, value: { data: [] } })
    const called = (await draft({ sender: other, name: "Ana's 100 %" })).id
    for (const name of ["Ana's 100 %", "Ana's 100", "ana's 100 %"]) {
      const found = await campaigns.listCampaigns(narrow, { name, limit: 5 })
      expect(found.ok && found.value.data.map(({ id }) => id)).toEqual(name === "Ana's 100 %" ? [called] : [])
    }
    const strange = Buffer.from('[1e99]').toString('base64url')
    expect(await campaigns.listCampaigns(CALLER, { limit: 5, cursor: strange })).toMatchObject({ ok: false })
  })
})
