import { createServer } from 'node:http'

/*
 * The stub Graph server of the benchmarks, a process of its own: accepts every message after reading it whole and answers what Meta
 * answers. It tells its parent when the first and the last of the expected messages came.
 */

let expected = 0
let seen = 0
let firstAt = 0

const server = createServer((request, response) => {
  let sent = ''
  request.setEncoding('latin1')
  request.on('data', (chunk: string) => {
    sent += chunk
  })
  request.on('end', () => {
    seen += 1
    if (seen === 1) firstAt = performance.now()
    const to = /"to":"\+?(\d+)"/.exec(sent)?.[1] ?? ''
    const body = `{"messaging_product":"whatsapp","contacts":[{"input":"+${to}","wa_id":"${to}"}],"messages":[{"id":"wamid.BENCH${process.pid}-${seen}-${Date.now()}"}]}`
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    response.end(body)
    if (seen === expected) process.send?.({ kind: 'done', seconds: (performance.now() - firstAt) / 1000, seen })
  })
})
server.keepAliveTimeout = 60_000

process.on('message', (message: { kind: 'expect'; messages: number } | { kind: 'stop' }) => {
  if (message.kind === 'stop') process.exit(0)
  expected = message.messages
  seen = 0
  firstAt = 0
  process.send?.({ kind: 'ready' })
})

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ kind: 'listening', port: typeof address === 'object' && address ? address.port : 0 })
})
