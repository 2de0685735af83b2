import type { Clock } from "../base/clock.ts";
import { isRecord } from "../base/json.ts";
import type { RefusalCode } from "../protocol/causes.ts";
import type { ClientFrame } from "../protocol/client-frame.ts";
import { readClientFrame, type BadFrame } from "../protocol/codec.ts";
import type { Refusal } from "../protocol/server-frame.ts";
import { Rate } from "./rate.ts";

export interface FrameReaderOwner {
  readonly clock: Clock;
  readonly framesPerSecond: number;
  /** The page is told; `counted` is for metrics. */
  refuse(refusal: Omit<Refusal, "type">, counted?: "unknown-type"): void;
  /** A frame could not be read, for the log. */
  bad(why: string): void;
  /** There were too many of those. */
  hopeless(why: string): void;
}

/** Malformed frames, and refused sign-ins, after which a connection is closed. */
const maxBadFrames = 5;

/** The first look at what one connection sends: what is malformed, unknown or too fast goes no further. */
export class FrameReader {
  readonly #owner: FrameReaderOwner;
  readonly #rate: Rate;
  #badFrames = 0;
  #saidGoodbye = false;

  constructor(owner: FrameReaderOwner) {
    this.#owner = owner;
    this.#rate = new Rate(owner.clock, owner.framesPerSecond, owner.framesPerSecond * 2);
  }

  /** `value` is JSON, already parsed. */
  read(value: unknown): ClientFrame | undefined {
    if (!this.#rate.take() && !this.#isGoodbye(value)) return this.#tooFast(value);
    const read = readClientFrame(value);
    if ("frame" in read) return read.frame;
    this.bad(read.bad, "bad-frame");
    return undefined;
  }

  bad({ re, text, unknownType }: BadFrame, code: RefusalCode): void {
    const request = re === undefined ? {} : { re };
    // A newer client may say more than we know: refused and counted, never punished.
    if (unknownType !== undefined) return this.#owner.refuse({ ...request, code: "unsupported", text }, "unknown-type");
    this.#owner.bad(text);
    this.#owner.refuse({ ...request, code, text });
    this.count("bad frames");
  }

  /** One more that counts as malformed. */
  count(why: string): void {
    this.#badFrames += 1;
    if (this.#badFrames === maxBadFrames) this.#owner.hopeless(why);
  }

  /** Whoever was too fast may still go, once: else the session would wait for a page that never comes back. */
  #isGoodbye(value: unknown): boolean {
    if (this.#saidGoodbye || !isRecord(value) || value.type !== "session.close") return false;
    return (this.#saidGoodbye = true);
  }

  #tooFast(value: unknown): undefined {
    const id = typeof value === "object" && value !== null && "id" in value ? value.id : undefined;
    const text = "Too many frames. Slow down.";
    const re = typeof id === "string" ? { re: id.slice(0, 64) } : {};
    this.#owner.refuse({ ...re, code: "rate-limited", text, retryAfterMs: this.#rate.retryAfterMs });
  }
}
