import { Cluster, type Redis } from 'ioredis'
import type { RedisClient } from './redis.ts'

/** Lua scripts of BullMQ use commands of this version on. Source: BullMQ, going-to-production (read 2026-11). */
const OLDEST_REDIS = [6, 2]

/** Sentences about what endangers lanes on this Redis, on every node of a cluster; empty when all is well. Rejects when it is away. */
export async function redisWarnings(client: RedisClient): Promise<string[]> {
  if (!(client instanceof Cluster)) return warningsAbout(await askInfo(client))
  // Which nodes there are, the client has heard from one of them before it lets a command through.
  await client.ping()
  const found = await Promise.all(client.nodes('master').map(warningsAboutNode))
  return found.flat()
}

async function warningsAboutNode(node: Redis): Promise<string[]> {
  const warnings = await askInfo(node).then(warningsAbout, (error: Error) => [`does not answer: ${error.message}`])
  return warnings.map((warning) => `${node.options.host}:${node.options.port}: ${warning}`)
}

export type Info = { kind: 'told'; text: string } | { kind: 'refused'; why: string }

/** An error that the server answers is a refusal, such as NOPERM of an access control list; every other error is the server being away. */
async function askInfo(client: Redis): Promise<Info> {
  try {
    return { kind: 'told', text: await client.info() }
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ReplyError') throw error
    return { kind: 'refused', why: error.message }
  }
}

/** What `INFO` tells of one server. Valkey answers as the Redis whose commands it has, and adds its own name and version. */
export function warningsAbout(info: Info): string[] {
  if (info.kind === 'refused') {
    return [
      `Redis refuses INFO (${info.why}), so it cannot be checked: see to it that it is version ${OLDEST_REDIS.join('.')} or newer and that its maxmemory-policy is noeviction.`,
    ]
  }
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info.text)?.[1]
  const version = field('redis_version')
  const policy = field('maxmemory_policy')
  const warnings: string[] = []
  if (version && isOlder(version)) {
    warnings.push(`Redis ${version} is too old; lanes need ${OLDEST_REDIS.join('.')} or newer, or Valkey.`)
  }
  if (policy === undefined) {
    warnings.push('Redis does not tell its maxmemory-policy; see to it that it is noeviction.')
  } else if (policy !== 'noeviction') {
    const name = field('valkey_version') ? 'Valkey' : 'Redis'
    warnings.push(
      `${name} evicts keys (maxmemory-policy is ${policy}); set it to noeviction, or jobs and rate limits vanish under memory pressure.`,
    )
  }
  return warnings
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_REDIS
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor)
}
