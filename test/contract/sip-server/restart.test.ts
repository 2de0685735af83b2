import assert from "node:assert/strict";
import { type RunningRedis, startRedis } from "../../support/redis-server.ts";
import { type RunningSipServer, startSipServer } from "../../support/sip-server.ts";
import { only, type SipDialog, SipUa, tagIn } from "../../support/sip-ua.ts";
import { until } from "../../support/until.ts";
import { Application } from "./application.ts";
import { StreamPeer } from "./stream-peer.ts";

const sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
const typed = ["Content-Type: application/sdp"];

describe("calls outlive the SIP server when it has a Redis", function () {
  this.timeout(30_000);
  let redis: RunningRedis;
  let server: RunningSipServer;
  let app: Application;
  let ua: SipUa;

  before(async () => (redis = await startRedis()));
  after(() => redis.stop());

  beforeEach(async () => {
    server = await start();
    app = await Application.open(server, "invite", "register");
    ua = await SipUa.open();
  });

  afterEach(async () => {
    app.close();
    await ua.close();
    try {
      await server.drained(8_200);
      assert.equal(server.log().includes("unexpected fault"), false, server.log());
    } finally {
      assert.equal(await server.stop(), 0);
    }
  });

  function start(sip?: string): Promise<RunningSipServer> {
    const args = [
      "--redis",
      redis.url,
      "--instance",
      "restarted",
      "--return-timeout",
      "3000",
      "--orphan-timeout",
      "4000",
    ];
    return startSipServer({ ...(sip !== undefined && { sip }), args });
  }

  /** The server dies like the application's link; both come back. */
  async function crash(): Promise<void> {
    const { udp, tcp, ws } = server.sip;
    await server.kill();
    await until("the application has noticed", () => app.closed);
    server = await start(`udp/127.0.0.1:${udp},tcp/127.0.0.1:${tcp},ws/127.0.0.1:${ws}`);
    app = await Application.open(server, "invite", "register");
  }

  async function call(): Promise<{ dialog: SipDialog; dialogId: string }> {
    const dialog = ua.dialog(`sip:bob@127.0.0.1:${server.sip.udp}`, {
      address: "127.0.0.1",
      port: server.sip.udp ?? 0,
    });
    ua.send(dialog, "INVITE", { body: sdp });
    await app.respond(await app.next(/^INVITE/), 200, typed, sdp);
    dialog.remoteTag = tagIn(only(await ua.final(dialog, "INVITE"), "to"));
    ua.send(dialog, "ACK", { cseq: dialog.cseq });
    return { dialog, dialogId: (await app.next(/^ACK/)).dialogId };
  }

  /** A call from the application. */
  async function outgoing(): Promise<string> {
    const text = [`INVITE sip:peer@127.0.0.1:${ua.port} SIP/2.0`, ...typed, "", sdp].join("\r\n");
    assert.equal((await app.ask("sip||", text)).fields[0], "OK");
    ua.reply(await ua.request("INVITE"), 200, "OK", { body: sdp });
    const { dialogId } = await app.next(/^SIP\/2.0 200/);
    await app.inDialog(dialogId, "ACK");
    await ua.request("ACK");
    return dialogId;
  }

  it("releases ten calls from both ends after the server was killed; none gets 481", async () => {
    const calls = [];
    for (let count = 0; count < 7; count++) calls.push(await call());
    const ids = [await outgoing(), await outgoing(), await outgoing()];
    await crash();
    for (const { dialog } of calls.slice(0, 5)) {
      ua.send(dialog, "BYE");
      assert.equal((await ua.final(dialog, "BYE")).status, 200);
    }
    for (const id of [...calls.slice(5).map(({ dialogId }) => dialogId), ...ids]) {
      assert.equal((await app.inDialog(id, "BYE")).fields[0], "OK");
      await ua.request("BYE");
      assert.equal((await app.next(/^SIP\/2.0 200/)).dialogId, id);
    }
    assert.equal(await server.metric("offhook_sip_dialogs"), 0);
  });

  it("forgets what has ended before the next crash", async () => {
    const { dialogId } = await call();
    await crash();
    await app.inDialog(dialogId, "BYE");
    await app.next(/^SIP\/2.0 200/);
    await crash();
    assert.equal(await server.metric("offhook_sip_dialogs"), 0);
  });

  const message = (user: string, start: string, cseq: number, ...lines: string[]): string =>
    [
      `${start} SIP/2.0`,
      `Via: SIP/2.0/WS ${user}.invalid;branch=z9hG4bK${Math.random()}`,
      `From: <sip:${user}@example.com>;tag=w`,
      `Call-ID: ${user}`,
      `CSeq: ${cseq} ${start.split(" ")[0]}`,
      `Contact: <sip:${user}@${user}.invalid;transport=ws>`,
      ...lines,
    ].join("\r\n");

  async function webCall(user: string): Promise<{ client: StreamPeer; dialogId: string }> {
    const client = await StreamPeer.ws(server.sip.ws ?? 0);
    const to = "To: <sip:bob@example.com>";
    client.send(message(user, "INVITE sip:bob@example.com", 1, to, "Content-Length: 0", "", ""));
    await app.respond(await app.next(/^INVITE/), 200, typed, sdp);
    const tag = /^To: .*;tag=(\S+)/m.exec(await client.next(/^SIP\/2.0 200/m))?.[1] ?? "";
    client.send(message(user, "ACK sip:bob@example.com", 1, `${to};tag=${tag}`, "Content-Length: 0", "", ""));
    return { client, dialogId: (await app.next(/^ACK/)).dialogId };
  }

  it("keeps what is sent to a WebSocket client until it has come back", async () => {
    const { client, dialogId } = await webCall("web1");
    await crash();
    await client.gone();
    assert.equal((await app.inDialog(dialogId, "BYE")).fields[0], "OK");
    const again = await StreamPeer.ws(server.sip.ws ?? 0);
    const lines = ["To: <sip:web1@example.com>", "Expires: 600", "Content-Length: 0", "", ""];
    again.send(message("web1r", "REGISTER sip:example.com", 1, ...lines).replaceAll("web1r", "web1"));
    await app.respond(await app.next(/^REGISTER/), 200, ["Contact: <sip:web1@web1.invalid;transport=ws>;expires=600"]);
    const received = await again.next(/^BYE [^]*\r\n\r\n/m);
    const bye = received.slice(received.indexOf("BYE "));
    const copied = bye.match(/^(Via|From|To|Call-ID|CSeq): .*\r\n/gm)?.join("") ?? "";
    again.send(`SIP/2.0 200 OK\r\n${copied}Content-Length: 0\r\n\r\n`);
    await app.next(/^SIP\/2.0 200/);
    again.close();
  });

  it("ends a call whose WebSocket client does not come back, with a reason", async () => {
    const { client, dialogId } = await webCall("web2");
    await crash();
    await client.gone();
    assert.equal((await app.inDialog(dialogId, "INFO")).fields[0], "OK");
    const bye = await app.next(/^BYE/, 6_000);
    assert.deepEqual([bye.transactionId, bye.dialogId], ["unsolicited", dialogId]);
    assert.match(bye.text, /^Reason: SIP;cause=503;text="connection lost"\r$/m);
  });
});
