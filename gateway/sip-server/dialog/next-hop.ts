import { isIP } from "node:net";
import type { Clock } from "../../base/clock.ts";
import { CodedError } from "../../base/errors.ts";
import { canonicalHost, parseSipUri, type SipUri, uriParam } from "../../sip-syntax/uri.ts";
import { type Endpoint, type Flow, type Hop, type Listener, type Protocol, protocols } from "../transport/flow.ts";
import { protocolNamed, type Target } from "../transport/locate.ts";
import type { TransportLayer } from "../transport/transport-layer.ts";
import { Ways } from "./ways.ts";

/** A request cannot be sent to its destination at all. */
export class NextHopError extends CodedError<"invalid-uri" | "no-transport" | "myself"> {}

/** Finds the ways to a URI (RFC 3263 4). */
export class NextHop {
  readonly #transport: TransportLayer;
  readonly #clock: Clock;

  constructor(transport: TransportLayer, clock: Clock) {
    this.#transport = transport;
    this.#clock = clock;
  }

  /**
   * The ways to the host that `target` names, at once when that is an address. A host that cannot be found, and a
   * WebSocket client that is not there, give a flow that fails: the request is then answered 503.
   * @param from the bound address to use when it fits, as in a dialog
   * @throws NextHopError
   */
  waysTo(target: string, from?: Listener): Ways | Promise<Ways> {
    const wanted = this.#read(target);
    if (isIP(wanted.host)) return this.#ways([this.#literal(wanted)], from);
    return this.#transport.locate(wanted).then(
      (hops) => this.#ways(hops, from),
      () => Ways.only(this.dead()),
    );
  }

  /** The best of those ways, for what is sent once. @throws NextHopError */
  to(target: string, from?: Listener): Flow | Promise<Flow> {
    const ways = this.waysTo(target, from);
    return ways instanceof Promise ? ways.then(({ flow }) => flow) : ways.flow;
  }

  /** The flow to an address that is known already. */
  toAddress(address: Endpoint, protocol: Protocol, from?: Listener): Flow {
    return this.#ways([{ protocol, ...address }], from).flow;
  }

  /** A flow on which everything fails. */
  dead(): Flow {
    const listener = this.#transport.listeners[0];
    if (!listener) throw new NextHopError("no-transport", "nothing is bound");
    const send = (_: Buffer, failed: () => void): void => void this.#clock.after(0, failed);
    return { listener, address: listener, remote: { host: "", port: 0 }, reliable: true, open: true, send };
  }

  #read(text: string): Target {
    const uri = readTarget(text);
    const secure = uri.scheme === "sips";
    const protocol = protocolNamed(uriParam(uri, "transport"), secure);
    const { listeners } = this.#transport;
    const bound = listeners.some((one) =>
      protocol === undefined ? !secure || isSecure(one) : one.protocol === protocol,
    );
    if (!bound || protocol === "none") {
      throw new NextHopError("no-transport", "requested protocol/transport not available");
    }
    return {
      secure,
      host: canonicalHost(uriParam(uri, "maddr") ?? uri.host),
      ...(uri.port !== undefined && { port: uri.port }),
      ...(protocol !== undefined && { protocol }),
    };
  }

  /** RFC 3263 4.1, 4.2: an address is not asked for; UDP, or TLS for `sips:`, unless the URI says so. */
  #literal({ secure, host, port, protocol }: Target): Hop {
    const bound = this.#transport.listeners.map((listener) => listener.protocol);
    const usual = secure ? "tls" : bound.includes("udp") ? "udp" : (bound[0] ?? "udp");
    const chosen = protocol ?? usual;
    return { protocol: chosen, host, port: port ?? protocols[chosen].port };
  }

  #ways(hops: readonly Hop[], from: Listener | undefined): Ways {
    const others = hops.filter((hop) => !this.#isOurs(hop));
    if (hops.length > 0 && others.length === 0) throw new NextHopError("myself", "can not send request to myself");
    return Ways.to(others, (hop) => this.#open(hop, from), this.#transport) ?? Ways.only(this.dead());
  }

  #isOurs(hop: Hop): boolean {
    return this.#transport.listeners.some((one) => one.protocol === hop.protocol && isSame(one, hop));
  }

  #open(hop: Hop, from: Listener | undefined): Flow | undefined {
    const fitting = from?.protocol === hop.protocol && isIP(from.host) === isIP(hop.host) ? from : undefined;
    return this.#transport.flowTo(hop, fitting);
  }
}

/** True when `flow` is the way that the URI of an address names. */
export function leadsTo({ remote, listener }: Flow, target: string): boolean {
  const uri = readTarget(target);
  const protocol = protocolNamed(uriParam(uri, "transport"), uri.scheme === "sips") ?? "udp";
  return protocol === listener.protocol && isSame({ host: canonicalHost(uri.host), port: uri.port ?? 0 }, remote);
}

function isSecure({ protocol }: Listener): boolean {
  return protocols[protocol].secure;
}

function readTarget(target: string): SipUri {
  try {
    return parseSipUri(target);
  } catch {
    throw new NextHopError("invalid-uri", "invalid request-uri");
  }
}

function isSame(one: Endpoint, other: Endpoint): boolean {
  return one.host === other.host && one.port === other.port;
}
