/**
 * A parsed webhook as a `jsonb` column can keep it: PostgreSQL refuses U+0000 and lone surrogates (half an emoji where somebody cut a
 * text), and a customer's message must open the window whatever it says. What cannot be kept becomes U+FFFD; the raw body stays as
 * received. Source: PostgreSQL manual, 8.14 JSON Types (read 2026-11).
 *
 * @param payload the text that `value` was parsed from; most have nothing to look for, and are not walked
 */
export function storableJson(value: unknown, payload: string): unknown {
  return SUSPICIOUS.test(payload) ? storable(value) : value
}

const SUSPICIOUS = /\\u(0000|d[89a-f])/i

function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\u0000', '\ufffd')
  if (Array.isArray(value)) return value.map(storable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [storable(key), storable(member)]))
}
