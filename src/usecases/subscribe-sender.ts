import type { Purview } from '../domain/access.ts'
import type { PhoneNumberId, WabaId } from '../domain/ids.ts'
import type { GraphAnswer } from '../graph/answer.ts'
import type { SubscribedAppList, Success, WireApp } from '../graph/wire.ts'
import type { Sender } from '../store/accounts/senders.ts'
import { type Answer, done, refused, unknown } from './answer.ts'
import { ownSubscription } from './check-sender.ts'
import { refusalOf } from './graph-refusal.ts'

export interface SubscribeSenderIo {
  readSender(purview: Purview, id: PhoneNumberId): Promise<Sender | null>
  /** Null: it was unlinked meanwhile. */
  tokenOf(id: PhoneNumberId): Promise<string | null>
  readApp(accessToken: string): Promise<GraphAnswer<WireApp>>
  subscribedApps(wabaId: WabaId, accessToken: string): Promise<GraphAnswer<SubscribedAppList>>
  subscribeApp(wabaId: WabaId, accessToken: string): Promise<GraphAnswer<Success>>
}

/**
 * Has Meta send the webhooks of the number's account to the app of its token. Looked at first: subscribing once more would take back the
 * address of its own that an account may have (`override_callback_uri`). Source: Meta, webhooks/override (read 2026-11).
 */
export async function subscribeSender(
  io: SubscribeSenderIo,
  purview: Purview,
  id: PhoneNumberId,
): Promise<Answer<Sender>> {
  const sender = await io.readSender(purview, id)
  const token = sender && (await io.tokenOf(id))
  if (!sender || token === null) return unknown('sender_unknown', `sender ${id}`)
  const { wabaId } = sender
  const apps = await io.subscribedApps(wabaId, token)
  if (apps.kind !== 'ok') return refused(refusalOf(apps))
  if (apps.value.data.length > 0) {
    const app = await io.readApp(token)
    if (app.kind !== 'ok') return refused(refusalOf(app))
    if (ownSubscription(apps.value, app.value.id) !== null) return done(sender)
  }
  const subscribed = await io.subscribeApp(wabaId, token)
  if (subscribed.kind !== 'ok') return refused(refusalOf(subscribed))
  if (!subscribed.value.success) {
    const message = `Meta did not subscribe the app to account ${wabaId}, and does not say why`
    return refused({ status: 502, code: 'graph_refused', message })
  }
  return done(sender)
}
