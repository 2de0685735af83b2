import assert from "node:assert/strict";
import { Kamailio, kamailioInstalled } from "../../support/kamailio.ts";
import { type RunningSipServer, startSipServer } from "../../support/sip-server.ts";
import { Application, type SipFrame } from "./application.ts";
import { sdp, sdpType } from "./calls-by-hand.ts";

describe("a proxy that returns our own call (a spiral)", function () {
  this.timeout(30_000);
  let server: RunningSipServer;
  let proxy: Kamailio;
  let app: Application;

  before(async function () {
    if (!kamailioInstalled()) this.skip();
    server = await startSipServer();
    proxy = await Kamailio.start({ locations: { bob: `sip:carol@127.0.0.1:${server.sip.udp}` } });
    app = await Application.open(server, "invite");
  });

  after(async () => {
    app?.close();
    await proxy?.stop();
    try {
      await server?.drained(8_200);
      assert.equal(server?.log().includes("unexpected fault"), false, server?.log());
    } finally {
      assert.equal(await server?.stop(), 0);
    }
  });

  const callId = ({ text }: SipFrame): string => /^Call-ID: (.*)\r$/m.exec(text)?.[1] ?? "";
  const call = async (): Promise<{ transactionId: string; back: SipFrame }> => {
    const invite = [`INVITE sip:bob@127.0.0.1:${proxy.udp} SIP/2.0`, sdpType, "", sdp].join("\r\n");
    const { fields } = await app.ask("sip||", invite);
    return { transactionId: fields[7] ?? "", back: await app.next(/^INVITE sip:carol@/) };
  };

  it("is two dialogs with one Call-ID, told apart by their ids, from the first ring to the BYE", async () => {
    const { back } = await call();
    await app.respond(back, 180);
    const ringing = await app.next(/^SIP\/2.0 180/);
    assert.equal(callId(ringing), callId(back));
    await app.respond(back, 200, [sdpType], sdp);
    const ok = await app.next(/^SIP\/2.0 200/);
    await app.inDialog(ok.dialogId, "ACK");
    const ack = await app.next(/^ACK/);
    const [near, far] = [ok.dialogId, ack.dialogId];
    assert.equal(far, `${near};leg=2`);
    assert.equal(ringing.dialogId, near);

    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      await app.inDialog(from, "INVITE", [], sdp);
      const reinvite = await app.next(/^INVITE/);
      assert.equal(reinvite.dialogId, to);
      await app.respond(reinvite, 200, [sdpType], sdp);
      const accepted = await app.next(/^SIP\/2.0 200/);
      assert.equal(accepted.dialogId, from);
      await app.inDialog(from, "ACK");
      assert.equal((await app.next(/^ACK/)).dialogId, to);
    }

    await app.inDialog(near, "BYE");
    const bye = await app.next(/^BYE/);
    assert.equal(bye.dialogId, far);
    await app.respond(bye, 200);
    await app.next(/^SIP\/2.0 200/);
    assert.deepEqual(app.left(), []);
  });

  it("is cancelled by our own CANCEL, which comes back as well", async () => {
    const { transactionId, back } = await call();
    await app.respond(back, 180);
    await app.next(/^SIP\/2.0 180/);
    await app.ask(`sip|${transactionId}|`, "CANCEL sip:x SIP/2.0\r\n\r\n");
    assert.equal((await app.next(/^CANCEL/)).transactionId, back.transactionId);
    assert.equal((await app.next(/^SIP\/2.0 487/)).transactionId, transactionId);
    assert.deepEqual(app.left(), []);
  });
});
