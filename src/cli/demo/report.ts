import { fields, table } from '../table.ts'
import type { Colors } from '../terminal.ts'
import { expectedInvitations } from './oracle.ts'
import { type Counts, countOutcomes, countsTable } from './progress.ts'
import type { Played } from './story.ts'
import type { Mismatch } from './verdict.ts'

/** What the demo found out; the document of `--json`. */
export interface DemoReport {
  readonly ok: boolean
  readonly seconds: number
  readonly url: string
  readonly sender: string
  readonly contacts: number
  readonly intents: number
  readonly summary: {
    readonly sent_free_form: number
    readonly sent_as_template: number
    readonly released_after_answer: number
    readonly declined: number
    readonly failed: number
    readonly expired: number
    readonly still_waiting: number
    readonly invitations: number
  }
  /** What the customers of each situation got. */
  readonly by_policy: Counts
  readonly reasons: readonly { readonly state: string; readonly reason: string; readonly count: number }[]
  readonly ledger: { readonly accepted: number; readonly refused: number; readonly outside_window: number }
  readonly mismatches: readonly Mismatch[]
}

export function reportOn(
  played: Played,
  mismatches: readonly Mismatch[],
  about: { seconds: number; url: string },
): DemoReport {
  const { intents, views, waited, ledger, sender } = played
  const ours = intents.flatMap(({ id }) => (id === null ? [] : (views.get(id) ?? [])))
  const count = (state: string) => ours.filter((view) => view.state === state).length
  const sent = ours.filter((view) => view.state === 'sent')
  const contacts = new Set(intents.map((intent) => intent.contact))
  const accepted = ledger.filter((send) => send.outcome === 'accepted')
  return {
    ok: mismatches.length === 0,
    seconds: about.seconds,
    url: about.url,
    sender,
    contacts: contacts.size,
    intents: intents.length,
    summary: {
      sent_free_form: sent.filter((view) => view.sent_as === 'free_form' && !waited.has(view.id)).length,
      sent_as_template: sent.filter((view) => view.sent_as === 'template').length,
      released_after_answer: sent.filter((view) => waited.has(view.id)).length,
      declined: ours.filter((view) => view.reason?.code === 'declined').length,
      failed: count('failed'),
      expired: count('expired'),
      still_waiting: count('held'),
      invitations: [...contacts].reduce((sum, contact) => sum + expectedInvitations(contact), 0),
    },
    by_policy: countOutcomes(intents, views),
    reasons: reasonsOf(ours),
    ledger: {
      accepted: accepted.length,
      refused: ledger.length - accepted.length,
      outside_window: accepted.filter((send) => send.type !== 'template' && !send.window_open).length,
    },
    mismatches,
  }
}

function reasonsOf(
  views: readonly {
    state: string
    sent_as?: string | null | undefined
    reason?: { code: string } | null | undefined
  }[],
) {
  const groups = Map.groupBy(
    views,
    (view) => `${view.state} ${view.state === 'sent' ? view.sent_as : (view.reason?.code ?? '-')}`,
  )
  return [...groups]
    .map(([key, group]) => ({
      state: key.split(' ')[0] as string,
      reason: key.split(' ')[1] as string,
      count: group.length,
    }))
    .sort((a, b) => b.count - a.count)
}

const MOST_SHOWN = 20

export function showReport(colors: Colors, report: DemoReport): string {
  const { summary, ledger, mismatches } = report
  const parts = [
    countsTable(colors, report.by_policy),
    fields(colors, [
      ['sent free-form', `${summary.sent_free_form}  the window was open`],
      ['sent as template', `${summary.sent_as_template}  instead of the text, the window being closed`],
      ['released', `${summary.released_after_answer}  waited, and left after the customer answered`],
      ['declined', `${summary.declined}  cancelled, the customer said no`],
      ['failed', `${summary.failed}  by their own policy`],
      ['expired', `${summary.expired}  nobody answered in their time`],
      ['still waiting', `${summary.still_waiting}  for customers who have not answered`],
      ['invitations', `${summary.invitations}  one per customer, however many messages wait`],
    ]),
    table(
      colors,
      ['state', 'because', 'intents'],
      report.reasons.map(({ state, reason, count }) => [state, reason, count]),
    ),
    `The sandbox took ${ledger.accepted} messages and refused ${ledger.refused}; ${ledger.outside_window} texts left outside a window.`,
  ]
  if (mismatches.length > 0) {
    const shown = mismatches.slice(0, MOST_SHOWN).map(({ line, about, expected, got }) => [line, about, expected, got])
    parts.push(table(colors, ['line', 'mismatch', 'expected', 'got'], shown))
    if (mismatches.length > MOST_SHOWN) parts.push(`and ${mismatches.length - MOST_SHOWN} more (all with --json)`)
  }
  const verdict = report.ok
    ? colors.green(`All ${report.intents} outcomes for ${report.contacts} customers are as the rules say`)
    : colors.red(`${mismatches.length} mismatches`)
  parts.push(`${verdict} (${report.seconds.toFixed(1)} s).`)
  return parts.join('\n\n')
}
