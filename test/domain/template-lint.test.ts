import { describe, expect, it } from 'vitest'
import { lintTemplate } from '../../src/domain/template-lint.ts'

const BODY = { type: 'BODY', text: 'Shall we go on?' }
const good = { name: 'keep_helping', language: 'en_US', category: 'UTILITY', components: [BODY] }

function problemsWith(overrides: Record<string, unknown>) {
  return lintTemplate({ ...good, ...overrides }).problems.map(({ path, message }) => `${path} ${message}`)
}

function problemsOf(...components: unknown[]) {
  return problemsWith({ components })
}

function body(text: string, example?: unknown) {
  return { type: 'BODY', text, ...(example === undefined ? {} : { example }) }
}

describe('a text without end', () => {
  it.each([
    ['points in an address', `https://a${'.'.repeat(50_000)}x`],
    ['blanks', `a${' '.repeat(50_000)}b`],
    ['braces', '{{'.repeat(50_000)],
    ['variables', '{{1}}'.repeat(50_000)],
    ['addresses', 'https://'.repeat(12_500)],
    ['formatting', '*_~`'.repeat(50_000)],
  ])('is linted soon: %s', (_what, text) => {
    const began = process.threadCpuUsage()
    const body = { type: 'BODY', text }
    expect(lintTemplate({ name: 'a', language: 'en', category: 'UTILITY', components: [body] }).problems).not.toEqual(
      [],
    )
    expect(process.threadCpuUsage(began).user).toBeLessThan(2_000_000)
  })
})

describe('the template linter', () => {
  it('has nothing against a good template', () => {
    expect(problemsWith({})).toEqual([])
  })

  it('has nothing against a rich one', () => {
    expect(
      problemsWith({
        category: 'marketing',
        parameter_format: 'named',
        components: [
          {
            type: 'header',
            format: 'text',
            text: 'Hello {{user}}',
            example: { header_text_named_params: [{ param_name: 'user', example: 'Ana' }] },
          },
          body('Dear {{user}}, your code is {{coupon_code}} until Sunday.', {
            body_text_named_params: [
              { param_name: 'user', example: 'Ana' },
              { param_name: 'coupon_code', example: 'SPRING' },
            ],
          }),
          { type: 'FOOTER', text: 'Lucky Shrub' },
          {
            type: 'BUTTONS',
            buttons: [
              { type: 'URL', text: 'Shop', url: 'https://example.com/{{1}}', example: ['https://example.com/a'] },
              { type: 'QUICK_REPLY', text: 'Stop promotions' },
            ],
          },
        ],
      }),
    ).toEqual([])
  })

  it('lists every problem, not only the first', () => {
    const paths = lintTemplate({}).problems.map((problem) => problem.path)
    expect(paths).toEqual(['name', 'language', 'category', 'components'])
  })

  it.each([[null], ['text'], [[]]])('refuses what is no object', (document) => {
    expect(lintTemplate(document).problems).toHaveLength(1)
  })

  it.each([
    ['name', { name: 'Keep helping' }],
    ['name', { name: 'x'.repeat(513) }],
    ['language', { language: 'en-US' }],
    ['category', { category: 'SERVICE' }],
    ['parameter_format', { parameter_format: 'mixed' }],
    ['message_send_ttl_seconds', { message_send_ttl_seconds: 10 }],
    ['message_send_ttl_seconds', { category: 'MARKETING', message_send_ttl_seconds: -1 }],
    ['components', { components: [] }],
    ['components.1', { components: [BODY, BODY] }],
    ['components.0.type', { components: ['BODY', BODY] }],
  ])('finds a bad %s', (path, overrides) => {
    expect(problemsWith(overrides).map((problem) => problem.split(' ')[0])).toEqual([path])
  })

  it.each([30, 43_200, -1])('takes a time to live of %d s for utility', (ttl) => {
    expect(problemsWith({ message_send_ttl_seconds: ttl })).toEqual([])
  })

  describe('about lengths', () => {
    const words = (length: number) =>
      'a '
        .repeat(length)
        .slice(0, length - 1)
        .concat('b')

    it('says nothing but its length of a text that is far too long, for looking into it takes seconds', () => {
      const endless = '😀\n\n\n'.repeat(5_000)
      expect(problemsOf(body(endless))).toEqual(['components.0.text has 20000 characters; Meta allows 1024'])
      const buttons = { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: endless }] }
      expect(problemsOf(BODY, buttons)).toEqual(['components.1.buttons.0.text has 20000 characters; Meta allows 25'])
    })

    it('counts code points, so a letter beyond the basic plane is one', () => {
      expect(problemsOf(body(`${'𝒂'.repeat(1024)}`))).toEqual([])
      expect(problemsOf(body(`${'𝒂'.repeat(1025)}`))).toEqual([
        'components.0.text has 1025 characters; Meta allows 1024',
      ])
    })

    it.each([
      ['HEADER', 60],
      ['FOOTER', 60],
    ])('allows a %s of %d characters and none more', (type, max) => {
      expect(problemsOf(BODY, { type, text: words(max) })).toEqual([])
      expect(problemsOf(BODY, { type, text: words(max + 1) })).toHaveLength(1)
    })
  })

  describe('about variables', () => {
    const example = { body_text: [['Ana', '17']] }

    it('wants words before, between and after them', () => {
      expect(problemsOf(body('{{1}} your order number {{2}} has just left us', example))).toEqual([
        'components.0.text has a variable at its very start; put words in front of it',
      ])
      expect(problemsOf(body('Hello {{1}}, here comes your order {{2}}', example))).toEqual([
        'components.0.text has a variable at its very end; put words behind it',
      ])
      expect(problemsOf(body('Hello there {{1}} {{2}} your order is here', example))).toEqual([
        'components.0.text has two variables side by side; put words between them',
      ])
    })

    it('counts one of a thing as one', () => {
      const one = { type: 'BODY', text: 'Dear {{1}}.' }
      const problems = lintTemplate({ name: 'a', language: 'en', category: 'UTILITY', components: [one] }).problems
      expect(problems.map(({ message }) => message)).toEqual(
        expect.arrayContaining([expect.stringMatching(/1 word around 1 variable;|2 words around 1 variable;/)]),
      )
      expect(problems.map(({ message }) => message).join(' ')).not.toMatch(/\b1 (words|variables|characters)\b/)
    })

    it('wants enough words around them', () => {
      expect(problemsOf(body('Dear {{1}}, order {{2}} left', example))).toEqual([
        'components.0.text has 4 words around 2 variables; Meta wants 5',
      ])
    })

    it('wants an example for each', () => {
      expect(problemsOf(body('Hello {{1}}, your order {{2}} has just left', { body_text: [['Ana']] }))).toEqual([
        'components.0.example.body_text is to hold an example for each of the 2 variables, got 1',
      ])
      const named = { body_text_named_params: [{ param_name: 'user', example: 'Ana' }] }
      expect(problemsOf(body('Hello {{user}}, your order {{order}} has just left', named))).toEqual([
        'components.0.example.body_text_named_params has no example for {{order}}',
      ])
    })

    it('wants numbers from 1 without gaps', () => {
      expect(problemsOf(body('Hello {{1}}, your order {{3}} has just left', example))).toEqual([
        'components.0.text is to number its variables from {{1}} without gaps, got {{1}}, {{3}}',
      ])
    })

    it('wants names of lower-case letters, digits and underscores', () => {
      const named = { body_text_named_params: [{ param_name: 'User', example: 'Ana' }] }
      expect(problemsOf(body('Hello {{User}}, shall we go on?', named))[0]).toContain('has the variable {{User}}')
    })

    it('does not mix numbers into named ones', () => {
      const problems = problemsWith({
        parameter_format: 'named',
        components: [body('Hello {{1}}, shall we go on?', { body_text: [['Ana']] })],
      })
      expect(problems[0]).toContain('has the variable {{1}}')
    })

    it('finds braces that hold no variable', () => {
      expect(problemsOf(body('Hello {{user name}}, shall we go on?'))).toHaveLength(1)
      expect(problemsOf(body('Hello {{1}, shall we go on?'))).toHaveLength(1)
    })

    it('allows one in a header and none in a footer', () => {
      expect(problemsOf(BODY, { type: 'HEADER', text: 'Hello {{1}} {{2}}' })).toEqual([
        'components.1.text may hold 1 variable, got 2',
      ])
      expect(problemsOf(BODY, { type: 'FOOTER', text: 'Hello {{1}} there' })).toEqual([
        'components.1.text may not hold variables, got 1',
      ])
    })
  })

  describe('about buttons', () => {
    const reply = (text = 'Yes') => ({ type: 'QUICK_REPLY', text })
    const url = (overrides = {}) => ({ type: 'URL', text: 'Open', url: 'https://example.com', ...overrides })
    const buttons = (...list: unknown[]) => problemsOf(BODY, { type: 'BUTTONS', buttons: list })

    it('allows ten and none more', () => {
      expect(buttons(...Array.from({ length: 10 }, () => reply()))).toEqual([])
      expect(buttons(...Array.from({ length: 11 }, () => reply()))).toEqual([
        'components.1.buttons is to hold 1 to 10 buttons, got 11',
      ])
    })

    it('allows labels of 25 characters', () => {
      expect(buttons(reply('x'.repeat(25)))).toEqual([])
      expect(buttons(reply('x'.repeat(26)))).toEqual(['components.1.buttons.0.text has 26 characters; Meta allows 25'])
      expect(buttons(reply(''))).toEqual(['components.1.buttons.0.text is missing'])
    })

    it('allows two addresses', () => {
      expect(buttons(url(), url(), url())).toEqual(['components.1.buttons has 3 URL buttons; Meta allows 2'])
    })

    it('wants quick replies together', () => {
      expect(buttons(reply(), reply(), url())).toEqual([])
      expect(buttons(reply(), url(), reply())).toHaveLength(1)
    })

    it('wants an address with its variable at the end and an example', () => {
      expect(buttons(url({ url: 'ftp://example.com' }))).toHaveLength(1)
      expect(buttons(url({ url: 'https://example.com/{{1}}/x', example: ['https://example.com/a/x'] }))).toHaveLength(1)
      expect(buttons(url({ url: 'https://example.com/{{1}}' }))).toEqual([
        'components.1.buttons.0.example is to show the address as it will be',
      ])
    })

    it('passes kinds it does not know', () => {
      expect(buttons({ type: 'VOICE_CALL', text: 'Call' }, { type: 'LATER_INVENTED' })).toEqual([])
    })
  })

  it('wants an example of the medium in a header', () => {
    expect(problemsOf(BODY, { type: 'HEADER', format: 'IMAGE' })).toEqual([
      'components.1.example.header_handle is to hold the handle of an uploaded sample; upload one by POST /v1/templates/samples',
    ])
    expect(problemsOf(BODY, { type: 'HEADER', format: 'LOCATION' })).toEqual([])
  })
})
