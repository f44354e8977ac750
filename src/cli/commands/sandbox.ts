import type { Command } from 'commander'
import { addressOf } from '../../app/address.ts'
import { addCommand, type Cli, type CommonOptions, present } from '../cli.ts'
import { Unsuccessful } from '../failure.ts'
import { openLog } from '../logging.ts'
import { serveUntilSignal } from '../shutdown.ts'
import { fields } from '../table.ts'

interface SandboxOptions extends CommonOptions {
  readonly webhookUrl?: string
}

const STOP_BUDGET_MS = 15_000

export function addSandbox(program: Command, cli: Cli): void {
  addCommand(program, {
    usage: 'sandbox',
    does: 'run the stand-in for the Graph API alone, on SANDBOX_PORT',
    examples: ['sandbox', 'sandbox --webhook-url http://127.0.0.1:8080/webhooks/whatsapp'],
  })
    .option('--webhook-url <url>', 'where webhooks go (default: http://HOST:PORT/webhooks/whatsapp)')
    .action((options: SandboxOptions) => serveSandbox(cli, options))
}

async function serveSandbox(cli: Cli, options: SandboxOptions): Promise<void> {
  const config = cli.config('tool')
  const { startSandboxAlone } = await import('../../app/sandbox-alone.ts')
  const { SANDBOX_LINK } = await import('../../app/first-sender.ts')
  const webhookUrl = options.webhookUrl ?? `${addressOf(config.host, config.port)}/webhooks/whatsapp`
  const sandbox = await startSandboxAlone(config, webhookUrl, openLog(config.logLevel))
  const link = {
    phone_number_id: SANDBOX_LINK.phoneNumberId,
    waba_id: SANDBOX_LINK.wabaId,
    access_token: SANDBOX_LINK.accessToken,
  }
  present(cli, options, { url: sandbox.url, webhook_url: webhookUrl, link }, () =>
    fields(cli.terminal.colors, [
      ['sandbox', `${sandbox.url} (GRAPH_API_URL; opened in a browser: the customer's phone)`],
      ['webhooks to', webhookUrl],
      ['sender', link.phone_number_id],
      ['WABA', link.waba_id],
      ['access token', link.access_token],
    ]),
  )
  if (!(await serveUntilSignal(cli.terminal, { stop: sandbox.close, budgetMs: STOP_BUDGET_MS })))
    throw new Unsuccessful('')
}
