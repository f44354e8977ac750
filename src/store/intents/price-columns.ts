/*
 * What a message was expected to cost, and which template it is, as columns of `messages`: taken from its attempt's record
 * (domain/money/price-decision.ts), by everybody who inserts one.
 */

export const PRICE_COLUMNS = 'priced_on, market, currency, category, expected_micros, free_because, template_id'

/** @param record a `jsonb` expression; null where no price was recorded */
export function priceColumnsOf(record: string): string {
  return `(${record} ->> 'day')::date, ${record} ->> 'market', ${record} ->> 'currency', ${record} ->> 'category',
    ((${record} ->> 'amount')::numeric * 1000000)::bigint, ${record} ->> 'free_because', ${record} ->> 'template'`
}
