import assert from "node:assert/strict";
import { LinkWatch, type WatchedLink } from "../../../gateway/sip-server/wire/link-watch.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

class HeldClock extends VirtualClock {
  heldFor = 0;

  override monotonic(): number {
    return super.monotonic() + this.heldFor;
  }
}

describe("control link watch", () => {
  let clock: VirtualClock;
  let lost: string[];

  beforeEach(() => {
    clock = new VirtualClock();
    lost = [];
  });

  function watch(link: Partial<WatchedLink>): void {
    const now = clock.monotonic();
    const healthy = { authenticated: true, openedAt: now, heardAt: now, pingMs: undefined, stuckSince: undefined };
    new LinkWatch(clock, [{ ...healthy, destroy: () => {}, ...link }], (_, why) => lost.push(why));
  }

  it("leaves an application alone that never pinged", () => {
    watch({});
    clock.advance(3_600_000);
    assert.deepEqual(lost, []);
  });

  it("gives up one that misses three pings", () => {
    watch({ pingMs: 1000 });
    clock.advance(4_000);
    assert.deepEqual(lost, []);
    clock.advance(500);
    assert.deepEqual(lost, ["has stopped pinging"]);
  });

  it("gives up one that reads nothing, and one that never authenticates", () => {
    watch({ stuckSince: clock.monotonic() });
    watch({ authenticated: false });
    clock.advance(10_500);
    assert.deepEqual(lost, ["does not read", "does not authenticate"]);
  });

  it("does not judge right after it was held up itself", () => {
    const held = new HeldClock();
    clock = held;
    watch({ pingMs: 1000 });
    held.heldFor = 60_000;
    clock.advance(500);
    assert.deepEqual(lost, []);
    clock.advance(500);
    assert.deepEqual(lost, ["has stopped pinging"]);
  });
});
