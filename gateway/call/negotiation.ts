/**
 * Offer and answer between two legs after the call is up (RFC 3264 4, RFC 6337 5): one exchange at a time, an
 * offer that meets another is refused with glare. Pure: the call keeps the value.
 *
 *   stable ──offer of X──► offering(Y must answer) ──answer──► stable
 *   stable ──X asks for an offer──► asking(Y must offer) ──offer──► confirming(X must answer) ──answer──► stable
 */
export type Side = "caller" | "callee";

export type Negotiation =
  | { readonly phase: "stable" }
  /** `by` offered; the other side's answer is awaited. */
  | { readonly phase: "offering"; readonly by: Side }
  /** `by` wants an offer; the other side was asked for one. */
  | { readonly phase: "asking"; readonly by: Side }
  /** `by` was given the other side's offer; its answer is awaited. */
  | { readonly phase: "confirming"; readonly by: Side };

export const stable: Negotiation = { phase: "stable" };

export const otherSide = (side: Side): Side => (side === "caller" ? "callee" : "caller");

export type NegotiationInput =
  | { readonly side: Side; readonly got: "offer" | "empty-offer" }
  | { readonly side: Side; readonly got: "answer" | "refusal" };

/** What follows: pass the description on, refuse with glare (491), or drop it as meaningless. */
export interface NegotiationStep {
  readonly next: Negotiation;
  readonly act:
    "pass-offer" | "pass-answer" | "ask" | "pass-late-offer" | "pass-late-answer" | "pass-refusal" | "glare" | "drop";
}

export function negotiate(now: Negotiation, { side, got }: NegotiationInput): NegotiationStep {
  if (got === "refusal") return refused(now, side);
  if (got === "answer") return answered(now, side);
  if (now.phase !== "stable") return { next: now, act: "glare" }; // RFC 3261 14.2: 491
  return got === "offer"
    ? { next: { phase: "offering", by: side }, act: "pass-offer" }
    : { next: { phase: "asking", by: side }, act: "ask" };
}

function answered(now: Negotiation, side: Side): NegotiationStep {
  if (now.phase === "offering" && side !== now.by) return { next: stable, act: "pass-answer" };
  if (now.phase === "asking" && side !== now.by) {
    return { next: { phase: "confirming", by: now.by }, act: "pass-late-offer" };
  }
  if (now.phase === "confirming" && side === now.by) return { next: stable, act: "pass-late-answer" };
  return { next: now, act: "drop" };
}

function refused(now: Negotiation, side: Side): NegotiationStep {
  const awaited = (now.phase === "offering" || now.phase === "asking") && side !== now.by;
  return awaited ? { next: stable, act: "pass-refusal" } : { next: now, act: "drop" };
}
