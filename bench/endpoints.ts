import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { percentile } from './suite.ts'

/*
 * Programs behind Casement, in a process of their own: each address answers at once, after a while (`/slow`, or `/…-after-20` milliseconds), or
 * not at all, for on one port nobody listens. What comes carries when it was posted, so how long it took from there is known here.
 */

const SLOW_MS = 5_000
/** See `flood.ts`: the message, the status, and when it was posted. */
const MARKED = /"id":"(wamid\.BENCH\d+)","status":"(\w+)".*"id":"c\d+\.(\d+)"/s

interface Arrived {
  /** Deliveries, repeated ones included. */
  deliveries: number
  /** Of events that came for the first time, from posting to arrival. */
  delaysMs: number[]
  events: Set<string>
}

const arrived = new Map<string, Arrived>()
let startedAt = Date.now()

const server = createServer((request, response) => void receive(request.url ?? '/', request, response))
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const dead = createServer()
dead.listen(0, '127.0.0.1')
await once(dead, 'listening')
const deadPort = (dead.address() as AddressInfo).port
dead.close()

process.on('message', ({ kind, path }: { kind: string; path: string }) => {
  if (kind === 'restart') {
    arrived.clear()
    startedAt = Date.now()
    process.send?.({ kind: 'restarted' })
  }
  if (kind === 'tell') process.send?.({ kind: 'told', ...summaryOf(path) })
})
process.send?.({ kind: 'listening', port: (server.address() as AddressInfo).port, deadPort })

async function receive(path: string, request: AsyncIterable<Buffer>, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const [, afterMs = '0'] = path === '/slow' ? ['', String(SLOW_MS)] : (/-after-(\d+)$/.exec(path) ?? [])
  if (afterMs !== '0') await pause(Number(afterMs))
  const [, wamid, status, postedAt] = MARKED.exec(Buffer.concat(chunks).toString('utf8')) ?? []
  const here = arrived.get(path) ?? { deliveries: 0, delaysMs: [], events: new Set() }
  arrived.set(path, here)
  here.deliveries += 1
  const event = `${wamid} ${status}`
  if (!here.events.has(event)) here.delaysMs.push(Date.now() - Number(postedAt))
  here.events.add(event)
  response.end()
}

function summaryOf(path: string): { events: number; deliveries: number; p50: number; p99: number; seconds: number } {
  const { deliveries, events, delaysMs } = arrived.get(path) ?? { deliveries: 0, events: new Set(), delaysMs: [] }
  const sorted = delaysMs.toSorted((a, b) => a - b)
  return {
    events: events.size,
    deliveries,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    seconds: (Date.now() - startedAt) / 1_000,
  }
}
