import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Config, loadConfig, type Role } from '../src/config.ts'
import { generatedSecrets } from '../src/generated-secrets.ts'

const HEX_KEY = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'
const BASE64_KEY = Buffer.from(HEX_KEY, 'hex').toString('base64')
const KEY = 'k'.repeat(32)
const DATABASE = { DATABASE_URL: 'postgres://casement:hunter2@db.example/casement', CASEMENT_SECRET: HEX_KEY }
const META = { META_APP_SECRET: 'app-secret-'.repeat(3), META_VERIFY_TOKEN: 'a-verify-token-of-length' }

function config(env: NodeJS.ProcessEnv, role: Role = 'start'): Config {
  const loaded = loadConfig(role, env)
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'))
  return loaded.config
}

function problems(env: NodeJS.ProcessEnv, role: Role = 'start'): readonly string[] {
  const loaded = loadConfig(role, env)
  return loaded.ok ? [] : loaded.problems
}

describe('defaults', () => {
  test('of an empty environment are the contract: embedded database, lanes on PostgreSQL, sandbox', () => {
    expect(config({})).toEqual({
      databaseUrl: null,
      databaseDirectUrl: null,
      lanes: { kind: 'postgres' },
      host: '127.0.0.1',
      port: 8080,
      webhookPort: null,
      publicUrl: null,
      trustProxy: false,
      metricsKey: null,
      docs: 'open',
      dataDir: resolve('.casement'),
      secretKeys: null,
      apiKeys: [],
      metaAppSecrets: [],
      metaAppId: null,
      metaVerifyToken: null,
      graphApiUrl: null,
      graphApiVersion: 'v25.0',
      sandboxAppSecret: null,
      sandboxHost: '127.0.0.1',
      sandboxHosts: [],
      sandboxPort: 8081,
      outboundHosts: ['127.0.0.1', 'localhost'],
      graphTimeoutMs: 10_000,
      dispatchConcurrency: 200,
      windowMarginMs: 30_000,
      doubtGraceMs: 120_000,
      doubtMaxMs: 3_600_000,
      followUpCooldownH: 24,
      requireOptIn: false,
      recipientReviewDays: 30,
      retentionDays: null,
      logLevel: 'info',
      workerPort: null,
      embeddedPostgresPort: 0,
    })
  })

  test('with a database of one’s own talk to Meta', () => {
    expect(config({ ...DATABASE, ...META }).graphApiUrl).toBe('https://graph.facebook.com')
  })

  test('let others be called on this machine with the built-in sandbox only', () => {
    expect(config({ ...DATABASE, ...META }).outboundHosts).toEqual([])
    expect(config({ ...DATABASE, GRAPH_API_URL: 'sandbox' }).outboundHosts).toEqual(['127.0.0.1', 'localhost'])
  })

  test('put the sandbox beside the port', () => {
    expect(config({ PORT: '9000' }).sandboxPort).toBe(9001)
    expect(config({ PORT: '0' }).sandboxPort).toBe(0)
  })

  test('stand for variables that are set to nothing', () => {
    expect(config({ DATABASE_URL: '', PORT: '', REDIS_URL: '' })).toEqual(config({}))
  })
})

describe('values', () => {
  test.each<[NodeJS.ProcessEnv, Partial<Config>]>([
    [
      { HOST: '::1', PORT: '65535', SANDBOX_PORT: '1' },
      { host: '::1', port: 65_535, sandboxPort: 1 },
    ],
    [
      { CASEMENT_API_KEY: `${KEY}, ${KEY}2`, META_APP_SECRET: 'new, old' },
      { apiKeys: [KEY, `${KEY}2`], metaAppSecrets: ['new', 'old'] },
    ],
    [{ OUTBOUND_HOSTS: 'Hooks.Internal, [::1],10.0.0.7' }, { outboundHosts: ['hooks.internal', '::1', '10.0.0.7'] }],
    [{ GRAPH_API_URL: 'http://127.0.0.1:9999/' }, { graphApiUrl: 'http://127.0.0.1:9999' }],
    [
      { GRAPH_API_VERSION: 'v23.0', GRAPH_TIMEOUT_MS: '500' },
      { graphApiVersion: 'v23.0', graphTimeoutMs: 500 },
    ],
    [
      { FOLLOW_UP_COOLDOWN_H: '0.5', REQUIRE_OPT_IN: 'true' },
      { followUpCooldownH: 0.5, requireOptIn: true },
    ],
    [{ RECIPIENT_REVIEW_DAYS: '0' }, { recipientReviewDays: 0 }],
    [{ RECIPIENT_REVIEW_DAYS: '7.5' }, { recipientReviewDays: 7.5 }],
    [{}, { retentionDays: null }],
    [{ RETENTION_DAYS: 'off' }, { retentionDays: null }],
    [{ RETENTION_DAYS: '90' }, { retentionDays: 90 }],
    [
      { LOG_LEVEL: 'silent', WORKER_PORT: '9090' },
      { logLevel: 'silent', workerPort: 9090 },
    ],
    [
      { CASEMENT_DATA_DIR: '/srv/casement', CASEMENT_PG_PORT: '5433' },
      { dataDir: '/srv/casement', embeddedPostgresPort: 5433 },
    ],
  ])('%j', (env, expected) => {
    expect(config({ ...META, ...env })).toMatchObject(expected)
  })

  test('the sandbox can be asked for beside a database of one’s own', () => {
    expect(config({ ...DATABASE, GRAPH_API_URL: 'sandbox' }).graphApiUrl).toBeNull()
  })

  test('keys are read from hex and base64 alike, in order', () => {
    const keys = config({ CASEMENT_SECRET: `${BASE64_KEY}, ${HEX_KEY.replace('00', 'ff')}` }).secretKeys
    expect(keys?.map((key) => key.toString('hex'))).toEqual([HEX_KEY, HEX_KEY.replace('00', 'ff')])
  })

  test.each([
    ['single', 'redis://127.0.0.1:6379/3'],
    ['single', 'rediss://user:password@redis.example'],
    ['cluster', 'redis://a:7000,redis://b:7000'],
    ['sentinel', 'redis+sentinel://:password@a:26379/mymaster,redis+sentinel://b:26379/mymaster'],
  ])('REDIS_URL for a %s: %s', (mode, text) => {
    expect(config({ REDIS_URL: text }).lanes).toEqual({ kind: 'redis', mode, urls: text.split(',') })
  })
})

describe('mistakes', () => {
  test('are listed all at once', () => {
    const found = problems({
      ...{ DATABASE_URL: 'mysql://root@db/x', PORT: '80 80', LOG_LEVEL: 'loud', CASEMENT_SECRET: 'short' },
      ...{ DOUBT_GRACE_MS: '60000', DOUBT_MAX_MS: '1000', META_APP_SECRET: 'a,,b' },
    })
    expect(found.map((problem) => /[A-Z]+_?[A-Z_]+/.exec(problem)?.[0]).toSorted()).toEqual([
      'CASEMENT_SECRET',
      'DATABASE_URL',
      'DOUBT_MAX_MS',
      'LOG_LEVEL',
      'META_APP_SECRET',
      'META_VERIFY_TOKEN',
      'PORT',
    ])
  })

  test('say what was expected and what came', () => {
    expect(problems({ PORT: '80 80' })).toEqual([
      "expected PORT to be a port from 0 (any free one) to 65535, got '80 80'",
    ])
  })

  test.each<[NodeJS.ProcessEnv, RegExp]>([
    [{ PORT: '-1' }, /PORT .* '-1'/],
    [{ PORT: '65536' }, /PORT/],
    [{ PORT: '1e3' }, /PORT/],
    [{ PORT: '65535' }, /SANDBOX_PORT/],
    [{ PORT: '8080', SANDBOX_PORT: '8080' }, /SANDBOX_PORT .* 8080 for both/],
    [{ HOST: 'http://localhost' }, /HOST/],
    [{ GRAPH_API_URL: 'https://graph.facebook.com/v25.0' }, /GRAPH_API_URL .* without version/],
    [{ GRAPH_API_URL: 'graph.facebook.com' }, /GRAPH_API_URL/],
    [{ GRAPH_API_VERSION: '25' }, /GRAPH_API_VERSION .* v25\.0/],
    [{ OUTBOUND_HOSTS: 'https://hooks.example.com' }, /OUTBOUND_HOSTS .* 'https:/],
    [{ OUTBOUND_HOSTS: 'localhost:9000' }, /OUTBOUND_HOSTS .* without port/],
    [{ GRAPH_TIMEOUT_MS: '0' }, /GRAPH_TIMEOUT_MS/],
    [{ GRAPH_TIMEOUT_MS: '2147483648' }, /GRAPH_TIMEOUT_MS/],
    [{ DISPATCH_CONCURRENCY: '1.5' }, /DISPATCH_CONCURRENCY/],
    [{ WINDOW_MARGIN_MS: '30s' }, /WINDOW_MARGIN_MS .* '30s'/],
    [{ DOUBT_GRACE_MS: '39999' }, /DOUBT_GRACE_MS to be at least 40000, .* GRAPH_TIMEOUT_MS \(10000\) .*, got 39999$/],
    [
      { GRAPH_TIMEOUT_MS: '36667' },
      /DOUBT_GRACE_MS to be at least 120001, .* GRAPH_TIMEOUT_MS \(36667\) .*, got 120000$/,
    ],
    [{ DOUBT_MAX_MS: '1000' }, /DOUBT_MAX_MS .* DOUBT_GRACE_MS \(120000\), got 1000/],
    [{ FOLLOW_UP_COOLDOWN_H: '-1' }, /FOLLOW_UP_COOLDOWN_H/],
    [{ RECIPIENT_REVIEW_DAYS: '-1' }, /RECIPIENT_REVIEW_DAYS .* 0 \(off\)/],
    [{ RETENTION_DAYS: '15' }, /RETENTION_DAYS .* 16 .*'off'/],
    [{ REQUIRE_OPT_IN: 'yes' }, /REQUIRE_OPT_IN .* 'yes'/],
    [{ LOG_LEVEL: 'INFO' }, /LOG_LEVEL .* 'INFO'/],
    [{ CASEMENT_API_KEY: `two words and ${KEY}` }, /CASEMENT_API_KEY/],
    [
      { CASEMENT_API_KEY: 'k'.repeat(31) },
      /CASEMENT_API_KEY to be a key of at least 32 .*, got something else \(31 characters/,
    ],
    [{ CASEMENT_API_KEY: `${KEY},short` }, /CASEMENT_API_KEY/],
    [{ REDIS_URL: 'http://redis' }, /REDIS_URL/],
    [{ REDIS_URL: 'redis://a,rediss://b' }, /REDIS_URL/],
    [{ REDIS_URL: 'redis://a/1,redis://b/1' }, /REDIS_URL .* without \/db/],
    [{ REDIS_URL: 'redis+sentinel://a:26379' }, /REDIS_URL .*master-name/],
  ])('%j', (env, problem) => {
    expect(problems({ ...META, ...env })).toEqual([expect.stringMatching(problem)])
  })

  test('never repeat a secret, nor a token in the wrong variable', () => {
    const found = problems({
      DATABASE_URL: 'mysql://root:hunter2@db/x',
      REDIS_URL: 'redis://:hunter2@a,http://b',
      CASEMENT_SECRET: 'hunter2',
      CASEMENT_API_KEY: 'hunter2 and more',
      META_APP_SECRET: 'hunter2,',
      META_VERIFY_TOKEN: ' ',
      GRAPH_API_URL: 'https://graph.facebook.com?access_token=hunter2',
      GRAPH_API_VERSION: 'EAAhunter2hunter2',
    })
    expect(found).toHaveLength(8)
    expect(found.join('\n')).not.toContain('hunter2')
  })
})

describe('what a role needs', () => {
  test('beside a database of one’s own: the secret, and for webhooks Meta’s', () => {
    const { CASEMENT_SECRET: _, ...withoutSecret } = DATABASE
    expect(problems(withoutSecret, 'start').map((problem) => problem.split(' ')[1])).toEqual([
      'CASEMENT_SECRET',
      'META_APP_SECRET',
      'META_VERIFY_TOKEN',
    ])
    expect(problems(DATABASE, 'api')).toHaveLength(2)
    expect(problems(DATABASE, 'worker')).toEqual([])
    expect(problems(withoutSecret, 'tool')).toEqual([])
  })

  test('with the sandbox: nothing of Meta’s', () => {
    expect(problems({ ...DATABASE, GRAPH_API_URL: 'sandbox' }, 'api')).toEqual([])
  })

  test('with another Graph URL: Meta’s secrets, embedded or not', () => {
    expect(problems({ GRAPH_API_URL: 'http://127.0.0.1:9999' }, 'start')).toHaveLength(2)
  })

  test('api and worker: a database', () => {
    expect(problems({}, 'api')).toEqual([expect.stringMatching(/DATABASE_URL to be set for 'api'/)])
    expect(problems({}, 'worker')).toEqual([expect.stringMatching(/DATABASE_URL to be set for 'worker'/)])
  })
})

describe('warnings', () => {
  test('name variables of ours that do not exist, and no others', () => {
    const loaded = loadConfig('start', { CASEMENT_DATADIR: 'x', CASEMENT_PG_PORT: '0', OTHER: 'y', HOME: '/' })
    expect(loaded.ok && loaded.warnings).toEqual([expect.stringMatching(/^CASEMENT_DATADIR .*CASEMENT_DATA_DIR/)])
  })

  test('tell of a margin that a slow send outlasts', () => {
    const loaded = loadConfig('start', { WINDOW_MARGIN_MS: '5000' })
    expect(loaded.ok && loaded.warnings).toEqual([expect.stringMatching(/WINDOW_MARGIN_MS \(5000\)/)])
  })

  test.each([
    ['SANDBOX_HOST', '0.0.0.0', /SANDBOX_HOST .*whoever reaches/],
    ['GRAPH_API_URL', 'http://graph.facebook.com', /GRAPH_API_URL is http/],
    ['GRAPH_API_URL', 'http://8.8.8.8', /GRAPH_API_URL is http/],
  ])('tell of %s=%s', (name, value, warning) => {
    const env = { [name]: value, META_APP_SECRET: 'x'.repeat(32), META_VERIFY_TOKEN: 'y'.repeat(32) }
    const loaded = loadConfig('start', env)
    expect(loaded.ok && loaded.warnings).toContainEqual(expect.stringMatching(warning))
  })

  test.each([
    'http://sandbox:8081',
    'http://127.0.0.1:8081',
    'http://10.0.0.7',
    'http://[::1]:1',
    'https://graph.facebook.com',
  ])('do not mind GRAPH_API_URL=%s', (value) => {
    const loaded = loadConfig('tool', { GRAPH_API_URL: value })
    expect(loaded.ok && loaded.warnings).toEqual([])
  })
})

describe('generated secrets', () => {
  let dataDir: string
  beforeEach(async () => {
    dataDir = join(await mkdtemp(join(tmpdir(), 'casement-secrets-')), 'data')
  })
  afterEach(async () => {
    await rm(join(dataDir, '..'), { recursive: true, force: true })
  })

  test('are kept over a restart, for their owner only', async () => {
    const first = await generatedSecrets(dataDir)
    expect(await generatedSecrets(dataDir)).toEqual(first)
    expect(first.secretKey).toHaveLength(32)
    expect((await stat(join(dataDir, 'secrets.json'))).mode & 0o777).toBe(0o600)
  })

  test('can be moved into the environment as they stand', async () => {
    const { secretKey, apiKey, metaAppSecret } = await generatedSecrets(dataDir)
    const env = JSON.parse(await readFile(join(dataDir, 'secrets.json'), 'utf8'))
    expect(config(env)).toMatchObject({ secretKeys: [secretKey], apiKeys: [apiKey], metaAppSecrets: [metaAppSecret] })
  })

  test('are the same for processes that start together, and leave nothing else behind', async () => {
    const [first, ...others] = await Promise.all(Array.from({ length: 8 }, () => generatedSecrets(dataDir)))
    for (const other of others) expect(other).toEqual(first)
    expect(await readdir(dataDir)).toEqual(['secrets.json'])
  })

  test('are not made anew over a damaged file, whose contents stay untold', async () => {
    await generatedSecrets(dataDir)
    await writeFile(join(dataDir, 'secrets.json'), '{"CASEMENT_SECRET":"hunter2"')
    const error = await generatedSecrets(dataDir).catch((reason: unknown) => reason)
    expect(String(error)).toMatch(/restore it/)
    expect(String(error)).not.toContain('hunter2')
  })
})

describe('secrets in files', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'casement-secrets-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  async function file(name: string, content: string): Promise<string> {
    const path = join(directory, name)
    await writeFile(path, content)
    return path
  }

  test('are read like the variable, without the line end of an editor', async () => {
    const read = config({
      DATABASE_URL_FILE: await file('url', `${DATABASE.DATABASE_URL}\n`),
      CASEMENT_SECRET_FILE: await file('secret', HEX_KEY),
      CASEMENT_API_KEY_FILE: await file('key', `${KEY},${KEY}2\r\n`),
      META_APP_SECRET_FILE: await file('app', META.META_APP_SECRET),
      META_VERIFY_TOKEN_FILE: await file('token', META.META_VERIFY_TOKEN),
      METRICS_KEY_FILE: await file('metrics', 'metrics-key'),
    })
    expect(read).toMatchObject({
      databaseUrl: DATABASE.DATABASE_URL,
      secretKeys: [Buffer.from(HEX_KEY, 'hex')],
      apiKeys: [KEY, `${KEY}2`],
      metaAppSecrets: [META.META_APP_SECRET],
      metaVerifyToken: META.META_VERIFY_TOKEN,
      metricsKey: 'metrics-key',
    })
  })

  test('are mistakes when they are not there, empty, or set twice; the content is never repeated', async () => {
    const found = problems({
      ...META,
      DATABASE_URL_FILE: join(directory, 'nothing'),
      CASEMENT_SECRET_FILE: await file('empty', '\n'),
      CASEMENT_API_KEY_FILE: await file('key', KEY),
      CASEMENT_API_KEY: KEY,
      METRICS_KEY_FILE: await file('spaces', 'hunter2 hunter2'),
    })
    expect(found).toEqual([
      expect.stringMatching(/^expected DATABASE_URL_FILE to be a file that can be read, got ENOENT for/),
      'expected CASEMENT_SECRET_FILE to be a file with something in it, got an empty one',
      'expected CASEMENT_API_KEY or CASEMENT_API_KEY_FILE to be set, got both',
      expect.stringMatching(/^expected METRICS_KEY to be .*not shown/),
    ])
    expect(found.join()).not.toContain('hunter2')
  })

  test('are known names', async () => {
    const loaded = loadConfig('start', { CASEMENT_API_KEY_FILE: await file('key', KEY), CASEMENT_KEY_FILE: 'x' })
    expect(loaded).toMatchObject({ warnings: [expect.stringMatching(/^CASEMENT_KEY_FILE is not a variable/)] })
  })
})

describe('doors', () => {
  test.each([
    ['true', true],
    ['false', false],
    ['2', 2],
    ['10.0.0.0/8, 192.168.1.1,loopback, fd00::/8', ['10.0.0.0/8', '192.168.1.1', 'loopback', 'fd00::/8']],
  ])('TRUST_PROXY %s is understood', (text, trusted) => {
    expect(config({ TRUST_PROXY: text }).trustProxy).toEqual(trusted)
  })

  test.each(['yes', 'proxy.example', '10.0.0.0/33', '10.0.0.0/8/8', '-1', 'loopback,'])(
    'TRUST_PROXY %s is a mistake',
    (text) => {
      expect(problems({ TRUST_PROXY: text })).toEqual([expect.stringContaining('expected TRUST_PROXY to be')])
    },
  )

  test('WEBHOOK_PORT is a port of its own', () => {
    expect(config({ WEBHOOK_PORT: '8443' }).webhookPort).toBe(8443)
    expect(config({ WEBHOOK_PORT: '0', PORT: '0', SANDBOX_PORT: '0' }).webhookPort).toBe(0)
    expect(problems({ WEBHOOK_PORT: '8080' })).toEqual([expect.stringContaining('another port than PORT')])
    expect(problems({ WEBHOOK_PORT: '8081' })).toEqual([expect.stringContaining('SANDBOX_PORT')])
  })

  test('DOCS is open, key or off', () => {
    expect(config({ DOCS: 'key' }).docs).toBe('key')
    expect(problems({ DOCS: 'closed' })).toEqual([expect.stringContaining("'open', 'key' or 'off'")])
  })
})

test('secrets of Meta that might be guessed are warned about', () => {
  const warningsOf = (env: NodeJS.ProcessEnv) => {
    const loaded = loadConfig('start', env)
    return loaded.ok ? loaded.warnings : loaded.problems
  }
  expect(warningsOf(META)).toEqual([])
  expect(warningsOf({ META_APP_SECRET: `${'a'.repeat(32)},short`, META_VERIFY_TOKEN: 'fifteen-letters' })).toEqual([
    expect.stringMatching(/^META_APP_SECRET has fewer than 32 characters/),
    expect.stringMatching(/^META_VERIFY_TOKEN has fewer than 16 characters/),
  ])
})
