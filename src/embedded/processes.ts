import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What a pid stands for now. A pid alone says little: it is used again, soon so in a container. */
export interface RunningProcess {
  /** Changes when the pid is used again. Opaque. */
  readonly startedAt: string
  readonly command: string
}

/** Null when there is no such process, or only its zombie. */
export async function findProcess(pid: number): Promise<RunningProcess | null> {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid)
}

/** Reads /proc, not ps: small container images have no ps. Field numbers: proc_pid_stat(5). */
async function fromProc(pid: number): Promise<RunningProcess | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ') // the name may hold spaces and brackets
    const state = afterName[0]
    const startTime = afterName[19]
    if (state === undefined || startTime === undefined || state === 'Z' || state === 'X') return null
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim()
    return { startedAt: startTime, command }
  } catch {
    return null
  }
}

async function fromPs(pid: number): Promise<RunningProcess | null> {
  try {
    const { stdout } = await run('ps', ['-o', 'state=,lstart=,command=', '-p', String(pid)])
    const match = /^\s*(\S+)\s+(\S+ \S+\s+\d+ \S+ \d+)\s+(.*)$/m.exec(stdout)
    if (!match || match[1]?.startsWith('Z')) return null
    return { startedAt: match[2] as string, command: match[3] as string }
  } catch {
    return null
  }
}

/**
 * Waits for a process that is not our child, which nobody announces the end of. True when it ended in time.
 */
export async function waitUntilGone(pid: number, timeoutMs: number): Promise<boolean> {
  const stepMs = 25
  for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += stepMs) {
    if ((await findProcess(pid)) === null) return true
    await delay(stepMs)
  }
  return (await findProcess(pid)) === null
}
