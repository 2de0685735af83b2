import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { openAnswering } from "../contract/sip-server/answering-application.ts";
import type { Application } from "../contract/sip-server/application.ts";
import { type RunningSipServer, startSipServer } from "../support/sip-server.ts";
import { SipUa } from "../support/sip-ua.ts";
import { cut } from "./mutate.ts";
import type { Random } from "./random.ts";
import { controlSeeds, sipSeeds, streamSeeds, webSocketSeeds } from "./seeds.ts";
import { inputOf } from "./targets.ts";

const upgrade =
  "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
  "Sec-WebSocket-Protocol: sip\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
const secretFrame = "20#0|authenticate|cymru";
const openAtOnce = 20;

/** A running server that is sent mutated messages by every way that leads into it. */
export class LiveFuzz {
  readonly tried = { UDP: 0, TCP: 0, WebSocket: 0, control: 0 };
  readonly #server: RunningSipServer;
  readonly #app: Application;
  readonly #ua: SipUa;
  readonly #sockets = new Set<Socket>();
  #number = 0;

  private constructor(server: RunningSipServer, app: Application, ua: SipUa) {
    this.#server = server;
    this.#app = app;
    this.#ua = ua;
  }

  static async start(): Promise<LiveFuzz> {
    // Bound to loopback, what it is made to send goes nowhere else; names are asked of nobody.
    const args = ["--half-message-timeout", "300", "--silent-timeout", "2000", "--dns", "127.0.0.1:9"];
    const server = await startSipServer({
      t1: 5,
      args: [...args, "--orphan-timeout", "200", "--unanswered-timeout", "200"],
    });
    const methods = "invite options register message info subscribe notify publish refer bye update prack";
    return new LiveFuzz(server, await openAnswering(server, ...methods.split(" ")), await SipUa.open("alice"));
  }

  /** Resident memory of the server in MB. */
  get memory(): number {
    const status = readFileSync(`/proc/${this.#server.pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
  }

  /** Sends a few dozen inputs, and then an honest request that must be answered. */
  async turn(seed: number): Promise<void> {
    for (let count = 0; count < 40; count++) {
      const [bytes] = inputOf({ seeds: sipSeeds }, seed, this.#number++);
      this.#ua.raw(bytes, this.#udp);
      this.tried.UDP++;
    }
    for (let count = 0; count < 4; count++) this.#streams(seed);
    for (const socket of [...this.#sockets].slice(0, -openAtOnce)) this.#drop(socket);
    await this.#isServed();
  }

  /** Ends all; rejects when anything of the server is left, or was not caught. */
  async end(): Promise<void> {
    for (const socket of this.#sockets) this.#drop(socket);
    this.#app.close();
    await this.#ua.close();
    try {
      await this.#server.drained(30_000);
      assert.equal(this.faults, "");
    } finally {
      assert.equal(await this.#server.stop(), 0);
    }
  }

  /** What nobody in the server caught. */
  get faults(): string {
    return this.#server
      .log()
      .split("\n")
      .filter((line) => /unexpected fault|frame failed/.test(line))
      .join("\n");
  }

  get #udp() {
    return { address: "127.0.0.1", port: this.#server.sip.udp ?? 0 };
  }

  #streams(seed: number): void {
    const { sip, control } = this.#server;
    this.#send(sip.tcp ?? 0, "", inputOf({ seeds: streamSeeds }, seed, this.#number++), "TCP");
    this.#send(sip.ws ?? 0, upgrade, inputOf({ seeds: webSocketSeeds }, seed, this.#number++), "WebSocket");
    this.#send(control.port, secretFrame, inputOf({ seeds: controlSeeds }, seed, this.#number++), "control");
  }

  #send(port: number, first: string, [bytes, random]: [Buffer, Random], kind: keyof LiveFuzz["tried"]): void {
    const socket = connect(port, "127.0.0.1");
    this.#sockets.add(socket);
    socket.on("error", () => {}).on("data", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
    socket.setNoDelay(true).write(first);
    for (const piece of cut(bytes, random)) socket.write(piece);
    this.tried[kind]++;
  }

  #drop(socket: Socket): void {
    this.#sockets.delete(socket);
    socket.destroy();
  }

  async #isServed(): Promise<void> {
    this.#ua.messages.length = 0;
    const dialog = this.#ua.dialog(`sip:bob@127.0.0.1:${this.#udp.port}`, this.#udp);
    for (let tries = 0; ; tries++) {
      this.#ua.send(dialog, "OPTIONS", { cseq: 1, branch: `z9hG4bK${dialog.callId}` });
      try {
        assert.ok((await this.#ua.final(dialog, "OPTIONS", 500)).status >= 200);
        return;
      } catch (fault) {
        if (tries === 10)
          throw new Error(`the server answers no more: ${this.#server.log().slice(-2000)}`, { cause: fault });
      }
    }
  }
}
