import { BlockList, isIP } from "node:net";
import { ownText } from "../../base/own-text.ts";

/** Addresses whose answer is kept, and how long they are at most: IPv6 without a zone. */
const maxKnown = 1_000;
const longest = 45;

/** A set of address ranges. */
export class Networks {
  readonly #ranges = new BlockList();
  /** Answers of late: asked for each datagram, and a look into the list costs more than all else that a gate does. */
  readonly #known = new Map<string, boolean>();

  /** From `10.0.0.0/8`, `fd00::/8` or single addresses. @throws RangeError naming what is neither */
  constructor(ranges: readonly string[]) {
    for (const range of ranges) this.#add(range);
  }

  contains(host: string): boolean {
    const known = this.#known.get(host);
    if (known !== undefined) return known;
    const version = isIP(host);
    if (version === 0) return false;
    const found = this.#ranges.check(host, version === 6 ? "ipv6" : "ipv4");
    if (host.length > longest) return found;
    if (this.#known.size >= maxKnown) this.#known.clear();
    this.#known.set(ownText(host), found);
    return found;
  }

  #add(range: string): void {
    const [address = "", length, ...rest] = range.split("/");
    const version = isIP(address);
    const bits = length === undefined ? widths[version] : Number(length);
    if (
      version === 0 ||
      rest.length > 0 ||
      !/^\d{1,3}$/.test(length ?? "0") ||
      (bits ?? 999) > (widths[version] ?? 0)
    ) {
      throw new RangeError(`${range} is not an address range`);
    }
    this.#ranges.addSubnet(address, bits ?? 0, version === 6 ? "ipv6" : "ipv4");
  }
}

const widths: Readonly<Record<number, number>> = { 4: 32, 6: 128 };

const loopback = new Networks(["127.0.0.0/8", "::1"]);

/** Addresses that a NAT may stand in front of (RFC 1918, 3927, 4193, 4291), loopback included. */
export const privateRanges: readonly string[] = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "169.254.0.0/16",
  "127.0.0.0/8",
  "fc00::/7",
  "fe80::/10",
  "::1",
];

export const privateNetworks: Networks = new Networks(privateRanges);

/** Who an address stands for: itself, or for IPv6 the network of one customer (a /64). */
export function sourceOf(host: string): string {
  if (isIP(host) !== 6) return host;
  const [before = "", after = ""] = host.split("::");
  const [head, tail] = [before, after].map((part) => (part === "" ? [] : part.split(":"))) as [string[], string[]];
  const gap = Array<string>(Math.max(0, 8 - head.length - tail.length)).fill("0");
  return [...head, ...gap, ...tail].slice(0, 4).join(":");
}

export function isLoopback(host: string): boolean {
  return loopback.contains(host);
}

/** True for addresses that a NAT may stand in front of. */
export function isPrivate(host: string): boolean {
  return privateNetworks.contains(host);
}
