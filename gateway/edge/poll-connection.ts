import { afterReading, type Clock, type Timer } from "../base/clock.ts";
import { parseJson } from "../base/json.ts";
import type { ServerFrame } from "../protocol/server-frame.ts";
import { closing, limits } from "../protocol/version.ts";
import type { Departure, SessionSocket } from "../session/socket.ts";
import type { EdgeSession } from "./websocket.ts";

export interface PollConnectionParts {
  readonly who: Omit<SessionSocket, "send" | "close">;
  readonly clock: Clock;
  /** Milliseconds. */
  readonly signInTimeout: number;
  open(socket: SessionSocket): EdgeSession;
  /** It is over, and holds nothing any more. */
  closed(): void;
}

/** What a waiting browser is answered: frames, a line each, or that the connection is closed, and by which code. */
export interface Received {
  readonly frames: string;
  readonly closed?: number;
}

/** How long a browser waits for frames before it is answered without any: proxies cut what takes a minute. Milliseconds. */
const holdMs = 20_000;
/** A browser that does not ask for frames for so long is gone: milliseconds. */
const idleMs = 8_000;
/** What it has not fetched is let go, with the connection, before it fills our memory: bytes. */
const maxUnsent = 1_048_576;
/** RFC 6455 7.4: the codes of WebSocket stand for the same here. */
const closeCodes = { gone: 1006, signIn: 4408 } as const;

/** One connection by long polling. */
export class PollConnection {
  readonly #parts: PollConnectionParts;
  readonly #session: EdgeSession;
  readonly #signIn: Timer;
  #frames: string[] = [];
  #bytes = 0;
  /** How often it was answered, and by what the last time. */
  #turn = 0;
  #last = "";
  #waiting: ((received: Received) => void) | undefined;
  /** While somebody waits: when that is enough. Else: when nobody will come any more. */
  #timer: Timer | undefined;
  #flushing = false;
  #closeCode: number | undefined;
  #over = false;

  constructor(parts: PollConnectionParts) {
    this.#parts = parts;
    const { clock, signInTimeout, who } = parts;
    this.#session = parts.open({
      ...who,
      send: (frame, text) => this.#send(frame, text),
      close: (code) => this.#close(code),
    });
    this.#signIn = clock.after(signInTimeout, () => {
      if (!this.#session.identity) this.#close(closeCodes.signIn);
    });
    this.#await();
  }

  /** A frame of the browser. */
  frame(text: string): void {
    if (this.#over || this.#closeCode !== undefined) return;
    if (text.length > limits.frame) return this.#session.receiveGarbage("too-large", "The frame is too large.");
    let value: unknown;
    try {
      value = parseJson(text, (read): read is unknown => read !== undefined);
    } catch {
      return this.#session.receiveGarbage("bad-frame", "The frame is not JSON.");
    }
    this.#session.receive(value);
  }

  /**
   * Resolves with the next frames. `turn` counts the answers that the browser has had, from 0: browsers send a request
   * again by themselves when its connection breaks, and one that was answered already is then
   * answered by the same. `onAbort` tells when the browser does not wait any longer.
   */
  receive(turn: number, onAbort: (gone: () => void) => void): Promise<Received> {
    if (turn === this.#turn - 1 && !this.#over) return Promise.resolve({ frames: this.#last });
    if (turn !== this.#turn) this.#end("lost");
    if (this.#over) return Promise.resolve({ frames: "", closed: closeCodes.gone });
    return new Promise((resolve) => {
      this.#waiting?.({ frames: "" });
      this.#waiting = resolve;
      onAbort(() => this.#waiting === resolve && this.#unwait());
      this.#timer?.cancel();
      this.#timer = this.#parts.clock.after(holdMs, () => this.#answer());
      if (this.#frames.length > 0 || this.#closeCode !== undefined) this.#answer();
    });
  }

  /** The browser says goodbye; `code` as for WebSocket. */
  left(code: number): void {
    this.#end(code === closing.lost ? "lost" : "left");
  }

  /** The gateway ends it now. */
  end(): void {
    this.#closeCode ??= closeCodes.gone;
    this.#answer();
    this.#end("lost");
  }

  #send(frame: ServerFrame, text = JSON.stringify(frame)): void {
    if (this.#over || this.#closeCode !== undefined) return;
    this.#frames.push(text);
    this.#bytes += Buffer.byteLength(text);
    if (this.#bytes > maxUnsent) return this.#end("lost");
    if (this.#flushing) return;
    this.#flushing = true;
    // What belongs together comes together.
    afterReading(() => {
      this.#flushing = false;
      if (this.#waiting) this.#answer();
    });
  }

  /** What was sent before is fetched first. */
  #close(code: number): void {
    this.#closeCode ??= code;
    if (this.#waiting) this.#answer();
  }

  /** To who waits: all that there is. */
  #answer(): void {
    const answer = this.#waiting;
    if (!answer) return;
    const frames = this.#frames.splice(0).join("\n");
    this.#bytes = 0;
    this.#last = frames;
    this.#turn += 1;
    this.#unwait();
    const closed = frames === "" ? this.#closeCode : undefined;
    answer({ frames, ...(closed !== undefined && { closed }) });
    if (closed !== undefined) this.#end("left");
  }

  #unwait(): void {
    this.#waiting = undefined;
    if (!this.#over) this.#await();
  }

  #await(): void {
    this.#timer?.cancel();
    this.#timer = this.#parts.clock.after(idleMs, () => this.#end("lost"));
  }

  #end(how: Departure): void {
    if (this.#over) return;
    this.#over = true;
    this.#signIn.cancel();
    this.#timer?.cancel();
    this.#waiting?.({ frames: "", closed: this.#closeCode ?? closeCodes.gone });
    this.#waiting = undefined;
    this.#frames = [];
    this.#last = "";
    this.#session.disconnected(how);
    this.#parts.closed();
  }
}
