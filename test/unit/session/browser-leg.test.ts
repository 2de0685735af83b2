import assert from "node:assert/strict";
import type { LegFact } from "../../../gateway/call/leg.ts";
import type { ServerEvent } from "../../../gateway/protocol/server-frame.ts";
import { BrowserLeg } from "../../../gateway/session/browser-leg.ts";
import { answer, offer } from "../../support/call-rig.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

/** A page that talks: what its leg told the call, and the page. */
function talking() {
  const facts: LegFact[] = [];
  const events: ServerEvent[] = [];
  const owner = {
    clock: new VirtualClock(),
    event: (event: ServerEvent) => void events.push(event),
    offered: () => {},
    closedLeg: () => {},
    connected: true,
    over: false,
  };
  const leg = new BrowserLeg({ address: { user: "alice@a.example" } }, "follow", owner);
  leg.listen((fact) => facts.push(fact));
  leg.started("c1", "K7F3QM", { target: { user: "bob@a.example" }, can: [] }, offer("v=0"));
  leg.command({ do: "answer", description: answer("v=0") });
  const hold = { do: "update", description: offer("hold"), remoteHold: true } as const;
  return { leg, facts, events, hold };
}

const pending = { code: "not-acceptable", sip: 491, text: "the page is being loaded" };

describe("a call whose page is being loaded", () => {
  it("refuses a change that the page has not answered, so that the far end tries again (RFC 3261 14.1)", () => {
    const { leg, facts, hold } = talking();
    leg.command(hold);
    assert.equal(leg.left(), true);
    assert.deepEqual(facts, [{ is: "update-refused", cause: pending }, { is: "away" }]);
  });

  it("refuses changes until it is renewed, and takes them then", async () => {
    const { leg, facts, events, hold } = talking();
    leg.left();
    leg.command(hold);
    leg.back(true);
    leg.command(hold);
    assert.deepEqual(
      facts.map(({ is }) => is),
      ["away", "update-refused", "back", "update-refused"],
    );
    const renewed = leg.renew(offer("new"));
    leg.command({ do: "renewed", description: answer("new") });
    assert.equal((await renewed)?.sdp, "new");
    assert.equal(leg.standing?.remoteHold, false);
    leg.command(hold);
    assert.equal(leg.standing?.remoteHold, true);
    assert.deepEqual([events.at(-2)?.type, events.at(-1)?.type], ["call.update", "call.hold"]);
  });

  it("goes on as it was when the same page is back", () => {
    const { leg, facts, events, hold } = talking();
    leg.left();
    leg.back(false);
    leg.command(hold);
    assert.deepEqual(
      facts.map(({ is }) => is),
      ["away", "back"],
    );
    assert.equal(events.at(-1)?.type, "call.hold");
  });

  it("is not renewed when it ends meanwhile", async () => {
    const { leg } = talking();
    leg.left();
    const renewed = leg.renew(offer("new"));
    leg.command({ do: "end", cause: { code: "normal" }, by: "remote" });
    assert.equal(await renewed, undefined);
    assert.equal(leg.standing, undefined);
  });
});
