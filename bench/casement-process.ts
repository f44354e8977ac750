import { flushCompileCache } from 'node:module'
import type { ResolvedConfig } from '../src/app/settings.ts'
import { type Role, startApp } from '../src/app.ts'
import { loadConfig } from '../src/config.ts'
import { createLogger } from '../src/log.ts'

/** One Casement process, as `casement api` or `casement worker` runs it; `BENCH_ROLE` says which. Starts when it is told to go. */
const role = process.env.BENCH_ROLE as Role
const loaded = loadConfig(role)
if (!loaded.ok) throw new Error(loaded.problems.join('\n'))
const config = loaded.config as ResolvedConfig

process.on('message', ({ kind }: { kind: string }) => {
  if (kind === 'go') void go()
})
process.send?.({ kind: 'listening' })

async function go(): Promise<void> {
  const { url } = await startApp({ config, roles: [role], logger: createLogger({ level: 'warn' }), version: 'bench' })
  flushCompileCache() // it ends by being killed
  process.send?.({ kind: 'running', url })
}
