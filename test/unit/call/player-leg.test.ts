import assert from "node:assert/strict";
import type { LegFact, LegId, OfferedCall } from "../../../gateway/call/leg.ts";
import { PlayerLeg } from "../../../gateway/call/player-leg.ts";
import { answer, offer } from "../../support/call-rig.ts";
import { FakePlayer } from "../../support/fake-player.ts";
import { settled } from "../../support/settled.ts";

const call: OfferedCall = { callId: "c", reference: "r", from: { address: { tel: "1" } } };

function stage() {
  const player = new FakePlayer();
  const leg = new PlayerLeg("leg" as LegId, { address: { tel: "600" } }, player, { echo: true });
  const facts: LegFact[] = [];
  leg.listen((fact) => facts.push(fact));
  const ring = async (text?: string): Promise<void> => {
    leg.command({ do: "offer", call, ...(text !== undefined && { description: offer(text) }) });
    await settled();
  };
  return { player, leg, facts, ring };
}

describe("a leg that plays", () => {
  it("answers at once with its program, and lets its port go at the end", async () => {
    const { player, leg, facts, ring } = stage();
    await ring("offer");
    assert.deepEqual(facts, [{ is: "answered", description: answer("answer to offer") }]);
    assert.deepEqual([player.program, player.sessions], [{ echo: true }, 1]);
    leg.command({ do: "end", cause: { code: "normal" }, by: "remote" });
    leg.command({ do: "end", cause: { code: "normal" }, by: "remote" });
    assert.deepEqual([player.sessions, facts.length], [0, 1]);
  });

  it("offers when it is asked to, and takes the answer", async () => {
    const { player, leg, facts, ring } = stage();
    await ring();
    assert.deepEqual(facts, [{ is: "answered", description: offer("player offer") }]);
    leg.command({ do: "confirm", description: answer("caller answer") });
    assert.equal(player.accepted, "caller answer");
  });

  it("answers a later offer, and refuses one without sound", async () => {
    const { leg, facts, ring } = stage();
    await ring("offer");
    leg.command({ do: "update", description: offer("hold"), remoteHold: true });
    leg.command({ do: "update", description: offer("no audio"), remoteHold: false });
    assert.deepEqual(facts.slice(1), [
      { is: "updated", description: answer("answer to hold") },
      { is: "update-refused", cause: { code: "not-acceptable", text: "no audio" } },
    ]);
  });

  it("ends when it has no more to play, once", async () => {
    const { player, facts, ring } = stage();
    await ring("offer");
    player.emit("finished");
    player.emit("finished");
    assert.deepEqual(facts.at(-1), { is: "ended", cause: { code: "normal" } });
    assert.deepEqual([facts.length, player.sessions], [2, 0]);
  });

  it("ends when it cannot play, and holds no port", async () => {
    for (const prepare of [(player: FakePlayer) => (player.full = true), () => {}]) {
      const { player, facts, ring } = stage();
      prepare(player);
      await ring("no audio");
      assert.deepEqual(
        facts.map((fact) => fact.is === "ended" && fact.cause.code),
        ["media-failed"],
      );
      assert.equal(player.sessions, 0);
    }
  });

  it("lets its port go when the call ended while it was opened", async () => {
    const { player, leg, facts, ring } = stage();
    const ringing = ring("offer");
    leg.command({ do: "end", cause: { code: "cancelled" }, by: "remote" });
    await ringing;
    assert.deepEqual([player.sessions, facts], [0, []]);
  });
});
