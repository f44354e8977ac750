import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Preloaded into every measured worker: answers how much CPU the process has used, in milliseconds, and what it holds on to. */
process.on('message', (message: { kind: string }) => {
  if (message.kind === 'report cpu') {
    const { user, system } = process.cpuUsage()
    process.send?.({ kind: 'cpu', ms: (user + system) / 1000 })
  } else if (message.kind === 'report held') process.send?.({ kind: 'held', mib: heldMib() })
})

// A run that breaks off stops nobody: whom nobody measures any more ends by itself.
process.on('disconnect', () => process.exit())

function heldMib(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  // What a first round only finalizes, a second one frees.
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 2 ** 20
}
