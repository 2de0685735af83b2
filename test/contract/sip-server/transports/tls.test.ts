import assert from "node:assert/strict";
import { connect } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import type { AddressInfo } from "node:net";
import { writeFileSync } from "node:fs";
import { TestAuthority, type TestCertificate } from "../../../support/certificates.ts";
import { type RunningSipServer, startSipServer } from "../../../support/sip-server.ts";
import { until } from "../../../support/until.ts";
import { Application } from "../application.ts";
import { header, reply, request } from "../messages.ts";
import { StreamPeer } from "../stream-peer.ts";

describe("SIP over TLS and WSS", function () {
  this.timeout(20_000);
  let authority: TestAuthority;
  let [first, second, client]: [TestCertificate?, TestCertificate?, TestCertificate?] = [];
  let server: RunningSipServer;
  let app: Application;

  before(async () => {
    authority = await TestAuthority.create();
    first = await authority.issue("dns:a.example", "ip:127.0.0.1");
    second = await authority.issue("dns:b.example");
    client = await authority.issue("dns:client.example");
    server = await start("ask");
    app = await Application.open(server, "options", "invite", "register");
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

  const start = (clientCertificates: string): Promise<RunningSipServer> =>
    startSipServer({
      sip: "udp/127.0.0.1:0,tls/127.0.0.1:0,wss/127.0.0.1:0",
      args: [
        ...["--tls-cert", `${first?.files.cert},${second?.files.cert}`],
        ...["--tls-key", `${first?.files.key},${second?.files.key}`],
        ...["--tls-ca", authority.file, "--tls-client-certs", clientCertificates],
      ],
    });

  const tls = (options = {}) => StreamPeer.tls(server.sip.tls ?? 0, { ca: authority.cert, ...options });

  async function isServed(peer: StreamPeer, transport: string): Promise<string> {
    peer.send(request("OPTIONS", transport));
    const options = await app.next(/^OPTIONS/);
    assert.equal(options.fields[2], transport.toLowerCase());
    await app.respond(options, 200);
    return peer.next(/^SIP\/2.0 200/);
  }

  it("answers on a TLS connection, and on a WebSocket over TLS", async () => {
    const peer = await tls();
    assert.match(await isServed(peer, "TLS"), /^Via: SIP\/2.0\/TLS client.invalid;.*received=127.0.0.1/m);
    peer.close();
    const browser = await StreamPeer.wss(server.sip.wss ?? 0, { ca: authority.cert });
    assert.match(await isServed(browser, "WSS"), /^Via: SIP\/2.0\/WSS client.invalid;/m);
    browser.close();
  });

  it("speaks TLS 1.2 and 1.3, and nothing older", async () => {
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      const peer = await tls({ minVersion: version, maxVersion: version });
      assert.equal(peer.socket.getProtocol(), version);
      await isServed(peer, "TLS");
      peer.close();
    }
    await assert.rejects(tls({ minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }));
  });

  it("shows the certificate that fits the name asked for (SNI), else the first", async () => {
    const shown = async (servername: string): Promise<string | undefined> => {
      const peer = await tls({ servername, checkServerIdentity: () => undefined });
      const { subjectaltname } = peer.socket.getPeerCertificate();
      peer.close();
      return subjectaltname;
    };
    assert.equal(await shown("b.example"), "DNS:b.example");
    assert.equal(await shown("a.example"), "DNS:a.example, IP Address:127.0.0.1");
    assert.equal(await shown("c.example"), "DNS:a.example, IP Address:127.0.0.1");
  });

  it("uses certificates that were replaced, for new connections; those that stand stay", async () => {
    const old = await tls({ servername: "a.example" });
    const before = old.socket.getPeerCertificate().fingerprint256;
    writeFileSync(first?.files.cert ?? "", "not a certificate");
    await until("the broken file is said", () => server.log().includes("certificates stay as they were"));
    await isServed(old, "TLS");
    const still = await tls({ servername: "a.example" });
    assert.equal(still.socket.getPeerCertificate().fingerprint256, before);
    still.close();
    assert.ok(first);
    authority.replace(first, await authority.issue("dns:a.example", "ip:127.0.0.1"));
    await until("the new files are said", () => server.log().includes("certificates reloaded"));
    for (const options of [{ servername: "a.example" }, {}]) {
      const peer = await tls(options);
      assert.notEqual(peer.socket.getPeerCertificate().fingerprint256, before);
      await isServed(peer, "TLS");
      peer.close();
    }
    await isServed(old, "TLS");
    old.close();
  });

  it("closes a connection whose handshake stalls, and serves the others meanwhile", async () => {
    const stalled = StreamPeer.on(connect(server.sip.tls ?? 0, "127.0.0.1"));
    const peer = await tls();
    await isServed(peer, "TLS");
    peer.close();
    await stalled.gone(8_000);
  });

  it("says where it is by sips: when it is asked by sips: (RFC 3261 12.1.1), and by sip: else", async () => {
    const contactFor = async (contact: string): Promise<string> => {
      const peer = await tls();
      peer.send(request("INVITE", "TLS", `Contact: <${contact}>`));
      const invite = await app.next(/^INVITE/);
      await app.respond(invite, 200);
      const [, ok = ""] = (await peer.next(/^SIP\/2.0 200/m)).split(/(?=SIP\/2.0 200)/);
      peer.send(
        request("BYE", "TLS").replace(
          /^(From|To|Call-ID):.*\r$/gm,
          (_, name: string) => `${name}: ${header(ok, name)}\r`,
        ),
      );
      await app.respond(await app.next(/^BYE/), 200);
      await peer.next(/^SIP\/2.0 200[^]*BYE/m);
      peer.close();
      return header(ok, "Contact");
    };
    assert.equal(await contactFor("sips:alice@client.invalid"), `<sips:127.0.0.1:${server.sip.tls}>`);
    assert.equal(await contactFor("sip:alice@client.invalid"), `<sip:127.0.0.1:${server.sip.tls};transport=tls>`);
  });

  describe("towards a TLS server", () => {
    const sockets: TLSSocket[] = [];
    const received: string[] = [];

    async function listen(certificate: TestCertificate, options = {}) {
      const far = createServer({ cert: certificate.cert, key: certificate.key, ca: authority.cert, ...options });
      far.on("secureConnection", (socket) => {
        sockets.push(socket);
        socket.on("error", () => {});
        socket.on("data", (data) => {
          received.push(String(data));
          socket.write(reply(String(data), 200));
        });
      });
      await new Promise<void>((done) => far.listen(0, "127.0.0.1", done));
      return { far, port: (far.address() as AddressInfo).port };
    }

    afterEach(() => {
      for (const socket of sockets.splice(0)) socket.destroy();
      received.splice(0);
    });

    it("connects, proves itself by certificate, and uses the connection again", async () => {
      assert.ok(first);
      const { far, port } = await listen(first, { requestCert: true, rejectUnauthorized: true });
      for (const uri of [`sips:x@127.0.0.1:${port}`, `sip:x@127.0.0.1:${port};transport=tls`]) {
        assert.equal((await app.ask("sip||", `OPTIONS ${uri} SIP/2.0\r\n\r\n`)).fields[3], "tls");
        await app.next(/^SIP\/2.0 200/);
      }
      assert.equal(sockets.length, 1);
      assert.match(sockets[0]?.getPeerCertificate().subjectaltname ?? "", /DNS:a.example/);
      assert.match(received[0] ?? "", new RegExp(`^Via: SIP/2.0/TLS 127.0.0.1:${server.sip.tls};`, "m"));
      far.close();
    });

    it("answers 503 when the certificate stands for somebody else, or nobody vouches for it", async () => {
      assert.ok(second);
      const strangers = await TestAuthority.create();
      for (const certificate of [second, await strangers.issue("ip:127.0.0.1")]) {
        const { far, port } = await listen(certificate);
        await app.ask("sip||", `OPTIONS sips:x@127.0.0.1:${port} SIP/2.0\r\n\r\n`);
        await app.next(/^SIP\/2.0 503/);
        assert.deepEqual(received, []);
        far.close();
      }
      strangers.close();
    });

    it("connects to a WSS server", async () => {
      assert.ok(first);
      const far = await start("none");
      const farApp = await Application.open(far, "options");
      await app.ask("sip||", `OPTIONS sips:x@127.0.0.1:${far.sip.wss};transport=ws SIP/2.0\r\n\r\n`);
      const options = await farApp.next(/^OPTIONS/);
      assert.match(options.text, new RegExp(`^Via: SIP/2.0/WSS 127.0.0.1:${server.sip.wss};`, "m"));
      await farApp.respond(options, 200);
      await app.next(/^SIP\/2.0 200/);
      farApp.close();
      await far.stop();
    });
  });

  it("requires certificates of clients when told to", async () => {
    const strict = await start("require");
    const port = strict.sip.tls ?? 0;
    const strictApp = await Application.open(strict, "options");
    // TLS 1.3 tells a client only after its handshake that it was refused.
    const nobody = await StreamPeer.tls(port, { ca: authority.cert });
    await nobody.gone();
    assert.ok(client);
    const known = await StreamPeer.tls(port, { ca: authority.cert, cert: client.cert, key: client.key });
    known.send(request("OPTIONS", "TLS"));
    await strictApp.respond(await strictApp.next(/^OPTIONS/), 200);
    await known.next(/^SIP\/2.0 200/);
    known.close();
    strictApp.close();
    await strict.stop();
  });

  it("refuses to start without its files, in one line", async () => {
    const args = ["--tls-cert", "/nowhere/cert.pem"];
    await assert.rejects(startSipServer({ sip: "tls/127.0.0.1:0", args }), /\/nowhere\/cert.pem cannot be read\n$/);
  });
});
