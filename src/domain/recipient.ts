import { parsePhoneNumberWithError } from 'libphonenumber-js/max'
import * as z from 'zod'
import { fieldWords } from './content/field-words.ts'
import { numberKey } from './identity.ts'
import type { Bsuid, WaId } from './ids.ts'
import { numberFault } from './number-faults.ts'
import { readNumberText } from './number-text.ts'
import type { Said } from './said.ts'

/*
 * Who a message goes to. The phone number is no longer a given: a user with a username may be known by BSUID alone, so there are three
 * ways to name a recipient and none can be turned into another without Meta's answer.
 */
export type Recipient =
  | { kind: 'phone'; e164: string; waId: WaId }
  | { kind: 'wa_id'; waId: WaId }
  | { kind: 'bsuid'; bsuid: Bsuid }

export type RecipientResult =
  | { ok: true; recipient: Recipient }
  /** `fault`: of a number that came as a text. */
  | { ok: false; field: string; message: string; fault: Said | null }

/**
 * Business-scoped user id: country, a dot, up to 128 letters and digits; the parent form has `ENT.` in between.
 * Source: Meta, business-scoped-user-ids (read 2026-11).
 */
const BSUID = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/
const WA_ID = /^[1-9]\d{4,19}$/

/**
 * Reads the `to` of an intent: an E.164 string, `{wa_id}` or `{user_id}`. The `+` is required because Meta puts the *sender's* country
 * code before a number without it, and the message reaches a stranger. Source: Meta, messages/send-messages (read 2026-11).
 *
 * A phone number has to be possible (country code and length), not assigned: numbering plans change faster than metadata, Meta's own
 * test numbers (+1 555 …) are unassigned, and whether somebody is there only Meta can say (131026).
 */
export function parseRecipient(input: unknown, field = 'to'): RecipientResult {
  const read = readRecipient(input)
  if (read.ok) return read
  const at = [field, ...read.path].join('.')
  return { ok: false, field: at, message: `expected ${fieldWords(at)} ${read.expectation}`, fault: read.fault }
}

/** `expectation` continues "expected <field>"; it never quotes the input. */
type Read = { ok: true; recipient: Recipient } | { ok: false; path: string[]; expectation: string; fault: Said | null }

function readRecipient(input: unknown): Read {
  if (typeof input === 'string') return readPhone(input)
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return refuse([], 'to be an E.164 number, {"wa_id":"…"} or {"user_id":"…"}')
  }
  const { wa_id: waId, user_id: userId } = input as { wa_id?: unknown; user_id?: unknown }
  const hasWaId = waId !== undefined && waId !== null
  const hasUserId = userId !== undefined && userId !== null
  if (hasWaId && hasUserId) return refuse([], 'to have either wa_id or user_id, got both')
  if (hasWaId) return readWaId(waId)
  if (hasUserId) return readBsuid(userId)
  return refuse([], 'to have wa_id or user_id, got neither')
}

function readPhone(input: string): Read {
  const read = readNumberText(input)
  if (!read.ok) return refuseNumber(read.fault)
  if (!read.plus) return refuseNumber(numberFault('number_no_plus'))
  try {
    const phone = parsePhoneNumberWithError(`+${inTodaysDigits(read.digits)}`, { extract: false })
    if (!phone.isPossible()) return refuseNumber(numberFault('number_length'))
    return { ok: true, recipient: { kind: 'phone', e164: phone.number, waId: phone.number.slice(1) as WaId } }
  } catch {
    return refuseNumber(numberFault('number_country'))
  }
}

/**
 * The metadata follows the plans of today, and people and wa_ids still write those of before: Mexico dropped the 1 of mobiles in 2019,
 * Ivory Coast and Benin have ten digits instead of eight. Argentina's 15 stands beside the 9 now and then.
 */
export function inTodaysDigits(digits: string): string {
  return /^(?:52|549|225|229)/.test(digits) ? numberKey(digits) : digits
}

function readWaId(value: unknown): Read {
  if (isWaId(value)) return { ok: true, recipient: { kind: 'wa_id', waId: value } }
  return refuse(['wa_id'], 'to be a string of 5 to 20 digits without "+"')
}

function readBsuid(value: unknown): Read {
  if (isBsuid(value)) return { ok: true, recipient: { kind: 'bsuid', bsuid: value } }
  return refuse(['user_id'], 'to be a country code, a dot and up to 128 letters or digits, such as "BR.1349…"')
}

function refuse(path: string[], expectation: string): Read {
  return { ok: false, path, expectation, fault: null }
}

function refuseNumber(fault: Said): Read {
  return { ok: false, path: [], expectation: fault.text, fault }
}

export function isBsuid(value: unknown): value is Bsuid {
  return typeof value === 'string' && BSUID.test(value)
}

export function isWaId(value: unknown): value is WaId {
  return typeof value === 'string' && WA_ID.test(value)
}

const idsSchema = z
  .object({
    wa_id: z.string().nullish().meta({ pattern: WA_ID.source }),
    user_id: z.string().nullish().meta({ pattern: BSUID.source, description: 'BSUID' }),
  })
  .meta({ oneOf: [{ required: ['wa_id'] }, { required: ['user_id'] }] })

/** The three shapes of `to`, for requests and the OpenAPI document. Takes what `parseRecipient` takes. */
export const recipientSchema = z
  .union([z.string().meta({ description: 'E.164 number with "+"', examples: ['+5511987654321'] }), idsSchema])
  .check((ctx) => {
    const read = readRecipient(ctx.value)
    if (!read.ok) ctx.issues.push({ code: 'custom', input: ctx.value, path: read.path, message: read.expectation })
  })

/**
 * Every wa_id the same person may have, itself first. Meta adds or drops a digit in three countries and calls that normal, so a lookup
 * by one string misses people: Brazil's ninth digit of mobiles, Mexico's `1`, Argentina's `9`. Symmetric: if b is a candidate of a, a
 * is one of b. Source: Meta, messages/send-messages, for Brazil and Mexico; Argentina from the field (read 2026-11).
 */
export function waIdCandidates(waId: WaId): WaId[] {
  const other = otherSpelling(waId)
  return other === null ? [waId] : [waId, other as WaId]
}

/** Every spelling of an id under which Meta may tell of somebody, itself first; of a renumbered country also the number of before. */
export function spellingsOf(id: string): string[] {
  if (!isWaId(id)) return [id]
  const [, country, subscriber] = /^(225|229)\d\d(\d{8})$/.exec(id) ?? []
  const before = `${country}${subscriber}`
  return [...waIdCandidates(id), ...(country !== undefined && numberKey(before) === id ? [before] : [])]
}

/**
 * Brazil: only subscriber numbers from 6 up had eight digits as mobiles; lower ones are landlines, and dropping the 9 of a newer mobile
 * such as 9 3456-7890 would name a stranger's landline.
 */
function otherSpelling(waId: string): string | null {
  const brazil = /^55([1-9]\d)(9?)([6-9]\d{7})$/.exec(waId)
  if (brazil) return `55${brazil[1]}${brazil[2] ? '' : '9'}${brazil[3]}`
  const mexico = /^52(1?)([2-9]\d{9})$/.exec(waId)
  if (mexico) return `52${mexico[1] ? '' : '1'}${mexico[2]}`
  const argentina = /^54(9?)([1-8]\d{9})$/.exec(waId)
  if (argentina) return `54${argentina[1] ? '' : '9'}${argentina[2]}`
  return null
}

/**
 * ISO 3166 alpha-2 country of a recipient, a wa_id or a BSUID, or null when the digits do not tell (an unassigned range of a shared
 * country code). +1 is told apart by area code: it is 25 countries, of which one is blocked for marketing.
 */
export function countryOf(who: Recipient | WaId | Bsuid): string | null {
  const id = typeof who === 'string' ? who : who.kind === 'bsuid' ? who.bsuid : who.waId
  if (isBsuid(id)) return id.slice(0, 2)
  try {
    return parsePhoneNumberWithError(`+${id}`).country ?? null
  } catch {
    return null
  }
}
