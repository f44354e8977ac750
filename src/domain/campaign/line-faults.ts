import { NUMBER_FAULTS } from '../number-faults.ts'
import { type Said, sayerOf } from '../said.ts'

type Column = { column: string }

/** What can be wrong with a line of a list, beside its number. */
const OF_LINES = {
  cells: ({ count, got }: { count: number; got: number }) =>
    `Expected ${count} cells as in the first line, got ${got}.`,
  lost_sign: ({ column }: Column) =>
    `Expected ${column} to be text, got a sign that was lost in a conversion (U+FFFD or U+0000).`,
  half_sign: ({ column }: Column) => `Expected ${column} to be text, got half of a sign.`,
  time_zone: ({ column }: Column) =>
    `Expected ${column} to be the IANA name of a time zone, such as America/Sao_Paulo, or empty.`,
  row_no_object: () => 'Expected an object.',
  row_other_member: () => 'Expected no member that the first row does not have, got another.',
  row_member_twice: () => 'Expected each member once, got one twice.',
  row_value: ({ column }: Column) => `Expected ${column} to be a text, a number, true, false or null, got another.`,
  not_reached: () => 'Expected a number of theirs, or an id under which the number of this campaign reaches them.',
  same_person: () => 'The same person stands in an earlier line or upload.',
  opted_out: () => 'They opted out of marketing messages.',
  unreachable: () => 'Meta could not deliver to them lately.',
}

export const LINE_FAULTS = { ...OF_LINES, ...NUMBER_FAULTS }

export const lineFault = sayerOf(OF_LINES)

/** @param fault of its number, which continues "expected <field>" */
export function numberOfLine(fault: Said): Said {
  return { ...fault, text: `Expected the number ${fault.text}.` }
}
