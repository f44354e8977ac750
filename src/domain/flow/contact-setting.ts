import { ATTRIBUTES_BYTES, type Attributes, attributesBytes, withAttributes } from '../attributes.ts'
import { characters, languageCodeSchema } from '../content.ts'
import { isZone } from '../zoned-time.ts'
import type { ContactFact } from './facts.ts'
import type { DataValue } from './run.ts'

const NAME_MAX = 256

/** Why this cannot be kept of a person, by the rules of whoever changes one through the API; null where it can. */
export function unkeptBecause(contact: ContactFact, field: string, value: DataValue): string | null {
  const text = String(value)
  switch (field) {
    case 'time_zone':
      return isZone(text) ? null : 'expected an IANA time zone such as America/Sao_Paulo'
    case 'language':
      return languageCodeSchema.safeParse(text).success ? null : 'expected a language code such as en or pt_BR'
    case 'name':
      return text !== '' && characters(text) <= NAME_MAX ? null : `expected a name of 1 to ${NAME_MAX} characters`
    default: {
      const all = withAttributes(contact.attributes as Attributes, { [field]: value })
      return attributesBytes(all) <= ATTRIBUTES_BYTES
        ? null
        : `expected all attributes of a person to be at most ${ATTRIBUTES_BYTES} bytes`
    }
  }
}
