import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'

/**
 * Sends SIGINT to `pid` when this process ends in any way, `kill -9` included. Returns a function that calls it off.
 *
 * A shell waits on a pipe that only we hold open; the kernel closes it when we die. It has its own session, so that
 * Ctrl-C or a signal to our process group does not take it along. `setpriv --pdeathsig` does the same in the kernel,
 * but on Linux only, and it fires when the *thread* that started the child ends, which a worker thread does early.
 */
export function interruptWhenWeDie(pid: number): () => void {
  const shell = spawn('/bin/sh', ['-c', 'read -r _; kill -INT "$0"', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
    env: {},
  })
  shell.on('error', () => {}) // without /bin/sh the server may outlive us; the next start stops it
  const pipe = shell.stdin as Socket
  pipe.on('error', () => {})
  pipe.unref()
  shell.unref()
  return () => {
    shell.kill('SIGKILL')
  }
}
