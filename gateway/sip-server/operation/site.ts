import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, isIP } from "node:net";
import { canonicalHost, parseHostPort } from "../../sip-syntax/uri.ts";
import type { Endpoint } from "../transport/flow.ts";
import type { Drain } from "./drain.ts";
import type { MessageTrace } from "./message-trace.ts";
import { readFilter } from "./trace-filter.ts";

export interface SiteParts {
  /** All metrics in Prometheus' form. */
  metrics(): Promise<string>;
  readonly trace: MessageTrace;
  readonly drain: Drain;
  dialogs(): number;
}

type Answer = readonly [status: number, body?: object];

/** GET /metrics for whoever reaches the address; /trace and /drain for this machine alone. */
export class OperatorSite {
  readonly #parts: SiteParts;
  #server: Server | undefined;

  constructor(parts: SiteParts) {
    this.#parts = parts;
  }

  /** Resolves with the port. Rejects with the system's error. */
  listen({ host, port }: Endpoint): Promise<number> {
    const server = createServer((request, response) => this.#handle(request, response));
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
    });
  }

  close(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    if (request.method === "GET" && request.url === "/metrics") return void this.#tellMetrics(response);
    const [status, body] = isLocal(request) ? this.#order(request) : [403];
    response.writeHead(status, { "content-type": "application/json" }).end(body && `${JSON.stringify(body)}\n`);
  }

  async #tellMetrics(response: ServerResponse): Promise<void> {
    const text = await this.#parts.metrics();
    response.setHeader("content-type", "text/plain; version=0.0.4").end(text);
  }

  #order({ method, url = "/" }: IncomingMessage): Answer {
    const [path, query] = url.split("?", 2);
    if (path === "/trace") return this.#trace(method, query);
    return path === "/drain" ? this.#drain(method) : [404];
  }

  #trace(method: string | undefined, query: string | undefined): Answer {
    const { trace } = this.#parts;
    const filter = query === undefined ? undefined : readFilter(new URLSearchParams(query));
    if (query !== undefined && !filter) return [400, { fault: "the query names call-id, user and address alone" }];
    if (method === "PUT") {
      if (!filter) return [400, { fault: "a filter is missing: call-id, user or address" }];
      if (!trace.add(filter)) return [409, { fault: "there are too many filters" }];
    } else if (method === "DELETE") trace.remove(filter);
    else if (method !== "GET") return [405];
    return [200, trace.filters];
  }

  #drain(method: string | undefined): Answer {
    const { drain, dialogs } = this.#parts;
    if (method === "PUT") drain.begin();
    else if (method === "DELETE") drain.cancel();
    else if (method !== "GET") return [405];
    return [200, { draining: drain.active, dialogs: dialogs() }];
  }
}

/** From this machine, and not from a page that a browser on it shows: by name or by a script of another site. */
function isLocal({ socket, headers }: IncomingMessage): boolean {
  const host = parseHostPort(headers.host ?? "")?.host ?? "";
  const named = host !== "localhost" && isIP(canonicalHost(host)) === 0;
  return isLoopback(socket.remoteAddress ?? "") && !named && headers.origin === undefined;
}

function isLoopback(address: string): boolean {
  return address === "::1" || /^(?:::ffff:)?127\./.test(address);
}
