import { randomInt } from "node:crypto";
import { bodyOf, withOrigin } from "../../sdp/origin.ts";
import type { RelayLegId } from "../relay.ts";

/** What one leg is told about who describes its session: a constant id, and a version that grows with each change. */
export class LegOrigin {
  readonly #sessionId = String(randomInt(1, 2 ** 47));
  #version = 0;
  #lastBody = "";

  /** The description under our own name (RFC 3264 8). */
  sign(sdp: string): string {
    const body = bodyOf(sdp);
    if (body !== this.#lastBody) this.#version++;
    this.#lastBody = body;
    return withOrigin(sdp, { sessionId: this.#sessionId, version: this.#version });
  }
}

/** Origins by leg, while a session holds them: a leg that passes from one session to another keeps its own. */
export class LegOrigins {
  readonly #held = new Map<RelayLegId, { readonly origin: LegOrigin; holders: number }>();

  /** Each `take` has its `release`. */
  take(leg: RelayLegId): LegOrigin {
    const held = this.#held.get(leg) ?? { origin: new LegOrigin(), holders: 0 };
    held.holders += 1;
    this.#held.set(leg, held);
    return held.origin;
  }

  release(leg: RelayLegId): void {
    const held = this.#held.get(leg);
    if (held && --held.holders === 0) this.#held.delete(leg);
  }

  get size(): number {
    return this.#held.size;
  }
}
