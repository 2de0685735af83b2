import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Clock } from "../../base/clock.ts";
import type { RequestFact } from "../dialog/core.ts";
import type { Endpoint } from "../transport/flow.ts";
import type { TlsCredentials } from "../transport/tls-credentials.ts";
import { ControlLink } from "./control-link.ts";

/**
 * Connections that we make to an application, one for each new request: the application authenticates on it as on any
 * other, gets the request, and lives with its dialog on it until it closes it.
 */
export class OutboundLinks {
  readonly #clock: Clock;
  readonly #credentials: TlsCredentials | undefined;
  readonly #waiting = new Map<ControlLink, RequestFact>();

  constructor(clock: Clock, credentials: TlsCredentials | undefined) {
    this.#clock = clock;
    this.#credentials = credentials;
  }

  /** Begins a connection for `request`, which belongs to it from now on. */
  open(request: RequestFact, address: Endpoint, secure: boolean): ControlLink {
    const link = new ControlLink(this.#socket(address, secure), this.#clock);
    this.#waiting.set(link, request);
    request.take(link);
    return link;
  }

  /** The application has authenticated: the request that is for it. */
  ready(link: ControlLink): RequestFact | undefined {
    const request = this.#waiting.get(link);
    this.#waiting.delete(link);
    return request;
  }

  /** The link is gone; whoever waits for its application hears that there is none. */
  closed(link: ControlLink): void {
    this.ready(link)?.refuse(480, "Temporarily Unavailable");
  }

  #socket({ host, port }: Endpoint, secure: boolean): Socket {
    return secure ? connectTls({ host, port, ...this.#credentials?.clientOptions(host) }) : connect({ host, port });
  }
}
