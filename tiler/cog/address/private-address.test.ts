import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isPrivateAddress } from './private-address.js';

it('tells addresses of the public internet from all others', () => {
  const notPublic = [
    ...['0.0.0.0', '10.0.0.1', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1'],
    ...['172.31.255.255', '192.168.1.1', '192.0.2.1', '198.18.0.1', '224.0.0.1', '255.255.255.255'],
    ...['::', '::1', 'fc00::1', 'fd00:ec2::254', 'fe80::1', 'ff02::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8'],
    ...['64:ff9b::7f00:1', '2001:db8::1', '2002:7f00:1::', '2001::1', '100::1'],
    ...[
      '64:ff9b:1::127.0.0.1',
      '::ffff:0:127.0.0.1',
      '::127.0.0.1',
      '3fff::1',
      '5f00::1',
      'fec0::1',
      '4000::1',
    ],
    ...['192.88.99.1', '192.0.0.170', '203.0.113.1', '240.0.0.1', '239.255.255.250'],
    ...[
      '0177.0.0.1',
      '0x7f.0.0.1',
      '127.0.0.1 ',
      '127.0.0.1.',
      '[::1]',
      '::1%1',
      '①②⑦.0.0.1',
      '08.8.8.8',
      '::ffff:8.8.8.8%2',
    ],
    ...['', 'localhost', '127.1', '0x7f000001', '2130706433', '1.2.3.4.5', 'fe80::1%eth0'],
  ];
  for (const address of notPublic) assert.equal(isPrivateAddress(address), true, address);
  for (const address of [
    '8.8.8.8',
    '172.32.0.1',
    '192.169.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '2a00:1450::1',
  ]) {
    assert.equal(isPrivateAddress(address), false, address);
  }
});
