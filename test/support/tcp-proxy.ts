import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A wire between a client and a server, to be damaged. Listens on a free port of 127.0.0.1. */
export interface TcpProxy {
  readonly port: number
  /** The same URL, by way of the proxy. */
  through(url: string): string
  /** Connections stay open and nothing comes through any more, in no direction; new ones are taken and stay silent too. */
  goSilent(): void
  /** Every connection is reset; new ones are refused until `heal`. */
  reset(): void
  /** New connections work. What was silent is reset, as a network that comes back does not bring back what it dropped. */
  heal(): void
  /** Connections taken so far. */
  readonly taken: number
  close(): Promise<void>
}

interface Pair {
  client: Socket
  server: Socket | null
}

export async function createTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const pairs = new Set<Pair>()
  let state: 'sound' | 'silent' | 'refusing' = 'sound'
  let taken = 0

  const listener = createServer((client) => {
    taken += 1
    if (state === 'refusing') {
      client.resetAndDestroy()
      return
    }
    const pair: Pair = { client, server: null }
    pairs.add(pair)
    client.on('error', () => {})
    client.once('close', () => {
      pairs.delete(pair)
      pair.server?.destroy()
    })
    if (state === 'silent') return
    const server = connect(target)
    pair.server = server
    server.on('error', () => client.resetAndDestroy())
    server.once('close', () => client.destroy())
    // Not `pipe`: what arrives while the wire is silent is lost, and not kept for later.
    client.on('data', (chunk) => state === 'sound' && server.write(chunk))
    server.on('data', (chunk) => state === 'sound' && client.write(chunk))
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo

  function resetAll(): void {
    for (const { client, server } of pairs) {
      client.resetAndDestroy()
      server?.resetAndDestroy()
    }
  }

  return {
    port,
    through(url) {
      const redirected = new URL(url)
      redirected.hostname = '127.0.0.1'
      redirected.port = String(port)
      return redirected.href.replace(/\/$/, url.endsWith('/') ? '/' : '')
    },
    goSilent() {
      state = 'silent'
    },
    reset() {
      state = 'refusing'
      resetAll()
    },
    heal() {
      if (state === 'silent') resetAll()
      state = 'sound'
    },
    get taken() {
      return taken
    },
    async close() {
      resetAll()
      listener.close()
      await once(listener, 'close')
    },
  }
}

/** A proxy in front of the server that a URL names. */
export function createProxyTo(url: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(url)
  return createTcpProxy({ host: hostname, port: Number(port) })
}
