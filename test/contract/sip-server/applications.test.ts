import assert from "node:assert/strict";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { connect as connectTls, createServer as createTlsServer, type Server as TlsServer } from "node:tls";
import { TestAuthority, type TestCertificate } from "../../support/certificates.ts";
import { type RunningSipServer, startSipServer } from "../../support/sip-server.ts";
import { SipUa, type SipDialog } from "../../support/sip-ua.ts";
import { freeUdpPort } from "../../support/sipp.ts";
import { until } from "../../support/until.ts";
import { Application } from "./application.ts";
import { runProgram } from "./program.ts";

const sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";

describe("applications of the SIP server", function () {
  this.timeout(20_000);
  let server: RunningSipServer;
  let ua: SipUa;
  let listening: number;
  let authority: TestAuthority;
  let secure: TlsServer;
  const apps: Application[] = [];

  before(async () => {
    listening = await freeUdpPort();
    authority = await TestAuthority.create();
    secure = await secureListener(await authority.issue("ip:127.0.0.1"));
    const { port } = secure.address() as AddressInfo;
    const rules = `invite=tcp://127.0.0.1:${listening},message=tag:night,publish=tls://127.0.0.1:${port}`;
    const tls = [
      "--control-tls",
      "127.0.0.1:0",
      "--tls-ca",
      authority.file,
      "--tls-cert",
      (await authority.issue("ip:127.0.0.1")).files.both,
    ];
    server = await startSipServer({ args: ["--applications", rules, ...tls] });
  });

  beforeEach(async () => (ua = await SipUa.open()));

  afterEach(async () => {
    for (const app of apps.splice(0)) app.close();
    await ua.close();
  });

  after(async () => {
    try {
      await server.drained(8_200);
      assert.equal(server.log().includes("unexpected fault"), false, server.log());
    } finally {
      assert.equal(await server.stop(), 0);
      secure.close();
      authority.close();
    }
  });

  const dialogAt = (): SipDialog =>
    ua.dialog(`sip:bob@127.0.0.1:${server.sip.udp}`, { address: "127.0.0.1", port: server.sip.udp ?? 0 });

  async function open(tags: string, ...verbs: string[]): Promise<Application> {
    const app = await Application.connect(server);
    apps.push(app);
    await app.ask(`authenticate|${server.control.secret}|${tags}`);
    for (const verb of verbs) await app.ask(`route|${verb}`);
    return app;
  }

  it("connects to an application for each call, which lives on that connection", async () => {
    const control = { ...server.control, port: listening };
    const program = await runProgram("listener", { ...server, control });
    await program.printed("listening");
    const dialogs = [dialogAt(), dialogAt()];
    for (const dialog of dialogs) assert.equal((await ua.invite(dialog, { body: sdp })).status, 200);
    await program.printed("connected", 2);
    assert.equal(await server.metric("offhook_sip_control_links"), 2);
    for (const dialog of dialogs) {
      ua.send(dialog, "BYE");
      assert.equal((await ua.final(dialog, "BYE")).status, 200);
    }
    await program.printed("ended", 2);
    await until("both have hung up", async () => (await server.metric("offhook_sip_control_links")) === 0);
    await program.stop();
  });

  it("connects by TLS to an application whose certificate proves its address", async () => {
    const connected = new Promise<Socket>((resolve) => secure.once("secureConnection", resolve));
    const dialog = dialogAt();
    ua.send(dialog, "PUBLISH");
    const app = Application.over(await connected);
    apps.push(app);
    assert.equal((await app.ask(`authenticate|${server.control.secret}|`)).fields[0], "OK");
    await app.respond(await app.next(/^PUBLISH/), 200);
    assert.equal((await ua.final(dialog, "PUBLISH")).status, 200);
  });

  it("answers 480 when the application to connect to is not there", async () => {
    const dialog = dialogAt();
    assert.equal((await ua.invite(dialog, { body: sdp })).status, 480);
  });

  it("gives requests of a rule to applications of its tag alone", async () => {
    const [day, night] = [await open("day", "message"), await open("dusk,night", "message")];
    const send = (): SipDialog => {
      const dialog = dialogAt();
      ua.send(dialog, "MESSAGE");
      return dialog;
    };
    for (const dialog of [send(), send()]) {
      await night.respond(await night.next(/^MESSAGE/), 202);
      await ua.final(dialog, "MESSAGE");
    }
    night.close();
    await until("night has gone", async () => (await server.metric("offhook_sip_control_links")) === 1);
    assert.equal((await ua.final(send(), "MESSAGE")).status, 503);
    assert.deepEqual(day.left(), []);
  });

  it("deals new requests out evenly, also when one asks twice for them", async () => {
    const three = [await open("a", "options", "options"), await open("a", "options"), await open("b", "options")];
    for (let count = 0; count < 30; count++) ua.send(dialogAt(), "OPTIONS");
    await until("all have come", () => three.reduce((sum, app) => sum + app.left().length, 0) === 30);
    assert.deepEqual(
      three.map((app) => app.left().length),
      [10, 10, 10],
    );
    for (const app of three) for (const request of app.left()) await app.respond(request, 200);
  });

  it("takes applications by TLS", async () => {
    const socket = connectTls({ port: server.controlTls ?? 0, host: "127.0.0.1", ca: authority.cert });
    await new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
    const app = Application.over(socket);
    apps.push(app);
    assert.equal((await app.ask(`authenticate|${server.control.secret}|`)).fields[0], "OK");
    await app.ask("route|options");
    const dialog = dialogAt();
    ua.send(dialog, "OPTIONS");
    await app.respond(await app.next(/^OPTIONS/), 200);
    assert.equal((await ua.final(dialog, "OPTIONS")).status, 200);
  });

  it("takes frames of up to 1 MiB, and no larger ones", async () => {
    let received = 0;
    const sockets: Socket[] = [];
    const peer = createServer((socket) => {
      sockets.push(socket);
      socket.on("data", (chunk) => (received += chunk.length));
    });
    await new Promise<void>((resolve) => peer.listen(0, "127.0.0.1", resolve));
    const { port } = peer.address() as AddressInfo;
    const app = await open("big");
    const body = "x".repeat(1_000_000);
    const head = `MESSAGE sip:peer@127.0.0.1:${port};transport=tcp SIP/2.0\r\nContent-Type: text/plain\r\n\r\n`;
    assert.equal((await app.ask("sip||", head + body)).fields[0], "OK");
    await until("the peer has it all", () => received > 1_000_000);
    app.send("sip||", head + body + body);
    await until("the link is closed", () => app.closed);
    for (const socket of sockets) socket.destroy();
    peer.close();
  });
});

async function secureListener({ cert, key }: TestCertificate): Promise<TlsServer> {
  const server = createTlsServer({ cert, key });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
