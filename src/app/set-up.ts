import { allows } from '../domain/access.ts'
import { DEFAULT_WORKSPACE } from '../domain/ids.ts'
import { type Instant, latest, toIso } from '../domain/time.ts'
import type { Caller, View } from '../http/services.ts'
import { readSenders } from '../store/accounts/sender-reads.ts'
import type { Db } from '../store/pg/postgres.ts'
import { newestReceived } from '../store/webhooks/event-reads.ts'

export interface SetUp {
  verifyToken: string | null
  hasAppSecret: boolean
  isSandbox: boolean
}

/** What is set up for this caller, and what is missing for messages to go out and come in. */
export async function viewOfSetUp(
  db: Db,
  { verifyToken, hasAppSecret, isSandbox }: SetUp,
  caller: Caller,
  base: string | null,
): Promise<View> {
  const senders = await readSenders(db, caller)
  // Payloads may speak of several numbers: of some of them only what is noted number by number is told.
  const received = caller.senders === null ? await newestReceived(db, caller.workspace) : null
  const seenAt = [received, ...senders.map((sender) => sender.webhookSeenAt)].reduce(newer, null)
  const mayKnow = caller.workspace === DEFAULT_WORKSPACE && caller.senders === null && allows(caller.scopes, 'admin')
  const missing = [
    ...(senders.length === 0 ? ['number'] : []),
    // The sandbox reaches this machine by any address.
    ...(isSandbox || (base !== null && isPublic(base)) ? [] : ['public_url']),
    ...(verifyToken === null ? ['verify_token'] : []),
    ...(hasAppSecret ? [] : ['app_secret']),
    ...(seenAt === null ? ['webhook'] : []),
  ]
  return {
    webhook_url: base === null ? null : `${base}/webhooks/whatsapp`,
    verify_token: mayKnow ? verifyToken : null,
    number_linked: senders.length > 0,
    webhook_seen_at: seenAt && toIso(seenAt),
    missing,
    sandbox: isSandbox,
  }
}

function newer(a: Instant | null, b: Instant | null): Instant | null {
  return a === null ? b : b === null ? a : latest(a, b)
}

/** Meta calls https only, and no address of a machine's own. Source: Meta, webhooks/create-webhook-endpoint (read 2026-11). */
function isPublic(base: string): boolean {
  const { protocol, hostname } = new URL(base)
  const isOwn =
    hostname === 'localhost' || hostname.endsWith('.localhost') || /^(?:127|10)\.|^\[::1\]$|^192\.168\./.test(hostname)
  return protocol === 'https:' && !isOwn
}
