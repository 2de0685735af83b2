import assert from "node:assert/strict";
import type { ConnectOptions, Contact, Session } from "../../webclient/index.ts";
import { FrameClient } from "../support/frame-client.ts";
import { domain, otherDomain, patience, TestGateway } from "../support/gateway.ts";
import { librarySession, type NodePlatform } from "../support/library-session.ts";
import { RegisteredUa } from "../support/registered-ua.ts";
import { phoneOffer } from "../support/sdp-samples.ts";
import { namesAndStatus } from "../support/seen.ts";
import { until } from "../support/until.ts";

describe("presence", function () {
  this.timeout(patience);
  let gateway: TestGateway;
  const open: Session[] = [];
  const platforms = new Map<Session, NodePlatform>();

  before(async () => {
    gateway = await TestGateway.start();
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((session) => session.close()));
  });

  after(async () => {
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  async function signedIn(name: string, options?: ConnectOptions): Promise<Session> {
    const { session, platform } = await librarySession(gateway, name, options);
    open.push(session);
    platforms.set(session, platform);
    return session;
  }

  const contact = ({ presence }: Session, name: string): Contact | undefined =>
    presence.view().contacts.find(({ target }) => "user" in target && target.user.startsWith(`${name}@`));

  const sees = (session: Session, name: string, fits: (found: Contact | undefined) => boolean): Promise<true> =>
    until(`${name} to look otherwise`, () => fits(contact(session, name)) || undefined).catch(() => {
      throw new Error(`${name} looks like ${JSON.stringify(contact(session, name))}`);
    });

  const hasStatus = (session: Session, name: string, status: string): Promise<true> =>
    sees(session, name, (found) => found?.status === status);

  it("shows the domain's people to each other, and what becomes different", async () => {
    const alice = await signedIn("alice");
    await hasStatus(alice, "bob", "offline");
    const bob = await signedIn("bob", { userData: { desk: 7 } });
    await hasStatus(alice, "bob", "online");
    assert.deepEqual(contact(alice, "bob")?.userData, { desk: 7 });
    await bob.presence.setStatus("away", "Back at three");
    await sees(alice, "bob", (found) => found?.status === "away" && found.note === "Back at three");
    await bob.close();
    await hasStatus(alice, "bob", "offline");
    assert.equal(contact(alice, "bob")?.userData, undefined);
  });

  it("has groups: who joined one is seen by who watches it", async () => {
    const agent = await signedIn("alice", { groups: ["agents"], watch: [] });
    const lead = await signedIn("bob", { groups: [], watch: ["agents"] });
    await hasStatus(lead, "alice", "online");
    const changes: string[] = [];
    lead.presence.on("change", ({ group, joined, left }) => changes.push(`${group} +${joined.length} -${left.length}`));
    const other = await signedIn("carol", { watch: [] });
    await other.presence.join("agents");
    await hasStatus(lead, "carol", "online");
    await other.presence.leave("agents");
    await sees(lead, "carol", (found) => found === undefined);
    assert.deepEqual(changes, ["agents +1 -0", "agents +0 -1"]);
    assert.deepEqual([agent.presence.view().contacts, other.presence.view().contacts], [[], []]);
    await lead.presence.unwatch("agents");
    assert.deepEqual(lead.presence.view().contacts, []);
  });

  it("counts several tabs and a softphone as one contact", async () => {
    const alice = await signedIn("alice");
    const tabs = [await signedIn("bob"), await signedIn("bob")];
    const phone = await RegisteredUa.open(gateway, "bob");
    await sees(alice, "bob", (found) => found?.pages === 2 && found.phones === 1);
    assert.equal(alice.presence.view().contacts.filter(({ name }) => name === "Bob").length, 1);
    await tabs[0]?.presence.setStatus("busy");
    await hasStatus(alice, "bob", "busy");
    await tabs[1]?.presence.setStatus("online");
    await hasStatus(alice, "bob", "online");
    await Promise.all(tabs.map((tab) => tab.close()));
    await sees(alice, "bob", (found) => found?.pages === 0 && found.phones === 1 && found.status === "online");
    await phone.register(0);
    await hasStatus(alice, "bob", "offline");
    await phone.close();
  });

  it("hides who is invisible, and shows who talks", async () => {
    const alice = await signedIn("alice");
    const bob = await FrameClient.signedIn(gateway, "bob");
    const carol = await FrameClient.signedIn(gateway, "carol");
    await hasStatus(alice, "bob", "online");
    await bob.request("presence.status", { status: "invisible" });
    await hasStatus(alice, "bob", "offline");
    await bob.request("presence.status", { status: "online" });
    const callId = await bob.call({ user: `carol@${domain}` });
    await carol.answer(await carol.event("call.incoming"));
    await hasStatus(alice, "bob", "in-a-call");
    await hasStatus(alice, "carol", "in-a-call");
    await bob.end(callId);
    await hasStatus(alice, "carol", "online");
    await Promise.all([bob.close(), carol.close()]);
  });

  it("turns calls away from who is not to be disturbed, on every device, and tells them of it", async () => {
    const alice = await FrameClient.signedIn(gateway, "alice");
    const bob = await FrameClient.signedIn(gateway, "bob");
    const phone = await RegisteredUa.open(gateway, "bob");
    const caller = await RegisteredUa.open(gateway, "carol");
    await bob.request("presence.status", { status: "do-not-disturb", note: "Exam" });
    const target = { user: `bob@${domain}` };
    const end = await alice.ended(await alice.call(target));
    assert.deepEqual([end.reason, end.by], ["declined", "system"]);
    const dialog = await caller.invite(`bob@${domain}`, { body: phoneOffer() });
    assert.equal((await caller.ua.final(dialog, "INVITE")).status, 480);
    assert.equal(bob.frames.filter(({ type }) => type === "call.incoming").length, 0);
    const missed = await bob.event("history.added");
    assert.equal((missed.record as { direction: string }).direction, "missed");
    await bob.request("presence.status", { status: "online" });
    const callId = await alice.call(target);
    const incoming = await bob.event("call.incoming");
    const invite = await phone.ua.request("INVITE");
    phone.ua.reply(invite, 180, "Ringing");
    await alice.end(callId);
    await phone.ua.request("CANCEL");
    phone.ua.reply(invite, 487, "Request Terminated");
    await phone.ua.request("ACK");
    await bob.ended(String(incoming.callId));
    await Promise.all([alice.close(), bob.close(), phone.close(), caller.close()]);
  });

  it("comes back after a lost connection with groups, status and user data", async () => {
    const alice = await signedIn("alice", { watch: ["agents"] });
    const bob = await signedIn("bob", { groups: ["agents"], watch: ["agents"] });
    await bob.presence.setStatus("busy", "Report");
    await bob.presence.setUserData([1]);
    await sees(alice, "bob", (found) => found?.status === "busy");
    platforms.get(bob)?.drop();
    await until("the loss", () => bob.view().state !== "connected" || undefined);
    await until("the connection", () => bob.view().state === "connected" || undefined);
    await sees(alice, "bob", (found) => found?.status === "busy" && found.note === "Report");
    assert.deepEqual(contact(alice, "bob")?.userData, [1]);
    await sees(bob, "bob", (found) => found?.status === "busy");
  });

  it("is counted while somebody is signed in", async () => {
    const alice = await signedIn("alice", { watch: ["default", "agents"] });
    await hasStatus(alice, "alice", "online");
    const metrics = await gateway.metrics();
    const figure = (name: string): number | undefined => metrics[`offhook_presence_${name}`];
    // Pages of earlier tests that only lost their connection are waited for yet.
    for (const name of ["groups", "members", "watchers"]) assert.ok((figure(name) ?? 0) >= 2, name);
    assert.ok(Object.keys(metrics).some((name) => name.startsWith("offhook_presence_frames_total")));
  });

  for (const [what, type, fields] of [
    ["a group that is no text", "presence.join", { group: 7 }],
    ["a long group", "presence.watch", { group: "x".repeat(129) }],
    ["a line break in a group", "presence.leave", { group: "a\r\nb" }],
    ["no group", "presence.unwatch", {}],
    ["an unknown status", "presence.status", { status: "in-a-call" }],
    ["a long note", "presence.status", { status: "away", note: "x".repeat(141) }],
  ] as const)
    it(`refuses ${what}, and the session goes on`, async () => {
      const page = await FrameClient.signedIn(gateway, "alice");
      assert.equal((await page.request(type, fields)).code, "bad-frame");
      assert.equal((await page.request("presence.data", { data: "x".repeat(8_191) })).code, "too-large");
      assert.equal((await page.request("presence.watch", { group: "agents" })).type, "ok");
      await page.close();
    });

  it("ends at the domain", async () => {
    const group = { groups: ["default", "agents"], watch: ["default", "agents"] };
    const mine = await signedIn("alice", group);
    const theirs = await signedIn(`mallory@${otherDomain}`, group);
    await hasStatus(mine, "alice", "online");
    await hasStatus(theirs, "mallory", "online");
    await theirs.presence.setStatus("busy", "here I am");
    await hasStatus(theirs, "mallory", "busy");
    assert.equal(contact(mine, "mallory"), undefined);
    assert.deepEqual(namesAndStatus(theirs.presence.view().contacts), ["mallory busy"]);
  });
});
