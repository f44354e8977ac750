import { createServer } from 'node:http'

/*
 * The stub Graph server of the benchmarks, a process of its own: accepts every message after reading it whole and answers what Meta
 * answers, at once or after a latency. It tells its parent when the last of the expected messages came, when as many had come as it was told to
 * look out for, and of every text "mark <number>" when it came, in milliseconds since 1970 with their fractions.
 */

let expected = 0
let seen = 0
let firstAt = 0
let latencyMs = 0
let milestones: readonly number[] = []

const server = createServer((request, response) => {
  let sent = ''
  request.setEncoding('latin1')
  request.on('data', (chunk: string) => {
    sent += chunk
  })
  request.on('end', () => {
    seen += 1
    if (seen === 1) firstAt = performance.now()
    const marked = /"body":"mark (\d+)"/.exec(sent)?.[1]
    if (marked !== undefined)
      process.send?.({ kind: 'marked', mark: Number(marked), at: performance.timeOrigin + performance.now() })
    const to = /"to":"\+?(\d+)"/.exec(sent)?.[1] ?? ''
    const body = `{"messaging_product":"whatsapp","contacts":[{"input":"+${to}","wa_id":"${to}"}],"messages":[{"id":"wamid.BENCH${process.pid}-${seen}-${Date.now()}"}]}`
    if (milestones.includes(seen)) process.send?.({ kind: `reached ${seen}` })
    if (seen === expected) process.send?.({ kind: 'done', seconds: (performance.now() - firstAt) / 1000 })
    const answer = () => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      response.end(body)
    }
    if (latencyMs > 0) setTimeout(answer, latencyMs)
    else answer()
  })
})
server.keepAliveTimeout = 60_000

process.on('message', (message: { kind: string; messages: number; latencyMs: number; milestones: number[] }) => {
  if (message.kind !== 'expect') return
  expected = message.messages
  latencyMs = message.latencyMs
  milestones = message.milestones
  seen = 0
  firstAt = 0
  process.send?.({ kind: 'ready' })
})

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ kind: 'listening', port: typeof address === 'object' && address ? address.port : 0 })
})
