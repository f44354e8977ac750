/*
 * Meta's numbers for time zones, as far as a copy of its list could be read; of what is not here the zone is not known, and UTC counts until
 * somebody sets one. Source: Meta, marketing-api/reference/ad-account/timezone-ids v17.0 (read 2026-11).
 */
const ZONES = [
  ...['America/Los_Angeles', 'America/Denver', 'Pacific/Honolulu', 'America/Anchorage', 'America/Phoenix'],
  ...['America/Chicago', 'America/New_York', 'Asia/Dubai', 'America/Argentina/San_Luis'],
  ...['America/Argentina/Buenos_Aires', 'America/Argentina/Salta', 'Europe/Vienna', 'Australia/Perth'],
  ...['Australia/Broken_Hill', 'Australia/Sydney', 'Europe/Sarajevo', 'Asia/Dhaka', 'Europe/Brussels'],
  ...['Europe/Sofia', 'Asia/Bahrain', 'America/La_Paz', 'America/Noronha', 'America/Campo_Grande'],
  ...['America/Belem', 'America/Sao_Paulo', 'America/Nassau', 'America/Dawson', 'America/Vancouver'],
  ...['America/Dawson_Creek', 'America/Edmonton', 'America/Rainy_River', 'America/Regina', 'America/Atikokan'],
  ...['America/Iqaluit', 'America/Toronto', 'America/Blanc-Sablon', 'America/Halifax', 'America/St_Johns'],
  ...['Europe/Zurich', 'Pacific/Easter', 'America/Santiago', 'Asia/Shanghai', 'America/Bogota'],
  ...['America/Costa_Rica', 'Asia/Nicosia', 'Europe/Prague', 'Europe/Berlin', 'Europe/Copenhagen'],
  ...['America/Santo_Domingo', 'Pacific/Galapagos', 'America/Guayaquil', 'Europe/Tallinn', 'Africa/Cairo'],
]

/** By Meta's number, the first of which is 1; null where it is not known. */
export function metaTimeZone(id: string): string | null {
  return /^[1-9]\d{0,3}$/.test(id) ? (ZONES[Number(id) - 1] ?? null) : null
}
