import type { Command } from 'commander'
import { claimDirectory, findRunning, leaveWord } from '../../app/running.ts'
import type { Stack } from '../../app/stack.ts'
import { type Config, isLoopback } from '../../config.ts'
import { addCommand, type Cli, type CommonOptions, present } from '../cli.ts'
import { CommandFailed, Unsuccessful } from '../failure.ts'
import { openLog } from '../logging.ts'
import { serveUntilSignal } from '../shutdown.ts'
import { showWelcome } from '../welcome.ts'
import { STOP_SLACK_MS } from './roles.ts'

/** An embedded PostgreSQL that is busy takes its time to stop cleanly. */
const DATABASE_STOP_MS = 30_000

export function addStart(program: Command, cli: Cli): void {
  addCommand(program, {
    usage: 'start',
    does: 'run everything in one process: database and sandbox where none is configured, API, relay, worker',
    examples: ['start'],
  }).action((options: CommonOptions) => start(cli, options))
}

async function start(cli: Cli, options: CommonOptions): Promise<void> {
  const config = cli.config('start')
  const claim = await refuseSecond(config)
  const { stack, stop } = await startOn(cli, config).finally(() => claim?.release())
  try {
    const { linkFirstSender } = await import('../../app/first-sender.ts')
    const sender = await linkFirstSender(stack)
    const link = await signInLink(config, stack)
    const welcome = { config, stack, sender, link, version: cli.version }
    present(cli, options, documentOf(stack, sender, link), () => showWelcome(cli.terminal.colors, welcome))
  } catch (error) {
    await stop()
    throw error
  }
  const budgetMs = config.graphTimeoutMs + STOP_SLACK_MS + (config.databaseUrl === null ? DATABASE_STOP_MS : 0)
  if (!(await serveUntilSignal(cli.terminal, { stop, lost: stack.lost, budgetMs }))) throw new Unsuccessful('')
}

/** Printed where the output is a file too: it is good once, and for 15 minutes. */
async function signInLink(config: Config, { url, databaseUrl }: Stack): Promise<string | null> {
  const { linkForFirstAdmin } = await import('../../app/at-the-machine.ts')
  const code = await linkForFirstAdmin(config.databaseDirectUrl ?? databaseUrl, { isOpen: !isLoopback(config.host) })
  return code === null ? null : `${config.publicUrl ?? url}/#code=${code}`
}

async function startOn(cli: Cli, config: Config): Promise<{ stack: Stack; stop: () => Promise<void> }> {
  const [{ startStack }, { refreshConsole }] = await Promise.all([
    import('../../app/stack.ts'),
    import('../../app/console-build.ts'),
  ])
  const say = (words: string) => cli.terminal.note(cli.terminal.noteColors.dim(words))
  await refreshConsole(say)
  const stack = await startStack({
    config,
    logger: openLog(config.logLevel),
    version: cli.version,
    onStep: say,
  })
  return { stack, stop: await settleIn(config, stack) }
}

/** For a clear word only: what really keeps two apart is the lock of the embedded database, and the port. */
async function refuseSecond({
  dataDir,
  databaseUrl,
  graphApiUrl,
}: Config): Promise<{ release(): Promise<void> } | null> {
  if (databaseUrl !== null && graphApiUrl !== null) return null // nothing of it lives in the data directory
  const claim = await claimDirectory(dataDir)
  if ('takenBy' in claim) {
    throw new CommandFailed(
      `Casement is being started on ${dataDir} already, by process ${claim.takenBy.pid}. ` +
        'Wait for it, or set another CASEMENT_DATA_DIR and PORT for a second one',
      { code: 'already_running' },
    )
  }
  const running = await findRunning(dataDir)
  if (running === null) return claim
  await claim.release()
  throw new CommandFailed(
    `Casement is running on ${dataDir} already: process ${running.pid}, at ${running.url}. ` +
      'Stop it first, or set another CASEMENT_DATA_DIR and PORT for a second one',
    { code: 'already_running' },
  )
}

async function settleIn({ dataDir, databaseUrl, graphApiUrl }: Config, stack: Stack): Promise<() => Promise<void>> {
  if (databaseUrl !== null && graphApiUrl !== null) return stack.stop
  const takeBack = await leaveWord(dataDir, {
    url: stack.url,
    sandboxUrl: stack.sandbox?.url ?? null,
    databaseUrl: stack.databaseUrl,
  })
  return async () => {
    await stack.stop()
    await takeBack()
  }
}

function documentOf(stack: Stack, sender: string | null, link: string | null): object {
  return {
    url: stack.url,
    api_key: stack.apiKey,
    sign_in_link: link,
    sandbox_url: stack.sandbox?.url ?? null,
    sender,
    pid: process.pid,
  }
}
