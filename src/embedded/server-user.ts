import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { PostgresBinaries } from './binaries.ts'

/**
 * PostgreSQL refuses to run as root, and containers and small servers run everything as root. This module decides
 * whom it runs as:
 *
 * | we are        | the server runs as                                                            |
 * |---------------|-------------------------------------------------------------------------------|
 * | ordinary user | ourselves                                                                     |
 * | root          | the owner of an existing cluster, else `nobody`, else `postgres`              |
 * | root, and a directory on the way is closed to that user (0700: `/root/x`, `mktemp -d`) | the same, with CAP_DAC_READ_SEARCH |
 *
 * The capability lets the server pass through closed directories, and only that: it may read, not write, and not
 * become root. It must be ambient to survive the exec of `initdb` into `postgres`, and `no_setuid_fixup` keeps it in
 * effect after the change of user, which `access(2)` needs because it asks for the real user's rights.
 * Source: capabilities(7), setpriv(1).
 */
export interface ServerUser {
  /** Whom the cluster's files must belong to; null when they belong to us anyway. */
  readonly owner: Ids | null
  spawn(binary: string, args: readonly string[], options: Pick<SpawnOptions, 'stdio' | 'detached'>): ChildProcess
}

interface Ids {
  readonly uid: number
  readonly gid: number
}

/** Nothing of our own environment: it holds secrets, and `LC_ALL` and `TZ` would change messages and defaults. */
const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' }

const run = promisify(execFile)

/** The parent of `dataDir` must exist. Throws, saying what to do, when no user can run the binaries or reach it. */
export async function chooseServerUser(binaries: PostgresBinaries, dataDir: string): Promise<ServerUser> {
  const candidates = process.getuid?.() === 0 ? await usersForRoot(dataDir) : [ourselves]
  const failures: string[] = []
  for (const candidate of candidates) {
    const failure = await probe(candidate, binaries, dataDir)
    if (failure === null) return candidate
    failures.push(failure)
  }
  throw new Error(
    `cannot run PostgreSQL (${binaries.postgres}, data in ${dataDir}): ${failures.join('; ')}. ` +
      'Run Casement as an ordinary user, move it out of directories closed to others, or set DATABASE_URL.',
  )
}

const ourselves: ServerUser = {
  owner: null,
  spawn: (binary, args, options) => spawn(binary, args, { ...options, cwd: '/', env: ENVIRONMENT }),
}

async function usersForRoot(dataDir: string): Promise<ServerUser[]> {
  const ids = (await ownerOf(join(dataDir, 'data'))) ?? (await idsOf('nobody')) ?? (await idsOf('postgres'))
  if (ids === null) throw new Error('PostgreSQL cannot run as root, and there is no user nobody or postgres to run it')
  return [dropped(ids), droppedWithReadSearch(ids)]
}

function dropped(ids: Ids): ServerUser {
  return {
    owner: ids,
    spawn: (binary, args, options) => spawn(binary, args, { ...options, ...ids, cwd: '/', env: ENVIRONMENT }),
  }
}

function droppedWithReadSearch(ids: Ids): ServerUser {
  const setpriv = [
    `--reuid=${ids.uid}`,
    `--regid=${ids.gid}`,
    '--clear-groups',
    '--securebits=+no_setuid_fixup',
    '--inh-caps=+dac_read_search',
    '--ambient-caps=+dac_read_search',
  ]
  return {
    owner: ids,
    spawn: (binary, args, options) =>
      spawn('setpriv', [...setpriv, binary, ...args], { ...options, cwd: '/', env: ENVIRONMENT }),
  }
}

/** Null for a cluster that is not there yet, or that root got hold of (PostgreSQL then says so itself). */
async function ownerOf(data: string): Promise<Ids | null> {
  const found = await stat(data).catch(() => null)
  return found === null || found.uid === 0 ? null : { uid: found.uid, gid: found.gid }
}

/** Asks id(1), which knows every source of users, not just /etc/passwd. */
async function idsOf(user: string): Promise<Ids | null> {
  try {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, user])).stdout)),
    )
    return uid === undefined || gid === undefined ? null : { uid, gid }
  } catch {
    return null
  }
}

/** Tries for real, since modes, ACLs, mount options and missing capabilities all have a say. Null when it works. */
async function probe(user: ServerUser, binaries: PostgresBinaries, dataDir: string): Promise<string | null> {
  const version = await collect(user.spawn(binaries.postgres, ['--version'], { stdio: ['ignore', 'pipe', 'pipe'] }))
  if (version.code !== 0) return `postgres --version: ${version.output}`
  const shell = ['-c', 'cd "$0"', dirname(dataDir)]
  const reach = await collect(user.spawn('/bin/sh', shell, { stdio: ['ignore', 'pipe', 'pipe'] }))
  return reach.code === 0 ? null : `reaching the data directory: ${reach.output}`
}

/** Runs to the end and gathers what was printed. A program that could not be started has `code` null. */
export function collect(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  const { promise, resolve } = Promise.withResolvers<{ code: number | null; output: string }>()
  let output = ''
  const append = (chunk: Buffer): void => {
    output += chunk.toString()
  }
  child.stdout?.on('data', append)
  child.stderr?.on('data', append)
  child.once('error', (error) => resolve({ code: null, output: error.message }))
  child.once('close', (code) => resolve({ code, output: output.trim() }))
  return promise
}
