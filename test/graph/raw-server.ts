import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

/** One request as it stood on the wire. */
export interface RawRequest {
  line: string
  headers: Record<string, string>
  body: string
  socket: Socket
}

export interface RawServer {
  url: string
  port: number
  /** Every complete request so far. */
  requests: RawRequest[]
  /** Connections accepted so far. */
  connections: number
  /** Resolves with the n-th request, from 1. */
  request(n: number): Promise<RawRequest>
  close(): Promise<void>
}

export interface RawServerHooks {
  /** Called for each complete request, which it answers or not, with whatever bytes it likes. */
  onRequest?: (request: RawRequest, n: number) => void
  /** Called before anything is read. */
  onConnection?: (socket: Socket) => void
}

/** A TCP server that reads HTTP requests and gives the test the socket: real servers are too polite to fail like a network. */
export async function startRawServer({ onRequest, onConnection }: RawServerHooks): Promise<RawServer> {
  const sockets = new Set<Socket>()
  const waiting: { n: number; resolve: (request: RawRequest) => void }[] = []
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    raw.connections += 1
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    let buffered = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      buffered += chunk
      for (let parsed = takeRequest(buffered, socket); parsed !== null; parsed = takeRequest(buffered, socket)) {
        buffered = parsed.rest
        raw.requests.push(parsed.request)
        for (const { n, resolve } of waiting) if (n === raw.requests.length) resolve(parsed.request)
        onRequest?.(parsed.request, raw.requests.length)
      }
    })
    onConnection?.(socket)
  })
  const raw: RawServer = {
    url: '',
    port: 0,
    requests: [],
    connections: 0,
    request(n) {
      const arrived = raw.requests[n - 1]
      return arrived ? Promise.resolve(arrived) : new Promise((resolve) => waiting.push({ n, resolve }))
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  raw.port = (server.address() as AddressInfo).port
  raw.url = `http://127.0.0.1:${raw.port}`
  return raw
}

/** An address nobody listens on. */
export async function refusedUrl(): Promise<string> {
  const server = await startRawServer({})
  await server.close()
  return server.url
}

export function http(status: number, body: string | object, headers: Record<string, string> = {}): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const lines = Object.entries({ 'content-length': String(Buffer.byteLength(text)), ...headers })
  return `HTTP/1.1 ${status} X\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${text}`
}

function takeRequest(buffered: string, socket: Socket): { request: RawRequest; rest: string } | null {
  const end = buffered.indexOf('\r\n\r\n')
  if (end < 0) return null
  const [line = '', ...fields] = buffered.slice(0, end).split('\r\n')
  const headers = Object.fromEntries(
    fields.map((field) => [
      field.slice(0, field.indexOf(':')).toLowerCase(),
      field.slice(field.indexOf(':') + 1).trim(),
    ]),
  )
  const length = Number(headers['content-length'] ?? 0)
  const start = end + 4
  if (buffered.length < start + length) return null
  const body = Buffer.from(buffered.slice(start, start + length), 'latin1').toString('utf8')
  return { request: { line, headers, body, socket }, rest: buffered.slice(start + length) }
}
