import type { Doer } from '../domain/audit.ts'
import type { DecisionSettings } from '../domain/decision.ts'
import { readConversationStates } from '../store/conversations/ensure.ts'
import { lockChangeable, changeIntent as writeChange } from '../store/intents/change.ts'
import { DUE_CHANNEL, findSenders } from '../store/intents/enqueue.ts'
import { databaseNow } from '../store/pg/clock.ts'
import { type Db, type Postgres, queryableOn } from '../store/pg/postgres.ts'
import { readTemplates, templateKey } from '../store/templates/templates.ts'
import type { Answer } from '../usecases/answer.ts'
import { type Changed, type ChangeIo, changeIntent, type IntentPatch } from '../usecases/change-intent.ts'
import { deedsOn } from './deeds.ts'

/** Changes a message that has not left, and wakes whoever sends where it may leave at once. */
export async function changeIntentOn(
  postgres: Postgres,
  settings: Pick<DecisionSettings, 'windowMarginMs'>,
  doer: Doer,
  id: string,
  patch: IntentPatch,
): Promise<Answer<Changed>> {
  const changed = await deedsOn(postgres)(
    doer,
    (trx) => changeIntent(changeIo(trx, doer), settings, doer, id, patch),
    (answer) =>
      answer.ok
        ? {
            action: 'intent.change',
            object: { kind: 'intent', id: answer.value.key.id },
            detail: { members: answer.value.members },
          }
        : null,
  )
  if (changed.ok && changed.value.due) postgres.signals.send(DUE_CHANNEL)
  return changed
}

function changeIo(trx: Db, doer: Doer): ChangeIo {
  return {
    now: () => databaseNow(trx),
    lockChangeable: (key, listens) => lockChangeable(trx, key, listens),
    senderOf: async (_key, { sender }) => (await findSenders(trx, doer, [sender])).get(sender) ?? null,
    conversationOf: async ({ sender, contactId }) =>
      (await readConversationStates(trx, [{ sender, contactId }])).get(`${sender} ${contactId}`) ?? null,
    readTemplates: (keys) => readTemplates(queryableOn(trx), keys),
    templateKey,
    change: (id, was, to, reopening, now, decision) => writeChange(trx, { id }, was, to, reopening, now, decision),
  }
}
