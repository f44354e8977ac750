import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/*
 * Writes examples/spring.csv: a list as it comes out of a spreadsheet, with everything in it that lists have wrong. Always the same. Numbers are
 * of ranges that nobody has: Brazilian mobiles that begin with 90000, 555-01 in North America, Ofcom's for drama. It is read with
 * `default_country` BR. Run: node tools/spring-list.ts
 */

export const FILE = fileURLToPath(new URL('../examples/spring.csv', import.meta.url))
export const LINES = 10_000

/** What an import makes of a line; `opted_out` and `unreachable` once somebody has said so of their number. */
export type Fate = 'accepted' | 'opted_out' | 'unreachable' | 'duplicate' | 'invalid' | 'columns' | 'encoding'

export interface SpringLine {
  fate: Fate
  /** As it stands in the file. */
  text: string
  /** The number of whom it is for, in digits; null where the line names nobody. */
  number: string | null
}

const NAMES = ['Ana', 'Bruno', 'Clara', 'Davi', 'Élida', 'Fábio', 'Graça', 'Hugo', 'Inês', 'João', 'Núria', 'Zoë']
const CITIES = ['São Paulo', 'Recife', 'Belém', 'Porto Alegre', 'Leeds', 'Boston']
const AREAS = ['11', '21', '31', '41', '51', '61', '71', '81', '91']

/** The number of the nth person of the list: of Brazil mostly, some of the United Kingdom and of the United States. */
function numberOf(n: number): string {
  if (n % 10 === 3 && n < 10_000) return `447700900${String((n - 3) / 10).padStart(3, '0')}`
  if (n % 10 === 7 && n < 1_000)
    return `1${['212', '312', '617', '702', '808'][Math.floor(n / 10) % 5]}55501${String(Math.floor(n / 10)).padStart(2, '0')}`
  return `55${AREAS[n % AREAS.length]}90000${String(n).padStart(4, '0')}`
}

/** Everything that spreadsheets, address books and people do to a Brazilian mobile, and that can be read in one way only. */
const SPELLINGS: readonly ((area: string, mobile: string) => string)[] = [
  (area, mobile) => `+55${area}${mobile}`,
  (area, mobile) => `+55 (${area}) ${mobile.slice(0, 5)}-${mobile.slice(5)}`,
  (area, mobile) => `(${area}) ${mobile.slice(0, 5)}-${mobile.slice(5)}`,
  (area, mobile) => `0${area} ${mobile}`,
  (area, mobile) => `+55.${area}.${mobile}`,
  (area, mobile) => `'+55${area}${mobile}`,
  (area, mobile) => `\u202a+55 ${area}\u00a0${mobile}\u202c`,
  (area, mobile) => `${area}${mobile}.0`,
  (area, mobile) => `+５５${area}${mobile}`,
  (area, mobile) => `+55 ${area} ${mobile.slice(0, 5)}\u2011${mobile.slice(5)}`,
]

function spelled(number: string, way: number): string {
  if (!number.startsWith('55')) return `+${number}`
  const spell = SPELLINGS[way % SPELLINGS.length] as (typeof SPELLINGS)[number]
  return spell(number.slice(2, 4), number.slice(4))
}

/** What names are like, and what must come through as it is. */
function nameOf(n: number): string {
  if (n % 97 === 0) return ''
  if (n % 193 === 0) return `"Souza, ${NAMES[n % NAMES.length]}"`
  if (n % 389 === 0) return '"Ana ""Aninha"" Lima"'
  if (n % 577 === 0) return '"Rui\r\nLima"'
  if (n % 769 === 0) return '{{coupon}}'
  if (n % 991 === 0) return '=1+1'
  return `${NAMES[n % NAMES.length]}`
}

function cellsOf(n: number): string {
  return `${nameOf(n)},${CITIES[n % CITIES.length]},SPRING${String(n % 500).padStart(3, '0')}`
}

/** Whatever cannot be a number, with what it looks like. */
const NO_NUMBERS: readonly string[] = [
  '5,51199E+12',
  '5.51199E+12',
  '12345',
  '+55 11 9',
  '+999 123456789',
  '11900001234.56',
  'ana@example.com',
  'n/a',
  '+55 11 9OOOO-1234',
  '0055 11 90000-1234',
  '+4477009001234567',
  '+1 212 555',
  '++5511900001234',
  'tel:+5511900001234',
  '1190000123411900001235',
  '-',
]

function mexican(at: number): string {
  return String(100 + Math.floor(at / 500)).padStart(4, '0')
}

function lineOf(at: number): SpringLine {
  const rest = cellsOf(at)
  const number = numberOf(at)
  const quoted = (cell: string) => (cell.includes(',') ? `"${cell}"` : cell)
  switch (FAULTS.get(at % 500)) {
    case 'invalid': {
      const wrong = NO_NUMBERS[(Math.floor(at / 500) * 7) % NO_NUMBERS.length] as string
      const other = NO_NUMBERS[(at + Math.floor(at / 500)) % NO_NUMBERS.length] as string
      return { fate: 'invalid', text: `${quoted(at % 2 === 0 ? wrong : other)},${rest}`, number: null }
    }
    case 'empty':
      return { fate: 'invalid', text: `,${rest}`, number: null }
    case 'same':
      return { fate: 'duplicate', text: `${spelled(numberOf(at - 3), at)},${rest}`, number: null }
    case 'mexico':
      return { fate: 'accepted', text: `+52 600 555 ${mexican(at)},${rest}`, number: null }
    case 'mexico_before':
      // As mobiles were written until 2019, and as Meta still knows many.
      return { fate: 'duplicate', text: `+521600555${mexican(at)},${rest}`, number: null }
    case 'missing':
      return { fate: 'columns', text: `${spelled(number, at)},${CITIES[at % CITIES.length]}`, number: null }
    case 'more':
      return { fate: 'columns', text: `${spelled(number, at)},${rest},left over`, number: null }
    case 'lost':
      return { fate: 'encoding', text: `${spelled(number, at)},Jo\ufffdo,Bel\ufffdm,SPRING001`, number: null }
    case 'out':
      return { fate: 'opted_out', text: `${spelled(number, at)},${rest}`, number }
    case 'unreached':
      return { fate: 'unreachable', text: `${spelled(number, at)},${rest}`, number }
    default:
      return { fate: 'accepted', text: `${spelled(number, at)},${rest}`, number }
  }
}

/** Which of each five hundred lines are of what kind. */
const FAULTS: ReadonlyMap<number, string> = new Map([
  [41, 'invalid'],
  [82, 'invalid'],
  [129, 'invalid'],
  [164, 'empty'],
  [205, 'same'],
  [246, 'same'],
  [288, 'mexico'],
  [289, 'mexico_before'],
  [324, 'missing'],
  [368, 'more'],
  [401, 'lost'],
  [445, 'out'],
  [486, 'unreached'],
])

/** All lines below the header. */
export function springLines(): SpringLine[] {
  return Array.from({ length: LINES }, (_, at) => lineOf(at))
}

/** With the mark that Excel puts in front, and its ends of lines; an empty line stands at the end now and then. */
export function springList(): string {
  return `\ufeffto,name,city,coupon\r\n${springLines()
    .map(({ text }) => `${text}\r\n`)
    .join('')},,,\r\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(FILE, springList())
