import { isIP } from 'node:net'

/**
 * How the text of one environment variable becomes a value. A reader answers `undefined` for text it does not accept;
 * config.ts then says what was expected. Readers trim nothing and guess nothing.
 */
export type Reader<T> = (text: string) => T | undefined

/**
 * Where lanes live. On Redis, by the form of `REDIS_URL`:
 *
 * | mode       | `REDIS_URL`                                                                  |
 * |------------|------------------------------------------------------------------------------|
 * | `single`   | one `redis://[user:password@]host[:port][/db]`, `rediss://` for TLS           |
 * | `cluster`  | two or more of them, comma-separated: any nodes of the cluster, no `/db`      |
 * | `sentinel` | one or more `redis+sentinel://[user:password@]host[:port]/master-name[/db]`, `rediss+sentinel://` for TLS; user and password are those of the master |
 */
export type Lanes =
  | { readonly kind: 'postgres' }
  | { readonly kind: 'redis'; readonly mode: 'single' | 'cluster' | 'sentinel'; readonly urls: string[] }

/** Longest delay that `setTimeout` takes; a longer one would fire at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1

export function oneOf<const T extends string>(...values: readonly T[]): Reader<T> {
  return (text) => values.find((value) => value === text)
}

export function integer(min: number, max: number): Reader<number> {
  return (text) => within(/^\d+$/, text, min, max)
}

export function decimal(min: number, max: number): Reader<number> {
  return (text) => within(/^\d+(\.\d+)?$/, text, min, max)
}

function within(shape: RegExp, text: string, min: number, max: number): number | undefined {
  const value = Number(text)
  return shape.test(text) && value >= min && value <= max ? value : undefined
}

/** Port 0 asks the system for a free one. */
export const port: Reader<number> = integer(0, 65_535)

/** Null: for ever. A free entry point is worked out from the messages of fifteen days, so no less than that and a day are kept. */
export const retentionDays: Reader<number | null> = (text) => (text === 'off' ? null : integer(16, 3_650)(text))

export function matching(shape: RegExp): Reader<string> {
  return (text) => (shape.test(text) ? text : undefined)
}

/** Comma-separated, spaces around the commas allowed, no empty entry. */
export function listOf<T>(read: Reader<T>): Reader<readonly T[]> {
  return (text) => {
    const values = text.split(',').map((part) => read(part.trim()))
    return values.every((value) => value !== undefined) ? values : undefined
  }
}

export function url(...protocols: readonly string[]): Reader<URL> {
  return (text) => {
    const parsed = URL.canParse(text) ? new URL(text) : undefined
    return parsed && protocols.includes(parsed.protocol) && parsed.hostname !== '' ? parsed : undefined
  }
}

export const postgresUrl: Reader<string> = (text) => (url('postgres:', 'postgresql:')(text) ? text : undefined)

/** Without the slash at its end, ready to have `/v25.0/…` appended. */
export const graphUrl: Reader<string> = (text) => {
  const parsed = url('http:', 'https:')(text)
  if (!parsed || parsed.search || parsed.hash || /\/v\d+(\.\d+)?\/?$/.test(parsed.pathname)) return undefined
  return parsed.href.replace(/\/+$/, '')
}

/** Where others reach us, without the slash at its end. */
export const publicUrl: Reader<string> = (text) => {
  const parsed = url('http:', 'https:')(text)
  if (!parsed || parsed.search || parsed.hash || parsed.username || parsed.password) return undefined
  return parsed.href.replace(/\/+$/, '')
}

/** A host as addresses name it, without port: in lower case, IPv6 without brackets, so that it compares with what was parsed. */
export const hostName: Reader<string> = (text) => {
  const host = text.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  if (isIP(host) !== 0) return host
  return /^(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(host) ? host : undefined
}

export const redisLanes: Reader<Lanes> = (text) => {
  const nodes = listOf(url('redis:', 'rediss:', 'redis+sentinel:', 'rediss+sentinel:'))(text)
  const first = nodes?.[0]
  if (!nodes || !first || nodes.some((node) => node.protocol !== first.protocol)) return undefined
  const mode = first.protocol.endsWith('+sentinel:') ? 'sentinel' : nodes.length > 1 ? 'cluster' : 'single'
  const path = { single: /^\/?$|^\/\d+$/, cluster: /^\/?$/, sentinel: /^\/[^/]+(\/\d+)?$/ }[mode]
  if (!nodes.every((node) => path.test(node.pathname))) return undefined
  return { kind: 'redis', mode, urls: text.split(',').map((part) => part.trim()) }
}

/**
 * Whose `X-Forwarded-For` is believed, as Fastify takes it: nobody's, everybody's, that of so many proxies in front, or of these addresses
 * (also CIDR, `loopback`, `linklocal`, `uniquelocal`).
 */
export type TrustProxy = boolean | number | string[]

export const trustProxy: Reader<TrustProxy> = (text) => {
  if (text === 'true' || text === 'false') return text === 'true'
  if (/^\d{1,2}$/.test(text)) return Number(text)
  return listOf(proxyAddress)(text)?.slice()
}

const proxyAddress: Reader<string> = (text) => {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return text
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return undefined
  return bits === undefined || integer(0, family === 4 ? 32 : 128)(bits) !== undefined ? text : undefined
}

const KEY_BYTES = 32

/** 32 bytes, as 64 hex digits or as base64 (either alphabet, padding optional). */
export const key: Reader<Buffer> = (text) => {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === KEY_BYTES ? bytes : undefined
}

/** What can stand in an `Authorization: Bearer` header and in a query string's value alike. */
export const credential: Reader<string> = matching(/^[\x21-\x7e]+$/)

/** Long enough that nobody guesses it, however many they may try. */
export const apiKey: Reader<string> = matching(/^[\x21-\x2b\x2d-\x7e]{32,}$/)
