import assert from "node:assert/strict";
import { connect, type Call, type CallEnd, type Session } from "../../../webclient/index.ts";
import { FakePlatform, turns, type FakeStream } from "../../support/fake-platform.ts";
import type { ServerEvent } from "../../../gateway/protocol/server-frame.ts";

const callId = "c1";
const bob = { target: { user: "bob@localhost" }, name: "Bob", can: ["call"] } as const;
const answer = (generation: number, sdp = `remote answer ${generation}`) =>
  ({ kind: "answer", sdp, generation }) as const;
const offer = (generation: number, sdp = `remote offer ${generation}`) => ({ kind: "offer", sdp, generation }) as const;
const ended = {
  type: "call.ended",
  callId,
  by: "remote",
  reason: "busy",
  text: "Busy.",
  sip: 486,
  reference: "K7F3QM",
  durationMs: 0,
} as const;

interface Stage {
  platform: FakePlatform;
  session: Session;
  states: string[];
  fact(event: ServerEvent): Promise<void>;
}

async function stage(): Promise<Stage> {
  const platform = new FakePlatform();
  const session = await connect({ platform, user: "alice@localhost" });
  return {
    platform,
    session,
    states: [],
    async fact(event) {
      platform.socket.fact(event);
      await turns();
    },
  };
}

async function dial(at: Stage, target = "user:bob@localhost"): Promise<Call> {
  const call = await at.session.call(target);
  call.on("state", ({ state }) => at.states.push(state));
  return call;
}

async function offered(
  at: Stage,
  more: { description?: ReturnType<typeof offer>; data?: unknown } = {},
): Promise<Call> {
  const incoming = at.session.next("incoming");
  await at.fact({ type: "call.incoming", callId, reference: "K7F3QM", peer: bob, ...more });
  const call = await incoming;
  call.on("state", ({ state }) => at.states.push(state));
  return call;
}

const remotes = (at: Stage): string[] => at.platform.connection.remotes.map(({ type, sdp }) => `${type}: ${sdp}`);
const microphoneStopped = (stream: FakeStream | undefined): boolean => !!stream?.getTracks().every((t) => t.stopped);

describe("an outgoing call", () => {
  it("dials, rings, is answered and ends, and lets go of everything", async () => {
    const at = await stage();
    const call = await dial(at);
    const start = at.platform.socket.last("call.start");
    assert.deepEqual(start["target"], { user: "bob@localhost" });
    assert.deepEqual(start["description"], { kind: "offer", sdp: "local offer 1", generation: 1 });
    assert.deepEqual([call.id, call.reference, call.view().state], ["c1", "K7F3QM", "dialing"]);
    assert.deepEqual(at.session.calls.view().calls, [call]);
    await at.fact({ type: "call.ringing", callId });
    await at.fact({ type: "call.answered", callId, description: answer(1) });
    at.platform.connection.become("connected");
    assert.ok(call.view().since instanceof Date);
    assert.deepEqual(remotes(at), ["answer: remote answer 1"]);
    assert.equal(at.platform.players[0]?.started, 1);
    assert.ok(call.remote);
    const fact = call.next("ended");
    await at.fact({ ...ended, reason: "normal", durationMs: 1234 });
    assert.deepEqual(at.states, ["ringing", "connected", "ended"]);
    const end = await call.ended;
    const { type: _type, callId: _id, ...expected } = { ...ended, reason: "normal", durationMs: 1234 };
    assert.deepEqual(end, expected);
    assert.deepEqual(await fact, expected);
    assert.deepEqual(call.view().end, expected);
    assert.deepEqual(at.session.calls.view().calls, []);
    assert.ok(at.platform.connection.closed && at.platform.players[0]?.stopped);
    assert.ok(microphoneStopped(at.platform.captured[0]));
    await at.session.close();
    assert.equal(at.platform.clock.pending, 0);
  });

  it("plays early media of each fork, then takes the final answer", async () => {
    const at = await stage();
    const call = await dial(at);
    await at.fact({ type: "call.early", callId, description: answer(1) });
    assert.equal(at.platform.players[0]?.started, 1);
    assert.deepEqual([call.view().state, call.view().earlyMedia], ["dialing", true]);
    await at.fact({ type: "call.ringing", callId });
    await at.fact({ type: "call.early", callId, description: answer(2) });
    await at.fact({ type: "call.answered", callId, description: answer(3) });
    assert.deepEqual(remotes(at), [
      "pranswer: remote answer 1",
      "pranswer: remote answer 2",
      "answer: remote answer 3",
    ]);
    assert.equal(call.view().state, "connected");
  });

  it("takes the early description again as the final one, but only once", async () => {
    const at = await stage();
    await dial(at);
    await at.fact({ type: "call.early", callId, description: answer(1) });
    await at.fact({ type: "call.answered", callId, description: answer(1) });
    await at.fact({ type: "call.answered", callId, description: answer(1) });
    assert.deepEqual(remotes(at), ["pranswer: remote answer 1", "answer: remote answer 1"]);
  });

  it("ignores stale generations", async () => {
    const at = await stage();
    const call = await dial(at);
    await at.fact({ type: "call.early", callId, description: answer(2) });
    await at.fact({ type: "call.early", callId, description: answer(1) });
    await at.fact({ type: "call.answered", callId, description: answer(3) });
    await at.fact({ type: "call.update", callId, description: offer(2) });
    assert.deepEqual(remotes(at), ["pranswer: remote answer 2", "answer: remote answer 3"]);
    assert.equal(call.view().state, "connected");
  });

  it("applies descriptions in order when they come at once", async () => {
    const at = await stage();
    await dial(at);
    at.platform.socket.fact({ type: "call.early", callId, description: answer(1) });
    at.platform.socket.fact({ type: "call.answered", callId, description: answer(2) });
    await turns(40);
    assert.deepEqual(remotes(at), ["pranswer: remote answer 1", "answer: remote answer 2"]);
  });

  it("ends what it cannot play, and says so", async () => {
    const at = await stage();
    const call = await dial(at);
    await at.fact({ type: "call.answered", callId, description: answer(1, "broken") });
    const end = await call.ended;
    assert.deepEqual([end.by, end.reason, end.reference], ["local", "media-failed", "K7F3QM"]);
    assert.equal(at.platform.socket.last("call.end")["callId"], callId);
  });

  it("loses no event that follows the start at once", async () => {
    const at = await stage();
    at.platform.answers.set("call.start", () => undefined);
    const calling = dial(at);
    await turns();
    const { id } = at.platform.socket.last("call.start");
    at.platform.socket.deliver({ type: "call.started", re: id, callId, reference: "R", peer: bob });
    at.platform.socket.fact({ type: "call.ringing", callId });
    assert.equal((await calling).view().state, "ringing");
  });

  it("rejects with what the gateway refused, and closes the microphone", async () => {
    const at = await stage();
    at.platform.answers.set("call.start", () => ({ type: "refused", code: "not-allowed", text: "Not you." }));
    await assert.rejects(dial(at), { name: "ClientError", code: "not-allowed", message: "Not you." });
    assert.ok(microphoneStopped(at.platform.captured[0]) && at.platform.connection.closed);
    assert.deepEqual(at.session.calls.view().calls, []);
  });

  it("ends a call that starts after its deadline", async () => {
    const at = await stage();
    at.platform.answers.set("call.start", () => undefined);
    const failed = assert.rejects(dial(at), { code: "unreachable" });
    await at.platform.pass(10_000);
    await failed;
    const { id } = at.platform.socket.last("call.start");
    at.platform.socket.deliver({ type: "call.started", re: id, callId: "late", reference: "R", peer: bob });
    assert.equal(at.platform.socket.last("call.end")["callId"], "late");
  });

  it("is given up by its signal, before and after it started", async () => {
    const at = await stage();
    const before = new AbortController();
    before.abort();
    await assert.rejects(at.session.call("tel:600", { signal: before.signal }), { code: "aborted" });
    assert.equal(at.platform.captured.length, 0);
    const after = new AbortController();
    const call = await at.session.call("tel:600", { signal: after.signal });
    after.abort();
    await turns();
    assert.equal(at.platform.socket.last("call.end")["callId"], call.id);
  });

  it("says which options are not there yet", async () => {
    const at = await stage();
    const options = { record: true } as object;
    await assert.rejects(at.session.call("tel:600", options), { code: "unsupported" });
  });

  it("sends data along, and may only listen", async () => {
    const at = await stage();
    await at.session.call("tel:600", { data: { order: 7 }, media: { audio: false } });
    assert.deepEqual(at.platform.socket.last("call.start")["data"], { order: 7 });
    assert.deepEqual(at.platform.connection.transceivers, ["recvonly"]);
    assert.equal(at.platform.constraints.length, 0);
  });

  it("does not stop a stream of the application", async () => {
    const at = await stage();
    const stream = await at.platform.media?.getUserMedia({ audio: {} });
    const call = await at.session.call("tel:600", { media: stream as MediaStream });
    assert.equal(call.local, stream);
    await at.fact(ended);
    assert.ok(!microphoneStopped(at.platform.captured[0]));
  });
});

describe("an incoming call", () => {
  it("is answered with an answer", async () => {
    const at = await stage();
    const call = await offered(at, { description: offer(1), data: { order: 7 } });
    assert.deepEqual([call.view().state, call.data], ["offered", { order: 7 }]);
    assert.equal(at.platform.captured.length, 0);
    await call.answer();
    assert.deepEqual(at.platform.socket.last("call.answer")["description"], {
      kind: "answer",
      sdp: "local answer 1",
      generation: 1,
    });
    assert.equal(call.view().state, "offered");
    await at.fact({ type: "call.answered", callId });
    assert.deepEqual([call.view().state, remotes(at)], ["connected", ["offer: remote offer 1"]]);
  });

  it("answers a late offer with an offer", async () => {
    const at = await stage();
    const call = await offered(at);
    await call.answer();
    assert.deepEqual(at.platform.socket.last("call.answer")["description"], {
      kind: "offer",
      sdp: "local offer 1",
      generation: 1,
    });
    await at.fact({ type: "call.answered", callId, description: answer(1) });
    assert.deepEqual([call.view().state, remotes(at)], ["connected", ["answer: remote answer 1"]]);
  });

  it("is answered once, however often it is asked", async () => {
    const at = await stage();
    const call = await offered(at, { description: offer(1) });
    await Promise.all([call.answer(), call.answer()]);
    assert.equal(at.platform.socket.sent.filter(({ type }) => type === "call.answer").length, 1);
  });

  it("still rings when the microphone is denied, and can be answered then", async () => {
    const at = await stage();
    const call = await offered(at, { description: offer(1) });
    at.platform.captureFault = "NotAllowedError";
    await assert.rejects(call.answer(), { code: "microphone-denied" });
    assert.equal(call.view().state, "offered");
    at.platform.captureFault = undefined;
    await call.answer();
  });

  it("is rejected", async () => {
    const at = await stage();
    const call = await offered(at, { description: offer(1) });
    const rejected = call.reject("busy");
    await at.fact({ ...ended, by: "local", reason: "busy" });
    await rejected;
    assert.equal(at.platform.socket.last("call.reject")["reason"], "busy");
    await assert.rejects(call.answer(), { code: "aborted" });
  });

  it("was answered elsewhere while the microphone opened", async () => {
    const at = await stage();
    const call = await offered(at, { description: offer(1) });
    const answering = assert.rejects(call.answer(), { code: "aborted" });
    await at.fact({ ...ended, by: "system", reason: "answered-elsewhere" });
    await answering;
    assert.equal((await call.ended).reason, "answered-elsewhere");
    assert.ok(microphoneStopped(at.platform.captured[0]));
    assert.ok(at.platform.connections.every(({ closed }) => closed));
  });

  it("waits while another call is up", async () => {
    const at = await stage();
    await dial(at);
    const waiting = at.session.calls.next("waiting");
    await at.fact({ type: "call.incoming", callId: "c2", reference: "R2", peer: bob, description: offer(1) });
    assert.equal((await waiting).id, "c2");
    assert.equal(at.session.calls.view().calls.length, 2);
  });
});

describe("a call that is up", () => {
  async function up(): Promise<Stage & { call: Call }> {
    const at = await stage();
    const call = await dial(at);
    await at.fact({ type: "call.answered", callId, description: answer(1) });
    at.platform.connection.become("connected");
    return { ...at, call };
  }

  it("answers an offer of the far side", async () => {
    const at = await up();
    await at.fact({ type: "call.update", callId, description: offer(2) });
    assert.deepEqual(at.platform.socket.last("call.update")["description"], {
      kind: "answer",
      sdp: "local answer 2",
      generation: 2,
    });
  });

  it("tells the far side's hold, keeps the view otherwise", async () => {
    const at = await up();
    await at.fact({ type: "call.hold", callId, remote: true });
    assert.deepEqual(at.call.view().hold, { local: false, remote: true });
    const view = at.call.view();
    await at.fact({ type: "call.ringing", callId });
    assert.equal(at.call.view(), view);
    await at.fact({ type: "call.hold", callId, remote: false });
    assert.equal(at.call.view().hold.remote, false);
  });

  it("mutes by itself", async () => {
    const at = await up();
    const [track] = at.platform.captured[0]?.getTracks() ?? [];
    at.call.mute("audio");
    assert.deepEqual([track?.enabled, at.call.view().muted.audio, at.call.levels().local], [false, true, 0]);
    at.call.mute("audio", false);
    assert.deepEqual(
      [track?.enabled, at.call.view().muted.audio, at.call.levels()],
      [true, false, { local: 0.5, remote: 0.5 }],
    );
  });

  it("sends and receives digits", async () => {
    const at = await up();
    await at.call.sendDigits("12,a#");
    assert.equal(at.platform.socket.last("call.dtmf")["digits"], "12,A#");
    await at.call.sendDigits("1".repeat(70));
    assert.equal(at.platform.socket.last("call.dtmf")["digits"], "1".repeat(6));
    await assert.rejects(at.call.sendDigits("1E"), { code: "unsupported" });
    await assert.rejects(at.call.sendDigits(""), { code: "unsupported" });
    const digit = at.call.next("digits");
    await at.fact({ type: "call.dtmf", callId, digit: "5", durationMs: 100 });
    assert.equal(await digit, "5");
  });

  it("says when the sound breaks off and comes back", async () => {
    const at = await up();
    const states: string[] = [];
    at.call.on("state", ({ state }) => states.push(state));
    at.platform.connection.become("disconnected");
    at.platform.connection.become("connected");
    assert.deepEqual(states, ["reconnecting", "connected"]);
    const problem = at.call.next("problem");
    at.platform.connection.become("failed");
    assert.equal((await problem).code, "ice-failed");
  });

  it("ends by the system when the connection is lost", async () => {
    const at = await up();
    await at.platform.pass(2_000);
    at.platform.socket.drop();
    const end: CallEnd = await at.call.ended;
    assert.deepEqual([end.by, end.reason, end.reference, end.durationMs], ["system", "network-lost", "K7F3QM", 2_000]);
  });

  it("ends at last when nobody confirms it", async () => {
    const at = await up();
    at.platform.answers.set("call.end", () => undefined);
    const ending = at.call.end();
    await at.platform.pass(2_000);
    await ending;
    assert.deepEqual([(await at.call.ended).by, (await at.call.ended).reason], ["local", "normal"]);
    await at.call.end();
  });

  it("ends by its own side when the session is closed", async () => {
    const at = await up();
    await at.session.close();
    assert.equal((await at.call.ended).by, "local");
    assert.equal(at.platform.clock.pending, 0);
  });

  it("gives up waiting for events when it ends", async () => {
    const at = await up();
    const digit = assert.rejects(at.call.next("digits"), { code: "aborted" });
    await at.fact(ended);
    await digit;
  });
});

describe("the way of the sound", () => {
  it("is missed after 2 s", async () => {
    const at = await stage();
    const call = await dial(at);
    const problem = call.next("problem");
    await at.fact({ type: "call.answered", callId, description: answer(1) });
    await at.platform.pass(1_999);
    assert.equal(call.view().state, "connected");
    await at.platform.pass(1);
    assert.deepEqual([(await problem).code, call.view().state], ["ice-failed", "reconnecting"]);
    at.platform.connection.become("connected");
    assert.equal(call.view().state, "connected");
  });

  it("is missed after 2 s too when it failed before the gateway had taken the call", async () => {
    const at = await stage();
    at.platform.answers.set("call.start", () => undefined);
    const starting = dial(at);
    await turns();
    at.platform.connection.stats = [];
    at.platform.connection.become("failed");
    const frame = at.platform.socket.last("call.start");
    const peer = { target: { user: "bob@localhost" }, can: ["call"] };
    at.platform.socket.deliver({ type: "call.started", re: frame.id, callId, reference: "K7F3QM", peer });
    const call = await starting;
    const problem = call.next("problem");
    await at.fact({ type: "call.answered", callId, description: answer(1) });
    await at.platform.pass(2_000);
    assert.deepEqual([(await problem).detail, call.view().state], ["no-candidate", "reconnecting"]);
  });

  it("is known to be missing when the answer comes after the alarm", async () => {
    const at = await stage();
    const call = await dial(at);
    await at.fact({ type: "call.early", callId, description: answer(1) });
    await at.platform.pass(2_000);
    await at.fact({ type: "call.answered", callId, description: answer(1) });
    assert.equal(call.view().state, "reconnecting");
  });

  it("is not watched once it is there", async () => {
    const at = await stage();
    const call = await dial(at);
    const problems: string[] = [];
    call.on("problem", ({ code }) => problems.push(code));
    await at.fact({ type: "call.early", callId, description: answer(1) });
    at.platform.connection.become("connected");
    await at.platform.pass(2_000);
    assert.deepEqual(problems, []);
  });
});

describe("call me", () => {
  it("is a call without media that can be ended and sent digits", async () => {
    const at = await stage();
    at.platform.answers.set("call.me", ({ target }) => ({
      type: "call.started",
      callId,
      reference: "K7F3QM",
      peer: { target: target as { user: string }, can: ["call"] },
    }));
    const call = await at.session.calls.callMe("+33 6 12 34 56 78", "user:bob@localhost");
    call.on("state", ({ state }) => at.states.push(state));
    const { number, target } = at.platform.socket.last("call.me");
    assert.deepEqual([number, target], ["+33 6 12 34 56 78", { user: "bob@localhost" }]);
    await at.fact({ type: "call.ringing", callId });
    await at.fact({ type: "call.answered", callId });
    await call.sendDigits("5");
    call.mute("audio");
    await at.platform.pass(6000);
    await at.fact({ ...ended, reason: "normal" });
    assert.equal((await call.ended).reference, "K7F3QM");
    assert.deepEqual([...new Set(at.states)], ["ringing", "connected", "ended"]);
    assert.deepEqual([at.platform.connections.length, at.platform.captured.length], [0, 0]);
  });
});
