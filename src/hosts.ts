import { BlockList, isIP } from 'node:net'

/* Whose a host is, by its name or address alone: nothing is looked up. */

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8)
LOOPBACK.addAddress('::1', 'ipv6')

/** No router of the internet passes these on. */
const INSIDE = new BlockList()
INSIDE.addSubnet('0.0.0.0', 8)
INSIDE.addSubnet('10.0.0.0', 8)
INSIDE.addSubnet('100.64.0.0', 10)
INSIDE.addSubnet('127.0.0.0', 8)
INSIDE.addSubnet('169.254.0.0', 16)
INSIDE.addSubnet('172.16.0.0', 12)
INSIDE.addSubnet('192.168.0.0', 16)
INSIDE.addAddress('::', 'ipv6')
INSIDE.addAddress('::1', 'ipv6')
INSIDE.addSubnet('fc00::', 7, 'ipv6')
INSIDE.addSubnet('fe80::', 10, 'ipv6')

/** Of this machine. IPv6 with or without brackets. */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || isOf(LOOPBACK, host)
}

/** On this machine, in a network of one's own, or by a name that only such a network knows. */
export function isNearby(host: string): boolean {
  return isIP(bare(host)) === 0
    ? !host.includes('.') || /\.(internal|local|localhost)$/i.test(host)
    : isOf(INSIDE, host)
}

function isOf(addresses: BlockList, host: string): boolean {
  const address = bare(host)
  const family = isIP(address)
  return family !== 0 && addresses.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1')
}
