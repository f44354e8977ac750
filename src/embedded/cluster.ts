import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PostgresBinaries } from './binaries.ts'
import { collect, type ServerUser } from './server-user.ts'

/**
 * What lies on disk for one embedded server:
 *
 * ```
 * <dataDir>/            ours
 *   password            of the role `casement`; mode 0600, so no other user of the machine gets in
 *   owner               which Casement process runs the server (see takeover.ts)
 *   data/               the cluster, PGDATA; belongs to the user the server runs as
 * ```
 *
 * Casement connects as `casement`, who owns its database and may create others, but is no superuser: with root's
 * fallback (server-user.ts) a superuser could read any file of the machine. The superuser `postgres` has no password,
 * and only passwords are let in, so nobody logs in as it.
 */
export interface Cluster {
  readonly dataDir: string
  /** PGDATA. */
  readonly data: string
  readonly password: string
}

export const ROLE = 'casement'
export const DATABASE = 'casement'

export async function openOrCreateCluster(
  binaries: PostgresBinaries,
  user: ServerUser,
  dataDir: string,
  ephemeral: boolean,
): Promise<Cluster> {
  const data = join(dataDir, 'data')
  try {
    const exists = await stat(join(data, 'PG_VERSION')).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return false
        throw error
      },
    )
    if (exists) await expectSameMajorVersion(binaries, user, data)
    else await create(binaries, user, dataDir, ephemeral)
    return { dataDir, data, password: (await readFile(join(dataDir, 'password'), 'utf8')).trim() }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error
    const message = `no access to the embedded database in ${dataDir}: was it made by another user, or as root?`
    throw new Error(message, { cause: error })
  }
}

/**
 * Builds everything beside the final place and renames it there at the end, so a crash half way leaves no cluster
 * that looks finished, nor one whose password nobody knows.
 */
async function create(
  binaries: PostgresBinaries,
  user: ServerUser,
  dataDir: string,
  ephemeral: boolean,
): Promise<void> {
  const building = `${dataDir}.new-${randomBytes(4).toString('hex')}`
  const data = join(building, 'data')
  const password = randomBytes(24).toString('base64url')
  try {
    await mkdir(data, { recursive: true, mode: 0o700 })
    await chmod(building, 0o711) // the server must pass through, not look around
    await writeFile(join(building, 'password'), `${password}\n`, { mode: 0o600 })
    if (user.owner) await chown(data, user.owner.uid, user.owner.gid)
    await initialise(binaries, user, data, ephemeral)
    await createRole(binaries, user, data, password)
    await rename(building, dataDir)
  } catch (error) {
    await rm(building, { recursive: true, force: true })
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOTEMPTY' || code === 'EEXIST') {
      throw new Error(`expected ${dataDir} to hold an embedded database or nothing, but there is something else`, {
        cause: error,
      })
    }
    throw error
  }
}

/**
 * Text compares by code point and changes case by Unicode's rules, the same on every machine: the libc and ICU of
 * the machine have no say, so an upgrade of either never corrupts an index.
 */
async function initialise(
  binaries: PostgresBinaries,
  user: ServerUser,
  data: string,
  ephemeral: boolean,
): Promise<void> {
  const args = [
    `--pgdata=${data}`,
    '--username=postgres',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--auth-local=reject',
    '--auth-host=scram-sha-256',
    '--no-instructions',
    ...(ephemeral ? ['--no-sync'] : []),
  ]
  const { code, output } = await collect(user.spawn(binaries.initdb, args, { stdio: ['ignore', 'pipe', 'pipe'] }))
  if (code !== 0) throw new Error(`initdb failed with exit code ${code}:\n${output}`)
}

/** In single-user mode, which asks for no password: so the superuser never needs one. */
async function createRole(binaries: PostgresBinaries, user: ServerUser, data: string, password: string): Promise<void> {
  const args = ['--single', '-D', data, '-c', 'exit_on_error=on', '-c', 'log_min_error_statement=panic', 'postgres']
  const child = user.spawn(binaries.postgres, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin?.on('error', () => {}) // it ended early; its exit code and output say why
  child.stdin?.end(
    `CREATE ROLE ${ROLE} LOGIN CREATEDB PASSWORD '${password}'\nCREATE DATABASE ${DATABASE} OWNER ${ROLE}\n`,
  )
  const { code, output } = await collect(child)
  if (code !== 0) throw new Error(`creating the role ${ROLE} failed with exit code ${code}:\n${output}`)
}

async function expectSameMajorVersion(binaries: PostgresBinaries, user: ServerUser, data: string): Promise<void> {
  const onDisk = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim()
  const { output } = await collect(user.spawn(binaries.postgres, ['--version'], { stdio: ['ignore', 'pipe', 'pipe'] }))
  const installed = /\(PostgreSQL\) (\d+)/.exec(output)?.[1]
  if (installed === onDisk) return
  throw new Error(
    `the embedded database in ${data} was made by PostgreSQL ${onDisk}, but ${installed ?? output} is installed: ` +
      'dump it with the version of Casement that made it and restore it into a new data directory',
  )
}
