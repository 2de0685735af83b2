import assert from "node:assert/strict";
import { silentLogger } from "../../gateway/base/log.ts";
import { Call, type CallOutcome, type CallParts } from "../../gateway/call/call.ts";
import type { CallJournal } from "../../gateway/call/journal.ts";
import type { CallId, Description, Leg } from "../../gateway/call/leg.ts";
import { MediaFacts } from "../../gateway/call/media-facts.ts";
import { FakeLeg } from "./fake-leg.ts";
import { FakeRelay } from "./fake-relay.ts";
import { settled } from "./settled.ts";
import { VirtualClock } from "./virtual-clock.ts";

export const offer = (sdp: string): Description => ({ kind: "offer", sdp, generation: 1 });
export const answer = (sdp: string): Description => ({ kind: "answer", sdp, generation: 1 });

export const ringTimeout = 60_000;

/** A call between legs that the test plays, with media and time that it turns. */
export class CallRig {
  readonly clock = new VirtualClock();
  readonly relay = new FakeRelay();
  readonly caller: FakeLeg;
  readonly call: Call;
  readonly outcomes: CallOutcome[] = [];
  /** What redirection leads to. */
  redirect: CallParts["redirect"] = async () => ({ code: "redirected" });

  constructor(options: { caller?: FakeLeg; offer?: Description | null; journal?: CallJournal } = {}) {
    this.caller = options.caller ?? new FakeLeg("caller", "web");
    this.call = new Call(
      { callId: "call" as CallId, reference: "K7F3QM", from: this.caller.party },
      this.caller,
      options.offer === null ? undefined : (options.offer ?? offer("caller offer ")),
      {
        relay: this.relay,
        facts: new MediaFacts(this.relay),
        clock: this.clock,
        log: silentLogger,
        settings: { ringTimeout },
        ...(options.journal && { journal: options.journal }),
        redirect: (...args) => this.redirect(...args),
      },
    );
    this.call.on("ended", (outcome) => this.outcomes.push(outcome));
  }

  async ring(...legs: readonly Leg[]): Promise<void> {
    this.call.ring(legs);
    await settled();
  }

  /** A call that is up with `callee`. */
  static async connected(callee: FakeLeg): Promise<CallRig> {
    const rig = new CallRig();
    await rig.ring(callee);
    callee.fact({ is: "answered", description: answer("callee answer ") });
    await settled();
    assert.equal(rig.call.state, "connected");
    return rig;
  }

  get outcome(): CallOutcome {
    const [outcome, ...more] = this.outcomes;
    assert.ok(outcome, `the call has not ended, it is ${this.call.state}`);
    assert.equal(more.length, 0, "the call ended twice");
    return outcome;
  }

  /** The call is over, told everybody, and holds nothing any more: no timer, no relay session, no leg. */
  assertReleased(...legs: readonly FakeLeg[]): void {
    assert.equal(this.call.state, "ended");
    assert.equal(this.outcomes.length, 1, "ended is told once");
    assert.equal(this.clock.pending, 0, "timers");
    assert.equal(this.relay.sessions, 0, "relay sessions");
    for (const leg of [this.caller, ...legs]) assert.equal(leg.heard, false, `${leg.id} is still listened to`);
  }
}
