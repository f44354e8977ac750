import fc from 'fast-check'
import { change, FOREIGN_SENDER, inbound, malformed, status, textMessage, type WebhookItem } from './webhook-items.ts'
import { intentIdOf, moment, type Script, TEMPLATES } from './webhook-scripts.ts'

/* What else a week of webhooks is about: the account and its templates, and what concerns nobody. */

type At = (at: number) => WebhookItem

const accountNews: fc.Arbitrary<At> = fc.oneof(
  fc
    .record({ id: fc.constantFrom(...TEMPLATES), event: fc.constantFrom('APPROVED', 'PAUSED', 'DISABLED', 'PENDING') })
    .map(({ id, event }): At => {
      return (at) => change(at, 'message_template_status_update', { event, message_template_id: Number(id) })
    }),
  fc.constantFrom('MARKETING', 'UTILITY').map((category): At => {
    return (at) => change(at, 'template_category_update', { new_category: category, message_template_id: '7001' })
  }),
  fc.constantFrom('MARKETING', 'UTILITY').map((correct_category): At => {
    const value = { new_category: 'UTILITY', correct_category, message_template_id: '7001' }
    return (at) => change(at, 'template_category_update', value)
  }),
  fc.constantFrom('GREEN', 'RED').map((score): At => {
    const value = { new_quality_score: score, message_template_id: '7001' }
    return (at) => change(at, 'message_template_quality_update', value)
  }),
  fc.constantFrom('TIER_250', 'TIER_2K', 'TIER_UNLIMITED').map((current_limit): At => {
    return (at) => change(at, 'phone_number_quality_update', { event: 'THROUGHPUT_UPGRADE', current_limit })
  }),
  fc.constantFrom(250, 2_000).map((limit): At => {
    return (at) => change(at, 'business_capability_update', { max_daily_conversations_per_business: limit })
  }),
)

const restriction: At = (at) =>
  change(at, 'account_update', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE' } })

/** Not ours, not known, not readable; verified all the same. */
const NOISE: readonly At[] = [
  (at) => status(at, 'wamid.of-somebody-else', 'delivered', { biz_opaque_callback_data: 'their-17' }),
  (at) => status(at, 'wamid.unknown', 'failed', { biz_opaque_callback_data: `${intentIdOf(999)}.1` }),
  (at) => inbound(at, { waId: '15509999999', name: 'X' }, 'wamid.elsewhere', textMessage('Hi'), FOREIGN_SENDER),
  (at) => change(at, 'moon_phase', { phase: 'full' }),
  (at) => malformed(at, 'statuses', { status: 'sent' }),
  (at) => malformed(at, 'statuses', null),
  (at) => malformed(at, 'messages', { from: '15500000001', type: 'text' }),
  (at) => malformed(at, 'messages', 'no message'),
]

export const otherScript: fc.Arbitrary<Script> = fc
  .record({
    when: moment,
    item: fc.oneof(
      { weight: 9, arbitrary: accountNews },
      { weight: 5, arbitrary: fc.constantFrom(...NOISE) },
      { weight: 1, arbitrary: fc.constant(restriction) },
    ),
  })
  .map((event) => ({ events: [event], about: null }))
