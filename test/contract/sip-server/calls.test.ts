import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { type RunningSipServer, startSipServer } from "../../support/sip-server.ts";
import { only, type SipDialog, SipUa, tagIn } from "../../support/sip-ua.ts";
import { until } from "../../support/until.ts";
import { Application, type SipFrame } from "./application.ts";

const sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
const branchOf = (dialog: SipDialog, cseq: number): string => `z9hG4bK${dialog.callId}${cseq}`;
const contact = (ua: SipUa): string => `Contact: <sip:peer@127.0.0.1:${ua.port}>`;

describe("calls on the SIP server", function () {
  this.timeout(20_000);
  let server: RunningSipServer;
  let app: Application;
  let ua: SipUa;

  before(async () => {
    server = await startSipServer({ args: ["--orphan-timeout", "200", "--unanswered-timeout", "200"] });
  });

  beforeEach(async () => {
    app = await Application.open(server, "invite", "options", "info", "message");
    ua = await SipUa.open();
  });

  afterEach(async () => {
    app.close();
    await ua.close();
  });

  after(async () => {
    try {
      await server.drained(8_200);
      assert.equal(server.log().includes("unexpected fault"), false, server.log());
    } finally {
      assert.equal(await server.stop(), 0);
    }
  });

  const peer = () => ({ address: "127.0.0.1", port: server.sip.udp ?? 0 });

  /** An INVITE whose branch its CANCEL and the ACK of a failure can repeat (RFC 3261 9.1, 17.1.1.3). */
  const sendInvite = (dialog: SipDialog, headers: string[] = []): void =>
    ua.send(dialog, "INVITE", { body: sdp, headers, branch: branchOf(dialog, dialog.cseq + 1) });
  const sendCancel = (dialog: SipDialog, headers: string[] = []): void =>
    ua.send(dialog, "CANCEL", { cseq: dialog.cseq, headers, branch: branchOf(dialog, dialog.cseq) });
  const ackFailure = (dialog: SipDialog, cseq = dialog.cseq): void =>
    ua.send(dialog, "ACK", { cseq, branch: branchOf(dialog, cseq) });

  /** The peer calls; the application has the INVITE. */
  async function incoming(headers: string[] = []): Promise<{ dialog: SipDialog; invite: SipFrame }> {
    const dialog = ua.dialog(`sip:bob@127.0.0.1:${server.sip.udp}`, peer());
    sendInvite(dialog, headers);
    return { dialog, invite: await app.next(/^INVITE/) };
  }

  /** The application calls the peer; the peer has the INVITE. */
  async function outgoing(headers: string[] = []) {
    const text = [`INVITE sip:peer@127.0.0.1:${ua.port} SIP/2.0`, ...headers, "", sdp].join("\r\n");
    const answer = await app.ask("sip||", text);
    assert.equal(answer.fields[0], "OK");
    return { transactionId: answer.fields[7] ?? "", echo: answer.text, invite: await ua.request("INVITE") };
  }

  async function answered() {
    const call = await incoming();
    const ok = await app.respond(call.invite, 200, ["Content-Type: application/sdp"], sdp);
    const final = await ua.final(call.dialog, "INVITE");
    call.dialog.remoteTag = tagIn(only(final, "to"));
    ua.send(call.dialog, "ACK", { cseq: call.dialog.cseq });
    const ack = await app.next(/^ACK/);
    return { ...call, ok, ack, dialogId: ack.dialogId };
  }

  it("names transaction and dialog as the protocol says", async () => {
    const { invite, ok, ack, dialog, dialogId } = await answered();
    const id = `${dialog.callId};from-tag=${dialog.localTag}`;
    assert.deepEqual(invite.fields.slice(0, 1), ["network"]);
    assert.deepEqual(invite.fields.slice(2, 5), ["udp", "127.0.0.1", String(ua.port)]);
    assert.match(invite.fields[5] ?? "", /^\d\d:\d\d:\d\d\.\d{6}$/);
    assert.deepEqual(invite.fields.slice(7), ["", "127.0.0.1", String(server.sip.udp), ""]);
    assert.deepEqual(
      [ok.fields[0], ok.fields[1], ok.fields[7], ok.fields[8]],
      ["OK", "application", invite.transactionId, id],
    );
    assert.deepEqual(ok.fields.slice(9), ["", "Msg sent:", ""]);
    assert.match(ok.text, /^Contact: <sip:127\.0\.0\.1:\d+>\r$/m);
    assert.equal(ack.transactionId, invite.transactionId);
    assert.equal(dialogId, id);
    const bye = await app.inDialog(dialogId, "BYE");
    assert.equal(bye.fields[8], "Msg sent:");
    const received = await ua.request("BYE");
    ua.reply(received, 200, "OK");
    assert.equal((await app.next(/^SIP\/2.0 200/)).transactionId, bye.fields[7]);
  });

  it("records attempt, start and stop of a call for who routed cdr", async () => {
    const recorder = await Application.open(server, "cdr:attempt", "cdr:start", "cdr:stop");
    const record = (step: string) =>
      until(`cdr:${step}`, () => recorder.frames.find(({ type }) => type === `cdr:${step}`));
    const { dialog, dialogId } = await answered();
    assert.deepEqual((await record("attempt")).fields.slice(0, 1), ["network"]);
    const start = await record("start");
    assert.deepEqual([start.fields[0], start.fields[2]], ["application", "uas"]);
    assert.match(start.sip?.toString() ?? "", /^SIP\/2\.0 200 /);
    await app.inDialog(dialogId, "BYE");
    ua.reply(await ua.request("BYE"), 200, "OK");
    const stop = await record("stop");
    assert.deepEqual([stop.fields[0], stop.fields[2]], ["application", "normal-release"]);
    assert.ok(stop.sip?.toString().includes(dialog.callId));
    assert.equal(recorder.frames.filter(({ type }) => type.startsWith("cdr:")).length, 3);
    recorder.close();
  });

  it("answers CANCEL and INVITE by itself, and tells the application (RFC 3261 9.2)", async () => {
    const { dialog, invite } = await incoming();
    sendCancel(dialog, ['Reason: SIP;cause=200;text="elsewhere"']);
    assert.equal((await ua.final(dialog, "INVITE")).status, 487);
    const cancel = await app.next(/^CANCEL/);
    assert.deepEqual([cancel.transactionId, cancel.dialogId], [invite.transactionId, ""]);
    assert.match(cancel.text, /^Reason: SIP;cause=200;text="elsewhere"\r$/m);
    assert.deepEqual((await app.respond(invite, 487)).fields, ["NOK", "Response not sent due to unknown transaction"]);
  });

  it("keeps a CANCEL until a provisional response came (RFC 3261 9.1)", async () => {
    const { transactionId, invite } = await outgoing();
    const cancel = await app.ask(`sip|${transactionId}|`, "CANCEL sip:x SIP/2.0\r\nReason: SIP;cause=487\r\n\r\n");
    assert.equal(cancel.fields[0], "OK");
    ua.reply(invite, 180, "Ringing", { tag: "t" });
    const received = await ua.request("CANCEL");
    assert.equal(only(received, "via"), only(invite, "via"));
    assert.equal(only(received, "reason"), "SIP;cause=487");
    ua.reply(received, 200, "OK");
    ua.reply(invite, 487, "Request Terminated", { tag: "t" });
    await app.next(/^SIP\/2.0 180/);
    await app.next(/^SIP\/2.0 487/);
    await ua.request("ACK");
    const again = await app.ask(`sip|${transactionId}|`, "CANCEL sip:x SIP/2.0\r\n\r\n");
    assert.deepEqual(again.fields, ["NOK", `unable to cancel unknown transaction id: ${transactionId}`]);
  });

  it("releases a call whose 200 crossed the CANCEL", async () => {
    const { transactionId, invite } = await outgoing();
    ua.reply(invite, 180, "Ringing", { tag: "t" });
    await app.next(/^SIP\/2.0 180/);
    await app.ask(`sip|${transactionId}|`, "CANCEL sip:x SIP/2.0\r\n\r\n");
    ua.reply(invite, 200, "OK", { tag: "t", headers: [contact(ua)] });
    const ok = await app.next(/^SIP\/2.0 200/);
    await app.inDialog(ok.dialogId, "ACK");
    const bye = await ua.request("BYE");
    assert.match(only(bye, "reason"), /cancel race condition/);
    ua.reply(bye, 200, "OK");
    assert.equal((await app.next(/^BYE/)).transactionId, "unsolicited");
  });

  it("releases it once, also when the application says BYE too", async () => {
    const { transactionId, invite } = await outgoing();
    ua.reply(invite, 180, "Ringing", { tag: "t" });
    await app.ask(`sip|${transactionId}|`, "CANCEL sip:x SIP/2.0\r\n\r\n");
    ua.reply(invite, 200, "OK", { tag: "t", headers: [contact(ua)] });
    const ok = await app.next(/^SIP\/2.0 200/);
    const [, bye] = await Promise.all(["ACK", "BYE"].map((method) => app.inDialog(ok.dialogId, method)));
    assert.match(bye?.fields[1] ?? "", /unable to find dialog/);
    ua.reply(await ua.request("BYE"), 200, "OK");
    await app.next(/^BYE/);
    assert.equal(
      ua.messages.filter(
        ({ method, headers }) => method === "BYE" && headers.get("call-id")?.[0] === only(invite, "call-id"),
      ).length,
      1,
    );
  });

  it("repeats its 200 until the ACK, and gives the call up with a BYE", async () => {
    const { dialog, invite } = await incoming();
    await app.respond(invite, 200, ["Content-Type: application/sdp"], sdp);
    dialog.remoteTag = tagIn(only(await ua.final(dialog, "INVITE"), "to"));
    for (let copy = 0; copy < 4; copy++) await ua.final(dialog, "INVITE");
    const bye = await ua.request("BYE");
    assert.equal(only(bye, "reason"), 'SIP;cause=200;text="ACK timeout"');
    ua.reply(bye, 200, "OK");
    const told = await app.next(/^BYE/);
    assert.deepEqual([told.fields[0], told.transactionId], ["application", "unsolicited"]);
  });

  it("sends reliable provisional responses and hands up their PRACK (RFC 3262)", async () => {
    const { dialog, invite } = await incoming(["Supported: 100rel"]);
    await app.respond(invite, 183, ["Require: 100rel", "Content-Type: application/sdp"], sdp);
    const progress = await ua.next("183", (message) => message.status === 183);
    await ua.next("183 again", (message) => message.status === 183);
    dialog.remoteTag = tagIn(only(progress, "to"));
    const held = await app.respond(invite, 200, ["Content-Type: application/sdp"], sdp);
    assert.equal(held.fields[0], "OK");
    const inviteCseq = dialog.cseq;
    ua.send(dialog, "PRACK", { headers: [`RAck: 1 ${inviteCseq} INVITE`] });
    assert.equal((await ua.final(dialog, "PRACK")).status, 481);
    ua.send(dialog, "PRACK", { headers: [`RAck: ${only(progress, "rseq")} ${inviteCseq} INVITE`] });
    const prack = await app.next(/^PRACK/);
    await app.respond(prack, 200);
    assert.equal((await ua.final(dialog, "PRACK")).status, 200);
    await ua.next("the held 200", (message) => message.status === 200 && message.method === "INVITE");
    ua.send(dialog, "ACK", { cseq: inviteCseq });
    await app.next(/^ACK/);
    ua.send(dialog, "BYE");
    await app.respond(await app.next(/^BYE/), 200);
    assert.equal((await ua.final(dialog, "BYE")).status, 200);
  });

  it("refuses 100rel towards a peer without it", async () => {
    const { dialog, invite } = await incoming();
    const answer = await app.respond(invite, 183, ["Require: 100rel"]);
    assert.deepEqual(answer.fields, ["NOK", "Remote endpoint does not support 100rel"]);
    await app.respond(invite, 486);
    assert.equal((await ua.final(dialog, "INVITE")).status, 486);
    ackFailure(dialog);
  });

  it("drops copies of reliable responses, and sends the application's PRACK", async () => {
    const { invite } = await outgoing(["Supported: 100rel"]);
    const reliable = { tag: "t", headers: ["Require: 100rel", "RSeq: 7"] };
    ua.reply(invite, 183, "Session Progress", reliable);
    const progress = await app.next(/^SIP\/2.0 183/);
    ua.reply(invite, 183, "Session Progress", reliable);
    const cseq = only(invite, "cseq");
    await app.inDialog(progress.dialogId, "PRACK", [`RAck: 7 ${cseq}`]);
    const prack = await ua.request("PRACK");
    assert.equal(only(prack, "rack"), `7 ${cseq}`);
    ua.reply(prack, 200, "OK");
    await app.next(/^SIP\/2.0 200/);
    ua.reply(invite, 486, "Busy Here", { tag: "t" });
    await app.next(/^SIP\/2.0 486/);
    await ua.request("ACK");
    assert.deepEqual(app.left(), []);
  });

  it("gives every fork a dialog of its own (fork)", async () => {
    const { invite } = await outgoing();
    for (const tag of ["a", "b"]) ua.reply(invite, 180, "Ringing", { tag, headers: [contact(ua)] });
    const [first, second] = [await app.next(/^SIP\/2.0 180/), await app.next(/^SIP\/2.0 180/)];
    assert.equal(second.dialogId, `${first.dialogId};leg=2`);
    ua.reply(invite, 200, "OK", { tag: "b", headers: [contact(ua)] });
    const ok = await app.next(/^SIP\/2.0 200/);
    assert.equal(ok.dialogId, second.dialogId);
    await app.inDialog(ok.dialogId, "ACK");
    assert.equal(tagIn(only(await ua.request("ACK"), "to")), "b");
    // RFC 3261 13.2.2.4: the other fork answers as well, nobody takes it, and it is released.
    ua.reply(invite, 200, "OK", { tag: "a", headers: [contact(ua)] });
    assert.equal((await app.next(/^SIP\/2.0 200/)).dialogId, first.dialogId);
    assert.equal(tagIn(only(await ua.request("ACK"), "to")), "a");
    const bye = await ua.request("BYE");
    assert.equal(tagIn(only(bye, "to")), "a");
    ua.reply(bye, 200, "OK");
    await app.inDialog(ok.dialogId, "BYE");
    ua.reply(await ua.request("BYE"), 200, "OK");
  });

  it("forgets the early dialog that a 199 says is over (RFC 6228)", async () => {
    const { invite } = await outgoing(["Supported: 199"]);
    for (const tag of ["a", "b"]) ua.reply(invite, 180, "Ringing", { tag, headers: [contact(ua)] });
    const [first, second] = [await app.next(/^SIP\/2.0 180/), await app.next(/^SIP\/2.0 180/)];
    ua.reply(invite, 199, "Early Dialog Terminated", { tag: "a" });
    assert.equal((await app.next(/^SIP\/2.0 199/)).dialogId, first.dialogId);
    const callee = { ...ua.dialogOf(invite), localTag: "a" };
    ua.send(callee, "UPDATE");
    assert.equal((await ua.final(callee, "UPDATE")).status, 481);
    ua.send({ ...callee, localTag: "b" }, "INFO");
    const info = await app.next(/^INFO/);
    assert.equal(info.dialogId, second.dialogId);
    await app.respond(info, 200);
    ua.reply(invite, 486, "Busy Here", { tag: "b" });
    await ua.request("ACK");
    await app.next(/^SIP\/2.0 486/);
  });

  it("tells a spiral from a merged request (spiral)", async () => {
    const { invite } = await outgoing();
    const callId = only(invite, "call-id");
    const back = ua.dialog(`sip:bob@127.0.0.1:${server.sip.udp}`, peer());
    const spiral: SipDialog = { ...back, callId, localTag: tagIn(only(invite, "from")) };
    sendInvite(spiral);
    const returned = await app.next(/^INVITE/);
    const outcome = await app.respond(returned, 200);
    assert.match(outcome.fields[8] ?? "", /;leg=2$/);
    spiral.remoteTag = tagIn(only(await ua.final(spiral, "INVITE"), "to"));
    ua.send(spiral, "ACK", { cseq: spiral.cseq });
    assert.match((await app.next(/^ACK/)).dialogId, /;leg=2$/);
    // The same INVITE by another way.
    ua.send({ ...spiral, cseq: spiral.cseq - 1, remoteTag: "" } as SipDialog, "INVITE", {
      branch: "z9hG4bKother",
      body: sdp,
    });
    await ua.next("482", (message) => message.status === 482);
    ua.send({ ...spiral, cseq: spiral.cseq, remoteTag: "x" } as SipDialog, "ACK", {
      branch: "z9hG4bKother",
      cseq: spiral.cseq,
    });
    ua.send(spiral, "BYE");
    await app.respond(await app.next(/^BYE/), 200);
    ua.reply(invite, 486, "Busy Here", { tag: "t" });
    await ua.request("ACK");
  });

  it("answers glare: 491 while our re-INVITE is open, 500 while theirs is (RFC 3261 14.2)", async () => {
    const { dialog, dialogId } = await answered();
    await app.inDialog(dialogId, "INVITE", [], sdp);
    const ours = await ua.request("INVITE");
    sendInvite(dialog);
    assert.equal((await ua.final(dialog, "INVITE")).status, 491);
    ackFailure(dialog);
    ua.reply(ours, 488, "Not Acceptable Here");
    await ua.request("ACK");
    await app.next(/^SIP\/2.0 488/);
    sendInvite(dialog);
    const theirs = await app.next(/^INVITE/);
    assert.equal(theirs.dialogId, dialogId);
    sendInvite(dialog);
    assert.equal((await ua.final(dialog, "INVITE")).status, 500);
    ua.send(dialog, "BYE");
    await app.respond(await app.next(/^BYE/), 200);
    assert.equal((await ua.next("487", (message) => message.status === 487)).method, "INVITE");
  });

  it("refreshes the remote target with a re-INVITE or UPDATE (RFC 3261 12.2, RFC 3311)", async () => {
    const { dialog, dialogId } = await answered();
    const elsewhere = await SipUa.open();
    ua.send(dialog, "UPDATE", { headers: [`Contact: <sip:moved@127.0.0.1:${elsewhere.port}>`] });
    const update = await app.next(/^UPDATE/);
    await app.respond(update, 200);
    assert.match(only(await ua.final(dialog, "UPDATE"), "contact"), /^<sip:127/);
    await app.inDialog(dialogId, "BYE");
    // NAT: the UPDATE came from the old address, which is not the new Contact's, so BYE goes where it came from.
    const bye = await ua.request("BYE");
    assert.match(bye.line, new RegExp(`^BYE sip:moved@127.0.0.1:${elsewhere.port} `));
    ua.reply(bye, 200, "OK");
    await elsewhere.close();
  });

  it("gives an UPDATE in an unfinished INVITE the INVITE's transaction", async () => {
    const { dialog, invite } = await incoming(["Supported: 100rel"]);
    await app.respond(invite, 183, ["Require: 100rel", "Content-Type: application/sdp"], sdp);
    const progress = await ua.next("183", (message) => message.status === 183);
    dialog.remoteTag = tagIn(only(progress, "to"));
    const first = dialog.cseq;
    ua.send(dialog, "PRACK", { headers: [`RAck: ${only(progress, "rseq")} ${first} INVITE`] });
    await app.respond(await app.next(/^PRACK/), 200);
    ua.send(dialog, "UPDATE", { body: sdp });
    const update = await app.next(/^UPDATE/);
    assert.equal(update.transactionId, invite.transactionId);
    ua.send(dialog, "UPDATE", { body: sdp });
    assert.equal((await ua.final(dialog, "UPDATE")).status, 500);
    await app.respond(update, 200, ["Content-Type: application/sdp"], sdp);
    await ua.next("200 to UPDATE", (message) => message.status === 200 && message.method === "UPDATE");
    await app.respond(invite, 486);
    assert.equal((await ua.final({ ...dialog, cseq: first }, "INVITE")).status, 486);
    ackFailure(dialog, first);
  });

  it("takes a BYE in an early dialog as the end of the call (RFC 3261 15)", async () => {
    const { dialog, invite } = await incoming();
    await app.respond(invite, 180);
    dialog.remoteTag = tagIn(only(await ua.next("180", (message) => message.status === 180), "to"));
    ua.send(dialog, "BYE");
    assert.equal((await ua.final(dialog, "BYE")).status, 200);
    await ua.next("487", (message) => message.status === 487);
    assert.equal((await app.next(/^CANCEL/)).transactionId, invite.transactionId);
  });

  it("hands requests in an early dialog to the owner", async () => {
    const { dialog, invite } = await incoming();
    await app.respond(invite, 180);
    dialog.remoteTag = tagIn(only(await ua.next("180", (message) => message.status === 180), "to"));
    const first = dialog.cseq;
    ua.send(dialog, "INFO");
    const info = await app.next(/^INFO/);
    assert.notEqual(info.dialogId, "");
    await app.respond(info, 200);
    assert.equal((await ua.final(dialog, "INFO")).status, 200);
    await app.respond(invite, 603);
    await ua.next("603", (message) => message.status === 603);
    ackFailure(dialog, first);
  });

  it("answers 481 for dialogs and transactions that it does not know", async () => {
    for (const method of ["BYE", "UPDATE", "PRACK", "CANCEL", "INVITE"]) {
      const dialog = ua.dialog(`sip:bob@127.0.0.1:${server.sip.udp}`, peer());
      dialog.remoteTag = "unknown";
      ua.send(dialog, method);
      assert.equal((await ua.final(dialog, method)).status, 481, method);
    }
    assert.match((await app.inDialog("none;from-tag=x", "BYE")).fields[1] ?? "", /unable to find dialog/);
  });

  it("refuses methods that nobody serves: 405, and 501 for those that nobody knows", async () => {
    for (const [method, status] of [
      ["SUBSCRIBE", 405],
      ["BREW", 501],
    ] as const) {
      const dialog = ua.dialog(`sip:bob@127.0.0.1:${server.sip.udp}`, peer());
      ua.send(dialog, method);
      assert.equal((await ua.final(dialog, method)).status, status);
    }
  });

  it("reports 408 when nobody answers", async () => {
    const silent = createSocket("udp4");
    await new Promise<void>((done) => silent.bind(0, "127.0.0.1", done));
    const answer = await app.ask("sip||", `OPTIONS sip:x@127.0.0.1:${silent.address().port} SIP/2.0\r\n\r\n`);
    const timeout = await app.next(/^SIP\/2.0 408/);
    assert.deepEqual([timeout.transactionId, timeout.fields[1]], [answer.fields[7], "0"]);
    silent.close();
  });

  it("acknowledges by itself what is no 2xx, and says so", async () => {
    const { invite } = await outgoing();
    ua.reply(invite, 486, "Busy Here", { tag: "t" });
    await ua.request("ACK");
    const busy = await app.next(/^SIP\/2.0 486/);
    assert.match((await app.inDialog(busy.dialogId, "ACK")).fields[1] ?? "", /^Server error: ACK for non-success/);
  });

  it("sends the application's ACK again for each copy of the 200 (RFC 3261 13.2.2.4)", async () => {
    const { invite } = await outgoing();
    ua.reply(invite, 200, "OK", { tag: "t", headers: [contact(ua)] });
    const ok = await app.next(/^SIP\/2.0 200/);
    await app.inDialog(ok.dialogId, "ACK", ["Content-Type: application/sdp"], sdp);
    assert.match((await ua.request("ACK")).body, /^v=0/);
    ua.reply(invite, 200, "OK", { tag: "t", headers: [contact(ua)] });
    assert.match((await ua.request("ACK")).body, /^v=0/);
    assert.deepEqual(app.left(), []);
    await app.inDialog(ok.dialogId, "BYE");
    ua.reply(await ua.request("BYE"), 200, "OK");
  });

  it("sends the application's Route headers as given (route)", async () => {
    const text = `MESSAGE sip:a@example.invalid SIP/2.0\r\nRoute: <sip:127.0.0.1:${ua.port};lr>, <sip:next.example;lr>\r\nContent-Type: text/plain\r\n\r\nhé`;
    assert.equal((await app.ask("sip||", text)).fields[0], "OK");
    const message = await ua.request("MESSAGE");
    assert.equal(message.line, "MESSAGE sip:a@example.invalid SIP/2.0");
    assert.equal(only(message, "route"), `<sip:127.0.0.1:${ua.port};lr>, <sip:next.example;lr>`);
    assert.equal(only(message, "content-length"), "3");
    ua.reply(message, 200, "OK");
  });

  it("names what it will not send", async () => {
    const ask = async (text: string) => (await app.ask("sip||", text)).fields;
    assert.deepEqual(await ask(`INVITE sip:x@127.0.0.1:${server.sip.udp} SIP/2.0\r\n\r\n`), [
      "NOK",
      "can not send request to myself",
    ]);
    assert.deepEqual(await ask("INVITE nonsense SIP/2.0\r\n\r\n"), [
      "NOK",
      "invalid request-uri: INVITE nonsense SIP/2.0",
    ]);
    assert.deepEqual(await ask("INVITE sip:a@127.0.0.1:9;transport=tls SIP/2.0\r\n\r\n"), [
      "NOK",
      "requested protocol/transport not available",
    ]);
    assert.deepEqual(await ask("MESSAGE sip:a@127.0.0.1:9 SIP/2.0\r\n\r\nhello"), ["NOK", "missing content-type"]);
  });

  it("ends the calls of an application that is gone", async () => {
    await answered();
    const waiting = ua.dialog(`sip:bob@127.0.0.1:${server.sip.udp}`, peer());
    sendInvite(waiting);
    await app.next(/^INVITE/);
    app.close();
    assert.equal((await ua.final(waiting, "INVITE")).status, 503);
    ackFailure(waiting);
    const bye = await ua.request("BYE");
    assert.equal(only(bye, "reason"), 'SIP;cause=503;text="application lost"');
    ua.reply(bye, 200, "OK");
  });

  it("keeps the secret: a wrong one is slow, and nothing works without it", async () => {
    const stranger = await Application.connect(server);
    assert.deepEqual((await stranger.ask("route|invite")).fields, ["NO", "not authenticated"]);
    const guesser = await Application.connect(server);
    const begin = performance.now();
    assert.deepEqual((await guesser.ask("authenticate|wrong|")).fields, ["NO", "incorrect secret"]);
    assert.ok(performance.now() - begin > 900);
    await until("both are closed", () => stranger.closed && guesser.closed);
  });

  it("answers in turn for two applications, and stops at remove_route", async () => {
    const other = await Application.open(server, "options");
    const ask = async (): Promise<void> => {
      const dialog = ua.dialog(`sip:bob@127.0.0.1:${server.sip.udp}`, peer());
      ua.send(dialog, "OPTIONS");
    };
    await ask();
    await ask();
    for (const one of [app, other]) await one.respond(await one.next(/^OPTIONS/), 200);
    assert.deepEqual((await other.ask("remove_route|options")).fields, ["OK"]);
    await ask();
    await app.respond(await app.next(/^OPTIONS/), 200);
    assert.deepEqual((await app.ask("ping")).fields, ["OK", "pong"]);
    other.close();
  });
});
