import { destinationOf } from './money/destination.ts'
import { isZone, zonesOfCountry } from './zoned-time.ts'

/** By which somebody's local time is told. */
export interface ZoneFacts {
  /** As it stands with the contact. */
  contactZone: string | null
  waId: string | null
  bsuid: string | null
  /** Of the number that writes to them. */
  senderZone: string | null
}

/** Where most people of a country with several zones live. */
const MAIN_ZONES: Readonly<Record<string, string>> = {
  AR: 'America/Argentina/Buenos_Aires',
  AU: 'Australia/Sydney',
  BR: 'America/Sao_Paulo',
  CA: 'America/Toronto',
  CD: 'Africa/Kinshasa',
  CL: 'America/Santiago',
  CN: 'Asia/Shanghai',
  CY: 'Asia/Nicosia',
  DE: 'Europe/Berlin',
  EC: 'America/Guayaquil',
  ES: 'Europe/Madrid',
  ID: 'Asia/Jakarta',
  KZ: 'Asia/Almaty',
  MN: 'Asia/Ulaanbaatar',
  MX: 'America/Mexico_City',
  MY: 'Asia/Kuala_Lumpur',
  NZ: 'Pacific/Auckland',
  PG: 'Pacific/Port_Moresby',
  PS: 'Asia/Gaza',
  PT: 'Europe/Lisbon',
  RU: 'Europe/Moscow',
  UA: 'Europe/Kyiv',
  US: 'America/New_York',
  UZ: 'Asia/Tashkent',
}

/**
 * The zone of a person: their own; else the likely one of their number, which is the sender's where it lies in the number's country; else the
 * sender's; else UTC. A guess for whoever moved and kept the number, and for countries with several zones.
 */
export function zoneOfContact({ contactZone, waId, bsuid, senderZone }: ZoneFacts): string {
  if (contactZone !== null && isZone(contactZone)) return contactZone
  const own = senderZone !== null && isZone(senderZone) ? senderZone : null
  const { country } = destinationOf({ waId, bsuid })
  const zones = country === null ? [] : zonesOfCountry(country)
  if (own !== null && zones.includes(own)) return own
  return (country === null ? null : (MAIN_ZONES[country] ?? zones[0])) ?? own ?? 'UTC'
}
