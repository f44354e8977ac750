import { z } from 'zod'
import type { Json, WabaRecord } from './records.ts'
import { dayIn } from './rules/zones.ts'
import type { World } from './world.ts'

/*
 * What Meta decides about an account, with the webhook that each decision causes.
 * Source: Meta, webhooks reference, account_update, and pricing (read 2026-11).
 */

const country = z.string().regex(/^[A-Z]{2}$/)
const seconds = z.number().int().min(0)

/** Body of `PATCH /sandbox/accounts/{waba id}`. */
export const accountPatchSchema = z.strictObject({
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  /** Meta's number of the zone. */
  timezone_id: z
    .string()
    .regex(/^\d{1,4}$/)
    .optional(),
  /** False: what is charged is not delivered, as the knob `unpaidMode` says. */
  payment_method: z.boolean().optional(),
  /** Told as `BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE`. */
  primary_business_location: country.optional(),
  /** Told as `AUTH_INTL_PRICE_ELIGIBILITY_UPDATE`; null: it has no such rate, and nothing is told. */
  auth_international: z
    .strictObject({
      start_time: seconds,
      exception_countries: z.array(z.strictObject({ country_code: country, start_time: seconds })).default([]),
    })
    .nullable()
    .optional(),
  /** Told as `VOLUME_BASED_PRICING_TIER_UPDATE`; of this month unless another is named. */
  volume_tier: z
    .strictObject({
      pricing_category: z.enum(['UTILITY', 'AUTHENTICATION', 'AUTHENTICATION_INTERNATIONAL']),
      tier: z.string().regex(/^\d+:(\d+|MAX)$/),
      region: z.string().min(1),
      effective_month: z
        .string()
        .regex(/^\d{4}-\d{2}$/)
        .optional(),
    })
    .optional(),
})

export type AccountPatch = z.input<typeof accountPatchSchema>

export function changeAccount(world: World, waba: WabaRecord, input: AccountPatch): Json {
  const patch = accountPatchSchema.parse(input)
  if (patch.currency !== undefined) waba.currency = patch.currency
  if (patch.timezone_id !== undefined) waba.timezoneId = patch.timezone_id
  if (patch.payment_method !== undefined) waba.unpaid = !patch.payment_method
  if (patch.primary_business_location !== undefined) {
    waba.homeCountry = patch.primary_business_location
    tell(world, waba, 'BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE', { country: waba.homeCountry })
  }
  if (patch.auth_international === null) delete waba.authInternational
  if (patch.auth_international) {
    waba.authInternational = patch.auth_international
    const auth_international_rate_eligibility = waba.authInternational
    tell(world, waba, 'AUTH_INTL_PRICE_ELIGIBILITY_UPDATE', { auth_international_rate_eligibility })
  }
  if (patch.volume_tier !== undefined) {
    const now = world.clock.now()
    const volume_tier_info = {
      tier_update_time: Math.floor(now / 1000),
      effective_month: dayIn(now, waba.timezoneId).slice(0, 7),
      ...patch.volume_tier,
    }
    tell(world, waba, 'VOLUME_BASED_PRICING_TIER_UPDATE', { volume_tier_info })
  }
  world.changed()
  return accountView(waba)
}

function accountView({ id, currency, timezoneId, unpaid, homeCountry, authInternational }: WabaRecord): Json {
  return {
    id,
    currency,
    timezone_id: timezoneId ?? null,
    payment_method: !unpaid,
    primary_business_location: homeCountry ?? null,
    auth_international: authInternational ?? null,
  }
}

function tell(world: World, waba: WabaRecord, event: string, details: Json): void {
  world.webhooks.report(waba, 'account_update', { ...details, event }, `account_update/${waba.id}`)
}
