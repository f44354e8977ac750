import { eventually } from './signals.ts'

/** Kinds as Node names them. Timers are left out: the test runner has its own. */
const KINDS = ['TCPSocketWrap', 'TCPServerWrap', 'ProcessWrap', 'FSEventWrap', 'MessagePort']

/**
 * Counts sockets, servers, child processes and watchers that keep this process alive. Call the returned function at
 * the end of the test file: it rejects when there are more than now. What was just closed gets a moment to go.
 */
export function watchOpenHandles(): (timeoutMs?: number) => Promise<void> {
  const before = count()
  return async (timeoutMs = 2_000) => {
    const look = (): void => {
      const after = count()
      const more = KINDS.filter((kind) => (after.get(kind) ?? 0) > (before.get(kind) ?? 0))
      if (more.length > 0) throw new Error(`left open: ${more.join(', ')}`)
    }
    await eventually(look, { timeoutMs })
  }
}

function count(): Map<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return counts
}
