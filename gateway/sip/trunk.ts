import { isIP } from "node:net";
import type { Party } from "../call/leg.ts";
import type { OwnCredentials } from "./digest.ts";
import { nameAddrOf } from "./identity.ts";
import type { Source } from "./link.ts";
import type { OutgoingRoute } from "./outgoing-leg.ts";
import type { Profile } from "./profile.ts";

/** A way into the telephone network. */
export interface TrunkConfig {
  readonly name: string;
  /** `host` or `host:port` of the far SIP server; requests from there are trusted. */
  readonly address: string;
  readonly transport: "udp" | "tcp" | "tls";
  readonly profile: Profile;
  readonly credentials?: OwnCredentials;
  /** Domains whose users may call through it (default: all of ours). */
  readonly domains?: readonly string[];
  /** The number that callers are shown as, when the caller has none of its own. */
  readonly number?: string;
  /** Called number → user, for calls that come in. */
  readonly inbound: Readonly<Record<string, string>>;
}

/** Trunks: who comes from one, and how a number is sent to one. */
export class Trunks {
  readonly #trunks: readonly TrunkConfig[];
  readonly #addresses = new Map<string, readonly string[]>();

  constructor(trunks: readonly TrunkConfig[]) {
    this.#trunks = trunks;
  }

  /** Host names whose addresses must be known before calls from there are taken. */
  get names(): readonly string[] {
    return [...new Set(this.#trunks.map((trunk) => hostOf(trunk.address)))].filter((host) => isIP(host) === 0);
  }

  /** What a host name means now: its A and AAAA records. */
  learn(name: string, addresses: readonly string[]): void {
    this.#addresses.set(name, addresses);
  }

  /**
   * The trunk that a request came from, by its source address. The port counts over UDP only, when one was given: a
   * connection comes from any.
   */
  from({ address, port, transport }: Source): TrunkConfig | undefined {
    return this.#trunks.find((trunk) => {
      const host = hostOf(trunk.address);
      if (host !== address && !this.#addresses.get(host)?.includes(address)) return false;
      return transport !== "udp" || (portOf(trunk.address) ?? port) === port;
    });
  }

  /** The first trunk for callers of `domain`. */
  forDomain(domain: string): TrunkConfig | undefined {
    return this.#trunks.find((trunk) => serves(trunk, domain));
  }

  /** The trunk behind `host` of a SIP URI, when it serves callers of `domain`. */
  forHost(host: string, domain: string): TrunkConfig | undefined {
    const known = this.#trunks.find((trunk) => hostOf(trunk.address) === host.toLowerCase());
    return known && serves(known, domain) ? known : undefined;
  }
}

const serves = ({ domains }: TrunkConfig, domain: string): boolean => domains?.includes(domain) ?? true;

/** Where an INVITE for `number` goes through `trunk`. */
export function trunkRoute(trunk: TrunkConfig, number: string, caller: Party): OutgoingRoute {
  const { profile, transport, address } = trunk;
  const uri = `sip:${formatted(number, profile)}@${address}${transport === "udp" ? "" : `;transport=${transport}`}`;
  const from: Party =
    trunk.number === undefined ? caller : { address: { tel: trunk.number }, ...(caller.name && { name: caller.name }) };
  return {
    party: { address: { tel: number } },
    kind: profile.media,
    uri,
    host: hostOf(address),
    network: trunk.name,
    codecs: profile.codecs,
    from,
    ...(trunk.credentials && { credentials: trunk.credentials }),
    ...(profile.assertIdentity && { headers: { "P-Asserted-Identity": nameAddrOf(from, hostOf(address)) } }),
  };
}

/** The number as the network wants it; visual separators go in any case (RFC 3966 5.1.1). */
export function formatted(number: string, profile: Profile): string {
  const plain = number.replace(/[\s().-]/g, "");
  const { format, prefix = "" } = profile.number ?? { format: "as-dialled" };
  if (format === "as-dialled") return prefix + plain;
  const digits = plain.replace(/^\+/, "").replace(/^00/, "");
  return prefix + (format === "e164-plus" ? `+${digits}` : digits);
}

function hostOf(address: string): string {
  return address.replace(/:\d+$/, "").toLowerCase();
}

function portOf(address: string): number | undefined {
  const port = /:(\d+)$/.exec(address)?.[1];
  return port === undefined ? undefined : Number(port);
}
