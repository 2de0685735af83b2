import { BlockList, isIP } from "node:net";

/** Addresses that nobody reaches from outside: RFC 1918, 6598, 3927, 4193, 4291, loopback. */
const hidden = new BlockList();
for (const [network, bits] of [
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
  ["169.254.0.0", 16],
  ["127.0.0.0", 8],
] as const)
  hidden.addSubnet(network, bits, "ipv4");
for (const [network, bits] of [
  ["fc00::", 7],
  ["fe80::", 10],
  ["::1", 128],
] as const)
  hidden.addSubnet(network, bits, "ipv6");

/** True for an address of a local network or of the machine itself; false for names. */
export function isPrivate(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && hidden.check(address, family === 4 ? "ipv4" : "ipv6");
}
