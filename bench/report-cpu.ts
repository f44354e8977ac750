/** Preloaded into every measured worker: answers how much CPU the process has used, in milliseconds. */
process.on('message', (message: { kind: string }) => {
  if (message.kind !== 'report cpu') return
  const { user, system } = process.cpuUsage()
  process.send?.({ kind: 'cpu', ms: (user + system) / 1000 })
})

export {}
