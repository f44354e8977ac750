import { type LookupAddress, type LookupOptions, lookup } from 'node:dns'
import { BlockList, isIP, isIPv6 } from 'node:net'
import { Agent } from 'undici'

/*
 * Where the sandbox sends webhooks: to this machine and its private network. Whoever drives it names the address, and it signs what they
 * say, so it must be no way to anybody else's server, nor to where clouds keep credentials: mostly at link-local addresses (169.254.169.254),
 * which are not near, and at some of private networks.
 */

const NEAR = new BlockList()
NEAR.addSubnet('127.0.0.0', 8)
NEAR.addSubnet('10.0.0.0', 8)
NEAR.addSubnet('172.16.0.0', 12)
NEAR.addSubnet('192.168.0.0', 16)
NEAR.addSubnet('100.64.0.0', 10)
NEAR.addAddress('0.0.0.0')
NEAR.addAddress('::', 'ipv6')
NEAR.addAddress('::1', 'ipv6')
NEAR.addSubnet('fc00::', 7, 'ipv6')

/** Metadata services of Alibaba Cloud, of AWS and of Google Cloud by IPv6. Source: their documentation (read 2026-11). */
const METADATA = new BlockList()
METADATA.addAddress('100.100.100.200')
METADATA.addAddress('fd00:ec2::254', 'ipv6')
METADATA.addAddress('fd20:ce::254', 'ipv6')

function isNear(address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  const family = isIPv6(plain) ? 'ipv6' : 'ipv4'
  return NEAR.check(plain, family) && !METADATA.check(plain, family)
}

/** Whether the address may be near: a name is judged once it is looked up. */
export function mayBeNear(address: string): boolean {
  const url = URL.parse(address)
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return false
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return isIP(host) === 0 || isNear(host)
}

/** Connects to near addresses only, whatever a name is bound to. */
export function nearAgent(timeoutMs: number): Agent {
  return new Agent({ headersTimeout: timeoutMs, bodyTimeout: timeoutMs, connect: { lookup: lookupNear } })
}

type Found = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void

function lookupNear(hostname: string, options: LookupOptions, done: Found): void {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    const [first, ...others] = error ? [] : found.filter(({ address }) => isNear(address))
    if (error) done(error, [])
    else if (first === undefined) done(new Error(`expected ${hostname} to be on this machine or a private network`), [])
    else if (options.all) done(null, [first, ...others])
    else done(null, first.address, first.family)
  })
}
