import assert from "node:assert/strict";
import { type RunningSipServer, startSipServer } from "../../support/sip-server.ts";
import { only, type SipDialog, type SipMessage } from "../../support/sip-ua.ts";
import { CallsByHand, sdp, sdpType } from "./calls-by-hand.ts";
import { request } from "./messages.ts";
import { StreamPeer } from "./stream-peer.ts";

const retryAfter = (message: SipMessage): number => Number(only(message, "retry-after") || NaN);

describe("what the SIP server refuses by itself", function () {
  this.timeout(20_000);
  let server: RunningSipServer;
  let calls: CallsByHand;

  before(async () => {
    server = await startSipServer({ args: ["--extensions", "replaces, path"] });
  });

  beforeEach(async () => {
    calls = await CallsByHand.open(server, "invite", "message", "refer", "brew");
  });

  afterEach(() => calls.close());

  after(async () => {
    try {
      await server.drained(8_200);
      assert.equal(server.log().includes("unexpected fault"), false, server.log());
    } finally {
      assert.equal(await server.stop(), 0);
    }
  });

  /** The answer to a request outside a dialog. */
  async function answerTo(method: string, headers: readonly string[] = []): Promise<SipMessage> {
    const dialog = calls.dialog();
    calls.ua.send(dialog, method, { headers });
    return calls.ua.final(dialog, method);
  }

  it("a method that no application ever took: 405 with Allow (RFC 3261 8.2.1); one that nobody knows: 501", async () => {
    const refused = await answerTo("SUBSCRIBE");
    assert.equal(refused.status, 405);
    assert.equal(only(refused, "allow"), "INVITE, MESSAGE, REFER, BREW, ACK, BYE, CANCEL, PRACK, UPDATE");
    assert.equal((await answerTo("PERCOLATE")).status, 501);
    // Whoever took it may come back: not now is not never.
    assert.deepEqual((await calls.app.ask("remove_route|message")).fields, ["OK"]);
    assert.equal((await answerTo("MESSAGE")).status, 503);
  });

  it("but not REFER, nor a method of its own, that an application takes; in a dialog its owner gets all", async () => {
    const { ua, app } = calls;
    for (const method of ["REFER", "BREW"]) {
      const dialog = calls.dialog();
      ua.send(dialog, method, { headers: ["Refer-To: <sip:carol@example.com>"] });
      await app.respond(await app.next(new RegExp(`^${method}`)), 202);
      assert.equal((await ua.final(dialog, method)).status, 202);
    }
    const { dialog, dialogId } = await calls.answered();
    for (const method of ["REFER", "PERCOLATE"]) {
      ua.send(dialog, method);
      const asked = await app.next(new RegExp(`^${method}`));
      assert.equal(asked.dialogId, dialogId);
      await app.respond(asked, 202);
      assert.equal((await ua.final(dialog, method)).status, 202);
    }
    await calls.hangUp(dialogId);
  });

  it("an extension that is not understood: 420 with Unsupported (RFC 3261 8.2.2.3)", async () => {
    const refused = await answerTo("MESSAGE", ["Require: replaces, sec-agree, 100rel", "Require: X-own"]);
    assert.deepEqual([refused.status, only(refused, "unsupported")], [420, "sec-agree, X-own"]);
    const { dialog, dialogId } = await calls.answered(["Require: Replaces, timer"]);
    calls.ua.send(dialog, "INFO", { headers: ["Require: nothing"] });
    assert.equal((await calls.ua.final(dialog, "INFO")).status, 420);
    await calls.hangUp(dialogId);
    assert.deepEqual(calls.app.left(), []);
  });

  it("a target of a scheme that nobody serves: 416", async () => {
    const dialog = { ...calls.dialog(), target: "http://example.com/" };
    calls.ua.send(dialog, "MESSAGE");
    assert.equal((await calls.ua.final(dialog, "MESSAGE")).status, 416);
  });

  it("what is larger than 64 KiB: 513, and the connection, while its sender still sends", async () => {
    const peer = await StreamPeer.tcp(server.sip.tcp ?? 0);
    peer.send(request("MESSAGE", "TCP").replace("Content-Length: 0", "Content-Length: 3000000"));
    for (let part = 0; part < 30; part++) peer.send("x".repeat(100_000));
    assert.match(await peer.next(/\r\n\r\n/), /^SIP\/2\.0 513 Message Too Large/);
    await peer.gone();
  });

  it("the same request by another way: 482 (RFC 3261 8.2.2.2), for any method, but not when it comes again after a 503", async () => {
    const { ua, app } = calls;
    const before = await server.metric("offhook_sip_turned_away_total");
    const dialog = calls.dialog();
    for (const branch of ["z9hG4bKone", "z9hG4bKtwo"]) ua.send(dialog, "MESSAGE", { cseq: 7, branch });
    assert.equal((await ua.next("482", ({ status }) => status === 482)).method, "MESSAGE");
    await app.respond(await app.next(/^MESSAGE/), 200);
    assert.equal((await ua.final(dialog, "MESSAGE")).status, 200);
    assert.equal((await server.metric("offhook_sip_turned_away_total")) - before, 1);
    const second = calls.dialog();
    for (const status of [503, 200]) {
      ua.send(second, "MESSAGE", { cseq: 7 });
      await app.respond(await app.next(/^MESSAGE/), status);
      assert.equal((await ua.final(second, "MESSAGE")).status, status);
    }
    assert.deepEqual(app.left(), []);
  });

  /** The peer's INVITE is answered reliably with `body`, and that is acknowledged. */
  async function early(body: string): Promise<{ dialog: SipDialog; cseq: number; finish(): Promise<void> }> {
    const { ua, app } = calls;
    const { dialog, invite } = await calls.incoming(["Supported: 100rel"]);
    const cseq = dialog.cseq;
    await app.respond(invite, 183, ["Require: 100rel", ...(body ? [sdpType] : [])], body);
    const progress = await ua.next(
      "183",
      ({ status, headers }) => status === 183 && headers.get("call-id")?.[0] === dialog.callId,
    );
    dialog.remoteTag = /tag=([^;]+)/.exec(only(progress, "to"))?.[1] ?? "";
    ua.send(dialog, "PRACK", { headers: [`RAck: ${only(progress, "rseq")} ${cseq} INVITE`] });
    await app.respond(await app.next(/^PRACK/), 200);
    assert.equal((await ua.final(dialog, "PRACK")).status, 200);
    return {
      dialog,
      cseq,
      async finish() {
        await app.respond(invite, 486);
        await ua.next("486", ({ status, headers }) => status === 486 && headers.get("call-id")?.[0] === dialog.callId);
        calls.ackFailure(dialog, cseq);
      },
    };
  }

  it("an offer while theirs or ours is open: 500 with Retry-After, 491 (RFC 3261 14.2, RFC 3311 5.2)", async () => {
    const { ua, app } = calls;
    // Theirs: the INVITE's offer has no answer that counts.
    const unanswered = await early("");
    ua.send(unanswered.dialog, "UPDATE", { body: sdp });
    const overlap = await ua.final(unanswered.dialog, "UPDATE");
    assert.equal(overlap.status, 500);
    assert.ok(retryAfter(overlap) >= 0 && retryAfter(overlap) <= 10);
    await unanswered.finish();
    // It has one, so that another exchange may begin.
    const answered = await early(sdp);
    ua.send(answered.dialog, "UPDATE", { body: sdp });
    await app.respond(await app.next(/^UPDATE/), 200, [sdpType], sdp);
    assert.equal((await ua.final(answered.dialog, "UPDATE")).status, 200);
    await answered.finish();

    const { dialog, dialogId } = await calls.answered();
    ua.autoOk.delete("UPDATE");
    await app.inDialog(dialogId, "UPDATE", [], sdp);
    const ours = await ua.request("UPDATE");
    ua.send(dialog, "UPDATE", { body: sdp });
    assert.equal((await ua.final(dialog, "UPDATE")).status, 491);
    calls.invite(dialog);
    assert.equal((await calls.refused(dialog)).status, 491);
    // Without an offer it is in nobody's way.
    ua.send(dialog, "UPDATE");
    await app.respond(await app.next(/^UPDATE/), 200);
    assert.equal((await ua.final(dialog, "UPDATE")).status, 200);
    ua.reply(ours, 200, "OK", { body: sdp });
    await app.next(/^SIP\/2.0 200/);
    // A re-INVITE that overtakes another, and one that overtakes the ACK of our answer.
    calls.invite(dialog);
    const theirs = await app.next(/^INVITE/);
    const first = dialog.cseq;
    calls.invite(dialog);
    const second = await calls.refused(dialog);
    assert.equal(second.status, 500);
    assert.ok(retryAfter(second) >= 0 && retryAfter(second) <= 10);
    await app.respond(theirs, 200, [sdpType], sdp);
    await ua.next("200", ({ status, method }) => status === 200 && method === "INVITE");
    calls.invite(dialog);
    assert.equal(
      (
        await ua.next(
          "491",
          ({ status, headers }) => status === 491 && headers.get("cseq")?.[0] === `${dialog.cseq} INVITE`,
        )
      ).status,
      491,
    );
    calls.ackFailure(dialog);
    ua.send(dialog, "ACK", { cseq: first });
    await app.next(/^ACK/);
    ua.autoOk.add("UPDATE");
    await calls.hangUp(dialogId);
    assert.deepEqual(app.left(), []);
  });

  it("by our own offer in an early dialog, until the peer has answered it reliably", async () => {
    const { ua, app } = calls;
    const { invite } = await calls.outgoing(["Supported: 100rel"]);
    const dialog = { ...ua.dialogOf(invite), localTag: "early" };
    ua.reply(invite, 180, "Ringing", { tag: "early" });
    const { dialogId } = await app.next(/^SIP\/2.0 180/);
    // The callee's INFO and UPDATE before the answer.
    ua.send(dialog, "INFO");
    const info = await app.next(/^INFO/);
    assert.equal(info.dialogId, dialogId);
    await app.respond(info, 200);
    assert.equal((await ua.final(dialog, "INFO")).status, 200);
    ua.send(dialog, "UPDATE", { body: sdp });
    assert.equal((await ua.final(dialog, "UPDATE")).status, 491);
    ua.reply(invite, 183, "Session Progress", { tag: "early", headers: ["Require: 100rel", "RSeq: 1"], body: sdp });
    await app.next(/^SIP\/2.0 183/);
    await app.inDialog(dialogId, "PRACK", [`RAck: 1 ${only(invite, "cseq")}`]);
    await app.next(/^SIP\/2.0 200/);
    ua.send(dialog, "UPDATE", { body: sdp });
    await app.respond(await app.next(/^UPDATE/), 200, [sdpType], sdp);
    assert.equal((await ua.final(dialog, "UPDATE")).status, 200);
    ua.reply(invite, 486, "Busy Here", { tag: "early" });
    await app.next(/^SIP\/2.0 486/);
    await ua.request("ACK");
  });
});
