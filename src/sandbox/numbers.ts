import { type ActionInput, actionSchemas, SandboxActionError } from './actions.ts'
import type { CustomerActions } from './customers.ts'
import type { CustomerRecord } from './records.ts'
import type { World } from './world.ts'

/**
 * A number that lapsed is given to somebody else: the same wa_id, another BSUID, and no event that tells. Who had it keeps WhatsApp by BSUID
 * alone, and nothing that is sent to the number reaches them any more.
 */
export function recycleNumber(
  world: World,
  customers: CustomerActions,
  who: string,
  input: ActionInput<'recycle'> = {},
): CustomerRecord {
  const { name } = actionSchemas.recycle.parse(input)
  const former = customers.customer(who)
  const { waId, userId } = former
  if (waId === null) throw new SandboxActionError('impossible', `${former.name} has no number to lose`)
  const { ledger } = world
  ledger.retireIds(former)
  former.waId = null
  former.phoneHidden = true
  ledger.keepCustomer(former)
  ledger.retiredWaIds.delete(waId)
  world.changed()
  return ledger.addCustomer({ waId, userId: nextBsuid(userId), name: name ?? `New owner of ${waId.slice(-4)}` })
}

/** Another one of the same country; every owner counts one further. */
function nextBsuid(userId: string): string {
  const serial = /\d*$/.exec(userId)?.[0] ?? ''
  const next = String(BigInt(serial === '' ? 0 : serial) + 1n).padStart(serial.length, '0')
  return userId.slice(0, userId.length - serial.length) + next
}

/**
 * Ivory Coast put two digits before its numbers in 2021 and Benin `01` in 2024, but WhatsApp accounts keep the eight digits that they were
 * made with: one dials the new number, and Meta answers and reports the old one. Null for a number that was not renumbered.
 */
export function formerDigits(waId: string): string | null {
  const ivoryCoast = /^225(?:01|05|07|21|25|27)(\d{8})$/.exec(waId)
  if (ivoryCoast) return `225${ivoryCoast[1]}`
  const benin = /^22901(\d{8})$/.exec(waId)
  return benin ? `229${benin[1]}` : null
}
