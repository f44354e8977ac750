import type { PhoneNumberId } from '../domain/ids.ts'
import type { Reason } from '../domain/intent.ts'
import type { Instant } from '../domain/time.ts'
import type { WireHealth } from '../graph/wire.ts'
import type { SilentNumber, UnpaidNumber } from '../store/accounts/payments.ts'
import type { Unapplied } from '../store/webhooks/unapplied.ts'

/*
 * Whose account cannot pay. Meta refuses what has to be paid then (131042, in its answer or by webhook), or it answers that all is well and
 * delivers nothing: replies beyond the free ones are accepted and no status ever comes. The first sign is heeded where it is met, the second is
 * looked for here. A number comes back by itself when something that is charged goes through again, or when Meta, which blamed the payment, does
 * not any more; where it says nothing about that, an operator resumes.
 */

export interface WatchPaymentsIo {
  /** Active numbers whose replies vanish while their webhooks come. */
  silent(): Promise<SilentNumber[]>
  /** Restricted ones. */
  unpaid(): Promise<UnpaidNumber[]>
  /** Payloads that are pending, or have failed since. */
  findUnapplied(since: Instant): Promise<Unapplied[]>
  /** Null where Meta does not answer. */
  healthAtMeta(sender: PhoneNumberId): Promise<WireHealth | null>
  /** False where it is not active any more. */
  restrict(sender: PhoneNumberId, reason: Reason): Promise<boolean>
  /** Meta blames the payment: once it does not, that is mended. */
  blame(sender: PhoneNumberId): Promise<void>
  resume(sender: PhoneNumberId): Promise<boolean>
  notifyDue(): Promise<void>
}

const VANISHES: Reason = {
  code: 'payment_missing',
  text: 'Meta accepts replies that have to be paid and delivers none of them: add a payment method in Business settings. Once Meta says that it is there, or after resume, sending goes on.',
}

export async function watchPayments(io: WatchPaymentsIo): Promise<void> {
  for (const number of await io.silent()) {
    if (await mayBeUnapplied(io, number)) continue
    const says = await healthOf(io, number.sender)
    // Some of the free ones were used by somebody else, perhaps; but then Meta would have to say so itself.
    if (!number.beyondFree && says !== 'cannot_pay') continue
    if ((await io.restrict(number.sender, VANISHES)) && says === 'cannot_pay') await io.blame(number.sender)
  }
  let resumed = false
  for (const { sender, paidAgain, blamed } of await io.unpaid()) {
    const says = paidAgain ? 'pays' : await healthOf(io, sender)
    if (says === 'cannot_pay' && !blamed) await io.blame(sender)
    if (says === 'pays' && (paidAgain || blamed)) resumed = (await io.resume(sender)) || resumed
  }
  if (resumed) await io.notifyDue()
}

async function mayBeUnapplied(io: WatchPaymentsIo, { sender, since }: SilentNumber): Promise<boolean> {
  return (await io.findUnapplied(since)).some((one) => one.sender === null || one.sender === sender)
}

async function healthOf(io: WatchPaymentsIo, sender: PhoneNumberId): Promise<'pays' | 'cannot_pay' | 'unknown'> {
  const health = await io.healthAtMeta(sender)
  return health === null ? 'unknown' : payingBy(health)
}

/** Of a send, and of an account's health. Source: Meta, error codes; the second by a public reference of its partner's (read 2026-11). */
const CANNOT_PAY = new Set([131042, 141006])

export function payingBy(health: WireHealth): 'pays' | 'cannot_pay' | 'unknown' {
  const codes = (health.entities ?? []).flatMap(({ errors }) => (errors ?? []).map(({ error_code }) => error_code))
  if (codes.some((code) => code != null && CANNOT_PAY.has(code))) return 'cannot_pay'
  // Stopped for something else it shows nothing of this.
  return health.can_send_message === 'AVAILABLE' || health.can_send_message === 'LIMITED' ? 'pays' : 'unknown'
}
