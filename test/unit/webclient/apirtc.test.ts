import assert from "node:assert/strict";
import { endReasons } from "../../../gateway/protocol/causes.ts";
import type { ServerEvent } from "../../../gateway/protocol/server-frame.ts";
import * as old from "../../../webclient/apirtc/index.ts";
import { oldReason } from "../../../webclient/apirtc/reasons.ts";
import { ClientError } from "../../../webclient/index.ts";
import { FakePlatform, turns } from "../../support/fake-platform.ts";

const eventTypes =
  `sessionReady incomingCall callAttempt userMediaSuccess userMediaError userMediaStop callEstablished remoteStreamAdded
  remoteStreamRemoved hangup remoteHangup receiveIMMessage groupChatCreation groupChatInvitation groupChatMemberUpdate
  receiveGroupChatMessage addUserInGroupChatAnswer userDataAnswer receiveConversationList receiveConversationHistory
  connectedUsersListUpdate updatePresence receiveData error`.split(/\s+/);

/** A page of the old style whose user is alice of `localhost`, and all that it was told. */
async function stage(options: Partial<old.InitOptions> = {}) {
  const platform = new FakePlatform();
  const apiRTC = new old.ApiRTC();
  const told: { type: string; detail: Record<string, unknown> }[] = [];
  for (const type of eventTypes) apiRTC.addEventListener(type, ({ detail }) => told.push({ type, detail }));
  const heard = (type: string) => told.filter((one) => one.type === type).map(({ detail }) => detail);
  const last = (type: string) => heard(type).at(-1) ?? assert.fail(`no ${type}, but ${told.map((one) => one.type)}`);
  const session = await new Promise<old.ApiRTCSession>((ready) =>
    apiRTC.init({
      ...{ apiKey: "demo", apiCCId: "alice@localhost", platform },
      onReady: () => apiRTC.session && ready(apiRTC.session),
      ...options,
    }),
  );
  const fact = async (event: ServerEvent): Promise<void> => {
    platform.socket.fact(event);
    await turns();
  };
  return { platform, apiRTC, session, told, heard, last, fact };
}

const bob = { target: { user: "bob@localhost" }, name: "Bob", can: ["call"] as const };
const offer = { kind: "offer", sdp: "v=0", generation: 1 } as const;
const incoming = (callId: string): ServerEvent => ({
  ...{ type: "call.incoming", callId, reference: "K7F3QM", description: offer, data: { topic: "shoes" } },
  peer: { ...bob, can: ["call"] },
});
const ended = (callId: string, reason: "normal" | "busy", by: "local" | "remote"): ServerEvent => ({
  ...{ type: "call.ended", callId, by, reason, text: "", reference: "K7F3QM", durationMs: 0 },
});

describe("a page in the style of ApiRTC", () => {
  it("is ready once, under its own id", async () => {
    const { session, last, platform } = await stage({ userData: { team: "sales" } });
    assert.equal(session.apiCCId, "alice");
    assert.equal(last("sessionReady")["eventType"], "sessionReady");
    assert.deepEqual(platform.socket.last("session.open")["userData"], { team: "sales" });
  });

  it("is a guest when all it has is a key", async () => {
    const { platform } = await stage({ apiCCId: undefined } as object);
    const { user, appKey } = platform.socket.last("session.open");
    assert.deepEqual([user, appKey], [undefined, "demo"]);
  });

  it("hears why it cannot be ready", async () => {
    const platform = new FakePlatform();
    platform.answers.set("session.open", () => ({ type: "refused", code: "token-refused", text: "No." }));
    const apiRTC = new old.ApiRTC();
    const fault = new Promise<CustomEvent>((heard) => apiRTC.addEventListener("error", heard));
    apiRTC.init({ token: "wrong", platform });
    assert.equal((await fault).detail.errorCode, "token-refused");
  });

  it("calls by bare names, and is told step by step", async () => {
    const { session, platform, told, last, fact } = await stage();
    const client = session.createWebRTCClient({});
    assert.equal(session.apiCCWebRTCClient, client);
    const callId = client.call("bob", { topic: "shoes" });
    await platform.pass(1);
    const { target, data } = platform.socket.last("call.start");
    assert.deepEqual([target, data], [{ user: "bob@localhost" }, { topic: "shoes" }]);
    await fact({ type: "call.ringing", callId: "c1" });
    await fact({ type: "call.answered", callId: "c1", description: { kind: "answer", sdp: "v=0", generation: 1 } });
    assert.deepEqual(
      told.map(({ type }) => type).filter((type) => type !== "sessionReady"),
      ["userMediaSuccess", "callEstablished", "remoteStreamAdded"],
    );
    const { calleeId, callType } = last("callEstablished");
    assert.deepEqual([calleeId, callType, last("callEstablished")["callId"]], ["bob", "audio", callId]);
    assert.ok(last("remoteStreamAdded")["stream"]);
    client.toggleAudioMute();
    assert.equal(client.isAudioMuted(callId ?? ""), true);
    await fact(ended("c1", "normal", "remote"));
    const { reason, lastEstablishedCall, hangupType } = last("remoteHangup");
    assert.deepEqual([reason, lastEstablishedCall, hangupType], ["Hangup_From_Callee", true, "remote"]);
  });

  it("calls telephones by what begins with +, and nobody beside a call", async () => {
    const { session, platform } = await stage();
    const client = session.createWebRTCClient();
    assert.ok(client.call("+33 1 86 26 00 14"));
    assert.equal(client.call("bob"), null);
    await platform.pass(1);
    assert.deepEqual(platform.socket.last("call.start")["target"], { tel: "+33186260014" });
    client.setAllowMultipleCalls(true);
    assert.ok(client.call("bob"));
  });

  it("is called, and takes it, refuses it, or is busy", async () => {
    const { session, platform, last, fact } = await stage();
    const client = session.createWebRTCClient();
    await fact(incoming("c7"));
    const { callId, callerId, callerNickname, data } = last("incomingCall");
    assert.deepEqual([callerId, callerNickname, data], ["bob", "Bob", { topic: "shoes" }]);
    await fact({ ...incoming("c8"), peer: { target: { tel: "+331" }, can: ["call"] } } as ServerEvent);
    assert.equal(last("callAttempt")["callerId"], "+331");
    assert.deepEqual(
      ["callId", "reason"].map((key) => platform.socket.last("call.reject")[key]),
      ["c8", "busy"],
    );
    client.acceptCall(String(callId));
    await platform.pass(1);
    assert.equal(platform.socket.last("call.answer")["callId"], "c7");
    await fact(ended("c7", "normal", "local"));
    assert.equal(last("hangup")["reason"], "Hangup_From_Callee");
    await fact(incoming("c9"));
    client.refuseCall(String(last("incomingCall")["callId"]));
    assert.equal(platform.socket.last("call.reject")["reason"], "declined");
  });

  it("hears of a microphone that cannot be had under its browser's name", async () => {
    const { session, platform, last } = await stage();
    platform.captureFault = "NotAllowedError";
    session.createWebRTCClient().call("bob");
    await platform.pass(1);
    assert.equal((last("userMediaError")["error"] as { name: string }).name, "NotAllowedError");
    assert.equal(last("remoteHangup")["reason"], "User_Media_Error");
  });

  it("chats with users and in groups", async () => {
    const { session, platform, last, heard, fact } = await stage();
    platform.answers.set("message.send", (frame) => ({
      type: "message.accepted",
      message: {
        ...{ of: bob.target, messageId: String(frame["messageId"]), number: 2, at: 2, text: "hi", state: "sent" },
        from: { target: { user: "alice@localhost" }, can: [] },
      },
    }));
    const client = session.createIMClient();
    client.sendMessage("bob", "hi");
    assert.deepEqual(platform.socket.last("message.send")["to"], { user: "bob@localhost" });
    const message = { messageId: "m1", number: 1, from: { ...bob, can: [] }, at: 1, text: "hello" };
    await fact({ type: "message.received", message: { ...message, of: bob.target } });
    assert.deepEqual([last("receiveIMMessage")["senderId"], last("receiveIMMessage")["message"]], ["bob", "hello"]);
    await fact({ type: "message.received", message: { ...message, of: { group: "g1" } } });
    assert.deepEqual(
      [last("receiveGroupChatMessage")["groupChatId"], last("receiveGroupChatMessage")["message"]],
      ["g1", "hello"],
    );
    assert.equal(heard("receiveIMMessage").length, 1);
    const members = [
      { user: "bob@localhost", name: "Bob", role: "owner" },
      { user: "alice@localhost", role: "member", invited: true },
    ] as const;
    await fact({ type: "group.changed", group: { groupId: "g2", name: "Plans", members: [...members] } });
    const { groupChatId, contactList } = last("groupChatInvitation");
    assert.deepEqual(
      [groupChatId, contactList],
      ["g2", [{ contactId: "bob", contactNickname: "Bob", contactPhotoURL: undefined }]],
    );
    client.getConversationList();
    const ids = (last("receiveConversationList")["convList"] as { convId: string }[]).map(({ convId }) => convId);
    assert.deepEqual(ids.sort(), ["bob", "g1", "g2"]);
  });

  it("sends and receives data, and is told what could not be delivered", async () => {
    const { session, platform, last, fact } = await stage();
    const client = session.createDataClient();
    await fact({ type: "data.received", from: { ...bob, can: [] }, value: [1] });
    assert.deepEqual([last("receiveData")["senderId"], last("receiveData")["data"]], ["bob", [1]]);
    platform.answers.set("data.send", () => ({ type: "refused", code: "unavailable", text: "Nobody is there." }));
    client.sendData("bob", { a: 1 });
    await platform.pass(1);
    assert.equal(last("error")["errorCode"], "unavailable");
  });

  it("sees who comes and goes in the groups that it subscribed to", async () => {
    const { session, platform, last, fact } = await stage({ subscribeToPresenceGroup: ["sales"] });
    const contact = (name: string, status: "online" | "offline") => ({
      ...{ target: { user: `${name}@localhost` }, name, can: [], status, pages: 1, phones: 0 },
    });
    const contacts = [contact("alice", "online"), contact("bob", "online"), contact("carol", "offline")];
    await fact({ type: "presence.snapshot", group: "sales", part: 1, parts: 1, contacts });
    assert.deepEqual(session.getConnectedUserIdsList("sales"), ["bob"]);
    const joined = last("connectedUsersListUpdate");
    assert.deepEqual([joined["group"], joined["status"]], ["sales", "online"]);
    await fact({
      ...{ type: "presence.changed", group: "sales", joined: [], left: [] },
      changed: [contact("bob", "offline"), contact("carol", "online")],
    });
    const gone = last("connectedUsersListUpdate");
    assert.deepEqual([gone["status"], (gone["usersList"] as old.OldUser[])[0]?.userId], ["offline", "bob"]);
    session.joinGroup("sales");
    session.setUserData({ photoURL: "me.png" });
    assert.deepEqual(
      [platform.socket.last("presence.join")["group"], platform.socket.last("presence.data")["data"]],
      ["sales", { photoURL: "me.png" }],
    );
  });

  it("is told what to use instead of what is gone", async () => {
    const { apiRTC, session } = await stage();
    const client = session.createWebRTCClient() as unknown as Record<string, (...given: unknown[]) => void>;
    const throwing: (() => void)[] = [
      () => client["joinMCUSession"]?.("room"),
      () => client["startRecording"]?.(),
      () => client["setUserAcceptOnIncomingCall"]?.(false),
      () => apiRTC.init({ recordActivated: true } as object),
    ];
    for (const act of throwing)
      assert.throws(act, (fault) => fault instanceof ClientError && fault.code === "unsupported" && fault.hint !== "");
    client["setUserAcceptOnIncomingCall"]?.(true);
  });

  it("has a word for every end", () => {
    for (const reason of endReasons) assert.ok(oldReason({ reason, by: "system" }, "caller"));
    assert.deepEqual(
      (["local", "remote"] as const).map((by) => oldReason({ reason: "normal", by }, "caller")),
      ["Hangup_From_Caller", "Hangup_From_Callee"],
    );
  });

  it("leaves", async () => {
    const { apiRTC, platform } = await stage();
    apiRTC.disconnect();
    await platform.pass(1);
    assert.equal(platform.socket.last("session.close").type, "session.close");
    assert.equal(apiRTC.session, undefined);
  });
});
