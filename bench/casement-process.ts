import { flushCompileCache } from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
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
  if (kind === 'report heap') process.send?.({ kind: 'heap', bytes: heldBytes() })
})
process.send?.({ kind: 'listening' })

/** What is left after a collection of everything: what it holds, and not what V8 has not looked at yet. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

async function go(): Promise<void> {
  const { url } = await startApp({ config, roles: [role], logger: createLogger({ level: 'warn' }), version: 'bench' })
  flushCompileCache() // it ends by being killed
  process.send?.({ kind: 'running', url })
}
