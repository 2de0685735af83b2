import type { Socket } from "node:net";
import { afterReading, type Clock } from "../../base/clock.ts";
import { Emitter } from "../../base/emitter.ts";
import { uuid } from "../../base/ids.ts";
import type { Owner } from "../dialog/owner.ts";
import { type Frame, FrameDecoder, parseFrame, printFrame } from "./frame.ts";
import type { WatchedLink } from "./link-watch.ts";

export interface ControlLinkEvents {
  frame: [Frame];
  closed: [];
}

/** An application that reads nothing for that many bytes is gone. */
const maxUnsentBytes = 64 << 20;

/** One connected application. */
export class ControlLink implements Owner, WatchedLink {
  readonly events = new Emitter<ControlLinkEvents>();
  /** True once the application gave the secret. */
  authenticated = false;
  tags: readonly string[] = [];
  readonly #socket: Socket;
  readonly #decoder = new FrameDecoder();
  #connected = true;
  #corked = false;
  readonly #clock: Clock;
  readonly openedAt: number;
  #heardAt: number;
  #pingedAt: number;
  #pingMs: number | undefined;
  #stuckSince: number | undefined;

  constructor(socket: Socket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    this.openedAt = this.#heardAt = this.#pingedAt = clock.monotonic();
    socket.setNoDelay(true).setKeepAlive(true);
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", () => {});
    socket.on("drain", () => (this.#stuckSince = undefined));
    socket.on("close", () => this.#gone());
  }

  get connected(): boolean {
    return this.#connected;
  }

  get heardAt(): number {
    return this.#heardAt;
  }

  get pingMs(): number | undefined {
    return this.#pingMs;
  }

  get stuckSince(): number | undefined {
    return this.#stuckSince;
  }

  /** A ping came: the next one is expected after as much time. */
  pinged(): void {
    const now = this.#clock.monotonic();
    this.#pingMs = now - this.#pingedAt;
    this.#pingedAt = now;
  }

  /** Sends a frame of a new id; the type is the first field. */
  send(fields: string, sip?: Buffer): void {
    this.#write(printFrame(`${uuid()}|${fields}`, sip));
  }

  /** Answers a frame. */
  answer(frame: Frame, fields: string, sip?: Buffer): void {
    this.send(`response|${frame.id}|${fields}`, sip);
  }

  /** Says why, and closes. */
  refuse(frame: Frame, reason: string): void {
    this.answer(frame, `NO|${reason}`);
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
    this.#gone();
  }

  #receive(chunk: Buffer): void {
    this.#heardAt = this.#clock.monotonic();
    try {
      for (const payload of this.#decoder.push(chunk)) if (this.#connected) this.#frame(payload);
    } catch {
      this.destroy();
    }
  }

  #frame(payload: Buffer): void {
    const frame = parseFrame(payload);
    if (frame) return this.events.emit("frame", frame);
    this.refuse({ id: "", type: "", fields: [], sip: undefined }, "Invalid message format");
  }

  /** Frames of one turn of the event loop leave in one segment. */
  #write(parts: Buffer[]): void {
    if (!this.#connected) return;
    if (!this.#corked) {
      this.#corked = true;
      this.#socket.cork();
      afterReading(() => {
        this.#corked = false;
        this.#socket.uncork();
      });
    }
    for (const part of parts) if (!this.#socket.write(part)) this.#stuckSince ??= this.#clock.monotonic();
    if (this.#socket.writableLength > maxUnsentBytes) this.destroy();
  }

  #gone(): void {
    if (!this.#connected) return;
    this.#connected = false;
    this.events.emit("closed");
  }
}
