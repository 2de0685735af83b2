import assert from "node:assert/strict";
import type { GroupInfo } from "../../../gateway/protocol/message-values.ts";
import { SessionRig, type Page } from "../../support/session-rig.ts";

const [alice, bob, carol] = ["alice@a.example", "bob@a.example", "carol@a.example"];

/** Alice owns a group, bob and carol are invited. Carol has no account, but an open page. */
async function stage() {
  const rig = new SessionRig();
  const [a, b, c] = [await rig.page(alice), await rig.page(bob), await rig.page(carol)];
  const answer = await a.ask({ type: "group.create", name: "Team", users: [bob, carol] });
  assert.ok(answer?.type === "group.created", JSON.stringify(answer));
  const { groupId } = answer.group;
  return { rig, a, b, c, group: answer.group, groupId };
}

const rolesOf = ({ members }: GroupInfo): string[] =>
  members.map(({ user, role, invited }) => [user.split("@")[0], role, ...(invited ? ["invited"] : [])].join(" "));

async function typeOf(page: Page, frame: { type: string } & Record<string, unknown>): Promise<string> {
  const answer = await page.ask(frame);
  return answer?.type === "refused" ? answer.code : (answer?.type ?? "none");
}

let ids = 0;
const send = (group: string, text = "hi") => ({
  type: "message.send",
  to: { group },
  text,
  messageId: `g${(ids += 1)}`,
});
const list = (group: string) => ({ type: "message.list", of: { group } });
const accept = (groupId: string) => ({ type: "group.answer", groupId, accept: true });

describe("a group", () => {
  it("has its maker as owner, and tells those who are invited", async () => {
    const { a, b, c, group } = await stage();
    assert.deepEqual(rolesOf(group), ["alice owner", "bob member invited", "carol member invited"]);
    for (const page of [a, b, c]) assert.deepEqual(page.last("group.changed").group, group);
    assert.deepEqual(
      group.members.map(({ name }) => name),
      ["ALICE", "BOB", undefined],
    );
  });

  it("is seen by who signs in later: with its messages by a member, without by who is invited", async () => {
    const { rig, a, groupId } = await stage();
    await a.ask(send(groupId));
    const seen = async (user: string) => (await rig.page(user)).last("message.conversations").conversations[0];
    const [mine, invited] = [await seen(alice), await seen(bob)];
    assert.deepEqual([mine?.group?.groupId, mine?.last?.text], [groupId, "hi"]);
    assert.deepEqual([invited?.group?.groupId, invited?.last, invited?.unread], [groupId, undefined, 0]);
  });

  it("carries messages among those who have joined, and only they read what was said", async () => {
    const { a, b, c, groupId } = await stage();
    assert.equal((await b.ask(accept(groupId)))?.type, "ok");
    await a.ask(send(groupId, "hello"));
    assert.deepEqual(
      [b.last("message.received").message.of, b.last("message.received").message.text],
      [{ group: groupId }, "hello"],
    );
    assert.equal(c.of("message.received").length, 0);
    for (const frame of [
      list(groupId),
      send(groupId),
      { type: "message.typing", to: { group: groupId } },
      { type: "message.mark", of: { group: groupId }, number: 1, state: "read" },
      { type: "message.edit", of: { group: groupId }, messageId: "g1", text: "x" },
      { type: "group.invite", groupId, users: [bob] },
      { type: "group.remove", groupId, user: bob },
      { type: "group.promote", groupId, user: carol, role: "owner" },
    ])
      assert.equal(await typeOf(c, frame), "bad-target", frame.type);
    const answer = await b.ask(list(groupId));
    assert.ok(answer?.type === "messages" && answer.messages.length === 1);
  });

  it("is of its domain: another domain's namesake finds nothing", async () => {
    const { rig, groupId } = await stage();
    const other = await rig.page("alice@b.example");
    for (const frame of [list(groupId), send(groupId), { type: "group.leave", groupId }])
      assert.equal(await typeOf(other, frame), "bad-target", frame.type);
    assert.equal(await typeOf(other, { type: "group.create", name: "x", users: [bob] }), "bad-target");
  });

  it("tells each author how far their messages have come, and `read` when all have read", async () => {
    const { a, b, c, groupId } = await stage();
    for (const page of [b, c]) await page.ask(accept(groupId));
    await a.ask(send(groupId));
    await b.ask(send(groupId));
    const state = async () => {
      const answer = await a.ask(list(groupId));
      assert.ok(answer?.type === "messages");
      return answer.messages.find(({ from }) => "user" in from.target && from.target.user === alice)?.state;
    };
    const read = { type: "message.mark", of: { group: groupId }, number: 2, state: "read" };
    await c.ask(read);
    assert.deepEqual(
      [a, b].map((page) => page.last("message.receipt").number),
      [1, 2],
    );
    assert.equal(await state(), "sent");
    await b.ask(read);
    assert.equal(await state(), "read");
  });

  it("is joined, declined and left; who left reads no more", async () => {
    const { a, b, c, groupId } = await stage();
    await b.ask(accept(groupId));
    await c.ask({ type: "group.answer", groupId, accept: false });
    assert.deepEqual(rolesOf(a.last("group.changed").group), ["alice owner", "bob member"]);
    assert.equal(c.last("group.left").groupId, groupId);
    assert.equal(await typeOf(c, accept(groupId)), "bad-target");
    await b.ask({ type: "group.leave", groupId });
    assert.deepEqual(rolesOf(a.last("group.changed").group), ["alice owner"]);
    assert.deepEqual([await typeOf(b, list(groupId)), b.last("group.left").groupId], ["bad-target", groupId]);
  });

  it("is run by its owners: they invite, take out, and share the role", async () => {
    const { a, b, c, groupId } = await stage();
    await b.ask(accept(groupId));
    const remove = { type: "group.remove", groupId, user: carol };
    assert.equal(await typeOf(b, remove), "not-allowed");
    assert.equal(await typeOf(b, { type: "group.invite", groupId, users: [carol] }), "not-allowed");
    assert.equal(await typeOf(a, { type: "group.promote", groupId, user: alice, role: "member" }), "wrong-state");
    assert.equal(await typeOf(a, { type: "group.promote", groupId, user: bob, role: "owner" }), "ok");
    assert.equal(await typeOf(b, remove), "ok");
    assert.equal(c.last("group.left").groupId, groupId);
    assert.equal(await typeOf(b, remove), "bad-target");
    assert.equal(await typeOf(b, { type: "group.invite", groupId, users: [carol] }), "ok");
    assert.deepEqual(rolesOf(c.last("group.changed").group).at(-1), "carol member invited");
  });

  it("goes to its oldest member when the last owner leaves, and with its last member it is gone", async () => {
    const { a, b, c, groupId } = await stage();
    await b.ask(accept(groupId));
    await a.ask({ type: "group.leave", groupId });
    assert.deepEqual(rolesOf(b.last("group.changed").group), ["bob owner", "carol member invited"]);
    await b.ask({ type: "group.leave", groupId });
    assert.equal(c.last("group.left").groupId, groupId);
    assert.equal(await typeOf(c, accept(groupId)), "bad-target");
  });

  it("takes nobody who is not, and not too many", async () => {
    const { a } = await stage();
    const create = (users: string[]) => typeOf(a, { type: "group.create", name: "x", users });
    assert.equal(await create(["nobody@a.example"]), "bad-target");
    assert.equal(await create(Array.from({ length: 256 }, () => bob)), "bad-frame");
    assert.equal(await typeOf(a, { type: "group.create", name: "", users: [] }), "bad-frame");
  });
});
