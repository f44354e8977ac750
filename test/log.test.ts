import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLogger, type Logger } from '../src/log.ts'
import { redact, scrub } from '../src/redaction.ts'

function capture(): { log: Logger; output: () => string } {
  const lines: string[] = []
  const log = createLogger({ level: 'trace', destination: { write: (line) => lines.push(line) } })
  return { log, output: () => lines.join('') }
}

const TOKEN = 'EAAGm0PX4ZCpsBAKZBlongenoughtobeatoken123'
const NUMBER = '5511987654321'
const BSUID = 'BR.13491208655302741918'
const TEXT = 'Your appointment with Dr Mendes is at nine'
const WAMID = 'wamid.HBgNNTUxMTk4NzY1NDMyMRUCABEYEjA5QjdDRDFFQTk0RjA4RkQzNwA='
const EVERYTHING_SECRET = new RegExp([TOKEN, NUMBER, BSUID, TEXT, 'HBgNNTUxMTk4NzY1NDMyMR'].join('|'))

describe('P8: what never reaches a log', () => {
  const request = {
    url: `https://graph.facebook.com/v25.0/106540352242922/messages?access_token=${TOKEN}`,
    headers: { Authorization: `Bearer ${TOKEN}`, cookie: 'session=abc' },
    json: {
      messaging_product: 'whatsapp',
      to: NUMBER,
      recipient: BSUID,
      text: { body: TEXT, preview_url: false },
      interactive: { header: { type: 'text', text: TEXT } },
    },
  }

  test.each<[string, (log: Logger) => void]>([
    ['a Graph request with headers and body', (log) => log.info({ request }, 'sending')],
    ['a body that was logged as a text', (log) => log.info({ raw: JSON.stringify(request) }, 'sending')],
    ['a list inside a text', (log) => log.info(`with {"parameters":["${TEXT}","Ana"]} and parameters: ['Ana']`)],
    ['a body inside a message', (log) => log.info(`sending ${JSON.stringify(request.json)}`)],
    ['a body escaped twice', (log) => log.info({ raw: JSON.stringify(JSON.stringify(request.json)) })],
    ['a body that was cut off', (log) => log.info(JSON.stringify({ text: { body: TEXT } }).slice(0, 40))],
    ['arguments of a message', (log) => log.info('to %s: %j', `+${NUMBER}`, request.json)],
    [
      'bindings of a child logger',
      (log) => log.child({ request, wa_id: NUMBER }).child({ token: TOKEN }).info('hello'),
    ],
    [
      'what a serializer makes',
      (log) => log.child({}, { serializers: { it: () => request } }).info({ it: 1 }, 'hello'),
    ],
    [
      'an inbound message',
      (log) => log.info({ contacts: [{ wa_id: NUMBER, profile: { name: 'Ana' } }], from: NUMBER }),
    ],
    ['a wamid, which encodes the number', (log) => log.info({ wamid: WAMID }, `accepted as ${WAMID}`)],
    ['keys', (log) => log.info({ byNumber: { [NUMBER]: 1 } })],
    ['an array', (log) => log.info({ numbers: [NUMBER, [`+${NUMBER}`]] })],
    ['a number as a number', (log) => log.info({ waId: Number(NUMBER) })],
    ['the access log of our own API', (log) => log.info({ url: `/v1/conversations/106540352242922/${BSUID}?q=Ana` })],
  ])('%s', (_what, write) => {
    const { log, output } = capture()
    write(log)
    expect(output()).not.toBe('')
    expect(output()).not.toMatch(EVERYTHING_SECRET)
    expect(output()).not.toContain('Ana')
    expect(output()).not.toContain('session=abc')
  })

  test('an error: its message, its stack, its own fields and those of its causes', () => {
    const { log, output } = capture()
    const driver = Object.assign(new Error(`duplicate key (wa_id)=(${NUMBER})`), {
      detail: `Key (body)=(${TEXT}) already exists`,
      parameters: [TEXT],
      config: { headers: { authorization: `Bearer ${TOKEN}` } },
    })
    const middle = new Error(`POST https://graph.facebook.com/me?access_token=${TOKEN} failed`, { cause: driver })
    const outer = Object.assign(new AggregateError([driver, middle], 'sending failed', { cause: middle }), {
      to: NUMBER,
    })
    log.error(outer)
    log.error({ err: outer, nested: { deep: { cause: driver } } }, `could not send to +${NUMBER}`)
    expect(output()).toContain('sending failed')
    expect(output()).not.toMatch(EVERYTHING_SECRET)
  })

  test('in lines for eyes as little as in JSON', () => {
    const lines: string[] = []
    const log = createLogger({ level: 'info', pretty: true, destination: { write: (line) => lines.push(line) } })
    log.error({ err: new Error(`no such contact ${NUMBER}`), request }, `to ${NUMBER}`)
    expect(lines.join('')).toContain('no such contact')
    expect(lines.join('')).not.toMatch(EVERYTHING_SECRET)
  })

  test('a phone number with plus, however it is spaced, in whatever text', () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 8, maxLength: 15 })
    const gap = fc.constantFrom('', ' ', '-', '.', ' (', ') ')
    const words = fc.stringMatching(/^[a-z ]{0,20}$/)
    fc.assert(
      fc.property(digits, gap, words, words, (number, space, before, after) => {
        const written = `+${number.slice(0, 4).join('')}${space}${number.slice(4).join('')}`
        expect(scrub(`${before}${written}${after}`)).toBe(`${before}[redacted]${after}`)
      }),
    )
  })

  test('a secret under any spelling of its key, at any depth', () => {
    const spelling = fc.constantFrom(
      'access_token',
      'accessToken',
      'ACCESS-TOKEN',
      'app_secret',
      'apiKey',
      'waId',
      'body',
    )
    const depth = fc.array(fc.constantFrom('a', 'err', 'data', 'list'), { maxLength: 4 })
    fc.assert(
      fc.property(spelling, depth, (key, path) => {
        const value = path.reduceRight<unknown>((inner, name) => ({ [name]: [inner] }), { [key]: 'plain words' })
        expect(JSON.stringify(redact(value))).not.toContain('plain words')
      }),
    )
  })
})

describe('what an operator needs stays', () => {
  test('intents, attempts, senders and WABAs', () => {
    const { log, output } = capture()
    const ids = {
      intentId: '0192f1c0-1111-7222-8333-123456789012',
      attemptId: '0192f1c0-1111-7222-8333-123456789012.1',
      sender: '1065403522',
      phoneNumberId: '106540352242922',
      wabaId: '102290129340398',
      graph_code: 131047,
      latencyMs: 12.345,
    }
    log.info(ids, `attempt ${ids.attemptId} of sender ${ids.phoneNumberId}`)
    expect(JSON.parse(output())).toMatchObject({
      ...ids,
      msg: `attempt ${ids.attemptId} of sender ${ids.phoneNumberId}`,
    })
  })

  test('the sentence of a reason', () => {
    const { log, output } = capture()
    const reason = { code: 'window_closed', text: 'The customer service window closed at 10:00.' }
    log.info({ reason }, 'held')
    expect(JSON.parse(output())).toMatchObject({ reason })
  })

  test('the end of a wamid, which is the message’s own part', () => {
    expect(scrub(WAMID)).toBe(`wamid.…${WAMID.slice(-12)}`)
  })

  test('that a value was absent', () => {
    expect(redact({ to: null, token: undefined, text: false })).toEqual({ to: null, token: undefined, text: false })
  })

  test('times, versions, paths and addresses', () => {
    const text =
      'at 2026-11-22T10:15:03.120+02:00 v25.0 on http://127.0.0.1:8080/v25.0/106540352242922/messages in 30000 ms'
    expect(scrub(text)).toBe(text)
  })
})

test('a text that is too long to be looked through is cut before it is scrubbed', () => {
  expect(scrub(`${'x'.repeat(9_000)} token=abc`)).toMatch(/^x{8192}… \(\d+ more characters\)$/)
})
