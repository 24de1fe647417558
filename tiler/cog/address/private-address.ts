import { BlockList, isIP } from 'node:net';

/** IPv4 that leads nowhere public: IANA's special-purpose registry (RFC 6890 and its updates), multicast and reserved. */
const SPECIAL_V4: readonly (readonly [network: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** Within global unicast (2000::/3): Teredo, documentation and 6to4, which stand for other addresses or for none. */
const SPECIAL_V6: readonly (readonly [network: string, bits: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const specialV4 = new BlockList();
for (const [network, bits] of SPECIAL_V4) specialV4.addSubnet(network, bits, 'ipv4');
const specialV6 = new BlockList();
for (const [network, bits] of SPECIAL_V6) specialV6.addSubnet(network, bits, 'ipv6');
const globalV6 = new BlockList();
globalV6.addSubnet('2000::', 3, 'ipv6');

/** True for an IP address that is not one of the public internet; for what is no address, too. */
export function isPrivateAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return specialV4.check(address, 'ipv4');
    case 6:
      // Everything else is local, mapped, translated or not given out.
      return !globalV6.check(address, 'ipv6') || specialV6.check(address, 'ipv6');
    default:
      return true;
  }
}
