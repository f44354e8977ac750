import { type Said, sayerOf } from '../said.ts'

/* Why a run did what it did: all that its history says, and the transcript of one that was only played. Times are ISO 8601. */

type At = { at: string }
type Why = { why: string }
type Step = { step: string }
type Button = { button: string }
type Flow = { flow: string }
type Field = { field: string }
type Got = { got: string }

const STAMP = (at: string) => `, at ${at} by WhatsApp's stamp`

export const RUN_WHYS = {
  // How it begins and ends.
  started: ({ trigger, version }: { trigger: string; version: number }) => `${trigger}, version ${version}`,
  played: ({ trigger }: { trigger: string }) => trigger,
  flow_says: () => 'the flow says so',
  other_flow_says: () => 'another flow says so',
  time_over: () => 'the time of the flow is over',
  visits: ({ count }: { count: number }) => `came to this step ${count} times`,
  messages: ({ count }: { count: number }) => `${count} messages in an hour`,
  customer_answered: () => 'the customer answered',
  customer_answered_at: ({ at }: At) => `the customer answered${STAMP(at)}`,
  event_came: () => 'the event came',
  opted_out: () => 'the customer opted out',
  person_took_over: () => 'a person took over',
  stopped_by: ({ name }: { name: string }) => `stopped by ${name}`,
  flow_changed: () => 'the flow was changed, and ends its runs',
  merged: () => 'the same person is in an older run of it',
  paused_by: ({ name }: { name: string }) => `paused by ${name}`,
  resumed_by: ({ name }: { name: string }) => `resumed by ${name}`,
  unlinked: () => 'Its number is not linked any more.',
  broken: ({ why }: Why) => `Could not be looked at: ${why}`,
  yielded: ({ steps }: { steps: number }) => `${steps} steps in one go; goes on at once`,
  stays_on: ({ version, next }: { version: number; next: number }) =>
    `stays on version ${version}: its step is not in version ${next}`,
  went_over: ({ version, next }: { version: number; next: number }) => `version ${version} → ${next}`,
  went_over_to: ({ version, next, from, to }: { version: number; next: number; from: string; to: string }) =>
    `version ${version} → ${next}, from ${from} to ${to}`,
  place_taken: () => 'once: the same person is in an older run, which has the place',

  // Of messages.
  sends: ({ key }: { key: string }) => key,
  late: ({ at }: At) => `late: it was to go at ${at}`,
  deadline_was: ({ at }: At) => `its deadline was ${at}`,
  deadline_unknown: () => 'its deadline was nothing that is known',
  quiet_until: ({ at }: At) => `quiet hours until ${at}`,
  left_at: ({ at }: At) => `left at ${at}`,
  left_unknown: () => 'left at nothing that is known',
  not_left: () => 'it did not leave',
  unknown_value: ({ path }: { path: string }) => `${path} is not known and has no text for that case`,
  unsendable: ({ why }: Why) => why,

  // Of waits.
  waits: ({ what }: { what: string }) => `for ${WAITED[what] ?? what}`,
  waits_until: ({ what, at }: { what: string } & At) => `for ${WAITED[what] ?? what}, until ${at}`,
  waits_event: ({ event }: { event: string }) => `for the event ${event}`,
  waits_event_until: ({ event, at }: { event: string } & At) => `for the event ${event}, until ${at}`,
  nothing_awaited: () => 'there is nothing to wait for',
  timed_out: ({ at }: At) => `its time was over at ${at}`,
  delivered: ({ step }: Step) => `${step} was delivered`,
  read: ({ step }: Step) => `${step} was read`,
  event_named: ({ event }: { event: string }) => `the event ${event} came`,
  chose: ({ button }: Button) => `the customer chose ${button}`,
  chose_at: ({ button, at }: Button & At) => `the customer chose ${button}${STAMP(at)}`,
  tapped: ({ button, step }: Button & Step) => `the customer tapped ${button} of ${step}`,

  // Of conditions and what is set.
  not_held: ({ condition }: { condition: string }) => `the condition does not hold: ${condition}`,
  case_held: ({ condition }: { condition: string }) => condition,
  case_otherwise: () => 'otherwise',
  case_none: () => 'no case holds',
  untold: ({ condition, why }: { condition: string } & Why) => `cannot tell whether ${condition}: ${why}`,
  set: ({ field, value }: Field & { value: string }) => `${field} = ${value}`,
  stays_unknown: ({ field }: Field) => `${field} stays as it is: a part of its text is not known`,
  stays_time_zone: ({ field, got }: Field & Got) =>
    `${field} stays as it is: expected an IANA time zone such as America/Sao_Paulo, got "${got}"`,
  stays_language: ({ field, got }: Field & Got) =>
    `${field} stays as it is: expected a language code such as en or pt_BR, got "${got}"`,
  stays_name: ({ field, got, max }: Field & Got & { max: number }) =>
    `${field} stays as it is: expected a name of 1 to ${max} characters, got "${got}"`,
  stays_attributes: ({ field, got, max }: Field & Got & { max: number }) =>
    `${field} stays as it is: expected all attributes of a person to be at most ${max} bytes, got "${got}"`,

  // Of people, other flows and programs.
  team: ({ team }: { team: string }) => team,
  team_note: ({ team, note }: { team: string; note: string }) => `${team}: ${note}`,
  flow: ({ flow }: Flow) => flow,
  begun: ({ flow, run }: Flow & { run: string }) => `${flow}: begun as ${run}`,
  not_begun_hops: ({ flow, hops }: Flow & { hops: number }) =>
    `${flow}: not begun: ${hops} flows have begun one another before it`,
  not_begun_none: ({ flow }: Flow) => `${flow}: not begun: there is no such flow, or it is paused`,
  not_begun_gone: ({ flow }: Flow) => `${flow}: not begun: the conversation is gone`,
  not_begun_once: ({ flow }: Flow) => `${flow}: not begun: they are in it, or were`,
  not_begun_trigger: ({ flow }: Flow) => `${flow}: not begun: it has no trigger "api", or is of another number`,
  not_begun_data: ({ flow, why }: Flow & Why) => `${flow}: not begun: ${why}`,
  calls: ({ url }: { url: string }) => url,
  answered: () => 'it was answered',
  answered_with: ({ names }: { names: string }) => `answered ${names}`,
  call_failed: ({ why }: Why) => why,
  call_tried: ({ why, at }: Why & At) => `${why}; tried again at ${at}`,
  address_up: () => 'a part of its address is "." or ".."',

  // Of a script.
  awaits_nothing: ({ step }: Step) => `${step} awaits no answer`,
  not_sent_yet: ({ step }: Step) => `${step} has not been sent`,
}

/** What is waited for, beside events. */
const WAITED: Readonly<Record<string, string>> = {
  time: 'a time',
  reply: 'a reply',
  tap: 'a tap',
  read: 'a read',
  delivered: 'a delivery',
}

export const why = sayerOf(RUN_WHYS)

/** Of what came of it, in a word: an outcome, or the reason of a message. */
export function because(became: { outcome: string } | { reason: string }, said: Said): Said {
  const [word] = Object.values(became)
  return { code: said.code, values: { ...said.values, ...became }, text: `${word}: ${said.text}` }
}
