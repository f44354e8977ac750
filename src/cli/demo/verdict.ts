import type { IntentView } from '../views.ts'
import { type Expected, expectedInvitations, expectedOutcome } from './oracle.ts'
import type { LedgerSend } from './phones.ts'
import { INVITATION, invitationValues, type PlayedIntent, POLICIES, SUBSTITUTE } from './plan.ts'
import type { Played } from './story.ts'

/** Where what happened is not what the rules say. */
export interface Mismatch {
  /** Line in the contacts file; null when it concerns nobody in particular. */
  readonly line: number | null
  readonly about: string
  readonly expected: string
  readonly got: string
}

/**
 * Compares every intent with the oracle, and everything that reached the sandbox with both: the right content, once, in order, inside
 * an open window where it is free-form, and nothing that nobody asked for.
 */
export function judge(played: Played): Mismatch[] {
  const sends = bySentIntent(played.ledger)
  return [
    ...played.intents.flatMap((intent) => judgeOutcome(intent, played)),
    ...played.intents.flatMap((intent) => judgeArrival(intent, sends)),
    ...judgeInvitations(played, sends),
    ...judgeOrder(played, sends),
    ...judgeStrays(played, sends),
    ...judgeWindows(played),
  ]
}

function judgeOutcome(intent: PlayedIntent, { views, waited }: Played): Mismatch[] {
  const expected = expectedOutcome(intent)
  const view = intent.id === null ? undefined : views.get(intent.id)
  if (!view) return [mismatch(intent, 'outcome', describe(expected), intent.refusal ?? 'not listed')]
  const isRight =
    view.state === expected.state &&
    (expected.reason === null || view.reason?.code === expected.reason) &&
    (expected.arrives === null || view.sent_as === (expected.arrives === 'text' ? 'free_form' : 'template')) &&
    (!expected.released || waited.has(view.id))
  return isRight ? [] : [mismatch(intent, 'outcome', describe(expected), describeView(view, waited))]
}

function judgeArrival(intent: PlayedIntent, sends: ReadonlyMap<string, LedgerSend[]>): Mismatch[] {
  const { arrives } = expectedOutcome(intent)
  const arrived = intent.id === null ? [] : (sends.get(intent.id) ?? [])
  const shown = arrived.map(contentOf).join(' and ') || 'nothing'
  const wanted =
    arrives === null
      ? 'nothing'
      : arrives === 'text'
        ? textShown(intent.text)
        : templateShown(SUBSTITUTE, intent.substitute)
  return shown === wanted ? [] : [mismatch(intent, 'on the phone', wanted, shown)]
}

function judgeInvitations({ intents, views }: Played, sends: ReadonlyMap<string, LedgerSend[]>): Mismatch[] {
  const invitations = [...views.values()].filter((view) => view.follow_up_of)
  const contacts = new Map(intents.map((intent) => [intent.contact.line, intent]))
  return [...contacts.values()].flatMap((intent) => {
    const ours = new Set(intents.filter((one) => one.contact === intent.contact).map((one) => one.id))
    const asked = invitations.filter((view) => ours.has(view.follow_up_of ?? null))
    const arrived = asked.flatMap((view) => sends.get(view.id) ?? []).map(contentOf)
    const wanted = templateShown(INVITATION, Object.values(invitationValues(intent.contact)))
    const expected = Array.from({ length: expectedInvitations(intent.contact) }, () => wanted)
    const [want, got] = [expected, arrived].map((list) => list.join(' and ') || 'none') as [string, string]
    return want === got ? [] : [mismatch(intent, 'invitation', want, got)]
  })
}

/** Texts of one conversation leave in the order they were enqueued. */
function judgeOrder({ intents }: Played, sends: ReadonlyMap<string, LedgerSend[]>): Mismatch[] {
  const mismatches: Mismatch[] = []
  for (let start = 0; start < intents.length; start += POLICIES.length) {
    const conversation = intents.slice(start, start + POLICIES.length)
    const texts = conversation.filter((intent) => expectedOutcome(intent).arrives === 'text')
    const seqs = texts.flatMap(({ id }) => (id === null ? [] : (sends.get(id)?.[0]?.seq ?? [])))
    const isSorted = seqs.every((seq, index) => index === 0 || (seqs[index - 1] as number) < seq)
    if (!isSorted && texts[0]) mismatches.push(mismatch(texts[0], 'order', 'as enqueued', seqs.join(', ')))
  }
  return mismatches
}

/** Beside the plan only the answers to the ads, once each, and invitations, which were counted above. */
function judgeStrays(
  { intents, ledger, views, openers }: Played,
  sends: ReadonlyMap<string, LedgerSend[]>,
): Mismatch[] {
  const planned = new Set(intents.map((intent) => intent.id))
  const isKnown = (id: string) => planned.has(id) || openers.has(id) || planned.has(views.get(id)?.follow_up_of ?? '')
  const strays = ledger.filter((send) => send.outcome === 'accepted' && !isKnown(intentOf(send)))
  const unopened = [...openers].filter((id) => sends.get(id)?.length !== 1)
  return [
    ...strays.map((send) => ({
      line: null,
      about: 'ledger',
      expected: 'only messages of known intents',
      got: `send ${send.seq} (${send.opaque ?? 'without our id'})`,
    })),
    ...unopened.map((id) => ({
      line: null,
      about: 'answer to an ad',
      expected: 'one message',
      got: `${sends.get(id)?.length ?? 0} of intent ${id}`,
    })),
  ]
}

/** P1: no text outside an open window, and none that Meta had to refuse for it. */
function judgeWindows({ ledger }: Played): Mismatch[] {
  const outside = ledger.filter((send) => send.type !== 'template' && (!send.window_open || send.code === 131047))
  return outside.map((send) => ({
    line: null,
    about: 'ledger',
    expected: 'free-form only while the window is open',
    got: `send ${send.seq} of intent ${intentOf(send)}, ${send.outcome}`,
  }))
}

function bySentIntent(ledger: readonly LedgerSend[]): Map<string, LedgerSend[]> {
  return Map.groupBy(
    ledger.filter((send) => send.outcome === 'accepted'),
    intentOf,
  )
}

/** The attempt id travels with the message: `<intent id>.<number>`. */
function intentOf(send: LedgerSend): string {
  return send.opaque?.split('.')[0] ?? ''
}

interface SentBody {
  readonly text?: { readonly body?: string }
  readonly template?: {
    readonly name?: string
    readonly components?: readonly {
      readonly type?: string
      readonly parameters?: readonly { readonly text?: string }[]
    }[]
  }
}

function contentOf(send: LedgerSend): string {
  const { text, template } = send.body as SentBody
  if (!template) return textShown(text?.body ?? '')
  const body = template.components?.find((component) => component.type?.toLowerCase() === 'body')
  return templateShown(template.name ?? '', body?.parameters?.map((parameter) => parameter.text ?? '') ?? [])
}

function textShown(text: string): string {
  return `the text "${text}"`
}

function templateShown(name: string, values: readonly string[]): string {
  return `the template ${name} (${values.join(', ')})`
}

function describe({ state, reason, arrives, released }: Expected): string {
  const how = arrives === null ? '' : arrives === 'text' ? ' as free-form' : ' as template'
  return `${state}${reason ? ` (${reason})` : ''}${how}${released ? ' after an answer' : ''}`
}

function describeView(view: IntentView, waited: ReadonlySet<string>): string {
  const how = view.state === 'sent' ? ` as ${view.sent_as === 'free_form' ? 'free-form' : view.sent_as}` : ''
  const released = view.state === 'sent' && waited.has(view.id) ? ' after an answer' : ''
  return `${view.state}${view.reason ? ` (${view.reason.code})` : ''}${how}${released}`
}

function mismatch(intent: PlayedIntent, about: string, expected: string, got: string): Mismatch {
  return { line: intent.contact.line, about: `${intent.contact.situation}, ${intent.policy}: ${about}`, expected, got }
}
