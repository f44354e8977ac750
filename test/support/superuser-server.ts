import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { locateBinaries, makeRunnable } from '../../src/embedded/binaries.ts'
import { openOrCreateCluster, ROLE } from '../../src/embedded/cluster.ts'
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { chooseServerUser, collect } from '../../src/embedded/server-user.ts'
import { createLogger } from '../../src/log.ts'

export interface SuperuserServer {
  /** As a superuser, which the run's own server lets nobody be. */
  url: string
  stop(): Promise<void>
}

/** A PostgreSQL of its own, for what only a superuser can prepare, such as roles. */
export async function startSuperuserServer(): Promise<SuperuserServer> {
  const directory = await mkdtemp(join(tmpdir(), 'casement-superuser-'))
  await chmod(directory, 0o711)
  const dataDir = join(directory, 'postgres')
  const binaries = await locateBinaries()
  await makeRunnable(binaries)
  const user = await chooseServerUser(binaries, dataDir)
  const { data } = await openOrCreateCluster(binaries, user, dataDir, true)
  const child = user.spawn(binaries.postgres, ['--single', '-D', data, 'postgres'], { stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin?.end(`ALTER ROLE ${ROLE} SUPERUSER\n`)
  const { code, output } = await collect(child)
  if (code !== 0) throw new Error(`making a superuser failed with exit code ${code}:\n${output}`)
  const server = await startEmbeddedPostgres({ dataDir, log: createLogger({ level: 'warn' }), ephemeral: true })
  return {
    url: server.url,
    async stop() {
      await server.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
