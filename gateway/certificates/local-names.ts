import { hostname, networkInterfaces } from "node:os";

/** Under what a browser of this machine or its local networks can reach us; names without a dot also as `name.local`. */
export interface LocalNames {
  /** IPv4 first; none that needs a zone (RFC 4007 11). */
  readonly addresses: readonly string[];
  readonly hosts: readonly string[];
}

export function localNames(): LocalNames {
  const all = Object.values(networkInterfaces()).flatMap((some) => some ?? []);
  const addresses = all.filter(({ address }) => !/^fe[89ab]/i.test(address));
  const ipv4 = addresses.filter(({ family }) => family === "IPv4");
  const ipv6 = addresses.filter(({ family }) => family === "IPv6");
  const host = hostname().toLowerCase();
  return {
    addresses: [...new Set([...ipv4, ...ipv6].map(({ address }) => address))],
    hosts: [...new Set(["localhost", host, ...(host.includes(".") ? [] : [`${host}.local`])])].filter(isHostName),
  };
}

/** RFC 1123 2.1: what a certificate can carry. */
const isHostName = (name: string): boolean => /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name);
