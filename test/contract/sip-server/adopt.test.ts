import assert from "node:assert/strict";
import { type RunningSipServer, startSipServer } from "../../support/sip-server.ts";
import { only, type SipDialog, SipUa, tagIn } from "../../support/sip-ua.ts";
import { until } from "../../support/until.ts";
import { Application } from "./application.ts";
import { runProgram } from "./program.ts";

const sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
const typed = ["Content-Type: application/sdp"];
const notOwner = ["NOK", "dialog is owned by another connection"];

describe("dialogs outlive their application", function () {
  this.timeout(20_000);
  let server: RunningSipServer;
  let app: Application;
  let ua: SipUa;
  const others: Application[] = [];

  before(async () => {
    const waits = ["--unanswered-timeout", "300", "--request-wait", "400", "--reinvite-wait", "800"];
    server = await startSipServer({ args: ["--orphan-timeout", "1500", ...waits] });
  });

  beforeEach(async () => {
    app = await Application.open(server, "invite", "subscribe");
    ua = await SipUa.open();
  });

  afterEach(async () => {
    for (const one of [app, ...others.splice(0)]) one.close();
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
  const dialogAt = (): SipDialog => ua.dialog(`sip:bob@127.0.0.1:${server.sip.udp}`, peer());

  async function next(tag?: string): Promise<Application> {
    const other = await (tag === undefined ? Application.open(server) : Application.connect(server));
    if (tag !== undefined) await other.ask(`authenticate|${server.control.secret}|${tag}`);
    others.push(other);
    return other;
  }

  async function lost(): Promise<void> {
    app.close();
    await until("the server has noticed", async () => (await server.metric("offhook_sip_control_links")) === 0);
  }

  async function call(): Promise<{ dialog: SipDialog; dialogId: string }> {
    const dialog = dialogAt();
    ua.send(dialog, "INVITE", { body: sdp });
    await app.respond(await app.next(/^INVITE/), 200, typed, sdp);
    dialog.remoteTag = tagIn(only(await ua.final(dialog, "INVITE"), "to"));
    ua.send(dialog, "ACK", { cseq: dialog.cseq });
    return { dialog, dialogId: (await app.next(/^ACK/)).dialogId };
  }

  async function hangUp(dialog: SipDialog): Promise<void> {
    ua.send(dialog, "BYE");
    assert.equal((await ua.final(dialog, "BYE")).status, 200);
  }

  it("gives a call to the connection of the same tag that uses it, with what has waited", async () => {
    const { dialog, dialogId } = await call();
    await lost();
    ua.send(dialog, "INFO");
    const heir = await next();
    assert.equal((await heir.inDialog(dialogId, "OPTIONS")).fields[0], "OK");
    await heir.respond(await heir.next(/^INFO/), 200);
    assert.equal((await ua.final(dialog, "INFO")).status, 200);
    await byeTo(heir, dialog);
  });

  async function byeTo(owner: Application, dialog: SipDialog): Promise<void> {
    ua.send(dialog, "BYE");
    await owner.respond(await owner.next(/^BYE/), 200);
    assert.equal((await ua.final(dialog, "BYE")).status, 200);
  }

  it("answers a BYE that nobody owns, and tells whoever asks for the call next", async () => {
    const { dialog, dialogId } = await call();
    await lost();
    await hangUp(dialog);
    const heir = await next();
    const { fields } = await heir.inDialog(dialogId, "OPTIONS");
    assert.deepEqual(fields, ["NOK", "Server error: unable to find dialog for dialog id provided"]);
    const bye = await heir.next(/^BYE/);
    assert.deepEqual([bye.fields[0], bye.transactionId, bye.dialogId], ["application", "unsolicited", dialogId]);
  });

  it("answers a BYE that its application took and did not answer", async () => {
    const { dialog, dialogId } = await call();
    ua.send(dialog, "BYE");
    await app.next(/^BYE/);
    await lost();
    assert.equal((await ua.final(dialog, "BYE")).status, 200);
    const heir = await next();
    await heir.inDialog(dialogId, "OPTIONS");
    assert.equal((await heir.next(/^BYE/)).transactionId, "unsolicited");
  });

  it("gives a request that has waited long to any connection of the tag", async () => {
    const { dialog } = await call();
    const stranger = await next("elsewhere");
    await until("two links", async () => (await server.metric("offhook_sip_control_links")) === 2);
    app.close();
    const heir = await next();
    ua.send(dialog, "INVITE", { body: sdp });
    const [invite] = await Promise.all([heir.next(/^INVITE/)]);
    assert.equal((await heir.respond(invite, 200, typed, sdp)).fields[0], "OK");
    assert.equal((await ua.final(dialog, "INVITE")).status, 200);
    ua.send(dialog, "ACK", { cseq: dialog.cseq });
    await heir.next(/^ACK/);
    await byeTo(heir, dialog);
    assert.deepEqual(stranger.left(), []);
  });

  it("answers 500 with Retry-After when there is none, and ends the call when none comes", async () => {
    const { dialog } = await call();
    await lost();
    ua.send(dialog, "INFO");
    const final = await ua.final(dialog, "INFO");
    assert.deepEqual([final.status, only(final, "retry-after")], [500, "5"]);
    const bye = await ua.request("BYE");
    assert.equal(only(bye, "reason"), 'SIP;cause=503;text="application lost"');
  });

  it("fences the former owner, and hands on what it held", async () => {
    const { dialog, dialogId } = await call();
    ua.send(dialog, "INFO");
    const held = await app.next(/^INFO/);
    const heir = await next();
    assert.equal((await heir.inDialog(dialogId, "OPTIONS")).fields[0], "OK");
    assert.deepEqual((await app.inDialog(dialogId, "BYE")).fields, notOwner);
    assert.deepEqual((await app.respond(held, 486)).fields, notOwner);
    const handed = await heir.next(/^INFO/);
    assert.equal(handed.transactionId, held.transactionId);
    await heir.respond(handed, 200);
    assert.equal((await ua.final(dialog, "INFO")).status, 200);
    await byeTo(heir, dialog);
    assert.deepEqual(app.left(), []);
  });

  it("notices an application that has stopped pinging, and keeps its calls", async () => {
    const { dialog, dialogId } = await call();
    for (let count = 0; count < 3; count++) await app.ask("ping");
    await until("the silent application is given up", () => app.closed, 3_000);
    const heir = await next();
    assert.equal((await heir.inDialog(dialogId, "OPTIONS")).fields[0], "OK");
    await byeTo(heir, dialog);
  });

  it("keeps calls from connections of another tag, also when nobody owns them", async () => {
    const { dialogId, dialog } = await call();
    const stranger = await next("elsewhere");
    assert.deepEqual((await stranger.inDialog(dialogId, "BYE")).fields, notOwner);
    app.close();
    await until("the owner has gone", async () => (await server.metric("offhook_sip_control_links")) === 1);
    assert.deepEqual((await stranger.inDialog(dialogId, "BYE")).fields, notOwner);
    await hangUp(dialog);
    assert.match((await stranger.inDialog(dialogId, "OPTIONS")).fields[1] ?? "", /unable to find dialog/);
    assert.deepEqual(stranger.left(), []);
  });

  it("refuses a waiting INVITE with 503, so that a trunk fails over", async () => {
    const dialog = dialogAt();
    ua.send(dialog, "INVITE", { body: sdp, branch: "z9hG4bKwaiting" });
    await app.respond(await app.next(/^INVITE/), 180);
    await lost();
    const final = await ua.final(dialog, "INVITE");
    assert.deepEqual([final.status, only(final, "retry-after")], [503, "5"]);
    ua.send(dialog, "ACK", { cseq: dialog.cseq, branch: "z9hG4bKwaiting" });
  });

  it("cancels an outgoing call, and releases it when it is answered nevertheless", async () => {
    ua.autoOk.delete("CANCEL");
    const text = [`INVITE sip:peer@127.0.0.1:${ua.port} SIP/2.0`, ...typed, "", sdp].join("\r\n");
    assert.equal((await app.ask("sip||", text)).fields[0], "OK");
    const invite = await ua.request("INVITE");
    ua.reply(invite, 180, "Ringing");
    await app.next(/^SIP\/2.0 180/);
    app.close();
    ua.reply(await ua.request("CANCEL"), 200, "OK");
    ua.reply(invite, 200, "OK", { body: sdp });
    await ua.request("ACK");
    await ua.request("BYE");
  });

  it("acknowledges what a re-INVITE of a lost application brought", async () => {
    const { dialog, dialogId } = await call();
    ua.autoOk.delete("CANCEL");
    await app.inDialog(dialogId, "INVITE", typed, sdp);
    const reinvite = await ua.request("INVITE");
    await lost();
    ua.reply(reinvite, 200, "OK", { body: sdp });
    await ua.request("ACK");
    const heir = await next();
    assert.equal((await heir.inDialog(dialogId, "OPTIONS")).fields[0], "OK");
    await byeTo(heir, dialog);
  });

  it("hands subscriptions on, and ends those that nobody wants", async () => {
    const subscribe = async (): Promise<string> => {
      ua.send(dialogAt(), "SUBSCRIBE", { headers: ["Event: presence", "Expires: 600"] });
      const request = await app.next(/^SUBSCRIBE/);
      return (await app.respond(request, 202, ["Expires: 600"])).fields[8] ?? "";
    };
    const wanted = await subscribe();
    await subscribe();
    await lost();
    const heir = await next();
    const state = ["Event: presence", "Subscription-State: active;expires=500"];
    assert.equal((await heir.inDialog(wanted, "NOTIFY", state)).fields[0], "OK");
    assert.equal(only(await ua.request("NOTIFY"), "subscription-state"), "active;expires=500");
    const last = await ua.request("NOTIFY");
    assert.equal(only(last, "subscription-state"), "terminated;reason=deactivated");
    assert.equal(only(last, "event"), "presence");
    await heir.inDialog(wanted, "NOTIFY", ["Event: presence", "Subscription-State: terminated"]);
    await ua.request("NOTIFY");
  });

  it("lets ten calls of a killed application be ended by a new one and by their far ends", async () => {
    app.close();
    const killed = await runProgram("keeper", server);
    await killed.printed("connected");
    const dialogs: SipDialog[] = [];
    for (let count = 0; count < 10; count++) {
      const dialog = dialogAt();
      assert.equal((await ua.invite(dialog, { body: sdp })).status, 200);
      dialogs.push(dialog);
    }
    await killed.printed("call", 10);
    const ids = killed.lines().flatMap((line) => /^call (.*)/.exec(line)?.[1] ?? []);
    await killed.stop();
    for (const dialog of dialogs.slice(0, 3)) await hangUp(dialog);
    const restarted = await runProgram("keeper", server, ...ids.slice(0, 7));
    await restarted.printed("gone", 3);
    await restarted.printed("bye", 3);
    await restarted.printed("ended 200", 4);
    for (const dialog of dialogs.slice(7)) await hangUp(dialog);
    assert.equal(await server.metric("offhook_sip_dialogs"), 0);
    assert.deepEqual(
      ua.messages.filter(({ status }) => status >= 300),
      [],
    );
    await restarted.stop();
  });
});
