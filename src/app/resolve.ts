import type { Config } from '../config.ts'
import { generatedSecrets } from '../generated-secrets.ts'
import { addressOf } from './address.ts'
import { explained } from './cannot-start.ts'
import type { ResolvedConfig } from './settings.ts'

/** What `start` and the demo bring themselves where the environment names none. */
export interface OwnServices {
  readonly databaseUrl?: string
  readonly sandboxUrl?: string
}

/**
 * Fills what the environment left open: secrets from the data directory, where they are made once, and the address of the
 * sandbox. `api` and `worker` without a Graph API of their own use a sandbox that `casement sandbox` runs beside them.
 */
export async function resolveConfig(config: Config, own: OwnServices = {}): Promise<ResolvedConfig> {
  const databaseUrl = config.databaseUrl ?? own.databaseUrl
  if (databaseUrl === undefined) throw new TypeError('expected DATABASE_URL, or a database started by us')
  const embedded = config.databaseUrl === null
  const sandboxed = config.graphApiUrl === null
  const secrets = embedded || sandboxed ? await explained(generatedSecrets(config.dataDir)) : null
  const secretKeys = config.secretKeys ?? (secrets ? [secrets.secretKey] : [])
  const { metaAppSecrets } = config
  return {
    ...config,
    databaseUrl,
    graphApiUrl: config.graphApiUrl ?? own.sandboxUrl ?? addressOf(config.sandboxHost, config.sandboxPort),
    secretKeys,
    apiKeys: config.apiKeys.length === 0 && embedded && secrets ? [secrets.apiKey] : config.apiKeys,
    metaAppSecrets: [
      ...(sandboxed && secrets && metaAppSecrets.length === 0 ? [secrets.metaAppSecret] : metaAppSecrets),
      // A sandbox speaks for Meta only where it is asked in Meta's place.
      ...(config.sandboxAppSecret !== null && !isMeta(config.graphApiUrl) ? [config.sandboxAppSecret] : []),
    ],
    metaVerifyToken: config.metaVerifyToken ?? (sandboxed && secrets ? secrets.metaVerifyToken : null),
  }
}

function isMeta(graphApiUrl: string | null): boolean {
  return graphApiUrl !== null && /(?:^|\.)facebook\.com$/.test(new URL(graphApiUrl).hostname)
}
