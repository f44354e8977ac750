import { describe, expect, it } from 'vitest'
import { isPublic } from '../../src/outbound/public-address.ts'

describe('isPublic', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '128.0.0.0',
    '169.253.255.255',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '223.255.255.255',
    '157.240.22.35',
    '2606:4700::1111',
    '2a03:2880:f12f:83:face:b00c:0:25de',
    '2001:200::1',
  ])('lets %s be called', (address) => {
    expect(isPublic(address)).toBe(true)
  })

  it.each([
    ['this network', '0.0.0.0', '0.1.2.3'],
    ['this machine', '127.0.0.1', '127.255.255.255'],
    [
      'private networks',
      '10.0.0.0',
      '10.255.255.255',
      '172.16.0.0',
      '172.31.255.255',
      '192.168.0.0',
      '192.168.255.255',
    ],
    ['a carrier’s network', '100.64.0.0', '100.127.255.255'],
    ['link-local addresses', '169.254.0.1', 'fe80::1', 'fe80::1%eth0', 'febf::1'],
    [
      'where clouds keep credentials',
      '169.254.169.254',
      '100.100.100.200',
      '192.0.0.192',
      '168.63.129.16',
      'fd00:ec2::254',
      'fd20:ce::254',
    ],
    ['multicast', '224.0.0.1', '239.255.255.255', 'ff02::1'],
    ['broadcast and what is reserved', '255.255.255.255', '240.0.0.1'],
    [
      'documentation and benchmarks',
      '192.0.2.1',
      '198.51.100.1',
      '203.0.113.1',
      '198.18.0.1',
      '2001:db8::1',
      '3fff::1',
    ],
    ['unique local addresses', 'fc00::1', 'fdff:ffff::1'],
    ['IPv6’s own', '::', '::1', '100::1'],
    ['IPv4 in IPv6', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '::127.0.0.1'],
    ['NAT64', '64:ff9b::7f00:1', '64:ff9b::8.8.8.8', '64:ff9b:1::1'],
    ['6to4 and Teredo', '2002:7f00:1::', '192.88.99.1', '2001::1', '2001:0:1::'],
    ['site-local addresses', 'fec0::1'],
    ['what is no address', '', 'localhost', '8.8.8', '8.8.8.8:80', '[::1]', '0x7f.0.0.1', '2130706433'],
  ])('does not let %s be called', (_what, ...addresses) => {
    expect(addresses.filter(isPublic)).toEqual([])
  })
})
