import { Pool } from 'undici'
import { afterEach, describe, expect, it } from 'vitest'
import { exchange } from '../../src/graph/exchange.ts'
import { http, startRawServer } from './raw-server.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const POST = { method: 'POST', path: '/', body: '{}' } as const

describe('exchange', () => {
  it('gives up on a connection that does not come free, and then never writes the request', async () => {
    const server = await startRawServer({ onRequest: ({ socket }, n) => n > 1 && socket.write(http(200, 'second')) })
    const pool = new Pool(server.url, { connections: 1, pipelining: 1 })
    cleanups.push(() => server.close())
    cleanups.push(() => pool.destroy())

    const busy = exchange(pool, POST, { timeoutMs: 60_000, maxBodyBytes: 100 })
    const { socket } = await server.request(1)
    const waiting = await exchange(pool, POST, { timeoutMs: 30, maxBodyBytes: 100 })
    expect(waiting).toMatchObject({ kind: 'not_sent', invalid: false, cause: 'no connection within 30 ms' })

    socket.write(http(200, 'first'))
    expect(await busy).toMatchObject({ kind: 'answer', body: 'first' })
    const next = await exchange(pool, POST, { timeoutMs: 60_000, maxBodyBytes: 100 })
    expect(next).toMatchObject({ kind: 'answer', body: 'second' })
    expect([server.requests.length, server.connections]).toEqual([2, 1])
  })

  it('writes nothing when it may not leave any more in the moment it could, and keeps the connection', async () => {
    const server = await startRawServer({ onRequest: ({ socket }) => socket.write(http(200, 'next')) })
    const pool = new Pool(server.url, { connections: 1, pipelining: 1 })
    cleanups.push(() => server.close())
    cleanups.push(() => pool.destroy())
    const late = await exchange(pool, POST, { timeoutMs: 60_000, maxBodyBytes: 100, mayLeave: () => false })
    expect(late).toMatchObject({ kind: 'not_sent', late: true, invalid: false })
    expect(await exchange(pool, POST, { timeoutMs: 60_000, maxBodyBytes: 100 })).toMatchObject({ body: 'next' })
    expect([server.requests.length, server.connections]).toEqual([1, 1])
  })

  it('knows that nothing left when the request could not even be begun', async () => {
    const broken = {
      dispatch() {
        throw new Error('broken')
      },
    } as unknown as Pool
    const answer = await exchange(broken, POST, { timeoutMs: 60_000, maxBodyBytes: 100 })
    expect(answer).toMatchObject({ kind: 'not_sent', cause: 'broken' })
  })

  it('counts the time for the answer from the first byte sent, not from the wait before', async () => {
    const server = await startRawServer({ onRequest: ({ socket }, n) => n > 1 && socket.write(http(200, 'second')) })
    const pool = new Pool(server.url, { connections: 1, pipelining: 1 })
    cleanups.push(() => server.close())
    cleanups.push(() => pool.destroy())

    const first = exchange(pool, POST, { timeoutMs: 100, maxBodyBytes: 100 })
    await server.request(1)
    const second = exchange(pool, POST, { timeoutMs: 10_000, maxBodyBytes: 100 })
    expect(await first).toMatchObject({ kind: 'lost', why: 'timeout' })
    expect(await second).toMatchObject({ kind: 'answer', body: 'second' })
  })

  it('reads an answer that lay in the socket while the process stood still', async () => {
    const server = await startRawServer({ onRequest: ({ socket }) => socket.write(http(200, 'in time')) })
    const pool = new Pool(server.url)
    cleanups.push(() => server.close())
    cleanups.push(() => pool.destroy())
    const answer = exchange(pool, POST, { timeoutMs: 40, maxBodyBytes: 100 })
    await server.request(1)
    const until = performance.now() + 80
    while (performance.now() < until);
    expect(await answer).toMatchObject({ kind: 'answer', body: 'in time' })
  })

  it('joins an answer that came in pieces, also through the middle of a character', async () => {
    const bytes = Buffer.from(http(200, 'wamid 👋'))
    const server = await startRawServer({
      onRequest: ({ socket }) => {
        socket.write(bytes.subarray(0, -2))
        setImmediate(() => socket.write(bytes.subarray(-2)))
      },
    })
    const pool = new Pool(server.url)
    cleanups.push(() => server.close())
    cleanups.push(() => pool.destroy())
    expect(await exchange(pool, POST, { timeoutMs: 5_000, maxBodyBytes: 100 })).toMatchObject({ body: 'wamid 👋' })
  })
})
