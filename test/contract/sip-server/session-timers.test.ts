import assert from "node:assert/strict";
import { join } from "node:path";
import { runSipp } from "../../support/sipp.ts";
import { type RunningSipServer, startSipServer } from "../../support/sip-server.ts";
import { only, type SipMessage } from "../../support/sip-ua.ts";
import { Application } from "./application.ts";
import { CallsByHand, sdp } from "./calls-by-hand.ts";
import { runProgram } from "./program.ts";

/** Milliseconds that a timer may be late on a busy machine, and may seem early to who saw its start late. */
const late = 900;
const early = 300;
const inTime = (from: number, to: number, ms: number, atMost = ms): void =>
  assert.ok(to - from >= ms - early && to - from < atMost + late, `${to - from} ms instead of ${ms}`);

/** Sessions of 2 s: a refresh after 1 s, the end of what is not refreshed after 1.33 s. */
describe("session timers for applications that know nothing of them (RFC 4028)", function () {
  this.timeout(20_000);
  let server: RunningSipServer;
  let calls: CallsByHand;

  before(async () => {
    server = await startSipServer({ args: ["--session-expires", "2", "--min-session-expires", "2"] });
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

  const timerOf = (message: SipMessage): string => only(message, "session-expires");

  it("refreshes a call by UPDATE where the peer allows it, again and again", async () => {
    const { ua, app } = calls;
    const { dialogId, ok } = await calls.answered(["Supported: timer", "Allow: INVITE, ACK, BYE, UPDATE"]);
    assert.deepEqual([timerOf(ok), only(ok, "require")], ["2;refresher=uas", "timer"]);
    let before = ok.at;
    for (let round = 0; round < 2; round++) {
      const update = await ua.request("UPDATE");
      inTime(before, update.at, 1000);
      before = update.at;
      assert.deepEqual([update.body, timerOf(update), only(update, "supported")], ["", "2;refresher=uac", "timer"]);
      ua.autoOk.delete("UPDATE");
      if (round === 1) ua.reply(update, 200, "OK", { headers: ["Session-Expires: 2;refresher=uac"] });
      // The first was answered by itself without a timer, which ends it (RFC 4028 7.2): so ask for it anew.
      else await restart();
    }
    assert.deepEqual(app.left(), []);
    await calls.hangUp(dialogId);

    async function restart(): Promise<void> {
      await app.inDialog(dialogId, "INVITE", ["Session-Expires: 2;refresher=uac"], sdp);
      const invite = await ua.request("INVITE");
      ua.reply(invite, 200, "OK", { headers: ["Session-Expires: 2;refresher=uac", "Allow: UPDATE"], body: sdp });
      await app.next(/^SIP\/2.0 200/);
      await app.inDialog(dialogId, "ACK");
      before = (await ua.request("ACK")).at;
    }
  });

  it("refreshes a call by its last INVITE where it does not, and acknowledges that itself", async () => {
    const { ua, app } = calls;
    const granted = ["Require: timer", "Session-Expires: 2;refresher=uac", "Allow: INVITE, ACK, BYE"];
    const { dialogId, invite } = await calls.connected(granted, ["Supported: 100rel"]);
    assert.deepEqual([timerOf(invite), only(invite, "supported")], ["2;refresher=uac", "100rel, timer"]);
    const refresh = await ua.request("INVITE");
    assert.deepEqual([refresh.body, timerOf(refresh)], [sdp, "2;refresher=uac"]);
    // Meanwhile the application has an INVITE of its own: it goes when ours is over.
    const own = app.inDialog(dialogId, "INVITE", [], sdp.replace("4000", "4002"));
    ua.reply(refresh, 200, "OK", { headers: granted, body: sdp });
    const ack = await ua.request("ACK");
    const theirs = await ua.request("INVITE");
    assert.ok(theirs.at >= ack.at);
    assert.match(theirs.body, /4002/);
    await own;
    ua.reply(theirs, 200, "OK", { headers: granted, body: sdp });
    await app.next(/^SIP\/2.0 200/);
    await app.inDialog(dialogId, "ACK");
    await ua.request("ACK");
    const changed = await ua.request("INVITE");
    assert.match(changed.body, /4002/);
    ua.reply(changed, 491, "Request Pending");
    const again = await ua.request("INVITE");
    // RFC 3261 14.1: who owns the Call-ID waits for a random time.
    inTime(changed.at, again.at, 2100, 4000);
    ua.reply(again, 200, "OK", { headers: granted, body: sdp });
    await ua.request("ACK");
    assert.deepEqual(app.left(), []);
    await calls.hangUp(dialogId);
  });

  it("ends a call that its peer does not refresh, and not one that it does", async () => {
    const { ua, app } = calls;
    const recorder = await Application.open(server, "cdr:stop");
    const expired = (): Promise<number> => server.metric("offhook_sip_sessions_expired_total");
    const expiredBefore = await expired();
    const { dialog, ok } = await calls.answered(["Supported: timer", "Session-Expires: 2;refresher=uac"]);
    assert.deepEqual([timerOf(ok), only(ok, "require")], ["2;refresher=uac", "timer"]);
    ua.send(dialog, "UPDATE", { headers: ["Supported: timer", "Session-Expires: 3;refresher=uac"] });
    await app.respond(await app.next(/^UPDATE/), 200);
    const refreshed = await ua.final(dialog, "UPDATE");
    assert.equal(timerOf(refreshed), "3;refresher=uac");
    const bye = await ua.request("BYE");
    inTime(refreshed.at, bye.at, 2000);
    assert.equal(only(bye, "reason"), 'SIP;cause=408;text="Session timer expired"');
    const told = await app.next(/^BYE/);
    assert.deepEqual([told.fields[0], told.transactionId], ["application", "unsolicited"]);
    const stop = recorder.frames.find(({ type }) => type === "cdr:stop");
    assert.equal(stop?.fields[2], "session-expired");
    assert.equal((await expired()) - expiredBefore, 1);
    recorder.close();
  });

  it("ends a call whose peer does not know it any more, or says nothing to a refresh", async () => {
    const { ua, app } = calls;
    ua.autoOk.delete("UPDATE");
    const granted = ["Session-Expires: 2;refresher=uac", "Allow: UPDATE"];
    await calls.connected(granted);
    ua.reply(await ua.request("UPDATE"), 481, "Call/Transaction Does Not Exist");
    assert.match(only(await ua.request("BYE"), "reason"), /Session timer expired/);
    await app.next(/^BYE/);
    await calls.connected(granted);
    const update = await ua.request("UPDATE");
    inTime(update.at, (await ua.request("BYE")).at, 333);
    await app.next(/^BYE/);
  });

  it("refuses sessions that are too brief with 422, in calls too", async () => {
    const { ua, app } = calls;
    const brief = ["Supported: timer", "Session-Expires: 1"];
    const early = calls.dialog();
    calls.invite(early, brief);
    const refused = await calls.refused(early);
    assert.deepEqual([refused.status, only(refused, "min-se")], [422, "2"]);
    const { dialog, dialogId } = await calls.answered();
    ua.send(dialog, "UPDATE", { headers: brief });
    assert.equal((await ua.final(dialog, "UPDATE")).status, 422);
    assert.deepEqual(app.left(), []);
    assert.equal(await server.metric("offhook_sip_turned_away_total"), 2);
    await calls.hangUp(dialogId);
  });

  it("asks for a longer session when it gets a 422, unnoticed by the application", async () => {
    const { ua, app } = calls;
    const { invite } = await calls.outgoing();
    ua.reply(invite, 422, "Session Interval Too Small", { headers: ["Min-SE: 7"] });
    const again = await ua.request("INVITE");
    await ua.request("ACK");
    assert.deepEqual(
      [timerOf(again), only(again, "min-se"), only(again, "call-id")],
      ["7;refresher=uac", "7", only(invite, "call-id")],
    );
    assert.equal(parseInt(only(again, "cseq"), 10), parseInt(only(invite, "cseq"), 10) + 1);
    ua.reply(again, 200, "OK", { tag: "callee", headers: ["Session-Expires: 7;refresher=uac"], body: sdp });
    const { dialogId } = await app.next(/^SIP\/2.0/);
    await app.inDialog(dialogId, "ACK");
    assert.equal(
      parseInt(
        only(
          await ua.next(
            "ACK",
            ({ line, headers }) =>
              line.startsWith("ACK") && headers.get("cseq")?.[0] === only(again, "cseq").replace("INVITE", "ACK"),
          ),
          "cseq",
        ),
        10,
      ),
      parseInt(only(again, "cseq"), 10),
    );
    assert.deepEqual(app.left(), []);
    await calls.hangUp(dialogId);
  });

  it("leaves calls without timers alone", async () => {
    const { ua, app } = calls;
    const { dialogId, ok } = await calls.answered();
    assert.equal(timerOf(ok), "");
    const other = await calls.connected();
    for (const id of [dialogId, other.dialogId]) await calls.hangUp(id);
    assert.deepEqual(app.left(), []);
    assert.deepEqual(
      ua.messages.filter(({ method }) => method === "UPDATE"),
      [],
    );
  });

  it("serves an unmodified drachtio-srf program with sipp at the other end", async () => {
    const program = await runProgram("uas", server);
    calls.app.close();
    try {
      await program.printed("connected");
      const scenario = join(import.meta.dirname, "scenarios", "caller-refreshed.xml");
      const result = await runSipp({ scenario, target: `127.0.0.1:${server.sip.udp}` });
      assert.equal(result.code, 0, `${result.errors}\n${result.messages}`);
      await program.printed("ended", 1);
    } finally {
      await program.stop();
    }
  });
});
