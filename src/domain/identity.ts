import { parsePhoneNumberWithError } from 'libphonenumber-js/max'
import type { Bsuid, ContactId, WaId } from './ids.ts'
import type { Instant } from './time.ts'

/*
 * Who somebody is. A person is known under ids, and an id under one canonical spelling: the key. Two spellings of one number have the same
 * key, two numbers never do. So whoever claims a key claims the person, whatever was dialled and whatever Meta spells.
 */

/**
 * An id as it is kept. A BSUID is one portfolio's, so that is its scope: a stranger of another portfolio may have the same. Numbers have
 * the empty scope, and so have parent BSUIDs (`XX.ENT.…`), which several portfolios share.
 * Source: Meta, business-scoped-user-ids (read 2026-11).
 */
export interface Identity {
  scope: string
  key: string
  /** As it was spelled; what goes to Meta. */
  value: string
}

export const NO_SCOPE = ''

export function identityOfNumber(waId: WaId): Identity {
  return { scope: NO_SCOPE, key: numberKey(waId), value: waId }
}

export function identityOfBsuid(bsuid: Bsuid, portfolioId: string): Identity {
  return { scope: isParentBsuid(bsuid) ? NO_SCOPE : portfolioId, key: bsuid, value: bsuid }
}

export function isParentBsuid(bsuid: string): boolean {
  return bsuid.startsWith('ENT.', 3)
}

/** The one spelling of a number, digits without `+`. Canonical spellings are their own; what no rule knows stays as it is. */
export function numberKey(digits: string): string {
  switch (digits.slice(0, 2)) {
    case '55':
      return brazilian(digits)
    case '52':
      return digits.replace(/^521(?=[2-9]\d{9}$)/, '52')
    case '54':
      return argentinian(digits)
    case '22':
      return renumbered(digits)
    default:
      return digits
  }
}

/**
 * The ninth digit. Only subscriber numbers from 6 up had eight digits as mobiles; lower ones are landlines, and taking the 9 off a newer
 * mobile such as 9 3456-7890 would name a stranger's. Source: Meta, messages/send-messages (read 2026-11): the prefix may be added or
 * removed.
 */
function brazilian(digits: string): string {
  return digits.replace(/^(55[1-9]\d)([6-9]\d{7})$/, '$19$2')
}

/**
 * Mobiles have a 9 after the country code, which some spell and some do not; at home they are dialled with a 15 behind the area code
 * instead. Area code and subscriber number are ten digits together and tell landlines and mobiles apart by themselves, so nobody else has
 * the number without the 9. Area codes are two to four digits long: the library knows where they end.
 */
function argentinian(digits: string): string {
  if (/^54[1-8]\d{9}$/.test(digits)) return `549${digits.slice(2)}`
  const national = /^54(?:9|0|90)?([1-8]\d{11})$/.exec(digits)?.[1]
  if (national === undefined || !/^\d{2,4}15/.test(national)) return digits
  try {
    const { number } = parsePhoneNumberWithError(`+54${national}`, { extract: false })
    return /^\+549[1-8]\d{9}$/.test(number) ? number.slice(1) : digits
  } catch {
    return digits
  }
}

/**
 * Countries whose eight digits became ten; accounts keep the wa_id they were registered with. Benin put 01 before all of them
 * (2024-11-30), Ivory Coast an operator's prefix (2021-01-31). Source: ARCEP Bénin and ARTCI, the plans of those dates.
 */
function renumbered(digits: string): string {
  const subscriber = digits.slice(3)
  if (subscriber.length !== 8) return digits
  if (digits.startsWith('229')) return `22901${subscriber}`
  if (digits.startsWith('225')) return `225${ivorianPrefix(subscriber)}${subscriber}`
  return digits
}

/**
 * Of a landline (2 or 3) the third digit named the operator, of a mobile the second: Moov, MTN or Orange. The new mobiles of each begin
 * with its prefix, so none of them is an old number with another's.
 */
function ivorianPrefix(subscriber: string): string {
  const [first, second, third] = subscriber as unknown as [string, string, string]
  if (first === '2' || first === '3') return third === '8' ? '21' : third === '0' ? '25' : '27'
  return '0123'.includes(second) ? '01' : '456'.includes(second) ? '05' : '07'
}

/** An id that Meta told of a person. */
export interface ToldIdentity extends Identity {
  /** Meta's stamp of when it was in use, or of when they gave it up. Null where only told whose it is. */
  at: Instant | null
  /** They had it until then: it is theirs, and proves nothing once somebody was seen with it later. */
  former?: boolean
  /** A message of ours went to it: whose it is, and no sign of theirs. */
  unseen?: boolean
}

/** A person that one of the told ids belongs to by what is known, with the ids that are theirs. */
export interface KnownPerson {
  id: ContactId
  identities: { scope: string; key: string; seenAt: Instant | null }[]
}

export interface Recognition {
  /** One person, all of them, oldest first. Empty: nobody yet. */
  same: ContactId[]
  /** Ids that are claimed for that person, from whoever has them now. */
  claimed: ToldIdentity[]
  /** Who had a claimed number before and is somebody else, so that it was given to another. */
  former: ContactId[]
}

/**
 * Who is meant by ids that were told together, given who has them so far.
 *
 * Whoever has one of them is the same person, unless it is only a number and they have another BSUID of the very portfolio whose BSUID was
 * told: then the number was recycled. A BSUID is made anew with a change of number and with nothing else, and such a change names both, so
 * either both belong to one person by now, or they are joined when the change is told, in whatever order webhooks come. The number goes to
 * whom it was seen with last; a webhook that is older than that leaves it where it is. Without a BSUID nobody can tell, and a number is its
 * person's. A number that somebody gave up and that was seen in use later proves nothing of who gave it up.
 *
 * @param speaker whom the ids were told of, where that is known already (the recipient of a message)
 */
export function recognise(told: ToldIdentity[], known: KnownPerson[], speaker: ContactId | null = null): Recognition {
  const ownerOf = (id: Identity) => known.find((person) => findKnown(person, id) !== undefined)
  const evidence = told.filter((id) => {
    const owner = id.former ? ownerOf(id) : undefined
    const seenAt = owner && findKnown(owner, id)?.seenAt
    return seenAt === undefined || seenAt === null || id.at === null || seenAt <= id.at
  })
  const named = new Set(evidence.flatMap((id) => (isNumber(id) ? [] : (ownerOf(id)?.id ?? []))))
  const scoped = evidence.filter((id) => id.scope !== NO_SCOPE)
  const speaking = known.find((person) => person.id === speaker)
  const marks = scoped.length > 0 || !speaking ? scoped : speaking.identities.filter((id) => id.scope !== NO_SCOPE)
  const isOther = (person: KnownPerson) => !named.has(person.id) && contradicts(person, marks)

  const met = known.filter((person) => person === speaking || evidence.some((id) => ownerOf(id) === person))
  const others = met.filter(isOther)
  const claimed = evidence.filter((id) => {
    const owner = ownerOf(id)
    if (!owner || !others.includes(owner)) return true
    const { seenAt } = findKnown(owner, id) as { seenAt: Instant | null }
    return scoped.length > 0 && !id.former && id.at !== null && (seenAt === null || id.at >= seenAt)
  })
  return {
    same: met
      .filter((person) => !others.includes(person))
      .map((person) => person.id)
      .sort(byAge),
    claimed,
    former: others.filter((person) => claimed.some((id) => ownerOf(id) === person)).map((person) => person.id),
  }
}

/** They have a BSUID where one was told, and it is another. */
function contradicts(person: KnownPerson, marks: { scope: string; key: string }[]): boolean {
  return marks.some(
    ({ scope }) =>
      person.identities.some((id) => id.scope === scope) &&
      !marks.some((mark) => mark.scope === scope && findKnown(person, mark) !== undefined),
  )
}

function findKnown(person: KnownPerson, { scope, key }: { scope: string; key: string }) {
  return person.identities.find((id) => id.scope === scope && id.key === key)
}

function isNumber({ scope, key }: Identity): boolean {
  return scope === NO_SCOPE && /^\d/.test(key)
}

/** Ids of contacts are whole numbers in text. */
function byAge(a: ContactId, b: ContactId): number {
  return a.length - b.length || (a < b ? -1 : 1)
}
