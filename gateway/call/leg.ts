import type { Brand } from "../base/ids.ts";
import type { CodecPolicy, Description, LegKind } from "../media/relay.ts";
import type { Cause } from "./cause.ts";
import type { WireListener } from "./wire.ts";

export type { CodecPolicy, Description, LegKind } from "../media/relay.ts";

export type CallId = Brand<string, "CallId">;
/** Constant for the life of a leg, and the relay's tag for it. */
export type LegId = Brand<string, "LegId">;

/** Where a call goes or comes from. */
export type Address = { readonly user: string } | { readonly tel: string } | { readonly sip: string };

/** Who stands behind a leg. `user` is `name@domain` when it is one of ours. */
export interface Party {
  readonly address: Address;
  readonly name?: string;
  readonly user?: string;
}

/** What a call asks of a leg. Values only: a leg may live on another node. */
export type LegCommand =
  /** Ring; the first command of a called leg. Without a description the far end is asked for an offer. */
  | { readonly do: "offer"; readonly description?: Description; readonly call: OfferedCall }
  /** Tell the calling far end that somebody rings. */
  | { readonly do: "ringing" }
  /** Let the calling far end hear what the network plays. */
  | { readonly do: "early"; readonly description: Description }
  /** The called side answered; an offer when the caller sent none. */
  | { readonly do: "answer"; readonly description: Description }
  /** The called side answered, and here is what a leg that answered with an offer waits for. */
  | { readonly do: "confirm"; readonly description?: Description }
  /** A new offer of the other side; without a description the leg is asked for one. */
  | { readonly do: "update"; readonly description?: Description; readonly remoteHold: boolean }
  /** The other side's answer to the leg's own `update`; an offer when that came without one. */
  | { readonly do: "updated"; readonly description: Description }
  /** The answer to the leg's own `renewed`. */
  | { readonly do: "renewed"; readonly description: Description }
  /** Its `update` or `renewed` cannot be. */
  | { readonly do: "refuse-update"; readonly cause: Cause }
  /** The other side pressed a key; media carries it too, this is for show. */
  | { readonly do: "digit"; readonly digit: string; readonly durationMs: number }
  /** `by`: whose act it was, seen from this leg. */
  | { readonly do: "end"; readonly cause: Cause; readonly by: "remote" | "system" };

/** What a called leg is told about the call. */
export interface OfferedCall {
  readonly callId: string;
  readonly reference: string;
  readonly from: Party;
  readonly data?: unknown;
  /** How many more servers it may pass, where its caller said so (RFC 7332): two that forward to each other end so. */
  readonly hops?: number;
}

/** What happened on a leg's far side. Values only. */
export type LegFact =
  | { readonly is: "ringing" }
  | { readonly is: "early"; readonly description: Description }
  /** With an answer, an offer (late offer), or nothing when an early description stands. */
  | { readonly is: "answered"; readonly description?: Description }
  /** The far end of a calling leg took note of our `answer` (RFC 3261: ACK); with its answer when we offered. */
  | { readonly is: "confirmed"; readonly description?: Description }
  /** A new offer; without a description the far end asks for one. */
  | { readonly is: "update"; readonly description?: Description }
  /** The answer to our `update`; an offer when we asked for one. */
  | { readonly is: "updated"; readonly description: Description }
  | { readonly is: "update-refused"; readonly cause: Cause }
  /** The far end sends nothing and hears nothing for a while: its page was left, and may come back. */
  | { readonly is: "away" }
  /** It is there again. */
  | { readonly is: "back" }
  /** Its media endpoint is another one from now on, with this offer; the other side is told nothing. */
  | { readonly is: "renewed"; readonly description: Description }
  | { readonly is: "digits"; readonly digits: string; readonly durationMs: number }
  /** A called leg wants the call elsewhere (RFC 3261 8.1.3.4). It has ended. */
  | { readonly is: "redirected"; readonly targets: readonly string[]; readonly sip: number }
  /** The last fact of a leg. It is not commanded any more. */
  | { readonly is: "ended"; readonly cause: Cause };

/**
 * One side of a call. Commands return at once; a leg that is asked what its state does not allow ignores it.
 * Exactly one `ended` or `redirected` closes a leg, unless it was commanded to `end`.
 */
export interface Leg {
  readonly id: LegId;
  readonly kind: LegKind;
  readonly party: Party;
  /** What the relay should offer this leg (default: what the other side has). */
  readonly codecs?: CodecPolicy;
  command(command: LegCommand): void;
  /** Facts from now on; the returned function stops them. One listener: the call. */
  listen(listener: (fact: LegFact) => void): () => void;
  /** How its far side is spoken to; absent when that is a part of ours. */
  readonly wire?: "frames" | "sip";
  /** Our name of the network behind it, such as a trunk's. */
  readonly network?: string;
  /** Of a leg that was not commanded yet: its page has no connection just now, and may come back. */
  readonly away?: boolean;
  /** Of a calling leg: how many more servers its call may pass. */
  readonly hops?: number;
  /** Tells the journal what passes on the far side, from the first message to those after the leg's end. */
  observe?(listener: WireListener): void;
}
