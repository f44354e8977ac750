import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { progressBar } from '../../src/cli/progress-bar.ts'
import { type ApiCall, emptyDirectory, runCli, startFakeApi } from './support.ts'

const ID = '0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a10'
const OTHER = '0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a11'
const CAMPAIGN = { id: ID, name: 'Spring', state: 'draft', reason: null, counts: { total: 0, sent: 0 } }
const IMPORTED = { rows: 2, accepted: 1, duplicates: 0, invalid: 1, errors_truncated: false }
const ESTIMATE = {
  version: 2,
  state: 'ready',
  recipients: 9,
  fates: {
    free_form: 4,
    template: 0,
    held: 0,
    suppressed: { opted_out: 3 },
    failed: { template_parameters: 2 },
    duplicate: 0,
  },
  blockers: [{ code: 'template_parameters', text: 'Two lines.' }],
  warnings: [],
  duration_s: 12,
  ends_at: '2026-11-30T10:00:12.000Z',
  cost: { currency: 'USD', min: '0.100000', max: '0.200000' },
}
const ERRORS = [{ line: 3, to: '12', code: 'invalid', reason: 'Expected the number to be a phone number.' }]

function fileWith(name: string, text: string): string {
  const file = join(emptyDirectory(), name)
  writeFileSync(file, text)
  return file
}

const document = () =>
  fileWith('spring.yaml', 'name: Spring\nsender: "1055"\nmessage: { text: { body: "Hi {{name}}" } }\n')
const list = () => fileWith('spring.csv', 'to,name\n+5511987654321,Ana\n12,Bo\n')

function answered({ method, path }: ApiCall) {
  if (path.includes('/audience')) return { body: { ...IMPORTED, errors: ERRORS } }
  return method === 'POST' ? { status: 201, body: CAMPAIGN } : { body: { ...CAMPAIGN, counts: { total: 1, sent: 0 } } }
}

describe('campaign', () => {
  it('create sends the document as it is', async () => {
    const { url, calls } = await startFakeApi(answered)
    const { code, stdout } = await runCli(['campaign', 'create', document(), '--url', url])
    expect(code).toBe(0)
    expect(calls).toMatchObject([
      {
        method: 'POST',
        path: '/v1/campaigns',
        body: { name: 'Spring', sender: '1055', message: { text: { body: 'Hi {{name}}' } } },
      },
    ])
    expect(stdout).toMatch(/state +draft\n/)
  })

  it('status puts messages side by side, and what none of them has away', async () => {
    const counts = (total: number, sent: number) => ({ total, sent, failed: 0, in_doubt: 0 })
    const campaign = {
      ...CAMPAIGN,
      counts: counts(9, 8),
      variants: [
        {
          name: 'A',
          counts: counts(6, 5),
          delivery: { delivered: 4 },
          languages: { pt_BR: { counts: counts(2, 2), delivery: { delivered: 0 } } },
        },
        { name: 'B', counts: counts(3, 3), delivery: { delivered: 0 } },
      ],
    }
    const { url } = await startFakeApi(() => ({ body: campaign }))
    const { stdout } = await runCli(['campaign', 'status', ID, '--url', url])
    expect(stdout).toMatch(/sent +8\n\nVARIANT +TOTAL +SENT +DELIVERED\nA +6 +5 +4\nA pt_BR +2 +2 +0\nB +3 +3 +0\n?$/)
  })

  it('create brings a list along, and shows both', async () => {
    const { url, calls } = await startFakeApi(answered)
    const args = ['campaign', 'create', document(), '--audience', list(), '--url', url]
    const { code, stdout, stderr } = await runCli(args)
    expect(code).toBe(0)
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v1/campaigns',
      `POST /v1/campaigns/${ID}/audience`,
      `GET /v1/campaigns/${ID}`,
    ])
    expect(calls[1]?.body).toBe('to,name\n+5511987654321,Ana\n12,Bo\n')
    expect(stdout).toMatch(/recipients +1\n[\s\S]*rows +2\naccepted +1\n/)
    expect(stderr).toMatch(/uploading 100 % 0.0 MiB of 0.0 MiB/)
    const json = await runCli([...args, '--json'])
    expect(JSON.parse(json.stdout)).toMatchObject({ id: ID, audience: IMPORTED })
  })

  it('create makes nothing when there is no such list', async () => {
    const { url, calls } = await startFakeApi(answered)
    const args = ['campaign', 'create', document(), '--audience', '/nowhere/spring.csv', '--url', url]
    expect(await runCli(args)).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot read /nowhere') })
    expect(calls).toEqual([])
  })

  it('create says what a document that is none should have been', async () => {
    const { stderr } = await runCli(['campaign', 'create', fileWith('a.json', '[]')])
    expect(stderr).toContain('to hold an object: name, sender and message')
  })

  it('import says from where numbers are and how the file is written, and lists what was wrong', async () => {
    const { url, calls } = await startFakeApi(answered)
    const options = ['--default-country', 'BR', '--charset', 'windows-1252', '--url', url]
    const { code, stdout } = await runCli(['campaign', 'import', ID, list(), ...options])
    expect(code).toBe(0)
    expect(calls[0]?.path).toBe(`/v1/campaigns/${ID}/audience?default_country=BR`)
    expect(stdout).toMatch(/invalid +1\n\nLINE +TO +CODE +REASON\n +3 +12 +invalid +Expected/)
  })

  it('import says where to read the rest of many errors', async () => {
    const errors = Array.from({ length: 30 }, (_, i) => ({ ...ERRORS[0], line: i + 2 }))
    const { url } = await startFakeApi(() => ({ body: { ...IMPORTED, errors } }))
    const { stdout } = await runCli(['campaign', 'import', ID, list(), '--url', url])
    expect(stdout.split('\n').filter((line) => line.includes('invalid '))).toHaveLength(21)
    expect(stdout).toContain(`casement campaign errors ${ID}`)
  })

  it('import sends JSON as what it is', async () => {
    const { url, calls } = await startFakeApi(answered)
    for (const [name, text] of [
      ['a.json', '[{"to":"+5511987654321"}]'],
      ['a.NDJSON', '{"to":"+5511987654321"}\n'],
      ['a.jsonl', '{"to":"+5511987654321"}\n'],
      ['a.txt', 'to\n'],
    ] as const) {
      expect(await runCli(['campaign', 'import', ID, fileWith(name, text), '--url', url])).toMatchObject({ code: 0 })
    }
    const types = calls.map(({ type }) => type)
    const lines = 'application/x-ndjson'
    expect(types).toEqual(['application/json', lines, lines, 'text/csv'])
  })

  it('import-contacts asks for those of whom all this is known, and waits until they are there', async () => {
    let looks = 0
    const { url, calls } = await startFakeApi(({ method }) => {
      if (method === 'POST') return { status: 202, body: { upload: 2, state: 'loading' } }
      const state = ++looks === 1 ? 'loading' : 'ready'
      return {
        body: {
          data: [
            { ...IMPORTED, upload: 1, state: 'failed' },
            { ...IMPORTED, upload: 2, state },
          ],
        },
      }
    })
    const filter = ['--q', 'Ana', '--language', 'pt_BR', '--marketing', 'in', '--sender', '1055']
    const attributes = ['--attribute', 'segment=b2b', '--attribute', 'note=a=b']
    const args = ['campaign', 'import-contacts', ID, ...filter, ...attributes, '--column', 'name', 'city', '--url', url]
    const { code, stdout } = await runCli(args)
    expect(code).toBe(0)
    expect(calls[0]).toMatchObject({ method: 'POST', path: `/v1/campaigns/${ID}/audience` })
    expect(calls[0]?.body).toEqual({
      from_contacts: {
        ...{ q: 'Ana', language: 'pt_BR', marketing: 'in', sender: '1055' },
        attribute: { segment: 'b2b', note: 'a=b' },
        columns: ['name', 'city'],
      },
    })
    expect(stdout).toMatch(/rows +2\naccepted +1\n/)
  })

  it('import-contacts says that a list broke off', async () => {
    const { url } = await startFakeApi(({ method }) =>
      method === 'POST'
        ? { status: 202, body: { upload: 1, state: 'loading' } }
        : { body: { data: [{ ...IMPORTED, upload: 1, state: 'failed' }] } },
    )
    const { code, stderr } = await runCli(['campaign', 'import-contacts', ID, '--url', url])
    expect(code).toBe(1)
    expect(stderr).toContain('broke off')
  })

  it('import-recipients asks for those whose message came to this', async () => {
    const { url, calls } = await startFakeApi(() => ({
      body: { ...IMPORTED, upload: 1, state: 'ready', errors: ERRORS },
    }))
    const asked = ['--state', 'sent', 'failed', '--reason', 'expired', '--delivered', '--no-read', '--url', url]
    const { code, stdout } = await runCli(['campaign', 'import-recipients', ID, OTHER, ...asked])
    expect(code).toBe(0)
    const outcome = { states: ['sent', 'failed'], reasons: ['expired'], delivered: true, read: false }
    expect(calls.map(({ body }) => body)).toEqual([{ from_campaign: { id: OTHER, ...outcome } }])
    expect(stdout).toMatch(/invalid +1\n\nLINE/)
    await runCli(['campaign', 'import-recipients', ID, OTHER, '--url', url])
    expect(calls[1]?.body).toEqual({ from_campaign: { id: OTHER } })
  })

  it('errors prints the file as it comes, or as JSON', async () => {
    const { url } = await startFakeApi(() => ({ body: 'line,to,code,reason\r\n3,12,invalid,"a, b"\r\n' }))
    const { stdout } = await runCli(['campaign', 'errors', ID, '--url', url])
    expect(stdout).toBe('line,to,code,reason\r\n3,12,invalid,"a, b"\r\n')
    const json = await runCli(['campaign', 'errors', ID, '--url', url, '--json'])
    expect(JSON.parse(json.stdout)).toEqual({ data: [{ line: '3', to: '12', code: 'invalid', reason: 'a, b' }] })
  })

  it('errors tells of a refusal, and of an end before the end', async () => {
    const error = { code: 'campaign_unknown', message: 'expected a campaign' }
    const { url } = await startFakeApi(() => ({ status: 404, body: { error } }))
    const { code, stderr } = await runCli(['campaign', 'errors', ID, '--url', url])
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'error: expected a campaign' })
  })

  it('status shows why it waits, and counts that are not zero', async () => {
    const paused = {
      ...CAMPAIGN,
      state: 'paused',
      reason: { code: 'by_request', text: 'Paused by request.' },
      counts: { total: 9, scheduled: 4, sent: 5, failed: 0 },
      delivery: { delivered: 3, read: 0, replied: 2, tapped: 0, stopped: 1 },
      progress: {
        per_minute: [
          { at: '2026-11-30T10:03:00.000Z', sent: 4, failed: 0 },
          { at: '2026-11-30T10:04:00.000Z', sent: 1, failed: 2 },
        ],
      },
    }
    const { url, calls } = await startFakeApi(() => ({ body: paused }))
    const { stdout } = await runCli(['campaign', 'status', ID, '--url', url])
    expect(calls[0]?.path).toBe(`/v1/campaigns/${ID}`)
    expect(stdout).toMatch(
      /reason +by_request: Paused by request.\nrecipients +9\nscheduled +4\nsent +5\ndelivered +3\nreplied +2\nstopped +1\nsent a minute +4 1 \(10:03 to 10:04 UTC\)\nfailed a minute +0 2$/,
    )
  })

  it('list shows a page and how to go on', async () => {
    const { url, calls } = await startFakeApi(() => ({ body: { data: [CAMPAIGN], next_cursor: 'abc' } }))
    const { stdout, stderr } = await runCli(['campaign', 'list', '--limit', '1', '--url', url])
    expect(calls[0]?.path).toBe('/v1/campaigns?limit=1')
    expect(stdout).toContain(ID)
    expect(stderr).toBe('more: --cursor abc')
  })
})

describe('a campaign by its name', () => {
  const namesakes = (found: object[]) =>
    startFakeApi(({ method, path }) => {
      if (path.startsWith('/v1/campaigns?')) return { body: { data: found, next_cursor: null } }
      if (path.includes('/audience')) return { body: { ...IMPORTED, upload: 1, state: 'ready', errors: [] } }
      if (path.endsWith('/failures')) return { body: { data: [] } }
      return { body: path.endsWith('/estimate') ? ESTIMATE : { ...CAMPAIGN, method } }
    })

  const COMMANDS = [
    ['import', [list]],
    ['import-contacts', []],
    ['import-recipients', [() => OTHER]],
    ['errors', []],
    ['status', []],
    ['estimate', []],
    ['start', []],
    ['pause', []],
    ['resume', []],
    ['cancel', []],
    ['report', []],
    ['failures', []],
    ['retry', [() => '--reason', () => 'expired']],
  ] as const

  it.each(COMMANDS)('%s is of the one that is called so', async (command, more) => {
    const { url, calls } = await namesakes([CAMPAIGN])
    const args = ['campaign', command, 'Spring sale', ...more.map((one) => one()), '--url', url]
    expect(await runCli(args)).toMatchObject({ code: 0 })
    expect(calls[0]).toMatchObject({ method: 'GET', path: '/v1/campaigns?name=Spring+sale&limit=20' })
    expect(calls).toHaveLength(2)
    expect(calls[1]?.path).toContain(`/v1/campaigns/${ID}`)
  })

  it.each(COMMANDS)('%s asks for nothing where none is, or several are', async (command, more) => {
    const asked = async (found: object[]) => {
      const { url, calls } = await namesakes(found)
      const { code, stderr } = await runCli(['campaign', command, 'Spring', ...more.map((one) => one()), '--url', url])
      expect([code, calls.length]).toEqual([1, 1])
      return stderr
    }
    expect(await asked([])).toContain(
      "expected the id or the name of a campaign, got 'Spring'; they are shown by: casement campaign list",
    )
    expect(await asked([CAMPAIGN, { ...CAMPAIGN, id: OTHER }])).toContain(
      `got 'Spring', which several have; say the id: ${ID} (draft), ${OTHER} (draft)`,
    )
  })

  it('import-recipients takes either by its name', async () => {
    const { url, calls } = await namesakes([CAMPAIGN])
    await runCli(['campaign', 'import-recipients', OTHER, 'Spring', '--url', url])
    expect(calls.at(-1)).toMatchObject({
      path: `/v1/campaigns/${OTHER}/audience`,
      body: { from_campaign: { id: ID } },
    })
  })
})

describe('a campaign that has its list', () => {
  it('estimate waits until it is counted, and shows it', async () => {
    const { url, calls } = await startFakeApi((_, i) =>
      i === 0 ? { status: 202, body: { version: 2, state: 'computing', done: 5, total: 9 } } : { body: ESTIMATE },
    )
    const { stdout, stderr } = await runCli(['campaign', 'estimate', ID, '--url', url])
    expect(calls.map(({ path }) => path)).toEqual(Array(2).fill(`/v1/campaigns/${ID}/estimate`))
    expect(stderr).toContain('counting  55 % 5 of 9')
    expect(stdout).toMatch(
      /free_form +4\nsuppressed: opted_out +3\nfailed: template_parameters +2\ncost +0.100000 to 0.200000 USD\n/,
    )
    expect(stdout).toContain('in the way: template_parameters: Two lines.')
  })

  it('start says which estimate was looked at, and whether one was', async () => {
    const { url, calls } = await startFakeApi((_, i) => ({ body: { state: 'running', checked: i === 0 } }))
    const args = ['campaign', 'start', ID, '--url', url]
    expect((await runCli([...args, '--estimate-version', '2'])).stdout).toBe('running')
    expect((await runCli(args)).stdout).toBe('running; no current estimate was looked at')
    expect(calls.map(({ body }) => body)).toEqual([{ estimate_version: 2 }, {}])
  })

  it.each(['pause', 'resume', 'cancel'])('%s asks for it and shows the state', async (deed) => {
    const { url, calls } = await startFakeApi(() => ({ body: { state: 'here' } }))
    expect((await runCli(['campaign', deed, ID, '--url', url])).stdout).toBe('here')
    expect(calls[0]).toMatchObject({ method: 'POST', path: `/v1/campaigns/${ID}/${deed}` })
  })

  it('failures shows reasons with what to do, and retry makes a draft of them', async () => {
    const data = [{ reason: 'expired', graph_code: null, count: 3, hint: 'Try again.', retryable: true }]
    const { url, calls } = await startFakeApi(({ method }) =>
      method === 'GET' ? { body: { data } } : { status: 201, body: { ...CAMPAIGN, parent: ID } },
    )
    const shown = await runCli(['campaign', 'failures', ID, '--url', url])
    expect(shown.stdout).toMatch(/expired +- +3 +yes +Try again./)
    const made = await runCli([
      'campaign',
      'retry',
      ID,
      '--reason',
      'expired',
      'unconfirmed',
      '--include-unconfirmed',
      '--url',
      url,
    ])
    expect(made.stdout).toMatch(/parent +0192/)
    expect(calls[1]?.body).toEqual({ reasons: ['expired', 'unconfirmed'], include_unconfirmed: true })
  })

  it('report prints the file as it comes', async () => {
    const { url, calls } = await startFakeApi(() => ({ body: 'line,to,state\r\n2,+551,sent\r\n' }))
    expect((await runCli(['campaign', 'report', ID, '--url', url])).stdout).toBe('line,to,state\r\n2,+551,sent\r\n')
    expect(calls[0]?.path).toBe(`/v1/campaigns/${ID}/recipients.csv`)
  })
})

describe('a progress bar', () => {
  it('is drawn in place, or told four times', () => {
    const drawn: string[] = []
    const notes: string[] = []
    const plain = { noteColors: { dim: (text: string) => text }, note: (text: string) => void notes.push(text) }
    const block = { draw: (text: string) => void drawn.push(text), done: () => {} }
    const live = progressBar({ ...plain, live: () => block } as never, 'reading', 10, String)
    const noted = progressBar({ ...plain, live: () => null } as never, 'reading', 10, String)
    for (let at = 1; at <= 10; at += 1) {
      live.at(at)
      noted.at(at)
    }
    expect(drawn.at(0)).toMatch(/^█{3}░{27} reading {2}10 % 1 of 10$/)
    expect(drawn.at(-1)).toMatch(/^█{30} reading 100 % 10 of 10$/)
    expect(notes.map((text) => text.slice(8, 13))).toEqual([' 30 %', ' 50 %', ' 80 %', '100 %'])
  })
})
