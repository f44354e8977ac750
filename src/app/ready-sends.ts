import type { Message } from '../domain/content.ts'
import { type AttemptId, attemptId, type IntentId, isIntentId, type PhoneNumberId } from '../domain/ids.ts'
import type { GraphClient } from '../graph/client.ts'
import { toWire } from '../graph/payload.ts'
import { retryUnreachable } from '../graph/retry.ts'
import { type SenderStore, Unlinked } from '../store/accounts/senders.ts'
import { TokenVaultError } from '../store/accounts/token-vault.ts'
import { STAND_IN } from '../store/intents/stand-in.ts'
import type { Db } from '../store/pg/postgres.ts'
import type { Readiness, SendOrder } from '../usecases/dispatch-intent.ts'

export interface ReadySendDeps {
  senders: Pick<SenderStore, 'credentials'>
  graph: Pick<GraphClient, 'sendMessage'>
}

/**
 * Everything that a request needs, brought together before its attempt is on record: what fails here has sent nothing, and there is no
 * attempt that somebody could doubt. Rejects when the database is away.
 *
 * @param db the page's own transaction, which must not wait for a second connection
 */
export function readySends({ senders, graph }: ReadySendDeps): (db: Db, order: SendOrder) => Promise<Readiness> {
  return async (db, { sender, recipient, message, intentId, nextAttempt }) => {
    const { phoneNumberId, wabaId } = sender
    let accessToken: string
    try {
      accessToken = await senders.credentials(phoneNumberId, sender.credentialsVersion, db)
    } catch (error) {
      if (error instanceof TokenVaultError) return { kind: 'locked_out', cause: error.message }
      if (error instanceof Unlinked) return { kind: 'unlinked' }
      throw error
    }
    const quoting = await resolveQuote(db, phoneNumberId, message)
    const { biz_opaque_callback_data: clientOpaque = null } = message
    const bodyFor = (id: AttemptId) => toWire({ message: quoting, recipient, attemptId: id, clientOpaque })
    const likely = attemptId(intentId, nextAttempt)
    const ready = bodyFor(likely)
    return {
      kind: 'ready',
      async send(id, mayLeave) {
        let body = ready
        try {
          if (id !== likely) body = bodyFor(id)
        } catch (error) {
          return { kind: 'unsent', why: 'broken', cause: error instanceof Error ? error.message : String(error) }
        }
        const call = () => graph.sendMessage({ phoneNumberId, wabaId, accessToken, body, mayLeave })
        return retryUnreachable(call, { mayRetry: mayLeave })
      },
    }
  }
}

/**
 * A quote may name one of our intents; the user's app only knows wamids. It is left out where Meta has none for it: unsent, unknown, of
 * another number, or settled by hand with a wamid that stands in for the one nobody knows.
 */
async function resolveQuote(db: Db, sender: PhoneNumberId, message: Message): Promise<Message> {
  const quoted = message.context?.message_id
  if (quoted === undefined || !(isIntentId(quoted) || isStandIn(quoted))) return message
  const { context, ...rest } = message
  const wamid = isIntentId(quoted) ? await wamidOf(db, sender, quoted) : null
  return (
    wamid === null || isStandIn(wamid) ? rest : { ...rest, context: { ...context, message_id: wamid } }
  ) as Message
}

async function wamidOf(db: Db, sender: PhoneNumberId, intentId: IntentId): Promise<string | null> {
  const row = await db
    .selectFrom('intents')
    .select('wamid')
    .where('id', '=', intentId)
    .where('phone_number_id', '=', sender)
    .executeTakeFirst()
  return row?.wamid ?? null
}

function isStandIn(wamid: string): boolean {
  return wamid.startsWith(STAND_IN)
}
