import type { LegKind, Relay, RelaySession, RelaySide } from "../media/relay.ts";
import type { CallId, Leg } from "./leg.ts";
import type { MediaFact, MediaFacts } from "./media-facts.ts";

/**
 * The relay sessions of one call: while it rings one a kind of branch (web, RTP, SRTP), afterwards the winner's.
 * All branches of a kind share one relay side, so that the caller's description is offered once a kind.
 */
export class CallMedia {
  readonly #relay: Pick<Relay, "open" | "summary">;
  readonly #facts: MediaFacts;
  readonly #id: CallId;
  readonly #caller: Leg;
  readonly #onFact: (fact: MediaFact) => void;
  readonly #sessions = new Map<LegKind, { session: RelaySession; unwatch: () => void }>();

  constructor(
    id: CallId,
    caller: Leg,
    relay: Pick<Relay, "open" | "summary">,
    facts: MediaFacts,
    onFact: (fact: MediaFact) => void,
  ) {
    this.#id = id;
    this.#caller = caller;
    this.#relay = relay;
    this.#facts = facts;
    this.#onFact = onFact;
  }

  /** The session for branches of `kind`, opened when it is not there. @throws RelayError `no-relay` */
  session(kind: LegKind): RelaySession {
    const open = this.#sessions.get(kind);
    if (open) return open.session;
    const session = this.#relay.open({ id: `${this.#id}.${kind}` });
    this.#sessions.set(kind, { session, unwatch: this.#facts.watch(session.id, this.#onFact) });
    return session;
  }

  /** The relay's side for every branch of the leg's kind. */
  branchSide(leg: Leg): RelaySide {
    return { leg: `${this.#id}.${leg.kind}`, kind: leg.kind, ...(leg.codecs && { codecs: leg.codecs }) };
  }

  /** The relay's side for the leg that started the call. */
  callerSide(): RelaySide {
    const { id, kind, codecs } = this.#caller;
    return { leg: id, kind, ...(codecs && { codecs }) };
  }

  /** The caller's offer, as the branches of the leg's kind get it. */
  async offerToBranch(branch: Leg, sdp: string): Promise<string> {
    return this.session(branch.kind).offer(this.callerSide(), this.branchSide(branch), sdp);
  }

  /** A branch's answer, as the caller gets it; once more for each early one. */
  async answerToCaller(branch: Leg, sdp: string): Promise<string> {
    return this.session(branch.kind).answer(this.branchSide(branch), this.callerSide(), sdp);
  }

  /** A branch's own offer, for a caller that made none (RFC 3261 13.2.1). */
  async offerToCaller(branch: Leg, sdp: string): Promise<string> {
    return this.session(branch.kind).offer(this.branchSide(branch), this.callerSide(), sdp);
  }

  /** The caller's answer to that. */
  async answerToBranch(branch: Leg, sdp: string): Promise<string> {
    return this.session(branch.kind).answer(this.callerSide(), this.branchSide(branch), sdp);
  }

  /** Direction of a description, for hold. `sendrecv` when it cannot be read. */
  direction(sdp: string): string {
    try {
      return this.#relay.summary(sdp).direction;
    } catch {
      return "sendrecv";
    }
  }

  /** A branch of `kind` won: the other sessions are released. */
  keep(kind: LegKind): void {
    for (const other of [...this.#sessions.keys()]) if (other !== kind) this.#close(other);
  }

  close(): void {
    for (const kind of [...this.#sessions.keys()]) this.#close(kind);
  }

  #close(kind: LegKind): void {
    const open = this.#sessions.get(kind);
    this.#sessions.delete(kind);
    open?.unwatch();
    void open?.session.close();
  }
}
