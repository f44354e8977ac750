import { counted } from '../counted.ts'
import { sayerOf } from '../said.ts'
import { FORMS, type Form } from './forms.ts'

/* All that is said of the document of a flow, and of a script to try it: what is wrong, and what to do about it. */

type Kind = { kind: string }
type Got = { got: string }
type Id = { id: string }
type Word = { word: string }
type Code = { code: string }
type Listed = { thing: string; choices: string }

/** What a member should have been, or was, as its sentence says it. */
const KINDS: Readonly<Record<string, string>> = {
  list: 'a list',
  object: 'an object',
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
}
const kindWords = (kind: string) => KINDS[kind] ?? kind

const THINGS: Readonly<Record<string, string>> = {
  trigger: 'a trigger',
  stop: 'a stop',
  message: 'what to send',
  case: 'a case',
  wait: 'a duration such as 22h, or a wait',
  flow: 'a flow',
  script: 'a script',
}
const thingWords = (thing: string) => THINGS[thing] ?? thing

const OF_TEXT = {
  too_long_text: ({ thing, max }: { thing: string; max: number }) =>
    `expected ${thingWords(thing)} of at most ${max} kB`,
  no_text: ({ thing }: { thing: string }) => `expected ${thingWords(thing)}, got an empty text`,
  too_deep: ({ max }: { max: number }) => `expected at most ${max} levels of lists and objects in one another`,
  too_many_values: ({ thing, max }: { thing: string; max: number }) =>
    `expected ${thingWords(thing)} of at most ${max} values`,
  too_many_expanded: ({ max }: { max: number }) => `expected at most ${max} values, aliases expanded`,
  unreadable: ({ why }: { why: string }) => `the text cannot be read: ${why}`,
  tag: () => 'expected no tags: only texts, numbers, true, false, lists and objects',
  merge_key: () => 'expected no merge key "<<"',
  name_no_text: () => 'expected names that are texts',
  name_reserved: ({ name }: { name: string }) => `expected another name than "${name}"`,
  unstorable: ({ why }: { why: string }) => `expected this ${why}`,
}

const OF_SHAPE = {
  no_document: ({ kind }: Kind) => `expected an object with flow, purpose, triggers and steps, got ${kindWords(kind)}`,
  on_is_true: () => 'expected "triggers" instead of "on", which YAML 1.1 reads as true',
  thing_unknown: ({ thing, choices, got }: Listed & Got) =>
    `expected ${thingWords(thing)}: one of ${choices}, got "${got}"`,
  thing_missing: ({ thing, choices }: Listed) => `expected ${thingWords(thing)}: one of ${choices}, got nothing`,
  thing_kind: ({ thing, choices, kind }: Listed & Kind) =>
    `expected ${thingWords(thing)}: an object with one of ${choices}, got ${kindWords(kind)}`,
  thing_several: ({ choices, got }: { choices: string } & Got) => `expected one of ${choices}, got ${got}`,
  step_kind: ({ choices, kind }: { choices: string } & Kind) =>
    `expected a step: an object with an id and one of ${choices}, got ${kindWords(kind)}`,
  step_no_verb: ({ choices }: { choices: string }) => `expected the step to have one of ${choices}`,
  step_several_verbs: ({ got }: Got) => `expected one verb in a step, got ${got}`,
  both_given: ({ one, other }: { one: string; other: string }) => `expected ${one} or ${other}, got both`,
  field_unknown: ({ field }: { field: string }) => `expected no field "${field}"`,
}

type Field = { field: string }

/** Beside what came, which their sentences tell. */
const OF_FIELDS = {
  field_kind: ({ field, wanted }: Field & { wanted: string }) => `expected ${field} to be ${kindWords(wanted)}`,
  field_choice: ({ field, choices }: Field & { choices: string }) => `expected ${field} to be one of ${choices}`,
  field_too_long: ({ field, max }: Field & { max: number }) => `expected ${field} to be at most ${max} characters`,
  field_too_short: ({ field, min }: Field & { min: number }) => `expected ${field} to be at least ${min} characters`,
  field_too_many: ({ field, max }: Field & { max: number }) => `expected ${field} to have at most ${max} items`,
  field_too_few: ({ field, min }: Field & { min: number }) => `expected ${field} to have at least ${min} items`,
  field_too_large: ({ field, max }: Field & { max: number }) => `expected ${field} to be at most ${max}`,
  field_too_small: ({ field, min }: Field & { min: number }) => `expected ${field} to be at least ${min}`,
  field_unfit: ({ field, rule }: Field & { rule: string }) => `expected ${field} ${rule}`,
}

type OfForms = { [F in Form as `form_${F}`]: (values: Field) => string }
const OF_FORMS = Object.fromEntries(
  Object.entries(FORMS).map(([name, form]) => [`form_${name}`, ({ field }: Field) => `expected ${field} ${form}`]),
) as OfForms

const OF_NAMES = {
  id_reserved: ({ id }: Id) => `expected another id than "${id}"`,
  id_twice: ({ id, other }: Id & { other: number }) =>
    `expected each id once, got "${id}" again: steps[${other}] has it`,
  step_unknown: ({ id }: Id) => `expected the id of a step, got "${id}", which no step has`,
  data_unknown: ({ known, got }: { known: string } & Got) =>
    `expected a field that "data" declares (${known}), got "${got}"`,
  data_undeclared: ({ got }: Got) => `expected a field that "data" declares (none is declared), got "${got}"`,
  root_unknown: ({ roots, got }: { roots: string } & Got) =>
    `expected one of ${roots} before the first dot, got "${got}"`,
  after_now: () => 'expected nothing after "now"',
  field_unnamed: ({ root }: { root: string }) => `expected the name of a field after "${root}."`,
  path_unknown: ({ root, known, got }: { root: string; known: string } & Got) =>
    `expected a field of ${root} (${known}), got "${got}"`,
  path_undeclared: ({ root, got }: { root: string } & Got) =>
    `expected a field of ${root} (none: declare it under "data"), got "${got}"`,
  call_unknown: ({ known, got }: { known: string } & Got) =>
    `expected an answer that a call keeps (${known}), got "${got}"`,
  call_none: ({ got }: Got) => `expected an answer that a call keeps (none is kept: save: call.<name>), got "${got}"`,
  call_field: ({ example }: { example: string }) => `expected one field of the answer, as in ${example}`,
  itself: () => 'expected another flow, got this one itself',
  moved_is_there: ({ id }: Id) => `expected the id of a step that is there no more, got "${id}"`,
  removed_is_rule: ({ id }: Id) => `expected another step than one that is called "${id}", as what runs do is`,
  zone: ({ got }: Got) => `expected "contact" or the name of a time zone such as Europe/Lisbon, got "${got}"`,
}

const OF_CONDITIONS = {
  condition: ({ why }: { why: string }) => `the condition cannot be read: ${why}`,
  condition_at: ({ why, at }: { why: string; at: number }) => `the condition cannot be read at character ${at}: ${why}`,
  condition_name: ({ says, name }: { says: string; name: string }) => `the condition cannot be read: ${says}: ${name}`,
  condition_name_at: ({ says, name, at }: { says: string; name: string; at: number }) =>
    `the condition cannot be read at character ${at}: ${says}: ${name}`,
  condition_missing: ({ path }: { path: string }) => `${path} may be missing, and then the condition does not hold`,
  condition_constant: () => 'the condition reads nothing, so it is always the same',
}

const OF_TEXTS = {
  place: ({ got, example }: Got & { example: string }) => `expected a place such as ${example}, got "${got}"`,
  place_missing: ({ path }: { path: string }) => `${path} may be missing, and then nothing is sent`,
  text_too_long: ({ max, got }: { max: number; got: number }) => `expected at most ${max} characters, got ${got}`,
  language: ({ got }: Got) => `expected a language code such as en or pt_BR, got "${got}"`,
  header_variables: () => 'expected one variable: a header has no more',
  label_twice: ({ other }: { other: string }) =>
    `expected another label than that of "${other}": somebody may type it instead of tapping`,
}

const OF_TIMES = {
  moment: ({ field, step }: { field: string; step: string }) =>
    `expected a time such as window.closes - 1h, ${field} or ${step}`,
  moment_too_far: () => 'expected at most 365 days before or after',
  moment_no_date: ({ field, type }: { field: string; type: string }) =>
    `expected a field of type date, got ${field}, which is a ${type}`,
  duration_too_long: ({ max, got }: { max: string } & Got) => `expected at most ${max}, got ${got}`,
  days: ({ got }: Got) => `expected days such as mon-fri or sat,sun, got "${got}"`,
  quiet_empty: () => 'expected quiet hours that end at another time than they begin',
  window_closing: ({ got }: Got) => `expected less than 24h, for that is how long a window lasts, got ${got}`,
  time_range: () => 'expected a time from 2000 to 2100, such as 2026-11-23T10:00:00-03:00',
  zone_name: ({ got }: Got) => `expected the name of a time zone, got "${got}"`,
}

const OF_SETTINGS = {
  set_date: () => 'expected no field of type date: only texts, numbers, true and false can be set',
  set_kind: ({ wanted, field, kind }: { wanted: string; field: string } & Kind) =>
    `expected a ${wanted}, as data.${field} is declared, got a ${kind}`,
  set_time_zone: ({ got }: Got) => `expected an IANA time zone such as America/Sao_Paulo, got "${got}"`,
  set_language: ({ got }: Got) => `expected a language code such as en or pt_BR, got "${got}"`,
  set_name: ({ max, got }: { max: number } & Got) => `expected a name of 1 to ${max} characters, got "${got}"`,
  set_attributes: ({ max, got }: { max: number } & Got) =>
    `expected all attributes of a person to be at most ${max} bytes, got "${got}"`,
}

const OF_STEPS = {
  template_when_closed: () => 'expected no when_closed: a template may go at any time',
  tap_backwards: ({ step, to }: { step: string; to: string }) =>
    `expected a step below ${step}, got ${to}: a tap never moves a run backwards`,
  tap_unknown: ({ known, got }: { known: string } & Got) => `expected one of the buttons ${known}, got "${got}"`,
  then_of_time: () => 'expected no then: this wait is for a time only',
  otherwise_of_time: () => 'expected no otherwise: this wait always ends the same way',
  wait_endless: () => 'nothing ends this wait but what it waits for',
  then_unnamed: ({ got }: Got) => `expected a button that the wait names, got "${got}"`,
  sends_nothing: ({ id }: Id) => `expected a step that sends, got ${id}`,
  no_buttons: ({ id }: Id) => `expected a step with buttons, got ${id}, which sends a text`,
  wait_button: ({ id, known, got }: Id & { known: string } & Got) =>
    `expected buttons of ${id} (${known}), got "${got}"`,
  otherwise_last: () => 'expected otherwise to be the last case',
  address_host: ({ got }: Got) => `expected an https:// address whose host is written out, got "${got}"`,
  address: ({ got }: Got) => `expected an https:// address, got "${got}"`,
  address_password: () => 'expected no user name and no password',
  address_fragment: () => 'expected no fragment (#…)',
  address_secret: ({ name }: { name: string }) =>
    `expected no secret in the address: whoever reads the flow would read "${name}"`,
  address_refused: ({ why }: { why: string }) => `expected an address ${why}`,
}

const OF_BEGINNINGS = {
  inbound_one: () => 'expected exactly one of from, text, prefix, payload or any',
  unanswered_one: () => 'expected exactly one of template, campaign or flow',
  word_empty: ({ word }: Word) => `expected a word, got "${word}", of which nothing is left to compare`,
  word_stops: ({ word }: Word) => `expected no word that ends messages: who writes "${word}" opts out`,
  trigger_twice: ({ other }: { other: number }) =>
    `expected each message to fit one trigger: triggers[${other}] fits the same`,
  except_step: ({ id }: Id) => `expected a step that sends or waits, got ${id}`,
}

const OF_WAYS = {
  unreached: ({ id }: Id) => `nothing leads to the step ${id}`,
  endless_way: ({ from, to }: { from: string; to: string }) =>
    `expected a wait on the way from ${from} to ${to} and back: it goes round without one`,
  not_delivered: ({ id }: Id) => `${id} may not be delivered by then, and then there is nothing to wait for`,
  no_window: ({ anchor }: { anchor: string }) =>
    `expected a trigger that a window comes with, for ${anchor}: with these there may be none`,
  no_free_entry: ({ anchor, trigger }: { anchor: string; trigger: string }) =>
    `expected the trigger ${trigger}, for ${anchor}: with others there is no free entry point`,
  nothing_stops: () => 'nothing ends this flow when the customer answers',
  stopped_before: () => 'expected a reply to come here: "stop: reply" ends the run first',
  no_else: () => 'no case is for everything else',
  sends_after_person: ({ id }: Id) => `${id} still sends after a person was asked to take over`,
  not_sent_before: ({ id }: Id) => `expected ${id} to be sent before this wait: no way leads from it to here`,
  wait_in_quiet: () => "this is inside the flow's own quiet hours, so what follows waits for their end",
  quiet_over_window: () => 'quiet hours may last longer than the window, and then nothing is sent',
  reply_not_quiet: () => 'quiet hours do not hold up what has priority: reply',
  window_closed: ({ id }: Id) =>
    `expected ${id} to come within 24 h of the customer's last message: the window is closed by then, and nothing would be sent`,
  window_may_close: () => 'the window may be closed by then, and the run ends',
}

const OF_TEMPLATES = {
  template_unknown: ({ name }: { name: string }) => `expected a template that the account has, got "${name}"`,
  template_language: ({ name, known, got }: { name: string; known: string } & Got) =>
    `expected a language that ${name} has (${known}), got "${got}"`,
  template_gone: ({ name, status }: { name: string; status: string }) =>
    `expected a template that can be sent, but ${name} is ${status}`,
  template_marketing: ({ purpose, name }: { purpose: string; name: string }) =>
    `expected no marketing template in a flow for ${purpose}, but ${name} is one: who opted out of marketing does not get it, and the run ends`,
  template_lacking: ({ accounts, name }: { accounts: string; name: string }) =>
    `the account ${accounts} cannot send ${name}`,
  template_lacking_several: ({ accounts, name }: { accounts: string; name: string }) =>
    `the accounts ${accounts} cannot send ${name}`,
  template_waiting: ({ name, status }: { name: string; status: string }) =>
    `${name} is ${status}: messages wait until Meta lets it go`,
  template_red: ({ name }: { name: string }) => `${name} has a red quality: Meta may pause it`,
  template_unfit: ({ name, language, why }: { name: string; language: string; why: string }) =>
    `expected what the template asks for. ${name} (${language}) does not fit what it is given: ${why}`,
  template_may_unfit: ({ name, language, why }: { name: string; language: string; why: string }) =>
    `${name} (${language}) does not fit what it is given: ${why}`,
}

const OF_OTHERS = {
  other_name: ({ name, got }: { name: string } & Got) => `expected the name of the address, ${name}, got ${got}`,
  sender_unknown: ({ got }: Got) => `expected a linked phone_number_id, got ${got}`,
  sender_missing: () => 'expected a sender: this key is for some numbers only',
  step_in_use: ({ runs }: { runs: number }) => `${counted(runs, 'live run')} ${runs === 1 ? 'is' : 'are'} in it`,
  flow_missing: ({ flow }: { flow: string }) => `there is no flow ${flow} yet`,
  flow_round: ({ way }: { way: string }) => `expected no way round, got ${way}: each begins the next, and no one ends`,
}

const OF_PLAYING = {
  not_started: ({ kinds }: { kinds: string }) =>
    `expected something that starts the flow (${kinds}): nothing of the script does`,
  play_endless: ({ looks, lines, after }: { looks: number; lines: number; after: number }) =>
    `expected a flow that comes to its end, or waits, within ${looks} looks, ${lines} lines and the time there is; this one went on after ${after}`,
  data_extra: ({ field }: { field: string }) => `expected only fields that the flow declares, got "${field}"`,
  data_missing: ({ field, type }: { field: string; type: string }) => `expected data.${field}, a ${type}, got nothing`,
  data_string: ({ field, max }: { field: string; max: number }) =>
    `expected data.${field} to be a string of at most ${max.toLocaleString('en')} characters, valid Unicode without U+0000`,
  data_number: ({ field }: { field: string }) => `expected data.${field} to be a number`,
  data_boolean: ({ field }: { field: string }) => `expected data.${field} to be true or false`,
  data_date: ({ field }: { field: string }) =>
    `expected data.${field} to be a date from 2000 to 2100, such as 2026-12-01T09:00:00Z`,
}

export const FLOW_PROBLEMS = {
  ...OF_TEXT,
  ...OF_SHAPE,
  ...OF_FIELDS,
  ...OF_FORMS,
  ...OF_NAMES,
  ...OF_CONDITIONS,
  ...OF_TEXTS,
  ...OF_TIMES,
  ...OF_SETTINGS,
  ...OF_STEPS,
  ...OF_BEGINNINGS,
  ...OF_WAYS,
  ...OF_TEMPLATES,
  ...OF_OTHERS,
  ...OF_PLAYING,
}

/** What to do about it. */
export const FLOW_HINTS = {
  did_you_mean: ({ word }: Word) => `did you mean "${word}"?`,
  did_you_mean_for: ({ word, got }: Word & Got) => `"${got}": did you mean "${word}"?`,
  needs_more: ({ got, code }: Got & Code) => `"${got}" needs more: write it as "${code}"`,
  one_of: ({ choices }: { choices: string }) => `one of ${choices}`,
  quote_number: ({ got }: { got: number }) => `put it in quotes: "${got}" is a number in YAML`,
  quote_name: () => 'put the name in quotes',
  write_out: () => 'write the fields out',
  two_steps: () => 'make two steps of it',
  ask_first: ({ code }: Code) => `ask first: ${code}`,
  give_fallback: ({ code }: Code) => `give a text for that case: ${code}`,
  declare: ({ code }: Code) => `declare it as "${code}"`,
  use: ({ code }: Code) => `use ${code}`,
  give: ({ one, other }: { one: string; other: string }) => `give ${one} or ${other}`,
  add: ({ code }: Code) => `add: ${code}`,
  write: ({ code }: Code) => code,
  end_with: ({ code }: Code) => `end it with: ${code}`,
  wait_first: ({ code }: Code) => `wait first: ${code}`,
  no_quiet_hours: () => 'leave quiet_hours out when no hour is quiet',
  places_behind_host: ({ example }: { example: string }) => `places may stand behind the host: ${example}`,
  signed: () => 'leave it out: each call is signed, and the program may ask for that',
  another_word: () => 'take another word',
  wait_for_something: () => 'wait for a time, a reply, a tap or an event',
  reply_not_held: () => 'priority: reply is not held up',
  template_instead: ({ code }: Code) => `send a template, or ${code}`,
  where_it_goes: () => 'say where it goes: otherwise, or if: window.open',
  make_template: () => 'make it first; where it was made elsewhere, read them again: casement template sync',
  marketing_ways: () => 'purpose: marketing, another template, or otherwise: a step for those',
}

export const problem = sayerOf(FLOW_PROBLEMS)
export const hint = sayerOf(FLOW_HINTS)
