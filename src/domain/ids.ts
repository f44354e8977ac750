/**
 * Branded ids, so that a WABA id never stands where a phone number id is wanted. Brands cost nothing at run time;
 * the edges (HTTP, store, webhook) brand what they parsed.
 *
 * | type            | what it is                                                        | example                        |
 * |-----------------|-------------------------------------------------------------------|--------------------------------|
 * | `WorkspaceId`   | whose everything is: a tenant                                      | `default`                      |
 * | `PhoneNumberId` | Graph id of a business number: our *sender*                        | `106540352242922`              |
 * | `WabaId`        | WhatsApp Business Account                                          | `102290129340398`              |
 * | `WaId`          | the user's phone-based id, digits; may be absent                   | `5511987654321`                |
 * | `Bsuid`         | business-scoped user id; wire field `user_id`                      | `BR.13491208655302741918`      |
 * | `Wamid`         | Graph's id of one message                                          | `wamid.HBgN…`                  |
 * | `IntentId`      | what a producer asked for (UUIDv7)                                 | `0192f1c0-…`                   |
 * | `FlowRunId`     | one customer's way through a flow (UUIDv7)                        | `0192f1c0-…`                   |
 * | `AttemptId`     | one HTTP call for an intent: `<intent id>.<number>`                | `0192f1c0-….1`                 |
 */
type Brand<T, B extends string> = T & { readonly __brand: B }

export type WorkspaceId = Brand<string, 'WorkspaceId'>
export type PhoneNumberId = Brand<string, 'PhoneNumberId'>
export type WabaId = Brand<string, 'WabaId'>
export type WaId = Brand<string, 'WaId'>
export type Bsuid = Brand<string, 'Bsuid'>
export type Wamid = Brand<string, 'Wamid'>
export type IntentId = Brand<string, 'IntentId'>
export type FlowRunId = Brand<string, 'FlowRunId'>
export type AttemptId = Brand<string, 'AttemptId'>
export type ContactId = Brand<string, 'ContactId'>
export type ConversationId = Brand<string, 'ConversationId'>

/** The workspace that is always there; a single business never meets another. */
export const DEFAULT_WORKSPACE = 'default' as WorkspaceId

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export function isIntentId(value: string): value is IntentId {
  return UUID.test(value)
}

/** The id that travels to Meta as `biz_opaque_callback_data` and comes back in every status webhook of the message. */
export function attemptId(intentId: IntentId, number: number): AttemptId {
  return `${intentId}.${number}` as AttemptId
}

/** Attempts are counted in a `smallint`. */
const MOST_ATTEMPTS = 32_767

/**
 * Reads an attempt id out of a status webhook's `biz_opaque_callback_data`. A drop-in client's own value rides behind ours,
 * after one space. Null when the value is not ours: other systems send from the same number too.
 */
export function parseAttemptId(opaque: unknown): { intentId: IntentId; number: number } | null {
  if (typeof opaque !== 'string') return null
  const match = /^([0-9a-f-]{36})\.(\d{1,5})(?: |$)/.exec(opaque)
  const number = Number(match?.[2])
  if (!match || !isIntentId(match[1] as string) || number > MOST_ATTEMPTS) return null
  return { intentId: match[1] as IntentId, number }
}
