import { describe, expect, it } from 'vitest'
import { readFlow } from '../../../src/usecases/read-flow.ts'

/* Documents with one mistake each: the line where it is, and words that say what to change. */

const HEAD = 'flow: f\npurpose: utility\ntriggers: [ api ]\n'
const SEND = '  - { id: a, send: { text: Hello } }\n'
const steps = (text: string) => `${HEAD}steps:\n${text}`
const top = (line: string) => `${HEAD}${line}\nsteps:\n${SEND}`

const MALFORMED: [name: string, text: string, line: number, says: RegExp][] = [
  ['an empty text', '', 1, /empty/],
  ['no object', '- a\n- b\n', 1, /expected an object/],
  ['a tab', 'flow: f\n\tpurpose: x\n', 2, /cannot be read/],
  ['a name twice', 'flow: f\npurpose: utility\nflow: g\n', 3, /unique/],
  ['an open bracket', `${HEAD}data: { a: string\nsteps: []\n`, 5, /cannot be read/],
  ['a tag', top('zone: !!js/function x'), 4, /tag/i],
  ['a merge key', `${HEAD}steps:\n  - <<: { id: a }\n    end: b\n`, 5, /merge key/],
  [
    'on for triggers',
    'flow: f\npurpose: utility\non: [ api ]\nsteps:\n  - { id: a, end: b }\n',
    3,
    /"triggers" instead of "on"/,
  ],
  ['a misspelt field at the top', top('quiet_hour: { from: "20:00", to: "08:00" }'), 4, /did you mean "quiet_hours"/],
  [
    'an unknown purpose',
    `flow: f\npurpose: marketting\ntriggers: [ api ]\nsteps:\n${SEND}`,
    2,
    /did you mean "marketing"/,
  ],
  ['no steps', `${HEAD}steps: []\n`, 4, /at least 1 item/],
  [
    'a flow with an odd name',
    `flow: "My Flow"\npurpose: utility\ntriggers: [ api ]\nsteps:\n${SEND}`,
    1,
    /lower case letters/,
  ],
  [
    'a misspelt trigger',
    `flow: f\npurpose: utility\ntriggers:\n  - inbund: { from: ad }\nsteps:\n${SEND}`,
    4,
    /did you mean "inbound"/,
  ],
  ['a trigger that needs more', `flow: f\npurpose: utility\ntriggers: [ inbound ]\nsteps:\n${SEND}`, 3, /needs more/],
  ['a misspelt stop', top('stop: [ opt_outt ]'), 4, /did you mean "opt_out"/],
  ['a step without an id', steps('  - { send: { text: Hi } }\n'), 5, /expected id/],
  ['a misspelt verb', steps('  - { id: a, sned: { text: Hi } }\n'), 5, /did you mean "send"/],
  ['two verbs', steps('  - { id: a, wait: 1h, send: { text: Hi } }\n'), 5, /make two steps/],
  [
    'a misspelt field of a call',
    steps('  - { id: a, call: { urll: "https://example.com/" } }\n'),
    5,
    /did you mean "url"/,
  ],
  [
    'a call with headers',
    steps('  - { id: a, call: { url: "https://a.example/", headers: {} } }\n'),
    5,
    /no field "headers"/,
  ],
  ['a call of nobody', steps('  - { id: a, call: { url: quotes } }\n'), 5, /whose host is written out/],
  [
    'a call of another kind of address',
    steps('  - { id: a, call: { url: "ftp://a.example/" } }\n'),
    5,
    /whose host is written/,
  ],
  [
    'a call of a host that customers name',
    steps('  - { id: a, call: { url: "https://{{contact.host | a}}.example/" } }\n'),
    5,
    /whose host is written out/,
  ],
  [
    'a call of a port that they name',
    steps('  - { id: a, call: { url: "https://a.example:{{contact.port | 1}}/" } }\n'),
    5,
    /host/,
  ],
  [
    'a call with a password',
    steps('  - { id: a, call: { url: "https://me:secret@a.example/" } }\n'),
    5,
    /no user name/,
  ],
  [
    'a call with a key',
    steps('  - { id: a, call: { url: "https://a.example/?api_key=x" } }\n'),
    5,
    /no secret in the address/,
  ],
  ['a call with a fragment', steps('  - { id: a, call: { url: "https://a.example/#x" } }\n'), 5, /no fragment/],
  [
    'a call that is tried for weeks',
    steps('  - { id: a, call: { url: "https://a.example/", retry: { up_to: 14d } } }\n'),
    5,
    /at most 3d/,
  ],
  [
    'a name for an answer of no call',
    steps('  - { id: a, call: { url: "https://a.example/", save: data.x } }\n'),
    5,
    /"call\."/,
  ],
  [
    'an answer that nobody keeps, in a text',
    steps(
      '  - { id: a, call: { url: "https://a.example/", save: call.quote } }\n  - { id: b, send: { text: "{{call.quot.total | ?}}" } }\n',
    ),
    6,
    /did you mean "quote"/,
  ],
  [
    'an answer that nobody keeps, in a condition',
    steps(
      '  - { id: a, call: { url: "https://a.example/", save: call.quote } }\n  - { id: b, if: has(call.qoute.total), end: c }\n',
    ),
    6,
    /did you mean "quote"/,
  ],
  [
    'a whole answer in a text',
    steps(
      '  - { id: a, call: { url: "https://a.example/", save: call.q } }\n  - { id: b, send: { text: "{{call.q | x}}" } }\n',
    ),
    6,
    /one field of the answer/,
  ],
  [
    'a way round by a call',
    steps('  - { id: a, call: { url: "https://a.example/" }, next: a }\n'),
    5,
    /goes round without one/,
  ],
  ['an id twice', steps(`${SEND}${SEND}`), 6, /once, got "a" again/],
  ['an id that every object has', steps('  - { id: constructor, wait: 1h }\n'), 5, /another id than "constructor"/],
  [
    'a way to nowhere',
    steps('  - { id: first, wait: 1h, next: secnd }\n  - { id: second, end: b }\n'),
    5,
    /did you mean "second"/,
  ],
  [
    'a way round a wait that is left out',
    steps(
      '  - { id: a, set: { contact.n: 1 } }\n  - { id: w, if: window.open, wait: 1h, next: b }\n  - { id: b, set: { contact.n: 2 }, next: w }\n',
    ),
    7,
    /goes round without one/,
  ],
  [
    'a way round a wait whose time may be over',
    steps(
      '  - { id: a, set: { contact.n: 1 } }\n  - { id: w, wait: { for: reply, until: now }, then: c, otherwise: a }\n  - { id: c, end: d }\n',
    ),
    6,
    /goes round without one/,
  ],
  [
    'a prefix of which nothing is left',
    `flow: f\npurpose: utility\ntriggers:\n  - inbound: { prefix: " " }\nsteps:\n${SEND}`,
    4,
    /nothing is left to compare/,
  ],
  ['next and end', steps('  - { id: a, wait: 1h, next: b, end: c }\n  - { id: b, end: c }\n'), 5, /next or end/],
  ['no duration', steps('  - { id: a, wait: 2 days }\n'), 5, /duration such as/],
  ['a duration that is a number', steps('  - { id: a, wait: 5 }\n'), 5, /duration|string/],
  ['a wait of years', steps('  - { id: a, wait: 400d }\n'), 5, /365d/],
  [
    'a misspelt anchor',
    steps('  - { id: a, wait: { until: windw.closes - 1h } }\n'),
    5,
    /did you mean "window.closes"/,
  ],
  ['a field that nobody declared', steps('  - { id: a, wait: { until: data.when } }\n'), 5, /"data" declares/],
  [
    'a field that is no date',
    `${HEAD}data: { when: string }\nsteps:\n  - { id: a, wait: { until: data.when } }\n`,
    6,
    /declare it as/,
  ],
  ['a time of day without quotes', top('quiet_hours: { from: 2000, to: "08:00" }'), 4, /quotes/],
  ['midnight as 24:00', top('quiet_hours: { from: "24:00", to: "08:00" }'), 4, /00:00/],
  ['quiet hours of no length', top('quiet_hours: { from: "08:00", to: "08:00" }'), 4, /another time/],
  ['an unknown zone', top('zone: Europe/Lisboa'), 4, /did you mean "Europe\/Lisbon"/],
  ['an unknown day', steps('  - { id: a, wait: { at: "09:00", days: mon-fry } }\n'), 5, /mon-fri/],
  [
    'a condition with a regular expression',
    steps('  - { id: a, if: \'reply.text.matches("a+")\', send: { text: Hi } }\n'),
    5,
    /regular expressions/,
  ],
  [
    'a condition that does not end',
    steps('  - { id: a, if: "now <", send: { text: Hi } }\n'),
    5,
    /condition cannot be read/,
  ],
  [
    'a condition on an unknown name',
    steps('  - { id: a, if: repply.text == "a", send: { text: Hi } }\n'),
    5,
    /did you mean "reply"/,
  ],
  ['a condition that is a text', steps('  - { id: a, if: reply.text, send: { text: Hi } }\n'), 5, /true or false/],
  [
    'a place of an unknown field',
    steps('  - { id: a, send: { text: "Hi {{data.nme}}" } }\n'),
    5,
    /expected a field of data/,
  ],
  ['a place without an end', steps('  - { id: a, send: { text: "Hi {{contact.name" } }\n'), 5, /expected a place/],
  ['a text that is too long', steps(`  - { id: a, send: { text: "${'x'.repeat(4_097)}" } }\n`), 5, /4096|4,096/],
  [
    'four buttons',
    steps('  - { id: a, send: { interactive: { body: Hi, buttons: { a: A, b: B, c: C, d: D } } } }\n'),
    5,
    /at most 3/,
  ],
  [
    'a label that is too long',
    steps(`  - { id: a, send: { interactive: { body: Hi, buttons: { a: ${'x'.repeat(21)} } } } }\n`),
    5,
    /at most 20/,
  ],
  [
    'two equal labels',
    steps('  - { id: a, send: { interactive: { body: Hi, buttons: { a: "Yes", b: "yes!" } } } }\n'),
    5,
    /another label/,
  ],
  [
    'a tap on no button',
    steps(
      '  - { id: a, send: { interactive: { body: Hi, buttons: { yes: A } } } }\n  - { id: b, wait: { for: { tap: yess, of: a }, up_to: 1d } }\n',
    ),
    6,
    /did you mean "yes"/,
  ],
  [
    'a way round without a wait',
    steps('  - { id: a, send: { text: Hi }, next: b }\n  - { id: b, set: { contact.a: 1 }, next: a }\n'),
    6,
    /goes round/,
  ],
  [
    'a free-form text into a closed window',
    'flow: f\npurpose: service\ntriggers: [ { inbound: { any: true } } ]\nsteps:\n  - { id: w, wait: 25h }\n  - { id: a, send: { text: Hi }, when_closed: fail }\n',
    6,
    /closed by then/,
  ],
  ['a window that nobody opens', steps('  - { id: a, wait: { until: window.closes - 1h } }\n'), 5, /if: window.open/],
  [
    'an entry point that nobody opens',
    steps('  - { id: a, wait: { until: free_entry.closes - 1h } }\n'),
    5,
    /from: ad/,
  ],
  [
    'a wait for a reply that ends the run',
    `${HEAD}stop: [ reply ]\nsteps:\n  - { id: a, wait: { for: reply, up_to: 1d } }\n`,
    6,
    /except: a/,
  ],
  [
    'a keyword that opts out',
    `flow: f\npurpose: utility\ntriggers: [ { inbound: { text: STOP } } ]\nsteps:\n${SEND}`,
    3,
    /opts out/,
  ],
  [
    'two triggers for one text',
    `flow: f\npurpose: utility\ntriggers:\n  - { inbound: { text: menu } }\n  - { inbound: { text: Menu! } }\nsteps:\n${SEND}`,
    5,
    /one trigger/,
  ],
  ['a once key of a missing field', top('once: { per: contact+data.id }'), 4, /"data" declares/],
  [
    'a window that closes before a day',
    `flow: f\npurpose: service\ntriggers: [ { window_closing: { before: 25h } } ]\nsteps:\n${SEND}`,
    3,
    /less than 24h/,
  ],
]

describe('a document with a mistake', () => {
  it.each(MALFORMED)('%s: is refused with its line and what to change', (_name, text, line, says) => {
    const { problems } = readFlow(text)
    const words = problems.map(({ message, hint, ...place }) => ({ ...place, words: `${message} ${hint ?? ''}` }))
    expect(words).toContainEqual(expect.objectContaining({ line, words: expect.stringMatching(says) }))
  })
})

describe('a hostile document', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
    .split('')
    .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[i]}`).join(',')}]`)
    .join('\n')}\n`
  it.each([
    ['aliases that expand', bomb],
    ['deep lists', `a: ${'['.repeat(5_000)}${']'.repeat(5_000)}`],
    ['deep dashes', `${'- '.repeat(5_000)}a`],
    ['deep indents', Array.from({ length: 2_000 }, (_, i) => `${' '.repeat(i % 120)}a:`).join('\n')],
    ['too many letters', `flow: ${'x'.repeat(300_000)}`],
    ['prototype keys', steps(`${SEND}`).replace('flow: f', '__proto__: { polluted: true }\nflow: f')],
    ['a constructor as data', top('data: { constructor: string }')],
    ['many documents', 'a: 1\n---\nb: 2\n'],
    ['keys that are lists', '? [a]\n: b\n'],
    ['bytes of nothing', '\u0000\u0001\ufffe'],
    ['numbers beyond all', top('limits: { visits: 1e999 }')],
    ['a long condition', steps(`  - { id: a, if: "${'(now < now) || '.repeat(120)}true", send: { text: Hi } }\n`)],
    [
      'a nested condition',
      steps(`  - { id: a, if: "${'!('.repeat(900)}true${')'.repeat(900)}", send: { text: Hi } }\n`),
    ],
    ['a loop in a condition', steps('  - { id: a, if: "[1,2].all(x, [1,2].all(y, x > y))", send: { text: Hi } }\n')],
  ])('%s: is refused fast, and nothing is thrown', (_name, text) => {
    const from = process.hrtime.bigint()
    const { problems } = readFlow(text)
    expect(problems.length).toBeGreaterThan(0)
    expect(Number(process.hrtime.bigint() - from) / 1e6).toBeLessThan(2_000)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('with two hundred steps is read in time', () => {
    const many = Array.from(
      { length: 200 },
      (_, i) =>
        `  - { id: s${i}, wait: { for: reply, up_to: 1d }, then: s${(i * 7) % 200}, otherwise: s${(i * 13 + 1) % 200} }\n`,
    )
    const from = process.hrtime.bigint()
    readFlow(steps(many.join('')))
    expect(Number(process.hrtime.bigint() - from) / 1e6).toBeLessThan(5_000)
  })
})
