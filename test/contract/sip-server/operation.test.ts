import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HepCollector } from "../../support/hep-collector.ts";
import { type RunningSipServer, startSipServer } from "../../support/sip-server.ts";
import { newBranch, only, type SipDialog, SipUa } from "../../support/sip-ua.ts";
import { until } from "../../support/until.ts";
import { Application } from "./application.ts";
import { header, request } from "./messages.ts";
import { StreamPeer } from "./stream-peer.ts";

const sdp =
  "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 0\r\n" +
  "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0LW1lZGlhLWtleS1vZi10aGlydHktYnl0|2^20\r\n";
const limit = 10;

describe("the SIP server in operation", function () {
  this.timeout(30_000);
  let server: RunningSipServer;
  let app: Application;
  let ua: SipUa;
  let collector: HepCollector;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "offhook-hep-"));
    const password = join(folder, "password");
    writeFileSync(password, "homer-7");
    collector = await HepCollector.open();
    const hep = ["--hep", collector.address, "--hep-id", "77", "--hep-password-file", password];
    server = await startSipServer({ args: ["--max-unanswered", String(limit), "--log-level", "warn", ...hep] });
    app = await Application.open(server, "invite", "options", "register");
  });

  beforeEach(async () => (ua = await SipUa.open("alice")));

  afterEach(() => ua.close());

  after(async () => {
    app.close();
    try {
      await server.drained(8_200);
      assert.equal(server.log().includes("unexpected fault"), false, server.log());
    } finally {
      assert.equal(await server.stop(), 0);
      collector.close();
      rmSync(folder, { recursive: true });
    }
  });

  const dialogAt = ({ sip } = server, from = ua): SipDialog =>
    from.dialog(`sip:bob@127.0.0.1:${sip.udp}`, { address: "127.0.0.1", port: sip.udp ?? 0 });

  /** An answered call. */
  async function established(at = server, by = app, body = sdp): Promise<SipDialog> {
    const dialog = dialogAt(at);
    const invited = ua.invite(dialog, { body });
    const invite = await by.next(/^INVITE/);
    await by.respond(invite, 180);
    await by.respond(invite, 200, ["Content-Type: application/sdp"], body);
    assert.equal((await invited).status, 200);
    await by.next(/^ACK/);
    return dialog;
  }

  async function hangUp(dialog: SipDialog, by = app): Promise<void> {
    ua.send(dialog, "BYE");
    await by.respond(await by.next(/^BYE/), 200);
    assert.equal((await ua.final(dialog, "BYE")).status, 200);
  }

  const site = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(server.metricsUrl.replace("/metrics", path), init);
  const json = async (path: string, method: string): Promise<unknown> => (await site(path, { method })).json();

  it("refuses the call above the limit at once, and goes on with those that are up", async () => {
    const standing = await established();
    const waiting: { dialog: SipDialog; branch: string }[] = [];
    const ring = (): void => {
      const [dialog, branch] = [dialogAt(), newBranch()];
      waiting.push({ dialog, branch });
      ua.send(dialog, "INVITE", { body: sdp, branch });
    };
    for (let count = 0; count < limit; count++) ring();
    const invites = [];
    for (const _ of waiting) invites.push(await app.next(/^INVITE/));
    assert.equal(await server.metric("offhook_sip_unanswered_invites"), limit);
    const sentAt = Date.now();
    const [dialog, branch] = [dialogAt(), newBranch()];
    ua.send(dialog, "INVITE", { body: sdp, branch });
    const refusal = await ua.final(dialog, "INVITE");
    assert.equal(refusal.status, 503);
    assert.equal(only(refusal, "retry-after"), "5");
    const [came, went] = [await collector.next(dialog.callId, /^INVITE/), await collector.next(dialog.callId, /503/)];
    const tookMs = went.at - came.at;
    process.stdout.write(`      11th refused after ${tookMs} ms (${refusal.at - sentAt} ms at the caller)\n`);
    assert.ok(tookMs <= 50, `the refusal took ${tookMs} ms`);
    // A copy of what was refused stays refused, even when there is room again.
    for (const invite of invites) await app.respond(invite, 486);
    await until("room", async () => (await server.metric("offhook_sip_unanswered_invites")) === 0);
    ua.send(dialog, "INVITE", { body: sdp, branch, cseq: dialog.cseq });
    const copy = await ua.final(dialog, "INVITE");
    assert.deepEqual([copy.status, only(copy, "to")], [503, only(refusal, "to")]);
    await hangUp(standing);
    for (const { dialog: one, branch: same } of waiting) {
      await ua.final(one, "INVITE");
      ua.send(one, "ACK", { cseq: one.cseq, branch: same });
    }
    assert.deepEqual(app.left(), []);
    await hangUp(await established());
    const refused = await (await site("/metrics")).text();
    assert.match(refused, /^offhook_sip_turned_away_total\{why="unanswered",transport=""\} 1$/m);
  });

  it("counts requests and responses by method and code, and times calls", async () => {
    await hangUp(await established());
    const text = await (await site("/metrics")).text();
    for (const line of [
      /^offhook_sip_requests_total\{direction="in",method="INVITE"\} [1-9]/m,
      /^offhook_sip_requests_total\{direction="in",method="ACK"\} [1-9]/m,
      /^offhook_sip_responses_total\{direction="out",method="INVITE",code="180"\} [1-9]/m,
      /^offhook_sip_responses_total\{direction="out",method="BYE",code="200"\} [1-9]/m,
      /^offhook_sip_setup_seconds_bucket\{le="5",direction="in",milestone="18x"\} [1-9]/m,
      /^offhook_sip_setup_seconds_count\{direction="in",milestone="200"\} [1-9]/m,
      /^offhook_sip_draining 0$/m,
      /^offhook_sip_busy_ratio 0\.\d/m,
    ]) {
      assert.match(text, line);
    }
    const callee = await SipUa.open("bob");
    const sent = app.ask("sip||", `INVITE ${callee.uri} SIP/2.0\r\nContent-Type: application/sdp\r\n\r\n${sdp}`);
    const invite = await callee.request("INVITE");
    callee.reply(invite, 183, "Session Progress");
    // RFC 3261 17.1.1.3: each copy of a final response is acknowledged once more.
    for (const _ of [1, 2]) callee.reply(invite, 486, "Busy Here");
    await callee.request("ACK");
    await callee.request("ACK");
    await sent;
    const after = await (await site("/metrics")).text();
    assert.match(after, /^offhook_sip_requests_total\{direction="out",method="INVITE"\} 1$/m);
    assert.match(after, /^offhook_sip_responses_total\{direction="in",method="INVITE",code="486"\} 2$/m);
    assert.match(after, /^offhook_sip_setup_seconds_count\{direction="out",milestone="18x"\} 1$/m);
    assert.match(after, /^offhook_sip_retransmissions_total\{direction="out"\} [1-9]/m);
    await callee.close();
  });

  it("copies every message to a Homer collector", async () => {
    const dialog = await established();
    await hangUp(dialog);
    const [own, peer] = [`127.0.0.1:${server.sip.udp}`, `127.0.0.1:${ua.port}`];
    const invite = await collector.next(dialog.callId, /^INVITE/);
    const ringing = await collector.next(dialog.callId, /^SIP\/2.0 180/);
    const common = { protocol: 17, type: 1, agent: 77, password: "homer-7", correlation: dialog.callId };
    for (const [message, source, destination] of [
      [invite, peer, own],
      [ringing, own, peer],
    ] as const) {
      const { at, payload: _, ...rest } = message;
      assert.deepEqual(rest, { ...common, source, destination });
      assert.ok(Math.abs(at - Date.now()) < 60_000);
    }
    assert.equal(ringing.payload, ua.messages.find(({ status }) => status === 180)?.raw);
    assert.ok(invite.payload.endsWith(sdp));
    for (const line of [/^SIP\/2.0 100/, /^SIP\/2.0 200/, /^ACK/, /^BYE/]) await collector.next(dialog.callId, line);
    const stream = await StreamPeer.tcp(server.sip.tcp ?? 0);
    const options = request("OPTIONS", "TCP");
    stream.send(options);
    await app.respond(await app.next(/^OPTIONS/), 200);
    await stream.next(/^SIP\/2.0 200/);
    const overTcp = await collector.next(header(options, "Call-ID"), /^OPTIONS/);
    assert.deepEqual([overTcp.protocol, overTcp.payload], [6, options]);
    stream.close();
    assert.ok((await server.metric("offhook_sip_hep_messages_total")) > 0);
  });

  it("shows messages on demand, one line each, without secrets", async () => {
    const bob = await SipUa.open("bob");
    const credentials =
      'Authorization: Digest username="alice", realm="r", nonce="n-1", uri="sip:x", response="deadbeef", cnonce="c-1"';
    const register = async (by: SipUa): Promise<SipDialog> => {
      const dialog = dialogAt(server, by);
      by.send(dialog, "REGISTER", { headers: [credentials] });
      await app.respond(await app.next(/^REGISTER/), 200);
      await by.final(dialog, "REGISTER");
      return dialog;
    };
    const lines = (dialog: SipDialog): string[] =>
      server
        .log()
        .split("\n")
        .filter((line) => line.includes(dialog.callId));
    assert.deepEqual(lines(await register(ua)), []);
    assert.deepEqual(await json("/trace?user=alice", "PUT"), [{ user: "alice" }]);
    const shown = await register(ua);
    await until("two lines", () => lines(shown).length === 2);
    const [inward = "", outward = ""] = lines(shown);
    assert.match(inward, new RegExp(`info sip in udp 127.0.0.1:${ua.port} > 127.0.0.1:${server.sip.udp} text="`));
    assert.match(inward, /Digest username=.*alice.*, realm=.*nonce=\*\*\*, uri=.*response=\*\*\*, cnonce=\*\*\*/);
    assert.match(outward, /sip out udp .*SIP\/2.0 200/);
    assert.equal(await server.metric("offhook_sip_trace_filters"), 1);
    const address = `127.0.0.1:${bob.port}`;
    assert.deepEqual(await json(`/trace?address=${address}`, "PUT"), [{ user: "alice" }, { address }]);
    assert.deepEqual(await json("/trace?user=alice", "DELETE"), [{ address }]);
    assert.deepEqual(lines(await register(ua)), []);
    const byAddress = await register(bob);
    await until("two lines", () => lines(byAddress).length === 2);
    const dialog = dialogAt();
    await json(`/trace?call-id=${dialog.callId}`, "PUT");
    ua.send(dialog, "OPTIONS", { body: sdp });
    await app.respond(await app.next(/^OPTIONS/), 200);
    await ua.final(dialog, "OPTIONS");
    await until("two lines", () => lines(dialog).length === 2);
    assert.deepEqual(await json("/trace", "DELETE"), []);
    assert.deepEqual(lines(await register(bob)), []);
    for (const secret of ["deadbeef", "c-1", "c2VjcmV0"]) assert.equal(server.log().includes(secret), false, secret);
    assert.equal((await site("/trace?colour=red", { method: "PUT" })).status, 400);
    assert.equal((await site("/trace", { method: "PUT" })).status, 400);
    assert.equal((await site("/trace", { headers: { Origin: "https://evil.example" } })).status, 403);
    await bob.close();
  });

  it("drains at SIGUSR2: nothing new, calls go on, and it ends with the last of them", async () => {
    const drained = await startSipServer();
    const own = await Application.open(drained, "invite", "options");
    const dialog = await established(drained, own);
    process.kill(drained.pid, "SIGUSR2");
    await until("draining", async () => (await drained.metric("offhook_sip_draining")) === 1);
    const newcomer = dialogAt(drained);
    assert.equal((await ua.invite(newcomer, { body: sdp })).status, 503);
    ua.send(dialog, "INFO");
    await own.respond(await own.next(/^INFO/), 200);
    assert.equal((await ua.final(dialog, "INFO")).status, 200);
    await hangUp(dialog, own);
    assert.equal(await drained.ended, 0);
    assert.equal(own.left().length, 0);
    own.close();
  });

  it("drains by HTTP, can be told otherwise, and ends with calls when their time is over", async () => {
    const drained = await startSipServer({ args: ["--drain-timeout", "1500"] });
    const own = await Application.open(drained, "invite", "options");
    const dialog = await established(drained, own);
    const order = async (method: string): Promise<unknown> =>
      (await fetch(drained.metricsUrl.replace("metrics", "drain"), { method })).json();
    assert.deepEqual(await order("PUT"), { draining: true, dialogs: 1 });
    assert.deepEqual(await order("DELETE"), { draining: false, dialogs: 1 });
    const welcome = dialogAt(drained);
    ua.send(welcome, "OPTIONS");
    await own.respond(await own.next(/^OPTIONS/), 200);
    assert.equal((await ua.final(welcome, "OPTIONS")).status, 200);
    assert.deepEqual(await order("PUT"), { draining: true, dialogs: 1 });
    assert.equal(await drained.ended, 0);
    assert.match(drained.log(), /drained dialogs=1/);
    assert.equal(dialog.remoteTag === "", false);
    own.close();
  });
});
