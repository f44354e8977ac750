import type { WabaId } from '../domain/ids.ts'
import { metaTimeZone } from '../domain/money/meta-zones.ts'
import { fromMetaTimestamp } from '../domain/time.ts'
import type { GraphAnswer } from '../graph/answer.ts'
import type { WireAccount } from '../graph/wire.ts'
import type { ToldAccount } from '../store/money/money.ts'

export interface ReadAccountIo {
  accountAtMeta(wabaId: WabaId): Promise<GraphAnswer<WireAccount>>
  recordAccount(wabaId: WabaId, told: ToldAccount): Promise<void>
}

/** Currency, zone and rates of an account, out of Meta. What Meta does not tell stays as it is known. */
export async function readAccount(io: ReadAccountIo, wabaId: WabaId): Promise<void> {
  const answer = await io.accountAtMeta(wabaId)
  if (answer.kind === 'ok') await io.recordAccount(wabaId, toldAccountOf(answer.value))
}

export function toldAccountOf(account: WireAccount): ToldAccount {
  const { currency, timezone_id, primary_business_location, auth_international_rate_eligibility: rate } = account
  const from = fromMetaTimestamp(rate?.start_time ?? null)
  const exceptions = (rate?.exception_countries ?? []).flatMap(({ country_code: country, start_time }) => {
    const since = fromMetaTimestamp(start_time ?? null)
    return country == null || since === null ? [] : [{ country, from: since }]
  })
  return {
    currency: currency ?? null,
    timeZone: timezone_id == null ? null : metaTimeZone(timezone_id),
    homeCountry: primary_business_location ?? null,
    international: from === null ? null : { from, exceptions },
  }
}
