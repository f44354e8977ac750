import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PhoneNumberId, WabaId } from '../../src/domain/ids.ts'
import type { Reason } from '../../src/domain/intent.ts'
import { type Instant, instant } from '../../src/domain/time.ts'
import { restrictSender } from '../../src/store/accounts/senders.ts'
import { HERE } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

const refusedToken: Reason = { code: 'sender_account', text: 'The access token was refused.', graphCode: 190 }

describe('senders', () => {
  let rows: Rows
  beforeAll(async () => {
    rows = await createRows()
  })
  afterAll(() => rows.close())

  async function versionOf(id: PhoneNumberId) {
    const row = await rows.postgres.db
      .selectFrom('senders')
      .select('updated_at')
      .where('phone_number_id', '=', id)
      .executeTakeFirstOrThrow()
    return row.updated_at
  }

  describe('linking', () => {
    it('makes the account and lets it be its own portfolio', async () => {
      const waba = rows.digits()
      const id = await rows.linkSender({ waba })
      expect(await rows.senders.get(HERE, id)).toMatchObject({
        wabaId: waba,
        portfolioId: waba,
        throughputMps: 80,
        messagingLimit: null,
        messagingLimitUsed: 0,
        messagingLimitFreesAt: null,
        webhookSeenAt: null,
        webhookFailed: 0,
        defaultWhenClosed: 'hold',
        state: 'active',
        reason: null,
      })
    })

    it('keeps what is not given when it is linked again', async () => {
      const waba = rows.digits()
      const id = await rows.linkSender({ waba })
      await rows.senders.update(HERE, id, { verifiedName: 'Lucky Shrub', throughputMps: 250 })
      const again = await rows.senders.link({
        workspace: HERE.workspace,
        phoneNumberId: id,
        wabaId: waba as WabaId,
        accessToken: 'token-2',
      })
      expect(again).toMatchObject({ kind: 'updated', sender: { verifiedName: 'Lucky Shrub', throughputMps: 250 } })
    })

    it('refuses to move a linked number to another account', async () => {
      const waba = rows.digits()
      const id = await rows.linkSender({ waba })
      const moved = await rows.senders.link({
        workspace: HERE.workspace,
        phoneNumberId: id,
        wabaId: rows.digits() as WabaId,
        accessToken: 'token-2',
      })
      expect(moved).toEqual({ kind: 'elsewhere', wabaId: waba })
    })

    it('creates a number once when it is linked twice at once', async () => {
      const link = {
        workspace: HERE.workspace,
        phoneNumberId: rows.digits() as PhoneNumberId,
        wabaId: rows.digits() as WabaId,
        accessToken: 'token-1',
      }
      const outcomes = await Promise.all([rows.senders.link(link), rows.senders.link(link)])
      expect(outcomes.map((outcome) => outcome.kind).sort()).toEqual(['created', 'updated'])
    })

    it('stores no token in the clear', async () => {
      const id = await rows.linkSender({ token: 'EAAG-very-secret' })
      const row = await rows.postgres.db
        .selectFrom('senders')
        .selectAll()
        .where('phone_number_id', '=', id)
        .executeTakeFirstOrThrow()
      expect(JSON.stringify(row)).not.toContain('very-secret')
    })
  })

  it('shares the messaging limit among the numbers of a portfolio', async () => {
    const portfolio = rows.digits()
    const one = await rows.linkSender({ portfolio })
    const other = await rows.linkSender({ portfolio })
    await rows.senders.update(HERE, one, { messagingLimit: 250 })
    expect((await rows.senders.get(HERE, other))?.messagingLimit).toBe(250)
  })

  describe('a restriction', () => {
    it('is lifted by a new token when the token was at fault', async () => {
      const id = await rows.linkSender()
      await rows.senders.restrict(id, refusedToken, true)
      const updated = await rows.senders.update(HERE, id, { accessToken: 'token-2' })
      expect(updated).toMatchObject({ lifted: true, sender: { state: 'active', reason: null } })
    })

    it('is not lifted by a new token when something else is at fault', async () => {
      const id = await rows.linkSender()
      await rows.senders.restrict(id, { code: 'sender_account', text: 'Payment is missing.', graphCode: 131042 }, false)
      const updated = await rows.senders.update(HERE, id, { accessToken: 'token-2' })
      expect(updated).toMatchObject({ lifted: false, sender: { state: 'restricted' } })
    })

    it('is not lifted by a change that brings no token', async () => {
      const id = await rows.linkSender()
      await rows.senders.restrict(id, refusedToken, true)
      expect(await rows.senders.update(HERE, id, { throughputMps: 100 })).toMatchObject({
        sender: { state: 'restricted' },
      })
    })

    it('leaves an operator’s pause alone', async () => {
      const id = await rows.linkSender()
      await rows.senders.pause(HERE, id)
      expect(await rows.senders.restrict(id, refusedToken, true)).toBe(false)
      expect((await rows.senders.get(HERE, id))?.reason?.code).toBe('sender_paused')
    })

    it('is ignored when it is about a token that has been replaced', async () => {
      const id = await rows.linkSender()
      const refusedVersion = await versionOf(id)
      await rows.senders.update(HERE, id, { accessToken: 'token-2' })
      expect(await rows.senders.restrict(id, refusedToken, true, refusedVersion)).toBe(false)
      expect(await rows.senders.restrict(id, refusedToken, true, await versionOf(id))).toBe(true)
    })

    it('by an attempt or a stamp from before the last change is none: somebody has cured it', async () => {
      const id = await rows.linkSender()
      const seenAt = await rows.now()
      const reported = (at: Instant) => restrictSender(rows.postgres.db, id, refusedToken, false, at)
      expect(await reported(seenAt)).toBe(true)
      await rows.senders.resume(HERE, id)
      expect(await reported(seenAt)).toBe(false)
      expect(await rows.senders.get(HERE, id)).toMatchObject({ state: 'active' })
      expect(await reported(await rows.now())).toBe(true)
    })

    it('ends with resume', async () => {
      const id = await rows.linkSender()
      await rows.senders.restrict(id, refusedToken, true)
      expect(await rows.senders.resume(HERE, id)).toBe(true)
      expect(await rows.senders.get(HERE, id)).toMatchObject({ state: 'active', reason: null, reasonSince: null })
    })
  })

  describe('unlinking', () => {
    it('makes the number unknown and forgets its token', async () => {
      const id = await rows.linkSender()
      expect(await rows.senders.unlink(HERE, id)).toBe(true)
      expect(await rows.senders.get(HERE, id)).toBeNull()
      expect(await rows.senders.unlink(HERE, id)).toBe(false)
      await expect(rows.senders.credentials(id, instant(4e12))).rejects.toThrow('linked')
    })

    it('keeps conversations for the day it is linked again, with another account too', async () => {
      const id = await rows.linkSender()
      const { contactId, waId } = await rows.conversation(id)
      await rows.senders.unlink(HERE, id)
      const waba = rows.digits() as WabaId
      const again = await rows.senders.link({
        workspace: HERE.workspace,
        phoneNumberId: id,
        wabaId: waba,
        accessToken: 'token-2',
      })
      expect(again).toMatchObject({ kind: 'created', sender: { wabaId: waba, state: 'active' } })
      expect((await rows.conversation(id, waId)).contactId).toBe(contactId)
    })
  })

  describe('credentials', () => {
    it('are read from the database once per version', async () => {
      const id = await rows.linkSender({ token: 'token-1' })
      const version = await versionOf(id)
      expect(await rows.senders.credentials(id, version)).toBe('token-1')
      // Behind the store's back: a second read would fail.
      await rows.postgres.db
        .updateTable('senders')
        .set({ sealed_access_token: 'damaged' })
        .where('phone_number_id', '=', id)
        .execute()
      expect(await rows.senders.credentials(id, version)).toBe('token-1')
    })

    it('are read anew when the sender changed', async () => {
      const id = await rows.linkSender({ token: 'token-1' })
      await rows.senders.credentials(id, await versionOf(id))
      await rows.senders.update(HERE, id, { accessToken: 'token-2' })
      expect(await rows.senders.credentials(id, await versionOf(id))).toBe('token-2')
    })

    it('are not remembered when they could not be read', async () => {
      const id = rows.digits() as PhoneNumberId
      await expect(rows.senders.credentials(id, instant(1))).rejects.toThrow()
      await rows.senders.link({
        workspace: HERE.workspace,
        phoneNumberId: id,
        wabaId: rows.digits() as WabaId,
        accessToken: 'token-1',
      })
      expect(await rows.senders.credentials(id, instant(1))).toBe('token-1')
    })

    it('of an account are those of its active number', async () => {
      const waba = rows.digits()
      const restricted = await rows.linkSender({ waba, token: 'token-bad' })
      await rows.linkSender({ waba, token: 'token-good' })
      await rows.senders.restrict(restricted, refusedToken, true)
      expect(await rows.senders.tokenFor(HERE, { kind: 'waba', id: waba })).toBe('token-good')
    })

    it('of a stranger are nobody’s', async () => {
      expect(await rows.senders.tokenFor(HERE, { kind: 'sender', id: '999' })).toBeNull()
    })
  })
})
