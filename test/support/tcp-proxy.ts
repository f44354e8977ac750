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
  /** New connections work. What is silent stays so, half open: a network that comes back does not bring back what it forgot. */
  heal(): void
  /** Resets what is half open; sound connections stay. */
  dropSilent(): void
  /** Connections taken so far. */
  readonly taken: number
  close(): Promise<void>
}

interface Pair {
  client: Socket
  server: Socket | null
  silent: boolean
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
    const pair: Pair = { client, server: null, silent: state === 'silent' }
    pairs.add(pair)
    client.on('error', () => {})
    client.once('close', () => {
      pairs.delete(pair)
      pair.server?.destroy()
    })
    if (pair.silent) return
    const server = connect(target)
    pair.server = server
    server.on('error', () => client.resetAndDestroy())
    server.once('close', () => client.destroy())
    // Not `pipe`: what arrives while the wire is silent is lost, and not kept for later.
    client.on('data', (chunk) => pair.silent || server.write(chunk))
    server.on('data', (chunk) => pair.silent || client.write(chunk))
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo

  function resetAll(which: (pair: Pair) => boolean = () => true): void {
    for (const { client, server } of [...pairs].filter(which)) {
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
      for (const pair of pairs) pair.silent = true
    },
    reset() {
      state = 'refusing'
      resetAll()
    },
    heal() {
      state = 'sound'
    },
    dropSilent() {
      resetAll((pair) => pair.silent)
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
