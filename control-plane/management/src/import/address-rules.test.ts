import { expect, test } from 'vitest';
import { type AddressKind, addressKind } from './address-rules.ts';

const cases: Readonly<Record<string, AddressKind>> = {
  '8.8.8.8': 'public',
  '2606:4700::1111': 'public',
  '127.0.0.1': 'loopback',
  '127.255.255.254': 'loopback',
  '::1': 'loopback',
  '10.0.0.1': 'private',
  '172.16.0.1': 'private',
  '172.31.255.255': 'private',
  '172.32.0.1': 'public',
  '192.168.1.1': 'private',
  '100.64.0.1': 'private',
  '100.128.0.1': 'public',
  'fd12:3456::1': 'private',
  '169.254.169.254': 'metadata',
  '168.63.129.16': 'metadata',
  '100.100.100.200': 'metadata',
  'fd00:ec2::254': 'metadata',
  '169.254.1.1': 'link-local',
  'fe80::1': 'link-local',
  'fe80::1%eth0': 'link-local',
  '224.0.0.1': 'multicast',
  'ff02::1': 'multicast',
  '0.0.0.0': 'reserved',
  '0.1.2.3': 'reserved',
  '::': 'reserved',
  '255.255.255.255': 'reserved',
  '198.18.0.1': 'reserved',
  '2002:7f00:1::': 'reserved',
  '2001:0:7f00:1::': 'reserved',
  '::ffff:127.0.0.1': 'loopback',
  '::ffff:7f00:1': 'loopback',
  '::ffff:a9fe:a9fe': 'metadata',
  '::ffff:10.0.0.1': 'private',
  '::ffff:8.8.8.8': 'public',
  '::127.0.0.1': 'loopback',
  '64:ff9b::7f00:1': 'loopback',
  '64:ff9b::a9fe:a9fe': 'metadata',
};

test.each(Object.entries(cases))('%s is %s', (address, kind) => {
  expect(addressKind(address)).toBe(kind);
});
