import { isIP } from "node:net";
import { isProtocol, protocols, type Hop, type Protocol } from "./flow.ts";
import type { NaptrRecord, Names, SrvRecord } from "./resolver.ts";

/** What a URI says of where to send to (RFC 3263 4). */
export interface Target {
  readonly secure: boolean;
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port?: number;
  readonly protocol?: Protocol;
}

/** What there is to choose from. */
export interface Means {
  readonly names: Names;
  /** The protocols that are bound, in the order of our preference. */
  readonly protocols: readonly Protocol[];
  /** IP versions that are bound for a protocol. */
  versions(protocol: Protocol): readonly (4 | 6)[];
  /** 0 to 1, as `Math.random`. */
  random(): number;
}

/** RFC 3263 4.1 and RFC 7118 appendix A: the services of NAPTR records, and their protocols. */
const services: Readonly<Record<string, Protocol>> = {
  "SIP+D2U": "udp",
  "SIP+D2T": "tcp",
  "SIPS+D2T": "tls",
  "SIP+D2W": "ws",
  "SIPS+D2W": "wss",
};

/** RFC 3263 4.1 and RFC 7118 appendix A: where SRV records stand when no NAPTR record says so. */
const prefixes: Readonly<Record<Protocol, string>> = {
  udp: "_sip._udp",
  tcp: "_sip._tcp",
  tls: "_sips._tcp",
  ws: "_sip._ws",
  wss: "_sips._wss",
};

/** More ways than anybody would wait for. */
const maxHops = 12;

/** Where to send a request for `target`, the best hop first; none when there is no way (RFC 3263 4). */
export async function locate(target: Target, means: Means): Promise<readonly Hop[]> {
  const hops = await hopsOf(target, means);
  return hops.slice(0, maxHops);
}

async function hopsOf(target: Target, means: Means): Promise<readonly Hop[]> {
  const { host, port } = target;
  const usable = means.protocols.filter((one) => isUsable(one, target));
  // A WebSocket server is somewhere only when records or the URI say so.
  const guesses = usable.filter((one) => !one.startsWith("ws"));
  const [standard = usable[0]] = guesses;
  if (standard === undefined) return [];
  if (isIP(host) !== 0 || port !== undefined) {
    return addressesOf(standard, { host, port: port ?? protocols[standard].port }, host, means);
  }
  const places = target.protocol ? [srvPlace(standard, host)] : await placesOf(host, usable, guesses, means);
  for (const place of places) {
    const found = await servers(place, host, means);
    if (found) return found;
  }
  return addressesOf(standard, { host, port: protocols[standard].port }, host, means);
}

/** RFC 3261 26.2.2: `sips:` needs TLS. */
function isUsable(protocol: Protocol, { secure, protocol: wanted }: Target): boolean {
  return wanted === undefined ? !secure || protocols[protocol].secure : protocol === wanted;
}

/** Where the SRV records of one protocol stand. */
interface Place {
  readonly protocol: Protocol;
  readonly name: string;
}

function srvPlace(protocol: Protocol, host: string): Place {
  return { protocol, name: `${prefixes[protocol]}.${host}` };
}

/** RFC 3263 4.1: what NAPTR records say, in their order; else each protocol that we have, in ours. */
async function placesOf(
  host: string,
  usable: readonly Protocol[],
  guesses: readonly Protocol[],
  { names }: Means,
): Promise<readonly Place[]> {
  const records = [...(await names.naptr(host))].sort(byOrder);
  const places = records.flatMap(({ service, flags, replacement }) => {
    const protocol = services[service.toUpperCase()];
    const fits = protocol !== undefined && flags.toLowerCase() === "s" && usable.includes(protocol);
    return fits ? [{ protocol, name: replacement }] : [];
  });
  return places.length > 0 ? places : guesses.map((protocol) => srvPlace(protocol, host));
}

function byOrder(one: NaptrRecord, other: NaptrRecord): number {
  return one.order - other.order || one.preference - other.preference;
}

/** The servers that SRV records name, with all their addresses; undefined when there are no such records. */
async function servers({ protocol, name }: Place, host: string, means: Means): Promise<readonly Hop[] | undefined> {
  const records = await means.names.srv(name);
  if (records.length === 0) return undefined;
  // RFC 2782: a lone "." says that the service is decidedly not there.
  const found = inTurn(records, means.random).filter(({ name: target }) => target !== "" && target !== ".");
  const hops = await Promise.all(
    found.map((server) => addressesOf(protocol, { host: server.name, port: server.port }, host, means)),
  );
  return hops.flat();
}

/** RFC 2782: by priority, and within one by weighted chance. */
export function inTurn(records: readonly SrvRecord[], random: () => number): SrvRecord[] {
  const left = [...records].sort((one, other) => one.priority - other.priority || one.weight - other.weight);
  const chosen: SrvRecord[] = [];
  while (left.length > 0) chosen.push(...left.splice(draw(left, random), 1));
  return chosen;
}

/** The index of the next one among those of the first priority. */
function draw(left: readonly SrvRecord[], random: () => number): number {
  const same = left.filter(({ priority }) => priority === left[0]?.priority);
  const total = same.reduce((sum, { weight }) => sum + weight, 0);
  const threshold = Math.floor(random() * (total + 1));
  let sum = 0;
  return same.findIndex(({ weight }) => (sum += weight) >= threshold);
}

/** All addresses of a host. A certificate must prove the name that was asked for first, not the server's (RFC 5922 7.3). */
async function addressesOf(
  protocol: Protocol,
  { host, port }: { host: string; port: number },
  name: string,
  means: Means,
): Promise<readonly Hop[]> {
  const version = isIP(host);
  if (version !== 0) return [{ protocol, host, port, ...(isIP(name) === 0 && { name }) }];
  if (/(^|\.)invalid$/i.test(host)) return []; // RFC 6761 6.4
  if (/(^|\.)localhost$/i.test(host))
    return means.versions(protocol).map((one) => ({ protocol, host: loopback[one], port, name })); // RFC 6761 6.3
  const found = await Promise.all(means.versions(protocol).map((one) => means.names.addresses(host, one)));
  return found.flat().map((address) => ({ protocol, host: address, port, name }));
}

const loopback = { 4: "127.0.0.1", 6: "::1" } as const;

/** The protocol that `transport` names; a `sips:` URI names the one below TLS (RFC 3261 26.2.2, RFC 7118 5). */
export function protocolNamed(transport: string | undefined, secure: boolean): Protocol | "none" | undefined {
  if (transport === undefined) return undefined;
  if (secure) return secured[transport] ?? "none";
  return isProtocol(transport) ? transport : "none";
}

const secured: Readonly<Record<string, Protocol>> = { tcp: "tls", tls: "tls", ws: "wss", wss: "wss" };
