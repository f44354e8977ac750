import { counted } from '../../counted.ts'
import { sayerOf } from '../../said.ts'

/** All that is said of a template document. Each continues the sentence that the path begins. */
export const LINT_SENTENCES = {
  // Of the document.
  no_document: () => 'is to be a JSON object',
  no_components: () => 'is to be a list of components',
  too_many_components: ({ max, count }: { max: number; count: number }) =>
    `is to be at most ${max} components, got ${count}`,
  component_kind_missing: () => 'is to name the kind of component',
  component_twice: ({ kind }: { kind: string }) => `is a second ${kind}; there may be one`,
  no_body: () => 'has no BODY',
  name_form: () => 'is to be 1 to 512 lower-case letters, digits and underscores',
  language_form: () => 'is to be a code such as en or pt_BR, spelled with an underscore',
  language_unknown: ({ language }: { language: string }) =>
    `is not among the codes that Meta names, such as en or pt_BR: ${language}`,
  not_one_of: ({ choices }: { choices: string }) => `is to be one of ${choices}`,
  not_boolean: () => 'is to be true or false',
  seconds_of_category: ({ min, max, category }: { min: number; max: number; category: string }) =>
    `is to be ${min} to ${max} seconds for the category ${category}`,
  seconds_of_marketing: () => 'counts for marketing on the Marketing Messages API only; leave it out here',
  minutes_range: ({ min, max }: { min: number; max: number }) => `is to be ${min} to ${max} minutes`,

  // Of texts.
  missing: () => 'is missing',
  too_long: ({ length, max }: { length: number; max: number }) => `has ${length} characters; Meta allows ${max}`,
  line_break: ({ part }: { part: string }) => `has a line break; write the ${part} as one line`,
  emoji_in: ({ part }: { part: string }) => `has an emoji; Meta may refuse it in a ${part}`,
  formatting_in: ({ part }: { part: string }) => `has formatting characters, which show nothing in a ${part}`,
  line_breaks_in_row: () => 'has more than two line breaks in a row',
  too_many_emoji: ({ count, max }: { count: number; max: number }) => `has ${count} emoji; Meta allows ${max}`,
  variable_sign: ({ variable }: { variable: string }) =>
    `has the variable ${variable}; leave #, $ and % out of its name`,
  braces: () => 'has braces around something that is neither a number nor a name',
  no_variables: ({ count }: { count: number }) => `may not hold variables, got ${count}`,
  too_many_variables: ({ max, count }: { max: number; count: number }) => `may hold ${max} variable, got ${count}`,
  variable_names: ({ variables }: { variables: string }) =>
    `has the variable ${variables}; names are lower-case letters, digits and underscores, a letter first`,
  variable_numbers: ({ variables, first }: { variables: string; first: string }) =>
    `is to number its variables from ${first} without gaps, got ${variables}`,
  only_variables: () => 'is nothing but variables; put words around them',
  variable_first: () => 'has a variable at its very start; put words in front of it',
  punctuation_first: () => 'has nothing but punctuation in front of its first variable',
  variable_last: () => 'has a variable at its very end; put words behind it',
  variable_last_but: ({ signs }: { signs: string }) =>
    `has a variable at its very end; put words behind it and its ${signs}`,
  variables_adjacent: () => 'has two variables side by side; put words between them',
  too_few_words: ({ words, variables, needed }: { words: number; variables: number; needed: number }) =>
    `has ${counted(words, 'word')} around ${counted(variables, 'variable')}; Meta wants ${needed}`,
  examples_missing: ({ variables }: { variables: string }) => `has no example for ${variables}`,
  example_missing: ({ got }: { got: number }) => `is to hold an example for its variable, got ${got}`,
  examples_too_few: ({ count, got }: { count: number; got: number }) =>
    `is to hold an example for each of the ${count} variables, got ${got}`,
  reads_like_ad: ({ words }: { words: string }) =>
    `has "${words}", which reads like an advertisement; Meta may make this template MARKETING, which costs more and needs consent`,
  text_link_http: () => 'has an address that is to be https; Meta refuses http',
  text_link_none: () => 'has an address that is to be an https address',
  text_link_shortened: ({ host }: { host: string }) =>
    `has an address that leads through ${host}; write the address itself, for Meta refuses shorteners`,

  // Of headers.
  gif_category: () => 'may be GIF in marketing templates only',
  gif_elsewhere: () => 'is shown by the Marketing Messages API only, as a video when it is larger than 3.5 MB',
  sample_missing: () => 'is to hold the handle of an uploaded sample; upload one by POST /v1/templates/samples',
  sample_is_medium: () => 'looks like the id of a medium; Meta wants the handle of an uploaded sample',
  sample_is_address: () => 'is an address elsewhere; Meta wants the handle of an uploaded sample',

  // Of buttons.
  buttons_count: ({ max, got }: { max: number; got: number }) => `is to hold 1 to ${max} buttons, got ${got}`,
  buttons_no_list: ({ max }: { max: number }) => `is to hold 1 to ${max} buttons, got no list`,
  button_kind_missing: () => 'is to name the kind of button',
  buttons_of_kind: ({ count, kind, max }: { count: number; kind: string; max: number }) =>
    `has ${count} ${kind} buttons; Meta allows ${max}`,
  buttons_mixed: () => 'mixes quick replies with other buttons; each kind is to stand together',
  label_variables: () => 'may not hold variables',
  label_line_breaks: () => 'may not hold line breaks',
  label_emoji: () => 'may not hold emoji',
  label_formatting: () => 'may not hold formatting characters',
  label_fixed: ({ label }: { label: string }) => `is fixed by Meta: write "${label}"`,
  code_missing: () => 'is to show a code',
  link_none: () => 'is to be an https address',
  link_http: () => 'is to be https; Meta refuses http',
  link_shortened: ({ host }: { host: string }) =>
    `leads through ${host}; write the address itself, for Meta refuses shorteners`,
  link_variables: ({ count }: { count: number }) => `may hold one variable, got ${count}`,
  link_variable_end: () => 'is to have its variable at the very end',
  link_example_missing: () => 'is to show the address as it will be',
  link_example_part: () => 'is to show the whole address, not its end only',
  phone: () => 'is to be a phone number',
  phone_up_to: ({ max }: { max: number }) => `is to be a phone number of at most ${max} characters`,
  flow_none: ({ choices }: { choices: string }) => `is to have exactly one of ${choices}, got none`,
  flow_several: ({ choices, got }: { choices: string; got: string }) =>
    `is to have exactly one of ${choices}, got ${got}`,
  screen: () => 'is to be the id of a screen',

  // Of one-time passwords.
  otp_no_part: ({ kind }: { kind: string }) => `is a ${kind}; an authentication template has none`,
  otp_no_other_button: () => 'is to be OTP; an authentication template has no other button',
  otp_buttons: ({ got }: { got: number }) => `is to hold exactly one button, of type OTP, got ${got}`,
  otp_body: () => 'is written by Meta; leave it out',
  otp_footer: () => 'is written by Meta; give code_expiration_minutes instead',
  otp_elsewhere: () => 'may be OTP in authentication templates only',
  zero_tap_terms: () => 'is to be true: Meta wants its terms of zero tap accepted',
  apps_count: ({ max, got }: { max: number; got: number }) => `is to name 1 to ${max} apps, got ${got}`,
  apps_no_list: ({ max }: { max: number }) => `is to name 1 to ${max} apps, got no list`,
  package_name: ({ max }: { max: number }) => `is to be the name of an Android package, at most ${max} characters`,
  hash_encoded: ({ hash }: { hash: string }) => `is percent-encoded: ${hash}`,
  hash_form: ({ length }: { length: number }) => `is to be the ${length} characters of the app's signing key hash`,

  // Of carousels.
  cards_count: ({ min, max, got }: { min: number; max: number; got: number }) =>
    `is to hold ${min} to ${max} cards, got ${got}`,
  cards_no_list: ({ min, max }: { min: number; max: number }) => `is to hold ${min} to ${max} cards, got no list`,
  card_differs: ({ parts, first }: { parts: string; first: string }) =>
    `has other parts than the first card (${parts}, not ${first}); give all cards the same`,
  product_cards: ({ count }: { count: number }) =>
    `has ${count} product cards; Meta creates two, and a message may have up to ten`,
  card_part: ({ kind, choices }: { kind: string; choices: string }) => `is a ${kind}; a card has ${choices}`,
  card_no_header: () => 'has no HEADER; a card shows an image, a video or a product',
  card_no_buttons: ({ max }: { max: number }) => `has no BUTTONS; a card has 1 to ${max}`,
  card_header: ({ choices }: { choices: string }) => `is to be one of ${choices} on a card`,
  card_product_button: ({ choices }: { choices: string }) =>
    `shows a product, so its button is to be one of ${choices}`,

  // Of what stands together.
  kind_of_category: ({ kind, categories }: { kind: string; categories: string }) =>
    `is a ${kind}, which is for ${categories} templates`,
  not_beside: ({ kind, other }: { kind: string; other: string }) =>
    `is a ${kind}, which may not stand beside a ${other}; take it out`,
  offer_text: ({ max }: { max: number }) => `is to be 1 to ${max} characters`,
  offer_header: () => 'has a limited-time offer, so its header may be an IMAGE or a VIDEO',
  offer_buttons: () => 'has a limited-time offer, so its buttons are to be COPY_CODE and then URL',
  products_header: () => 'has an MPM button, so it is to have a HEADER with a text',
  product_button: () => 'has a PRODUCT header, so it is to have an SPM button',
  button_twice: ({ kind }: { kind: string }) => `has more than one ${kind} button`,

  // Of templates from the library.
  library_name: () => 'is to be a name from the library',
  library_category: () => 'is to be UTILITY for a template of the library',
  library_components: () => 'is to be left out: the library has them',
  library_inputs: () => 'is to be a list, one for each button',
}

export type LintCode = keyof typeof LINT_SENTENCES

export const said = sayerOf(LINT_SENTENCES)
