import { BlockList, isIP } from 'node:net'

/*
 * Which addresses are anybody's to call. Whoever may add an endpoint names what our processes connect to, so nothing may be reached that a
 * stranger on the internet does not reach: this machine, its networks, where clouds keep credentials.
 *
 * Sources: IANA, IPv4 and IPv6 Special-Purpose Address Registries, IPv6 Global Unicast Address Assignments (read 2026-11).
 */

const NOT_PUBLIC = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // behind a carrier's NAT; Alibaba Cloud keeps its metadata there
  ['127.0.0.0', 8], // this machine
  ['169.254.0.0', 16], // link-local: the metadata of most clouds
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments; Oracle Cloud's metadata
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // relays of 6to4
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
] as const) {
  NOT_PUBLIC.addSubnet(net, bits)
}
/** Azure's own services answer to each of its machines here, at an address that is else like any other. Source: Azure, what is 168.63.129.16. */
NOT_PUBLIC.addAddress('168.63.129.16')
for (const [net, bits] of [
  ['2001::', 23], // protocol assignments: Teredo, benchmarks, ORCHID
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: an IPv4 address in disguise
  ['3fff::', 20], // documentation
] as const) {
  NOT_PUBLIC.addSubnet(net, bits, 'ipv6')
}

/** All of IPv6 that is given to networks. Loopback, link-local, unique local, multicast and what carries an IPv4 address stand outside. */
const GLOBAL_UNICAST = new BlockList()
GLOBAL_UNICAST.addSubnet('2000::', 3, 'ipv6')

/** False for what is no address. */
export function isPublic(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !NOT_PUBLIC.check(address)
    case 6:
      return GLOBAL_UNICAST.check(address, 'ipv6') && !NOT_PUBLIC.check(address, 'ipv6')
    default:
      return false
  }
}
