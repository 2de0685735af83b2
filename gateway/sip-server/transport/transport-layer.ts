import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import type { Clock, Timer } from "../../base/clock.ts";
import { withDeadline } from "../../base/deadline.ts";
import { Emitter } from "../../base/emitter.ts";
import { CodedError, messageOf } from "../../base/errors.ts";
import { bracketed, canonicalHost } from "../../sip-syntax/uri.ts";
import { Connection, type ConnectionContext } from "./connection.ts";
import type { ConnectionTable } from "./connection-table.ts";
import {
  type Flow,
  type Hop,
  type Listener,
  protocols,
  type Protocol,
  type TransportEvents,
  type TransportLimits,
} from "./flow.ts";
import { Failures } from "./failures.ts";
import { Gate, type GateRules } from "./gate.ts";
import { chooseListener } from "./listener-choice.ts";
import { locate, type Means, type Target } from "./locate.ts";
import { privateNetworks } from "./networks.ts";
import { DnsNames } from "./resolver.ts";
import { StreamTransport } from "./stream-transport.ts";
import type { TlsCredentials } from "./tls-credentials.ts";
import { UdpTransport } from "./udp-transport.ts";
import { WsTransport } from "./ws-transport.ts";

/** An address could not be bound (`in-use` when another program has it). */
export class BindError extends CodedError<"in-use" | "failed"> {}

export const defaultLimits: TransportLimits = {
  messageSize: 65_536,
  halfMessageMs: 5_000,
  unsentBytes: 1 << 20,
  connectMs: 5_000,
  silentMs: 30_000,
  idleMs: 7_200_000,
  keepAliveMs: 60_000,
  pongMs: 10_000,
};

/** No limits by address: who makes a server of this says otherwise. */
export const openGate: GateRules = {
  rate: 0,
  burst: 1,
  connections: 10_000,
  connectionsOfOne: 10_000,
  trusted: privateNetworks,
  dropScanners: false,
};

/** Milliseconds for all questions that one request asks the domain name system. */
const locateMs = 8_000;

/** Which protocol is taken where nobody says which, of those that are bound. */
const preference: readonly Protocol[] = ["udp", "tcp", "tls", "wss", "ws"];

type Transport = UdpTransport | StreamTransport | WsTransport;

/** All bound addresses and connections (RFC 3261 18). */
export class TransportLayer {
  readonly events = new Emitter<TransportEvents>();
  readonly failures: Failures;
  readonly #context: ConnectionContext;
  readonly #names: DnsNames;
  readonly #credentials: TlsCredentials | undefined;
  readonly #transports: Transport[] = [];
  #tending: Timer | undefined;

  /** Without `credentials` no TLS and no WSS address can be bound; `dns` are servers to ask instead of the system's. */
  constructor(
    clock: Clock,
    limits: TransportLimits = defaultLimits,
    credentials?: TlsCredentials,
    dns: readonly string[] = [],
    rules: GateRules = openGate,
  ) {
    this.#context = { events: this.events, limits, clock, gate: new Gate(rules, clock, this.events) };
    this.#credentials = credentials;
    this.#names = new DnsNames(clock, dns);
    this.failures = new Failures(clock);
  }

  /** Binds all addresses, `0.0.0.0` and `::` for each of the machine's; none stays bound when one fails. @throws BindError */
  async listen(wanted: readonly Listener[]): Promise<void> {
    const { clock, limits } = this.#context;
    try {
      for (const listener of wanted.flatMap(eachAddress)) this.#transports.push(await this.#bind(listener));
    } catch (fault) {
      this.close();
      throw fault;
    }
    const shortest = Math.min(limits.silentMs, limits.idleMs, limits.keepAliveMs, limits.pongMs);
    this.#tending = clock.every(Math.max(20, Math.ceil(shortest / 4)), () => this.#tend());
  }

  get listeners(): readonly Listener[] {
    return this.#transports.map((transport) => transport.listener);
  }

  /** Accepted connections, those in a handshake included. */
  get accepted(): number {
    return this.#context.gate.connections;
  }

  connections(protocol: Protocol): number {
    return this.#connected()
      .filter((transport) => transport.listener.protocol === protocol)
      .reduce((sum, transport) => sum + transport.connections.size, 0);
  }

  /** A flow to an IP address, from the bound address that fits best or from `from`; undefined when none fits. */
  flowTo(hop: Hop, from?: Listener): Flow | undefined {
    const listener = from ?? chooseListener(this.listeners, hop.protocol, hop.host);
    const transport = this.#transports.find((one) => one.listener === listener);
    return transport?.flowTo(hop);
  }

  /**
   * RFC 5923 8: who says `alias` allows requests to where its Via says it listens to take the connection that it made.
   * Over TLS its certificate must stand for whom we look for. Over TCP nothing is proven: so only an address that is
   * seen as it is said counts, and not one behind a NAT that others share.
   */
  alias(flow: Flow, { host, port }: { host: string; port?: number }): void {
    const { protocol } = flow.listener;
    const proven = protocol === "tls" || (protocol === "tcp" && canonicalHost(host) === flow.remote.host);
    if (!proven || !(flow instanceof Connection) || !flow.accepted) return;
    for (const { listener, connections } of this.#connected()) {
      const at = { host: flow.remote.host, port: port ?? protocols[protocol].port };
      if (listener === flow.listener) (connections as ConnectionTable<Connection>).alias(flow, at);
    }
  }

  /** Where to send to, best first; none when there is no way (RFC 3263 4). What failed lately comes last. */
  async locate(target: Target): Promise<readonly Hop[]> {
    const bound = this.listeners;
    const means: Means = {
      names: this.#names,
      protocols: preference.filter((protocol) => bound.some((one) => one.protocol === protocol)),
      versions: (protocol) => versionsOf(bound.filter((one) => one.protocol === protocol)),
      random: Math.random,
    };
    const what = `looking up ${target.host}`;
    return this.failures.sort(await withDeadline(locate(target, means), locateMs, what, this.#context.clock));
  }

  close(): void {
    this.#tending?.cancel();
    this.#credentials?.close();
    this.#names.close();
    for (const transport of this.#transports.splice(0)) transport.close();
  }

  #connected(): (StreamTransport | WsTransport)[] {
    return this.#transports.flatMap((transport) => (transport instanceof UdpTransport ? [] : [transport]));
  }

  #tend(): void {
    for (const transport of this.#connected()) for (const connection of transport.connections) connection.tend();
  }

  async #bind(listener: Listener): Promise<Transport> {
    const { protocol, host, port } = listener;
    const credentials = protocols[protocol].secure ? this.#credentials : undefined;
    try {
      if (protocols[protocol].secure && !credentials) throw new BindError("failed", "there is no certificate");
      if (protocol === "udp") return await UdpTransport.bind(listener, this.#context);
      if (protocol === "ws" || protocol === "wss") return await WsTransport.bind(listener, this.#context, credentials);
      return await StreamTransport.bind(listener, this.#context, credentials);
    } catch (fault) {
      const inUse = (fault as NodeJS.ErrnoException).code === "EADDRINUSE";
      const address = `${protocol}/${bracketed(host)}:${port}`;
      throw new BindError(
        inUse ? "in-use" : "failed",
        `cannot listen on ${address}: ${inUse ? "the port is in use" : messageOf(fault)}`,
      );
    }
  }
}

function versionsOf(listeners: readonly Listener[]): readonly (4 | 6)[] {
  return ([4, 6] as const).filter((version) => listeners.some(({ host }) => isIP(host) === version));
}

/**
 * `0.0.0.0` and `::` name no address that Via and Contact could show, so each address of the machine is bound by
 * itself. Link-local ones need a zone, which SIP cannot say (RFC 5118 says nothing of them either).
 */
function eachAddress(listener: Listener): readonly Listener[] {
  if (listener.host !== "0.0.0.0" && listener.host !== "::") return [listener];
  const version = isIP(listener.host);
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const hosts = all.map(({ address }) => address).filter((host) => isIP(host) === version && !host.startsWith("fe80:"));
  return hosts.map((host) => ({ ...listener, host }));
}
