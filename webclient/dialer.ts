import { Emitter } from "../gateway/base/emitter.ts";
import type { Answer } from "../gateway/protocol/server-frame.ts";
import type { ClientError } from "./client-error.ts";
import { Connection, type Fact } from "./connection.ts";
import type { Platform, SocketPort } from "./platform.ts";
import { Transport, type TransportChoice, type TransportName } from "./transport.ts";

export interface DialerParts {
  readonly platform: Platform;
  readonly url: string;
  readonly choice: TransportChoice;
  newId(): string;
  /** The last event that came. */
  seq(): number;
}

/** Opens connections, one at a time, by the transport that comes through. */
export class Dialer {
  /** Of the connection that there is. */
  readonly events = new Emitter<{
    fact: [Fact];
    answer: [Answer];
    alive: [seq: number];
    lost: [replaced: boolean];
    /** While polling: this WebSocket works. Go on `over` it, or close it. */
    better: [SocketPort];
  }>();
  readonly #parts: DialerParts;
  readonly #transport: Transport;
  #connection: Connection | undefined;
  #closed = false;

  constructor(parts: DialerParts) {
    this.#parts = parts;
    this.#transport = new Transport(parts.platform, parts.url, parts.choice);
  }

  get transport(): TransportName {
    return this.#transport.name;
  }

  get connection(): Connection | undefined {
    return this.#connection;
  }

  /**
   * A connection by the transport of the last time; where that does not come through, by the other.
   * @throws ClientError `unreachable`
   */
  async dial(): Promise<Connection> {
    try {
      return await this.#dialOnce();
    } catch (why) {
      const other = this.failed() ? await this.#dialOnce().catch(() => undefined) : undefined;
      if (other) return other;
      this.#transport.reset();
      throw why;
    }
  }

  /** Nothing comes through. True when the other transport is worth a try. */
  failed(): boolean {
    return !this.#closed && this.#transport.failed();
  }

  /** The connection is of use: from now on a better transport is looked for. */
  up(): void {
    this.#transport.up((socket) => this.events.emit("better", socket));
  }

  /** A connection over that WebSocket. Nothing is heard any more of the one before, which is returned too. */
  over(socket: SocketPort): readonly [connection: Connection, before: Connection | undefined] {
    const before = this.#connection;
    before?.events.removeAllListeners();
    this.#transport.switched();
    const connection = this.#new(() => socket);
    socket.onopen?.();
    return [connection, before];
  }

  /** Ends the connection on purpose; another may be dialled. */
  drop(): void {
    this.#connection?.close();
  }

  close(): void {
    this.#closed = true;
    this.#transport.down();
    this.drop();
  }

  #dialOnce(): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const connection = this.#new(() => this.#transport.open());
      connection.events.on("opened", () => resolve(connection));
      connection.events.on("lost", (why: ClientError) => reject(why));
    });
  }

  #new(open: () => SocketPort): Connection {
    const { platform, url, newId, seq } = this.#parts;
    const { patienceMs } = this.#transport;
    const connection = new Connection({ platform, url, newId, seq, patienceMs, open });
    this.#connection = connection;
    connection.events.on("fact", (fact) => this.events.emit("fact", fact));
    connection.events.on("answer", (answer) => this.events.emit("answer", answer));
    connection.events.on("alive", (told) => this.events.emit("alive", told));
    connection.events.on("lost", (_why, replaced) => {
      this.#connection = undefined;
      this.#transport.down();
      this.events.emit("lost", replaced);
    });
    return connection;
  }
}
