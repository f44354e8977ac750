import { Cluster, Redis } from 'ioredis'

/* Connections of lanes on Redis: to one server, to the nodes of a cluster, or to whom the sentinels call master. */

export interface RedisLanes {
  kind: 'redis'
  mode: 'single' | 'cluster' | 'sentinel'
  /** One node; or nodes of one cluster; or `redis+sentinel://host:port/master-name[/db]`, one URL per sentinel. */
  urls: readonly string[]
  prefix?: string
}

export type RedisClient = Redis | Cluster

/** A server that is asked and says nothing for this long is gone, whatever the network says; BullMQ's longest wait for a job is 10 s. */
const SILENCE_MS = 30_000
/** The whole map of a cluster, from a node that may be busy; every open lane asks for itself. */
const SLOTS_WITHIN_MS = 5_000

/**
 * `maxRetriesPerRequest` is how often a command is sent again when its connection was lost; null is for ever. It does not concern a
 * cluster, whose client looks for the key's node again, sixteen times within two seconds, and waits while no node is left at all.
 */
export function connectRedis(
  { mode, urls }: RedisLanes,
  { maxRetriesPerRequest }: { maxRetriesPerRequest: number | null },
): RedisClient {
  const retryStrategy = (times: number) => Math.min(times * 100, 2_000)
  const first = new URL(urls[0] as string)
  const options = {
    maxRetriesPerRequest,
    socketTimeout: SILENCE_MS,
    ...(first.username ? { username: decodeURIComponent(first.username) } : {}),
    ...(first.password ? { password: decodeURIComponent(first.password) } : {}),
    ...(first.protocol.startsWith('rediss') ? { tls: {} } : {}),
  }
  const nodes = urls.map((url) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) }))
  switch (mode) {
    case 'single':
      return new Redis(urls[0] as string, { ...options, retryStrategy, reconnectOnError: whenDemoted })
    case 'cluster':
      return new Cluster(
        nodes.map(({ host, port }) => ({ host, port: port || 6379 })),
        {
          clusterRetryStrategy: retryStrategy,
          slotsRefreshTimeout: SLOTS_WITHIN_MS,
          // Names stay names: certificates are issued for them.
          dnsLookup: (name, found) => found(null, name),
          redisOptions: options,
        },
      )
    case 'sentinel': {
      const [name, db] = first.pathname.split('/').filter(Boolean)
      return new Redis({
        ...options,
        retryStrategy,
        reconnectOnError: whenDemoted,
        name: name ?? 'mymaster',
        db: Number(db ?? 0),
        sentinels: nodes.map(({ host, port }) => ({ host, port: port || 26379 })),
      })
    }
  }
}

/** After a failover the name may lead to another server while our connection still holds the old one: connect and send again. */
function whenDemoted(error: Error): 2 | false {
  return error.message.startsWith('READONLY') && 2
}
