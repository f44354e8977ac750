import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from '../../src/embedded/ports.ts'
import { type RedisServer, startRedis } from './redis-server.ts'
import { eventually } from './signals.ts'

export interface RedisCluster {
  /** What `REDIS_URL` takes: all nodes. */
  readonly urls: readonly string[]
  /** Which node, counted from 0, keeps a key. */
  nodeOf(key: string): Promise<number>
  /** Keys that stand on each node. */
  keysPerNode(pattern: string): Promise<string[][]>
  flush(): Promise<void>
  /** `kill -9` of one node. The others go on. */
  kill(node: number): Promise<void>
  /** Brings a killed node back on its port: it knows its slots and has forgotten its keys. Resolves when all nodes agree. */
  start(node: number): Promise<void>
  stop(): Promise<void>
}

const SLOTS = 16_384
const NODES = 3
/** After this the others call a silent node failed. Nobody takes over: there are no replicas. */
const NODE_TIMEOUT_MS = 1_000
const AGREEMENT_MS = 20_000

interface Node {
  server: RedisServer
  settings: Record<string, string>
  slots: readonly [first: number, last: number]
}

/** Three masters on 127.0.0.1 that keep nothing on disk but what they know of each other. They end with this process. */
export async function startRedisCluster(): Promise<RedisCluster> {
  await using started = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'casement-cluster-'))
  started.defer(() => rm(directory, { recursive: true, force: true }))
  const nodes: Node[] = []
  for (let index = 0; index < NODES; index++) {
    const settings = {
      databases: '1',
      'cluster-enabled': 'yes',
      'cluster-config-file': join(directory, `node-${index}.conf`),
      'cluster-port': String(await freePort()),
      'cluster-node-timeout': String(NODE_TIMEOUT_MS),
      // As the hosted services set it: slots of a node that failed are away, the others serve theirs.
      'cluster-require-full-coverage': 'no',
    }
    const server = await startRedis(undefined, settings)
    started.defer(() => nodes[index]?.server.stop())
    const slots = [Math.ceil((index * SLOTS) / NODES), Math.ceil(((index + 1) * SLOTS) / NODES) - 1] as const
    nodes.push({ server, settings, slots })
  }
  await joinNodes(nodes)
  const untilStop = started.move()

  const nodeAt = (index: number): Node => {
    const node = nodes[index]
    if (node === undefined) throw new Error(`expected a node from 0 to ${NODES - 1}, got ${index}`)
    return node
  }
  return {
    urls: nodes.map(({ server }) => server.url),
    async nodeOf(key) {
      const slot = await asking(nodeAt(0), (client) => client.cluster('KEYSLOT', key))
      return nodes.findIndex(({ slots: [first, last] }) => slot >= first && slot <= last)
    },
    keysPerNode: (pattern) => Promise.all(nodes.map((node) => asking(node, (client) => client.keys(pattern)))),
    async flush() {
      for (const node of nodes) await asking(node, (client) => client.flushall())
    },
    kill: (index) => nodeAt(index).server.kill(),
    async start(index) {
      const node = nodeAt(index)
      node.server = await startRedis(node.server.port, node.settings)
      await untilAgreed(nodes)
    },
    stop: () => untilStop.disposeAsync(),
  }
}

/** Gives every node its slots and makes them know each other. */
async function joinNodes(nodes: readonly Node[]): Promise<void> {
  for (const [index, node] of nodes.entries()) {
    await asking(node, async (client) => {
      const [first, last] = node.slots
      await client.cluster('ADDSLOTSRANGE', first, last)
      await client.cluster('SET-CONFIG-EPOCH', index + 1)
      const { server, settings } = nodes[0] as Node
      if (index > 0) await client.call('CLUSTER', 'MEET', '127.0.0.1', server.port, settings['cluster-port'] as string)
    })
  }
  await untilAgreed(nodes)
}

async function untilAgreed(nodes: readonly Node[]): Promise<void> {
  const healthy = ['cluster_state:ok', `cluster_known_nodes:${NODES}`, `cluster_slots_ok:${SLOTS}`]
  const agreed = async (): Promise<boolean> => {
    const infos = await Promise.all(nodes.map((node) => asking(node, (client) => client.cluster('INFO'))))
    return infos.every((info) => healthy.every((line) => info.includes(`${line}\r\n`)))
  }
  await eventually(agreed, { timeoutMs: AGREEMENT_MS })
}

/** To one node, past the cluster client: it must not be redirected. */
async function asking<T>({ server }: Node, question: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(server.url, { maxRetriesPerRequest: 1 })
  client.on('error', () => {})
  try {
    return await question(client)
  } finally {
    client.disconnect()
  }
}
