import { table } from '../table.ts'
import type { Colors, Terminal } from '../terminal.ts'
import type { IntentView } from '../views.ts'
import { type PlayedIntent, POLICIES, POLICY_LABELS, type Policy } from './plan.ts'

export interface DemoProgress {
  step(text: string): void
  /** From now on looks are shown by policy. */
  plan(intents: readonly PlayedIntent[]): void
  look(views: ReadonlyMap<string, IntentView>): void
  done(): void
}

export const OUTCOMES = [
  'on its way',
  'free-form',
  'template',
  'waiting',
  'declined',
  'failed',
  'expired',
  'other',
] as const
export type Outcome = (typeof OUTCOMES)[number]

export type Counts = Readonly<Record<Policy, Readonly<Record<Outcome, number>>>>

/** A live table on a terminal; elsewhere one line per step. */
export function showProgress(terminal: Terminal): DemoProgress {
  let block = terminal.live()
  const colors = terminal.noteColors
  const startedAt = performance.now()
  let current = ''
  let intents: readonly PlayedIntent[] = []
  let counts: Counts | null = null

  const draw = () => block?.draw(counts ? `${countsTable(colors, counts)}\n\n${current}` : current)
  return {
    step(text) {
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)
      current = `${colors.dim(`${seconds} s`)}  ${text}`
      if (block) draw()
      else terminal.note(current)
    },
    plan(planned) {
      intents = planned
    },
    look(views) {
      counts = countOutcomes(intents, views)
      draw()
    },
    done() {
      block?.done()
      block = null
    },
  }
}

export function countOutcomes(intents: readonly PlayedIntent[], views: ReadonlyMap<string, IntentView>): Counts {
  const counts = Object.fromEntries(
    POLICIES.map((policy) => [policy, Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0]))]),
  ) as Record<Policy, Record<Outcome, number>>
  for (const { id, policy } of intents) counts[policy][outcomeOf(id === null ? undefined : views.get(id))] += 1
  return counts
}

function outcomeOf(view: IntentView | undefined): Outcome {
  switch (view?.state) {
    case 'scheduled':
    case 'queued':
    case 'dispatching':
    case 'in_doubt':
      return 'on its way'
    case 'sent':
      return view.sent_as === 'template' ? 'template' : 'free-form'
    case 'held':
      return 'waiting'
    case 'cancelled':
      return view.reason?.code === 'declined' ? 'declined' : 'other'
    case 'failed':
    case 'expired':
      return view.state
    default:
      return 'other'
  }
}

export function countsTable(colors: Colors, counts: Counts): string {
  const shown = OUTCOMES.filter((outcome) => outcome !== 'other' || POLICIES.some((policy) => counts[policy].other > 0))
  const rows = POLICIES.map((policy) => [POLICY_LABELS[policy], ...shown.map((outcome) => counts[policy][outcome])])
  return table(colors, ['when closed', ...shown], rows)
}
