import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { managementIo } from '../../src/app/management-io.ts'
import { viewOfIntent } from '../../src/app/views/intent.ts'
import type { ConversationId, IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { HOUR_MS, plus } from '../../src/domain/time.ts'
import { cancelIntent, replayIntent, settleIntent } from '../../src/usecases/manage-intents.ts'
import { getIntent } from '../../src/usecases/read-intents.ts'
import { CALLER, HERE, STRANGER } from '../support/access.ts'
import { fakeGraph } from '../support/management.ts'
import { createRows, type Rows } from '../support/rows.ts'

const operator = CALLER
const stranger = STRANGER
const failed = { code: 'graph_refused', text: 'Meta refused it.' } as const
const doubt = { code: 'in_doubt', text: 'The answer was lost.' } as const

describe('an operator and a single intent', () => {
  let rows: Rows
  let io: ReturnType<typeof managementIo>['intents']
  let sender: PhoneNumberId
  let conversation: ConversationId
  beforeAll(async () => {
    rows = await createRows()
    io = managementIo(rows.postgres, rows.senders, fakeGraph(), rows.optOuts).intents
  })
  afterAll(() => rows.close())
  beforeEach(async () => {
    sender = await rows.linkSender()
    conversation = (await rows.conversation(sender)).id
  })

  async function show(id: IntentId) {
    const answer = await getIntent(io, HERE, id)
    if (!answer.ok) throw new Error(answer.refusal.message)
    return viewOfIntent(answer.value)
  }

  function stored(id: IntentId) {
    return rows.postgres.db.selectFrom('intents').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  }

  describe('cancelling', () => {
    it('ends a scheduled intent with a reason and a note of who did it', async () => {
      const id = await rows.intent(sender, conversation)
      expect(await cancelIntent(io, operator, id)).toMatchObject({ ok: true })
      expect(await show(id)).toMatchObject({
        state: 'cancelled',
        due_at: null,
        reason: { code: 'by_request' },
        decisions: [{ kind: 'cancel', facts: { by: 'ops' } }],
      })
    })

    it('gives the turn of a retry to the next of its conversation', async () => {
      const first = await rows.intent(sender, conversation)
      const second = await rows.intent(sender, conversation)
      const later = { event: 'retry', dueInMs: HOUR_MS, keepsTurn: true, reason: failed, countsAsRetry: true } as const
      await rows.attempt(sender, first, later)
      await cancelIntent(io, operator, first)
      expect(await rows.page(sender)).toEqual([second])
    })

    it('ends a held intent', async () => {
      const id = await rows.intent(sender, conversation)
      await rows.hold(id)
      await cancelIntent(io, operator, id)
      expect(await stored(id)).toMatchObject({ state: 'cancelled', waits_kind: null })
    })

    it('is a wish that is kept while its request may be on its way', async () => {
      const id = await rows.intent(sender, conversation)
      await rows.open(sender, id)
      expect(await cancelIntent(io, operator, id)).toMatchObject({ ok: true, value: { requested: true } })
      expect(await stored(id)).toMatchObject({ state: 'dispatching', cancel_requested_at: expect.any(Number) })
    })

    it('is refused when it is over', async () => {
      const id = await rows.intent(sender, conversation)
      await rows.attempt(sender, id, { event: 'accept' })
      expect(await cancelIntent(io, operator, id)).toMatchObject({ ok: false, refusal: { status: 409 } })
    })

    it.each(['not-an-id', '0192f1c0-0000-7000-8000-000000000001'])('knows no intent %s', async (id) => {
      expect(await cancelIntent(io, operator, id)).toMatchObject({ ok: false, refusal: { status: 404 } })
    })

    it('knows no intent of another workspace', async () => {
      const id = await rows.intent(sender, conversation)
      expect(await cancelIntent(io, stranger, id)).toMatchObject({ ok: false, refusal: { status: 404 } })
      expect((await stored(id)).state).toBe('scheduled')
    })

    it('frees the conversation for another invitation when the intent was one', async () => {
      const asking = await rows.intent(sender, conversation)
      const invitation = await rows.intent(sender, conversation, { followUpOf: asking, priority: 'follow_up' })
      await rows.postgres.db
        .updateTable('conversations')
        .set({ follow_up_id: invitation, last_follow_up_at: new Date() })
        .where('id', '=', conversation)
        .execute()
      await cancelIntent(io, operator, invitation)
      const { follow_up_id } = await rows.postgres.db
        .selectFrom('conversations')
        .select('follow_up_id')
        .where('id', '=', conversation)
        .executeTakeFirstOrThrow()
      expect(follow_up_id).toBeNull()
    })
  })

  describe('replaying', () => {
    it('makes a failed intent due again, with its attempts kept and its retries forgiven', async () => {
      const id = await rows.intent(sender, conversation)
      await rows.attempt(sender, id, { event: 'fail', reason: failed })
      expect(await replayIntent(io, operator, id)).toMatchObject({ ok: true })
      expect(await stored(id)).toMatchObject({ state: 'scheduled', attempts: 1, retries: 0, reason_code: null })
      await rows.attempt(sender, id, { event: 'accept' })
      const view = await show(id)
      expect(view).toMatchObject({ state: 'sent', attempts: [{ outcome: 'refused' }, { outcome: 'accepted' }] })
      expect(view.decisions).toMatchObject([
        { kind: 'send' },
        { kind: 'replay', facts: { from: 'failed' } },
        { kind: 'send' },
      ])
    })

    it('gives an intent whose time was over as long a life as it had', async () => {
      const now = await rows.now()
      const id = await rows.intent(sender, conversation, {
        sendAt: plus(now, -3 * HOUR_MS),
        expiresAt: plus(now, -HOUR_MS),
      })
      await cancelIntent(io, operator, id)
      await replayIntent(io, operator, id)
      const lifeMs = (await stored(id)).expires_at - (await rows.now())
      expect(lifeMs).toBeGreaterThan(1.9 * HOUR_MS)
      expect(lifeMs).toBeLessThanOrEqual(2 * HOUR_MS)
    })

    it('keeps the end of an intent that still has time', async () => {
      const id = await rows.intent(sender, conversation)
      const { expires_at } = await stored(id)
      await cancelIntent(io, operator, id)
      await replayIntent(io, operator, id)
      expect((await stored(id)).expires_at).toBe(expires_at)
    })

    it('is refused for an intent that is not over', async () => {
      const id = await rows.intent(sender, conversation)
      expect(await replayIntent(io, operator, id)).toMatchObject({ ok: false, refusal: { status: 409 } })
    })

    it('is refused for an intent that was sent', async () => {
      const id = await rows.intent(sender, conversation)
      await rows.attempt(sender, id, { event: 'accept' })
      expect(await replayIntent(io, operator, id)).toMatchObject({ ok: false, refusal: { status: 409 } })
    })

    it('happens once when it is asked for twice at once', async () => {
      const id = await rows.intent(sender, conversation)
      await cancelIntent(io, operator, id)
      const answers = await Promise.all([replayIntent(io, operator, id), replayIntent(io, operator, id)])
      expect(answers.map((answer) => answer.ok).sort()).toEqual([false, true])
    })
  })

  describe('settling a doubt', () => {
    async function inDoubt(
      delivery: 'at_least_once' | 'at_most_once' = 'at_least_once',
      followUpOf: IntentId | null = null,
    ) {
      const id = await rows.intent(sender, conversation, { delivery, followUpOf })
      await rows.attempt(sender, id, { event: 'doubt', keepsTurn: delivery === 'at_least_once', reason: doubt })
      return id
    }

    it('as sent takes the wamid that is given', async () => {
      const id = await inDoubt()
      const wamid = `wamid.${rows.digits()}`
      expect(await settleIntent(io, operator, id, { outcome: 'sent', wamid })).toMatchObject({ ok: true })
      expect(await show(id)).toMatchObject({
        state: 'sent',
        wamid,
        reason: null,
        attempts: [{ outcome: 'accepted', wamid }],
        delivery_status: null,
      })
    })

    it('as sent makes up a wamid that names the attempt', async () => {
      const id = await inDoubt()
      await settleIntent(io, operator, id, { outcome: 'sent' })
      expect(await show(id)).toMatchObject({ state: 'sent', wamid: `settled:${id}.1` })
    })

    it('as sent with the wamid of another intent is refused and changes nothing', async () => {
      const other = await rows.intent(sender, conversation)
      const wamid = `wamid.${rows.digits()}`
      await rows.attempt(sender, other, { event: 'accept' }, wamid)
      const id = await inDoubt()
      const answer = await settleIntent(io, operator, id, { outcome: 'sent', wamid })
      expect(answer).toMatchObject({ ok: false, refusal: { status: 400, field: 'wamid' } })
      expect(await show(id)).toMatchObject({ state: 'in_doubt', attempts: [{ outcome: 'in_doubt' }] })
    })

    it('as not sent sends an at_least_once intent again, before what follows it', async () => {
      const id = await inDoubt()
      await rows.intent(sender, conversation)
      await settleIntent(io, operator, id, { outcome: 'not_sent' })
      expect(await rows.page(sender)).toEqual([id])
    })

    it('as not sent fails an at_most_once intent as unconfirmed', async () => {
      const id = await inDoubt('at_most_once')
      await settleIntent(io, operator, id, { outcome: 'not_sent' })
      expect(await show(id)).toMatchObject({
        state: 'failed',
        reason: { code: 'unconfirmed' },
        attempts: [{ outcome: 'in_doubt' }],
      })
    })

    it('is refused when there is none', async () => {
      const id = await rows.intent(sender, conversation)
      for (const outcome of ['sent', 'not_sent'] as const) {
        expect(await settleIntent(io, operator, id, { outcome })).toMatchObject({ ok: false, refusal: { status: 409 } })
      }
    })

    it('is refused for an intent of another workspace', async () => {
      const id = await inDoubt()
      expect(await settleIntent(io, stranger, id, { outcome: 'sent' })).toMatchObject({
        ok: false,
        refusal: { status: 404 },
      })
    })
  })
})
