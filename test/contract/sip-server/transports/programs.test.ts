import assert from "node:assert/strict";
import { Baresip } from "../../../support/baresip.ts";
import { TestAuthority } from "../../../support/certificates.ts";
import { Kamailio, kamailioInstalled } from "../../../support/kamailio.ts";
import { type RunningSipServer, startSipServer } from "../../../support/sip-server.ts";
import { only, SipUa } from "../../../support/sip-ua.ts";
import { Application } from "../application.ts";
import { header } from "../messages.ts";

const sdp = (port: number): string =>
  `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\n`;

describe("other people's programs over TLS", function () {
  this.timeout(40_000);
  let authority: TestAuthority;
  let server: RunningSipServer;
  let app: Application;

  before(async () => {
    authority = await TestAuthority.create();
    const own = await authority.issue("ip:127.0.0.1");
    server = await startSipServer({
      sip: "udp/127.0.0.1:0,tls/127.0.0.1:0",
      args: ["--tls-cert", own.files.both, "--tls-ca", authority.file, "--tls-client-certs", "ask"],
    });
    app = await Application.open(server, "register", "invite");
  });

  after(async () => {
    app.close();
    try {
      await server.drained(8_200);
      assert.equal(server.log().includes("unexpected fault"), false, server.log());
    } finally {
      assert.equal(await server.stop(), 0);
      authority.close();
    }
  });

  /** Answers the next REGISTER as a registrar that lets everybody in. */
  async function admit(): Promise<string> {
    const register = await app.next(/^REGISTER/, 10_000);
    const contact = header(register.text, "Contact");
    await app.respond(register, 200, [`Contact: ${contact}${/;expires=/.test(contact) ? "" : ";expires=60"}`]);
    return contact;
  }

  it("baresip registers, is called by its connection, answers, and hangs up", async () => {
    const phone = await Baresip.start({
      user: "alice",
      toneHz: 1000,
      registrar: { domain: "sip.test", password: "x", outbound: `127.0.0.1:${server.sip.tls}`, transport: "tls" },
      config: `sip_cafile ${authority.file}`,
    });
    try {
      const contact = /<([^>]*)>/.exec(await admit())?.[1] ?? "";
      await phone.registered();
      assert.equal(await server.metric("offhook_sip_connections_tls"), 1);
      const call = await app.ask(
        "sip||",
        `INVITE ${contact} SIP/2.0\r\nContent-Type: application/sdp\r\n\r\n${sdp(40_000)}`,
      );
      assert.equal(call.fields[3], "tls");
      await phone.event("CALL_INCOMING");
      await phone.accept();
      const ok = await app.next(/^SIP\/2.0 200/);
      await app.inDialog(ok.dialogId, "ACK");
      await phone.event("CALL_ESTABLISHED");
      assert.equal(await server.metric("offhook_sip_connections_tls"), 1);
      await phone.hangup();
      await app.respond(await app.next(/^BYE/), 200);
    } finally {
      const stopped = phone.stop();
      await admit().catch(() => {});
      await stopped;
    }
  });

  it("Kamailio takes calls by TLS in both directions, on one connection and with certificates on both sides", async function () {
    if (!kamailioInstalled()) this.skip();
    const { files } = await authority.issue("ip:127.0.0.1");
    const kamailio = await Kamailio.start({ tls: { certificate: files.both, ca: authority.file } });
    const far = await SipUa.open("far");
    try {
      const proxy = `sip:127.0.0.1:${kamailio.tls};transport=tls`;
      await app.ask(
        `sip|||${proxy}`,
        `INVITE ${far.uri} SIP/2.0\r\nContent-Type: application/sdp\r\n\r\n${sdp(40_002)}`,
      );
      const invite = await far.request("INVITE");
      assert.match(invite.headers.get("via")?.at(-1) ?? "", /^SIP\/2.0\/TLS 127.0.0.1:/);
      const dialog = far.dialogOf(invite);
      const routes = (invite.headers.get("record-route") ?? []).map((route) => `Record-Route: ${route}`);
      far.reply(invite, 200, "OK", { tag: dialog.localTag, headers: [`Contact: <${far.uri}>`, ...routes] });
      const ok = await app.next(/^SIP\/2.0 200/);
      await app.inDialog(ok.dialogId, "ACK");
      await far.request("ACK");

      // What the far end sends comes back through Kamailio, on the connection that we made.
      dialog.peer = invite.from;
      far.send(dialog, "INFO", { headers: routes.map((line) => line.replace("Record-Route", "Route")) });
      const info = await app.next(/^INFO/);
      assert.equal(info.fields[2], "tls");
      await app.respond(info, 200);
      assert.equal((await far.final(dialog, "INFO")).status, 200);
      assert.equal(await server.metric("offhook_sip_connections_tls"), 1);

      await app.inDialog(ok.dialogId, "BYE");
      far.reply(await far.request("BYE"), 200, "OK");
      await app.next(/^SIP\/2.0 200/);
      assert.equal(only(invite, "max-forwards"), "69");
    } finally {
      await kamailio.stop();
      await far.close();
    }
  });
});
