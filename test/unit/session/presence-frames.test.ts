import assert from "node:assert/strict";
import { limits } from "../../../gateway/protocol/version.ts";
import { namesAndStatus, seenIn } from "../../support/seen.ts";
import { SessionRig, type Page } from "../../support/session-rig.ts";
import { settled } from "../../support/settled.ts";

const told = async (rig: SessionRig): Promise<void> => {
  rig.clock.advance(1_000);
  await settled();
};
const sees = (page: Page): string[] => namesAndStatus(seenIn(page.frames));
const codeOf = (answer: unknown): unknown => (answer as { code?: string } | undefined)?.code;

describe("presence frames of a page", () => {
  it("join, watch, leave and unwatch", async () => {
    const rig = new SessionRig();
    const alice = await rig.page("alice@a.example", { groups: [], watch: [] });
    const zoe = await rig.page("zoe@a.example", {
      groups: ["sales"],
      watch: [],
      status: "away",
      userData: { desk: 7 },
    });
    assert.equal((await alice.ask({ type: "presence.watch", group: "sales" }))?.type, "ok");
    await told(rig);
    assert.deepEqual(sees(alice), ["zoe away"]);
    assert.deepEqual(seenIn(alice.frames)[0]?.userData, { desk: 7 });
    assert.equal((await zoe.ask({ type: "presence.leave", group: "sales" }))?.type, "ok");
    await told(rig);
    assert.deepEqual(sees(alice), []);
    assert.equal((await zoe.ask({ type: "presence.join", group: "sales" }))?.type, "ok");
    assert.equal((await alice.ask({ type: "presence.unwatch", group: "sales" }))?.type, "ok");
    await told(rig);
    assert.deepEqual(sees(alice), []);
    assert.deepEqual(zoe.of("presence.snapshot"), []);
    rig.assertEmpty();
  });

  it("say status, note and user data", async () => {
    const rig = new SessionRig();
    const alice = await rig.page("alice@a.example");
    const bob = await rig.page("bob@a.example");
    await bob.ask({ type: "presence.status", status: "busy", note: "<b>Tea</b>" });
    await bob.ask({ type: "presence.data", data: ["x"] });
    await told(rig);
    const { status, note, userData } = seenIn(alice.frames).find(({ name }) => name === "BOB") ?? {};
    assert.deepEqual([status, note, userData], ["busy", "<b>Tea</b>", ["x"]]);
    assert.ok(rig.presenceFrames > 0);
    rig.assertEmpty();
  });

  it("are refused with a code when they are too many or too large", async () => {
    const rig = new SessionRig();
    const many = Array.from({ length: limits.groups }, (_, index) => `g${index}`);
    const alice = await rig.page("alice@a.example", { groups: many, watch: many });
    const large = "x".repeat(limits.userData);
    assert.equal(codeOf(await alice.ask({ type: "presence.join", group: "more" })), "not-allowed");
    assert.equal(codeOf(await alice.ask({ type: "presence.watch", group: "more" })), "not-allowed");
    assert.equal(codeOf(await alice.ask({ type: "presence.data", data: large })), "too-large");
    const page = rig.connect();
    const open = { type: "session.open", token: "bob@a.example" };
    assert.equal(codeOf(await page.ask({ ...open, userData: large })), "too-large");
    assert.equal((await page.ask(open))?.type, "session.opened");
    rig.assertEmpty();
  });

  it("are not for guests, who are seen by nobody whatever they ask for", async () => {
    const rig = new SessionRig();
    const alice = await rig.page("alice@a.example", { watch: ["default", "sales"] });
    const guest = rig.visit("https://shop.example");
    const wishes = { groups: ["default", "sales"], watch: ["default"], status: "busy", userData: 1 };
    await guest.ask({ type: "session.open", appKey: "shop-key", ...wishes });
    for (const frame of [
      { type: "presence.join", group: "sales" },
      { type: "presence.leave", group: "sales" },
      { type: "presence.watch", group: "sales" },
      { type: "presence.unwatch", group: "sales" },
      { type: "presence.status", status: "busy" },
      { type: "presence.data", data: 1 },
    ])
      assert.equal(codeOf(await guest.ask(frame)), "unsupported", frame.type);
    await told(rig);
    assert.deepEqual(sees(alice), ["alice online", "bob offline"]);
    assert.deepEqual(sees(guest), []);
    rig.assertEmpty();
  });

  it("need a signed-in page", async () => {
    const rig = new SessionRig();
    assert.equal(codeOf(await rig.connect().ask({ type: "presence.watch", group: "default" })), "not-signed-in");
    rig.assertEmpty();
  });
});
