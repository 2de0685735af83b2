import type { Clock, Timer } from "../../gateway/base/clock.ts";
import { Emitter } from "../../gateway/base/emitter.ts";
import type { Json } from "../../gateway/base/json.ts";
import type { EndedBy, EndReason } from "../../gateway/protocol/causes.ts";
import type { ServerEvent } from "../../gateway/protocol/server-frame.ts";
import type { PeerInfo } from "../../gateway/protocol/values.ts";
import type { Behaviour } from "./behaviour.ts";

export interface FarCallEvents {
  /** The two are connected. */
  answered: [];
  /** Digits that the page pressed. */
  digits: [string];
  ended: [{ readonly by: EndedBy; readonly reason: EndReason }];
}

/** What a call is made of. Not for applications: calls come from the simulation. */
export interface FarCallParts {
  readonly id: string;
  readonly reference: string;
  readonly peer: PeerInfo;
  readonly data?: Json;
  readonly clock: Clock;
  /** False for a call without media of the page, which gets no description (`callMe`). */
  readonly media: boolean;
  tell(event: ServerEvent): void;
}

const description = { kind: "answer", sdp: "simulated", generation: 1 } as const;
const toneMs = 160;

/** Reasons that the far end gives itself; the others are the gateway's. */
const farReasons: readonly EndReason[] = ["normal", "busy", "declined", "no-answer", "cancelled"];

/** A call, seen from the far end: the test plays it. */
export class FarCall extends Emitter<FarCallEvents> {
  readonly id: string;
  readonly reference: string;
  readonly peer: PeerInfo;
  /** What the page sent along. */
  readonly data: Json | undefined;
  readonly #parts: FarCallParts;
  readonly #startedAt: number;
  #state: "ringing" | "connected" | "ended" = "ringing";
  #answeredAt: number | undefined;
  #timer: Timer | undefined;

  constructor(parts: FarCallParts) {
    super();
    this.#parts = parts;
    this.#startedAt = parts.clock.now();
    this.id = parts.id;
    this.reference = parts.reference;
    this.peer = parts.peer;
    this.data = parts.data;
  }

  get state(): "ringing" | "connected" | "ended" {
    return this.#state;
  }

  /** Milliseconds since the epoch. */
  get startedAt(): number {
    return this.#startedAt;
  }

  /** From answer to now, or to the end. */
  get durationMs(): number {
    return this.#answeredAt === undefined ? 0 : this.#parts.clock.now() - this.#answeredAt;
  }

  /** The page hears it ring. */
  ring(): void {
    if (this.#state === "ringing") this.#parts.tell({ type: "call.ringing", callId: this.id });
  }

  /** The far end takes the page's call. */
  answer(): void {
    if (this.#state !== "ringing") return;
    this.#connected();
    this.#parts.tell({ type: "call.answered", callId: this.id, ...(this.#parts.media && { description }) });
    this.emit("answered");
  }

  /** Keys that the far end presses: 0-9 * # A-D. */
  press(digits: string): void {
    if (this.#state !== "connected") return;
    for (const digit of digits) this.#parts.tell({ type: "call.dtmf", callId: this.id, digit, durationMs: toneMs });
  }

  /** The far end puts the page on hold, or takes it off. */
  hold(on = true): void {
    if (this.#state === "connected") this.#parts.tell({ type: "call.hold", callId: this.id, remote: on });
  }

  /** The far end hangs up, or the call fails for `reason`. */
  end(reason: EndReason = "normal"): void {
    this.over(farReasons.includes(reason) ? "remote" : "system", reason);
  }

  /** Does by itself what was asked of it. Not for applications. */
  play({ ringsAfter = 10, after = 10, then = "answer" }: Behaviour): void {
    const act = (): void => {
      if (then === "answer") this.answer();
      else if (then !== "wait") this.end(then);
    };
    const rang = (): void => {
      this.ring();
      this.#timer = this.#parts.clock.after(after, act);
    };
    this.#timer = this.#parts.clock.after(ringsAfter === false ? after : ringsAfter, ringsAfter === false ? act : rang);
  }

  /** The page took the call. Not for applications. */
  taken(): void {
    if (this.#state !== "ringing") return;
    this.#connected();
    this.#parts.tell({ type: "call.answered", callId: this.id });
    this.emit("answered");
  }

  /** The page pressed keys, and hears them again. Not for applications. */
  pressed(digits: string): void {
    this.emit("digits", digits);
    this.press(digits.replaceAll(",", ""));
  }

  /** The one body of every ending. Not for applications. */
  over(by: EndedBy, reason: EndReason): void {
    if (this.#state === "ended") return;
    this.#timer?.cancel();
    const durationMs = this.durationMs;
    this.#state = "ended";
    const text = `The simulated call ended: ${reason}.`;
    const { reference, id: callId } = this;
    this.#parts.tell({ type: "call.ended", callId, by, reason, text, reference, durationMs });
    this.emit("ended", { by, reason });
  }

  #connected(): void {
    this.#timer?.cancel();
    this.#state = "connected";
    this.#answeredAt = this.#parts.clock.now();
  }
}
