import { CUSTOMER_SERVICE_WINDOW_MS } from '../../domain/window.ts'

/**
 * `isWindowOpen` of a row of `conversations`, as SQL.
 *
 * @param v the row's name
 * @param marginMs an expression: milliseconds
 */
export function windowIsOpen(v: string, marginMs: string): string {
  return `coalesce(casement_now() + ${marginMs} * interval '1 millisecond' < least(
    ${v}.last_inbound_at + interval '${CUSTOMER_SERVICE_WINDOW_MS} milliseconds',
    case when ${v}.window_refuted_at >= ${v}.last_inbound_at then ${v}.window_refuted_at end), false)`
}
