import { afterEach, expect, it } from 'vitest'
import { createPassage, type Lease, type Passage, type Room, type Watch } from '../../src/worker/passage.ts'
import { recorder } from '../support/signals.ts'

/* Who gets the room of a process: streams that are due, and endpoints that answer at once, never or badly. */

interface Turn extends Lease {
  watch: Watch
  end(how?: string): void
}

let passage: Passage | null = null
afterEach(() => {
  void passage?.stop()
})

/** Endpoints with so many streams each that are due, over and over. */
function start(due: Record<string, number>, elapsed = () => 0) {
  const turns = recorder<Turn>()
  const held = new Set<string>()
  const key = ({ endpoint, stream }: Lease) => `${endpoint} ${stream}`
  async function lease({ streams, perEndpoint, less }: Room): Promise<Lease[]> {
    const found = Object.entries(due).flatMap(([endpoint, count]) => {
      const most = less.find((one) => one.endpoint === endpoint)?.streams ?? perEndpoint
      const free = Array.from({ length: count }, (_, index) => ({ endpoint, stream: String(index), lease: 'one' }))
      return free.filter((one) => !held.has(key(one))).slice(0, Math.max(0, most))
    })
    const taken = found.slice(0, streams)
    for (const one of taken) held.add(key(one))
    return taken
  }
  const serve = (stream: Lease, watch: Watch) =>
    new Promise<string>((resolve) => {
      const end = (how = 'turn over') => {
        held.delete(key(stream))
        resolve(how)
      }
      turns.record({ ...stream, watch, end })
    })
  passage = createPassage({ lease, serve, elapsed, onError: (error) => expect(error).toBeNull() })
  return { turns, held }
}

const FAILED = { taken: false, ms: 1 }
const TAKEN = { taken: true, ms: 1 }
const SLOW = { taken: true, ms: 9_000 }
const of = (endpoint: string) => (turn: Turn) => turn.endpoint === endpoint

it('gives one endpoint a quarter of the room, however much it has', async () => {
  const { turns, held } = start({ a: 1_000, b: 1 })
  await turns.next(of('b'))
  expect([...held].filter((one) => one.startsWith('a '))).toHaveLength(16)
})

it('leaves an endpoint that does not answer one stream at a time, and the others theirs', async () => {
  const { turns, held } = start({ dead: 100, good: 100 })
  const ofDead: Turn[] = []
  while (ofDead.length < 16) ofDead.push(await turns.next(of('dead')))
  for (const turn of ofDead) {
    turn.watch.onTried('dead', FAILED)
    turn.end('failing')
  }
  const probe = await turns.next(of('dead'))
  for (let count = 0; count < 100; count++) (await turns.next(of('good'))).end()
  expect([...held].filter((one) => one.startsWith('dead '))).toHaveLength(1)

  probe.watch.onTried('dead', TAKEN)
  probe.end()
  for (let count = 0; count < 16; count++) await turns.next(of('dead'))
})

it('keeps half of the room free of endpoints that do not answer, however many they are', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `dead${index}`)
  const due: Record<string, number> = Object.fromEntries(names.map((name) => [name, 1]))
  const { turns, held } = start(due)
  const known = new Set<string>()
  while (known.size < names.length) {
    const turn = await turns.next()
    known.add(turn.endpoint)
    turn.watch.onTried(turn.endpoint, FAILED)
    turn.end('failing')
  }
  // Now all are known not to answer, and nobody ends any more.
  due.good = 20
  for (let count = 0; count < 16; count++) await turns.next(of('good'))
  expect([...held].filter((one) => one.startsWith('dead')).length).toBeLessThanOrEqual(32)
})

it('keeps half of the room free of endpoints that take long, and gives one of them alone as much as any', async () => {
  const { turns, held } = start({ slow: 100 })
  const first = await turns.next(of('slow'))
  first.watch.onTried('slow', SLOW)
  first.end()
  for (let count = 0; count < 16; count++) await turns.next(of('slow'))
  expect(held.size).toBe(16)
})

it('leaves room for those who answer at once, however many take long', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `slow${index}`)
  const due: Record<string, number> = Object.fromEntries(names.map((name) => [name, 3]))
  const { turns, held } = start(due)
  const known = new Set<string>()
  while (known.size < names.length) {
    const turn = await turns.next()
    known.add(turn.endpoint)
    turn.watch.onTried(turn.endpoint, SLOW)
    turn.end()
  }
  due.good = 20
  for (let count = 0; count < 16; count++) await turns.next(of('good'))
  expect([...held].filter((one) => one.startsWith('slow')).length).toBeLessThanOrEqual(32)
})

it('leaves to others what it has not the key to, for a while', async () => {
  let now = 0
  const { turns } = start({ foreign: 1, good: 1 }, () => now)
  ;(await turns.next(of('foreign'))).end('elsewhere')
  for (let count = 0; count < 5; count++) (await turns.next(of('good'))).end()
  expect(turns.all.filter(of('foreign'))).toHaveLength(1)
  now = 60_000
  ;(await turns.next(of('good'))).end()
  await turns.next(of('foreign'))
})
