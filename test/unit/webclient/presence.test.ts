import assert from "node:assert/strict";
import type { ContactInfo } from "../../../gateway/protocol/values.ts";
import { connect, type ConnectOptions, type ContactsChange } from "../../../webclient/index.ts";
import { FakePlatform, turns } from "../../support/fake-platform.ts";

const contact = (name: string, more: Partial<ContactInfo> = {}): ContactInfo => ({
  target: { user: `${name}@localhost` },
  name,
  can: ["call"],
  status: "online",
  pages: 1,
  phones: 0,
  ...more,
});

async function stage(options: ConnectOptions = {}) {
  const platform = new FakePlatform();
  const { presence } = await connect({ platform, user: "alice@localhost", ...options });
  const changes: string[] = [];
  const names = (list: ContactsChange["joined"]) => list.map(({ name }) => name).join();
  presence.on("change", ({ group, joined, left, changed }) =>
    changes.push(`${group} ${names(joined)}|${names(left)}|${names(changed)}`),
  );
  const snapshot = (group: string, contacts: ContactInfo[], part = 1, parts = 1) =>
    platform.socket.fact({ type: "presence.snapshot", group, part, parts, contacts });
  const change = (group: string, what: { joined?: ContactInfo[]; left?: string[]; changed?: ContactInfo[] }) => {
    const left = (what.left ?? []).map((name) => ({ user: `${name}@localhost` }));
    platform.socket.fact({ type: "presence.changed", group, joined: [], changed: [], ...what, left });
  };
  const sees = () =>
    presence.view().contacts.map(({ name, status, groups }) => `${name} ${status} ${groups.join("+")}`);
  return { platform, presence, changes, snapshot, change, sees };
}

describe("contacts of the library", () => {
  it("are a snapshot and what was different since", async () => {
    const { presence, changes, snapshot, change, sees } = await stage();
    snapshot("default", [contact("Bob"), contact("Carol")]);
    const carol = presence.view().contacts[1];
    change("default", { joined: [contact("Dave")], left: ["Nobody"], changed: [contact("Bob", { status: "away" })] });
    change("default", { left: ["Dave"] });
    assert.deepEqual(sees(), ["Bob away default", "Carol online default"]);
    assert.deepEqual(changes, ["default Bob,Carol||", "default Dave||Bob", "default |Dave|"]);
    assert.equal(presence.view().contacts[1], carol);
    assert.ok(Object.isFrozen(carol) && Object.isFrozen(presence.view().contacts));
  });

  it("take a snapshot of several parts at once, and start again when it does", async () => {
    const { changes, snapshot, sees } = await stage();
    snapshot("default", [contact("Old")], 1, 3);
    snapshot("default", [contact("Bob")], 1, 2);
    assert.deepEqual(sees(), []);
    snapshot("default", [contact("Carol")], 2, 2);
    assert.deepEqual([sees().length, changes], [2, ["default Bob,Carol||"]]);
  });

  it("are after a resync what the new snapshot says", async () => {
    const { changes, snapshot, sees } = await stage();
    snapshot("default", [contact("Bob"), contact("Carol")]);
    snapshot("default", [contact("Carol", { note: "Tea" }), contact("Dave")]);
    assert.deepEqual(sees(), ["Carol online default", "Dave online default"]);
    assert.deepEqual(changes.at(-1), "default Dave|Bob|Carol");
  });

  it("are one in several groups, and there when one of them sees them", async () => {
    const { presence, changes, snapshot, change, sees } = await stage();
    snapshot("sales", [contact("Bob")]);
    snapshot("default", [contact("Bob", { status: "offline", pages: 0 })]);
    assert.deepEqual(sees(), ["Bob online sales+default"]);
    change("sales", { changed: [contact("Bob", { status: "busy", userData: { desk: 7 } })] });
    assert.deepEqual(presence.view().contacts[0]?.userData, { desk: 7 });
    change("sales", { left: ["Bob"] });
    assert.deepEqual(sees(), ["Bob offline default"]);
    assert.deepEqual(changes, ["sales Bob||", "default Bob||", "sales ||Bob", "sales |Bob|"]);
  });

  it("go with the group that is not watched any more", async () => {
    const { platform, presence, changes, snapshot, sees } = await stage();
    await presence.watch("sales");
    assert.equal(platform.socket.last("presence.watch")["group"], "sales");
    snapshot("sales", [contact("Bob"), contact("Carol")]);
    snapshot("default", [contact("Carol")]);
    await presence.unwatch("sales");
    assert.deepEqual(sees(), ["Carol online default"]);
    assert.equal(changes.at(-1), "sales |Bob,Carol|");
  });
});

describe("what a page asks of presence", () => {
  const opened = (platform: FakePlatform) => {
    const { groups, watch, status, note, userData } = platform.socket.last("session.open");
    return { groups, watch, status, note, userData };
  };
  const nothing = { groups: undefined, watch: undefined, status: undefined, note: undefined, userData: undefined };

  it("is in its first frame", async () => {
    assert.deepEqual(opened((await stage()).platform), nothing);
    const wishes = { groups: ["sales"], watch: [], status: "away", note: "Tea", userData: { desk: 7 } } as const;
    assert.deepEqual(opened((await stage(wishes)).platform), wishes);
  });

  it("is asked for again by the next session after a loss", async () => {
    const { platform, presence } = await stage({ userData: 1 });
    await presence.join("sales");
    await presence.leave("default");
    await presence.watch("support");
    await presence.setStatus("do-not-disturb", "Deadline");
    await presence.setUserData({ desk: 7 });
    const { status, note } = presence.view();
    assert.deepEqual([status, note], ["do-not-disturb", "Deadline"]);
    platform.socket.drop();
    platform.page("online");
    await turns(40);
    assert.deepEqual(opened(platform), {
      groups: ["sales"],
      watch: ["default", "support"],
      status: "do-not-disturb",
      note: "Deadline",
      userData: { desk: 7 },
    });
    await presence.setStatus("online");
    await presence.setUserData(undefined);
    platform.socket.drop();
    platform.page("online");
    await turns(40);
    assert.deepEqual(
      [opened(platform).status, opened(platform).note, opened(platform).userData],
      ["online", undefined, undefined],
    );
  });

  it("is not kept when it was refused", async () => {
    const { platform, presence } = await stage();
    platform.answers.set("presence.join", () => ({ type: "refused", code: "not-allowed", text: "no" }));
    await assert.rejects(presence.join("sales"), { code: "not-allowed" });
    platform.answers.set("presence.data", () => ({ type: "refused", code: "too-large", text: "no" }));
    await assert.rejects(presence.setUserData("x"), { code: "unsupported" });
    platform.socket.drop();
    platform.page("online");
    await turns(40);
    assert.deepEqual(opened(platform), nothing);
  });
});
