import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { addressOf } from '../../app/address.ts'
import { findRunning } from '../../app/running.ts'
import type { Config } from '../../config.ts'
import { type Api, createApi } from '../api.ts'
import { addCommand, type Cli, present } from '../cli.ts'
import { type ApiOptions, connect, withApi } from '../connect.ts'
import { readContacts } from '../demo/contacts.ts'
import { createPhones } from '../demo/phones.ts'
import { showProgress } from '../demo/progress.ts'
import { reportOn, showReport } from '../demo/report.ts'
import { LEAST_MARGIN_MS } from '../demo/situations.ts'
import { play } from '../demo/story.ts'
import { judge } from '../demo/verdict.ts'
import { CommandFailed, Unsuccessful, UsageError } from '../failure.ts'
import { openLog } from '../logging.ts'

interface DemoOptions extends ApiOptions {
  readonly contacts?: string
  readonly dataDir?: string
  readonly sandboxUrl?: string
  readonly verbose?: true
}

export function addDemo(program: Command, cli: Cli): void {
  const command = addCommand(program, {
    usage: 'demo',
    does: 'send to 300 fictional customers in every situation under every policy, and check each outcome',
    examples: ['demo', 'demo --data-dir demo-data', 'demo --url http://127.0.0.1:8080'],
  })
  withApi(command)
    .option(
      '--contacts <file>',
      'CSV with to, wa_id, name, language, situation, answer (default: examples/contacts.csv)',
    )
    .option(
      '--data-dir <dir>',
      'keep the data there; again with the same one works (default: a temporary one, removed)',
    )
    .option('--sandbox-url <url>', 'with --url: the sandbox it sends to (default: http://SANDBOX_HOST:SANDBOX_PORT)')
    .option('--verbose', 'show the log')
    .addHelpText(
      'after',
      '\nWithout --url it brings a database and a sandbox of its own and touches neither DATABASE_URL nor REDIS_URL.',
    )
    .action((options: DemoOptions) => demo(cli, options))
}

interface Theatre {
  readonly api: Api
  readonly sandboxUrl: string
  readonly marginMs: number
  close(): Promise<void>
}

async function demo(cli: Cli, options: DemoOptions): Promise<void> {
  if (options.url !== undefined && options.dataDir !== undefined) {
    throw new UsageError('expected either --url or --data-dir, got both')
  }
  const contacts = await readContacts(options.contacts ?? exampleContacts())
  const startedAt = performance.now()
  const progress = showProgress(cli.terminal)
  const theatre =
    options.url === undefined ? await openTheatre(cli, options, progress.step) : await rentTheatre(cli, options)
  const interrupted = onInterrupt(theatre.close)
  try {
    const { SANDBOX_LINK } = await import('../../app/first-sender.ts')
    const phones = createPhones(theatre.sandboxUrl)
    const { api, marginMs } = theatre
    const played = await play({ api, phones, contacts, marginMs, account: SANDBOX_LINK, progress })
    progress.done()
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10
    const report = reportOn(played, judge(played), { seconds, url: api.url })
    present(cli, options, report, () => showReport(cli.terminal.colors, report))
    if (!report.ok) throw new Unsuccessful('')
  } finally {
    progress.done()
    interrupted.forget()
    await theatre.close()
  }
}

function exampleContacts(): string {
  const manifest = findPackageJSON(import.meta.url)
  return join(manifest === undefined ? '.' : dirname(manifest), 'examples', 'contacts.csv')
}

/** Somebody else's Casement, which must send to a sandbox. */
async function rentTheatre(cli: Cli, options: DemoOptions): Promise<Theatre> {
  const config = cli.config('tool')
  const marginMs = config.windowMarginMs
  if (marginMs < LEAST_MARGIN_MS) {
    throw new CommandFailed(`expected WINDOW_MARGIN_MS to be at least ${LEAST_MARGIN_MS} for the demo, got ${marginMs}`)
  }
  const api = await connect(cli, options)
  const running = await findRunning(config.dataDir)
  const known = running?.url === api.url ? running.sandboxUrl : null
  const sandboxUrl = options.sandboxUrl ?? known ?? addressOf(config.sandboxHost, config.sandboxPort)
  return { api, sandboxUrl: sandboxUrl.replace(/\/+$/, ''), marginMs, close: async () => {} }
}

const MARGIN_MS = 30_000

/** A Casement of our own on free ports. */
async function openTheatre(cli: Cli, options: DemoOptions, onStep: (step: string) => void): Promise<Theatre> {
  const temporary = options.dataDir === undefined
  const dataDir = temporary ? await mkdtemp(join(tmpdir(), 'casement-demo-')) : resolve(options.dataDir as string)
  // As root the database runs as another user, who must be able to pass.
  if (temporary) await chmod(dataDir, 0o711)
  const tidy = async () => {
    if (temporary && existsSync(dataDir)) await rm(dataDir, { recursive: true, force: true })
  }
  const { startStack } = await import('../../app/stack.ts')
  const config = selfContained(cli.config('tool'), dataDir)
  try {
    const stack = await startStack({
      config,
      logger: openLog(options.verbose ? config.logLevel : 'silent'),
      version: cli.version,
      ephemeral: temporary,
      knobs: { statusDelayMs: 5, webhookConcurrency: 16 },
      onStep,
    })
    return {
      api: createApi({ url: stack.url, key: stack.apiKey as string }),
      sandboxUrl: stack.sandbox?.url as string,
      marginMs: MARGIN_MS,
      async close() {
        await stack.stop()
        await tidy()
      },
    }
  } catch (error) {
    await tidy()
    throw error
  }
}

/** Nothing of the environment that leads outside, or that would change the rules the demo compares with. */
function selfContained(config: Config, dataDir: string): Config {
  return {
    ...config,
    dataDir,
    databaseUrl: null,
    graphApiUrl: null,
    lanes: { kind: 'postgres' },
    host: '127.0.0.1',
    port: 0,
    sandboxPort: 0,
    embeddedPostgresPort: 0,
    workerPort: null,
    secretKeys: null,
    apiKeys: [],
    metaAppSecrets: [],
    metaVerifyToken: null,
    windowMarginMs: MARGIN_MS,
    followUpCooldownH: 24,
    requireOptIn: false,
    recipientReviewDays: 30,
  }
}

const INTERRUPTED = 130

/** Ctrl-C takes everything down too, and leaves no temporary directory behind. */
function onInterrupt(close: () => Promise<void>): { forget(): void } {
  const listener = () => {
    void close().finally(() => process.exit(INTERRUPTED))
  }
  process.once('SIGINT', listener).once('SIGTERM', listener)
  return {
    forget() {
      process.off('SIGINT', listener).off('SIGTERM', listener)
    },
  }
}
