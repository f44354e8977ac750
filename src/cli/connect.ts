import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { addressOf } from '../app/address.ts'
import { explained } from '../app/cannot-start.ts'
import { findRunning } from '../app/running.ts'
import type { Config } from '../config.ts'
import { generatedSecrets } from '../generated-secrets.ts'
import { isNearby } from '../hosts.ts'
import { type Api, createApi } from './api.ts'
import type { Cli, CommonOptions } from './cli.ts'
import { CommandFailed } from './failure.ts'

export interface ApiOptions extends CommonOptions {
  readonly url?: string
  readonly key?: string
}

export function withApi(command: Command): Command {
  return command
    .option('--url <url>', 'of a running Casement (default: http://HOST:PORT)')
    .option('--key <key>', 'API key (default: CASEMENT_API_KEY, or the one generated in the data directory)')
}

/** The API that the options, or else the environment, name. Whether somebody answers there shows at the first call. */
export async function connect(cli: Cli, options: ApiOptions): Promise<Api> {
  const config = cli.config('tool')
  return createApi({ url: await urlOf(cli, config, options.url), key: await keyOf(config, options.key) })
}

async function urlOf(cli: Cli, config: Config, given: string | undefined): Promise<string> {
  if (given !== undefined) {
    if (!/^https?:\/\/./.test(given) || !URL.canParse(given)) {
      throw new CommandFailed(`expected --url to be an http:// or https:// address, got '${given}'`)
    }
    const { protocol, hostname } = new URL(given)
    if (protocol === 'http:' && !isNearby(hostname)) {
      cli.terminal.note('warning: --url is http, so the API key travels readable by everybody on the way')
    }
    return given.replace(/\/+$/, '')
  }
  if (config.port !== 0) return addressOf(config.host, config.port)
  const running = await findRunning(config.dataDir)
  if (running) return running.url
  throw new CommandFailed('PORT is 0, so the address of a running Casement is not known: give it with --url')
}

/** The empty text when there is none: the API then says that it wants one, if anybody answers there at all. */
async function keyOf(config: Config, given: string | undefined): Promise<string> {
  const key = given ?? config.apiKeys[0]
  if (key !== undefined) return key
  // Only looked for: a key made up here would be nobody's.
  return existsSync(join(config.dataDir, 'secrets.json'))
    ? (await explained(generatedSecrets(config.dataDir))).apiKey
    : ''
}
