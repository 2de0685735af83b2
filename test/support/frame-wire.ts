import assert from "node:assert/strict";
import { WebSocket } from "ws";
import { subprotocol } from "../../gateway/protocol/version.ts";
import type { TestGateway } from "./gateway.ts";

export interface WireAnswer {
  readonly type: string;
  readonly code?: string;
  readonly text?: string;
  readonly retryAfterMs?: number;
  readonly [field: string]: unknown;
}

/** A page without a browser for many requests one after another, by either transport. */
export abstract class FrameWire {
  /** Events that came. */
  readonly events: WireAnswer[] = [];
  /** Resolves with the close code. */
  readonly over: Promise<number>;
  readonly #waiting = new Map<string, (answer: WireAnswer) => void>();
  #requests = 0;
  #end: (code: number) => void = () => {};
  #isOver = false;

  constructor() {
    this.over = new Promise((resolve) => (this.#end = resolve));
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves with `closed` when the gateway ends the connection instead. */
  request(type: string, fields: Readonly<Record<string, unknown>> = {}): Promise<WireAnswer> {
    if (this.#isOver) return Promise.resolve({ type: "closed" });
    const id = `r${++this.#requests}`;
    const answer = new Promise<WireAnswer>((resolve) => this.#waiting.set(id, resolve));
    this.send([JSON.stringify({ ...fields, type, id })]);
    return answer;
  }

  /** Lines that may or may not be frames. */
  abstract send(lines: readonly string[]): void;
  abstract drop(): void;

  protected came(text: string): void {
    const frame = JSON.parse(text) as WireAnswer & { readonly re?: string };
    const asked = this.#waiting.get(frame.re ?? "");
    if (!asked) return void this.events.push(frame);
    this.#waiting.delete(frame.re ?? "");
    asked(frame);
  }

  protected ended(code: number): void {
    this.#isOver = true;
    for (const answer of this.#waiting.values()) answer({ type: "closed" });
    this.#waiting.clear();
    this.#end(code);
  }
}

export class WebSocketWire extends FrameWire {
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.on("message", (data) => this.came(String(data)));
    socket.on("close", (code) => this.ended(code));
    socket.on("error", () => {});
  }

  static open(gateway: Pick<TestGateway, "wsUrl">): Promise<WebSocketWire> {
    const wire = new WebSocketWire(new WebSocket(gateway.wsUrl, subprotocol));
    return new Promise((resolve) => wire.#socket.once("open", () => resolve(wire)));
  }

  send(lines: readonly string[]): void {
    for (const line of lines) this.#socket.send(line);
  }

  drop(): void {
    this.#socket.close(1000);
  }
}

export class PollingWire extends FrameWire {
  readonly #url: string;
  readonly #abort = new AbortController();
  #id = "";

  private constructor(url: string) {
    super();
    this.#url = url;
  }

  static async open(gateway: Pick<TestGateway, "url">): Promise<PollingWire> {
    const wire = new PollingWire(`${gateway.url}/poll`);
    wire.#id = await (await wire.post("open", "")).text();
    void wire.#receive().catch(() => wire.ended(1006));
    return wire;
  }

  /** The secret that names the connection. */
  get id(): string {
    return this.#id;
  }

  send(lines: readonly string[]): void {
    void this.post("send", [this.#id, ...lines].join("\n")).catch(() => {});
  }

  post(what: string, body: string): Promise<Response> {
    const request = { method: "POST", headers: { "content-type": "text/plain" }, body, signal: this.#abort.signal };
    return fetch(`${this.#url}/${what}`, request);
  }

  drop(): void {
    void this.post("close", `${this.#id}\n1000`).then(
      () => this.#abort.abort(),
      () => {},
    );
  }

  async #receive(): Promise<void> {
    for (let turn = 0; ; turn++) {
      const answer = await this.post("receive", `${this.#id}\n${turn}`);
      const text = await answer.text();
      if (answer.status !== 200) return this.ended(Number(text));
      for (const line of text.split("\n")) if (line !== "") this.came(line);
    }
  }
}

/** Those that one test has open, by one transport. */
export class Wires {
  readonly #open = new Set<FrameWire>();
  readonly #gateway: () => TestGateway;
  readonly #transport: "WebSocket" | "polling";

  constructor(gateway: () => TestGateway, transport: "WebSocket" | "polling") {
    this.#gateway = gateway;
    this.#transport = transport;
  }

  /** Nobody has signed in on it. */
  async connected(): Promise<FrameWire> {
    const { open } = this.#transport === "polling" ? PollingWire : WebSocketWire;
    const wire = await open(this.#gateway());
    this.#open.add(wire);
    return wire;
  }

  async signedIn(user: string): Promise<FrameWire> {
    const wire = await this.connected();
    const answer = await wire.request("session.open", { user });
    assert.equal(answer.type, "session.opened", JSON.stringify(answer));
    return wire;
  }

  async leave(wire: FrameWire): Promise<void> {
    this.#open.delete(wire);
    if (!wire.isOver) await wire.request("session.close");
    wire.drop();
  }

  async leaveAll(): Promise<void> {
    await Promise.all([...this.#open].map((wire) => this.leave(wire)));
  }
}
