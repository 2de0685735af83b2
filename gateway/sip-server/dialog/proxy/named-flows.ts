import { randomToken } from "../../../base/ids.ts";
import { bracketed } from "../../../sip-syntax/uri.ts";
import type { Endpoint, Flow, Listener } from "../../transport/flow.ts";

/** Flows by the ids that stand in flow tokens: a UDP flow is its two addresses, a connection has a number. */
export class NamedFlows {
  /** A connection does not outlive us: its id must not name one of the next process. */
  readonly #process = randomToken(6);
  readonly #ids = new WeakMap<Flow, string>();
  readonly #connections = new Map<string, Flow>();
  readonly #listeners: () => readonly Listener[];
  readonly #udpFlow: (remote: Endpoint, from: Listener) => Flow;
  #last = 0;

  constructor(listeners: () => readonly Listener[], udpFlow: (remote: Endpoint, from: Listener) => Flow) {
    this.#listeners = listeners;
    this.#udpFlow = udpFlow;
  }

  idOf(flow: Flow): string {
    if (!flow.reliable) return `udp ${print(flow.listener)} ${flow.remote.host} ${flow.remote.port}`;
    const known = this.#ids.get(flow);
    if (known !== undefined) return known;
    const id = `${this.#process} ${++this.#last}`;
    this.#ids.set(flow, id);
    if (flow.open) this.#connections.set(id, flow);
    return id;
  }

  /** Undefined when the flow is gone. */
  find(id: string): Flow | undefined {
    const [kind, local, host = "", port] = id.split(" ");
    if (kind !== "udp") return this.#connections.get(id);
    const listener = this.#listeners().find((one) => one.protocol === "udp" && print(one) === local);
    return listener && this.#udpFlow({ host, port: Number(port) }, listener);
  }

  flowClosed(flow: Flow): void {
    const id = this.#ids.get(flow);
    if (id !== undefined) this.#connections.delete(id);
  }
}

function print({ host, port }: Endpoint): string {
  return `${bracketed(host)}:${port}`;
}
