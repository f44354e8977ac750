import { afterAll, beforeAll, expect, it } from 'vitest'
import type { IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { INTENT_STATES } from '../../src/domain/lifecycle.ts'
import { SHOWN_STATES, shownState } from '../../src/domain/shown-state.ts'
import { HOUR_MS, plus } from '../../src/domain/time.ts'
import { placeIntents } from '../../src/store/intents/list.ts'
import { readIntents } from '../../src/store/intents/reads.ts'
import { HERE } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { standIn } from '../support/standing.ts'

/* The rule stands twice: in the domain, for what is answered, and in SQL, for filters. They are held against each other, cell by cell. */

let rows: Rows
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())

const SENDERS = ['active', 'paused', 'restricted'] as const

async function senderThatIs(state: (typeof SENDERS)[number]): Promise<PhoneNumberId> {
  const id = await rows.linkSender()
  if (state === 'paused') await rows.senders.pause(HERE, id)
  if (state === 'restricted') await rows.senders.restrict(id, { code: 'sender_account', text: 'Refused.' }, true)
  return id
}

it('is the same in the domain and in every filter', async () => {
  for (const senderState of SENDERS) {
    const sender = await senderThatIs(senderState)
    const expected = new Map<IntentId, string>()
    for (const state of INTENT_STATES) {
      for (const due of state === 'scheduled' ? [true, false] : [true]) {
        const sendAt = due ? await rows.now() : plus(await rows.now(), HOUR_MS)
        const { id: conversation } = await rows.conversation(sender)
        const id = await rows.intent(sender, conversation, { sendAt, expiresAt: plus(sendAt, HOUR_MS) })
        if (state !== 'scheduled') await standIn(rows.postgres.db, id, state)
        expected.set(id, shownState({ state, due, sender: { state: senderState, reason: null } }))
      }
    }
    const everything = { reason: null, contactId: null, ids: null, since: null, until: null, before: null }
    const selection = { ...everything, purview: HERE, sender, limit: 100 }
    const all = await readIntents(rows.postgres.db, HERE, [...expected.keys()])
    expect(new Map(all.map((intent) => [intent.id, intent.shown_state]))).toEqual(expected)
    for (const state of SHOWN_STATES) {
      const found = await placeIntents(rows.postgres.db, { ...selection, state })
      expect(found.found.toSorted()).toEqual(
        [...expected]
          .filter(([, shown]) => shown === state)
          .map(([id]) => id)
          .toSorted(),
      )
    }
  }
})
