import { connect, type Socket } from "node:net";
import { WebSocket } from "ws";
import { until } from "./until.ts";

/** A connection to the SIP server on which anything may be said. */
export class RawConnection {
  /** Everything that came, as text. */
  heard = "";
  closed = false;
  readonly #write: (bytes: string | Buffer) => void;
  readonly #destroy: () => void;

  private constructor(write: (bytes: string | Buffer) => void, destroy: () => void) {
    this.#write = write;
    this.#destroy = destroy;
  }

  static async tcp(port: number): Promise<RawConnection> {
    const socket: Socket = connect({ port, host: "127.0.0.1", noDelay: true });
    const connection = new RawConnection(
      (bytes) => void socket.write(bytes),
      () => socket.destroy(),
    );
    return connection.#ready(socket, "connect", "data");
  }

  /** A binary frame when it is given bytes. */
  static async webSocket(port: number): Promise<RawConnection> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, ["sip"]);
    const connection = new RawConnection(
      (bytes) => socket.send(bytes),
      () => socket.terminate(),
    );
    return connection.#ready(socket, "open", "message");
  }

  send(bytes: string | Buffer): void {
    this.#write(bytes);
  }

  /** Waits until this was heard. */
  async hears(pattern: RegExp, withinMs = 3000): Promise<void> {
    await until(`${pattern} in ${this.heard}`, () => pattern.test(this.heard), withinMs);
  }

  /** Waits until the other side has closed it. */
  async lost(withinMs = 3000): Promise<void> {
    await until(`the connection's end (heard ${this.heard})`, () => this.closed, withinMs);
  }

  async close(): Promise<void> {
    this.#destroy();
    await this.lost();
  }

  /** Opened; from now on it listens. */
  #ready(socket: Socket | WebSocket, open: string, data: string): Promise<RawConnection> {
    // Both are event emitters whose overloads have nothing in common.
    const events: NodeJS.EventEmitter = socket;
    events.on(data, (bytes: Buffer) => (this.heard += bytes.toString("utf8")));
    events.on("close", () => (this.closed = true));
    return new Promise((resolve, reject) => {
      events.on("error", reject);
      events.once(open, () => resolve(this));
    });
  }
}
