import assert from "node:assert/strict";
import { type RunningSipServer, startSipServer } from "../../support/sip-server.ts";
import { only, SipUa, tagIn } from "../../support/sip-ua.ts";
import { CallsByHand, sdp, sdpType } from "./calls-by-hand.ts";

const other = sdp.replace("4000", "4002");

describe("exchanges within a dialog", function () {
  this.timeout(20_000);
  let server: RunningSipServer;
  let calls: CallsByHand;

  before(async () => {
    server = await startSipServer({ args: ["--disable-nat-detection"] });
  });

  beforeEach(async () => {
    calls = await CallsByHand.open(server, "invite");
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

  it("carry offer and answer in PRACK, from the peer (RFC 3262 5)", async () => {
    const { ua, app } = calls;
    const dialog = calls.dialog();
    calls.invite(dialog, ["Supported: 100rel"], { body: "" });
    const cseq = dialog.cseq;
    const invite = await app.next(/^INVITE/);
    await app.respond(invite, 183, ["Require: 100rel", sdpType], sdp);
    const progress = await ua.next("183", ({ status }) => status === 183);
    assert.equal(progress.body, sdp);
    dialog.remoteTag = tagIn(only(progress, "to"));
    // Our offer was in the 183: its answer comes in PRACK.
    ua.send(dialog, "PRACK", { headers: [`RAck: ${only(progress, "rseq")} ${cseq} INVITE`], body: other });
    const answer = await app.next(/^PRACK/);
    assert.equal(answer.body, other);
    await app.respond(answer, 200);
    assert.equal((await ua.final(dialog, "PRACK")).status, 200);
    // Another one, and now PRACK brings an offer, which its 200 answers.
    await app.respond(invite, 180, ["Require: 100rel"]);
    const ringing = await ua.next("180", ({ status }) => status === 180);
    assert.equal(Number(only(ringing, "rseq")), Number(only(progress, "rseq")) + 1);
    ua.send(dialog, "PRACK", { headers: [`RAck: ${only(ringing, "rseq")} ${cseq} INVITE`], body: sdp });
    const offer = await app.next(/^PRACK/);
    assert.equal(offer.body, sdp);
    await app.respond(offer, 200, [sdpType], other);
    assert.equal((await ua.final(dialog, "PRACK")).body, other);
    await app.respond(invite, 200);
    await ua.next("200", ({ status, method }) => status === 200 && method === "INVITE");
    ua.send(dialog, "ACK", { cseq });
    await calls.hangUp((await app.next(/^ACK/)).dialogId);
    assert.deepEqual(app.left(), []);
  });

  it("carry offer and answer in PRACK, from the application", async () => {
    const { ua, app } = calls;
    const uri = `sip:peer@127.0.0.1:${ua.port}`;
    assert.equal((await app.ask("sip||", `INVITE ${uri} SIP/2.0\r\nSupported: 100rel\r\n\r\n`)).fields[0], "OK");
    const invite = await ua.request("INVITE");
    ua.autoOk.delete("PRACK");
    for (const [rseq, theirs, ours] of [
      [5, sdp, other],
      [6, "", sdp],
    ] as const) {
      const headers = ["Require: 100rel", `RSeq: ${rseq}`];
      ua.reply(invite, 183, "Session Progress", { tag: "callee", headers, body: theirs });
      const progress = await app.next(/^SIP\/2.0 183/);
      assert.equal(progress.body, theirs);
      const rack = `RAck: ${rseq} ${only(invite, "cseq")}`;
      await app.inDialog(progress.dialogId, "PRACK", [rack, sdpType], ours);
      const prack = await ua.request("PRACK");
      assert.equal(prack.body, ours);
      const answer = theirs === "" ? other : "";
      ua.reply(prack, 200, "OK", { body: answer });
      assert.equal((await app.next(/^SIP\/2.0 200/)).body, answer);
    }
    ua.reply(invite, 200, "OK", { tag: "callee" });
    const { dialogId } = await app.next(/^SIP\/2.0 200/);
    await app.inDialog(dialogId, "ACK");
    await calls.hangUp(dialogId);
    assert.deepEqual(app.left(), []);
  });

  it("follow a peer that moves, by its re-INVITE, UPDATE, or answer to ours (RFC 3261 12.2, RFC 3311 5.2)", async () => {
    const { ua, app } = calls;
    const { dialog, dialogId } = await calls.answered();
    const places = [await SipUa.open("one"), await SipUa.open("two"), await SipUa.open("three")];
    const [one, two, three] = places as [SipUa, SipUa, SipUa];
    calls.invite(dialog, [`Contact: <${one.uri}>`]);
    const cseq = dialog.cseq;
    await app.respond(await app.next(/^INVITE/), 200, [sdpType], sdp);
    await ua.final(dialog, "INVITE");
    ua.send(dialog, "ACK", { cseq });
    await app.next(/^ACK/);
    await app.inDialog(dialogId, "INFO");
    await one.request("INFO");
    await app.next(/^SIP\/2.0 200/);
    ua.send(dialog, "UPDATE", { headers: [`Contact: <${two.uri}>`] });
    await app.respond(await app.next(/^UPDATE/), 200);
    await app.inDialog(dialogId, "INVITE", [], sdp);
    const reinvite = await two.request("INVITE");
    two.reply(reinvite, 200, "OK", { headers: [`Contact: <${three.uri}>`], body: sdp });
    await app.next(/^SIP\/2.0 200/);
    await app.inDialog(dialogId, "ACK");
    await three.request("ACK");
    await app.inDialog(dialogId, "BYE");
    await three.request("BYE");
    await Promise.all(places.map((place) => place.close()));
  });
});
