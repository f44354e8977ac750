import type { LookupAddress } from 'node:dns'
import { lookup as askSystem, Resolver } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { buildConnector } from 'undici'
import { isPublic } from './public-address.ts'

/** All addresses of a name; rejects when it has none. */
export type ResolveName = (hostname: string) => Promise<LookupAddress[]>

export interface ReachOptions {
  /** Hosts that may be called whatever their address, and by http too; as in `OUTBOUND_HOSTS`. */
  allowedHosts: readonly string[]
  /** Of names that are not allowed by name. Default: DNS. */
  resolve?: ResolveName
  /** Default: what the registries say. */
  isPublic?: (address: string) => boolean
}

/** Where we may connect to. */
export interface Reach {
  /** What is wrong with an address as a producer wrote it, as the end of a sentence that begins "expected url"; null where nothing is. */
  problemOf(url: string): string | null
  /**
   * Connects to nothing but what may be reached: a name is resolved once for each connection, its addresses are judged, and the connection
   * goes to one of those. So a name that is public when it is asked for and private when it is called gets nothing.
   */
  connector(timeoutMs: number): buildConnector.connector
}

/** The name resolves to nothing that may be called. It says no address: whoever reads it might not be who runs this network. */
export class NotPublic extends Error {
  constructor(hostname: string) {
    super(`expected ${hostname} to have a public address, or to be in OUTBOUND_HOSTS`)
    this.name = 'NotPublic'
  }
}

const MAX_URL = 2_048

export function createReach(options: ReachOptions): Reach {
  const { resolve = resolveByDns(), isPublic: mayBeCalled = isPublic } = options
  const allowed = new Set(options.allowedHosts.map(comparable))

  async function addressesOf(hostname: string): Promise<LookupAddress[]> {
    // The system knows names of its own, such as those of /etc/hosts and of containers.
    if (allowed.has(comparable(hostname))) return askSystem(hostname, { all: true })
    const found = (await resolve(hostname)).filter(({ address }) => mayBeCalled(address))
    if (found.length === 0) throw new NotPublic(hostname)
    return found
  }

  const lookup: LookupFunction = (hostname, { all }, done) => {
    addressesOf(hostname).then(
      (found) => {
        const [{ address, family } = { address: '', family: 0 }] = found
        if (all) done(null, found)
        else done(null, address, family)
      },
      (error: Error) => done(error, []),
    )
  }

  return {
    problemOf(text) {
      const url = URL.parse(text)
      if (url === null || !['http:', 'https:'].includes(url.protocol)) return 'to be an https:// address'
      if (text.length > MAX_URL) return `to be at most ${MAX_URL} characters`
      if (url.username !== '' || url.password !== '') return 'to hold no user name and no password'
      if (url.hash !== '') return 'to have no fragment (#…)'
      if (allowed.has(comparable(url.hostname))) return null
      if (url.protocol !== 'https:') return 'to be an https:// address: http:// goes to hosts in OUTBOUND_HOSTS only'
      return isForeign(url.hostname, mayBeCalled) ? null : 'to be a public address, or one of a host in OUTBOUND_HOSTS'
    },
    connector(timeoutMs) {
      const connect = buildConnector({ timeout: timeoutMs, allowH2: false, lookup })
      return (to, done) => {
        // An address needs no lookup, so nobody else would judge it.
        const isLiteral = isIP(to.hostname) !== 0
        if (isLiteral && !allowed.has(to.hostname) && !mayBeCalled(to.hostname)) done(new NotPublic(to.hostname), null)
        else connect(to, done)
      }
    },
  }
}

/** An address is judged at once, a name when it is called; but a name of one word is nobody's on the internet. */
function isForeign(hostname: string, mayBeCalled: (address: string) => boolean): boolean {
  const host = comparable(hostname)
  return isIP(host) === 0 ? /\.[^.]+\.?$/.test(host) && !/\.localhost\.?$/.test(host) : mayBeCalled(host)
}

/** As `URL` writes it, IPv6 without brackets. */
function comparable(host: string): string {
  const url = URL.parse(isIP(host) === 6 ? `http://[${host}]` : `http://${host}`)
  return (url?.hostname ?? host).replace(/^\[(.*)\]$/, '$1')
}

/** For each of two name servers, before the connection's own time is over. */
const DNS_TIMEOUT_MS = 2_000

/**
 * By questions of our own. `dns.lookup` would wait in one of the process's four threads, which the names of Graph wait for too: whoever owns
 * a slow name server could stop all sending.
 */
function resolveByDns(): ResolveName {
  const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: 2 })
  return async (hostname) => {
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
    const found = answers.flatMap((answer, index) =>
      answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family: index === 0 ? 4 : 6 })) : [],
    )
    const [ipv4] = answers
    if (found.length === 0 && ipv4.status === 'rejected') throw ipv4.reason
    return found
  }
}
