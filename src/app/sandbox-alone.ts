import { join } from 'node:path'
import type { Config } from '../config.ts'
import { generatedSecrets } from '../generated-secrets.ts'
import type { Logger } from '../log.ts'
import { createSandbox, type Sandbox } from '../sandbox/sandbox.ts'
import { explained } from './cannot-start.ts'

/** Signs with SANDBOX_APP_SECRET, with META_APP_SECRET, or with the secret in the data directory that an `api` beside it uses too. */
export async function startSandboxAlone(config: Config, webhookUrl: string, log: Logger): Promise<Sandbox> {
  const secrets = await explained(generatedSecrets(config.dataDir))
  return createSandbox({
    host: config.sandboxHost,
    hosts: config.sandboxHosts,
    port: config.sandboxPort,
    appSecret: config.sandboxAppSecret ?? config.metaAppSecrets[0] ?? secrets.metaAppSecret,
    verifyToken: config.metaVerifyToken ?? secrets.metaVerifyToken,
    webhookUrl,
    stateFile: join(config.dataDir, 'sandbox.json'),
    log,
  })
}
