import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import pg from 'pg'

/**
 * The webhook receiver that a careful team writes in an afternoon: check the signature, and for each status one transaction that keeps the
 * event and moves the message's status forward; then acknowledge.
 */
const { BENCH_DATABASE_URL, BENCH_APP_SECRET } = process.env as Record<string, string>
const RANK = { sent: 1, delivered: 2, read: 3 } as const

interface Payload {
  entry: { changes: { value: { statuses?: { id: string; status: keyof typeof RANK; timestamp: string }[] } }[] }[]
}

const database = new pg.Pool({ connectionString: BENCH_DATABASE_URL as string, max: 20 })

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    void receive(Buffer.concat(chunks), String(request.headers['x-hub-signature-256'])).then((status) => {
      response.writeHead(status)
      response.end()
    })
  })
})

async function receive(body: Buffer, signature: string): Promise<number> {
  const expected = Buffer.from(
    `sha256=${createHmac('sha256', BENCH_APP_SECRET as string)
      .update(body)
      .digest('hex')}`,
  )
  const given = Buffer.from(signature)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 401
  const { entry } = JSON.parse(body.toString('utf8')) as Payload
  for (const { changes } of entry) {
    for (const { value } of changes) for (const status of value.statuses ?? []) await apply(status)
  }
  return 200
}

async function apply(status: { id: string; status: keyof typeof RANK; timestamp: string }): Promise<void> {
  const client = await database.connect()
  try {
    await client.query('begin')
    await client.query('insert into plain_events (wamid, status, body) values ($1, $2, $3)', [
      status.id,
      status.status,
      JSON.stringify(status),
    ])
    await client.query(
      'update plain_messages set rank = $2, status_at = to_timestamp($3) where wamid = $1 and rank < $2',
      [status.id, RANK[status.status], Number(status.timestamp)],
    )
    await client.query('commit')
  } finally {
    client.release()
  }
}

server.keepAliveTimeout = 60_000
process.on('message', ({ kind }: { kind: string }) => {
  if (kind !== 'go') return
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    process.send?.({ kind: 'running', url: `http://127.0.0.1:${port}` })
  })
})
process.send?.({ kind: 'listening' })
