import { lookup as resolve, type LookupAddress, type LookupOptions } from "node:dns";
import { BlockList, isIP } from "node:net";

/** Addresses that are no host of the public Internet: IANA special-purpose registries (RFC 6890), multicast. */
const special = new BlockList();
for (const [network, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const)
  special.addSubnet(network, bits, "ipv4");
for (const [network, bits] of [
  ["::", 127],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const)
  special.addSubnet(network, bits, "ipv6");

/** False for names. An IPv4 address in IPv6's clothes counts as what it is. */
export function isSpecial(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && special.check(address, family === 4 ? "ipv4" : "ipv6");
}

export interface EndpointRules {
  /** Push services at private addresses, and by plain http, count too. */
  readonly privateServices: boolean;
}

/** Anybody may name an endpoint, and we connect to it: only https to a public host, without credentials. */
export function mayConnect(endpoint: string, { privateServices }: EndpointRules): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, hostname, username, password } = new URL(endpoint);
  if (username !== "" || password !== "") return false;
  if (privateServices) return protocol === "https:" || protocol === "http:";
  return protocol === "https:" && !isSpecial(hostname.replace(/^\[|\]$/g, "")) && !isLocalName(hostname);
}

/** RFC 6761 6.3, RFC 6762, RFC 8375. */
const isLocalName = (name: string): boolean => /(^|\.)(localhost|local|home\.arpa|internal)\.?$/i.test(name);

type Answered = (fault: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** As `dns.lookup`, but a name that leads to a special address does not resolve: it is looked up once, by who connects. */
export function publicLookup(hostname: string, options: LookupOptions, answered: Answered): void {
  resolve(hostname, options, (fault, address, family) => {
    const found = Array.isArray(address) ? address.map((one) => one.address) : [address];
    if (!fault && found.some(isSpecial)) answered(new Error("the name leads to a private address"), "", 0);
    else answered(fault, address, family);
  });
}
