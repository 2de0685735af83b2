import assert from "node:assert/strict";
import { Emitter } from "../../../gateway/base/emitter.ts";
import type { CallEvents } from "../../../gateway/call/call.ts";
import type { Cause } from "../../../gateway/call/cause.ts";
import { GuestPass } from "../../../gateway/session/guest-pass.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

class FakeCall extends Emitter<CallEvents> {
  readonly closed: Cause[] = [];

  close(cause: Cause): void {
    this.closed.push(cause);
    this.emit("ended", { cause, by: "system", durationMs: 0 });
  }
}

function stage() {
  const clock = new VirtualClock();
  const limits = { targets: ["user:bob@a.example"], callsPerMinute: 9, callsAtOnce: 9, longestCall: 60_000 };
  const pass = new GuestPass(limits, clock, () => {});
  const call = new FakeCall();
  pass.follow(call);
  return { clock, pass, call };
}

describe("a guest's call", () => {
  it("is ended when it has lasted as long as it may, counted from its answer", () => {
    const { clock, pass, call } = stage();
    clock.advance(30_000);
    call.emit("connected");
    clock.advance(59_999);
    assert.deepEqual(call.closed, []);
    clock.advance(1);
    assert.deepEqual(call.closed, [{ code: "time-limit" }]);
    assert.deepEqual([pass.calls, clock.pending], [0, 0]);
  });

  it("leaves nothing when it ends before", () => {
    const { clock, pass, call } = stage();
    call.emit("connected");
    assert.equal(pass.calls, 1);
    call.emit("ended", { cause: { code: "normal" }, by: "caller", durationMs: 5 });
    assert.deepEqual([pass.calls, clock.pending], [0, 0]);
  });
});
