import { toIso } from '../../domain/time.ts'
import type { SenderView } from '../../http/services.ts'
import type { Sender } from '../../store/accounts/senders.ts'

/** Without the token, which is never returned. */
export function viewOfSender(sender: Sender): SenderView {
  const { reason, reasonSince } = sender
  const graphCode = reason?.graphCode
  return {
    phone_number_id: sender.phoneNumberId,
    waba_id: sender.wabaId,
    portfolio_id: sender.portfolioId,
    display_phone_number: sender.displayPhoneNumber,
    verified_name: sender.verifiedName,
    throughput_mps: sender.throughputMps,
    throughput: {
      configured_mps: sender.throughputMps,
      effective_mps: sender.effectiveMps,
      slowed_since: sender.slowedSince && toIso(sender.slowedSince),
      used_1m: sender.leftInAMinute,
    },
    calls_paused_until: sender.callsPausedUntil && toIso(sender.callsPausedUntil),
    messaging_limit: sender.messagingLimit,
    messaging_limit_left:
      sender.messagingLimit === null ? null : Math.max(0, sender.messagingLimit - sender.messagingLimitUsed),
    messaging_limit_frees_at: sender.messagingLimitFreesAt && toIso(sender.messagingLimitFreesAt),
    pair_limited_24h: sender.pairLimitedInADay,
    quality: sender.quality,
    quality_history: sender.qualityHistory.map(({ at, score }) => ({ at: toIso(at), score })),
    webhook_seen_at: sender.webhookSeenAt && toIso(sender.webhookSeenAt),
    webhook_failed: sender.webhookFailed,
    default_when_closed: sender.defaultWhenClosed,
    state: sender.state,
    reason: reason && {
      code: reason.code,
      text: reason.text,
      since: toIso(reasonSince ?? sender.createdAt),
      ...(graphCode === undefined ? {} : { graph_code: graphCode }),
    },
    currency: sender.currency,
    time_zone: sender.timeZone,
    budget: sender.budget,
    free_service_left: sender.freeServiceLeft,
    created_at: toIso(sender.createdAt),
  }
}
