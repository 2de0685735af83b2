import assert from "node:assert/strict";
import { SessionRig } from "../../support/session-rig.ts";

const [alice, bob] = ["alice@a.example", "bob@a.example"];
const to = { user: bob };

async function stage() {
  const rig = new SessionRig();
  return { rig, a: await rig.page(alice), b: await rig.page(bob) };
}

describe("data", () => {
  it("comes to all pages of a user, in order, whatever JSON it is", async () => {
    const { rig, a, b } = await stage();
    const second = await rig.page(bob);
    const values = [0, "text", null, [1, { deep: [true] }], { a: {} }];
    for (const value of values) assert.equal((await a.ask({ type: "data.send", to, value }))?.type, "ok");
    for (const page of [b, second]) {
      assert.deepEqual(
        page.of("data.received").map(({ value }) => value),
        values,
      );
      assert.deepEqual(page.last("data.received").from.target, { user: alice });
    }
    assert.equal(a.of("data.received").length, 0);
  });

  it("comes to the members of a group, and to the sender's other pages", async () => {
    const { rig, a, b } = await stage();
    const tab = await rig.page(alice);
    const created = await a.ask({ type: "group.create", name: "Team", users: [bob] });
    assert.ok(created?.type === "group.created");
    const { groupId } = created.group;
    const frame = { type: "data.send", to: { group: groupId }, value: 1 };
    assert.equal((await b.ask(frame))?.type, "refused");
    await b.ask({ type: "group.answer", groupId, accept: true });
    await a.ask(frame);
    for (const page of [tab, b]) assert.equal(page.last("data.received").group, groupId);
    assert.equal(a.of("data.received").length, 0);
  });

  for (const [what, code, frame] of [
    ["to somebody who is away", "unavailable", { to: { user: "carol@a.example" } }],
    ["to another domain", "bad-target", { to: { user: "bob@b.example" } }],
    ["to a group that is not", "bad-target", { to: { group: "g" } }],
    ["that is too large", "too-large", { value: "é".repeat(32_768) }],
  ] as const)
    it(`${what} is refused`, async () => {
      const { a } = await stage();
      const answer = await a.ask({ type: "data.send", to, value: 1, ...frame });
      assert.ok(answer?.type === "refused" && answer.code === code, JSON.stringify(answer));
    });

  it("that comes too fast is refused, and its sender told when to go on", async () => {
    const { rig, a, b } = await stage();
    for (let value = 0; value < 10; value++) await a.ask({ type: "data.send", to, value });
    const answer = await a.ask({ type: "data.send", to, value: 10 });
    assert.ok(answer?.type === "refused" && answer.code === "rate-limited", JSON.stringify(answer));
    assert.equal(b.of("data.received").length, 10);
    rig.clock.advance(answer.retryAfterMs ?? 0);
    assert.equal((await a.ask({ type: "data.send", to, value: 10 }))?.type, "ok");
  });
});
