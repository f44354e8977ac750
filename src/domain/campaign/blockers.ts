import type { TemplateReference, WhenClosed } from '../content.ts'
import { problemOf } from '../decision/choose-template.ts'
import type { SenderState, TemplateFacts } from '../decision/facts.ts'
import { type CampaignDocument, columnsOf } from './document.ts'
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
  /** Null: it is not linked. */
  sender: {
    state: SenderState
    reason: string | null
    defaultWhenClosed: WhenClosed
    templatesSynced: boolean
    /** In which its account is charged; null: nobody told. */
    currency: string | null
  } | null
  template(reference: TemplateReference): TemplateFacts | null
}

export function cheapBlockers(facts: BlockerFacts): Blocker[] {
  return [...ofAudience(facts), ...ofSender(facts), ...ofBudget(facts), ...ofColumns(facts), ...ofTemplates(facts)]
}

function ofBudget({ document: { budget }, sender }: BlockerFacts): Blocker[] {
  if (budget === undefined || sender === null || sender.currency === budget.currency) return []
  const text = `expected budget to be in the currency of the number's account, ${sender.currency ?? 'of which none is known'}, got ${budget.currency}`
  return [{ code: 'budget_currency', path: 'budget.currency', text }]
}

function ofAudience({ total }: BlockerFacts): Blocker[] {
  if (total > 0) return []
  return [{ code: 'no_recipients', path: 'audience', text: 'expected a list with somebody on it, got none' }]
}

/** A paused number is no obstacle: what is due of it waits. */
function ofSender({ sender, document }: BlockerFacts): Blocker[] {
  const path = 'sender'
  if (sender === null) {
    return [
      { code: 'sender_unknown', path, text: `expected sender to be a linked phone_number_id, got ${document.sender}` },
    ]
  }
  if (sender.state !== 'restricted') return []
  const why = sender.reason === null ? '' : `: ${sender.reason}`
  return [
    { code: 'sender_account', path, text: `expected sender to be one that can send, got one that is restricted${why}` },
  ]
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

function ofTemplates({ document, sender, template }: BlockerFacts): Blocker[] {
  if (sender === null) return []
  const found = referencesOf(document, sender.defaultWhenClosed).flatMap(({ path, references }) => {
    const problems = references.map((reference) => {
      const facts = template(reference)
      return facts === null && !sender.templatesSynced ? null : problemOf(reference, facts)
    })
    // One of several is enough.
    const [first] = problems
    if (first == null || problems.includes(null)) return []
    const { code, text } = first.decision.reason
    return [{ code, path, text }]
  })
  // The same template in several messages stands in the way once.
  return found.filter(({ text }, i) => found.findIndex((other) => other.text === text) === i)
}
