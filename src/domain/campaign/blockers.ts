import type { TemplateReference, WhenClosed } from '../content.ts'
import { problemOf } from '../decision/choose-template.ts'
import type { SenderState, TemplateFacts } from '../decision/facts.ts'
import type { PhoneNumberId } from '../ids.ts'
import { type CampaignDocument, columnsOf } from './document.ts'
import { numbersOf } from './senders.ts'
import { referencesOf } from './versions.ts'

/* What stands in the way of a start, as far as that is seen without reading the list: cheap enough for the start itself. */

export interface Blocker {
  code: string
  /** The member at fault; `audience` is the list. */
  path: string
  text: string
}

export interface BlockerFacts {
  document: CampaignDocument
  /** Recipients. */
  total: number
  /** Of each list that is ready. */
  columns: readonly (readonly string[])[]
  /** Each of its numbers that is linked. */
  senders: ReadonlyMap<PhoneNumberId, SenderForStart>
}

export interface SenderForStart {
  state: SenderState
  reason: string | null
  portfolioId: string
  defaultWhenClosed: WhenClosed
  templatesSynced: boolean
  /** In which its account is charged; null: nobody told. */
  currency: string | null
  /** Of its account. */
  template(reference: TemplateReference): TemplateFacts | null
}

export function cheapBlockers(facts: BlockerFacts): Blocker[] {
  return [...ofAudience(facts), ...ofSenders(facts), ...ofBudget(facts), ...ofColumns(facts), ...ofTemplates(facts)]
}

function ofBudget({ document: { budget }, senders }: BlockerFacts): Blocker[] {
  if (budget === undefined) return []
  const other = [...senders.values()].find(({ currency }) => currency !== budget.currency)
  if (other === undefined) return []
  const text = `expected budget to be in the currency of the number's account, ${other.currency ?? 'of which none is known'}, got ${budget.currency}`
  return [{ code: 'budget_currency', path: 'budget.currency', text }]
}

function ofAudience({ total }: BlockerFacts): Blocker[] {
  if (total > 0) return []
  return [{ code: 'no_recipients', path: 'audience', text: 'expected a list with somebody on it, got none' }]
}

/**
 * A paused number is no obstacle: what is due of it waits, or others of the campaign write instead. A restricted one is where no other can.
 */
function ofSenders({ senders, document }: BlockerFacts): Blocker[] {
  const numbers = numbersOf(document)
  const pathOf = (nth: number) => (document.senders === undefined ? 'sender' : `senders.${nth}.sender`)
  const strange = numbers.flatMap((number, i): Blocker[] => {
    if (senders.has(number)) return []
    const path = pathOf(i)
    return [{ code: 'sender_unknown', path, text: `expected ${path} to be a linked phone_number_id, got ${number}` }]
  })
  const linked = [...senders.values()]
  const portfolio = linked[0]?.portfolioId
  const apart = numbers.findIndex((number) => senders.has(number) && senders.get(number)?.portfolioId !== portfolio)
  if (apart !== -1) {
    const path = pathOf(apart)
    const text = `expected ${path} to be of the business portfolio of the first, got ${numbers[apart]}`
    strange.push({ code: 'senders_apart', path, text })
  }
  if (linked.length === 0 || linked.some(({ state }) => state !== 'restricted')) return strange
  const [first] = linked as [SenderForStart]
  const why = first.reason === null ? '' : `: ${first.reason}`
  const path = document.senders === undefined ? 'sender' : 'senders'
  const text = `expected ${path} to be ${linked.length === 1 ? 'one' : 'some'} that can send, got ${linked.length === 1 ? 'one that is' : 'none that is not'} restricted${why}`
  return [...strange, { code: 'sender_account', path, text }]
}

/** A column that is named and that a list does not have: nothing would stand there for anybody on it. */
function ofColumns({ document, columns }: BlockerFacts): Blocker[] {
  const needed = new Set(columnsOf(document).flatMap(({ column, fallback }) => (fallback === null ? [column] : [])))
  return [...needed].flatMap((column) => {
    const without = columns.filter((names) => !names.includes(column)).length
    if (without === 0) return []
    const text = `expected each list to have the column "${column}", or a text to say what stands there without it, got ${without} without`
    return [{ code: 'column_missing', path: 'audience', text }]
  })
}

/** Of each of the accounts that its numbers are of. */
function ofTemplates({ document, senders }: BlockerFacts): Blocker[] {
  const found = [...senders.values()].flatMap((sender) =>
    referencesOf(document, sender.defaultWhenClosed).flatMap(({ path, references }) => {
      const problems = references.map((reference) => {
        const facts = sender.template(reference)
        return facts === null && !sender.templatesSynced ? null : problemOf(reference, facts)
      })
      // One of several is enough.
      const [first] = problems
      if (first == null || problems.includes(null)) return []
      const { code, text } = first.decision.reason
      return [{ code, path, text }]
    }),
  )
  // The same template in several messages stands in the way once.
  return found.filter(({ text }, i) => found.findIndex((other) => other.text === text) === i)
}
