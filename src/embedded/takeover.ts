import { readFile, rm, writeFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Logger } from '../log.ts'
import type { Cluster } from './cluster.ts'
import { findProcess, waitUntilGone } from './processes.ts'

const FAST_STOP_MS = 30_000
const IMMEDIATE_STOP_MS = 10_000

/**
 * Makes sure that no server runs on this cluster and that nothing keeps a new one from starting.
 *
 * - A server runs, and so does the Casement that started it: throws. Two of them must not share a data directory.
 * - A server runs, but its Casement was killed (and the watchdog with it): the server is stopped.
 * - Only `postmaster.pid` is left, after `kill -9` or a power cut: see `forgetForeignPid`.
 */
export async function takeOver(cluster: Cluster, log: Logger): Promise<void> {
  const pid = await recordedPid(cluster)
  if (pid !== null) {
    if (await isServerOf(pid, cluster)) {
      const owner = await runningOwner(cluster)
      if (owner !== null) {
        throw new Error(`the embedded database in ${cluster.dataDir} is in use by the running process ${owner}`)
      }
      log.warn({ pid }, 'an embedded PostgreSQL outlived its Casement; stopping it')
      await stopOrphan(pid)
    } else if (isTaken(pid)) {
      await forgetForeignPid(cluster)
    }
  }
}

/** Notes us as the process that runs the server. Only once it does: whoever loses a race to start it must not. */
export async function recordOwner(cluster: Cluster): Promise<void> {
  const ourselves = await findProcess(process.pid)
  await rm(ownerFile(cluster), { force: true }) // another user may have written it, once as root, once not
  await writeFile(ownerFile(cluster), `${process.pid} ${ourselves?.startedAt ?? ''}\n`, { mode: 0o600 })
}

const ownerFile = (cluster: Cluster): string => join(cluster.dataDir, 'owner')
const pidFile = (cluster: Cluster): string => join(cluster.data, 'postmaster.pid')

async function recordedPid(cluster: Cluster): Promise<number | null> {
  const text = await readFile(pidFile(cluster), 'utf8').catch(() => '')
  const pid = Number.parseInt(text, 10)
  return Number.isInteger(pid) && pid > 0 ? pid : null
}

async function isServerOf(pid: number, cluster: Cluster): Promise<boolean> {
  const found = await findProcess(pid)
  return found?.command.includes(`${sep}postgres -D ${cluster.data} `) ?? false
}

/** The pid of the Casement process that started the server, if it still runs. */
async function runningOwner(cluster: Cluster): Promise<number | null> {
  const [pid, startedAt] = (await readFile(ownerFile(cluster), 'utf8').catch(() => '')).trim().split(/ (.*)/)
  const found = await findProcess(Number(pid))
  return found !== null && found.startedAt === startedAt ? Number(pid) : null
}

/** Fast, then immediate: never SIGKILL, after which its shared memory would stay behind. */
async function stopOrphan(pid: number): Promise<void> {
  for (const [signal, timeoutMs] of [
    ['SIGINT', FAST_STOP_MS],
    ['SIGQUIT', IMMEDIATE_STOP_MS],
  ] as const) {
    try {
      process.kill(pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
    if (await waitUntilGone(pid, timeoutMs)) return
  }
  throw new Error(`the embedded PostgreSQL left by an earlier run (pid ${pid}) does not stop`)
}

/** As PostgreSQL asks it: a zombie counts, a process that we may not signal does not. */
function isTaken(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/**
 * PostgreSQL refuses to start while the pid in `postmaster.pid` is alive, whatever program that is by now: in a
 * container the same low pids come again at every start. Deleting the file, the usual advice, also deletes the id of
 * the shared memory by which PostgreSQL notices backends that survived their postmaster. So only the pid is replaced,
 * by ours: PostgreSQL skips the check for its own parent. Source: CreateLockFile in PostgreSQL's miscinit.c.
 */
async function forgetForeignPid(cluster: Cluster): Promise<void> {
  const text = await readFile(pidFile(cluster), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null // the server was ending, and has ended
    throw error
  })
  if (text !== null) await writeFile(pidFile(cluster), text.replace(/^\d+/, String(process.pid)))
}
