import type { ResolvedConfig } from '../src/app/settings.ts'
import { startApp } from '../src/app.ts'
import { loadConfig } from '../src/config.ts'
import { createLogger } from '../src/log.ts'

/** (c) One Casement worker process, as `casement worker` runs it: relay, lanes, decision, attempts, records. */
const loaded = loadConfig('worker')
if (!loaded.ok) throw new Error(loaded.problems.join('\n'))
const config = loaded.config as ResolvedConfig

process.on('message', ({ kind }: { kind: string }) => {
  if (kind === 'go')
    void startApp({ config, roles: ['worker'], logger: createLogger({ level: 'warn' }), version: 'bench' })
})
process.send?.({ kind: 'listening' })
