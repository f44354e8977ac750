import type { z } from 'zod'
import { fields, table } from './table.ts'
import type { Colors } from './terminal.ts'
import type { enqueuedView, IntentView, priceView } from './views.ts'

/** A message text stays out: who looks at a terminal has not always the right to read the customer's letters. */
export function showIntent(colors: Colors, intent: IntentView): string {
  const { attempts, decisions, cost } = intent
  const parts = [
    fields(colors, [
      ['intent', intent.id],
      ['state', colorState(colors, intent.state)],
      ['reason', reasonText(intent.reason)],
      ['sender', intent.sender],
      ['to', addressOf(intent)],
      ['message', intent.message?.type],
      ['when closed', JSON.stringify(intent.when_closed)],
      ['priority', intent.priority],
      ['send at', intent.send_at],
      ['moves with', scheduleText(intent.schedule)],
      ['forecast', forecastText(intent.forecast)],
      ['ends on', intent.cancel_on?.join(', ') || null],
      ['due at', intent.due_at],
      ['expires at', intent.expires_at],
      ['sent as', intent.sent_as],
      ['wamid', intent.wamid],
      ['delivery', intent.delivery_status ?? heldText(intent)],
      ['cost', cost ? `${cost.category ?? '-'}, ${cost.type ?? '-'}${cost.billable ? ', billable' : ''}` : null],
      ['expected', priceText(cost?.expected)],
      ['actual', priceText(cost?.actual)],
      ['follow-up', intent.follow_up ? `${intent.follow_up.id} (${intent.follow_up.state})` : null],
      ['follow-up of', intent.follow_up_of],
    ]),
  ]
  if (decisions && decisions.length > 0) {
    const rows = decisions.map((decision) => [decision.at, decision.kind, reasonText(decision.reason)])
    parts.push(table(colors, ['decided at', 'decision', 'because'], rows))
  }
  if (attempts && attempts.length > 0) {
    const rows = attempts.map((attempt) => [attempt.started_at, attempt.id, attempt.outcome, attempt.http_status])
    parts.push(table(colors, ['attempted at', 'attempt', 'outcome', 'HTTP'], rows))
  }
  return parts.join('\n\n')
}

/** An older installation says no more than the kind and why. */
function forecastText(forecast: IntentView['forecast']): string | null {
  if (forecast == null) return null
  return forecast.text ?? `${forecast.kind}: ${forecast.reason?.text ?? ''}`
}

function heldText({ meta_status: status }: IntentView): string | null {
  return status === 'held_for_quality_assessment' ? 'Meta holds it to see how its template is received' : null
}

/** `0.006800 USD, utility in Brazil`; of what is free, why. */
function priceText(price: z.infer<typeof priceView> | null | undefined): string | null {
  if (price == null) return null
  const because = price.free_because ? ` (${price.free_because.replaceAll('_', ' ')})` : ''
  return `${price.amount} ${price.currency}, ${price.category ?? '-'} in ${price.market ?? '-'}${because}`
}

function scheduleText(schedule: unknown): string | null {
  if (schedule == null || typeof schedule === 'string') return schedule == null ? null : 'the window: before it closes'
  const { local, time_zone } = schedule as { local?: string; time_zone?: string }
  return `${local} ${time_zone === 'contact' ? "on the contact's clock" : time_zone}`
}

export function showEnqueued(colors: Colors, answer: z.infer<typeof enqueuedView>): string {
  const { window, forecast } = answer
  return fields(colors, [
    ['intent', answer.id],
    ['state', colorState(colors, answer.state)],
    ['reason', reasonText(answer.reason)],
    ['window', window ? windowText(window.open, window.expires_at) : null],
    ['forecast', forecastText(forecast)],
    ['price', priceText(forecast?.price)],
  ])
}

export function showIntents(colors: Colors, intents: readonly IntentView[]): string {
  const rows = intents.map((intent) => [
    intent.id,
    colorState(colors, intent.state),
    intent.reason?.code,
    addressOf(intent),
    intent.sent_as,
    intent.delivery_status,
    intent.due_at,
  ])
  return table(colors, ['intent', 'state', 'reason', 'to', 'sent as', 'delivery', 'due at'], rows)
}

export function windowText(open: boolean, expiresAt: string | null | undefined): string {
  if (expiresAt === null || expiresAt === undefined) return 'never open: the customer has not written'
  return open ? `open until ${expiresAt}` : `closed since ${expiresAt}`
}

function reasonText(reason: IntentView['reason']): string | null {
  return reason ? `${reason.code}: ${reason.text}` : null
}

function addressOf({ to }: IntentView): string {
  return to.wa_id ?? to.user_id ?? '-'
}

export function colorState(colors: Colors, state: string): string {
  switch (state) {
    case 'sent':
    case 'active':
    case 'APPROVED':
      return colors.green(state)
    case 'failed':
    case 'expired':
    case 'restricted':
    case 'REJECTED':
    case 'DISABLED':
      return colors.red(state)
    case 'held':
    case 'in_doubt':
    case 'paused':
    case 'suppressed':
    case 'PAUSED':
      return colors.yellow(state)
    default:
      return state
  }
}
