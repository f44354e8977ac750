import { sayerOf } from './said.ts'

/** What can be wrong with a recipient. Each continues "expected <field>", and quotes nothing but a single sign. */
export const NUMBER_FAULTS = {
  number_empty: () => 'to be a phone number, got an empty text',
  number_scientific: () => 'to be a phone number in full, got one in scientific notation, whose last digits are lost',
  number_decimals: () => 'to be a phone number, got a number with decimals',
  number_decimals_end: () => 'to be a phone number, got decimals at its end',
  number_letter: () => 'to be digits, with spaces, dashes, dots or parentheses at most, got a letter',
  number_sign: ({ sign }: { sign: string }) =>
    `to be digits, with spaces, dashes, dots or parentheses at most, got ${sign}`,
  number_no_digits: () => 'to be a phone number, got no digits',
  number_zeros: () => 'to begin with the country code, got 00 in front: write + in its place',
  number_zero: () => 'to begin with the country code, got a 0 in front, as dialled inside of a country',
  number_no_plus: () => 'to start with "+" and the country code (E.164), got no "+"',
  number_length: () => 'to be a phone number of a possible length for its country',
  number_country: () => 'to be a phone number with a known country code and a possible length',
  number_home: ({ country }: { country: string }) =>
    `to be a phone number of ${country} as it is dialled there, or one with + and the country code`,
  number_or_bsuid: () => 'to be a phone number or a BSUID',
}

export const numberFault = sayerOf(NUMBER_FAULTS)
