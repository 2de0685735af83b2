import assert from "node:assert/strict";
import type { RefusalCode } from "../../../gateway/protocol/causes.ts";
import { SessionRig, shopKey, webOffer, type Page } from "../../support/session-rig.ts";

const shop = "https://shop.example";

/** The guest of a page at `origin`. */
async function guest(rig: SessionRig, fields: object = {}): Promise<Page> {
  const page = rig.visit(shop);
  await page.ask({ type: "session.open", appKey: shopKey.key, ...fields });
  assert.equal(page.of("session.opened").length, 1, JSON.stringify(page.frames));
  return page;
}

const start = (page: Page, target: object) => page.ask({ type: "call.start", target, description: webOffer });
const codeOf = (answer: unknown): RefusalCode | undefined => (answer as { code?: RefusalCode } | undefined)?.code;
const bob = { user: "bob@a.example" };

describe("a guest", () => {
  it("is made by an application key, with a name of its own and the key's label", async () => {
    const rig = new SessionRig();
    const [one, other] = [await guest(rig), await guest(rig, { displayName: "Maria" })];
    const opened = one.last("session.opened");
    assert.match(opened.user, /^guest-[2-9a-z]{8}@a\.example$/);
    assert.notEqual(other.last("session.opened").user, opened.user);
    assert.deepEqual([opened.guest, opened.name, opened.role], [true, "Shop", undefined]);
    assert.equal(other.last("session.opened").name, "Shop: Maria");
    rig.assertEmpty();
  });

  for (const [what, key, origin, code] of [
    ["an unknown key", "other-key", shop, "token-refused"],
    ["a page of another site", shopKey.key, "https://evil.example", "origin-refused"],
    ["a page of the site without TLS", shopKey.key, "http://shop.example", "origin-refused"],
  ] as const) {
    it(`is not made by ${what}: ${code}`, async () => {
      const rig = new SessionRig();
      const page = rig.visit(origin);
      assert.equal(codeOf(await page.ask({ type: "session.open", appKey: key })), code);
      assert.deepEqual(rig.keyRefusals, code === "origin-refused" ? ["Shop origin-refused"] : []);
      rig.assertEmpty();
    });
  }

  it("is not made by a program without an origin", async () => {
    const rig = new SessionRig();
    const page = rig.connect();
    assert.equal(codeOf(await page.ask({ type: "session.open", appKey: shopKey.key })), "origin-refused");
    rig.assertEmpty();
  });

  it("is all that a page of such a site can be: a token and the development sign-in are refused", async () => {
    const rig = new SessionRig();
    const page = rig.visit(shop);
    assert.equal(codeOf(await page.ask({ type: "session.open", token: "alice@a.example" })), "origin-refused");
    assert.equal(codeOf(await page.ask({ type: "session.open", user: "alice@a.example" })), "origin-refused");
    rig.assertEmpty();
  });

  it("calls what the key names, and is shown by the key's label", async () => {
    const rig = new SessionRig();
    const page = await rig.page("bob@a.example");
    const visitor = await guest(rig, { displayName: "Maria" });
    await start(visitor, bob);
    assert.equal(page.last("call.incoming").peer.name, "Shop: Maria");
    rig.assertEmpty();
  });

  for (const target of [
    { user: "alice@a.example" },
    { user: "bob@b.example" },
    { tel: "600" },
    { tel: "112" },
    { tel: "+33186260014" },
    { sip: "sip:bob@a.example" },
    { sip: "sip:x@example.org" },
  ]) {
    it(`does not call ${JSON.stringify(target)}`, async () => {
      const rig = new SessionRig();
      const visitor = await guest(rig);
      assert.equal(codeOf(await start(visitor, target)), "not-allowed");
      assert.deepEqual(rig.keyRefusals, ["Shop not-allowed"]);
      assert.equal(rig.switchboard.calls, 0);
      rig.assertEmpty();
    });
  }

  it("is nobody to others: not there, not rung, and told of nobody", async () => {
    const rig = new SessionRig();
    const alice = await rig.page("alice@a.example");
    const visitor = await guest(rig);
    rig.clock.advance(100);
    await visitor.ask({ type: "ping" });
    const { user } = visitor.last("session.opened");
    const there = alice.last("presence.snapshot").contacts.map(({ target }) => ("user" in target ? target.user : ""));
    assert.equal(there.includes(user), false);
    assert.deepEqual(visitor.of("presence.snapshot"), []);
    await alice.call(user);
    assert.equal(alice.last("call.ended").reason, "not-found");
    assert.deepEqual(visitor.of("call.incoming"), []);
    rig.assertEmpty();
  });

  for (const frame of [
    { type: "history.list" },
    { type: "history.forget" },
    { type: "contact.put", contact: { contactId: "c", name: "C", targets: [{ target: { tel: "1" } }] } },
    { type: "contact.remove", contactId: "c" },
    { type: "line.show" },
    { type: "session.renew", token: "alice@a.example" },
  ]) {
    it(`may not ${frame.type}`, async () => {
      const rig = new SessionRig();
      const visitor = await guest(rig);
      assert.ok(codeOf(await visitor.ask(frame)));
      rig.assertEmpty();
    });
  }
});

describe("the guests of one key together", () => {
  it("have so many calls at once", async () => {
    const rig = new SessionRig();
    await rig.page("bob@a.example");
    const [one, other, third] = [await guest(rig), await guest(rig), await guest(rig)];
    await start(one, bob);
    await start(other, bob);
    assert.equal(codeOf(await start(third, bob)), "overload");
    await one.ask({ type: "call.end", callId: one.last("call.started").callId });
    assert.equal(codeOf(await start(third, bob)), undefined);
    assert.deepEqual(rig.keyRefusals, ["Shop overload"]);
    rig.assertEmpty();
  });

  it("start so many calls in any minute, and are told when the next may be", async () => {
    const rig = new SessionRig();
    for (let count = 0; count < 3; count++) {
      const page = await guest(rig);
      assert.equal(codeOf(await start(page, bob)), undefined); // bob is nowhere: it ends at once
      rig.clock.advance(10_000);
    }
    const refused = await start(await guest(rig), bob);
    assert.ok(refused?.type === "refused");
    assert.deepEqual([refused.code, refused.retryAfterMs], ["rate-limited", 30_000]);
    rig.clock.advance(30_000);
    assert.equal(codeOf(await start(await guest(rig), bob)), undefined);
    assert.deepEqual(rig.keyRefusals, ["Shop rate-limited"]);
    rig.assertEmpty();
  });
});
