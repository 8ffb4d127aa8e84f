import { BlockList, isIPv4 } from 'node:net';

/** What an address is, as far as a fetch on behalf of somebody else must know it. */
export type AddressKind = 'public' | 'loopback' | 'private' | 'link-local' | 'metadata' | 'multicast' | 'reserved';

const ranges: readonly { readonly kind: Exclude<AddressKind, 'public'>; readonly of: readonly string[] }[] = [
  {
    // Services that give out credentials of the machine: AWS, Google, Azure (IMDS, wire server), Alibaba.
    kind: 'metadata',
    of: ['169.254.169.254/32', '168.63.129.16/32', '100.100.100.200/32', 'fd00:ec2::254/128', 'fd20:ce::254/128'],
  },
  { kind: 'loopback', of: ['127.0.0.0/8', '::1/128'] },
  { kind: 'link-local', of: ['169.254.0.0/16', 'fe80::/10'] },
  { kind: 'private', of: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', 'fec0::/10'] },
  { kind: 'multicast', of: ['224.0.0.0/4', 'ff00::/8'] },
  {
    kind: 'reserved',
    of: [
      '0.0.0.0/8',
      '192.0.0.0/24',
      '192.0.2.0/24',
      '192.88.99.0/24',
      '198.18.0.0/15',
      '198.51.100.0/24',
      '203.0.113.0/24',
      '240.0.0.0/4',
      '::/128',
      '100::/64',
      // Teredo and 6to4 hide an IPv4 address of the sender's choice; nothing that serves a file is reached by them.
      '2001::/23',
      '2001:db8::/32',
      '2002::/16',
    ],
  },
];

const lists = ranges.map(({ kind, of }) => {
  const list = new BlockList();
  for (const range of of) {
    const [network = '', bits = ''] = range.split('/');
    list.addSubnet(network, Number(bits), isIPv4(network) ? 'ipv4' : 'ipv6');
  }
  return { kind, list };
});

/** `::ffff:0:0/96` (mapped), `::/96` (compatible) and `64:ff9b::/96` (NAT64) carry an IPv4 address in their last 32 bits. */
const carriers = new BlockList();
carriers.addSubnet('::ffff:0:0', 96, 'ipv6');
carriers.addSubnet('::ffff:0:0:0', 96, 'ipv6');
carriers.addSubnet('::', 96, 'ipv6');
carriers.addSubnet('64:ff9b::', 96, 'ipv6');

/** @param address IPv4 or IPv6, without brackets; a zone (`%eth0`) is ignored. */
export function addressKind(address: string): AddressKind {
  const plain = address.split('%', 1)[0] ?? address;
  if (isIPv4(plain)) return lists.find(({ list }) => list.check(plain, 'ipv4'))?.kind ?? 'public';
  const own = lists.find(({ list }) => list.check(plain, 'ipv6'))?.kind;
  if (own !== undefined) return own;
  return carriers.check(plain, 'ipv6') ? addressKind(carriedIpv4(plain)) : 'public';
}

/** The last 32 bits of an IPv6 address, dotted. */
function carriedIpv4(address: string): string {
  // The URL parser writes every form of an IPv6 address in hexadecimal groups.
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split(':');
  const [high = 0, low = 0] = groups.slice(-2).map((group) => Number.parseInt(group === '' ? '0' : group, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
