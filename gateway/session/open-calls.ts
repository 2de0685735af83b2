import type { Call } from "../call/call.ts";
import type { OpenCall } from "../protocol/rest/values.ts";
import type { CallRoute, Switchboard } from "../switchboard/switchboard.ts";
import { peerOf } from "./peer.ts";

/** The calls that are not over, by tenant: a call is of the domain it is made in, and of that of who is called. */
export class OpenCalls {
  readonly #calls = new Map<Call, CallRoute>();

  constructor(switchboard: Switchboard) {
    switchboard.on("started", (call, route) => this.#calls.set(call, route));
    switchboard.on("ended", (call) => this.#calls.delete(call));
  }

  /** Oldest first. */
  list(domain: string): readonly OpenCall[] {
    return this.#of(domain).map(([{ reference, state }, { at, from, target }]) => ({
      reference,
      state: state === "connected" ? "connected" : "ringing",
      from: peerOf(from),
      to: peerOf({ address: target }),
      at,
    }));
  }

  /** False when the domain has no such call. */
  end(domain: string, reference: string): boolean {
    const [call] = this.#of(domain).find(([one]) => one.reference === reference) ?? [];
    call?.close({ code: "normal" });
    return call !== undefined;
  }

  #of(domain: string): readonly (readonly [Call, CallRoute])[] {
    return [...this.#calls].filter(([, route]) => route.domain === domain || route.called?.domain === domain);
  }
}
