import { ATTRIBUTES_BYTES, type Attributes, attributesBytes, withAttributes } from '../attributes.ts'
import { characters, languageCodeSchema } from '../content.ts'
import type { Said } from '../said.ts'
import { isZone } from '../zoned-time.ts'
import type { ContactFact } from './facts.ts'
import type { DataValue } from './run.ts'
import { problem } from './sentences.ts'
import { why } from './whys.ts'

const NAME_MAX = 256

/** Which rule something breaks that is to be kept of a person. */
export type Unkept = 'time_zone' | 'language' | 'name' | 'attributes'

/** Characters of a name, and bytes of all attributes together. */
const AT_MOST = { name: NAME_MAX, attributes: ATTRIBUTES_BYTES } as const

/** @param got the value, shortened */
export function unkept(broken: Unkept, got: string): Said {
  if (broken === 'time_zone' || broken === 'language') return problem(`set_${broken}`, { got })
  return problem(`set_${broken}`, { max: AT_MOST[broken], got })
}

/** The same of a run that goes on without it. */
export function staysBecause(broken: Unkept, field: string, got: string): Said {
  if (broken === 'time_zone' || broken === 'language') return why(`stays_${broken}`, { field, got })
  return why(`stays_${broken}`, { field, got, max: AT_MOST[broken] })
}

/** Why this cannot be kept of a person, by the rules of whoever changes one through the API; null where it can. */
export function unkeptBecause(contact: ContactFact, field: string, value: DataValue): Unkept | null {
  const text = String(value)
  switch (field) {
    case 'time_zone':
      return isZone(text) ? null : field
    case 'language':
      return languageCodeSchema.safeParse(text).success ? null : field
    case 'name':
      return text !== '' && characters(text) <= NAME_MAX ? null : field
    default: {
      const all = withAttributes(contact.attributes as Attributes, { [field]: value })
      return attributesBytes(all) <= ATTRIBUTES_BYTES ? null : 'attributes'
    }
  }
}
