import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A network between a page and the gateway that fails when a test says so. */
export class CuttingProxy {
  /** Connections whose first bytes ask for a WebSocket are ended. */
  blocksWebSocket = false;
  /** Nothing new comes through. */
  down = false;
  /** WebSockets that were let through. */
  webSockets = 0;
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  /** TCP port of this machine to which new connections go. */
  target: number;

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.target = target;
    server.on("connection", (near) => this.#accept(near));
  }

  /** To `target`, a TCP port of this machine. */
  static async open(target: number): Promise<CuttingProxy> {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return new CuttingProxy(server, target);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends all connections without a word. */
  cut(): void {
    for (const [near, far] of this.#pairs) {
      near.destroy();
      far.destroy();
    }
  }

  /** From now on nothing passes on the connections that are open, and nobody is told. */
  freeze(): void {
    for (const pair of this.#pairs)
      for (const socket of pair) {
        socket.unpipe();
        socket.pause();
      }
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((closed) => this.#server.close(closed));
  }

  #accept(near: Socket): void {
    near.on("error", () => near.destroy());
    if (this.down) return void near.destroy();
    near.once("data", (first: Buffer) => this.#join(near, first));
  }

  #join(near: Socket, first: Buffer): void {
    const upgrade = /^upgrade: *websocket/im.test(String(first));
    if (upgrade && this.blocksWebSocket) return void near.destroy();
    if (upgrade) this.webSockets += 1;
    const far = connect(this.target, "127.0.0.1");
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    far.on("error", () => far.destroy());
    far.write(first);
    near.pipe(far).pipe(near);
    const gone = (): void => {
      this.#pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    near.once("close", gone);
    far.once("close", gone);
  }
}
