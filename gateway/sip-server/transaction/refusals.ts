import { createHash } from "node:crypto";
import type { Clock } from "../../base/clock.ts";
import type { Envelope } from "../../sip-syntax/envelope.ts";
import { printMessage, type SipRequest } from "../../sip-syntax/message.ts";
import type { Arrival } from "../transport/flow.ts";
import { bareResponse } from "./bare-response.ts";

/** Why a new request is not taken, and when it may be sent again. */
export interface Refusal {
  readonly why: string;
  readonly retryAfterS: number;
}

/** Decides about requests outside dialogs; undefined: it is taken. */
export type Gate = (request: SipRequest) => Refusal | undefined;

const maxRemembered = 20_000;

/**
 * Refuses requests without a transaction (RFC 3261 8.2.7), so that a refusal costs next to nothing. What was refused
 * stays so when it is sent again: its sender has got one 503 already and does not wait for a call any more.
 */
export class Refusals {
  readonly #clock: Clock;
  readonly #rememberMs: number;
  #young = new Map<string, Refusal>();
  #old = new Map<string, Refusal>();
  #turned: number;

  /** `rememberMs`: for how long a request may be repeated. */
  constructor(clock: Clock, rememberMs: number) {
    this.#clock = clock;
    this.#rememberMs = rememberMs;
    this.#turned = clock.monotonic();
  }

  /** The refusal of a request that was refused before. */
  earlier(key: string): Refusal | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  /** Answers with 503 (RFC 3261 21.5.4). */
  refuse(key: string, arrival: Arrival, request: SipRequest, refusal: Refusal): void {
    this.#remember(key, refusal);
    const response = bareResponse(request, 503, "Service Unavailable", tagFor(key));
    response.headers.add("Retry-After", String(refusal.retryAfterS));
    response.headers.add("Content-Length", "0");
    arrival.flow.send(printMessage(response), () => {});
  }

  #remember(key: string, refusal: Refusal): void {
    const now = this.#clock.monotonic();
    if (now - this.#turned > this.#rememberMs || this.#young.size >= maxRemembered) {
      [this.#old, this.#young, this.#turned] = [this.#young, new Map(), now];
    }
    this.#young.set(key, refusal);
  }
}

/** RFC 3261 8.2.7: the same tag for each copy of the request. */
function tagFor(key: string): string {
  return createHash("sha1").update(key).digest("hex").slice(0, 16);
}

/** True for a request that the gate is asked about. */
export function isNewcomer(request: SipRequest, envelope: Envelope): boolean {
  return envelope.toTag === undefined && request.method !== "CANCEL" && request.method !== "ACK";
}
